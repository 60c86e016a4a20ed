package raster

import (
	"image"
	"testing"
)

// A shadow near the black around a copy is lifted, and the black, which is not quite even, is left
// as it is.
func TestFoldBesideBlack(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 20, 400))
	for i := range g.Pix {
		switch y := i / g.Stride; {
		case y < 100 || y >= 150 && y < 180:
			g.Pix[i] = 250
		case y < 150:
			g.Pix[i] = 150
		default:
			g.Pix[i] = uint8(3 * (y % 2))
		}
	}
	row := func(y int) []uint8 { return g.Pix[y*g.Stride : (y+1)*g.Stride] }
	clearBands(400, 60, func(y int, _ bool) []uint8 { return row(y) }, func(y int, lift *[256]uint8) {
		for x, v := range row(y) {
			row(y)[x] = lift[v]
		}
	})
	for y, want := range map[int]uint8{50: 250, 120: 250, 160: 250, 190: 0, 191: 3} {
		if got := row(y)[0]; got != want {
			t.Errorf("row %d became %d, want %d", y, got, want)
		}
	}
}

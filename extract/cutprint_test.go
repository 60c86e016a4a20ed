package extract

import (
	"image"
	"image/color"
	"testing"

	"heji/extract/internal/raster"
	"heji/layout"
)

// Print close on both sides of a line, at one height, is one text under a stripe; print that
// keeps its distance is two.
func TestCutBetween(t *testing.T) {
	for _, c := range []struct {
		name        string
		left, right int // pixels from the line to the print
		above       int // pixels by which the one on the left is higher
		width       int // of the one on the left
		want        bool
	}{
		{"cut", 2, 2, 0, 18, true},
		{"padded", 8, 2, 0, 12, false},
		{"in two lines", 2, 2, 30, 18, false},
		{"the remains of a slanting line", 1, 2, 0, 2, false},
	} {
		g := image.NewGray(image.Rect(0, 0, 200, 100))
		for i := range g.Pix {
			g.Pix[i] = 255
		}
		box := func(r image.Rectangle) {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					g.SetGray(x, y, color.Gray{0})
				}
			}
		}
		box(image.Rect(100-c.left-c.width, 50-c.above, 100-c.left, 72-c.above))
		box(image.Rect(101+c.right, 50, 120, 72))
		picture := raster.Page{DPI: 200, Text: g}
		const x, h = 100.5 * 72 / 200, 36
		if got := cutBetween(picture, layout.Box{X1: x, Y1: h}, layout.Box{X0: x, X1: 72, Y1: h}); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

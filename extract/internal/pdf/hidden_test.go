package pdf

import (
	"testing"

	"heji/layout"
)

// White print is seen on a dark ground, though a bold character leaves little of the ground
// within its box, and is not on white, whatever dark line is near.
func TestWhitePrint(t *testing.T) {
	const width, height = 40, 40
	for _, c := range []struct {
		name   string
		ground byte
		inked  int // of ten rows
		seen   bool
	}{
		{"thin on dark", 60, 2, true},
		{"bold on dark", 60, 8, true},
		{"on white", 255, 5, false},
		{"on light gray", 225, 8, false},
	} {
		a := imageAnswer{Width: width, Height: height, Stride: width, DPI: 72, Pix: make([]byte, width*height)}
		for i := range a.Pix {
			a.Pix[i] = c.ground
		}
		for y := 10; y < 10+c.inked; y++ {
			for x := 10; x < 20; x++ {
				a.Pix[y*width+x] = 255
			}
		}
		chars := []Char{{Text: "合", Box: layout.Box{X0: 10, Y0: 10, X1: 19.5, Y1: 19.5}, Size: 10, Wide: 10, Flags: Pale}}
		a.ink(chars, true)
		if seen := chars[0].Flags&unseenText == 0; seen != c.seen || seen != (chars[0].Flags&Reversed != 0) {
			t.Errorf("%s: flags %b", c.name, chars[0].Flags)
		}
	}
}

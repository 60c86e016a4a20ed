package pdf

import (
	"testing"

	"heji/layout"
)

// A sheet fitted to the page's width in 5 points is drawn larger before its characters are told.
func TestProofDPI(t *testing.T) {
	for _, c := range []struct {
		height float64
		text   string
		want   int
	}{{8.3, "绩", 125}, {12, "绩", 125}, {4.75, "绩", 210}, {2, "绩", 250}, {4, "3", 125}} {
		chars := []Char{{Text: c.text, Box: layout.Box{X1: c.height, Y1: c.height}}}
		if got := proofDPI(chars); got != c.want {
			t.Errorf("%q of %g points is drawn at %d dpi, want %d", c.text, c.height, got, c.want)
		}
	}
}

package raster

import (
	"image"
	"math"
	"math/rand"
	"slices"
	"testing"
)

// photographed is a picture of a page taken at an angle, on a table top whose gray is
// given: lines across rise by from to to, in degrees, from the page's top to its foot, and
// lines down likewise from its left to its right.
func photographed(page *image.Gray, across, down [2]float64, top uint8) *image.Gray {
	w, h := page.Rect.Dx(), page.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w*11/10, h*11/10))
	between := func(degrees [2]float64, share float64) float64 { // the slope, of small angles
		return (degrees[0] + (degrees[1]-degrees[0])*share) * math.Pi / 180
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			// The line across, and that down, which meet here.
			px, py := float64(x)-float64(out.Rect.Dx())/2, float64(y)-float64(out.Rect.Dy())/2
			u, v := px, py
			for range 4 {
				v = py - between(across, v/float64(h)+0.5)*px
				u = px - between(down, u/float64(w)+0.5)*py
			}
			g := top
			if sx, sy := int(math.Round(u+float64(w)/2)), int(math.Round(v+float64(h)/2)); image.Pt(sx, sy).In(page.Rect) {
				g = page.Pix[sy*page.Stride+sx]
			}
			out.Pix[y*out.Stride+x] = g
		}
	}
	return out
}

// Lines that fan out, as on a photograph, come out level, and what lies around the paper
// is no print.
func TestKeystone(t *testing.T) {
	for name, test := range map[string]struct{ across, down [2]float64 }{
		"from the side":     {[2]float64{-1.5, 1.5}, [2]float64{0, 0}},
		"from below":        {[2]float64{0, 0}, [2]float64{2, -2}},
		"from a corner":     {[2]float64{0.5, 2.5}, [2]float64{-2.5, 0}},
		"turned beyond one": {[2]float64{2, 2.4}, [2]float64{1.5, -1}},
	} {
		rows, cols := formEdges(rand.New(rand.NewSource(4)), 20)
		p := newPage(4, 150, rows, cols, style{width: 0.6, text: 10, pad: 3}, 8)
		page, err := Prepare(photographed(p.img, test.across, test.down, 90), 150)
		if err != nil {
			t.Fatal(err)
		}
		if d := p.compare(page); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		for _, l := range TextLines(page.Text, page.DPI) {
			if l.Dy() > page.Text.Rect.Dy()/3 {
				t.Errorf("%s: a line of print %v, joined by what lies around the paper", name, l)
			}
		}
	}
}

// The way back from the page as it lay is the way there.
func TestTurnLevel(t *testing.T) {
	for _, turned := range []turn{{}, {across: 2, down: -1}, {across: -1, down: 3, changeAcross: 4e-5, changeDown: -3e-5}} {
		for _, at := range [][2]float64{{0, 0}, {700, -900}, {-800, 1100}} {
			x, y := turned.level(turned.source(at[0], at[1]))
			if math.Abs(x-at[0]) > 1e-6 || math.Abs(y-at[1]) > 1e-6 {
				t.Errorf("%v: %v became %g, %g", turned, at, x, y)
			}
		}
	}
}

// Print, a line that runs off the page and a broad head in black stay; a copier's shadow
// goes.
func TestClearSurround(t *testing.T) {
	g := blank(800, 1000)
	blot(g, 0, 0, 30, 1000)                         // the shadow
	blot(g, 100, 200, 700, 5)                       // a line to the edge
	blot(g, 200, 300, 400, 60)                      // a head in white on black
	blot(g, 120, 500, 3, 3)                         // a point
	fillRect(g, image.Rect(780, 0, 800, 1000), 205) // a table top that was taken for paper almost
	want := slices.Clone(g.Pix)
	clearSurround(g, 200)
	if slices.Contains(g.Pix[400*g.Stride:400*g.Stride+60], 0) {
		t.Error("the shadow stands")
	}
	if slices.Contains(g.Pix[400*g.Stride+770:401*g.Stride], 205) {
		t.Error("the table top stands")
	}
	for y := range 1000 {
		for x := 60; x < 760; x++ {
			if g.Pix[y*g.Stride+x] != want[y*g.Stride+x] {
				t.Fatalf("something is gone at %d, %d", x, y)
			}
		}
	}
}

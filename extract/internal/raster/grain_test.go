package raster

import (
	"bytes"
	"image"
	"math/rand/v2"
	"slices"
	"testing"
)

// Strong grain is smoothed and thin strokes keep their edges; a clean page is left
// alone.
func TestDegrain(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			g.Pix[y*g.Stride+x] = 255
			if x%40 < 2 && y%50 < 30 {
				g.Pix[y*g.Stride+x] = 20 // strokes of two pixels
			}
		}
	}
	clean := slices.Clone(g.Pix)
	degrain(g)
	if !bytes.Equal(g.Pix, clean) {
		t.Error("a clean page was changed")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i, v := range g.Pix {
		g.Pix[i] = uint8(min(255, max(0, float64(v)+28*r.NormFloat64())))
	}
	before := grain(g)
	degrain(g)
	if after := grain(g); before < grainy || after > before/3 {
		t.Errorf("grain %.1f before, %.1f after", before, after)
	}
	darkest, lightest := uint8(255), uint8(0) // of the paper between strokes, and of the strokes
	for y := 5; y < 295; y++ {
		for x := 5; x < 395; x++ {
			v := g.Pix[y*g.Stride+x]
			switch {
			case x%40 < 2 && y%50 < 30:
				lightest = max(lightest, v)
			case x%40 > 3 && x%40 < 38:
				darkest = min(darkest, v)
			}
		}
	}
	if lightest > 140 || darkest < 150 {
		t.Errorf("strokes are up to %d light, paper down to %d dark", lightest, darkest)
	}
}

func BenchmarkDegrain(b *testing.B) {
	g := image.NewGray(image.Rect(0, 0, 1654, 2339)) // A4 at 200 dpi
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		b.StopTimer()
		for i := range g.Pix {
			g.Pix[i] = uint8(min(255, 240+20*r.NormFloat64()))
		}
		b.StartTimer()
		degrain(g)
	}
}

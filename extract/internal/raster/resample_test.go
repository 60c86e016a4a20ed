package raster

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/image/draw"
)

// A picture comes out as golang.org/x/image/draw would have it, but for rounding.
func TestResample(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	g := image.NewGray(image.Rect(0, 0, 60, 41))
	for i := range g.Pix {
		g.Pix[i] = uint8(r.IntN(2) * 255)
		if i%3 == 0 {
			g.Pix[i] = uint8(r.IntN(256))
		}
	}
	part := g.SubImage(image.Rect(7, 5, 53, 38)).(*image.Gray)
	for _, size := range []image.Point{{1, 1}, {14, 20}, {46, 33}, {70, 48}, {20, 48}, {101, 12}} {
		for _, k := range []struct {
			ours   Kernel
			theirs draw.Interpolator
		}{{Linear, draw.BiLinear}, {CatmullRom, draw.CatmullRom}} {
			got := Resample(part, size.X, size.Y, k.ours)
			want := image.NewGray(got.Rect)
			k.theirs.Scale(want, want.Rect, part, part.Rect, draw.Src, nil)
			for i, v := range got.Pix {
				if d := int(v) - int(want.Pix[i]); d < -1 || d > 1 {
					t.Fatalf("%v: pixel %d is %d, want %d", size, i, v, want.Pix[i])
				}
			}
		}
	}
	white := image.NewGray(image.Rect(0, 0, 67, 43))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	for w := 1; w < 150; w++ {
		if got := Resample(white, w, w/2+1, Linear); slices.ContainsFunc(got.Pix, func(v uint8) bool { return v != 255 }) {
			t.Fatalf("white paper of width %d has spots", w)
		}
	}
}

package extract

import (
	"image"
	"math/rand/v2"
	"testing"
)

// A page that moved by so many pixels is sharp again, along its rows as down its columns;
// a page that did not is left as it is.
func TestUnsmeared(t *testing.T) {
	sharp := strokes(3000)
	if unsmeared(sharp) != image.Image(sharp) {
		t.Error("a sharp page is changed")
	}
	ruled := strokes(300)
	for x := 40; x < 800; x += 40 {
		for y := range 640 {
			for dx := range 6 {
				ruled.Pix[y*ruled.Stride+x+dx] = 0
			}
		}
	}
	if unsmeared(ruled) != image.Image(ruled) {
		t.Error("a page of thick lines is changed")
	}
	for name, page := range map[string]*image.Gray{
		"dotted lines":        dots(strokes(800), 64, 24),
		"dots close together": dots(strokes(0), 10, 37),
	} {
		if unsmeared(page) != image.Image(page) {
			t.Errorf("a page of %s is changed", name)
		}
	}
	for _, n := range []int{5, 7, 10} {
		if got := smearOf(smeared(sharp, n), false); got != n {
			t.Errorf("smeared by %d, found %d", n, got)
		}
		if got := smearOf(turnedImage(smeared(sharp, n), 1), true); got != n {
			t.Errorf("smeared down by %d, found %d", n, got)
		}
	}
	before, after := off(sharp, smeared(sharp, 5)), off(sharp, unsmeared(smeared(sharp, 5)))
	if after > 0.6*before {
		t.Errorf("off by %.1f after, %.1f before", after, before)
	}
}

// dots prints dots of five pixels so far apart along rows so far apart.
func dots(g *image.Gray, along, down int) *image.Gray {
	for y := 3; y < 630; y += down {
		for x := 8; x < 790; x += along {
			for dy := range 5 {
				for dx := range 5 {
					g.Pix[(y+dy)*g.Stride+x+dx] = 0
				}
			}
		}
	}
	return g
}

// strokes is a page of n upright strokes of random widths and places.
func strokes(n int) *image.Gray {
	r := rand.New(rand.NewPCG(1, 2))
	g := image.NewGray(image.Rect(0, 0, 800, 640))
	for i := range g.Pix {
		g.Pix[i] = uint8(250 + r.IntN(5))
	}
	for range n {
		x, y, w, h := r.IntN(780), r.IntN(610), 2+r.IntN(4), 2+r.IntN(25)
		for dy := range h {
			for dx := range w {
				g.Pix[(y+dy)*g.Stride+x+dx] = uint8(20 + r.IntN(5))
			}
		}
	}
	return g
}

func smeared(g *image.Gray, n int) *image.Gray {
	out := image.NewGray(g.Rect)
	w := g.Rect.Dx()
	for y := range g.Rect.Dy() {
		for x := range w {
			sum := 0
			for k := range n {
				sum += int(g.Pix[y*g.Stride+min(max(x+k-n/2, 0), w-1)])
			}
			out.Pix[y*out.Stride+x] = uint8(sum / n)
		}
	}
	return out
}

// off is the mean distance of two pictures.
func off(a *image.Gray, img image.Image) float64 {
	b := img.(*image.Gray)
	sum := 0
	for i := range a.Pix {
		sum += max(int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return float64(sum) / float64(len(a.Pix))
}

package raster

import (
	"image"
	"testing"
)

// What shines through from the back is lifted to white, its lines too; print, its thin
// strokes and the gray lines of a page without ghosts stay.
func TestClearShowThrough(t *testing.T) {
	const dpi, w, h = 200, 800, 1000
	page := func(ghosts bool) *image.Gray {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i := range g.Pix {
			g.Pix[i] = 255
		}
		fill := func(x, y, dx, dy int, v uint8) {
			for yy := y; yy < y+dy; yy++ {
				for xx := x; xx < x+dx; xx++ {
					g.Pix[yy*w+xx] = v
				}
			}
		}
		for y := 100; y < 500; y += 40 { // print: strokes of letters
			for x := 60; x < 700; x += 24 {
				fill(x, y, 12, 3, 20)
				fill(x, y, 3, 18, 20)
			}
		}
		fill(60, 560, 680, 2, 215) // a gray ruling line
		if ghosts {
			for y := 600; y < 900; y += 40 {
				for x := 60; x < 700; x += 24 {
					fill(x, y, 12, 3, 225)
					fill(x, y, 3, 18, 225)
				}
			}
			fill(400, 600, 2, 300, 228)
		}
		return g
	}
	g := page(true)
	clearShowThrough(g, dpi)
	for y := 600; y < 900; y++ {
		for x := range w {
			if v := g.Pix[y*w+x]; v != 255 {
				t.Fatalf("a ghost of %d is left at %d, %d", v, x, y)
			}
		}
	}
	if v := g.Pix[101*w+61]; v != 20 {
		t.Errorf("print became %d", v)
	}
	g = page(false)
	clearShowThrough(g, dpi)
	if v := g.Pix[561*w+100]; v != 215 {
		t.Errorf("the gray line of a page without ghosts became %d", v)
	}
}

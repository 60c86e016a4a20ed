package raster

import "image"

// How shrink makes one pixel of f × f.
const (
	boxMean = iota
	boxDarkest
)

// shrink is the image at 1/f of its size; an incomplete last block is dropped.
func shrink(g *image.Gray, f, how int) *image.Gray {
	w, h := g.Rect.Dx()/f, g.Rect.Dy()/f
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		dst := out.Pix[y*w : (y+1)*w]
		if how == boxDarkest && f == 2 { // the common case: a page of 300 dpi
			a, b := g.Pix[2*y*g.Stride:][:2*w], g.Pix[(2*y+1)*g.Stride:][:2*w]
			for x := range dst {
				dst[x] = min(a[2*x], a[2*x+1], b[2*x], b[2*x+1])
			}
			continue
		}
		for x := range dst {
			sum, darkest := 0, uint8(255)
			for dy := range f {
				for _, v := range g.Pix[(y*f+dy)*g.Stride+x*f:][:f] {
					sum += int(v)
					darkest = min(darkest, v)
				}
			}
			if how == boxDarkest {
				dst[x] = darkest
			} else {
				dst[x] = uint8(sum / (f * f))
			}
		}
	}
	return out
}

// transpose swaps rows and columns: what ran down runs across.
func transpose(a []uint8, w, h int) []uint8 {
	const tile = 32
	out := make([]uint8, len(a))
	for y0 := 0; y0 < h; y0 += tile {
		for x0 := 0; x0 < w; x0 += tile {
			for y := y0; y < min(h, y0+tile); y++ {
				for x := x0; x < min(w, x0+tile); x++ {
					out[x*h+y] = a[y*w+x]
				}
			}
		}
	}
	return out
}

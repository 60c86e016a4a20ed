package extract

import (
	"image"

	"heji/extract/internal/raster"
)

// screenShare is the share of a black and white page's pixels that are lone black ones
// from which on they are a screen. Dirt and a bad line make a tenth of it; paper of 3 %
// gray, as machines shade it, is three times as much.
const screenShare = 0.01

// Screens are undone by a mean over their neighbourhood: the weights of a Gaussian of
// one pixel, in 256ths. A dot of the paper's then stands out by less than to
// screenPaper, which is taken for white.
var screenWeights = [...]int{1, 14, 62, 102, 62, 14, 1}

const screenPaper = 212

// unscreened is a picture without its screen: a machine that has only black and white
// shades gray by dots, over the paper and within the print, whose thin strokes then are
// dots as well and would be taken for dirt. What has no screen is returned as it is.
func unscreened(img image.Image) image.Image {
	if !raster.Bilevel(img) {
		return img
	}
	g := img.(*image.Gray)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if float64(loneDots(g)) < screenShare*float64(w*h) {
		return img
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	const reach = len(screenWeights) / 2
	down := make([]int, w+2*reach)
	for y := range h {
		clear(down)
		for i, weight := range screenWeights {
			row := g.Pix[min(max(y+i-reach, 0), h-1)*g.Stride:][:w]
			for x, v := range row {
				down[reach+x] += weight * int(v)
			}
		}
		for i := range reach {
			down[i], down[reach+w+i] = down[reach], down[reach+w-1]
		}
		to := out.Pix[y*out.Stride:][:w]
		for x := range to {
			sum := 0
			for i, weight := range screenWeights {
				sum += weight * down[x+i]
			}
			to[x] = uint8(min(255, sum/256*255/(256*screenPaper)))
		}
	}
	return out
}

// loneDots is how many black pixels have none beside them.
func loneDots(g *image.Gray) int {
	n := 0
	for y := 1; y < g.Rect.Dy()-1; y++ {
		row := g.Pix[y*g.Stride:][:g.Rect.Dx()]
		up, low := g.Pix[(y-1)*g.Stride:][:len(row)], g.Pix[(y+1)*g.Stride:][:len(row)]
		for x := 1; x < len(row)-1; x++ {
			if row[x] == 0 && row[x-1]&row[x+1]&up[x-1]&up[x]&up[x+1]&low[x-1]&low[x]&low[x+1] != 0 {
				n++
			}
		}
	}
	return n
}

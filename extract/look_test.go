package extract

import (
	"image"
	"image/draw"
	"testing"

	"heji/extract/internal/raster"
	"heji/layout"
)

// A cell's box ends in the middle of the lines around it; what is looked at lies within.
func TestWithinRules(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 400, 200))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	for _, line := range []image.Rectangle{
		image.Rect(0, 50, 400, 56), image.Rect(0, 147, 400, 153), image.Rect(97, 0, 103, 200), image.Rect(297, 0, 303, 200),
		image.Rect(180, 90, 200, 110), // print
	} {
		draw.Draw(g, line, image.Black, image.Point{}, draw.Src)
	}
	page := raster.Page{Text: g, DPI: 300}
	point := 72.0 / 300
	box := layout.Box{X0: 100 * point, Y0: 53 * point, X1: 300 * point, Y1: 150 * point}
	in := withinRules(page, box)
	crop := page.Crop(in)
	dark := 0
	for _, v := range crop.Pix {
		if v < 128 {
			dark++
		}
	}
	if dark != 20*20 {
		t.Errorf("within %v there are %d dark pixels, want the 400 of the print", in, dark)
	}
}

package raster

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"heji/layout"
)

// A pen's tick beside black print, or across it, is left out of the cell; what is written
// in colour alone is kept.
func TestCropLeavesOutMarksBesidePrint(t *testing.T) {
	const dpi = 72 // pixels are points
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	fill := func(r image.Rectangle, c color.Color) {
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	black, blue := color.RGBA{20, 20, 20, 255}, color.RGBA{40, 50, 140, 255}
	fill(img.Rect, color.White)
	fill(image.Rect(40, 50, 44, 60), black) // a figure, and a tick beside it
	fill(image.Rect(60, 50, 64, 60), blue)
	fill(image.Rect(140, 50, 144, 60), black) // a figure that is struck out
	fill(image.Rect(136, 54, 150, 56), blue)
	fill(image.Rect(240, 50, 244, 60), blue) // a figure in blue
	page, err := Prepare(img, dpi)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		box     layout.Box
		inked   []image.Point // places of the page that are ink in the crop
		bare    []image.Point // that are not
		crossed bool
	}{
		{"tick", layout.Box{X0: 30, Y0: 40, X1: 90, Y1: 80}, []image.Point{{41, 55}}, []image.Point{{62, 55}}, false},
		{"struck out", layout.Box{X0: 130, Y0: 40, X1: 190, Y1: 80}, []image.Point{{142, 52}}, []image.Point{{148, 55}}, true},
		{"blue", layout.Box{X0: 230, Y0: 40, X1: 290, Y1: 80}, []image.Point{{242, 55}}, nil, false},
	} {
		crop := page.Crop(test.box)
		at := func(p image.Point) uint8 {
			return crop.GrayAt(p.X-int(test.box.X0)+Margin, p.Y-int(test.box.Y0)+Margin).Y
		}
		for _, p := range test.inked {
			if v := at(p); v > 128 {
				t.Errorf("%s: %v is %d, want ink", test.name, p, v)
			}
		}
		for _, p := range test.bare {
			if v := at(p); v < 200 {
				t.Errorf("%s: %v is %d, want paper", test.name, p, v)
			}
		}
		if got := page.Crossed(test.box); got != test.crossed {
			t.Errorf("%s: crossed %v", test.name, got)
		}
	}
}

package extract

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// A page of gray paper with a thin gray stroke, as a machine that has only black and
// white sends it, is gray again: no dot is left on the paper and the stroke is whole.
func TestUnscreened(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 120, 80))
	for i := range gray.Pix {
		gray.Pix[i] = 247
	}
	for x := 20; x < 100; x++ {
		gray.SetGray(x, 40, color.Gray{Y: 90})
		gray.SetGray(x, 41, color.Gray{Y: 90})
	}
	out := unscreened(dithered(gray)).(*image.Gray)
	for x := 22; x < 98; x++ {
		for _, y := range []int{10, 30, 50, 70} {
			if v := out.GrayAt(x, y).Y; v < 225 {
				t.Fatalf("paper at %d, %d is %d", x, y, v)
			}
		}
		if v := min(out.GrayAt(x, 40).Y, out.GrayAt(x, 41).Y); v > 190 {
			t.Errorf("stroke at %d is %d", x, v)
		}
	}
}

// A fax with specks is left as it is.
func TestUnscreenedLeavesSpecks(t *testing.T) {
	fax := image.NewGray(image.Rect(0, 0, 120, 80))
	for i := range fax.Pix {
		fax.Pix[i] = 255
	}
	for i := range 40 {
		fax.SetGray(3+i*29%115, 2+i*2, color.Gray{})
	}
	if unscreened(fax) != image.Image(fax) {
		t.Error("changed")
	}
}

func dithered(g *image.Gray) *image.Gray {
	two := image.NewPaletted(g.Rect, color.Palette{color.Black, color.White})
	draw.FloydSteinberg.Draw(two, two.Rect, g, image.Point{})
	out := image.NewGray(g.Rect)
	draw.Draw(out, out.Rect, two, image.Point{}, draw.Src)
	return out
}

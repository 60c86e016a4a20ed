package extract

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"heji/extract/internal/grid"
	"heji/extract/internal/raster"
	"heji/layout"
)

// TestLinesBeside is a table at 200 dpi whose last two columns lost their lines: in the upper rows
// print stands beside it; below, what is left of a line down joins the rows to one.
func TestLinesBeside(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 1654, 2339))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	ink := func(x0, y0, x1, y1 int) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	for y := 300; y <= 1000; y += 100 {
		ink(100, y, 1000, y+3)
	}
	for _, x := range []int{100, 400, 700, 997} {
		ink(x, 300, x+3, 1003)
	}
	for y := 335; y < 500; y += 100 {
		for x := 1100; x < 1200; x += 22 {
			ink(x, y, x+14, y+30)
		}
	}
	for y := 560; y < 940; y += 60 { // a grown stroke in the middle of each, and print beside
		ink(1250, y-30, 1252, y+32)
		for x := 1100; x < 1400; x += 22 {
			ink(x, y, x+14, y+30)
		}
	}
	picture, err := raster.Prepare(img, 200)
	if err != nil {
		t.Fatal(err)
	}
	tables := grid.Tables(picture.Segments, grid.Tolerance)
	if len(tables) != 1 || tables[0].Cols != 3 {
		t.Fatalf("%d tables", len(tables))
	}
	lines, unread := linesBeside(picture, tables)
	if len(lines) != 2 || len(unread) != 1 {
		t.Errorf("lines at %v, unread %v; want two lines and one place", lines, unread)
	}
	page := layout.Page{Number: 1}
	doubtBeside(&page, []layout.Line{{Reading: layout.Reading{Text: "98.78"}}, {Reading: layout.Reading{Text: "装订线"}}}, unread)
	if len(page.Problems) != 2 {
		t.Errorf("problems %v, want one of figures and one of what was not read", page.Problems)
	}
}

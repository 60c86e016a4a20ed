package extract

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"os"
	"regexp"
	"testing"
	"time"

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

// A scan that lies on its side, tilted, is looked at as it was read: every figure is seen
// again where it was said to be.
func TestLookAtATurnedScan(t *testing.T) {
	r := reader(t, Limits{})
	data, err := os.ReadFile("../samples/05-consistent.scan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	img, err := r.Picture(t.Context(), data, 1, 200)
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(img.Bounds())
	draw.Draw(gray, gray.Rect, img, image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := png.Encode(&file, raster.Rotate(gray, 90+1.4)); err != nil {
		t.Fatal(err)
	}
	doc, err := r.Extract(t.Context(), "turned.png", file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	page := doc.Pages[0]
	if page.Turn == 0 {
		t.Fatal("the page was read without turning it")
	}
	amount := regexp.MustCompile(`^[0-9,]+\.[0-9]{2}$`)
	var places []Place
	var texts []string
	for _, table := range page.Tables {
		for _, c := range table.Cells {
			if amount.MatchString(c.Text) && c.Doubt == "" && len(places) < 12 {
				places, texts = append(places, Place{Page: 1, Box: c.Box, Scan: true, Turn: page.Turn}), append(texts, c.Text)
			}
		}
	}
	if len(places) < 6 {
		t.Fatalf("%d amounts were read", len(places))
	}
	cells, err := r.Look(t.Context(), file.Bytes(), places)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cells {
		if c.Text != texts[i] {
			t.Errorf("%s at %v is seen as %q (%s)", texts[i], places[i].Box, c.Text, c.Doubt)
		}
	}
}

// A second look at a scan takes one reader of PDFs at a time: with as many as are looked
// at at once, each would hold one and wait for another's.
func TestLookAtAScanWithOneReader(t *testing.T) {
	r := reader(t, Limits{}) // of one process
	data, err := os.ReadFile("../samples/05-consistent.scan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cells, err := r.Look(ctx, data, []Place{{Page: 1, Box: layout.Box{X0: 100, Y0: 100, X1: 300, Y1: 130}, Scan: true}})
	if err != nil || len(cells) != 1 {
		t.Errorf("%d cells, %v", len(cells), err)
	}
}

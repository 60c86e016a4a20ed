package pdf

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"heji/layout"
)

// An outline stands around the same characters however the page is turned or cut,
// its note keeps Chinese, and the original's bytes stay what they were.
func TestAnnotate(t *testing.T) {
	e := New(Options{Workers: 2}) // two documents are open at a time
	t.Cleanup(e.Close)
	for _, page := range []string{"", "/Rotate 90", "/Rotate 180", "/Rotate 270", "/CropBox [50 60 545 800]", "/CropBox [50 60 545 800] /Rotate 90"} {
		t.Run(page, func(t *testing.T) {
			original := file{page: page, content: show(100, 700, "H12.5")}.bytes()
			d, err := e.Open(t.Context(), original)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			before, err := d.Page(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			box := before.Chars[0].Box
			for _, c := range before.Chars {
				box = layout.Box{X0: min(box.X0, c.Box.X0), Y0: min(box.Y0, c.Box.Y0), X1: max(box.X1, c.Box.X1), Y1: max(box.Y1, c.Box.Y1)}
			}
			red := color.RGBA{200, 0, 0, 255}
			data, err := d.Annotate(t.Context(), []Mark{
				{Page: 1, Box: box, Colour: red, Title: "funds-total", Text: "合计与各项之和不符", Label: "= 12.6 合"},
				{Page: 1, Colour: red, Title: "grade", Text: "等次不符"},
			})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(data, original) {
				t.Error("the original's bytes have changed")
			}
			if want := []byte("\xfe\xff\x54\x08\x8b\xa1"); !bytes.Contains(data, want) && !bytes.Contains(data, []byte("<FEFF54088BA1")) {
				t.Error("the note is not in the file as UTF-16")
			}
			marked, err := e.Open(t.Context(), data)
			if err != nil {
				t.Fatal(err)
			}
			defer marked.Close()
			after, err := marked.Page(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(after.Chars) < len(before.Chars) || after.Chars[0].Box != before.Chars[0].Box {
				t.Error("the page's own characters have moved")
			}
			if box.X1-box.X0 < 5 {
				t.Fatalf("no place: %v", box)
			}
			plain, drawn := render(t, d), render(t, marked)
			for name, p := range map[string]image.Point{
				"left": at(box.X0-markMargin+0.5, (box.Y0+box.Y1)/2), "right": at(box.X1+markMargin-0.5, (box.Y0+box.Y1)/2),
				"bottom": at((box.X0+box.X1)/2, box.Y1+markMargin-0.5),
			} {
				if !reddish(drawn, p) || reddish(plain, p) {
					t.Errorf("no line at the %s of %v", name, box)
				}
			}
			label := image.Rectangle{at(box.X0-30, box.Y0-12), at(box.X1+2, box.Y0-3)}
			ink := 0
			for y := label.Min.Y; y < label.Max.Y; y++ {
				for x := label.Min.X; x < label.Max.X; x++ {
					if reddish(drawn, image.Pt(x, y)) {
						ink++
					}
				}
			}
			if ink < 100 {
				t.Errorf("the label has %d red points above the outline", ink)
			}
		})
	}
}

// A figure with others above it, below it and at its left has its label at its right:
// of what is printed nothing is covered.
func TestLabelsCoverNoPrint(t *testing.T) {
	e := New(Options{Workers: 2})
	t.Cleanup(e.Close)
	d, err := e.Open(t.Context(), file{content: show(100, 700, "H12.5") + show(100, 712, "H12.5") + show(100, 688, "H12.5") + show(60, 700, "H12.5")}.bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	page, err := d.Page(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	box := page.Chars[0].Box
	for _, c := range page.Chars[:4] {
		box = box.Union(c.Box)
	}
	data, err := d.Annotate(t.Context(), []Mark{{Page: 1, Box: box, Colour: color.RGBA{200, 0, 0, 255}, Title: "funds-total", Label: "1: = 12.6"}})
	if err != nil {
		t.Fatal(err)
	}
	marked, err := e.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer marked.Close()
	dark := func(img image.Image, x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r < 0x4000 }
	plain, drawn := render(t, d), render(t, marked)
	print, gone, label := 0, 0, 0
	for y := range plain.Bounds().Dy() {
		for x := range plain.Bounds().Dx() {
			if dark(plain, x, y) {
				print++
				if !dark(drawn, x, y) {
					gone++
				}
			}
			if x > at(box.X1+2, 0).X && reddish(drawn, image.Pt(x, y)) {
				label++
			}
		}
	}
	if print == 0 || gone > 0 || label < 100 {
		t.Errorf("of %d dark points %d are covered, and %d red ones are at the right", print, gone, label)
	}
}

const testDPI = 216 // three pixels a point

func at(x, y float64) image.Point { return image.Pt(int(3*x), int(3*y)) }

func reddish(img image.Image, p image.Point) bool {
	for _, q := range []image.Point{p, p.Add(image.Pt(1, 0)), p.Add(image.Pt(0, 1)), p.Add(image.Pt(-1, 0)), p.Add(image.Pt(0, -1))} {
		r, g, _, _ := img.At(q.X, q.Y).RGBA()
		if r > 0x9000 && g < 0x9000 {
			return true
		}
	}
	return false
}

func render(t *testing.T, d *Document) image.Image {
	t.Helper()
	r, err := d.Render(t.Context(), 1, testDPI, true)
	if err != nil {
		t.Fatal(err)
	}
	return r.Image
}

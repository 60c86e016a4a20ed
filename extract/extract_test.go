package extract

import (
	"image"
	"image/color"
	"testing"

	"heji/form"
	"heji/layout"
)

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       kind
		code       form.Code
	}{
		{"a.pdf", "%PDF-1.4\n", pdfFile, ""},
		{"a.pdf", "junk before\n%PDF-1.4\n", pdfFile, ""},
		{"scan0001", "%PDF-1.4\n", pdfFile, ""},
		{"a.txt", "单位名称\t某局", textFile, ""},
		{"a.jpg", "\xff\xd8\xff\xe0", imageFile, ""},
		{"a.pdf", "\xff\xd8\xff\xe0", 0, form.NotADocument},
		{"a.pdf", "<html>", 0, form.NotADocument},
		{"a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", officeFile, ""},
		{"a.bin", "abc", 0, form.NotADocument},
		{"a.pdf", "", 0, form.NotADocument},
	} {
		got, err := kindOf(c.name, []byte(c.data))
		if got != c.want || form.CodeOf(err) != c.code {
			t.Errorf("%s %q: %d %v, want %d %q", c.name, c.data, got, err, c.want, c.code)
		}
	}
}

func TestTurnedImage(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 3, 2))
	img.SetGray(0, 0, color.Gray{Y: 200})
	for quarters, at := range map[int]image.Point{0: {}, 1: {X: 1}, 2: {X: 2, Y: 1}, 3: {Y: 2}} {
		turned := turnedImage(img, quarters)
		if r, _, _, _ := turned.At(at.X, at.Y).RGBA(); r>>8 != 200 {
			t.Errorf("turned by %d, the corner is not at %v", quarters, at)
		}
	}
}

// A page that was read after turning has its boxes where they are displayed.
func TestTurnBack(t *testing.T) {
	displayed := layout.Box{X0: 10, Y0: 20, X1: 30, Y1: 25}
	for quarters := range 4 {
		page := layout.Page{Width: 100, Height: 200}
		page.Lines = []layout.Line{{Box: displayed.Turned(100, 200, quarters)}}
		turnBack(&page, quarters)
		if page.Lines[0].Box != displayed || page.Turn != quarters {
			t.Errorf("turned by %d: %v", quarters, page.Lines[0].Box)
		}
	}
}

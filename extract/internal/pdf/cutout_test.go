package pdf

import (
	"image"
	"testing"

	"heji/layout"
)

// A place that is cut out of a page has the pixels that the whole page has there.
func TestCutoutsAreThePage(t *testing.T) {
	for _, page := range []string{"", "/Rotate 90", "/CropBox [50 60 545 800]"} {
		d := openFile(t, engine(t), file{page: page, content: show(100, 700, "1,586.78") + "90 690 80 24 re S\n"}.bytes())
		p, err := d.Page(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		box := p.Chars[3].Box
		cutouts, err := d.Cutouts(t.Context(), 1, 300, []layout.Box{box, p.Chars[0].Box})
		if err != nil || len(cutouts) != 2 {
			t.Fatalf("%q: %d cutouts, %v", page, len(cutouts), err)
		}
		whole, err := d.Render(t.Context(), 1, 300, true)
		if err != nil {
			t.Fatal(err)
		}
		ink, c := 0, cutouts[0]
		x0, y0 := int(c.X*300/72+0.5), int(c.Y*300/72+0.5)
		for y := range c.Image.Rect.Dy() {
			for x := range c.Image.Rect.Dx() {
				v := c.Image.GrayAt(x, y)
				if o := whole.Image.(*image.Gray).GrayAt(x0+x, y0+y); max(v.Y, o.Y)-min(v.Y, o.Y) > 2 {
					t.Errorf("%q: the pixel at %d, %d is %d, on the page %d", page, x, y, v.Y, o.Y)
				}
				if v.Y < 128 {
					ink++
				}
			}
		}
		if ink == 0 {
			t.Errorf("%q: nothing is seen in the cutout", page)
		}
		d.Close()
	}
}

// What lies over all of a page must be seen as a whole.
func TestCutoutsRefuse(t *testing.T) {
	e := engine(t)
	for name, c := range map[string]struct {
		content string
		boxes   []layout.Box
	}{
		"colour":          {"1 0 0 rg " + show(100, 700, "12"), []layout.Box{{X0: 90, Y0: 120, X1: 130, Y1: 150}}},
		"off the page":    {show(100, 700, "12"), []layout.Box{{X0: 900, Y0: 120, X1: 930, Y1: 150}}},
		"all of the page": {show(100, 700, "12"), []layout.Box{{X1: 595, Y1: 842}}},
	} {
		d := openFile(t, e, file{content: c.content}.bytes())
		cutouts, err := d.Cutouts(t.Context(), 1, 300, c.boxes)
		d.Close()
		if name == "all of the page" {
			if err != nil || len(cutouts) != 1 {
				t.Errorf("%s: %d cutouts, %v", name, len(cutouts), err)
			}
			continue
		}
		if err != nil || cutouts != nil {
			t.Errorf("%s: %d cutouts, %v", name, len(cutouts), err)
		}
	}
}

// A document that is opened again at once is still open, and another one is not taken
// for it.
func TestOpenedAgain(t *testing.T) {
	e := engine(t)
	one, two := file{content: show(100, 700, "12.50")}.bytes(), file{content: show(100, 700, "97.80")}.bytes()
	for i, data := range [][]byte{one, one, two, one} {
		d := openFile(t, e, data)
		p, err := d.Page(t.Context(), 1)
		d.Close()
		want := "12.50"
		if i == 2 {
			want = "97.80"
		}
		if got := Text(p.Chars, layout.Box{}); err != nil || got != want {
			t.Errorf("opened as number %d: %q, %v, want %q", i+1, got, err, want)
		}
	}
}

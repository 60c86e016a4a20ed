package pdf

import (
	"fmt"
	"image"
	"testing"
)

// The picture of a page that shows nothing else comes out as it is stored, though its
// edges are off the page's by a hair. What lies over it, is turned, or is seen through is
// drawn.
func TestStoredPicture(t *testing.T) {
	e := engine(t)
	const w, h = 120, 160
	pix := make([]byte, w*h)
	for i := range pix {
		pix[i] = 255
		if x, y := i%w, i/w; x%7 == 3 && y%5 == 2 || y > 100 && x < 40 {
			pix[i] = 0
		}
	}
	page := func(content string) []byte {
		return file{
			page:    `/MediaBox [0 0 86.43 115.17] /Resources << /Font << ` + fonts + ` >> /XObject << /I 5 0 R >> >>`,
			content: content,
			more:    []string{stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8", w, h), string(pix))},
		}.bytes()
	}
	upright := "q 86.4 0 0 115.2 0 0 cm /I Do Q\n"
	for _, c := range []struct {
		name, content string
		same          bool
	}{
		{"alone", upright, true},
		{"over invisible text", "3 Tr " + show(10, 50, "hidden") + "0 Tr " + upright, true},
		{"under text", upright + show(10, 50, "seen"), false},
		{"on its head", "q -86.4 0 0 -115.2 86.4 115.2 cm /I Do Q\n", false},
		{"half the page", "q 86.4 0 0 57.6 0 0 cm /I Do Q\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			shot, err := openFile(t, e, page(c.content)).RenderPixels(t.Context(), 1, 100, w, h)
			if err != nil {
				t.Fatal(err)
			}
			g, ok := shot.Image.(*image.Gray)
			same := ok && g.Rect.Dx() == w && g.Rect.Dy() == h
			for y := 0; same && y < h; y++ {
				same = string(g.Pix[y*g.Stride:][:w]) == string(pix[y*w:][:w])
			}
			if same != c.same {
				t.Errorf("as stored: %t", same)
			}
		})
	}
}

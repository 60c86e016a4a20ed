package extract

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"testing"

	"heji/extract/internal/raster"
)

// A black and white page is drawn pixel for pixel, whichever way it lies: a hair of
// rounding in its size must not spread each pixel over two.
func TestShootFaxes(t *testing.T) {
	for _, c := range []struct {
		w, h          int
		width, height float64
	}{{3508, 2480, 841.92, 595.2}, {2480, 3508, 595.2, 841.92}} {
		r := reader(t, Limits{})
		doc, err := r.pdf.Open(t.Context(), bilevelPDF(c.w, c.h, c.width, c.height))
		if err != nil {
			t.Fatal(err)
		}
		page, err := doc.Page(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		shot, _, err := r.shoot(t.Context(), doc, page, sourceDPI(page))
		if err != nil || !raster.Bilevel(shot.Image) {
			t.Errorf("%d × %d: not black and white (%v)", c.w, c.h, err)
		}
		doc.Close()
	}
}

// bilevelPDF is a page of black blocks.
func bilevelPDF(w, h int, width, height float64) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	row := make([]byte, (w+7)/8)
	for y := range h {
		for i := range row {
			row[i] = 0xFF
			if y/40%4 == 0 && i%8 == y%40/5 {
				row[i] = 0
			}
		}
		_, _ = z.Write(row)
	}
	_ = z.Close()
	draw := fmt.Sprintf("%g 0 0 %g 0 0 cm /I Do", width, height)
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %g %g]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>", width, height),
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(draw), draw),
		fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode/Length %d>>stream\n%s\nendstream", w, h, packed.Len(), packed.String()),
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

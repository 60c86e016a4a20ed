package samples

import (
	"bytes"
	"fmt"
	"strings"
)

// pageImage is an encoded image that fills a page.
type pageImage struct {
	w, h, dpi int
	colours   int // 1 or 3
	bits      int // a colour
	filter    string
	data      []byte
}

// imagePDF binds images to a PDF, one a page, as scanners write it.
func imagePDF(images []pageImage) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(offsets))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var kids strings.Builder
	for i := range images {
		fmt.Fprintf(&kids, "%d 0 R ", 3+3*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [ %s] /Count %d >>", kids.String(), len(images))
	for i, p := range images {
		width, height := float64(p.w)*72/float64(p.dpi), float64(p.h)*72/float64(p.dpi)
		space := "/DeviceGray"
		if p.colours == 3 {
			space = "/DeviceRGB"
		}
		content := fmt.Sprintf("q %.2f 0 0 %.2f 0 0 cm /Im0 Do Q", width, height)
		object("<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 %.2f %.2f ] /Contents %d 0 R /Resources << /XObject << /Im0 %d 0 R >> >> >>",
			width, height, 4+3*i, 5+3*i)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(content), content)
		object("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent %d /Filter /%s /Length %d >>\nstream\n%s\nendstream",
			p.w, p.h, space, p.bits, p.filter, len(p.data), p.data)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, xref)
	return b.Bytes()
}

package samples

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
)

// pageImage is an encoded image that fills a page.
type pageImage struct {
	w, h, dpi int
	colours   int // 1 or 3
	bits      int // a colour
	filter    string
	data      []byte
	text      []textLine // that nobody sees
	under     bool       // the text is painted before the image, which covers it
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
	layered := false
	for i, p := range images {
		fmt.Fprintf(&kids, "%d 0 R ", 3+3*i)
		layered = layered || p.text != nil
	}
	fonts := ""
	if layered {
		fonts = fmt.Sprintf(" /Font << /F0 %d 0 R >>", 3+3*len(images))
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
		if p.under {
			content = showText(p.text, height, 0) + content
		} else if p.text != nil {
			content += showText(p.text, height, 3)
		}
		object("<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 %.2f %.2f ] /Contents %d 0 R /Resources << /XObject << /Im0 %d 0 R >>%s >> >>",
			width, height, 4+3*i, 5+3*i, fonts)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(content), content)
		object("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent %d /Filter /%s /Length %d >>\nstream\n%s\nendstream",
			p.w, p.h, space, p.bits, p.filter, len(p.data), p.data)
	}
	if layered {
		// The font that scanning programs name and do not embed.
		n := len(offsets)
		object("<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H /DescendantFonts [ %d 0 R ] >>", n+2)
		object("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /W [ 1 95 500 ] /FontDescriptor %d 0 R >>", n+3)
		object("<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [ -25 -254 1000 880 ] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>")
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, xref)
	return b.Bytes()
}

// showText writes lines of text at their places on a page so many points high;
// mode 3 is invisible.
func showText(lines []textLine, height float64, mode int) string {
	var b strings.Builder
	fmt.Fprintf(&b, " BT %d Tr\n", mode)
	for _, l := range lines {
		size := 0.8 * (l.Bottom - l.Top) * pointsPerPixel
		natural := 0.0
		for _, r := range l.Text {
			if r < 0x80 {
				natural += size / 2
			} else {
				natural += size
			}
		}
		fmt.Fprintf(&b, "/F0 %.2f Tf %.1f Tz 1 0 0 1 %.2f %.2f Tm <", size, 100*(l.Right-l.Left)*pointsPerPixel/natural,
			l.Left*pointsPerPixel, height-l.Bottom*pointsPerPixel+0.25*size)
		for _, u := range utf16.Encode([]rune(l.Text)) {
			fmt.Fprintf(&b, "%04X", u)
		}
		b.WriteString("> Tj\n")
	}
	b.WriteString("ET ")
	return b.String()
}

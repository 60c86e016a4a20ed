package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// file is a PDF made of numbered objects. Objects 1 and 2 are the catalogue and the
// page tree, 3 is the page, 4 its content; more follow from 5. Font F1 is Helvetica,
// and F2 a Chinese font that is named and not embedded.
type file struct {
	page    string // further entries of the page
	content string
	more    []string // objects from 5 on
	root    string   // further entries of the catalogue
	kids    string   // instead of the one page
}

func stream(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

const fonts = `/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>
/F2 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [
 << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000
 /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >> ] >>`

func (f file) bytes() []byte {
	kids := f.kids
	if kids == "" {
		kids = "/Kids [3 0 R] /Count 1"
	}
	page := f.page
	if !strings.Contains(page, "/MediaBox") {
		page += " /MediaBox [0 0 595 842]"
	}
	if !strings.Contains(page, "/Contents") {
		page += " /Contents 4 0 R"
	}
	if !strings.Contains(page, "/Resources") {
		page += " /Resources << /Font << " + fonts + " >> >>"
	}
	objects := append([]string{
		"<< /Type /Catalog /Pages 2 0 R " + f.root + " >>",
		"<< /Type /Pages " + kids + " >>",
		"<< /Type /Page /Parent 2 0 R " + page + " >>",
		stream("", f.content),
	}, f.more...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// show writes Western text at a place, in 12 point.
func show(x, y float64, text string) string {
	return fmt.Sprintf("BT /F1 12 Tf %g %g Td (%s) Tj ET\n", x, y, text)
}

// showHan writes Chinese text at a place, in 12 point.
func showHan(x, y float64, text string) string {
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&hex, "%04X", u)
	}
	return fmt.Sprintf("BT /F2 12 Tf %g %g Td <%s> Tj ET\n", x, y, hex.String())
}

// withResources is the page entry for fonts and the XObject X, object 5.
const withResources = "/Resources << /Font << " + fonts + " >> /XObject << /X 5 0 R >> >>"

func openFile(t *testing.T, e *Engine, data []byte) *Document {
	t.Helper()
	d, err := e.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func firstPage(t *testing.T, e *Engine, f file) Page {
	t.Helper()
	p, err := openFile(t, e, f.bytes()).Page(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

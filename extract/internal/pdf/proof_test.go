package pdf

import (
	"fmt"
	"strings"
	"testing"

	"heji/layout"
)

// renamed is a page of figures in Helvetica whose table of characters, object 5, says
// that each character is the one that is shift further on.
func renamed(shift int, lines ...string) file {
	var table, content strings.Builder
	table.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n10 beginbfchar\n")
	for d := range 10 {
		fmt.Fprintf(&table, "<%02X> <%04X>\n", '0'+d, '0'+(d+shift)%10)
	}
	table.WriteString("endbfchar endcmap end end\n")
	for i, l := range lines {
		fmt.Fprintf(&content, "BT /F3 10.5 Tf 72 %d Td (%s) Tj ET\n", 700-20*i, l)
	}
	return file{
		page:    "/Resources << /Font << /F3 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >> >> >>",
		content: content.String(),
		more:    []string{stream("", table.String())},
	}
}

// What a file calls 6 and is seen to be 5 is not believed, wherever it stands.
func TestFiguresAreHeldAgainstTheirPixels(t *testing.T) {
	e := engine(t)
	lines := []string{"1586.78", "430102", "95.50", "2024"}
	for shift, distrusted := range map[int]bool{0: false, 1: true, 7: true} {
		d, err := e.Open(t.Context(), renamed(shift, lines...).bytes())
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Page(t.Context(), 1)
		d.Close()
		if err != nil {
			t.Fatal(err)
		}
		if (p.False != "") != distrusted {
			t.Errorf("shifted by %d: the page's text is distrusted: %q", shift, p.False)
		}
		proven, unlike := 0, 0
		for _, ch := range p.Chars {
			if ch.Flags&Proven != 0 {
				proven++
			}
			if ch.Flags&Unlike != 0 {
				unlike++
			}
		}
		if distrusted && unlike < 15 || !distrusted && (proven < 15 || unlike > 0) {
			t.Errorf("shifted by %d: %d figures proven, %d unlike", shift, proven, unlike)
		}
	}
}

// A page whose characters stand for nothing is not a page of text.
func TestCharactersWithoutNames(t *testing.T) {
	chars := make([]Char, 60)
	for i := range chars {
		chars[i] = Char{Text: "a"}
		if i%10 == 0 {
			chars[i] = Char{Text: "\x03", Flags: BadCode}
		}
	}
	if !unnamed(chars) {
		t.Error("a page without a Chinese character and with codes for none is believed")
	}
	for i := range 20 {
		chars[2*i+1].Text = "绩"
	}
	if unnamed(chars) {
		t.Error("a Chinese page with some strange codes is not believed")
	}
}

// A blank page is one whose content says so. One that cannot be unpacked is not blank.
func TestBlankAndUnreadablePages(t *testing.T) {
	e := engine(t)
	for name, c := range map[string]struct {
		f     file
		blank bool
	}{
		"nothing":          {file{content: "q\nQ"}, true},
		"a marked space":   {file{content: "/P <</MCID 0>> BDC q Q EMC"}, true},
		"unknown filter":   {file{more: []string{stream("/Filter /Unheard", "BT /F1 12 Tf (1) Tj ET")}, page: "/Contents 5 0 R"}, false},
		"broken flate":     {file{more: []string{stream("/Filter /FlateDecode", "xxxxxxxxxxxx")}, page: "/Contents 5 0 R"}, false},
		"something is set": {file{content: show(100, 700, "12.50")}, false},
	} {
		said, err := e.Witness(t.Context(), c.f.bytes(), 1)
		if err != nil || len(said) != 1 || said[0].Empty != c.blank {
			t.Errorf("%s: %+v, want blank %t", name, said, c.blank)
		}
	}
}

// A sheet fitted to the page's width in 5 points is drawn larger before its characters are told.
func TestProofDPI(t *testing.T) {
	for _, c := range []struct {
		height float64
		text   string
		want   int
	}{{8.3, "绩", 125}, {12, "绩", 125}, {4.75, "绩", 210}, {2, "绩", 250}, {4, "3", 125}} {
		chars := []Char{{Text: c.text, Box: layout.Box{X1: c.height, Y1: c.height}}}
		if got := proofDPI(chars); got != c.want {
			t.Errorf("%q of %g points is drawn at %d dpi, want %d", c.text, c.height, got, c.want)
		}
	}
}

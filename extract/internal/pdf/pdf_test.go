package pdf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"heji/extract/internal/grid"
	"heji/extract/internal/limits"
	"heji/extract/internal/worker"
	"heji/form"
	"heji/layout"
)

// engine is one engine, with one process of each kind, for all tests of a function.
func engine(t *testing.T) *Engine {
	t.Helper()
	e := New(Options{Workers: 1})
	t.Cleanup(e.Close)
	return e
}

func near1(a, b float64) bool { return math.Abs(a-b) < 0.6 }

func TestPlaceOfText(t *testing.T) {
	e := engine(t)
	for _, c := range []struct {
		name, page string
		w, h, x, y float64
		turn       int
	}{
		{"plain", "", 595, 842, 100, 142, 0},
		{"rotate 90", "/Rotate 90", 842, 595, 700, 100, 1},
		{"rotate 180", "/Rotate 180", 595, 842, 495, 700, 2},
		{"rotate 270", "/Rotate 270", 842, 595, 142, 495, 3},
		{"crop", "/CropBox [50 60 545 800]", 495, 740, 50, 100, 0},
		{"crop and rotate", "/CropBox [50 60 545 800] /Rotate 90", 740, 495, 640, 50, 1},
		{"corners reversed", "/MediaBox [595 842 0 0]", 595, 842, 100, 142, 0},
		{"origin elsewhere", "/MediaBox [-100 -100 495 742]", 595, 842, 200, 42, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := firstPage(t, e, file{page: c.page, content: show(100, 700, "H12.5")})
			if !near1(p.Width, c.w) || !near1(p.Height, c.h) {
				t.Errorf("page %g × %g, want %g × %g", p.Width, p.Height, c.w, c.h)
			}
			ch := p.Chars[0]
			if !near1(ch.X, c.x) || !near1(ch.Y, c.y) || ch.Turn != c.turn || !near1(ch.Size, 12) {
				t.Errorf("first character %+v, want at %g, %g, turn %d, size 12", ch, c.x, c.y, c.turn)
			}
			if x, y := ch.center(); math.Abs(x-c.x) > 7 || math.Abs(y-c.y) > 7 || ch.noBox() {
				t.Errorf("ink in %v, far from %g, %g", ch.Box, c.x, c.y)
			}
			if got := Text(p.Chars, layout.Box{}); got != "H12.5" {
				t.Errorf("text %q", got)
			}
			upright := p.Turned(4 - c.turn)
			if Turn(upright.Chars) != 0 || upright.Chars[0].X > upright.Chars[1].X {
				t.Errorf("turned upright: %+v", upright.Chars[:2])
			}
		})
	}
}

func TestChineseAndSurrogates(t *testing.T) {
	if _, ok := Font(); !ok {
		t.Skip("no Chinese font on this machine: install fonts-arphic-gbsn00lp")
	}
	p := firstPage(t, engine(t), file{content: showHan(100, 700, "年初预算1,586.78") + showHan(100, 680, "𠮷"), page: ""})
	if got := Text(p.Chars, layout.Box{}); !strings.HasPrefix(got, "年初预算1,586.78") {
		t.Errorf("text %q", got)
	}
}

func TestRulingLines(t *testing.T) {
	e := engine(t)
	h := func(x0, x1, y, thickness float64) grid.Segment {
		return grid.Segment{X0: x0, Y0: y, X1: x1, Y1: y, Thickness: thickness}
	}
	v := func(x, y0, y1, thickness float64) grid.Segment {
		return grid.Segment{X0: x, Y0: y0, X1: x, Y1: y1, Thickness: thickness}
	}
	for _, c := range []struct {
		name string
		file file
		want []grid.Segment
	}{
		{"stroked line", file{content: "0.5 w 100 700 m 300 700 l S"}, []grid.Segment{h(100, 300, 142, 0.5)}},
		{"stroked rectangle", file{content: "1 w 100 600 200 100 re S"}, []grid.Segment{
			h(100, 300, 242, 1), v(300, 142, 242, 1), h(100, 300, 142, 1), v(100, 142, 242, 1)}},
		{"thin filled rectangle", file{content: "100 700 200 0.5 re f"}, []grid.Segment{h(100, 300, 141.75, 0.5)}},
		{"two pieces in one path", file{content: "0.5 w 100 700 m 150 700 l 250 700 m 300 700 l S"}, []grid.Segment{
			h(100, 150, 142, 0.5), h(250, 300, 142, 0.5)}},
		{"frame with a hole", file{content: "100 600 200 100 re 101 601 198 98 re f*"}, []grid.Segment{
			h(100, 300, 142.5, 1), h(100, 300, 241.5, 1), v(100.5, 142, 242, 1), v(299.5, 142, 242, 1)}},
		{"scaled", file{content: "0.1 0 0 0.1 0 0 cm 5 w 1000 7000 m 3000 7000 l S"}, []grid.Segment{h(100, 300, 142, 0.5)}},
		{"turned page", file{content: "0.5 w 100 700 m 300 700 l S", page: "/Rotate 90"}, []grid.Segment{v(700, 100, 300, 0.5)}},
		{"cut at the edge", file{content: "0.5 w -50 700 m 700 700 l S"}, []grid.Segment{h(0, 595, 142, 0.5)}},
		{"white", file{content: "1 1 1 RG 100 700 m 300 700 l S"}, nil},
		{"aslant", file{content: "100 700 m 300 650 l S"}, nil},
		{"shaded cell", file{content: "0.8 g 100 600 200 100 re f"}, nil},
		{"curve", file{content: "100 700 m 150 700 250 700 300 700 c S"}, nil},
		{"no paint", file{content: "100 700 m 300 700 l n"}, nil},
		{"in a form XObject with matrices", file{page: withResources, content: "1 0 0 1 50 0 cm /X Do", more: []string{
			stream("/Type /XObject /Subtype /Form /BBox [0 0 1000 1000] /Matrix [2 0 0 2 0 0]", "0.25 w 25 350 m 125 350 l S")}},
			[]grid.Segment{h(100, 300, 142, 0.5)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := firstPage(t, e, c.file).Segments
			if len(got) != len(c.want) {
				t.Fatalf("%v, want %v", got, c.want)
			}
			for i, s := range got {
				w := c.want[i]
				if !near1(s.X0, w.X0) || !near1(s.Y0, w.Y0) || !near1(s.X1, w.X1) || !near1(s.Y1, w.Y1) || math.Abs(s.Thickness-w.Thickness) > 0.1 {
					t.Errorf("line %d is %v, want %v", i, s, w)
				}
			}
		})
	}
}

func TestWhatIsNotSeen(t *testing.T) {
	e := engine(t)
	for _, c := range []struct {
		name string
		file file
		flag Flag // of every character but those of "12.50"
		all  string
	}{
		{"invisible", file{content: show(100, 700, "12.50") + "BT 3 Tr /F1 12 Tf 300 700 Td (99) Tj ET"}, Invisible, "12.50 99"},
		{"white on white", file{content: show(100, 700, "12.50") + "1 g " + show(300, 700, "99")}, Hidden, "12.50 99"},
		{"cut off", file{content: show(100, 700, "12.50") + "q 0 0 10 10 re W n " + show(300, 700, "99") + "Q"}, Hidden, "12.50 99"},
		{"painted over", file{content: show(100, 700, "99,999") + "1 g 90 690 100 30 re f 0 g " + show(100, 700, "12.50")}, Hidden, ""},
		{"layer off", file{
			root:    "/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>",
			page:    "/Resources << /Font << " + fonts + " >> /Properties << /L 5 0 R >> /XObject << >> >>",
			content: show(100, 700, "12.50") + "/OC /L BDC " + show(300, 700, "99") + "EMC",
			more:    []string{"<< /Type /OCG /Name (draft) >>"}}, Hidden, "12.50 99"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := firstPage(t, e, c.file)
			if got := Text(p.Chars, layout.Box{}); c.all != "" && got != c.all {
				t.Errorf("all text %q, want %q", got, c.all)
			}
			if got := Text(Visible(p.Chars), layout.Box{}); got != "12.50" {
				t.Errorf("visible text %q", got)
			}
			if !strings.ContainsFunc(fmt.Sprint(p.Chars), unicode.IsDigit) {
				t.Error("no characters")
			}
			for _, ch := range p.Chars {
				if ch.Text == "9" && ch.Flags&c.flag == 0 {
					t.Errorf("%q has flags %b, want %b", ch.Text, ch.Flags, c.flag)
				}
			}
		})
	}
	t.Run("white on black is seen", func(t *testing.T) {
		p := firstPage(t, e, file{content: "0 g 90 690 100 30 re f 1 g " + show(100, 700, "12.50")})
		for _, ch := range p.Chars {
			if ch.Flags&^Proven != Reversed {
				t.Errorf("%q has flags %b", ch.Text, ch.Flags)
			}
		}
	})
	t.Run("a highlighter covers nothing", func(t *testing.T) {
		p := firstPage(t, e, file{
			page:    "/Resources << /Font << " + fonts + " >> /ExtGState << /G << /ca 0.3 >> >> /XObject << >> >>",
			content: show(100, 700, "12.50") + "/G gs 1 1 0 rg 90 690 100 30 re f"})
		if got := Text(Visible(p.Chars), layout.Box{}); got != "12.50" {
			t.Errorf("visible text %q", got)
		}
	})
	t.Run("fake bold is one", func(t *testing.T) {
		p := firstPage(t, e, file{content: show(100, 700, "12.50") + "BT /F1 12 Tf 1 0 0 1 100.4 700 Tm (12.50) Tj ET"})
		if got := Text(p.Chars, layout.Box{}); got != "12.50" {
			t.Errorf("text %q", got)
		}
	})
}

func TestFieldsAndComments(t *testing.T) {
	f := file{
		page:    "/Annots [5 0 R 6 0 R 7 0 R 8 0 R]",
		content: show(100, 700, "A"),
		more: []string{
			"<< /Type /Annot /Subtype /FreeText /Rect [200 690 300 710] /Contents (1,280.50) /DA (/Helv 12 Tf) >>",
			"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (42) /Rect [320 690 400 710] >>",
			"<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) /V /Yes /AS /Yes /Rect [420 690 440 710] >>",
			"<< /Type /Annot /Subtype /FreeText /F 2 /Rect [450 690 500 710] /Contents (hidden) >>",
		},
	}
	p := firstPage(t, engine(t), f)
	if got := Text(p.Chars, layout.Box{}); got != "A 1,280.50 42" {
		t.Errorf("text %q", got)
	}
	if got := Text(p.Chars, layout.Box{X0: 310, Y0: 130, X1: 410, Y1: 154}); got != "42" {
		t.Errorf("the field's cell has %q", got)
	}
}

func TestImagesAndRender(t *testing.T) {
	e := engine(t)
	picture := func(data string) file {
		return file{page: withResources, content: "q 200 0 0 100 100 600 cm /X Do Q", more: []string{
			stream("/Type /XObject /Subtype /Image /Width 4 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray", data)}}
	}
	d := openFile(t, e, picture("\x00\x00\xff\xff\x00\x00\xff\xff").bytes())
	p, err := d.Page(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Images) != 1 || !near1(p.Images[0].Box.Y0, 142) || !near1(p.Images[0].Box.X1, 300) || !near1(p.Images[0].DPI(), 1.44) {
		t.Fatalf("images %+v", p.Images)
	}
	for _, color := range []bool{false, true} {
		r, err := d.Render(t.Context(), 1, 72, color)
		if err != nil {
			t.Fatal(err)
		}
		if r.DPI != 72 || r.Failed || r.Image.Bounds() != image.Rect(0, 0, 595, 842) {
			t.Errorf("raster %d dpi, failed %t, %v", r.DPI, r.Failed, r.Image.Bounds())
		}
		for at, want := range map[image.Point]uint32{{X: 120, Y: 190}: 0, {X: 280, Y: 190}: 0xffff, {X: 50, Y: 50}: 0xffff} {
			if v, _, _, _ := r.Image.At(at.X, at.Y).RGBA(); v != want {
				t.Errorf("color %t: pixel %v is %#x, want %#x", color, at, v, want)
			}
		}
	}
	d.Close() // there is one process
	r, err := openFile(t, e, picture("\xff\xff\xff\xff\xff\xff\xff\xff").bytes()).Render(t.Context(), 1, 72, false)
	if err != nil || !r.Failed {
		t.Errorf("a page with a picture and no ink: failed %t, %v", r.Failed, err)
	}
}

func TestDocumentsAtFault(t *testing.T) {
	e := engine(t)
	many := "/Kids [" + strings.Repeat("3 0 R ", limits.Default.Pages+1) + fmt.Sprintf("] /Count %d", limits.Default.Pages+1)
	locked, err := os.ReadFile("testdata/password.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		code form.Code
	}{
		{"not a PDF", []byte("<html>404</html>"), form.NotADocument},
		{"empty", nil, form.NotADocument},
		{"cut", file{}.bytes()[:120], form.Damaged},
		{"no pages", file{kids: "/Kids [] /Count 0"}.bytes(), form.NoPages},
		{"many pages", file{kids: many}.bytes(), form.TooLarge},
		{"password", locked, form.Encrypted},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := e.Open(t.Context(), c.data)
			if form.CodeOf(err) != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
	d := openFile(t, e, file{page: "/MediaBox [0 0 100000 100000]"}.bytes())
	if _, err := d.Page(t.Context(), 1); form.CodeOf(err) != form.TooLarge {
		t.Errorf("huge page: %v", err)
	}
	d.Close()
	d = openFile(t, e, file{page: "/MediaBox [0 0 14000 14000]"}.bytes())
	if _, err := d.Render(t.Context(), 1, 300, false); form.CodeOf(err) != form.TooLarge {
		t.Errorf("huge raster: %v", err)
	}
	if _, err := d.Page(t.Context(), 2); err == nil {
		t.Error("page 2 of 1 was read")
	}
}

// A caller that gives up ends the child; the document starts another.
func TestGoesOnAfterADeath(t *testing.T) {
	e := engine(t)
	d := openFile(t, e, file{content: show(100, 700, "12.50")}.bytes())
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Page(canceled, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want canceled", err)
	}
	p, err := d.Page(t.Context(), 1)
	if err != nil || Text(p.Chars, layout.Box{}) != "12.50" {
		t.Errorf("after a death: %v, %v", p.Chars, err)
	}
}

func TestWitness(t *testing.T) {
	e := engine(t)
	if texts, err := e.Witness(t.Context(), []byte("%PDF-1.7 nonsense"), 2); err != nil || len(texts) != 2 || texts[0].Text != "" {
		t.Errorf("nonsense gave %+v, %v", texts, err)
	}
	f := file{content: show(100, 700, "12.50") + show(200, 700, "1,586.78")}
	texts, err := e.Witness(t.Context(), f.bytes(), 1)
	if err != nil || len(texts) != 1 || !strings.Contains(texts[0].Text, "12.50") || !strings.Contains(texts[0].Text, "1,586.78") {
		t.Errorf("read %+v, %v", texts, err)
	}
	mute := &Engine{limits: e.limits, witnesses: worker.NewPool(worker.Spec{Kind: "none that there is"}, 1)}
	if said, err := mute.Witness(t.Context(), f.bytes(), 1); len(said) != 0 || err != nil {
		t.Errorf("a witness that dies twice said %+v, %v", said, err)
	}
}

// What follows a string that is set with TJ is the page's, and no character of the font.
func TestWitnessAddsNothing(t *testing.T) {
	table := "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n" +
		"3 beginbfchar <0A> <0037> <31> <0031> <32> <0032> endbfchar endcmap end end"
	f := file{
		page:    "/Resources << /Font << /F3 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >> >> >>",
		content: "BT /F3 10 Tf 72 700 Td [(1) -20 (2)] TJ 0 -20 Td [(2) -9000 (1)] TJ ET",
		more:    []string{stream("", table)},
	}
	said, err := engine(t).Witness(t.Context(), f.bytes(), 1)
	if err != nil || len(said) != 1 || said[0].Text != "12\n2\n1" {
		t.Errorf("read %+v, want 12, and 2 and 1 apart", said)
	}
}

// The shared collection of awkward files, where it is at hand: the right text, or a
// page that says it cannot be trusted.
func TestAwkwardFiles(t *testing.T) {
	dir := "../../../../shared/nasty"
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Log("no collection of awkward files beside the repository")
		return
	}
	if _, ok := Font(); !ok {
		t.Skip("no Chinese font on this machine: install fonts-arphic-gbsn00lp")
	}
	var expected map[string]*string
	if err := json.Unmarshal(raw, &expected); err != nil {
		t.Fatal(err)
	}
	e := engine(t)
	for name, want := range expected {
		known := strings.HasPrefix(name, "geom-") || strings.HasPrefix(name, "hidden-") || strings.HasPrefix(name, "rotate-") ||
			strings.HasPrefix(name, "enc-") || strings.HasPrefix(name, "place-") || strings.HasPrefix(name, "cjk-gbk")
		if want == nil || !known {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		d := openFile(t, e, data)
		p, err := d.Page(t.Context(), 1)
		d.Close()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := Text(Visible(p.Chars), layout.Box{})
		all := func(rune) bool { return true }
		if both, n := shared(counts(bare(got), all), counts(bare(*want), all)); both != n {
			t.Errorf("%s: %d of %d characters\n got %s\nwant %s", name, both, n, got, *want)
		}
	}
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// Each limit refuses what is above it with its code, and says which it was.
func TestLimits(t *testing.T) {
	small := limits.Default
	small.Pages = 1
	small.PagePixels = 100_000
	small.PageObjects = 3
	small.Nesting = 1
	e := New(Options{Workers: 1, Limits: small})
	t.Cleanup(e.Close)
	inner := `/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X 6 0 R >> >>`
	for _, c := range []struct {
		name string
		data []byte
		says string
	}{
		{"pages", file{content: show(100, 700, "1"), kids: "/Kids [3 0 R 3 0 R] /Count 2"}.bytes(), "2 pages"},
		{"objects", file{content: strings.Repeat("0 0 m 9 9 l S\n", 5)}.bytes(), "3 drawn objects"},
		{"nesting", file{page: withResources, content: "/X Do", more: []string{stream(inner, "/X Do"), stream(`/Type /XObject /Subtype /Form /BBox [0 0 600 900]`, "0 0 m 9 9 l S")}}.bytes(), "within drawings"},
	} {
		d, err := e.Open(t.Context(), c.data)
		if err == nil {
			_, err = d.Page(t.Context(), 1)
			d.Close()
		}
		if form.CodeOf(err) != form.TooLarge || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	d := openFile(t, e, file{content: show(100, 700, "1")}.bytes())
	defer d.Close()
	if _, err := d.Render(t.Context(), 1, 300, false); form.CodeOf(err) != form.TooLarge {
		t.Errorf("pixels: %v", err)
	}
}

// A page that unpacks to more than the engine may hold, or takes too long, costs itself.
func TestLimitsOfMemoryAndTime(t *testing.T) {
	tight := limits.Default
	tight.EngineBytes = 40 << 20
	tight.AnswerBytes = 1 << 20
	e := New(Options{Workers: 1, Limits: tight})
	t.Cleanup(e.Close)
	d := openFile(t, e, file{content: show(100, 700, "12.50")}.bytes())
	if _, err := d.Page(t.Context(), 1); err != nil {
		t.Errorf("an ordinary page: %v", err)
	}
	if _, err := d.Render(t.Context(), 1, 600, true); form.CodeOf(err) != form.TooLarge {
		t.Errorf("a picture of 34 million pixels in 40 MB: %v", err)
	}
	if _, err := d.Render(t.Context(), 1, 150, false); form.CodeOf(err) != form.TooLarge {
		t.Errorf("an answer of 2 MB where 1 is the limit: %v", err)
	}
	d.Close()

	hurried := limits.Default
	hurried.PageTime = 10 * time.Millisecond
	slow := New(Options{Workers: 1, Limits: hurried})
	t.Cleanup(slow.Close)
	d, err := slow.Open(t.Context(), file{content: strings.Repeat(show(100, 700, "12.50"), 20000)}.bytes())
	if err == nil {
		_, err = d.Page(t.Context(), 1)
		d.Close()
	}
	if form.CodeOf(err) != form.Timeout {
		t.Errorf("ten milliseconds for a large page: %v", err)
	}
}

// A page with more characters than any form is refused by the one reader, and the other
// has no opinion of it: neither holds the text.
func TestTextBomb(t *testing.T) {
	e := engine(t)
	var lines strings.Builder
	for i := range maxChars/1000 + 1 {
		fmt.Fprintf(&lines, "BT /F1 0.5 Tf 100 %d Td (%s) Tj ET\n", 100+3*i, strings.Repeat("1", 1000))
	}
	_, err := openFile(t, e, file{content: lines.String()}.bytes()).Page(t.Context(), 1)
	if form.CodeOf(err) != form.TooLarge || !strings.Contains(err.Error(), "characters") {
		t.Errorf("the page: %v", err)
	}
	long := file{content: show(100, 700, strings.Repeat("1", 3*maxChars))}.bytes()
	if said, err := e.Witness(t.Context(), long, 1); err != nil || len(said) != 1 || said[0].Text != "" {
		t.Errorf("the second reader says %d pages, %v", len(said), err)
	}
	ordinary := file{content: show(100, 700, strings.Repeat("1", maxChars/100))}.bytes()
	if said, err := e.Witness(t.Context(), ordinary, 1); err != nil || len(said) != 1 || len(said[0].Text) < maxChars/100 {
		t.Errorf("an ordinary page: %d pages, %v", len(said), err)
	}
}

// After a picture that takes much memory the document is opened anew, and says the same.
func TestAfterALargePicture(t *testing.T) {
	d := openFile(t, engine(t), file{content: show(100, 700, "12.50")}.bytes())
	before, err := d.Page(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := d.Render(t.Context(), 1, 600, true); err != nil {
			t.Fatal(err)
		}
		if after, err := d.Page(t.Context(), 1); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("the page is %v, %v, and was %v", after, err, before)
		}
	}
}

package extract

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"heji/form"
)

func TestMain(m *testing.M) {
	RunWorker()
	os.Exit(m.Run())
}

func reader(t *testing.T, l Limits) *Reader {
	t.Helper()
	r, err := Open(Options{Jobs: 1, Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func docx(t *testing.T, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lyingPNG says that it has so many pixels, and has none.
func lyingPNG(width, height uint32) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1)))
	data := b.Bytes()
	binary.BigEndian.PutUint32(data[16:], width)
	binary.BigEndian.PutUint32(data[20:], height)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// Files that unpack to more than there is room for end no more than the process that
// unpacks them, and are refused with a code.
func TestFilesThatUnpackToMuch(t *testing.T) {
	text := func(s string) string { return "<w:p><w:r><w:t>" + s + "</w:t></w:r></w:p>" }
	for _, c := range []struct {
		name   string
		data   []byte
		limits Limits
		code   form.Code
	}{
		{"a.docx", docx(t, text("合计 97.80")), Limits{}, ""},
		{"bomb.docx", docx(t, text(strings.Repeat("0", 80<<20))), Limits{}, form.TooLarge},
		{"much.docx", docx(t, text(strings.Repeat("0", 4000))), Limits{UnpackedBytes: 1000}, form.TooLarge},
		{"deep.docx", docx(t, strings.Repeat("<w:p>", 100_000)), Limits{}, form.TooLarge},
		{"entities.docx", docx(t, "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\">]>"+text("&a;&a;")), Limits{}, form.Damaged},
		{"large.png", lyingPNG(60_000, 60_000), Limits{}, form.TooLarge},
		{"overflow.png", lyingPNG(1<<31-1, 1<<31-1), Limits{}, form.Damaged},
		{"lying.png", lyingPNG(6_000, 6_000), Limits{}, form.Damaged},
		{"long.txt", []byte("单位名称\t某局\n"), Limits{FileBytes: 10}, form.TooLarge},
		{"slow.docx", docx(t, text(strings.Repeat("<w:t>1</w:t>", 500_000))), Limits{PageTime: 10 * time.Millisecond}, form.Timeout},
	} {
		doc, err := reader(t, c.limits).Extract(t.Context(), c.name, c.data)
		if got := form.CodeOf(err); got != c.code || (err != nil) != (c.code != "") {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
		if c.code == "" && (len(doc.Pages) != 1 || len(doc.Pages[0].Lines) != 1 || doc.Pages[0].Lines[0].Text != "合计 97.80") {
			t.Errorf("%s: read as %+v", c.name, doc.Pages)
		}
	}
}

// A picture comes out of the worker with the pixels that it has.
func TestPictureFromWorker(t *testing.T) {
	r := reader(t, Limits{})
	gray := image.NewGray(image.Rect(0, 0, 70, 50))
	gray.SetGray(3, 4, color.Gray{Y: 200})
	coloured := image.NewNRGBA(image.Rect(0, 0, 70, 50))
	coloured.SetNRGBA(3, 4, color.NRGBA{R: 210, G: 20, B: 30, A: 255})
	for _, img := range []image.Image{gray, coloured} {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		shown, err := r.picture(t.Context(), b.Bytes(), 1)
		if err != nil {
			t.Fatal(err)
		}
		got := shown.img
		for _, at := range []image.Point{{}, {X: 3, Y: 4}, {X: 69, Y: 49}} {
			r0, g0, b0, a0 := img.At(at.X, at.Y).RGBA()
			r1, g1, b1, a1 := got.At(at.X, at.Y).RGBA()
			if r0>>8 != r1>>8 || g0>>8 != g1>>8 || b0>>8 != b1>>8 || a0>>8 != a1>>8 {
				t.Errorf("%T at %v: %v, want %v", img, at, got.At(at.X, at.Y), img.At(at.X, at.Y))
			}
		}
	}
}

func TestLimitsOutOfRange(t *testing.T) {
	for _, l := range []Limits{{FileBytes: 1 << 40}, {Pages: -1}, {WorkerBytes: 1 << 20}, {PageTime: time.Microsecond}} {
		if _, err := Open(Options{Limits: l}); err == nil {
			t.Errorf("%+v is taken", l)
		}
	}
}

// A reader that cannot start is no fault of the picture.
func TestAReaderThatCannotStart(t *testing.T) {
	data, err := os.ReadFile("../samples/05-consistent.scan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	r := reader(t, Limits{})
	r.ocr.Close()
	if _, err := r.Extract(t.Context(), "a.pdf", data); err == nil || form.CodeOf(err) != "" {
		t.Errorf("got %v with the code %q, want an error of heji's own", err, form.CodeOf(err))
	}
}

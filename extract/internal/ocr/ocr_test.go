package ocr

import (
	"context"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"heji/extract/internal/ocr/lstm"
	"heji/extract/internal/worker"
	"heji/form"
	"heji/layout"
)

var update = flag.Bool("update", false, "draw the pictures in testdata again, with the fonts of this machine")

func TestMain(m *testing.M) {
	worker.Main(Services())
	os.Exit(m.Run())
}

// cells are the pictures in testdata and what is printed in them.
var cells = []struct {
	name, font string
	size, dpi  float64
	text       string
}{
	{"song-amount", song, 10.5, 300, "1,586.78"},
	{"song-amount-coarse", song, 10.5, 150, "1,586.78"},
	{"song-lone-digit", song, 10.5, 200, "4"},
	{"kai-score", kai, 12, 200, "97.80"},
	{"sans-score", sans, 10, 200, "40.80"},
	{"sans-negative", sans, 10, 300, "-13.27"},
	{"song-percent", song, 10.5, 300, "95.5%"},
	{"song-at-least", song, 10.5, 300, "≥95%"},
	{"sans-at-most", sans, 10.5, 300, "≤10%"},
	{"song-phone", song, 10.5, 200, "5551234"},
	{"song-words", song, 10.5, 300, "预算执行率"},
	{"song-sentence", song, 10.5, 300, "年初预算1540.30万元"},
	{"song-two-lines", song, 10.5, 300, "质量达标\n完成情况"},
	{"song-none", song, 10.5, 300, "——"},
	{"sans-none", sans, 10.5, 200, "—"},
	{"sans-slash", sans, 10.5, 300, "/"},
}

const (
	song = "truetype/arphic-gbsn00lp/gbsn00lp.ttf"
	kai  = "truetype/arphic-gkai00mp/gkai00mp.ttf"
	sans = "truetype/dejavu/DejaVuSans.ttf"
)

// typeset sets the text as a cell of a page at so many dots an inch would show it.
func typeset(t *testing.T, fontFile, text string, points, dpi float64) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("/usr/share/fonts", fontFile))
	if err != nil {
		t.Fatal(err)
	}
	f, err := opentype.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: points, DPI: dpi})
	if err != nil {
		t.Fatal(err)
	}
	em := int(points * dpi / 72)
	lines := strings.Split(text, "\n")
	width := 0
	for _, l := range lines {
		width = max(width, font.MeasureString(face, l).Ceil())
	}
	g := image.NewGray(image.Rect(0, 0, width+2*em, em*3/2*len(lines)+em))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for i, l := range lines {
		d := font.Drawer{Dst: g, Src: image.Black, Face: face, Dot: fixed.P(em, em*3/2*(i+1))}
		d.DrawString(l)
	}
	return g
}

func picture(t *testing.T, name string) *image.Gray {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.Gray)
}

func TestCells(t *testing.T) {
	if *update {
		for _, c := range cells {
			f, err := os.Create(filepath.Join("testdata", c.name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(png.Encode(f, typeset(t, c.font, c.text, c.size, c.dpi)), f.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	engine := Open(2)
	defer engine.Close()
	var crops []Crop
	for _, c := range cells {
		crops = append(crops, NewCrop(picture(t, c.name), c.dpi))
	}
	got := read(t, engine, crops)
	for i, c := range cells {
		if got[i].Text != c.text || got[i].Doubt != "" || !got[i].Ink || got[i].Reader != layout.ByOCR {
			t.Errorf("%s: %+v, want %q", c.name, got[i], c.text)
		}
		if isNumber(c.text) && !slices.ContainsFunc(got[i].Others, func(r layout.Reading) bool { return r.Text == c.text && r.By != got[i].By }) {
			t.Errorf("%s: no second witness among %+v", c.name, got[i].Others)
		}
	}
}

// Data that package lstm does not know are read by Tesseract itself, as well as it can:
// what it reads wrongly has a doubt.
func TestTesseractItselfReadsOtherData(t *testing.T) {
	itself := &tesseract{clients: map[string]*client{}, models: map[Language]*lstm.Model{Chinese: nil, English: nil}}
	var crops []Crop
	for _, c := range cells {
		crops = append(crops, NewCrop(picture(t, c.name), c.dpi))
	}
	got, err := readCells(itself.readAll, crops)
	if form.CodeOf(err) == form.OCRUnavailable {
		t.Skip("needs Tesseract with chi_sim and eng: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, c := range cells {
		switch {
		case got[i].Text == c.text:
			right++
		case got[i].Doubt == "":
			t.Errorf("%s: %+v, want %q", c.name, got[i], c.text)
		}
	}
	if right < len(cells)*3/4 {
		t.Errorf("%d of %d cells are right", right, len(cells))
	}
	if len(itself.clients) != 2 {
		t.Errorf("%d languages were read by Tesseract, want 2", len(itself.clients))
	}
}

// read reads crops, or skips the test where there is no Tesseract to do it.
func read(t *testing.T, e *Engine, crops []Crop) []Cell {
	t.Helper()
	cells, err := e.Cells(t.Context(), crops)
	if form.CodeOf(err) == form.OCRUnavailable {
		t.Skip("needs Tesseract with chi_sim and eng: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// Ink that is no print must never come back as a blank or as a number without a
// doubt.
func TestDirtIsDoubted(t *testing.T) {
	blot := image.NewGray(image.Rect(0, 0, 200, 80))
	for i := range blot.Pix {
		blot.Pix[i] = 255
	}
	for y := 20; y < 60; y++ {
		for x := 60; x < 130; x++ {
			if (x*x*7+y*y*13+x*y)%11 < 6 {
				blot.SetGray(x, y, color.Gray{})
			}
		}
	}
	engine := Open(1)
	defer engine.Close()
	got := read(t, engine, []Crop{NewCrop(blot, 300)})
	if got[0].Doubt == "" || !got[0].Ink {
		t.Errorf("a blot was read as %+v", got[0])
	}
}

func TestMissingDataIsAnErrorForAPerson(t *testing.T) {
	t.Setenv("TESSDATA_PREFIX", t.TempDir())
	engine := Open(2)
	defer engine.Close()
	crops := slices.Repeat([]Crop{NewCrop(picture(t, "song-words"), 300)}, 3*batchSize)
	_, err := engine.Cells(t.Context(), crops)
	if form.CodeOf(err) != form.OCRUnavailable || !strings.Contains(err.Error(), "install") {
		t.Errorf("got %v, want %s and what to install", err, form.OCRUnavailable)
	}
}

func TestCancel(t *testing.T) {
	engine := Open(1)
	defer engine.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := engine.Cells(ctx, []Crop{NewCrop(picture(t, "song-words"), 300)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// One client serves many readings with changing settings: what a reading gives
// does not depend on the one before.
func TestReadingsAreIndependent(t *testing.T) {
	engine := Open(1)
	defer engine.Close()
	line, block := picture(t, "song-sentence"), picture(t, "song-two-lines")
	requests := []Request{
		NewRequest(line, Chinese, Line), NewRequest(block, Chinese, Block), NewRequest(line, English, Line), NewRequest(line, Chinese, Line),
	}
	read(t, engine, nil)
	first, err := engine.Recognise(t.Context(), requests[:1], time.Minute)
	if form.CodeOf(err) == form.OCRUnavailable {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := engine.Recognise(t.Context(), requests, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if all[0].Text != first[0].Text || all[3].Text != first[0].Text || strings.Count(all[1].Text, "\n") != 1 {
		t.Errorf("got %q, and alone %q", []string{all[0].Text, all[1].Text, all[3].Text}, first[0].Text)
	}
}

package lstm

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func model(t testing.TB, language string) *Model {
	files, _ := filepath.Glob("/usr/share/tesseract-ocr/*/tessdata/" + language + ".traineddata")
	if len(files) == 0 {
		t.Skip("needs Tesseract's data for " + language)
	}
	m, err := Load(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func picture(t testing.TB, name string) *image.Gray {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", name+".png"))
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

// What is read does not depend on what is read beside it.
func TestRead(t *testing.T) {
	m := model(t, "chi_sim")
	lines := []*image.Gray{picture(t, "song-sentence"), picture(t, "song-words"), picture(t, "song-sentence")}
	got := m.Read(lines)
	if strings.TrimSpace(got[0].Text) != "年初预算1540.30万元" || got[0].Confidence < 0.1 || len(got[0].Symbols) < 13 {
		t.Errorf("got %+v", got[0])
	}
	if !strings.HasPrefix(got[1].Text, "预算执行率") {
		t.Errorf("got %+v", got[1])
	}
	if alone := m.Read(lines[2:]); alone[0].Text != got[2].Text || alone[0].Confidence != got[2].Confidence {
		t.Errorf("alone %+v, beside others %+v", alone[0], got[2])
	}
}

func TestReadOfNothing(t *testing.T) {
	m := model(t, "eng")
	for _, size := range []image.Point{{}, {1, 1}, {2, 40}, {40, 1}} {
		if got := m.Read([]*image.Gray{image.NewGray(image.Rect(0, 0, size.X, size.Y))}); len(got) != 1 {
			t.Errorf("%v: %+v", size, got)
		}
	}
}

// Trained data that is cut short, or not of our kind, is refused and never a panic.
func TestLoadRefuses(t *testing.T) {
	files, _ := filepath.Glob("/usr/share/tesseract-ocr/*/tessdata/eng.traineddata")
	if len(files) == 0 {
		t.Skip("needs Tesseract's data for eng")
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < 500_000; n = n*5/4 + 7 {
		if _, err := parse(data[:n]); err == nil {
			t.Errorf("%d of %d bytes are accepted", n, len(data))
		}
	}
	for i := 200; i < 3000; i += 7 {
		broken := slices.Clone(data[:500_000])
		broken[i] ^= 0x55
		_, _ = parse(broken)
	}
}

func TestDense(t *testing.T) {
	m := matrix{rows: 5, inputs: 3, width: 32, weights: make([]int16, 5*32), bias: []int16{1, 0, -1, 2, 0}, scale: []float32{1, 1, 0.5, 1, 1}}
	for r := range 5 {
		m.weights[r*32], m.weights[r*32+2] = int16(r), -1
	}
	x := make([]int16, 3*32)
	x[0], x[2], x[32], x[64+2] = 10, 1, 7, 5
	out := make([]float32, 15)
	m.dense(x, 3, out)
	want := []float32{126, 9, -54, 283, 39, 127, 7, -56.5, 275, 28, 122, -5, -66, 249, -5}
	if !slices.Equal(out, want) {
		t.Errorf("got %v, want %v", out, want)
	}
}

func BenchmarkRead(b *testing.B) {
	m := model(b, "chi_sim")
	g := picture(b, "song-sentence")
	lines := make([]*image.Gray, 16)
	for i := range lines {
		lines[i] = g
	}
	for b.Loop() {
		m.Read(lines)
	}
}

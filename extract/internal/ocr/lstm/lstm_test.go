package lstm

import (
	"image"
	"image/png"
	"math/rand/v2"
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

// Every way to do it that this processor has gives the same, whatever the sizes.
func TestDense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		rows, inputs, batch := 1+r.IntN(150), 1+r.IntN(70), 1+r.IntN(11)
		weights, scale := make([][]int8, rows), make([]float32, rows)
		for i := range weights {
			weights[i] = make([]int8, inputs+1)
			for k := range weights[i] {
				weights[i][k] = int8(r.IntN(255) - 127)
			}
			scale[i] = r.Float32()
		}
		m := pack(weights, scale)
		x := make([]uint8, batch*m.width())
		for i := range x {
			x[i] = uint8(r.IntN(256))
		}
		want := make([]float32, batch*rows)
		for b := range batch {
			for i := range rows {
				sum := one * int32(weights[i][inputs])
				for k := range inputs {
					sum += int32(weights[i][k]) * (int32(x[b*m.width()+k]) - nothing)
				}
				want[b*rows+i] = float32(sum) * scale[i]
			}
		}
		for way := range ways {
			const untouched = 12345
			got := make([]float32, batch*rows+64)
			for i := range got {
				got[i] = untouched
			}
			if !m.denseBy(way, x, batch, got[:batch*rows]) {
				continue
			}
			if !slices.Equal(got[:batch*rows], want) {
				t.Fatalf("way %d, %d × %d, %d at a time: got %v, want %v", way, rows, inputs, batch, got, want)
			}
			if slices.ContainsFunc(got[batch*rows:], func(v float32) bool { return v != untouched }) {
				t.Fatalf("way %d, %d × %d, %d at a time: wrote beyond the end", way, rows, inputs, batch)
			}
		}
	}
}

// What does not fit never reaches C.
func TestOutOfBounds(t *testing.T) {
	m := pack([][]int8{make([]int8, 9), make([]int8, 9), make([]int8, 9), make([]int8, 9)}, make([]float32, 4))
	for name, f := range map[string]func(){
		"inputs":  func() { m.dense(make([]uint8, 15), 2, make([]float32, 8)) },
		"outputs": func() { m.dense(make([]uint8, 16), 2, make([]float32, 7)) },
		"from": func() {
			m.lstm(7, 1, []sequence{newSequence(-1, 8, 0, 1, 2)}, make([]uint8, 16), make([]uint8, 2), new(work))
		},
		"to": func() {
			m.lstm(7, 1, []sequence{newSequence(0, 8, 0, 1, 3)}, make([]uint8, 24), make([]uint8, 2), new(work))
		},
		"length": func() {
			m.lstm(7, 1, []sequence{newSequence(0, 8, 0, 1, 0)}, make([]uint8, 16), make([]uint8, 2), new(work))
		},
		"order": func() {
			m.lstm(7, 1, []sequence{newSequence(0, 8, 0, 1, 1), newSequence(0, 8, 0, 1, 2)}, make([]uint8, 16), make([]uint8, 2), new(work))
		},
		"the size": func() {
			m.lstm(6, 1, []sequence{newSequence(0, 8, 0, 1, 1)}, make([]uint8, 16), make([]uint8, 2), new(work))
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("was let through")
				}
			}()
			f()
		})
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

// The data's own list has common words, and a broken list is no panic.
func TestWords(t *testing.T) {
	m := model(t, "chi_sim")
	for _, w := range []string{"标准", "问题", "影响"} {
		if !slices.Contains(m.Words(), w) {
			t.Errorf("%s is not among %d words", w, len(m.Words()))
		}
	}
	letters := []string{"问", "题"}
	for n := range 40 {
		readWords([]byte(strings.Repeat("\x01\xff\x00", n)), letters, allHan)
	}
}

package numeral

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func picture(t *testing.T, name string) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.Gray)
}

// A number is read whole or not at all; words are nothing to this reader.
func TestRead(t *testing.T) {
	for name, want := range map[string]string{
		"song-amount": "1,586.78", "song-lone-digit": "4", "kai-score": "97.80", "sans-score": "40.80",
		"sans-at-most": "≤10%", "song-phone": "5551234",
		"song-words": "", "song-sentence": "",
	} {
		g := picture(t, name)
		if got, confidence := Read(g, Marks(g)); got != want || got != "" && confidence < sure {
			t.Errorf("%s: %q with confidence %.2f, want %q", name, got, confidence, want)
		}
	}
}

func TestFiguresAmongWords(t *testing.T) {
	for name, want := range map[string]string{"song-sentence": "1540.30", "sans-at-most": "≤10%"} {
		g := picture(t, name)
		marks := Marks(g)
		runs, from := Figures(g, marks)
		if got := strings.Join(runs, " "); got != want || (from == marks[0].Box.Min.X) != (name == "sans-at-most") {
			t.Errorf("%s: %q from %d; want %q", name, got, from, want)
		}
	}
}

func TestDash(t *testing.T) {
	for name, want := range map[string]string{"song-none": "——", "sans-none": "—", "sans-slash": "", "song-lone-digit": ""} {
		g := picture(t, name)
		dpi := 300.0
		if name == "sans-none" || name == "song-lone-digit" {
			dpi = 200
		}
		if got, ok := Dash(Marks(g), dpi); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSlash(t *testing.T) {
	for name, want := range map[string]bool{"sans-slash": true, "song-lone-digit": false, "song-none": false} {
		g := picture(t, name)
		if got := Slash(g, Marks(g)); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestWeightsKeepTheirValues(t *testing.T) {
	if !bytes.Equal(trained.Bytes(), weightsFile) {
		t.Error("weights written are not the weights read")
	}
}

func TestEnds(t *testing.T) {
	for name, want := range map[string][2]End{"sans-negative": {Level, Tall}, "song-amount": {Tall, Tall}, "song-percent": {Tall, Tall}} {
		g := picture(t, name)
		if first, last := Ends(Marks(g)); [2]End{first, last} != want {
			t.Errorf("%s: %v %v, want %v", name, first, last, want)
		}
	}
}

func TestEquals(t *testing.T) {
	strokes := func(rects ...image.Rectangle) []Mark {
		g := image.NewGray(image.Rect(0, 0, 40, 40))
		for i := range g.Pix {
			g.Pix[i] = 255
		}
		for _, r := range rects {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					g.Pix[y*g.Stride+x] = 0
				}
			}
		}
		return Marks(g)
	}
	if !Equals(strokes(image.Rect(5, 10, 25, 12), image.Rect(5, 17, 25, 19))) {
		t.Error("= is not seen")
	}
	if Equals(strokes(image.Rect(8, 8, 24, 10), image.Rect(4, 25, 30, 27))) {
		t.Error("二 is taken for =")
	}
	if Equals(strokes(image.Rect(5, 10, 25, 12))) {
		t.Error("- is taken for =")
	}
	if !Rings(strokes(image.Rect(5, 10, 12, 18), image.Rect(10, 20, 17, 28))) {
		t.Error("% without its stroke is not seen")
	}
	if Rings(strokes(image.Rect(5, 10, 8, 13), image.Rect(5, 20, 8, 23))) || Rings(strokes(image.Rect(5, 10, 12, 28), image.Rect(14, 10, 21, 28))) {
		t.Error(": or 11 is taken for %")
	}
}

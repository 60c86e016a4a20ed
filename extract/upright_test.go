package extract

import (
	"bytes"
	"image/png"
	"os"
	"testing"
)

// Of a photocopy the thin strokes across are gone, and characters are a few strokes down. Such
// a page is not on its side: turned it has no words at all.
func TestUprightByWords(t *testing.T) {
	file, err := os.ReadFile("testdata/strokes-down.png")
	if err != nil {
		t.Fatal(err)
	}
	page, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	_, quarters, err := reader(t, Limits{}).upright(t.Context(), page, 200)
	if err != nil || quarters != 0 {
		t.Errorf("turned by %d quarters (%v)", quarters, err)
	}
}

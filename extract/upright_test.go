package extract

import (
	"image/png"
	"os"
	"testing"
)

// Of a photocopy the thin strokes across are gone, and characters are a few strokes down. Such
// a page is not on its side: turned it has no words at all.
func TestUprightByWords(t *testing.T) {
	file, err := os.Open("testdata/strokes-down.png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	page, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	_, quarters, err := reader(t, Limits{}).upright(t.Context(), page, 200)
	if err != nil || quarters != 0 {
		t.Errorf("turned by %d quarters (%v)", quarters, err)
	}
}

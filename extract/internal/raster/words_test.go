package raster

import (
	"image"
	"testing"
)

// Words stand apart where columns do, and a low mark is as high as its line.
func TestWords(t *testing.T) {
	const dpi = 200
	g := whitePage(800, 400)
	for _, x := range []int{100, 132, 164, 400, 432} { // two words of characters 28 pixels high
		for _, y := range []int{100, 112, 124} { // of three strokes
			fillRect(g, image.Rect(x, y, x+26, y+4), 20)
		}
	}
	fillRect(g, image.Rect(460, 124, 464, 128), 20) // a point
	fillRect(g, image.Rect(600, 300, 603, 303), 20) // dirt
	words := Page{Text: g, DPI: dpi}.Words()
	if len(words) != 2 {
		t.Fatalf("%d words: %v", len(words), words)
	}
	if h := words[1].Height(); h < 9 || h > 12 {
		t.Errorf("a word is %.1f points high", h)
	}

	// ； in the middle of its width takes the paper before it.
	for _, y := range []int{108, 122} {
		fillRect(g, image.Rect(203, y, 207, y+6), 20)
	}
	end := words[0].X1
	words = Page{Text: g, DPI: dpi}.Words()
	joined := 0
	for _, w := range words {
		if w.X0 > end-1 && w.X0 < end+1 {
			joined++
		}
	}
	if joined != 1 {
		t.Errorf("a semicolon stands apart from what ends at %.1f: %v", end, words)
	}
}

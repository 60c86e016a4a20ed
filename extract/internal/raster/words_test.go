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

	// A word that begins with （ takes the paper before it; one that begins with a bar does not.
	for _, y := range []int{200, 206, 212, 218} {
		fillRect(g, image.Rect(100, y, 128, y+3), 20)
		fillRect(g, image.Rect(400, y, 428, y+3), 20)
	}
	fillRect(g, image.Rect(146, 198, 149, 207), 20)
	fillRect(g, image.Rect(143, 206, 146, 216), 20)
	fillRect(g, image.Rect(146, 215, 149, 224), 20)
	fillRect(g, image.Rect(446, 198, 449, 224), 20)
	for _, x := range []int{155, 455} {
		fillRect(g, image.Rect(x, 200, x+12, 222), 20)
	}
	var bracket, bar float64
	for _, w := range (Page{Text: g, DPI: dpi}.Words()) {
		switch {
		case w.Y0 < 70 || w.Y0 > 80:
		case w.X1 > 55 && w.X1 < 70:
			bracket = w.X0
		case w.X1 > 160:
			bar = w.X0
		}
	}
	if x := 143 * 72.0 / dpi; bracket > x-4 {
		t.Errorf("a word that begins with a bracket at %.1f begins at %.1f", x, bracket)
	}
	if x := 446 * 72.0 / dpi; bar < x-1 {
		t.Errorf("a word that begins with a bar at %.1f begins at %.1f", x, bar)
	}
}

// A 7 by itself, as behind a point that stands apart, and a decimal point are no punctuation of full
// width: no paper belongs to them.
func TestWordsOfOneDigit(t *testing.T) {
	const dpi = 100
	g := whitePage(600, 200)
	for x := 40; x < 240; x += 32 { // characters 14 pixels high
		fillRect(g, image.Rect(x, 60, x+14, 74), 20)
	}
	fillRect(g, image.Rect(400, 64, 406, 65), 20)
	for y := range 9 {
		fillRect(g, image.Rect(405-y/2, 65+y, 406-y/2, 66+y), 20)
	}
	fillRect(g, image.Rect(300, 71, 302, 73), 20) // a point behind a digit
	fillRect(g, image.Rect(292, 64, 298, 74), 20)
	for _, w := range (Page{Text: g, DPI: dpi}.Words()) {
		if x := 302 * 72.0 / dpi; w.X0 > 200 && w.X0 < 220 && w.X1 > x+2 {
			t.Errorf("a number whose point ends at %.1f ends at %.1f", x, w.X1)
		}
		if x := 406 * 72.0 / dpi; w.X0 > 280 && w.X1 > x+2 {
			t.Errorf("a 7 that ends at %.1f ends at %.1f", x, w.X1)
		}
	}
}

package raster

import (
	"image"
	"math"
	"slices"
	"testing"

	"heji/extract/internal/grid"
)

// TestLinesDown draws a table of two columns at 200 dpi, 4 rows of 50 pixels, and looks
// for the line between the columns.
func TestLinesDown(t *testing.T) {
	const x, top, bottom, row = 300, 100, 300, 50
	for _, c := range []struct {
		name       string
		dash, gap  int // of all lines; 0 is a whole one
		ink        uint8
		draw       func(g *image.Gray)
		first, end int
	}{
		{"dashes that meet where lines cross", 8, 3, 0, func(g *image.Gray) { fillRect(g, image.Rect(x, top+row-12, x+2, top+row+13), 0) }, top, bottom},
		{"a stroke of print in the row below the line's end", 8, 3, 0, func(g *image.Gray) {
			fillRect(g, image.Rect(x-1, bottom-row+2, x+3, bottom), 255)
			fillRect(g, image.Rect(x, bottom-row+8, x+2, bottom-14), 0)
		}, top, bottom - row},
		{"gray, keeping its distance from the lines across", 0, 0, 160, func(g *image.Gray) {
			for y := top; y < bottom; y += row {
				fillRect(g, image.Rect(x-1, y+3, x+3, y+8), 255)
				fillRect(g, image.Rect(x-1, y+row-3, x+3, y+row), 255)
			}
		}, top, bottom},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := whitePage(800, 400)
			across := func(y int) { dashed(g, image.Rect(100, y, 700, y+2), c.dash, c.gap, c.ink) }
			down := func(x int) { dashed(g, image.Rect(x, top, x+2, bottom+2), c.dash, c.gap, c.ink) }
			for y := top; y <= bottom; y += row {
				across(y)
			}
			down(100)
			down(698)
			down(x)
			fillRect(g, image.Rect(180, 110, 230, 135), 0) // print, for the level of ink
			c.draw(g)
			const point = 72.0 / 200
			var drawn []grid.Segment
			for _, s := range Lines(g, 200) {
				if s.X0 == s.X1 && math.Abs(s.X0-(x+1)*point) < 1 {
					drawn = append(drawn, s)
				}
			}
			if len(drawn) != 1 || math.Abs(drawn[0].Y0-float64(c.first)*point) > 2 || math.Abs(drawn[0].Y1-float64(c.end)*point) > 2 {
				t.Errorf("the line is %v, want one from %.0f to %.0f", drawn, float64(c.first)*point, float64(c.end)*point)
			}
		})
	}
}

// dashed draws a line in dashes, or whole where a dash has no length.
func dashed(g *image.Gray, r image.Rectangle, dash, gap int, ink uint8) {
	if dash == 0 {
		dash = r.Dx() + r.Dy()
	}
	for d := 0; d < max(r.Dx(), r.Dy()); d += dash + gap {
		part := image.Rect(r.Min.X+d, r.Min.Y, r.Min.X+d+dash, r.Max.Y)
		if r.Dy() > r.Dx() {
			part = image.Rect(r.Min.X, r.Min.Y+d, r.Max.X, r.Min.Y+d+dash)
		}
		fillRect(g, part.Intersect(r), ink)
	}
}

// TestLinesMerged is a line of dots that run together in a part of it.
func TestLinesMerged(t *testing.T) {
	g := whitePage(1000, 300)
	dashed(g, image.Rect(100, 150, 400, 153), 0, 0, 0)
	dashed(g, image.Rect(400, 150, 900, 153), 6, 3, 0)
	if found := Lines(g, 200); len(found) != 1 || found[0].X0 > 37 || found[0].X1 < 322 {
		t.Errorf("the line is %v, want one from 36 to 324", found)
	}
}

// TestLinesDoubleThick is a line of two strokes, each as thick as a line may be almost,
// with less paper between them than a character has.
func TestLinesDoubleThick(t *testing.T) {
	g := whitePage(1000, 300)
	fillRect(g, image.Rect(100, 150, 900, 156), 0)
	fillRect(g, image.Rect(100, 158, 900, 164), 0)
	if found := Lines(g, 200); len(found) != 1 || found[0].X0 > 37 || found[0].X1 < 322 {
		t.Errorf("the line is %v, want one from 36 to 324", found)
	}
}

// TestLinesAbovePrint is a line down that ends on one across, with a stroke of print right
// below and a little beside.
func TestLinesAbovePrint(t *testing.T) {
	g := whitePage(1000, 300)
	for _, y := range []int{100, 142, 250} {
		fillRect(g, image.Rect(100, y, 900, y+2), 0)
	}
	fillRect(g, image.Rect(300, 100, 302, 144), 0)
	fillRect(g, image.Rect(294, 146, 299, 166), 0)
	for _, s := range Lines(g, 200) {
		if s.X0 == s.X1 && math.Abs(s.X0-301*72/200.) < 1 && s.Y1 < 53 {
			return
		}
	}
	t.Errorf("no line down among %v", Lines(g, 200))
}

// TestLinesStrokeAbove is a line down that begins at a line across, and above that, in a
// tight row, a stroke of print that ends near both lines of its row.
func TestLinesStrokeAbove(t *testing.T) {
	g := whitePage(1000, 400)
	for _, y := range []int{100, 136, 186, 236} {
		fillRect(g, image.Rect(100, y, 900, y+2), 0)
	}
	fillRect(g, image.Rect(300, 136, 302, 238), 0)
	fillRect(g, image.Rect(300, 107, 302, 132), 0)
	for _, s := range Lines(g, 200) {
		if s.X0 == s.X1 && s.Y0 < 47 {
			t.Errorf("the line begins at %.1f, want 49.3", s.Y0)
		}
	}
}

// TestLinesLowHead is a head row no higher than its print whose lines down end on a row
// without any, a total, and go on below it.
func TestLinesLowHead(t *testing.T) {
	g := whitePage(1000, 400)
	for _, y := range []int{100, 134, 171, 221, 271, 321} {
		fillRect(g, image.Rect(100, y, 900, y+2), 0)
	}
	for _, x := range []int{100, 300, 500, 898} {
		fillRect(g, image.Rect(x, 100, x+2, 136), 0)
		fillRect(g, image.Rect(x, 171, x+2, 323), 0)
	}
	heads := 0
	for _, s := range Lines(g, 200) {
		if s.X0 == s.X1 && s.Y0 < 40 && s.Y1 > 45 {
			heads++
		}
	}
	if heads != 4 {
		t.Errorf("%d lines down the head row, want 4: %v", heads, Lines(g, 200))
	}
}

// TestLinesThroughPrint is strokes of two lines of print one above the other in a row so
// tight that they touch the lines around it.
func TestLinesThroughPrint(t *testing.T) {
	g := whitePage(1000, 400)
	for _, y := range []int{100, 152, 204, 256} {
		fillRect(g, image.Rect(100, y, 900, y+2), 0)
	}
	for _, x := range []int{100, 500, 898} {
		fillRect(g, image.Rect(x, 100, x+2, 258), 0)
	}
	fillRect(g, image.Rect(300, 150, 303, 178), 0) // 分 over 未
	fillRect(g, image.Rect(301, 179, 304, 206), 0)
	for _, y := range []int{160, 168, 184, 192} {
		fillRect(g, image.Rect(292, y, 314, y+3), 0)
		fillRect(g, image.Rect(308, y-6, 311, y+8), 0)
	}
	for _, s := range Lines(g, 200) {
		if s.X0 == s.X1 && math.Abs(s.X0-302*72/200.) < 5 {
			t.Errorf("a line %v through print", s)
		}
	}
}

// TestLinesOnACourse is strokes of two lines of print where a line of another table would go on:
// each keeps its distance from the lines around the row, and has more print beside it.
func TestLinesOnACourse(t *testing.T) {
	g := whitePage(1000, 700)
	for _, y := range []int{100, 160, 220, 400, 479, 558} {
		fillRect(g, image.Rect(100, y, 900, y+3), 0)
	}
	for _, x := range []int{100, 898} {
		fillRect(g, image.Rect(x, 100, x+3, 560), 0)
	}
	fillRect(g, image.Rect(300, 100, 302, 222), 0)
	for _, y := range []int{490, 500, 508} { // 济 over 指
		fillRect(g, image.Rect(299, y, 303, y+6), 0)
	}
	fillRect(g, image.Rect(308, 489, 311, 514), 0)
	fillRect(g, image.Rect(300, 523, 303, 547), 0)
	fillRect(g, image.Rect(292, 530, 299, 533), 0)
	fillRect(g, image.Rect(306, 522, 309, 547), 0)
	for _, s := range Lines(g, 200) {
		if s.X0 == s.X1 && math.Abs(s.X0-301*72/200.) < 5 && s.Y1 > 100 {
			t.Errorf("a line %v through print", s)
		}
	}
}

// TestLinesBar is a double line whose strokes ran together.
func TestLinesBar(t *testing.T) {
	g := whitePage(1000, 300)
	fillRect(g, image.Rect(100, 150, 900, 164), 0)
	fillRect(g, image.Rect(100, 200, 160, 214), 0) // too short for a line
	if found := Lines(g, 200); len(found) != 1 || found[0].X0 > 37 || found[0].X1 < 322 {
		t.Errorf("the line is %v, want one from 36 to 324", found)
	}
}

// TestLinesOfMarks is tables at 200 dpi whose lines are neither whole nor of plain dots: fine dots
// that are a quarter of them, dashes so close that they are five sixths, two dashed lines on each
// other that make longer dashes; and a whole one that a scanner's stripe runs through.
func TestLinesOfMarks(t *testing.T) {
	for _, c := range []struct {
		name string
		draw func(g *image.Gray, r image.Rectangle)
	}{
		{"fine dots", func(g *image.Gray, r image.Rectangle) { dashed(g, r, 1, 3, 0) }},
		{"dashes that nearly meet", func(g *image.Gray, r image.Rectangle) { dashed(g, r, 10, 2, 0) }},
		{"two lines of dashes", func(g *image.Gray, r image.Rectangle) {
			dashed(g, r, 9, 7, 0)
			dashed(g, r, 9, 13, 0)
		}},
		{"a stripe", func(g *image.Gray, r image.Rectangle) { dashed(g, r, 0, 0, 0) }},
	} {
		g := whitePage(900, 1300)
		for y := 200; y <= 1000; y += 200 {
			c.draw(g, image.Rect(100, y, 800, y+2))
		}
		for _, x := range []int{100, 300, 500, 796} {
			c.draw(g, image.Rect(x, 200, x+2, 1002))
		}
		if c.name == "a stripe" {
			dashed(g, image.Rect(400, 10, 402, 1290), 0, 0, 0)
		}
		fillRect(g, image.Rect(130, 230, 180, 255), 0) // print, for the level of ink
		across, down := 0, 0
		for _, s := range Lines(g, 200) {
			across += btoi(s.Y0 == s.Y1 && s.X1-s.X0 > 240)
			down += btoi(s.X0 == s.X1 && s.Y1-s.Y0 > 280)
		}
		if across != 5 || down != 4 {
			for _, s := range Lines(g, 200) {
				t.Log(int(s.X0), int(s.Y0), int(s.X1), int(s.Y1))
			}
			t.Errorf("%s: %d lines across and %d down, want 5 and 4", c.name, across, down)
		}
	}
}

// TestLinesInPieces is the lines across of a table without lines down, as a fax tears them: pieces
// of all lengths with up to 4 mm between them, of which few are as long as a line must be.
func TestLinesInPieces(t *testing.T) {
	g := whitePage(1200, 1300)
	cuts := []int{80, 140, 156, 171, 190, 215, 224, 300, 306, 331, 352, 380, 388, 420, 450, 470, 478, 560, 585, 600}
	for y := 200; y <= 1000; y += 200 {
		for i := range len(cuts) - 1 {
			if i%2 == 0 {
				fillRect(g, image.Rect(cuts[i]+y/20, y, cuts[i+1]+y/20, y+2), 0)
				fillRect(g, image.Rect(1200-cuts[i+1], y, 1200-cuts[i], y+2), 0)
			}
		}
		fillRect(g, image.Rect(80, y, 140, y+2), 0)
		fillRect(g, image.Rect(594, y, 650, y+2), 0)
	}
	fillRect(g, image.Rect(130, 230, 180, 255), 0) // print, for the level of ink
	found := Lines(g, 200)
	if len(found) != 5 || slices.ContainsFunc(found, func(s grid.Segment) bool { return s.X0 > 31 || s.X1 < 401 }) {
		t.Errorf("the lines are %v, want five from side to side", found)
	}
}

// TestLinesUnderTitle is a table at 150 dpi with no line on its right, whose upper border the
// strokes of a title touch: one above a line down, one above none. Where the table is cut at the
// top of a page, its outer lines run on as well and nothing is taken from them.
func TestLinesUnderTitle(t *testing.T) {
	for _, c := range []struct {
		name string
		left int     // where the line on the left begins, in pixels
		tops []int   // of strokes, at x = 340 and 620
		want float64 // where the line at 620 begins, in points
	}{
		{"a title", 135, []int{107, 98}, 135},
		{"a page break", 99, []int{135, 98}, 98},
	} {
		g := whitePage(1240, 900)
		for y := 135; y <= 535; y += 80 {
			fillRect(g, image.Rect(70, y, 1170, y+3), 0)
		}
		fillRect(g, image.Rect(70, c.left, 72, 537), 0)
		fillRect(g, image.Rect(276, 135, 278, 537), 0)
		fillRect(g, image.Rect(620, c.tops[1], 622, 537), 0)
		fillRect(g, image.Rect(826, 135, 828, 537), 0)
		fillRect(g, image.Rect(340, c.tops[0], 343, 136), 0)
		fillRect(g, image.Rect(130, 160, 180, 175), 0) // print, for the level of ink
		var tops, others []float64
		for _, s := range Lines(g, 150) {
			switch x := s.X0 * 150 / 72; {
			case s.X0 != s.X1:
			case math.Abs(x-621) < 3:
				tops = append(tops, s.Y0*150/72)
			case math.Abs(x-341) < 5:
				others = append(others, x)
			}
		}
		if len(tops) != 1 || math.Abs(tops[0]-c.want) > 3 || len(others) > 0 {
			t.Errorf("%s: the line begins at %v, want %v; strokes taken for lines at %v", c.name, tops, c.want, others)
		}
	}
}

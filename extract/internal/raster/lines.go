package raster

import (
	"image"
	"slices"

	"heji/extract/internal/grid"
)

// Lengths that tell a ruling line from a stroke, in millimetres.
const (
	maxThick   = 1.1 // no ruling line is thicker
	barThick   = 2.4 // but for one longer than any print
	minRun     = 3.2 // a piece of one, unbroken but for dots and touching print
	tearGap    = 0.5 // where ink did not take
	dotGap     = 1.0 // between dots or dashes
	chainGap   = 5   // between the pieces of a line that tore
	touchGap   = 2.6 // of print or a crossing line that hides the line
	breakGap   = 1.2 // a line that stops so long and goes on was always whole
	lostGap    = 15  // the same, if both ends hang in the air
	strokeLong = 6   // a piece this long is no stroke of a character
	reach      = 1.3 // an end this near another line was meant to touch it
	sameCourse = 0.4 // by which two lines in one column of a table may be off each other
	tallest    = 9   // a title is no taller
	longLine   = 12  // lines from here on need one neighbour
	shortAcr   = 5   // shorter ones across need a line at both ends
	shortDown  = 4.4 // lines down may be as short as a row
	loneLine   = 40  // no print is so long
	clearWidth = 0.8 // paper beside a line
	doubleGap  = 0.4 // between the two of a double line
)

// Lines finds the ruling lines of a level page, in points. It follows them
// through gaps, specks, crossing print and a slight bend; dotted, dashed and
// double lines count as lines. Strokes of characters do not: a line is long, thin,
// has paper beside it, and ends on other lines unless it is longer than print.
func Lines(g *image.Gray, dpi float64) []grid.Segment { return findRules(g, dpi).segments() }

// ruling is the lines found on a page that was shrunken by factor.
type ruling struct {
	factor       int
	dpi          float64 // of the shrunken page
	ink          []uint8
	closedAcross []uint8 // ink with double lines across made one
	closedDown   []uint8 // the same for lines down, on the transposed page
	w, h         int
	lighter      bool    // what is lighter than print is among the ink
	across, down []line  // down's lines are on the transposed page
	firm         float64 // length in pixels of the lines that were followed, less what was completed
	// Pieces of lines, whether or not they hold, that are long enough to show their slope.
	longAcross, longDown []piece
}

// line is a ruling line seen along itself.
type line struct {
	from, to  int     // first and last pixel along
	at        float64 // mean place across
	thickness float64 // pixels
	pieces    []piece
}

// findRules finds the ruling lines of a page: those as dark as print, and where there
// is more of them when lines lighter than print are looked for too, all of these.
func findRules(g *image.Gray, dpi float64) ruling {
	r := ruling{factor: max(1, int(dpi/145)), dpi: dpi}
	small := g
	if r.factor > 1 {
		small = shrink(g, r.factor, boxDarkest)
		r.dpi = dpi / float64(r.factor)
	}
	r.w, r.h = small.Rect.Dx(), small.Rect.Dy()
	// Hair lines are lighter than print.
	level := max(140, min(200, int(Otsu(small))+45))
	ink := inkOf(small, uint8(level))
	turned := transpose(ink, r.w, r.h)
	dark := r.follow(ink, turned)
	// A line as light as the level itself is ink here and there, and no print for that.
	across, down, worth := pale(small, inkOf(small, uint8(level-40)), r.dpi)
	if !worth {
		return dark
	}
	r.lighter = true
	all := r.follow(either(ink, across), either(turned, down))
	if all.firm <= dark.firm*more {
		return dark
	}
	all.ink = either(all.ink, transpose(either(turned, down), r.h, r.w))
	return all
}

// more is by how much more lines must be found for lighter ones to be believed.
const more = 1.03

// follow finds pieces both ways, joins those of one line, and keeps the lines that hold
// together. Down is on the transposed page.
func (r ruling) follow(across, down []uint8) ruling {
	r.ink = across
	r.closedAcross = fill(slices.Clone(across), r.w, r.h, pixels(doubleGap, r.dpi))
	r.closedDown = fill(slices.Clone(down), r.h, r.w, pixels(doubleGap, r.dpi))
	d := pieces(r.closedDown, r.h, r.w, r.dpi, false) // strokes of figures stand above each other
	a := withoutParts(pieces(r.closedAcross, r.w, r.h, r.dpi, true), d, r.dpi)
	r.longAcross, r.longDown = longPieces(a, r.dpi), longPieces(d, r.dpi)
	r.across = joinPieces(a, d, r.dpi)
	r.down = joinPieces(d, a, r.dpi)
	r.verify()
	r.firm = r.length()
	r.complete()
	return r
}

// length is that of all lines together, in pixels.
func (r ruling) length() float64 {
	sum := 0
	for _, lines := range [2][]line{r.across, r.down} {
		for _, l := range lines {
			sum += l.to - l.from
		}
	}
	return float64(sum)
}

// segments is the lines in points.
func (r ruling) segments() []grid.Segment {
	lines, _ := r.divided()
	return lines
}

// divided is the lines in points: those that rule the page, and those that a scanner drew on it.
func (r ruling) divided() (lines, stripes []grid.Segment) {
	s := 72 / r.dpi
	struck := r.stripes(r.across, r.down)
	for i, l := range r.across {
		y := (l.at + 0.5) * s
		segment := grid.Segment{X0: float64(l.from) * s, Y0: y, X1: float64(l.to+1) * s, Y1: y, Thickness: l.thickness * s}
		if struck[i] {
			stripes = append(stripes, segment)
			continue
		}
		lines = append(lines, segment)
	}
	struck = r.stripes(r.down, r.across)
	for i, l := range r.down {
		x := (l.at + 0.5) * s
		segment := grid.Segment{X0: x, Y0: float64(l.from) * s, X1: x, Y1: float64(l.to+1) * s, Thickness: l.thickness * s}
		if struck[i] {
			stripes = append(stripes, segment)
			continue
		}
		lines = append(lines, segment)
	}
	return lines, stripes
}

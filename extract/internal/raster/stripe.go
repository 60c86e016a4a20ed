package raster

import (
	"image"

	"heji/layout"
)

// A line that a scanner's dirt draws over the whole page runs on beyond the table at both of its
// ends, as no ruling line does.
const (
	overrun      = 3  // millimetres at either end
	overrunBoth  = 12 // at both together
	leastCrossed = 4  // ruling lines that show where the table ends
)

// stripes says which of the lines are such.
func (r ruling) stripes(lines, others []line) []bool {
	mm := r.dpi / 25.4
	found := make([]bool, len(lines))
	n, sides := 0, 0
	for i, l := range lines {
		first, last, crossed := 0.0, 0.0, 0
		for _, o := range others {
			if float64(o.from) > l.at || l.at > float64(o.to) {
				continue
			}
			if crossed++; crossed == 1 {
				first, last = o.at, o.at
			}
			first, last = min(first, o.at), max(last, o.at)
		}
		if crossed < leastCrossed {
			continue
		}
		before, behind := first-float64(l.from), float64(l.to)-last
		switch {
		case before > overrun*mm && behind > overrun*mm && before+behind > overrunBoth*mm:
			found[i] = true
			n++
		case float64(l.to-l.from) > (last-first)/2 && before < overrun*mm && behind < overrun*mm:
			sides++
		}
	}
	if sides < 2 { // all lines do: the table is open at its top and its foot
		return make([]bool, len(lines))
	}
	return found
}

// struck reports whether such a line runs through the print in a box, points of the level page:
// what it took of the print there is gone with it.
func (p Page) struck(box layout.Box) bool {
	if len(p.stripes)+len(p.lifted) == 0 {
		return false
	}
	from := inPixels(box, p.DPI).Intersect(p.Text.Rect).Min.Sub(image.Pt(Margin, Margin))
	var print image.Rectangle
	for _, g := range glyphs(Crop(p.Text, box, p.DPI), p.DPI) {
		print = print.Union(g.Add(from))
	}
	if print.Empty() {
		return false
	}
	inked := points(print, p.DPI)
	for _, s := range p.stripes {
		if inked.Overlaps(layout.Box{X0: s.X0, Y0: s.Y0, X1: s.X1 + s.Thickness, Y1: s.Y1 + s.Thickness}) {
			return true
		}
	}
	inked = p.Displayed(inked)
	for _, s := range p.lifted {
		if inked.Overlaps(s) {
			return true
		}
	}
	return false
}

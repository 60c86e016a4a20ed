package raster

import (
	"math"
	"slices"
)

// verify keeps the lines that hold together, and draws their ends to the lines
// they were meant to touch. It starts from those too long to be print and adds
// what holds on to them, and so on: strokes of one character hold together too,
// but on nothing else.
func (r *ruling) verify() {
	var across, down []line
	grow := func(kept, rest, others []line, ink []uint8, w, h int, shortest float64, both bool) (_, _ []line, grown bool) {
		rest = slices.DeleteFunc(rest, func(l line) bool {
			course := !both && r.onCourse(l, kept)
			ok := r.stands(l) || r.holds(l, others, ink, w, h, shortest, both) && (both || course || r.even(l)) ||
				course && r.bound(l, others, ink, w, h)
			if ok {
				kept = append(kept, l)
				grown = true
			}
			return ok
		})
		return kept, rest, grown
	}
	settle := func() {
		restAcross, restDown := r.across, r.down
		across, down = nil, nil
		for more := true; more; {
			var a, b bool
			across, restAcross, a = grow(across, restAcross, down, r.closedAcross, r.w, r.h, shortAcr, true)
			down, restDown, b = grow(down, restDown, across, r.closedDown, r.h, r.w, shortDown, false)
			more = a || b
		}
		r.across, r.down = across, down
	}
	settle()
	r.trim(r.across, r.down, r.closedAcross, r.w, r.h)
	r.trim(r.down, r.across, r.closedDown, r.h, r.w)
	r.confine(r.down, r.across)
	acrossCut := r.split(r.across, r.down, r.closedAcross, r.w, r.h)
	r.down = r.split(r.down, r.across, r.closedDown, r.h, r.w)
	r.across = acrossCut
	settle()
	near := int(math.Ceil(reach * r.dpi / 25.4))
	r.extend(r.across, r.down, near)
	r.extend(r.down, r.across, near)
}

// stands reports whether a line is one by its length alone.
func (r *ruling) stands(l line) bool {
	return float64(l.to-l.from+1) >= loneLine*r.dpi/25.4 && (l.full() || l.dotted() || l.dashed() || l.torn())
}

// dashed reports whether l is of dashes so close that it is neither full nor dotted: paper lies on
// both sides all along, as beside no row of print.
func (l line) dashed() bool {
	ink := 0.0
	for _, p := range l.pieces {
		if !p.clear {
			return false
		}
		ink += p.share * float64(p.length())
	}
	return ink >= 0.78*float64(l.to-l.from+1)
}

// torn reports whether part of l is a line that tore into pieces, which is one by its looks.
func (l line) torn() bool {
	return slices.ContainsFunc(l.pieces, func(p piece) bool { return p.torn })
}

// holds reports whether a line is one, from its length and from the lines of the
// other direction that it meets. It must run into one of them without a gap: a
// stroke of print keeps its distance.
func (r *ruling) holds(l line, others []line, ink []uint8, w, h int, shortest float64, both bool) bool {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	length := float64(l.to-l.from+1) / mm
	if length < shortest {
		return false
	}
	var first, last, contact, through bool
	for _, o := range others {
		x, ok := meet(l, o, near)
		if !ok {
			continue
		}
		first = first || abs(x-l.from) <= near
		last = last || abs(x-l.to) <= near
		before := x-l.from > near && !r.gapBeside(l, x, -1, ink, w, h)
		after := l.to-x > near && !r.gapBeside(l, x, 1, ink, w, h)
		contact = contact || l.dotted() || before || after
		through = through || before && after // as no stroke does
	}
	switch {
	case length >= longLine || through:
		return contact
	case both:
		return contact && first && last
	}
	return contact && (first || last)
}

// onCourse reports whether a long line elsewhere on the page lies on one with l.
func (r *ruling) onCourse(l line, kept []line) bool {
	mm := r.dpi / 25.4
	return slices.ContainsFunc(kept, func(o line) bool {
		return float64(o.to-o.from) >= longLine*mm && math.Abs(o.place((l.from+l.to)/2)-l.at) <= sameCourse*mm
	})
}

// even reports whether a line is none of print's by its looks: long, or with paper along
// both sides, or without a break and straight. Down a row as high as two lines of print
// that touches the lines around it, strokes of both make what looks like a line.
func (r *ruling) even(l line) bool {
	mm := r.dpi / 25.4
	if float64(l.to-l.from+1) >= longLine*mm || l.dotted() {
		return true
	}
	for _, p := range l.pieces {
		if _, _, off := p.straight(); !p.clear && (p.share < 0.99 || off > 0.01*mm) {
			return false
		}
	}
	return true
}

// bound reports whether a short line, as down a row that is no higher than its print,
// runs into another at both ends without a gap.
func (r *ruling) bound(l line, others []line, ink []uint8, w, h int) bool {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	if float64(l.to-l.from+1) < minRun*mm || !l.full() {
		return false
	}
	var first, last bool
	for _, o := range others {
		if x, ok := meet(l, o, near); ok {
			first = first || abs(x-l.from) <= near && !r.gapBeside(l, x, 1, ink, w, h)
			last = last || abs(x-l.to) <= near && !r.gapBeside(l, x, -1, ink, w, h)
		}
	}
	return first && last
}

// meet is where along l the line o of the other direction meets it, if both
// reach that place but for near.
func meet(l, o line, near int) (x int, ok bool) {
	x = int(math.Round(o.place(int(l.at))))
	if x < l.from-near || x > l.to+near {
		return 0, false
	}
	y := l.place(x)
	return x, o.over(y, near)
}

// full reports whether l has ink all along.
func (l line) full() bool {
	var ink float64
	for _, p := range l.pieces {
		ink += p.share * float64(p.length())
	}
	return ink >= 0.93*float64(l.to-l.from+1)
}

// share is how much of l's pieces is ink.
func (l line) share() float64 {
	ink, n := 0.0, 0
	for _, p := range l.pieces {
		ink += p.share * float64(p.length())
		n += p.length()
	}
	return ink / float64(max(n, 1))
}

// dotted reports whether l is mostly of dots or dashes.
func (l line) dotted() bool {
	n := 0
	for _, p := range l.pieces {
		if p.dotted {
			n += p.length()
		}
	}
	return 2*n > l.to-l.from+1
}

// trim takes from the ends of lines what may be a stroke of print: a short part
// beyond the last line crossed that touches neither that line nor the next.
func (r *ruling) trim(lines, others []line, ink []uint8, w, h int) {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	// beside is how many other lines end where a line does.
	beside := func(i int, end func(line) int) int {
		n := 0
		for j, o := range lines {
			if j != i && abs(end(o)-end(lines[i])) <= near && math.Abs(o.at-lines[i].at) > float64(near) {
				n++
			}
		}
		return n
	}
	for i := range lines {
		l := &lines[i]
		first, last := l.to+1, l.from-1 // where lines cross that are not at its ends
		var held [2]bool
		for _, o := range others {
			x, ok := meet(*l, o, near)
			if !ok {
				continue
			}
			held[0] = held[0] || abs(x-l.from) <= near
			held[1] = held[1] || abs(x-l.to) <= near
			if x >= l.from && x <= l.to {
				first, last = min(first, x), max(last, x)
			}
		}
		if first > last {
			continue
		}
		// A line of dots has gaps everywhere, and a gray one may have them where lines
		// cross. At the edge of a page a row's lines hang together, and are none of print's.
		long := func(end func(line) int) int {
			switch n := beside(i, end); {
			case !l.dotted() && n < 2:
				return int((strokeLong + 2) * mm)
			case l.dotted() && n == 0:
				return int(strokeLong * mm)
			}
			return int(minRun * mm)
		}
		if !held[0] && first-l.from <= long(line.begin) && r.gapBeside(*l, first, -1, ink, w, h) {
			l.from = first
		}
		if !held[1] && l.to-last <= long(line.end) && r.gapBeside(*l, last, 1, ink, w, h) {
			l.to = last
		}
	}
}

// confine takes from the ends of lines what stands beyond a border: a line of the other direction
// at whose ends other lines stop, or at one where the table is open on the other side. What runs
// on between them there is a stroke of print that touches the border, as that of a title set
// close above its table does.
func (r *ruling) confine(lines, others []line) {
	near := int(math.Ceil(reach * r.dpi / 25.4))
	most := int(tallest * r.dpi / 25.4)
	closed := func(border line, end func(line) int) bool {
		stopped := false
		for _, at := range [2]int{border.from, border.to} {
			for _, l := range lines {
				if math.Abs(l.at-float64(at)) > float64(near) || !l.over(border.place(at), near) {
					continue
				}
				if math.Abs(float64(end(l))-border.place(at)) > float64(near) {
					return false
				}
				stopped = true
			}
		}
		return stopped
	}
	for i := range lines {
		l := &lines[i]
		for _, o := range others {
			x, ok := meet(*l, o, near)
			if !ok || int(l.at)-o.from <= near || o.to-int(l.at) <= near {
				continue
			}
			beyond := func(length int, end int, side func(line) int) bool {
				return length > near && length <= most && closed(o, side) &&
					!slices.ContainsFunc(others, func(p line) bool {
						y, ok := meet(*l, p, near)
						return ok && abs(y-end) <= near && abs(y-x) > near
					})
			}
			if beyond(x-l.from, l.from, line.begin) {
				l.from = min(x, l.to)
			}
			if beyond(l.to-x, l.to, line.end) {
				l.to = max(x, l.from)
			}
		}
	}
}

// over reports whether l reaches to a place along it, but for near.
func (l line) over(at float64, near int) bool {
	return float64(l.from-near) <= at && at <= float64(l.to+near)
}

func (l line) begin() int { return l.from }
func (l line) end() int   { return l.to }

// split takes out of lines what lies between two neighbouring lines crossed and is
// not ruled: a line that stops at a merged cell and goes on behind it, with a
// stroke of print between that made it look whole.
func (r *ruling) split(lines, others []line, ink []uint8, w, h int) []line {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	var parts []line
	for _, l := range lines {
		crossed := []int{l.from, l.to}
		first, last := false, false // an end is near a line, which it may only seem to touch
		for _, o := range others {
			x, ok := meet(l, o, near)
			switch {
			case !ok:
			case x <= l.from:
				first, crossed[0] = true, min(crossed[0], x)
			case x >= l.to:
				last, crossed[1] = true, max(crossed[1], x)
			default:
				crossed = append(crossed, x)
			}
		}
		slices.Sort(crossed)
		part := l
		for i := 1; i < len(crossed); i++ {
			a, b := crossed[i-1], crossed[i]
			if b-a <= 2*near || r.ruled(l, a, b, i > 1 || first, i < len(crossed)-1 || last, ink, w, h) {
				continue
			}
			if part.to = a; part.to > part.from {
				parts = append(parts, part)
			}
			part = l
			part.from = b
		}
		if part.to > part.from {
			parts = append(parts, part)
		}
	}
	return parts
}

// ruled reports whether l has its ink between two places, and does not keep its
// distance from the lines that it crosses at both of them.
func (r *ruling) ruled(l line, a, b int, crossesA, crossesB bool, ink []uint8, w, h int) bool {
	n := 0
	for x := a; x <= b; x++ {
		if _, _, found := column(ink, w, h, x, int(math.Round(l.place(x))), 1); found {
			n++
		}
	}
	if l.dotted() { // a stroke of print in the row has less ink than a row of dashes
		return float64(n) >= max(0.25, 0.7*l.share())*float64(b-a+1)
	}
	stroke := float64(b-a) <= (strokeLong+3)*r.dpi/25.4 && n*100 < 80*(b-a+1) // print leaves more of a row free
	apart := stroke && crossesA && crossesB && r.gapBeside(l, a, 1, ink, w, h) && r.gapBeside(l, b, -1, ink, w, h)
	return n*100 >= 60*(b-a+1) && !apart
}

// gapBeside reports whether l has paper within 2 mm of x in the direction given.
func (r *ruling) gapBeside(l line, x, direction int, ink []uint8, w, h int) bool {
	mm := r.dpi / 25.4
	white := 0
	for d := 1; d <= int(2*mm); d++ {
		xx := x + d*direction
		if xx < 0 || xx >= w {
			return false
		}
		if _, _, found := column(ink, w, h, xx, int(math.Round(l.place(xx))), 1); found {
			white = 0
		} else if white++; float64(white) >= 0.3*mm {
			return true
		}
	}
	return false
}

// extend draws the ends of lines to others that they all but touch.
func (r *ruling) extend(lines, others []line, near int) {
	for i := range lines {
		l := &lines[i]
		from, to := l.from, l.to
		for _, o := range others {
			if x, ok := meet(*l, o, near); ok {
				from, to = min(from, x), max(to, x)
			}
		}
		l.from, l.to = from, to
	}
}

package raster

import (
	"cmp"
	"math"
	"slices"
)

// Shares of a stretch of line that must be ink, and by itself, for complete.
const (
	inkWhole  = 0.55 // of a line that is whole elsewhere
	inkShort  = 0.65 // of a stretch no longer than a stroke may be that is whole at both ends
	inkTorn   = 0.45 // of one that is torn, where the line is long elsewhere
	tornRows  = 3    // how many times as long that is
	inkDotted = 0.7  // of a line of dots, of what is ink of it elsewhere
	inkDots   = 0.38 // of a line of dots, where lines are
	inkAlone  = 0.8  // of the ink, with paper beside it
	mostHole  = 7    // millimetres without ink in a line: a longer one ends there
	mostRuled = 75   // hundredths of a stretch between two lines: what is left is ruled too
	inkLittle = 0.25 // of what tore out of a stretch that is ruled otherwise
	inkPrint  = 0.1  // of the stretch at most, where print lies across
)

// complete adds the stretches of lines that were torn too often to be followed: between
// two lines that cross, where a line elsewhere on the page would go on, and where what
// ink there is is thin and has paper on both sides.
func (r *ruling) complete() {
	r.shorten(r.across, r.down, r.closedAcross, r.w, r.h)
	r.shorten(r.down, r.across, r.closedDown, r.h, r.w)
	r.across = append(r.across, r.missing(r.across, r.down, r.closedAcross, r.w, r.h)...)
	r.down = append(r.down, r.missing(r.down, r.across, r.closedDown, r.h, r.w)...)
}

// shorten ends lines of dots and dashes at the last line that they cross where what follows is
// ink of another kind: the long stroke of a character that stands in their course.
func (r *ruling) shorten(lines, others []line, ink []uint8, w, h int) {
	mm := r.dpi / 25.4
	crossing := courses(others, sameCourse*mm)
	limit := uint8(min(254, pixels(maxThick, r.dpi)+1))
	thick := heights(ink, w, h)
	for i := range lines {
		l := &lines[i]
		if !l.dotted() {
			continue
		}
		usual := r.frequency(*l, thick, w, h, limit)
		foreign := func(a, b int) bool {
			_, e := r.look(*l, a, b, thick, w, h, limit)
			return !e.frequent(usual) || e.print > inkPrint || e.clear < inkAlone
		}
		for _, c := range crossing {
			at := int(math.Round(c.at))
			switch {
			case at <= l.from+int(minRun*mm) || at >= l.to-int(minRun*mm) || !crosses(c, l.at, mm):
			case float64(l.to-at) < (strokeLong+2)*mm && l.to-at < at-l.from && foreign(at, l.to):
				l.to = at
			case float64(at-l.from) < (strokeLong+2)*mm && at-l.from < l.to-at && foreign(l.from, at):
				l.from = at
			}
		}
	}
}

// crosses reports whether a line of the course reaches over a place.
func crosses(c course, at, mm float64) bool {
	return slices.ContainsFunc(c.lines, func(l line) bool { return float64(l.from)-mm <= at && at <= float64(l.to)+mm })
}

// course is the lines that lie on one, and where the middle of that is.
type course struct {
	at    float64
	lines []line
}

func courses(lines []line, apart float64) []course {
	sorted := slices.SortedFunc(slices.Values(lines), func(a, b line) int { return cmp.Compare(a.at, b.at) })
	var out []course
	for _, l := range sorted {
		if n := len(out) - 1; n >= 0 && l.at-out[n].lines[len(out[n].lines)-1].at <= apart {
			out[n].lines = append(out[n].lines, l)
			continue
		}
		out = append(out, course{lines: []line{l}})
	}
	for i := range out {
		var sum, length float64
		for _, l := range out[i].lines {
			n := float64(l.to - l.from + 1)
			sum, length = sum+l.at*n, length+n
		}
		out[i].at = sum / length
	}
	return out
}

// nearest is the line of a course that is nearest to the stretch from a to b.
func (c course) nearest(a, b int) line {
	return slices.MinFunc(c.lines, func(p, q line) int {
		return cmp.Compare(max(p.from-b, a-p.to, 0), max(q.from-b, a-q.to, 0))
	})
}

// length is that of the lines of the course together, in pixels.
func (c course) length() (n int) {
	for _, l := range c.lines {
		n += l.to - l.from
	}
	return n
}

// ruled is how many pixels of a stretch lines of the course reach over.
func (c course) ruled(a, b int) int {
	n := b - a
	for _, g := range c.gaps(a, b) {
		n -= g[1] - g[0]
	}
	return n
}

// gaps are the parts of a stretch that no line of the course reaches over.
func (c course) gaps(a, b int) (found [][2]int) {
	for _, l := range slices.SortedFunc(slices.Values(c.lines), func(l, o line) int { return cmp.Compare(l.from, o.from) }) {
		if l.from > a && a < b {
			found = append(found, [2]int{a, min(l.from, b)})
		}
		a = max(a, l.to)
	}
	if a < b {
		found = append(found, [2]int{a, b})
	}
	return found
}

// hangs reports whether a line of the course ends between two places, and not near them: there
// it tore, since lines end on others.
func (c course) hangs(a, b, near int) bool {
	within := func(x int) bool { return x > a+near && x < b-near }
	return slices.ContainsFunc(c.lines, func(l line) bool { return within(l.from) || within(l.to) })
}

// covered reports whether lines of the course reach over most of a stretch.
func (c course) covered(a, b int) bool { return 10*c.ruled(a, b) >= 9*(b-a) }

// missing is the stretches that lines lack between neighbouring courses of the others.
func (r *ruling) missing(lines, others []line, ink []uint8, w, h int) (found []line) {
	mm := r.dpi / 25.4
	crossing := courses(others, sameCourse*mm)
	if len(crossing) < 2 {
		return nil
	}
	open := openEnds(lines, crossing, mm)
	crossing = slices.SortedFunc(slices.Values(append(crossing, open...)), func(a, b course) int { return cmp.Compare(a.at, b.at) })
	limit := uint8(min(254, pixels(maxThick, r.dpi)+1))
	thick := heights(ink, w, h)
	along := courses(lines, sameCourse*mm)
	for _, l := range r.torn(along, crossing, thick, w, h, limit) {
		along = append(along, course{at: l.at, lines: []line{l}})
	}
	for _, c := range along {
		own := c
		for again := true; again; { // what was found speaks for the rest
			again = false
			for i := 1; i < len(crossing); i++ {
				a, b := int(math.Round(crossing[i-1].at)), int(math.Round(crossing[i].at))
				if float64(b-a) < minRun*mm || c.covered(a, b) {
					continue
				}
				near := own.nearest(a, b)
				l, e := r.look(near, a, b, thick, w, h, limit)
				// Strokes of print in two lines that happen to lie on a line of another table, with more print beside them.
				strokes := !l.dotted() && float64(b-a) < longLine*mm && e.clear < inkAlone && r.gapBeside(l, a, 1, ink, w, h) && r.gapBeside(l, b, -1, ink, w, h)
				isLine := false
				switch short := float64(b-a) < (strokeLong+2)*mm; {
				case strokes:
				case c.length() == 0 && float64(b-a) < loneLine*mm:
					isLine = e.bare() || !l.dotted() && e.clean() && !r.lighter // the back of the page shows through in lines, too
				case l.dotted():
					isLine = e.dots(near.share(), mm) && e.frequent(r.frequency(near, thick, w, h, limit))
				case float64(e.hole) <= mostHole*mm:
					whole := e.alone >= inkAlone && e.print <= inkPrint
					isLine = !short && e.ink >= inkWhole && whole ||
						e.ink >= inkShort && whole && !r.gapBeside(l, a, 1, ink, w, h) && !r.gapBeside(l, b, -1, ink, w, h) || // a stroke of print keeps its distance from lines
						e.ink >= inkTorn && e.clear >= inkAlone && e.print <= inkPrint && (e.ends[0] || e.ends[1]) && c.length() >= tornRows*(b-a) ||
						e.pieces() && c.length() >= b-a ||
						short && e.row() && (c.length() >= 2*tornRows*(b-a) || e.ink >= inkShort && c.hangs(a, b, int(clearWidth*mm)))
				}
				if isLine {
					found = append(found, l)
					c.lines = append(slices.Clip(c.lines), l)
					again = true
				}
			}
		}
		found = append(found, r.rest(c, others, open, thick, w, h, limit)...)
	}
	return found
}

// openEnds are the sides of tables on which no line runs: where lines end together beyond all that
// cross them.
func openEnds(lines []line, crossing []course, mm float64) (found []course) {
	const least = 3 // lines
	outermost := func(ends []float64) {
		slices.Sort(ends)
		if n := len(ends) - least; n >= 0 && ends[len(ends)-1]-ends[n] <= reach*mm {
			found = append(found, course{at: math.Abs(ends[n])})
		}
	}
	var left, right []float64
	for _, l := range lines {
		if x := float64(l.from); x < crossing[0].at-minRun*mm {
			left = append(left, -x)
		}
		if x := float64(l.to); x > crossing[len(crossing)-1].at+minRun*mm {
			right = append(right, x)
		}
	}
	outermost(left)
	outermost(right)
	return found
}

// rest is what a course's lines lack between two neighbouring lines that cross them there, where
// most of the stretch is ruled: no line ends in the middle of a cell.
func (r *ruling) rest(c course, others []line, open []course, thick []uint8, w, h int, limit uint8) (found []line) {
	mm := r.dpi / 25.4
	c.lines = slices.DeleteFunc(slices.Clone(c.lines), line.dotted)
	if len(c.lines) == 0 {
		return nil
	}
	var places []float64
	for _, o := range others {
		if o.over(c.at, int(mm)) && float64(o.to-o.from) >= minRun*mm {
			places = append(places, o.place(int(c.at)))
		}
	}
	for _, o := range open {
		places = append(places, o.at)
	}
	slices.Sort(places)
	for i := 1; i < len(places); i++ {
		a, b := int(math.Round(places[i-1])), int(math.Round(places[i]))
		if float64(b-a) < minRun*mm {
			continue
		}
		if n := c.ruled(a, b); n*100 < mostRuled*(b-a) || (b-a)-n <= int(mm) {
			continue
		}
		l, e := r.look(c.nearest(a, b), a, b, thick, w, h, limit)
		bare := func(gap [2]int) bool { // of print, which the end of a line may touch
			_, e := r.look(c.nearest(gap[0], gap[1]), gap[0], gap[1], thick, w, h, limit)
			return e.print <= inkPrint/2 && (e.ink >= inkLittle && e.alone >= inkAlone || e.ink == 0 && float64(gap[1]-gap[0]) <= chainGap*mm)
		}
		if e.ink >= inkWhole && e.print <= inkPrint && !slices.ContainsFunc(c.gaps(a, b), func(g [2]int) bool { return !bare(g) }) {
			found = append(found, l)
		}
	}
	return found
}

// torn is the courses of lines of which no piece was whole enough: rows of which most is
// thin ink between several lines that cross. They have no length; what of them is there
// is for look to find.
func (r *ruling) torn(along, crossing []course, thick []uint8, w, h int, limit uint8) (found []line) {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	dotted := 0
	for _, c := range along {
		for _, l := range c.lines {
			if l.dotted() {
				dotted++
			} else {
				dotted--
			}
		}
	}
	least := inkTorn
	if dotted > 0 {
		least = inkDots
	}
	inked, length := make([]int, h), make([]int, h)
	for i := 1; i < len(crossing); i++ {
		from, to := max(0, int(crossing[i-1].at)), min(w-1, int(crossing[i].at))
		if float64(to-from) < minRun*mm {
			continue
		}
		for y := range h {
			n := 0
			for _, t := range thick[y*w+from : y*w+to+1] {
				if t != 0 && t <= limit {
					n++
				}
			}
			if float64(n) >= least*float64(to-from+1) {
				inked[y] += n
				length[y] += to - from + 1
			}
		}
	}
	for y := near; y < h-near; y++ {
		if dotted <= 0 && float64(length[y]) < loneLine*mm || slices.Max(inked[y-near:y]) >= inked[y] || slices.Max(inked[y+1:y+near+1]) > inked[y] ||
			slices.ContainsFunc(along, func(c course) bool { return math.Abs(c.at-float64(y)) <= float64(near) }) {
			continue
		}
		from := max(0, int(crossing[0].at))
		p := piece{from: from, to: from, centre: []float32{float32(y)}, dotted: dotted > 0, share: float64(inked[y]) / float64(length[y])}
		found = append(found, line{from: from, to: from, at: float64(y), pieces: []piece{p}})
	}
	return found
}

// evidence is what ink lies where a line would go on, as shares.
type evidence struct {
	ink   float64 // of the stretch, that is thin
	print float64 // of the stretch, where print lies across
	alone float64 // of the ink, with paper on one side at least
	clear float64 // of the ink, with paper on both
	marks float64 // pieces of ink
	total float64 // pixels of the stretch
	ends  [2]bool // there is ink near them, where print keeps its distance
	close [2]bool // the same for dots, which print is not, in rows as low as their print
	last  [2]int  // pixels from them to the first ink
	hole  int     // the most pixels without any
}

// dots reports whether the ink is that of a line of dots or dashes of which elsewhere
// share is ink.
func (e evidence) dots(share, mm float64) bool {
	const dash, dots = 5, 5 // millimetres from one to the next at most; that no stroke is
	return e.ink >= max(0.15, inkDotted*share) && e.clear >= inkAlone && e.print <= inkPrint && e.marks >= max(2, e.total/(dash*mm)) && (e.ends[0] && e.ends[1] || e.marks >= dots && e.clear >= 0.95 && e.close[0] && e.close[1])
}

// row reports whether the ink is that of a line along one row of a column whose print stands close
// beside it, and not that of a stroke: on one side of it there is paper, nothing lies across, and
// it reaches to where strokes keep their distance.
func (e evidence) row() bool {
	return e.ink >= inkTorn && e.alone >= 0.95 && e.print <= inkPrint/2 && (e.ends[0] || e.ends[1])
}

// pieces reports whether the ink is that of a line in pieces, with paper all along both sides.
func (e evidence) pieces() bool {
	return e.ink >= inkTorn && e.clear >= 0.95 && e.print <= 0.01 && e.marks >= 2 && (e.ends[0] || e.ends[1])
}

// clean reports whether the ink is that of a line and no stroke's: it reaches to both ends, with
// paper all along both sides.
func (e evidence) clean() bool {
	return e.ink >= inkShort && e.clear >= 0.98 && e.print <= 0.01 && e.ends[0] && e.ends[1]
}

// frequency is how many dots or dashes a line has in a pixel.
func (r *ruling) frequency(l line, thick []uint8, w, h int, limit uint8) float64 {
	_, e := r.look(l, l.from, l.to, thick, w, h, limit)
	return e.marks / max(1, e.total)
}

// frequent reports whether the ink is in pieces nearly as often as on the rest of the line: the
// long stroke of a character, and a dot above it, are not.
func (e evidence) frequent(usual float64) bool { return e.marks >= 0.6*usual*e.total-0.5 }

// bare reports whether the ink is that of dots or dashes and nothing besides: what is known of
// them is a stretch as short as print, such as those beside the heads at the end of a page.
func (e evidence) bare() bool {
	return e.ink >= inkTorn && e.clear >= 0.98 && e.print <= 0.01 && e.marks >= 4 && float64(max(e.last[0], e.last[1])) <= e.total/3
}

// look is the part of a line from a to b that nobody has found yet, and what ink is there.
func (r *ruling) look(l line, a, b int, thick []uint8, w, h int, limit uint8) (line, evidence) {
	var e evidence
	beside := pixels(clearWidth, r.dpi)
	p := piece{from: a, to: b, centre: make([]float32, b-a+1), dotted: l.dotted()}
	was, hole := false, 0
	for i := range p.centre {
		x := a + i
		y := l.place(x)
		p.centre[i] = float32(y)
		if x-a < beside || b-x < beside { // where lines cross there is ink anyway
			continue
		}
		e.total++
		top, bottom, kind := extent(thick, w, h, x, int(math.Round(y)), limit)
		if hole++; kind != 0 {
			hole = 0
		}
		e.hole = max(e.hole, hole)
		if kind != 2 {
			e.print += float64(kind)
			was = false
			continue
		}
		if !was {
			e.marks++
		}
		was = true
		if e.ink == 0 {
			e.last[0] = x - a
		}
		e.last[1] = b - x
		e.ink++
		p.thickness += float64(bottom - top + 1)
		above, below := isPaper(thick, w, h, x, top-beside, top-1), isPaper(thick, w, h, x, bottom+1, bottom+beside)
		if above || below {
			e.alone++
		}
		if above && below {
			e.clear++
		}
	}
	if e.ink > 0 {
		e.ends = [2]bool{e.last[0]*7 <= b-a, e.last[1]*7 <= b-a}
		e.close = [2]bool{(e.last[0]-beside)*7 <= b-a, (e.last[1]-beside)*7 <= b-a}
		p.thickness /= e.ink
		e.alone, e.clear, e.ink, e.print = e.alone/e.ink, e.clear/e.ink, e.ink/e.total, e.print/e.total
	}
	p.share = e.ink
	return line{from: a, to: b, at: p.mean(), thickness: p.thickness, pieces: []piece{p}}, e
}

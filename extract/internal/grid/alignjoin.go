package grid

import (
	"math"
	"slices"
)

// What a text costs by where its lines stand. One in the middle of a row costs nothing, one
// in the middle of several hardly anything.
const (
	amongRows  = 0.15 // in the middle of several rows, for each but the first
	amongMany  = 0.6  // the same, at most
	nowhere    = 1.0  // in the middle of none, and half as much more for each row that it covers
	looser     = 0.3  // for each line that is set further from the one above than lines usually are
	againstRow = 0.1  // lines joined or parted against how full they are and what is beside them
	figureIn   = 1.0  // a figure joined to other lines against that
	sameSet    = 0.12 // by which lines of one text are set further apart than usual, in ems
	offMiddle  = 0.3  // by which a text may be off the middle of its rows, in ems
	mostLines  = 12   // of one text that is looked for among rows
)

// joining is the lines of a column on their way to texts.
type joining struct {
	aligned
	lines   []text
	goes    []bool  // whether a line goes on what is above it, by how full that is and what is beside both
	usual   float64 // how far lines of one text are set apart
	anchors []float64
}

// joined makes texts of the lines of a column, such that as many texts as can be stand in
// the middle of a row or of several, in order, and lines are joined by how full they are
// where that says nothing. Of all ways the cheapest is found, line by line.
func (a aligned) joined(lines []text, anchors []float64, full float64, column int) []text {
	j := joining{aligned: a, lines: lines, goes: make([]bool, len(lines)), usual: a.usualPitch(lines), anchors: anchors}
	var alone []text
	for i, t := range lines {
		k := len(alone) - 1
		if k >= 0 && a.goesOn(alone[k], lines[i:], full, column) {
			j.goes[i] = true
			alone[k].lines = append(slices.Clone(alone[k].lines), t.lines...)
			continue
		}
		alone = append(alone, t)
	}
	if len(anchors) < 2 {
		return alone
	}
	n, m := len(lines), len(anchors)
	type choice struct {
		cost float64
		from int // the first line of the last text
		used int // rows used by the texts before
	}
	best := make([][]choice, n+1) // by lines joined and rows used
	for i := range best {
		best[i] = make([]choice, m+1)
		for k := range best[i] {
			best[i][k].cost = math.Inf(1)
		}
	}
	for k := range best[0] {
		best[0][k].cost = 0
	}
	for i := 1; i <= n; i++ {
		for from := i - 1; from >= 0 && from >= i-mostLines; from-- {
			joins, ok := j.cost(from, i)
			if !ok {
				break
			}
			for k := range best[from] {
				before := best[from][k].cost + joins
				if math.IsInf(before, 1) {
					continue
				}
				if c := before + j.nowhere(from, i); c < best[i][k].cost {
					best[i][k] = choice{c, from, k}
				}
				j.places(from, i, k, func(end int, cost float64) {
					if c := before + cost; c < best[i][end].cost {
						best[i][end] = choice{c, from, k}
					}
				})
			}
		}
	}
	k := 0
	for e := range best[n] {
		if best[n][e].cost < best[n][k].cost {
			k = e
		}
	}
	var out []text
	for i := n; i > 0; {
		c := best[i][k]
		out = append(out, j.text(c.from, i))
		i, k = c.from, c.used
	}
	slices.Reverse(out)
	return out
}

// text is the lines from, up to but not to, as one.
func (j joining) text(from, to int) text {
	t := j.lines[from]
	t.lines = nil
	for _, l := range j.lines[from:to] {
		t.lines = append(t.lines, l.lines...)
	}
	return t
}

// cost is what making one text of lines costs, wherever it stands. Two figures are none.
func (j joining) cost(from, to int) (cost float64, ok bool) {
	if j.goes[from] {
		cost = againstRow
	}
	for i := from + 1; i < to; i++ {
		above, next := j.lines[i-1], j.lines[i]
		if above.figure && next.figure || !j.follows(above, next) {
			return 0, false
		}
		if pitch(above, next) > j.usual+sameSet*j.em {
			cost += looser
		}
		if !j.goes[i] {
			cost += againstRow
			if above.figure || next.figure {
				cost += figureIn
			}
		}
	}
	return cost, true
}

// nowhere is what a text costs that stands in the middle of no row.
func (j joining) nowhere(from, to int) float64 {
	cost := nowhere
	for _, y := range j.anchors {
		if y > j.lines[from].y0() && y < j.lines[to-1].y1() {
			cost += nowhere / 2
		}
	}
	return cost
}

// places hands to found each stretch of rows after the first used ones in whose middle a
// text stands: where it ends, and what that costs. No text covers a row that is not its own.
func (j joining) places(from, to, used int, found func(end int, cost float64)) {
	y0, y1 := j.lines[from].y0(), j.lines[to-1].y1()
	middle := (y0 + y1) / 2
	for first := used; first < len(j.anchors) && j.anchors[first] <= middle+offMiddle*j.em; first++ {
		if first > 0 && j.anchors[first-1] > y0 {
			break
		}
		for last := first; last < len(j.anchors); last++ {
			off := (j.anchors[first]+j.anchors[last])/2 - middle
			if off > offMiddle*j.em {
				break
			}
			if off < -offMiddle*j.em || last+1 < len(j.anchors) && j.anchors[last+1] < y1 {
				continue
			}
			found(last+1, math.Abs(off)/j.em+min(amongMany, amongRows*float64(last-first)))
		}
	}
}

// paragraphs makes texts of lines that each go on where the one above reaches the right
// end of the column, unless they are set further apart than lines usually are.
func (a aligned) paragraphs(lines []text, full float64) []text {
	usual := a.usualPitch(lines)
	var out []text
	for i, t := range lines {
		if n := len(out) - 1; n >= 0 && a.follows(lines[i-1], t) && lines[i-1].lines[0].X1 >= full && pitch(lines[i-1], t) <= usual+sameSet*a.em {
			out[n].lines = append(out[n].lines, t.lines...)
			continue
		}
		t.lines = slices.Clone(t.lines)
		out = append(out, t)
	}
	return out
}

// pitch is how far a line is set below another.
func pitch(above, next text) float64 {
	last, b := above.lines[len(above.lines)-1], next.lines[0]
	return (b.Y0+b.Y1)/2 - (last.Y0+last.Y1)/2
}

// usualPitch is how far the lines of one text are set apart: one of the least distances
// in the column.
func (a aligned) usualPitch(lines []text) float64 {
	var all []float64
	for i := 1; i < len(lines); i++ {
		if p := pitch(lines[i-1], lines[i]); p <= leading*a.em {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return leading * a.em
	}
	slices.Sort(all)
	return all[len(all)/5]
}

// follows reports whether a line may be the next of a text: it stands close below, and no
// line is drawn between them.
func (a aligned) follows(above, next text) bool {
	last, b := above.lines[len(above.lines)-1], next.lines[0]
	return pitch(above, next) <= leading*a.em && !a.ruled(last.Y1, b.Y0, last.X0, last.X1)
}

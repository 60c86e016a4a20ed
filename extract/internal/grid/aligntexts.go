package grid

import (
	"cmp"
	"math"
	"slices"

	"heji/layout"
)

// texts is what stands in each column, as texts, and what crosses gutters.
func (a *aligned) texts() (columns [][]text, across []text) {
	cols := len(a.gutters) + 1
	left, right := make([]float64, cols), make([]float64, cols)
	for c := range cols {
		left[c], right[c] = math.Inf(1), math.Inf(-1)
	}
	columns = make([][]text, cols)
	for _, l := range a.lines {
		for _, p := range inColumns(l, a.gutters) {
			t := text{from: p.from, to: p.to, lines: []layout.Box{p.word.Box}, figure: p.word.Figure}
			if p.from != p.to {
				across = append(across, t)
				continue
			}
			columns[p.from] = append(columns[p.from], t)
			left[p.from], right[p.from] = min(left[p.from], p.word.X0), max(right[p.from], p.word.X1)
		}
	}
	columns, merged := a.merged(columns)
	across = append(across, merged...)
	anchors := anchorsOf(columns, a.em)
	a.anchors = anchors
	if len(anchors) < 2 && cols == 2 {
		// A label beside each text, in its middle.
		columns[1] = a.paragraphs(columns[1], right[1]-fullLine*a.em)
		anchors = nil
		for _, t := range columns[1] {
			anchors = append(anchors, t.middle())
		}
		columns[0] = a.joined(columns[0], anchors, right[0]-left[0]-fullLine*a.em, 0)
		return columns, across
	}
	for c, lines := range columns {
		columns[c] = a.joined(lines, anchors, right[c]-left[c]-fullLine*a.em, c)
	}
	return columns, across
}

// merged takes out of the columns what stands in the middle of several: a sum's name in a
// cell that was merged, 小计. It can be told where the other texts of its column have one
// middle.
func (a aligned) merged(columns [][]text) (rest [][]text, across []text) {
	x0, x1 := a.sides()
	edges := append(append([]float64{x0}, a.gutters...), x1)
	middle := func(t text) float64 { return (t.lines[0].X0 + t.lines[0].X1) / 2 }
	rest = make([][]text, len(columns))
	for c, texts := range columns {
		var middles []float64
		for _, t := range texts {
			middles = append(middles, middle(t))
		}
		slices.Sort(middles)
		for _, t := range texts {
			usual := middles[len(middles)/2]
			at := 0
			for _, m := range middles {
				if math.Abs(m-usual) < sameLine*a.em {
					at++
				}
			}
			from, to, ok := c, c, false
			if len(texts) > few && 3*at >= 2*len(texts) && math.Abs(middle(t)-usual) > a.em && !t.figure {
				from, to, ok = a.spread(columns, t, c, edges)
			}
			if !ok {
				rest[c] = append(rest[c], t)
				continue
			}
			t.from, t.to = from, to
			across = append(across, t)
		}
	}
	return rest, across
}

// spread is the columns that a text stands in the middle of, where no other print of
// theirs is beside it.
func (a aligned) spread(columns [][]text, t text, column int, edges []float64) (from, to int, ok bool) {
	const most = 4 // columns
	x := (t.lines[0].X0 + t.lines[0].X1) / 2
	best := a.em
	for f := max(0, column-most+1); f <= column; f++ {
		for l := max(f+1, column); l < len(columns) && l-f < most; l++ {
			alone := true
			for c := f; c <= l; c++ {
				alone = alone && (c == column || !slices.ContainsFunc(columns[c], func(u text) bool { return min(u.y1(), t.y1())-max(u.y0(), t.y0()) > 0.1*a.em }))
			}
			if off := math.Abs((edges[f]+edges[l+1])/2 - x); alone && off < best {
				best, from, to, ok = off, f, l, true
			}
		}
	}
	return from, to, ok
}

// goesOn reports whether a line is the next of a text: it follows closely, and the
// line before was full, or one of the two stands at a height where no other column has
// print, as the lines of a cell do beside another in the middle of its row. Of two
// figures each is one of its own.
func (a aligned) goesOn(t text, rest []text, full float64, column int) bool {
	next := rest[0]
	last, b := t.lines[len(t.lines)-1], next.lines[0]
	least := leading
	if next.figure {
		least = closeLeading
	}
	if t.figure && next.figure || pitch(t, next) > least*a.em || a.ruled(last.Y1, b.Y0, last.X0, last.X1) {
		return false
	}
	// A line beside figures is in the middle of its row. So is the text before, if it is
	// beside figures too, or beside most columns, as a head is.
	if a.figured((b.Y0+b.Y1)/2, column) && (a.figured(t.middle(), column) || 2*len(a.others(t.middle(), column)) > len(a.gutters)) {
		return false
	}
	// Nor does it go on where the next two lines have figures beside their middle.
	if len(rest) > 1 && a.figured(t.middle(), column) && !a.company(b, column) && !a.company(rest[1].lines[0], column) &&
		a.figured((b.Y0+rest[1].lines[0].Y1)/2, column) {
		return false
	}
	return last.Width() >= full || !a.company(last, column) || !a.company(b, column)
}

// others are the parts of other columns that stand at a height.
func (a aligned) others(y float64, column int) (found []part) {
	for _, l := range a.lines {
		if math.Abs(l.middle()-y) > sameLine*a.em {
			continue
		}
		for _, p := range inColumns(l, a.gutters) {
			if p.from > column || p.to < column {
				found = append(found, p)
			}
		}
	}
	return found
}

// figured reports whether another column has a figure at a height.
func (a aligned) figured(y float64, column int) bool {
	return slices.ContainsFunc(a.others(y, column), func(p part) bool { return p.word.Figure })
}

// company reports whether another column has print at the height of a line.
func (a aligned) company(b layout.Box, column int) bool {
	return len(a.others((b.Y0+b.Y1)/2, column)) > 0
}

// ruled reports whether a line across is drawn between two heights.
func (a aligned) ruled(y0, y1, x0, x1 float64) bool {
	_, ok := a.rule(y0, y1, x0, x1)
	return ok
}

func (a aligned) rule(y0, y1, x0, x1 float64) (float64, bool) {
	for _, s := range a.drawn {
		if y := (s.Y0 + s.Y1) / 2; s.X1-s.X0 > s.Y1-s.Y0 && y > y0-1 && y < y1+1 && s.X0 <= x0+1 && s.X1 >= x1-1 {
			return y, true
		}
	}
	return 0, false
}

// headed puts figures without a head to the head beside them that has nothing below it:
// set to the right, figures may stand clear of a head set to the left.
func (a *aligned) headed(columns [][]text, across []text) ([][]text, []text) {
	heads := func(texts []text) bool {
		return len(texts) > 0 && !slices.ContainsFunc(texts, func(t text) bool { return t.figure })
	}
	figures := func(texts []text) bool {
		others := 0 // a dash, or a figure of a scan that was not known
		for _, t := range texts {
			others += btoi(!t.figure)
		}
		return len(texts) > 1 && 4*others <= len(texts)
	}
	beside := func(t text, others []text) bool {
		return slices.ContainsFunc(others, func(o text) bool { return o.y0() < t.y1() && t.y0() < o.y1() })
	}
	for c := 0; c+1 < len(columns); c++ {
		left, right := columns[c], columns[c+1]
		if !(heads(left) && figures(right) || figures(left) && heads(right)) ||
			slices.ContainsFunc(left, func(t text) bool { return beside(t, right) }) ||
			slices.ContainsFunc(across, func(t text) bool { return (t.from == c+1 || t.to == c) && !beside(t, left) && !beside(t, right) }) {
			continue
		}
		for i := range across { // a sum's name reaches as far as its figures
			switch t := &across[i]; {
			case t.to == c && t.from < c && beside(*t, right):
				t.to--
			case t.from == c+1 && t.to > c+1 && beside(*t, left):
				t.from++
			}
		}
		one := slices.Concat(left, right)
		slices.SortStableFunc(one, func(p, q text) int { return cmp.Compare(p.y0(), q.y0()) })
		columns = slices.Replace(columns, c, c+2, one)
		a.gutters = slices.Delete(slices.Clone(a.gutters), c, c+1)
		for _, list := range append(slices.Clone(columns), across) {
			for i := range list {
				if list[i].from > c {
					list[i].from--
				}
				if list[i].to > c {
					list[i].to--
				}
			}
		}
		c--
	}
	return columns, across
}

package grid

import (
	"math"
	"slices"

	"heji/layout"
)

// divideHeads makes two rows of one where a head stands over several columns that each
// have a head of their own below it. Heads beside them, in the middle of both, reach
// over both.
func (a *aligned) divideHeads(columns [][]text, t text) {
	below := band{math.Inf(1), math.Inf(-1)}
	for c := t.from; c <= t.to; c++ {
		i := slices.IndexFunc(columns[c], func(u text) bool { return u.middle() > t.middle() })
		if i < 0 || columns[c][i].figure || i > 0 && columns[c][i-1].y1() > t.y0() {
			return
		}
		below.y0, below.y1 = min(below.y0, columns[c][i].y0()), max(below.y1, columns[c][i].y1())
	}
	above := band{t.y0(), t.y1()}
	if t.figure || !a.headsBetween(columns, t, (below.y0+below.y1)/2) || below.y0 < above.y1-0.2*a.em || below.y0 > above.y1+near*a.em {
		return
	}
	if below.y0 < above.y1 {
		above.y1, below.y0 = (above.y1+below.y0)/2, (above.y1+below.y0)/2
	}
	in := a.beside(above.y0, below.y1)
	if len(in) == 0 || len(in) > 2 || a.rows[in[0]].y0 < above.y0-a.em || a.rows[in[len(in)-1]].y1 > below.y1+a.em {
		return
	}
	a.rows = slices.Replace(a.rows, in[0], in[len(in)-1]+1, above, below)
	a.over = append(a.over, above)
}

// headsBetween reports whether other columns have heads in the middle between a head over
// several columns and those below it, and none at its height: a sum's row has.
func (a aligned) headsBetween(columns [][]text, t text, below float64) bool {
	between := false
	for c, texts := range columns {
		for _, u := range texts {
			switch {
			case c >= t.from && c <= t.to:
			case math.Abs(u.lineMiddle(0)-t.middle()) <= sameLine*a.em/2 && !u.figure && headBelow(texts, u, below, sameLine*a.em/2):
				between = true
			case math.Abs(u.middle()-t.middle()) <= sameLine*a.em/2:
				return false
			case u.middle() > t.middle() && u.middle() < below-sameLine*a.em/2:
				between = true
			}
		}
	}
	return between
}

// headBelow reports whether a text, or the next of its column, has a line at a height, and no
// figure: it is a head over columns too, as narrow as one of them.
func headBelow(texts []text, t text, y, off float64) bool {
	for i := range t.lines {
		if math.Abs(t.lineMiddle(i)-y) <= off {
			return true
		}
	}
	return slices.ContainsFunc(texts, func(u text) bool { return !u.figure && math.Abs(u.lineMiddle(0)-y) <= off })
}

// besideHeads reports whether a text stands between the middles of two rows of heads that
// another column has, the only one of its column there, and the first of the two.
func (a aligned) besideHeads(texts []text, t text) (first int, ok bool) {
	for above := 0; above+1 < len(a.rows); above++ {
		upper, lower := a.rows[above], a.rows[above+1]
		between := t.middle()-(upper.y0+upper.y1)/2 > sameLine*a.em/2 && (lower.y0+lower.y1)/2-t.middle() > sameLine*a.em/2
		if !between || t.from != t.to || t.figure || !slices.Contains(a.over, upper) {
			continue
		}
		others := 0
		for _, u := range texts {
			if min(u.y1(), lower.y1)-max(u.y0(), upper.y0) > 0.1*a.em {
				others++
			}
		}
		return above, others == 1
	}
	return 0, false
}

// overHeads reports whether a text stands over several columns that each have a head of
// their own in the next lines.
func overHeads(p part, below []printLine, gutters []float64) bool {
	headed := make([]bool, len(gutters)+1)
	for _, l := range below {
		if l.y0-p.word.Y1 > 2*p.word.Height() {
			break
		}
		for _, q := range inColumns(l, gutters) {
			if q.from == q.to && !q.word.Figure {
				headed[q.from] = true
			}
		}
	}
	return p.to > p.from && p.from > 0 && !slices.Contains(headed[p.from:p.to+1], false)
}

// headsAtEnd is the row of heads whose table begins on the next page: the last line of the
// page but for its number, of several words and no figure, below all tables. It is as wide
// as they are, as far as is known.
func headsAtEnd(lines []printLine, tables []layout.Table, em float64) (layout.Table, bool) {
	last := len(lines) - 1
	if last >= 0 && len(lines[last].words) == 1 {
		last-- // the page's number
	}
	if last < 0 || len(lines[last].words) <= few {
		return layout.Table{}, false
	}
	l := lines[last]
	figure := slices.ContainsFunc(l.words, func(w Word) bool { return w.Figure })
	inTable := slices.ContainsFunc(tables, func(t layout.Table) bool { return t.Box.Y1 > l.y0 })
	if figure || inTable {
		return layout.Table{}, false
	}
	x0, x1 := l.words[0].X0-em/2, l.words[len(l.words)-1].X1+em/2
	for _, t := range tables {
		x0, x1 = min(x0, t.Box.X0), max(x1, t.Box.X1)
	}
	cols := []float64{x0}
	for i := range l.words[1:] {
		cols = append(cols, (l.words[i].X1+l.words[i+1].X0)/2)
	}
	cols = append(cols, x1)
	rows := []float64{l.y0 - em/2, l.y1 + em/2}
	t := layout.Table{Rows: 1, Cols: len(l.words), RowEdges: rows, ColEdges: cols, Box: layout.Box{X0: x0, Y0: rows[0], X1: x1, Y1: rows[1]}}
	for c := range l.words {
		t.Cells = append(t.Cells, layout.Cell{Col: c, RowSpan: 1, ColSpan: 1, Box: layout.Box{X0: cols[c], Y0: rows[0], X1: cols[c+1], Y1: rows[1]}})
	}
	return t, true
}

package grid

import (
	"cmp"
	"math"
	"slices"

	"heji/layout"
)

// aligned is a block on its way to a table.
type aligned struct {
	em      float64
	drawn   []Segment
	lines   []printLine
	gutters []float64
	rows    []band
	anchors []float64 // middles of rows that are sure
	over    []band    // rows of heads that stand over several columns with heads of their own
}

// band is where a row is printed, and its texts.
type band struct{ y0, y1 float64 }

// text is the lines of one cell.
type text struct {
	from, to int // columns
	lines    []layout.Box
	figure   bool
	first    int // row, or -1 where it stands between rows
	last     int
}

func (t text) y0() float64 { return t.lines[0].Y0 }

func (t text) y1() float64 { return t.lines[len(t.lines)-1].Y1 }

func (t text) lineMiddle(i int) float64 { return (t.lines[i].Y0 + t.lines[i].Y1) / 2 }

func (t text) box() layout.Box {
	var all layout.Box
	for _, b := range t.lines {
		all = all.Union(b)
	}
	return all
}

func (t text) middle() float64 { return (t.y0() + t.y1()) / 2 }

// table makes the block a table, or says that it is none.
func (a aligned) table() (layout.Table, bool) {
	cols := len(a.gutters) + 1
	if cols < 2 || len(a.lines) < 2 {
		return layout.Table{}, false
	}
	columns, across := a.texts()
	columns, across = a.headed(columns, across)
	cols = len(columns)
	a.makeRows(columns, across)
	if len(a.rows) == 0 || len(a.rows) == 1 && len(a.lines) < few {
		return layout.Table{}, false
	}
	edges := a.rowEdges()
	across = a.nearestRow(a.placed(across))
	names := a.nameColumns(columns)
	for c := cols - 1; c >= 0; c-- {
		if c < names {
			a.span(columns, across, c, edges)
		} else {
			columns[c] = a.nearestRow(columns[c])
		}
	}
	return a.assemble(columns, across, edges), true
}

// makeRows finds the rows: those of the column with most texts, which then take in the
// texts beside them. What stands beside no row, with others at its height, is a row of
// its own.
func (a *aligned) makeRows(columns [][]text, across []text) {
	order := make([]int, len(columns))
	figures := make([]int, len(columns))
	for c, texts := range columns {
		order[c] = c
		for _, t := range texts {
			if t.figure {
				figures[c]++
			}
		}
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(len(columns[y]), len(columns[x])), cmp.Compare(figures[y], figures[x]))
	})
	for _, y := range a.anchors {
		row := band{math.Inf(1), math.Inf(-1)}
		for _, texts := range columns {
			for _, t := range texts {
				if len(t.lines) == 1 && math.Abs(t.middle()-y) < offMiddle*a.em/2 {
					row.y0, row.y1 = min(row.y0, t.y0()), max(row.y1, t.y1())
				}
			}
		}
		if row.y1 > row.y0 && len(a.beside(row.y0, row.y1)) == 0 {
			a.addRow(row.y0, row.y1)
		}
	}
	for _, c := range order {
		for i := range columns[c] {
			t := &columns[c][i]
			rows := a.beside(t.y0(), t.y1())
			if len(rows) == 0 && a.hasRow(columns, c, *t) {
				a.addRow(t.y0(), t.y1())
				continue
			}
			if len(rows) == 1 {
				r := &a.rows[rows[0]]
				r.y0, r.y1 = min(r.y0, t.y0()), max(r.y1, t.y1())
			}
		}
	}
	for _, t := range across {
		if len(a.beside(t.y0(), t.y1())) == 0 && slices.ContainsFunc(a.lines, func(l printLine) bool {
			return len(l.words) > 1 && math.Abs(l.middle()-t.middle()) <= sameLine*a.em
		}) {
			a.addRow(t.y0(), t.y1()) // 评价等级, and the grade
		}
	}
	for _, t := range across {
		a.divideHeads(columns, t)
	}
	for c := range columns {
		columns[c] = a.placed(columns[c])
	}
}

// hasRow reports whether a text that stands beside no row makes one: in the column with
// most texts each does, in another one that has company at its height.
func (a *aligned) hasRow(columns [][]text, c int, t text) bool {
	if len(a.rows) == 0 || c == mostTexts(columns) {
		return true
	}
	for o, texts := range columns {
		if o != c && !sparse(columns, o) && slices.ContainsFunc(texts, func(u text) bool { return math.Abs(u.middle()-t.middle()) <= sameLine*a.em }) {
			return true
		}
	}
	return t.y1() < a.rows[0].y0 || t.y0() > a.rows[len(a.rows)-1].y1
}

func mostTexts(columns [][]text) int {
	most := 0
	for c := range columns {
		if len(columns[c]) > len(columns[most]) {
			most = c
		}
	}
	return most
}

// beside are the rows that a stretch down the page reaches into.
func (a *aligned) beside(y0, y1 float64) []int {
	var found []int
	for i, r := range a.rows {
		if min(y1, r.y1)-max(y0, r.y0) > 0.1*a.em {
			found = append(found, i)
		}
	}
	return found
}

func (a *aligned) addRow(y0, y1 float64) {
	at, _ := slices.BinarySearchFunc(a.rows, y0, func(r band, y float64) int { return cmp.Compare(r.y0, y) })
	a.rows = slices.Insert(a.rows, at, band{y0, y1})
}

// placed is the texts with the rows that they stand in. Lines that were taken for one
// text and stand in a row each are a text each.
func (a *aligned) placed(texts []text) []text {
	var out []text
	for _, t := range texts {
		rows := a.beside(t.y0(), t.y1())
		if first, ok := a.besideHeads(texts, t); ok {
			t.first, t.last = first, first+1
			out = append(out, t)
			continue
		}
		var parts []text
		for _, b := range t.lines {
			in := a.beside(b.Y0, b.Y1)
			if len(in) != 1 || math.Abs((b.Y0+b.Y1)/2-(a.rows[in[0]].y0+a.rows[in[0]].y1)/2) > match*a.em/3 {
				parts = nil
				break
			}
			if n := len(parts) - 1; n >= 0 && parts[n].first == in[0] {
				parts[n].lines = append(parts[n].lines, b)
				continue
			}
			parts = append(parts, text{from: t.from, to: t.to, lines: []layout.Box{b}, figure: t.figure, first: in[0], last: in[0]})
		}
		switch {
		case len(rows) == 1:
			t.first, t.last = rows[0], rows[0]
			out = append(out, t)
		case len(parts) > 1 && len(parts) == len(rows):
			out = append(out, parts...)
		default:
			t.first, t.last = -1, -1
			out = append(out, t)
		}
	}
	// What stands in one row of one column is one text.
	var joined []text
	for _, t := range out {
		if n := len(joined) - 1; n >= 0 && t.first >= 0 && joined[n].first == t.first {
			joined[n].lines = append(joined[n].lines, t.lines...)
			joined[n].figure = false
			continue
		}
		joined = append(joined, t)
	}
	return joined
}

// rowEdges are the edges of the rows: in the middle between the print of neighbours, or
// where a line across is drawn.
func (a aligned) rowEdges() []float64 {
	x0, x1 := a.sides()
	edges := []float64{a.rows[0].y0 - a.em/4}
	for i := 1; i < len(a.rows); i++ {
		above, below := a.rows[i-1].y1, a.rows[i].y0
		y := (above + below) / 2
		if drawn, ok := a.rule(above, below, x0+(x1-x0)/4, x1-(x1-x0)/4); ok {
			y = drawn
		}
		edges = append(edges, y)
	}
	return append(edges, a.rows[len(a.rows)-1].y1+a.em/4)
}

// sides are the left and right ends of the block's print.
func (a aligned) sides() (x0, x1 float64) {
	x0, x1 = math.Inf(1), math.Inf(-1)
	for _, l := range a.lines {
		x0, x1 = min(x0, l.words[0].X0), max(x1, l.words[len(l.words)-1].X1)
	}
	return x0, x1
}

// assemble makes the table: a cell for each text, and one without print for each slot
// that is left.
func (a aligned) assemble(columns [][]text, across []text, rows []float64) layout.Table {
	x0, x1 := a.sides()
	cols := append(append([]float64{x0 - a.em/2}, a.gutters...), x1+a.em/2)
	nr, nc := len(rows)-1, len(cols)-1
	t := layout.Table{Rows: nr, Cols: nc, RowEdges: rows, ColEdges: cols, Box: layout.Box{X0: cols[0], Y0: rows[0], X1: cols[nc], Y1: rows[nr]}}
	taken := make([]bool, nr*nc)
	moved := map[[2]int]float64{} // edges left of columns, by row and column, in rows where print crosses them
	edge := func(r, c int) float64 {
		if x, ok := moved[[2]int{r, c}]; ok {
			return x
		}
		return cols[c]
	}
	add := func(r0, c0, r1, c1 int) {
		for r := r0; r <= r1; r++ {
			for c := c0; c <= c1; c++ {
				if taken[r*nc+c] {
					return
				}
			}
		}
		for r := r0; r <= r1; r++ {
			for c := c0; c <= c1; c++ {
				taken[r*nc+c] = true
			}
		}
		t.Cells = append(t.Cells, layout.Cell{Row: r0, Col: c0, RowSpan: r1 - r0 + 1, ColSpan: c1 - c0 + 1,
			Box: layout.Box{X0: edge(r0, c0), Y0: rows[r0], X1: edge(r0, c1+1), Y1: rows[r1+1]}})
	}
	for _, s := range across {
		if s.from, s.to = clear(s, columns, moved); s.from < s.to {
			s.from, s.to = overFigures(s, columns, cols, moved)
		}
		add(s.first, s.from, s.last, s.to)
	}
	for r := range nr {
		if c, ok := besideLabel(columns, r); ok {
			add(r, c, r, nc-1)
		}
	}
	for c, texts := range columns {
		for _, s := range texts {
			add(s.first, c, s.last, c)
		}
	}
	for r := range nr {
		for c := range nc {
			add(r, c, r, c)
		}
	}
	sortCells(&t)
	return t
}

// clear is the columns of a text that crosses gutters without those that have a text of their own
// in its row, beside it: a head that is wider than the column of a block with other rows. The
// edge between the two is moved to the paper between them.
func clear(s text, columns [][]text, moved map[[2]int]float64) (from, to int) {
	own := s.box()
	for _, u := range columns[s.to] {
		if b := u.box(); s.from < s.to && s.first == s.last && u.first == s.first && b.X0 > own.X1 {
			s.to--
			moved[[2]int{s.first, s.to + 1}] = (own.X1 + b.X0) / 2
			break
		}
	}
	for _, u := range columns[s.from] {
		if b := u.box(); s.from < s.to && s.first == s.last && u.first == s.first && b.X1 < own.X0 {
			s.from++
			moved[[2]int{s.first, s.from}] = (b.X1 + own.X0) / 2
			break
		}
	}
	return s.from, s.to
}

// overFigures is the one column with figures of those that a head stands over, the others having
// names: 年初预算数 is wider than its column and begins over that of the labels. The edges of its
// cell are moved to hold it.
func overFigures(s text, columns [][]text, edges []float64, moved map[[2]int]float64) (from, to int) {
	one := -1
	for c, texts := range columns {
		for _, t := range texts {
			within := c >= s.from && c <= s.to
			switch {
			case t.first <= s.first && s.first <= t.last && (t.figure || within):
				return s.from, s.to // no row of heads, or not alone in it
			case within && t.figure && t.first > s.first:
				if one >= 0 && one != c {
					return s.from, s.to
				}
				one = c
			}
		}
	}
	if one < 0 || s.first != s.last {
		return s.from, s.to
	}
	b := s.box()
	if b.X0 < edges[one] {
		moved[[2]int{s.first, one}] = b.X0 - 1
	}
	if b.X1 > edges[one+1] {
		moved[[2]int{s.first, one + 1}] = b.X1 + 1
	}
	return one, one
}

// besideLabel reports whether a row holds a label in the first column and one text
// further on: its value, in the middle of all columns that are left, which begin at c.
func besideLabel(columns [][]text, row int) (c int, ok bool) {
	label, others, figure := false, 0, false
	for c, texts := range columns {
		for _, t := range texts {
			if t.first > row || t.last < row {
				continue
			}
			if c == 0 {
				label = t.first == t.last
				continue
			}
			others++
			figure = figure || t.figure
		}
	}
	return 1, label && others == 1 && !figure && len(columns) > 2
}

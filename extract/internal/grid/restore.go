package grid

import (
	"math"
	"slices"

	"heji/layout"
)

// Print says where in a cell something is printed, in points of the page.
type Print struct {
	Across [][2]float64 // where along x, left to right
	Down   [][2]float64 // where along y, top to bottom
	Em     float64      // the height of a line of print
}

// Distances that tell cells whose line was lost from one merged cell.
const (
	gutter   = 0.4 // ems of paper that the padding of two cells leaves at least
	wide     = 1.2 // ems that no text leaves between its own characters
	centred  = 3.0 // points by which print in the middle of its cell may be off it
	flush    = 7.0 // points of padding before print that is set to one side
	restored = 3   // rows that must agree on a line nobody drew anywhere
)

// Restore divides cells that ran together because the line between them was lost
// or never drawn, and returns the boxes of the pieces that it is not sure of.
//
// A merged cell looks the same to the ruling lines. What tells them apart is that
// the rows around go on in the same columns, that paper lies where the line should
// be, and that each part stands where it would in a cell of its own: in the middle,
// or at the side. Print of a merged cell stands in the middle of the whole.
func Restore(t *layout.Table, drawn []Segment, print func(layout.Box) Print) (unsure []layout.Box) {
	if len(t.ColEdges) != t.Cols+1 || len(t.RowEdges) != t.Rows+1 {
		return nil
	}
	addColumns(t, print)
	var cut []layout.Cell
	for i := 0; i < len(t.Cells); i++ {
		c := t.Cells[i]
		if c.ColSpan < 2 {
			continue
		}
		pieces, sure := byColumns(t, c, print)
		if len(pieces) < 2 {
			continue
		}
		pieces = alongDrawn(t, pieces, drawn)
		if !sure {
			for _, p := range pieces {
				unsure = append(unsure, p.Box)
			}
		}
		t.Cells = slices.Replace(t.Cells, i, i+1, pieces...)
		i += len(pieces) - 1
		cut = append(cut, pieces...)
	}
	mergeDown(t, cut, drawn)
	for i := 0; i < len(t.Cells); i++ {
		c := t.Cells[i]
		if c.RowSpan < 2 {
			continue
		}
		if pieces := byRows(t, c, print); len(pieces) > 1 {
			for _, p := range pieces {
				unsure = append(unsure, p.Box)
			}
			t.Cells = slices.Replace(t.Cells, i, i+1, pieces...)
			i += len(pieces) - 1
		}
	}
	sortCells(t)
	return unsure
}

// byColumns cuts a cell along the column edges that were lost in it. The cut is
// sure where rows on both sides have the edge, or the cut makes the row like the
// one beside it, and the print leaves no doubt.
func byColumns(t *layout.Table, c layout.Cell, print func(layout.Box) Print) (pieces []layout.Cell, sure bool) {
	var both, above, below []int
	for e := c.Col + 1; e < c.Col+c.ColSpan; e++ {
		up, down := Divides(t, c.Row-1, e), Divides(t, c.Row+c.RowSpan, e)
		if up && down {
			both = append(both, e)
		}
		if up {
			above = append(above, e)
		}
		if down {
			below = append(below, e)
		}
	}
	if len(above)+len(below) == 0 {
		return nil, false
	}
	p := print(c.Box)
	if len(p.Across) == 0 {
		return nil, false
	}
	for _, try := range []struct {
		edges []int
		alike bool
	}{{below, likeNeighbour(t, c, c.Row+c.RowSpan)}, {above, likeNeighbour(t, c, c.Row-1)}, {both, false}} {
		edges := try.edges
		if len(edges) == 0 || len(edges) > len(both) && !try.alike {
			continue
		}
		bounds := []float64{c.Box.X0}
		for _, e := range edges {
			bounds = append(bounds, t.ColEdges[e])
		}
		bounds = append(bounds, c.Box.X1)
		fits, certain := apportioned(p.Across, bounds, p.Em)
		if !fits {
			continue
		}
		at := append(append([]int{c.Col}, edges...), c.Col+c.ColSpan)
		for i := 1; i < len(at); i++ {
			pieces = append(pieces, layout.Cell{Row: c.Row, RowSpan: c.RowSpan, Col: at[i-1], ColSpan: at[i] - at[i-1],
				Box: layout.Box{X0: bounds[i-1], Y0: c.Box.Y0, X1: bounds[i], Y1: c.Box.Y1}})
		}
		return pieces, certain
	}
	return nil, false
}

// mergeDown makes one cell of pieces one above the other that no line divides: where
// the line beside a cell of several rows was lost, its rows were taken for parts of
// the rows beside it.
func mergeDown(t *layout.Table, pieces []layout.Cell, drawn []Segment) {
	isPiece := func(c layout.Cell) bool {
		return slices.ContainsFunc(pieces, func(p layout.Cell) bool { return p.Col == c.Col && p.ColSpan == c.ColSpan && p.Row == c.Row })
	}
	for i := 0; i < len(t.Cells); i++ {
		if !isPiece(t.Cells[i]) {
			continue
		}
		for j := i + 1; j < len(t.Cells); j++ {
			a, b := &t.Cells[i], t.Cells[j]
			if b.Col != a.Col || b.ColSpan != a.ColSpan || b.Row != a.Row+a.RowSpan || !isPiece(b) || ruledAt(drawn, b.Box.Y0, b.Box.X0, b.Box.X1) {
				continue
			}
			a.RowSpan += b.RowSpan
			a.Box.Y1 = b.Box.Y1
			t.Cells = slices.Delete(t.Cells, j, j+1)
			j = i
		}
	}
}

// alongDrawn cuts pieces along the lines across that are drawn in them: those of one
// part of the cell that was.
func alongDrawn(t *layout.Table, pieces []layout.Cell, drawn []Segment) []layout.Cell {
	var out []layout.Cell
	for _, p := range pieces {
		for e := p.Row + 1; e < p.Row+p.RowSpan; e++ {
			y := t.RowEdges[e]
			if !ruledAt(drawn, y, p.Box.X0, p.Box.X1) {
				continue
			}
			top := p
			top.RowSpan, top.Box.Y1 = e-p.Row, y
			out = append(out, top)
			p.RowSpan, p.Row, p.Box.Y0 = p.Row+p.RowSpan-e, e, y
		}
		out = append(out, p)
	}
	return out
}

// ruledAt reports whether a line across is drawn at y from x0 to x1.
func ruledAt(drawn []Segment, y, x0, x1 float64) bool {
	sum := 0.0
	for _, s := range drawn {
		if s.X1-s.X0 > s.Y1-s.Y0 && math.Abs((s.Y0+s.Y1)/2-y) <= 2*Tolerance {
			sum += max(0, min(x1, s.X1)-max(x0, s.X0))
		}
	}
	return sum >= solid*(x1-x0)
}

// likeNeighbour reports whether the row beside c has all the edges of c's row, so
// that with those it has inside c, the two are alike.
func likeNeighbour(t *layout.Table, c layout.Cell, row int) bool {
	any := false
	for e := 1; e < t.Cols; e++ {
		inside := e > c.Col && e < c.Col+c.ColSpan
		here, there := Divides(t, c.Row, e), Divides(t, row, e)
		any = any || inside && there
		if !inside && here != there {
			return false
		}
	}
	return any
}

// apportioned reports whether print, given as intervals, stands in each of the
// slots between bounds as it would if each were a cell, and not as it would in one
// cell; and whether that is certain.
func apportioned(ink [][2]float64, bounds []float64, em float64) (fits, certain bool) {
	first, last := bounds[0], bounds[len(bounds)-1]
	slots, clear, narrowest := 0, true, math.Inf(1)
	for i := 1; i < len(bounds); i++ {
		from, to, found := math.Inf(1), math.Inf(-1), false
		for _, k := range ink {
			if k[0] < bounds[i] && k[1] > bounds[i-1] {
				from, to, found = min(from, k[0]), max(to, k[1]), true
			}
		}
		if !found {
			continue
		}
		slots++
		if from < bounds[i-1] || to > bounds[i] {
			return false, false // print crosses the edge
		}
		if i > 1 {
			narrowest = min(narrowest, from-lastBefore(ink, bounds[i-1], first))
		}
		if !placed(from, to, bounds[i-1], bounds[i]) {
			clear = false
		}
	}
	all := placed(ink[0][0], ink[len(ink)-1][1], first, last)
	switch {
	case slots == 0 || narrowest < gutter*em:
		return false, false
	case slots == 1:
		// Print in one slot alone: a merged cell would have it in its own middle.
		return clear && !all, clear && !all
	}
	return clear || narrowest >= wide*em, clear && (!all || narrowest >= wide*em)
}

// lastBefore is where the last print before x ends.
func lastBefore(ink [][2]float64, x, first float64) float64 {
	end := first
	for _, k := range ink {
		if k[1] <= x {
			end = max(end, k[1])
		}
	}
	return end
}

// placed reports whether print from a to b is set as cells set it: in the middle, or
// against one of the sides.
func placed(a, b, from, to float64) bool {
	return math.Abs((a+b)-(from+to)) <= 2*centred || a-from <= flush || to-b <= flush
}

// byRows cuts a cell along row edges that neighbours on both sides have. Lines of
// one text stand closer together than rows, in the middle of the whole: print must
// stand in the middle of every row.
func byRows(t *layout.Table, c layout.Cell, print func(layout.Box) Print) (pieces []layout.Cell) {
	left, right := rowsBeside(t, c, c.Col), rowsBeside(t, c, c.Col+c.ColSpan)
	for e := c.Row + 1; e < c.Row+c.RowSpan; e++ {
		if !(c.Col == 0 || left[e]) || !(c.Col+c.ColSpan == t.Cols || right[e]) || !left[e] && !right[e] {
			return nil
		}
	}
	p := print(c.Box)
	if len(p.Down) < c.RowSpan {
		return nil
	}
	off := 0.0 // how far print would be off the rows' middles if it were one text
	for i := range c.RowSpan {
		top, bottom := t.RowEdges[c.Row+i], t.RowEdges[c.Row+i+1]
		from, to := math.Inf(1), math.Inf(-1)
		for _, k := range p.Down {
			if k[0] < bottom && k[1] > top {
				from, to = min(from, k[0]), max(to, k[1])
			}
		}
		if from < top || to > bottom || to <= from || math.Abs(from+to-top-bottom) > 1.6*2 {
			return nil
		}
		off = max(off, bottom-top-1.45*p.Em)
		box := layout.Box{X0: c.Box.X0, Y0: top, X1: c.Box.X1, Y1: bottom}
		pieces = append(pieces, layout.Cell{Row: c.Row + i, RowSpan: 1, Col: c.Col, ColSpan: c.ColSpan, Box: box})
	}
	if off < 4 {
		return nil // rows as low as lines: it may be either
	}
	return pieces
}

// rowsBeside are the row edges that divide the column that ends, or begins, at
// column edge col, beside c.
func rowsBeside(t *layout.Table, c layout.Cell, col int) map[int]bool {
	found := map[int]bool{}
	for _, o := range t.Cells {
		if (col == c.Col && o.Col+o.ColSpan == col || col != c.Col && o.Col == col) && o.Row > c.Row {
			found[o.Row] = true
		}
	}
	return found
}

// Divides reports whether a column edge divides the row: a cell ends there, right
// beside another.
func Divides(t *layout.Table, row, edge int) bool {
	left, right := false, false
	for _, o := range t.Cells {
		if row >= o.Row && row < o.Row+o.RowSpan {
			left = left || o.Col+o.ColSpan == edge
			right = right || o.Col == edge
		}
	}
	return left && right
}

// addColumns finds lines down that were drawn in no row: cells in one column of
// several rows that all have paper in the same place and print on both sides of it.
func addColumns(t *layout.Table, print func(layout.Box) Print) {
	type span struct{ col, cols int }
	column := map[span][]layout.Cell{}
	var order []span
	for _, c := range t.Cells {
		s := span{c.Col, c.ColSpan}
		if c.RowSpan > 1 {
			continue
		}
		if column[s] == nil {
			order = append(order, s)
		}
		column[s] = append(column[s], c)
	}
	var lines []float64
	for _, s := range order {
		if cells := column[s]; len(cells) >= restored {
			lines = append(lines, commonGutters(cells, print)...)
		}
	}
	for _, x := range lines {
		insertColumn(t, x, print)
	}
}

// commonGutters are the places of paper that all the cells share, with print on both
// sides in most.
func commonGutters(cells []layout.Cell, print func(layout.Box) Print) []float64 {
	x0, x1 := cells[0].Box.X0, cells[0].Box.X1
	var ink [][2]float64
	var each [][][2]float64
	em, inked := 0.0, 0
	for _, c := range cells {
		p := print(c.Box)
		if len(p.Across) == 0 {
			continue
		}
		inked++
		em = max(em, p.Em)
		ink = append(ink, p.Across...)
		each = append(each, p.Across)
	}
	if inked < restored {
		return nil
	}
	slices.SortFunc(ink, func(a, b [2]float64) int { return int(math.Copysign(1, a[0]-b[0])) })
	var found []float64
	reached := ink[0][1]
	for _, k := range ink[1:] {
		if k[0]-reached >= wide*em {
			middle, split := (reached+k[0])/2, 0
			for _, runs := range each {
				if runs[0][0] < middle && runs[len(runs)-1][1] > middle {
					split++
				}
			}
			if split >= restored && split*3 >= inked*2 && middle > x0 && middle < x1 {
				found = append(found, middle)
			}
		}
		reached = max(reached, k[1])
	}
	return found
}

// insertColumn adds a column edge at x and divides the cells of one row there that
// have print on both sides of it.
func insertColumn(t *layout.Table, x float64, print func(layout.Box) Print) {
	at, found := slices.BinarySearch(t.ColEdges, x)
	if found || at == 0 || at == len(t.ColEdges) {
		return
	}
	t.ColEdges = slices.Insert(slices.Clone(t.ColEdges), at, x)
	t.Cols++
	var cells []layout.Cell
	for _, c := range t.Cells {
		switch {
		case c.Col >= at:
			c.Col++
			cells = append(cells, c)
		case c.Col+c.ColSpan < at:
			cells = append(cells, c)
		case c.RowSpan == 1 && c.ColSpan == 1 && !crossed(print(c.Box).Across, x):
			left, right := c, c
			left.Box.X1, right.Box.X0 = x, x
			right.Col++
			cells = append(cells, left, right)
		default:
			c.ColSpan++
			cells = append(cells, c)
		}
	}
	t.Cells = cells
}

// crossed reports whether print lies at x.
func crossed(ink [][2]float64, x float64) bool {
	return slices.ContainsFunc(ink, func(k [2]float64) bool { return k[0] <= x && x <= k[1] })
}

func sortCells(t *layout.Table) {
	slices.SortFunc(t.Cells, func(a, b layout.Cell) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
}

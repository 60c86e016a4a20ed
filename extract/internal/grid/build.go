package grid

import (
	"cmp"
	"math"
	"slices"

	"heji/layout"
)

// axis is the edges of a table in one direction: row edges (y) are made from
// horizontal rules, column edges (x) from vertical ones.
type axis struct {
	edges      []float64
	rules      []rule
	openFirst  bool // the first edge is not drawn but completed
	openLast   bool
	acceptance float64 // how far from an edge a rule may lie and still be that edge's
}

// build makes a table of rules that hang together, or says that they make none.
func build(c component, tolerance float64) (layout.Table, bool) {
	c.horizontal = append(slices.Clone(c.horizontal), c.impliedBorders(tolerance)...)
	rows := newAxis(c.horizontal, c.vertical, tolerance)
	cols := newAxis(c.vertical, c.horizontal, tolerance)
	if !rows.closes() || !cols.closes() {
		return layout.Table{}, false
	}
	// A line that divides no two slots, such as an underline that touches the
	// border, is no edge. Dropping one can join slots that a half covered side of
	// another edge then spans, so look again until nothing is dropped.
	for {
		if (len(rows.edges)-1)*(len(cols.edges)-1) > maxSlots {
			return layout.Table{}, false
		}
		across, down := walls(rows, cols), walls(cols, rows)
		r, c := rows.used(across), cols.used(down)
		if len(r) == len(rows.edges) && len(c) == len(cols.edges) {
			return assemble(rows, cols, across, down)
		}
		rows.edges, cols.edges = r, c
	}
}

// newAxis finds the edges that along rules make, and completes the first and
// last from the ends of the across rules where those run on beyond.
func newAxis(along, across []rule, tolerance float64) axis {
	a := axis{edges: edges(along, tolerance), rules: along, acceptance: 2 * tolerance}
	if len(a.edges) == 0 {
		return a
	}
	if end, ok := beyond(across, a.edges[0], -1, tolerance); ok {
		a.edges, a.openFirst = slices.Insert(a.edges, 0, end), true
	}
	if end, ok := beyond(across, a.edges[len(a.edges)-1], 1, tolerance); ok {
		a.edges, a.openLast = append(a.edges, end), true
	}
	return a
}

// impliedBorders are borders that are not drawn between two tables that stand on one another, each
// without its outer lines: all lines down of the one end there and those of the other begin.
func (c component) impliedBorders(tolerance float64) (found []rule) {
	const least, most, apart = 2, 500, 8 // lines; points between the two
	if max(len(c.horizontal), len(c.vertical)) > most {
		return nil // a drawing
	}
	free := func(y, x float64) bool { // nothing is drawn there across
		return !slices.ContainsFunc(c.horizontal, func(h rule) bool {
			return math.Abs(h.at-y) <= 3*tolerance && h.from-3*tolerance <= x && x <= h.to+3*tolerance
		})
	}
	var ends []float64
	for _, v := range c.vertical {
		if free(v.to, v.at) {
			ends = append(ends, v.to)
		}
	}
	slices.Sort(ends)
	e := c.extent()
	for i, y := range ends {
		if i > 0 && y-ends[i-1] <= apart {
			continue // looked at from above
		}
		ending, beginning, through := 0, 0, false
		first := math.Inf(1)
		for _, v := range c.vertical {
			switch {
			case math.Abs(v.to-y) <= 2*tolerance:
				ending++
			case v.from >= y-2*tolerance && v.from <= y+apart && free(v.from, v.at):
				beginning++
				first = min(first, v.from)
			case v.from < y && v.to > y:
				through = true
			}
		}
		if ending >= least && beginning >= least && !through {
			found = append(found, rule{at: (y + first) / 2, from: e.X0, to: e.X1})
		}
	}
	return found
}

func (a axis) closes() bool { return len(a.edges) >= 2 }

// edges clusters where the rules lie. A cluster is as wide as two tolerances at
// most, so that a slanted or hatched drawing does not collapse into one edge.
func edges(along []rule, tolerance float64) []float64 {
	sorted := slices.Clone(along)
	slices.SortFunc(sorted, func(a, b rule) int { return cmp.Compare(a.at, b.at) })
	var found []float64
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].at-sorted[n-1].at <= tolerance && sorted[n].at-sorted[0].at <= 2*tolerance {
			n++
		}
		var sum, weight float64
		for _, r := range sorted[:n] {
			w := r.length() + 0.01 // a long line knows better where it lies
			sum, weight = sum+r.at*w, weight+w
		}
		found = append(found, sum/weight)
		sorted = sorted[n:]
	}
	return found
}

// beyond is where the across rules end on the far side of edge (direction -1
// before it, +1 after it), if at least two of them run well past it and end
// together there. One alone is an overshoot.
func beyond(across []rule, edge float64, direction, tolerance float64) (float64, bool) {
	var ends []float64
	for _, r := range across {
		end, other := r.to, r.from
		if direction < 0 {
			end, other = r.from, r.to
		}
		// It must come from the table: a rule that lies wholly beyond the edge hangs
		// together with the rest by tolerance alone.
		if (end-edge)*direction > 3*tolerance && (other-edge)*direction < tolerance {
			ends = append(ends, end)
		}
	}
	if len(ends) < 2 {
		return 0, false
	}
	slices.SortFunc(ends, func(a, b float64) int { return cmp.Compare(b*direction, a*direction) })
	if math.Abs(ends[0]-ends[1]) > 4*tolerance {
		return 0, false
	}
	return ends[0], true
}

// walls says for each edge of a (first index) and each slot of the other axis
// (second) how much of the slot's side the rules on that edge cover, 0 to 1.
func walls(a, other axis) [][]float64 {
	onEdge := make([][]rule, len(a.edges))
	for _, r := range a.rules {
		if i := nearest(a.edges, r.at); math.Abs(a.edges[i]-r.at) <= a.acceptance {
			onEdge[i] = append(onEdge[i], r)
		}
	}
	walls := make([][]float64, len(a.edges))
	for i, rs := range onEdge {
		slices.SortFunc(rs, func(a, b rule) int { return cmp.Compare(a.from, b.from) })
		walls[i] = make([]float64, len(other.edges)-1)
		for j := range walls[i] {
			walls[i][j] = covered(rs, other.edges[j], other.edges[j+1])
		}
	}
	return walls
}

// covered is the share of [from, to] under the rules, which are sorted by from.
func covered(rs []rule, from, to float64) float64 {
	if to <= from {
		return 0
	}
	var sum float64
	reached := from
	for _, r := range rs {
		lo, hi := max(r.from, reached), min(r.to, to)
		if hi > lo {
			sum += hi - lo
			reached = hi
		}
	}
	return sum / (to - from)
}

// nearest is the index of the edge closest to v.
func nearest(edges []float64, v float64) int {
	i, _ := slices.BinarySearch(edges, v)
	switch {
	case i == 0:
		return 0
	case i == len(edges) || v-edges[i-1] <= edges[i]-v:
		return i - 1
	}
	return i
}

// used is the edges without those inside the table that divide no slots.
func (a axis) used(walls [][]float64) []float64 {
	var kept []float64
	for i, e := range a.edges {
		outer := i == 0 || i == len(a.edges)-1
		if outer || slices.ContainsFunc(walls[i], func(w float64) bool { return w >= solid }) {
			kept = append(kept, e)
		}
	}
	return kept
}

// block is a rectangle of slots: rows r0 up to but not including r1, and columns
// likewise.
type block struct{ r0, c0, r1, c1 int }

// assemble makes the cells of slots that no wall divides.
func assemble(rows, cols axis, across, down [][]float64) (layout.Table, bool) {
	nr, nc := len(rows.edges)-1, len(cols.edges)-1
	t := layout.Table{
		Box:      layout.Box{X0: cols.edges[0], Y0: rows.edges[0], X1: cols.edges[nc], Y1: rows.edges[nr]},
		Rows:     nr,
		Cols:     nc,
		RowEdges: rows.edges,
		ColEdges: cols.edges,
	}
	if t.Box.Width() < minWidth || t.Box.Height() < minHeight {
		return t, false
	}
	for _, region := range regions(nr, nc, across, down) {
		for _, b := range rectangles(region, nr, nc, across, down) {
			if outside(b, rows, cols, across, down) {
				continue
			}
			t.Cells = append(t.Cells, layout.Cell{
				Row: b.r0, Col: b.c0, RowSpan: b.r1 - b.r0, ColSpan: b.c1 - b.c0,
				Box: layout.Box{X0: cols.edges[b.c0], Y0: rows.edges[b.r0], X1: cols.edges[b.c1], Y1: rows.edges[b.r1]},
			})
			t.OpenTop = t.OpenTop || b.r0 == 0 && mean(across[0][b.c0:b.c1]) < solid
			t.OpenBottom = t.OpenBottom || b.r1 == nr && mean(across[nr][b.c0:b.c1]) < solid
		}
	}
	slices.SortFunc(t.Cells, func(a, b layout.Cell) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Col, b.Col))
	})
	return t, len(t.Cells) >= 2
}

// regions groups slots, numbered row by row, that no wall divides.
func regions(nr, nc int, across, down [][]float64) [][]int {
	s := newSets(nr * nc)
	for r := range nr {
		for c := range nc {
			if r > 0 && across[r][c] < solid {
				s.unite((r-1)*nc+c, r*nc+c)
			}
			if c > 0 && down[c][r] < solid {
				s.unite(r*nc+c-1, r*nc+c)
			}
		}
	}
	members := make([][]int, nr*nc)
	for i := range s {
		root := s.find(i)
		members[root] = append(members[root], i)
	}
	return slices.DeleteFunc(members, func(m []int) bool { return len(m) == 0 })
}

// rectangles cuts a region into blocks. A region that is no rectangle has lost
// part of a line: of cutting it along rows or along columns, the way with fewer
// cells is taken, and at a tie the one that more of the remaining line supports.
func rectangles(region []int, nr, nc int, across, down [][]float64) []block {
	byRows := cut(region, nc, across, down)
	if len(byRows) == 1 {
		return byRows
	}
	turned := make([]int, len(region))
	for i, n := range region {
		turned[i] = n%nc*nr + n/nc
	}
	slices.Sort(turned)
	byCols := cut(turned, nr, down, across)
	for i, b := range byCols {
		byCols[i] = block{b.c0, b.r0, b.c1, b.r1}
	}
	switch {
	case len(byCols) < len(byRows):
		return byCols
	case len(byCols) > len(byRows):
		return byRows
	case support(byCols, across, down) > support(byRows, across, down):
		return byCols
	}
	return byRows
}

// cut splits a region, whose slots are numbered row by row and sorted, into runs of
// slots along its rows and joins runs of equal extent in neighbouring rows. No line
// that is drawn ends up inside a block.
func cut(region []int, nc int, across, down [][]float64) []block {
	var runs []block
	for _, n := range region {
		r, c := n/nc, n%nc
		if i := len(runs) - 1; i >= 0 && runs[i].r0 == r && runs[i].c1 == c && down[c][r] < solid {
			runs[i].c1++
			continue
		}
		runs = append(runs, block{r, c, r + 1, c + 1})
	}
	var blocks []block
next:
	for _, run := range runs {
		for i := range blocks {
			if b := &blocks[i]; b.r1 == run.r0 && b.c0 == run.c0 && b.c1 == run.c1 && mean(across[run.r0][run.c0:run.c1]) < solid {
				b.r1 = run.r1
				continue next
			}
		}
		blocks = append(blocks, run)
	}
	return blocks
}

// support is how much of the blocks' sides is ruled, summed over slots.
func support(blocks []block, across, down [][]float64) float64 {
	var sum float64
	for _, b := range blocks {
		for c := b.c0; c < b.c1; c++ {
			sum += across[b.r0][c] + across[b.r1][c]
		}
		for r := b.r0; r < b.r1; r++ {
			sum += down[b.c0][r] + down[b.c1][r]
		}
	}
	return sum
}

// outside reports whether a block is a corner between the table and the page: on
// two neighbouring sides it lies on the table's bounds, and nothing is ruled or
// was completed there. Tables that are no rectangle have such corners. A merged
// cell that a page break cut at both ends is open on two sides too, but on
// opposite ones.
func outside(b block, rows, cols axis, across, down [][]float64) bool {
	open := func(wall []float64, bound, completed bool) bool {
		return bound && !completed && mean(wall) < solid
	}
	nr, nc := len(rows.edges)-1, len(cols.edges)-1
	top := open(across[b.r0][b.c0:b.c1], b.r0 == 0, rows.openFirst)
	bottom := open(across[b.r1][b.c0:b.c1], b.r1 == nr, rows.openLast)
	left := open(down[b.c0][b.r0:b.r1], b.c0 == 0, cols.openFirst)
	right := open(down[b.c1][b.r0:b.r1], b.c1 == nc, cols.openLast)
	return (top || bottom) && (left || right)
}

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

package parse

import (
	"regexp"
	"slices"
	"strings"

	"heji/layout"
)

// assign says which cell of the row stands in which column. Cells that reach
// down from above count for names only: a merged weight belongs to the row it
// begins in.
func (cs columns) assign(r row) map[role]cell {
	found := map[role]cell{}
	for _, c := range r.cells {
		to := cs.under(c)
		if to == noRole || c.above && to > level3 {
			continue
		}
		if old, taken := found[to]; taken && !old.empty() {
			continue
		}
		found[to] = c
	}
	return found
}

// under is the column that the cell stands in. A cell merged over several
// columns is put in the one its text fits: a number counts as points.
func (cs columns) under(c cell) role {
	var roles []role
	for _, col := range cs {
		overlap := min(c.right, col.right) - max(c.left, col.left)
		if overlap > 0.5*min(c.right-c.left, col.right-col.left) {
			roles = append(roles, col.role)
		}
	}
	if len(roles) > 1 { // a name that begins above the rows' numbers is none of them: 小计
		roles = slices.DeleteFunc(roles, func(r role) bool { return r == noRole || r == serial && !isNumber(c.text()) })
	}
	if len(roles) == 0 {
		return noRole
	}
	if isNumber(c.text()) {
		if len(roles) > 2 && roles[0] <= level3 {
			return noRole // beside a label of its own, below the table
		}
		for _, want := range []role{weight, score, referenceWeight, reviewScore} {
			if slices.Contains(roles, want) {
				return want
			}
		}
	}
	if len(roles) > 2 && slices.ContainsFunc(roles, role.numeric) {
		return noRole // a text over columns of points is about none of them
	}
	return roles[0]
}

// align finds the best way to lay a row of a loose table over the columns, in
// order. Tools that make transcripts drop and add tabs, so that a cell's place
// in the row says little; what it holds says more. It is the global alignment of
// two sequences (Needleman and Wunsch, 1970) with one more step: a cell whose
// end is a figure may fill a text column and the column of points after it.
// Shift is how many places to the right of the heads the row before stood, and
// settles ties.
func (cs columns) align(cells []cell, shift int) map[role]cell {
	n, m := len(cells), len(cs)
	inPlace := 0.05
	if n == m {
		inPlace = 0.3 // no tab was lost or added, unless what the cells hold says so
	}
	type step struct {
		points float64
		move   int // 1 cell skipped, 2 column skipped, 3 cell in column, 4 cell split over two columns
	}
	best := make([][]step, n+1)
	for i := range best {
		best[i] = make([]step, m+1)
		for j := range best[i] {
			if i == 0 && j == 0 {
				continue
			}
			b := step{points: -1e9}
			take := func(points float64, move int) {
				if points > b.points {
					b = step{points, move}
				}
			}
			if i > 0 {
				take(best[i-1][j].points-skipped(cells[i-1], i == 1), 1)
			}
			if j > 0 {
				take(best[i][j-1].points-missing(cs[j-1].role), 2)
			}
			if i > 0 && j > 0 {
				points := fit(cells[i-1], cs[j-1].role)
				if cells[i-1].Col == int(cs[j-1].left)+shift {
					points += inPlace
				}
				take(best[i-1][j-1].points+points, 3)
			}
			if i > 0 && j > 1 && glued(cells[i-1], cs[j-2].role, cs[j-1].role) {
				take(best[i-1][j-2].points+2.5, 4)
			}
			best[i][j] = b
		}
	}
	found := map[role]cell{}
	for i, j := n, m; i > 0 || j > 0; {
		switch best[i][j].move {
		case 1:
			i--
		case 2:
			j--
		case 3:
			i, j = i-1, j-1
			found[cs[j].role] = cells[i]
		case 4:
			i, j = i-1, j-2
			found[cs[j].role], found[cs[j+1].role] = unglue(cells[i])
		}
	}
	return found
}

// shiftOf is how many places to the right of its heads most of the row stands.
func (cs columns) shiftOf(found map[role]cell) int {
	count := map[int]int{}
	best := 0
	for _, col := range cs {
		c, ok := found[col.role]
		if !ok || c.empty() {
			continue
		}
		shift := c.Col - int(col.left)
		if count[shift]++; count[shift] > count[best] {
			best = shift
		}
	}
	return best
}

// skipped is what it costs to leave a cell out. The first of a row may be the
// label of a whole block.
func skipped(c cell, first bool) float64 {
	switch {
	case c.empty():
		return 0.1
	case first && !isNumber(c.text()):
		return 1
	}
	return 5
}

// missing is what it costs to find nothing for a column.
func missing(r role) float64 {
	if r.numeric() {
		return 1
	}
	return 0.5
}

// fit is how well a cell's text suits a column.
func fit(c cell, r role) float64 {
	text := c.text()
	switch {
	case c.empty():
		return 0
	case r == noRole:
		return 1
	case isDash(text):
		if r.numeric() || r == analysis || r == note || r == target || r == actual {
			return 2
		}
		return -3
	case isNumber(text):
		switch {
		case r.numeric() && strings.HasSuffix(text, "%"):
			return 2 // a rate is points less often than what was achieved
		case r.numeric():
			return 3
		case r == target || r == actual:
			return 2
		}
		return -4
	case r.numeric():
		return -6
	}
	return 2
}

var gluedEnd = regexp.MustCompile(`^(.*[^0-9.,])([0-9]+(?:\.[0-9]+)?)$`)

// glued reports whether a cell may be a text and the points after it, run
// together where a tab was lost: 制度等管理制度(3.00.
func glued(c cell, first, second role) bool {
	return !first.numeric() && second.numeric() && gluedEnd.MatchString(c.text())
}

// unglue cuts such a cell in two. Both carry a doubt: the cut is ours.
func unglue(c cell) (text, points cell) {
	parts := gluedEnd.FindStringSubmatch(c.text())
	text, points = c, c
	text.Text, points.Text = parts[1], parts[2]
	text.Others, points.Others = nil, nil
	text.Doubt, points.Doubt = layout.Glued, layout.Glued
	return text, points
}

package parse

import (
	"math"
	"slices"

	"heji/layout"
)

// A spreadsheet program prints a table that is wider than its paper on two pages: what is
// cut off on the right stands on a page of its own, row beside row, after the next page or
// after all those below.

// sheet is a page with the pages that go on on its right, from left to right.
type sheet struct {
	layout.Page
	beside []layout.Page
}

// mostBetween is how many pages on a page's right half is looked for.
const mostBetween = 20

// spread puts the pages of a table that was cut from top to bottom together again.
func spread(pages []layout.Page) []sheet {
	sheets := make([]sheet, len(pages))
	gone := make([]bool, len(pages))
	for i, p := range pages {
		sheets[i].Page = p
	}
	attach := func(to, part int) {
		sheets[to].beside, gone[part] = append(sheets[to].beside, pages[part]), true
	}
	for i := range pages {
		if gone[i] {
			continue
		}
		for j := i + 1; j < min(len(pages), i+1+mostBetween); j++ {
			if gone[j] || !saysMore(pages[i], pages[j]) {
				continue
			}
			// The pages below it were cut in the same way, all of them or none: half of the
			// columns would be taken for others. What is left of a table may be a row of totals.
			const few = 2
			n := 1
			for n < j-i && j+n < len(pages) && !gone[j+n] && sameRows(pages[i+n], pages[j+n]) != nil {
				n++
			}
			if n < j-i && tabled(pages[i+n]) > few {
				continue
			}
			for k := range n {
				attach(i+k, j+k)
			}
		}
	}
	var left []sheet
	for i, s := range sheets {
		if !gone[i] {
			left = append(left, s)
		}
	}
	return left
}

// tabled is how many rows stand in the page's tables.
func tabled(p layout.Page) int {
	n := 0
	for _, t := range p.Tables {
		n += t.Rows
	}
	return n
}

// saysMore reports whether the second page is the right half of the first: its rows stand
// at the same heights, and beside heads of an indicator table it has heads, of which none
// names the levels. A page with a title of its own is a form's first.
func saysMore(p, right layout.Page) bool {
	const fewest = 5 // rows: fewer are at the same heights by chance
	if len(right.Tables) != 1 || right.Tables[0].Rows < fewest || titled(right) {
		return false
	}
	rows := sameRows(p, right)
	if rows == nil {
		return false
	}
	for at := range p.Tables[0].Rows {
		heads, deep := headsIn(p.Tables[0], at)
		if heads < 3 {
			continue
		}
		own := 0
		for _, c := range right.Tables[0].Cells {
			if rows.first[c.Row] < at || rows.first[c.Row] >= at+deep || c.Flat() == "" {
				continue
			}
			switch r, ok := headWith(c.Flat()); {
			case ok && r > level3:
				own++
			case ok, hasDigit(c.Flat()):
				return false
			}
		}
		return own > 0
	}
	return false
}

// titled reports whether a form's title stands in a line of the page.
func titled(p layout.Page) bool {
	return slices.ContainsFunc(p.Lines, func(l layout.Line) bool { return isTitle(l.Flat()) })
}

// headsIn is how many heads of an indicator table begin in the row, and how many rows
// the deepest of them takes.
func headsIn(t layout.Table, row int) (n, deep int) {
	for _, c := range t.Cells {
		if _, ok := heads.exact(c.Flat()); ok && c.Row == row {
			n, deep = n+1, max(deep, c.RowSpan)
		}
	}
	return n, deep
}

// beside is which rows of a table each row of another one stands beside: from first[i] up
// to but not with end[i].
type rowsBeside struct{ first, end []int }

// sameRows finds the rows of the second page's table beside those of the first, or is nil
// where these stand at other heights. A scan may have lost a line of either.
func sameRows(p, right layout.Page) *rowsBeside {
	const near = 3 // points
	if len(p.Tables) != 1 || len(right.Tables) != 1 || p.Turn != right.Turn {
		return nil
	}
	own, others := p.Tables[0].RowEdges, right.Tables[0].RowEdges
	if len(own) < 2 || len(others) < 2 || math.Abs(own[0]-others[0]) > near || math.Abs(own[len(own)-1]-others[len(others)-1]) > near {
		return nil
	}
	lost := 0
	at := func(y float64) (above, below int) {
		if i := slices.IndexFunc(own, func(o float64) bool { return math.Abs(o-y) <= near }); i >= 0 {
			return i, i
		}
		lost++
		i, _ := slices.BinarySearch(own, y)
		return i - 1, i
	}
	var r rowsBeside
	for i, y := range others {
		above, below := at(y)
		if i > 0 {
			r.end = append(r.end, below)
		}
		if i < len(others)-1 {
			r.first = append(r.first, above)
		}
	}
	if lost > 0 && (p.Source == layout.TextLayer || lost*5 > len(others)) {
		return nil
	}
	return &r
}

// widen puts the cells of the right half beside the rows that they belong to.
func widen(rows []row, t layout.Table, page int, right layout.Table) {
	at := sameRows(layout.Page{Tables: []layout.Table{t}, Source: layout.Scan}, layout.Page{Tables: []layout.Table{right}})
	own, more := sidesOf(t), sidesOf(right)
	width := own.right - own.left
	if at == nil || width <= 0 {
		return
	}
	beyond, column := 1.0, t.Cols
	for _, r := range rows {
		for _, c := range r.cells {
			beyond, column = max(beyond, c.right), max(column, c.Col+c.ColSpan)
		}
	}
	for i := range right.Cells {
		c := right.Cells[i]
		if c.Col+c.ColSpan >= len(right.ColEdges) || c.Row+c.RowSpan > len(at.end) {
			continue
		}
		placed := cell{Cell: c, page: page, of: &right.Cells[i],
			left:  beyond + (right.ColEdges[c.Col]-more.left)/width,
			right: beyond + (right.ColEdges[c.Col+c.ColSpan]-more.left)/width}
		placed.Col += column
		first, end := at.first[c.Row], at.end[c.Row+c.RowSpan-1]
		placed.Row, placed.RowSpan = first, end-first
		for n := first; n < end && n < len(rows); n++ {
			placed.above = n > first
			rows[n].cells = append(rows[n].cells, placed)
		}
	}
}

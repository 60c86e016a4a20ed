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
			attach(i, j)
			// The pages below it were cut in the same way.
			for n := 1; n < j-i && j+n < len(pages) && !gone[j+n] && sameRows(pages[i+n], pages[j+n]) != nil; n++ {
				attach(i+n, j+n)
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

// saysMore reports whether the second page is the right half of the first: its rows stand
// at the same heights, and beside heads of an indicator table it has heads, of which none
// names the levels.
func saysMore(p, right layout.Page) bool {
	const fewest = 5 // rows: fewer are at the same heights by chance
	if len(right.Tables) != 1 || right.Tables[0].Rows < fewest {
		return false
	}
	rows := sameRows(p, right)
	if rows == nil {
		return false
	}
	for at := range p.Tables[0].Rows {
		if headsIn(p.Tables[0], at) < 3 {
			continue
		}
		i := slices.Index(rows[:len(rows)-1], at)
		if i < 0 {
			return false
		}
		own := 0
		for _, c := range right.Tables[0].Cells {
			if c.Row != i || c.Flat() == "" {
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

// headsIn is how many heads of an indicator table the row has.
func headsIn(t layout.Table, row int) int {
	n := 0
	for _, c := range t.Cells {
		if _, ok := heads.exact(c.Flat()); ok && c.Row == row {
			n++
		}
	}
	return n
}

// sameRows says at which edge of the first page's rows each edge of the second's stands,
// or is nil where one of them stands at none.
func sameRows(p, right layout.Page) []int {
	const near = 3 // points
	if len(p.Tables) != 1 || len(right.Tables) != 1 || p.Turn != right.Turn {
		return nil
	}
	own, others := p.Tables[0].RowEdges, right.Tables[0].RowEdges
	if len(own) < 2 || len(others) < 2 || math.Abs(own[0]-others[0]) > near || math.Abs(own[len(own)-1]-others[len(others)-1]) > near {
		return nil
	}
	at := make([]int, len(others))
	for i, y := range others {
		at[i] = slices.IndexFunc(own, func(o float64) bool { return math.Abs(o-y) <= near })
		if at[i] < 0 || i > 0 && at[i] <= at[i-1] {
			return nil
		}
	}
	return at
}

// widen puts the cells of the right half beside the rows that they belong to.
func widen(rows []row, t layout.Table, page int, right layout.Table) {
	at := sameRows(layout.Page{Tables: []layout.Table{t}}, layout.Page{Tables: []layout.Table{right}})
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
		if c.Col+c.ColSpan >= len(right.ColEdges) || c.Row+c.RowSpan >= len(at) {
			continue
		}
		placed := cell{Cell: c, page: page, of: &right.Cells[i],
			left:  beyond + (right.ColEdges[c.Col]-more.left)/width,
			right: beyond + (right.ColEdges[c.Col+c.ColSpan]-more.left)/width}
		placed.Col += column
		first, end := at[c.Row], at[c.Row+c.RowSpan]
		placed.Row, placed.RowSpan = first, end-first
		for n := first; n < end && n < len(rows); n++ {
			placed.above = n > first
			rows[n].cells = append(rows[n].cells, placed)
		}
	}
}

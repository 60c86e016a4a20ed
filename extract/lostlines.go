package extract

import (
	"fmt"
	"regexp"
	"strings"

	"heji/layout"
)

// doubtGrid looks for signs that a ruling line was lost and cells ran together: a
// cell that holds two numbers one above the other, a number that reaches down beside
// rows that have numbers of their own, or one that reaches over a line which goes on
// above and below it. Such cells have a doubt, and the page
// a problem, for what was summed on it may lack a row.
func doubtGrid(page *layout.Page) {
	for i := range page.Tables {
		t := &page.Tables[i]
		for j := range t.Cells {
			c := &t.Cells[j]
			scanned := c.Reader == layout.ByOCR
			if !stacked(c.Text) && !(scanned && besideRows(t, *c)) && !(scanned && overColumns(t, *c)) {
				continue
			}
			if c.Doubt == "" {
				c.Doubt = layout.Unconfirmed
			}
			page.Problems = append(page.Problems, layout.Problem{
				Code: layout.GridInDoubt, Page: page.Number, Box: c.Box,
				Message: fmt.Sprintf("a ruling line seems to be missing: %q stands where two cells may be; look at the page", c.Flat()),
			})
		}
	}
}

var wholeNumber = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)?%?$`)

// stacked reports whether every line of the text is a number of its own. A long
// amount that is wrapped breaks off at its point or comma.
func stacked(text string) bool {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, l := range lines {
		if !wholeNumber.MatchString(strings.TrimSpace(l)) {
			return false
		}
	}
	return len(lines) > 1
}

// besideRows reports whether the cell is a number over several rows of which at
// least two have a number of their own.
func besideRows(t *layout.Table, c layout.Cell) bool {
	if c.RowSpan < 2 || !wholeNumber.MatchString(strings.TrimSpace(c.Flat())) {
		return false
	}
	rows := map[int]bool{}
	for _, o := range t.Cells {
		if o.RowSpan == 1 && o.Row >= c.Row && o.Row < c.Row+c.RowSpan && wholeNumber.MatchString(strings.TrimSpace(o.Flat())) {
			rows[o.Row] = true
		}
	}
	return len(rows) > 1
}

// overColumns reports whether a cell with a figure in it reaches over a vertical line
// that divides both the row above and the row below.
func overColumns(t *layout.Table, c layout.Cell) bool {
	if c.ColSpan < 2 || !strings.ContainsAny(c.Text, "0123456789") {
		return false
	}
	for edge := c.Col + 1; edge < c.Col+c.ColSpan; edge++ {
		if divides(t, c.Row-1, edge) && divides(t, c.Row+c.RowSpan, edge) {
			return true
		}
	}
	return false
}

// divides reports whether a cell of the row begins at the edge, right beside another.
func divides(t *layout.Table, row, edge int) bool {
	left, right := false, false
	for _, o := range t.Cells {
		if row >= o.Row && row < o.Row+o.RowSpan {
			left = left || o.Col+o.ColSpan == edge
			right = right || o.Col == edge
		}
	}
	return left && right
}

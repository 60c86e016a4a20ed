package extract

import (
	"regexp"
	"slices"
	"strings"

	"heji/extract/internal/pdf"
	"heji/layout"
)

// Some forms put several rows into one: names one below another in a cell, and their figures
// one below another in theirs, with no line between. Where the cells agree how many there are,
// each line is a row. Where they do not, doubtGrid says so.

// stackedFigure is a line that may be a target or an actual: ≥90%, 116台(套).
var stackedFigure = regexp.MustCompile(`^[≥≤><=＞＜≧≦≈~约]{0,2}[0-9][0-9.,]*[^0-9。；]{0,10}$`)

// splitStacks makes rows of the lines of such rows.
func splitStacks(page *layout.Page, chars []pdf.Char) {
	for i := range page.Tables {
		t := &page.Tables[i]
		if len(t.RowEdges) != t.Rows+1 {
			continue
		}
		for row := t.Rows - 1; row >= 0; row-- {
			if k := stackOf(t, row, chars); k > 1 {
				splitRow(t, row, k, chars)
			}
		}
	}
}

// linesIn are the lines of a cell.
func linesIn(c layout.Cell) []string {
	lines := strings.Split(strings.TrimSpace(c.Text), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// figuresStacked reports whether every one of a cell's lines, two or more, is a figure.
func figuresStacked(c layout.Cell) bool {
	lines := linesIn(c)
	return len(lines) > 1 && !slices.ContainsFunc(lines, func(l string) bool { return !stackedFigure.MatchString(l) })
}

// stackOf is how many rows stand in one row of the table, or 0.
func stackOf(t *layout.Table, row int, chars []pdf.Char) int {
	k, numbers, figures, first := 0, 0, 0, t.Cols
	for _, c := range t.Cells {
		if c.Row != row || c.RowSpan > 1 || !stacked(c.Text) || wrapped(t, c) {
			continue
		}
		n := len(linesIn(c))
		if c.Reader == layout.ByOCR || k > 0 && n != k {
			return 0
		}
		k, first = n, min(first, c.Col)
		numbers++
	}
	if k == 0 {
		return 0
	}
	named := false
	for _, c := range t.Cells {
		if c.Row != row || c.RowSpan > 1 || stacked(c.Text) {
			continue
		}
		lines := linesIn(c)
		switch {
		case len(lines) == k && figuresStacked(c):
			figures++
		case len(lines) == k && c.Col < first && !filled(c, chars):
			named = true
		case len(lines) > 1 && len(lines) != k && slices.ContainsFunc(lines, stackedFigure.MatchString):
			return 0
		}
	}
	if !named || numbers+figures < 2 {
		return 0
	}
	return k
}

// filled reports whether the lines of a text are one that was too long for its cell: in none but
// the last is there room for another character.
func filled(c layout.Cell, chars []pdf.Char) bool {
	const air = 12 // points, on both sides together
	size := 0.0
	for _, ch := range pdf.Within(chars, c.Box) {
		size = max(size, ch.Wide)
	}
	lines := linesIn(c)
	for _, l := range lines[:len(lines)-1] {
		ems := 0.0
		for _, r := range l {
			if r < 0x2E80 {
				ems += 0.5
			} else {
				ems++
			}
		}
		if c.Box.Width()-ems*size-air > size {
			return false
		}
	}
	return len(lines) > 1
}

// splitRow makes k rows of one. Cells that do not have as many lines reach down beside them.
func splitRow(t *layout.Table, row, k int, chars []pdf.Char) {
	money := false
	for _, c := range t.Cells {
		money = money || c.Row == row && len(linesIn(c)) == k && moneyNames.MatchString(linesIn(c)[0])
	}
	top, step := t.RowEdges[row], (t.RowEdges[row+1]-t.RowEdges[row])/float64(k)
	var cells []layout.Cell
	for _, c := range t.Cells {
		lines := linesIn(c)
		switch {
		case c.Row > row:
			c.Row += k - 1
		case c.Row+c.RowSpan <= row:
		case c.Row < row || c.RowSpan > 1:
			c.RowSpan += k - 1
		case c.Text == "" && !c.Ink, len(lines) == k && (figuresStacked(c) || !filled(c, chars)):
			at := lineEdges(c, k, chars)
			for i := range k {
				part := c
				part.Row, part.Others = row+i, nil
				part.Box.Y0, part.Box.Y1 = at[i], at[i+1]
				if len(lines) == k {
					part.Text, part.Ink = lines[i], lines[i] != ""
				}
				for _, o := range c.Others {
					if other := strings.Split(strings.TrimSpace(o.Text), "\n"); len(other) == k {
						o.Text = strings.TrimSpace(other[i])
						part.Others = append(part.Others, o)
					}
				}
				cells = append(cells, part)
			}
			continue
		default:
			c.RowSpan = k
			if !money && c.Doubt == "" && len(lines) == 1 && stackedFigure.MatchString(lines[0]) {
				c.Doubt = layout.Unconfirmed // of which of the rows it is nothing says
			}
		}
		cells = append(cells, c)
	}
	slices.SortStableFunc(cells, func(a, b layout.Cell) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	var edges []float64
	for i := 1; i < k; i++ {
		edges = append(edges, top+float64(i)*step)
	}
	t.Cells, t.Rows, t.RowEdges = cells, t.Rows+k-1, slices.Insert(t.RowEdges, row+1, edges...)
}

// lineEdges are the k+1 heights between which the lines of a cell are printed: halfway between
// them, or even shares where there are no characters to tell by.
func lineEdges(c layout.Cell, k int, chars []pdf.Char) []float64 {
	edges := make([]float64, k+1)
	for i := range edges {
		edges[i] = c.Box.Y0 + float64(i)*(c.Box.Y1-c.Box.Y0)/float64(k)
	}
	if lines := pdf.Lines(pdf.Within(chars, c.Box)); len(lines) == k {
		for i := 1; i < k; i++ {
			edges[i] = (lines[i-1].Box.Y1 + lines[i].Box.Y0) / 2
		}
	}
	return edges
}

// moneyNames are the first of stacked sources of funds: what stands beside all of them once is
// the first's, as the sum's.
var moneyNames = regexp.MustCompile(`资金|合计|总额|预算|拨款|经费`)

package extract

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"heji/extract/internal/pdf"
	"heji/layout"
)

// Some programs print tables as text of one width, with lines made of characters:
//
//	+----------+------+
//	| 一级指标 | 分值 |
//	+----------+------+
//
// Their rows and columns are what the characters say, whatever their exact places.

const (
	typedBars    = "|│┃║｜"
	typedCorners = "+┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╪╫"
)

// typedRule is a line across a table made of characters.
var typedRule = regexp.MustCompile(`^[-=_─━═|│┃║` + typedCorners + `]{8,}$`)

// typedRow is a row of such a table: the cells between its bars, left to right.
type typedRow struct {
	pdf.Line
	bars  []float64
	cells [][]pdf.Char
}

// typedTables takes the tables that characters rule out of a page's characters.
func typedTables(page *layout.Page, chars []pdf.Char, opinion pdf.Opinion) (tables []layout.Table, rest []pdf.Char) {
	lines := pdf.Lines(chars)
	if !slices.ContainsFunc(lines, isTypedRule) {
		return nil, chars
	}
	for i := 0; i < len(lines); i++ {
		if !isTypedRule(lines[i]) {
			rest = append(rest, lines[i].Chars...)
			continue
		}
		end := i + 1
		for end < len(lines) && (isTypedRow(lines[end]) || isTypedRule(lines[end]) && !isTypedRule(lines[end-1])) {
			end++ // two lines across, one below another, are the end of a table and the beginning of the next
		}
		if t, wrapped, ok := typedTable(lines[i:end], opinion); ok {
			tables = append(tables, t)
			if wrapped {
				page.Problems = append(page.Problems, layout.Problem{Code: layout.GridInDoubt, Page: page.Number, Box: t.Box,
					Message:   fmt.Sprintf("characters rule the table, and some of its %d rows seem to take two lines; look at the page beside the record", t.Rows),
					MessageZH: fmt.Sprintf("此表以字符画线，共 %d 行，其中有的似占两行；请将识读结果与原件对照", t.Rows)})
			}
			i = end - 1
		}
		// A line of dashes that no such table is below is nothing to read.
	}
	return tables, rest
}

func isTypedRule(l pdf.Line) bool { return typedRule.MatchString(layout.Squeeze(l.Text)) }

func isTypedRow(l pdf.Line) bool {
	s := layout.Squeeze(l.Text)
	first, last := firstRune(s), lastRune(s)
	return len(s) > 2 && strings.Contains(typedBars, first) && strings.Contains(typedBars, last)
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return " "
}

func lastRune(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return " "
	}
	return string(r[len(r)-1])
}

// typedTable makes a table of its lines. Wrapped says that rows were put together of
// two lines on no better ground than that the second has no figure.
func typedTable(lines []pdf.Line, opinion pdf.Opinion) (t layout.Table, wrapped, ok bool) {
	var edges []float64
	var groups [][]typedRow
	for _, l := range lines {
		if isTypedRule(l) {
			if at := placesOf(l, typedCorners); len(at) > len(edges) {
				edges = at
			}
			groups = append(groups, nil)
			continue
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], rowBetweenBars(l))
	}
	groups = slices.DeleteFunc(groups, func(g []typedRow) bool { return len(g) == 0 })
	if len(groups) == 0 {
		return t, false, false
	}
	if len(edges) < 3 {
		edges = groups[0][0].bars
	}
	if len(edges) < 3 {
		return t, false, false
	}
	var rows [][]typedRow
	all := 0
	for _, g := range groups {
		all += len(g)
	}
	for _, g := range groups {
		if ruledEach := len(groups) > 3 && all < 3*len(groups); ruledEach {
			rows = append(rows, g)
			continue
		}
		for i, row := range g {
			if i > 0 && row.goesOn(g[i-1]) {
				rows[len(rows)-1] = append(rows[len(rows)-1], row)
				wrapped = true
				continue
			}
			rows = append(rows, []typedRow{row})
		}
	}
	t = layout.Table{Rows: len(rows), Cols: len(edges) - 1, ColEdges: edges}
	top, bottom := lines[0].Box, lines[len(lines)-1].Box
	t.RowEdges = []float64{(top.Y0 + top.Y1) / 2}
	for i := 1; i < len(rows); i++ {
		above := rows[i-1][len(rows[i-1])-1].Box
		t.RowEdges = append(t.RowEdges, (above.Y1+rows[i][0].Box.Y0)/2)
	}
	t.RowEdges = append(t.RowEdges, max((bottom.Y0+bottom.Y1)/2, rows[len(rows)-1][0].Box.Y1))
	t.Box = layout.Box{X0: edges[0], Y0: t.RowEdges[0], X1: edges[len(edges)-1], Y1: t.RowEdges[len(rows)]}
	for i, row := range rows {
		cols := row[0].columns(edges)
		if cols == nil {
			return t, false, false
		}
		for k := 0; k+1 < len(cols); k++ {
			c := layout.Cell{Row: i, Col: cols[k], RowSpan: 1, ColSpan: cols[k+1] - cols[k],
				Box: layout.Box{X0: edges[cols[k]], Y0: t.RowEdges[i], X1: edges[cols[k+1]], Y1: t.RowEdges[i+1]}}
			var in []pdf.Char
			for _, line := range row {
				if len(line.cells) != len(row[0].cells) {
					return t, false, false
				}
				in = append(in, line.cells[k]...)
			}
			for _, ch := range in {
				c.Box = c.Box.Union(ch.Box)
			}
			readCell(&c, in, opinion)
			t.Cells = append(t.Cells, c)
		}
	}
	return t, wrapped, len(rows) > 1
}

// placesOf are the middles of a line's characters that are in the set.
func placesOf(l pdf.Line, set string) []float64 {
	var at []float64
	for _, c := range l.Chars {
		if strings.Contains(set, c.Text) && c.Text != "" {
			at = append(at, (c.Box.X0+c.Box.X1)/2)
		}
	}
	slices.Sort(at)
	return at
}

func rowBetweenBars(l pdf.Line) typedRow {
	row := typedRow{Line: l, bars: placesOf(l, typedBars)}
	row.cells = make([][]pdf.Char, max(0, len(row.bars)-1))
	for _, c := range l.Chars {
		if strings.Contains(typedBars, c.Text) || strings.TrimSpace(c.Text) == "" {
			continue
		}
		if i := slices.IndexFunc(row.bars, func(x float64) bool { return x > (c.Box.X0+c.Box.X1)/2 }); i > 0 {
			row.cells[i-1] = append(row.cells[i-1], c)
		}
	}
	return row
}

// goesOn reports whether a line goes on with the row above it: it has no figure where that
// has some, and leaves half the cells empty.
func (r typedRow) goesOn(above typedRow) bool {
	filled := 0
	for _, cell := range r.cells {
		if len(cell) > 0 {
			filled++
		}
	}
	figures := func(row typedRow) bool {
		return slices.ContainsFunc(row.cells, func(cell []pdf.Char) bool {
			return slices.ContainsFunc(cell, func(c pdf.Char) bool { return strings.ContainsAny(c.Text, "0123456789") })
		})
	}
	return filled*2 <= len(r.cells) && !figures(r) && figures(above) && len(r.cells) == len(above.cells)
}

// columns are the edges at which the row's bars stand, nil where that is in doubt. Characters
// that are a little too wide move the bars behind them.
func (r typedRow) columns(edges []float64) []int {
	if len(r.bars) == len(edges) {
		all := make([]int, len(edges))
		for i := range all {
			all[i] = i
		}
		return all
	}
	var at []int
	for _, x := range r.bars {
		best := 0
		for i, e := range edges {
			if math.Abs(e-x) < math.Abs(edges[best]-x) {
				best = i
			}
		}
		if len(at) > 0 && best <= at[len(at)-1] {
			return nil
		}
		at = append(at, best)
	}
	if len(at) < 2 || at[0] != 0 || at[len(at)-1] != len(edges)-1 {
		return nil
	}
	return at
}

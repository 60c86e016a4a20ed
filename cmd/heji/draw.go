package main

import (
	"strings"

	"heji/layout"
)

// drawTable is a table in box-drawing characters, with its merged cells as they are,
// indented and at most width columns wide where that is possible. A cell with a
// doubt ends in a question mark; ink that was not read is shown as ▒.
func drawTable(t layout.Table, width int) string {
	if t.Rows <= 0 || t.Cols <= 0 || t.Rows*t.Cols > maxSlots {
		return ""
	}
	const indent = "  "
	cells := inside(t)
	columns := columnWidths(cells, t.Cols, width-len(indent))
	texts := make([][]string, len(cells))
	for i, c := range cells {
		texts[i] = wrap(cellText(c), span(columns, c.Col, c.ColSpan))
	}
	xs := edges(columns, 2) // a space at either side
	ys := edges(rowHeights(cells, texts, t.Rows), 0)

	g := newCanvas(xs[t.Cols]+1, ys[t.Rows]+1)
	for i, c := range cells {
		x0, x1, y0, y1 := xs[c.Col], xs[c.Col+c.ColSpan], ys[c.Row], ys[c.Row+c.RowSpan]
		g.box(x0, y0, x1, y1)
		for j, line := range texts[i] {
			g.text(x0+2, y0+1+j, line)
		}
	}
	return g.string(indent)
}

// maxSlots is beyond any form; a table with more was not read from one.
const maxSlots = 100_000

// inside are the cells that lie within the table, as all should.
func inside(t layout.Table) []layout.Cell {
	var cells []layout.Cell
	for _, c := range t.Cells {
		c.RowSpan, c.ColSpan = max(1, c.RowSpan), max(1, c.ColSpan)
		if c.Row >= 0 && c.Col >= 0 && c.Row+c.RowSpan <= t.Rows && c.Col+c.ColSpan <= t.Cols {
			cells = append(cells, c)
		}
	}
	return cells
}

func cellText(c layout.Cell) string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(c.Text, "\r", "")), "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	text := strings.Join(lines, "\n")
	if text == "" && c.Ink {
		text = "▒"
	}
	if c.Doubt != "" {
		text += "?"
	}
	return text
}

// columnWidths gives each column what its widest text needs, up to a third of
// the whole, and then takes from the widest until all fit.
func columnWidths(cells []layout.Cell, n, total int) []int {
	columns := make([]int, n)
	shrinkable := make([]column, n)
	for i := range columns {
		columns[i], shrinkable[i] = 2, column{least: 2}
	}
	most := max(2, total/3)
	for _, c := range cells {
		need := 0
		for _, line := range strings.Split(cellText(c), "\n") {
			need = max(need, wide.StringWidth(line))
		}
		if c.ColSpan == 1 {
			columns[c.Col] = max(columns[c.Col], min(need, most))
		}
	}
	fit(columns, shrinkable, total-3*n-1)
	return columns
}

// span is the room for text in a cell over several columns: theirs, and the
// borders between them.
func span(columns []int, first, n int) int {
	sum := 3 * (n - 1)
	for _, w := range columns[first : first+n] {
		sum += w
	}
	return sum
}

// rowHeights gives each row the lines of its tallest cell; a cell over several
// rows makes the last of them taller where they do not hold it.
func rowHeights(cells []layout.Cell, texts [][]string, n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = 1
	}
	for i, c := range cells {
		if c.RowSpan == 1 {
			rows[c.Row] = max(rows[c.Row], len(texts[i]))
		}
	}
	for i, c := range cells {
		have := c.RowSpan - 1
		for _, h := range rows[c.Row : c.Row+c.RowSpan] {
			have += h
		}
		rows[c.Row+c.RowSpan-1] += max(0, len(texts[i])-have)
	}
	return rows
}

// edges are where the borders around sizes stand, each size with padding added.
func edges(sizes []int, padding int) []int {
	at := []int{0}
	for i, size := range sizes {
		at = append(at, at[i]+size+padding+1)
	}
	return at
}

// canvas is a screen of characters on which borders join where they meet.
type canvas struct {
	chars   [][]rune // 0 is nothing, or the second half of a wide character
	borders [][]uint8
}

// The directions in which a border leaves a place.
const (
	up = 1 << iota
	down
	left
	right
)

// joints are the characters by the directions they join.
var joints = [16]rune{
	up: '│', down: '│', up | down: '│', left: '─', right: '─', left | right: '─',
	down | right: '┌', down | left: '┐', up | right: '└', up | left: '┘',
	up | down | right: '├', up | down | left: '┤', down | left | right: '┬', up | left | right: '┴',
	up | down | left | right: '┼',
}

func newCanvas(width, height int) *canvas {
	g := &canvas{}
	for range height {
		g.chars = append(g.chars, make([]rune, width))
		g.borders = append(g.borders, make([]uint8, width))
	}
	return g
}

func (g *canvas) box(x0, y0, x1, y1 int) {
	for x := x0; x < x1; x++ {
		for _, y := range []int{y0, y1} {
			g.borders[y][x] |= right
			g.borders[y][x+1] |= left
		}
	}
	for y := y0; y < y1; y++ {
		for _, x := range []int{x0, x1} {
			g.borders[y][x] |= down
			g.borders[y+1][x] |= up
		}
	}
}

func (g *canvas) text(x, y int, s string) {
	for _, r := range s {
		w := wide.RuneWidth(r)
		if w == 0 || x+w > len(g.chars[y]) {
			continue // a combining mark has no place of its own here
		}
		g.chars[y][x] = r
		x += w
	}
}

func (g *canvas) string(indent string) string {
	var b strings.Builder
	for y, row := range g.chars {
		var line strings.Builder
		for x := 0; x < len(row); x++ {
			switch {
			case row[x] != 0:
				line.WriteRune(row[x])
				x += wide.RuneWidth(row[x]) - 1
			case g.borders[y][x] != 0:
				line.WriteRune(joints[g.borders[y][x]])
			default:
				line.WriteByte(' ')
			}
		}
		b.WriteString(indent + strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

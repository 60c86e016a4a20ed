package office

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"heji/layout"
)

// table is a Word table as the file has it: rows of cells, and the widths of the
// columns that the cells count in.
type table struct {
	grid []float64 // widths of the columns, points; 0 where not said
	rows []tableRow
}

type tableRow struct {
	before int     // columns left out at its start
	after  int     // and at its end
	height float64 // at least, points
	cells  []tableCell
}

type tableCell struct {
	span   int     // columns, at least 1
	width  float64 // points; 0 where not said
	starts bool    // cells below may go on from it
	merged bool    // goes on from the cell above
	joined bool    // goes on from the cell to its left
	blocks []block
}

const (
	twip      = 1.0 / 20 // points; Word's measure
	maxSpan   = maxCols
	someWidth = 60 // points, of a column without a width
	minWidth  = 1
)

// table reads the table at hand.
func (r *docx) table() table {
	var t table
	r.each(func(e element) { r.tablePart(e, &t) })
	return t
}

func (r *docx) tablePart(e element, t *table) {
	switch e.Name.Local {
	case "tblGrid":
		r.each(func(e element) {
			if e.Name.Local == "gridCol" && len(t.grid) < maxCols {
				t.grid = append(t.grid, number(e.attr("w"))*twip)
			}
		})
	case "tr":
		if row, printed := r.tableRow(); printed {
			t.rows = append(t.rows, row)
		}
	case "sdt", "sdtContent", "ins", "moveTo", "customXml":
		r.each(func(e element) { r.tablePart(e, t) })
	}
}

func (r *docx) tableRow() (row tableRow, printed bool) {
	printed = true
	columns := 0
	var part func(e element)
	part = func(e element) {
		switch e.Name.Local {
		case "trPr":
			r.each(func(e element) {
				switch e.Name.Local {
				case "gridBefore":
					row.before = count(e.attr("val"))
				case "gridAfter":
					row.after = count(e.attr("val"))
				case "trHeight":
					row.height = min(number(e.attr("val"))*twip, 800)
				case "del":
					printed = false
				case "hidden":
					printed = printed && !e.on()
				}
			})
		case "tc":
			c := r.tableCell()
			row.cells = append(row.cells, c)
			columns += c.span
			if r.cells++; r.cells > maxCells || columns+row.before > maxCols {
				r.stop(tooLarge("the document's tables are larger than any form's"))
			}
		case "sdt", "sdtContent", "customXml", "ins", "moveTo":
			r.each(part)
		}
	}
	r.each(part)
	return row, printed && len(row.cells) > 0
}

func (r *docx) tableCell() tableCell {
	c := tableCell{span: 1}
	goesOn := func(e element) bool { return cmp.Or(e.attr("val"), "continue") == "continue" }
	r.each(func(e element) {
		if e.Name.Local != "tcPr" {
			c.blocks = append(c.blocks, r.block(e)...)
			return
		}
		r.each(func(e element) {
			switch e.Name.Local {
			case "gridSpan":
				c.span = max(1, count(e.attr("val")))
			case "vMerge":
				c.merged, c.starts = goesOn(e), true
			case "hMerge":
				c.joined = goesOn(e)
			case "tcW":
				if kind := e.attr("type"); kind == "dxa" || kind == "" {
					c.width = number(e.attr("w")) * twip
				}
			}
		})
	})
	return c
}

// number is a length in the file; what is none, or absurd, is 0.
func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1e6 {
		return 0
	}
	return f
}

// count is a number of columns.
func count(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return min(max(n, 0), maxSpan)
}

// place gives every printed cell its rectangle, from the table's top left corner.
// A table in which nothing is printed has none.
func (t table) place() []placed {
	edges := t.edges()
	cells, _ := t.placeIn(edges[0], edges[len(edges)-1], 0)
	for _, c := range cells {
		if !c.empty() {
			return cells
		}
	}
	return nil
}

// placeIn stretches the table between two edges, with its top at y, and says
// where its bottom is.
func (t table) placeIn(left, right, y float64) ([]placed, float64) {
	edges := t.edges()
	scale := (right - left) / (edges[len(edges)-1] - edges[0])
	var all []placed
	open := map[int]int{} // by left edge, the places in all of the cells that reach the row's top
	for _, row := range t.rows {
		var own, inside []placed
		reaching := map[int]int{}
		height, container := max(row.height, lineSpace), row.container()
		for _, s := range row.slots(edges) {
			c := row.cells[s.cell]
			box := layout.Box{X0: left + (s.left-edges[0])*scale, X1: left + (s.right-edges[0])*scale, Y0: y}
			above, found := open[place(box.X0)]
			switch {
			case c.merged && found && place(all[above].box.X1) == place(box.X1): // its own text is not shown
				reaching[place(box.X0)] = above
			case s.cell == container:
				var bottom float64
				inside, bottom = c.pieces(box.X0, box.X1, y)
				height = max(height, bottom-y)
			default:
				p := c.flat()
				if c.starts {
					reaching[place(box.X0)] = len(all) + len(own)
				}
				own = append(own, placed{box, p})
				height = max(height, float64(len(p.lines()))*lineSpace)
			}
		}
		y += height
		all = append(all, own...)
		for i := len(all) - len(own); i < len(all); i++ {
			all[i].box.Y1 = y
		}
		for _, i := range reaching {
			all[i].box.Y1 = y
		}
		all = append(all, stretched(inside, y)...)
		open = reaching
	}
	return all, y
}

// place is a position to compare by.
func place(x float64) int { return int(math.Round(x / samePlace)) }

// stretched lets the lowest cells reach down to y.
func stretched(cells []placed, y float64) []placed {
	bottom := 0.0
	for _, c := range cells {
		bottom = max(bottom, c.box.Y1)
	}
	for i := range cells {
		if place(cells[i].box.Y1) == place(bottom) {
			cells[i].box.Y1 = y
		}
	}
	return cells
}

// edges are the x of the table's columns, one more than there are columns. The
// file's widths are taken where it has them: a column of the grid, or a cell
// that is one column wide.
func (t table) edges() []float64 {
	columns := 1
	for _, row := range t.rows {
		columns = max(columns, row.columns())
	}
	widths := make([]float64, columns)
	copy(widths, t.grid)
	for _, row := range t.rows {
		at := row.before
		for _, c := range row.cells {
			if c.span == 1 && widths[at] == 0 {
				widths[at] = c.width
			}
			at += c.span
		}
	}
	edges := make([]float64, 1, columns+1)
	for i, w := range widths {
		switch {
		case w == 0 && i < len(t.grid) && hasWidth(t.grid):
			w = minWidth // the file says so
		case w == 0:
			w = someWidth
		}
		edges = append(edges, edges[i]+max(w, minWidth))
	}
	return edges
}

func hasWidth(grid []float64) bool { return slices.Max(grid) > 0 }

// columns are those that the row counts.
func (row tableRow) columns() int {
	n := row.before
	for _, c := range row.cells {
		n += c.span
	}
	return n + row.after
}

// slot is where a cell stands between the table's edges.
type slot struct {
	cell        int // its place in the row
	left, right float64
}

// slots places the row's cells. Word counts columns; other writers leave the
// counts out and say how wide each cell is, and then a row has fewer columns than
// the table.
func (row tableRow) slots(edges []float64) []slot {
	var slots []slot
	add := func(cell int, left, right float64) {
		if n := len(slots); n > 0 && row.cells[cell].joined {
			slots[n-1].right = right
			return
		}
		slots = append(slots, slot{cell, left, right})
	}
	if row.columns() < len(edges)-1 && row.hasWidths() {
		x, edge := edges[0]+row.skipped(edges), 0.0
		for i, c := range row.cells {
			left := x
			edge = snap(edges, left+c.width, left)
			add(i, left, edge)
			x = edge
		}
		return slots
	}
	at := row.before
	for i, c := range row.cells {
		add(i, edges[at], edges[at+c.span])
		at += c.span
	}
	return slots
}

func (row tableRow) skipped(edges []float64) float64 { return edges[row.before] - edges[0] }

func (row tableRow) hasWidths() bool {
	for _, c := range row.cells {
		if c.width < minWidth {
			return false
		}
	}
	return true
}

// snap is the edge of the grid nearest to x, if it is near and right of left.
func snap(edges []float64, x, left float64) float64 {
	e := edges[nearest(edges, x)]
	if near := lineSpace / 2; math.Abs(e-x) < near && e > left+minWidth/2 {
		return e
	}
	return x
}

// container is the place in the row of the cell that holds another table, whose
// rows and columns then are the form's, or -1. A table of one row or one column
// is only a way to set text; two tables side by side have no common rows.
func (row tableRow) container() int {
	found := -1
	for i, c := range row.cells {
		for _, b := range c.blocks {
			if b.table == nil || !b.table.isGrid() {
				continue
			}
			if found >= 0 && found != i {
				return -1
			}
			found = i
		}
	}
	return found
}

func (t table) isGrid() bool {
	columns := 0
	for _, row := range t.rows {
		columns = max(columns, row.columns())
	}
	inner := len(t.rows) == 1 && t.rows[0].container() >= 0
	return inner || len(t.rows) >= 2 && columns >= 2
}

// pieces are the text and the tables in a cell, one below the other, from y
// down. Tables too narrow to be set are text.
func (c tableCell) pieces(left, right, y float64) (all []placed, bottom float64) {
	add := func(p passage) {
		if p.empty() {
			return
		}
		box := layout.Box{X0: left, X1: right, Y0: y, Y1: y + lineSpace*float64(max(1, len(p.lines())))}
		all = append(all, placed{box, p})
		y = box.Y1
	}
	for _, b := range c.blocks {
		switch {
		case b.table == nil:
			add(b.passage) // a row of its own: it may be the form's title
		case b.table.narrowest(right-left) < minWidth/2.0:
			add(b.table.flat())
		default:
			var inside []placed
			inside, y = b.table.placeIn(left, right, y)
			all = append(all, inside...)
		}
	}
	return all, y
}

// narrowest is the width of the narrowest column of a table set that wide.
func (t table) narrowest(width float64) float64 {
	edges := t.edges()
	least := math.Inf(1)
	for i := 1; i < len(edges); i++ {
		least = min(least, edges[i]-edges[i-1])
	}
	return least * width / edges[len(edges)-1]
}

// flat is the cell as text: its paragraphs, and the tables among them.
func (c tableCell) flat() passage {
	var all []passage
	for _, b := range c.blocks {
		if b.table != nil {
			all = append(all, b.table.flat())
		} else {
			all = append(all, b.passage)
		}
	}
	return join(all...)
}

// flat is the table as text, a line a row.
func (t table) flat() passage {
	var rows []passage
	for _, row := range t.rows {
		var texts []string
		var all passage
		for _, c := range row.cells {
			if c.merged {
				continue
			}
			p := c.flat()
			all = join(all, passage{picture: p.picture, doubt: p.doubt})
			if p.text != "" {
				texts = append(texts, strings.ReplaceAll(p.text, "\n", ""))
			}
		}
		all.text = strings.Join(texts, " ")
		rows = append(rows, all)
	}
	return join(rows...)
}

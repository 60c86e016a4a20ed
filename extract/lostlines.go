package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"heji/extract/internal/grid"
	"heji/extract/internal/raster"
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
			if !(stacked(c.Text) && !wrapped(t, *c)) && !(scanned && besideRows(t, *c)) && !(scanned && (overColumns(t, *c) || measuresStacked(*c))) && !besideStack(t, *c) {
				continue
			}
			if c.Doubt == "" {
				c.Doubt = layout.Unconfirmed
			}
			page.Problems = append(page.Problems, layout.Problem{
				Code: layout.GridInDoubt, Page: page.Number, Box: c.Box,
				Message:   fmt.Sprintf("a ruling line seems to be missing: %q stands where two cells may be; look at the page", c.Flat()),
				MessageZH: fmt.Sprintf("似缺一条表格线，“%s”所在之处可能原为两格；请核对原件", c.Flat()),
			})
		}
	}
}

// measure is a line of a target or of what was achieved that needs no other: 438个, 0.6个百分点.
// The parts of a date and of a range do.
var measure = regexp.MustCompile(`^[≥≤><=]?(?:[0-9][0-9.,]*[^0-9.,年月日。；]{0,7}[^0-9.,年月日。；~—–至-]|[0-9]{1,3}年)$`)

// measuresStacked reports whether each of a cell's lines, two or more, is such a line: rows that
// ran together.
func measuresStacked(c layout.Cell) bool {
	lines := linesIn(c)
	return len(lines) > 1 && !slices.ContainsFunc(lines, func(l string) bool { return !measure.MatchString(l) })
}

// besideStack reports whether a cell has figures with their units one above the other, as many as
// another cell of its row has numbers.
func besideStack(t *layout.Table, c layout.Cell) bool {
	return figuresStacked(c) && slices.ContainsFunc(t.Cells, func(o layout.Cell) bool {
		return o.Row == c.Row && stacked(o.Text) && !wrapped(t, o) && len(linesIn(o)) == len(linesIn(c))
	})
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

// wrapped reports whether the lines of a stacked text are one number that was too long
// for its column: joined they are a number, each line but the last fills the cell, and
// another cell of the same row of the grid has one line, so that there is one row. Two
// numbers that ran together leave room beside them, or have company in every column.
func wrapped(t *layout.Table, c layout.Cell) bool {
	// A digit is half an em wide, a percent sign one. The widest print of forms is 12
	// points, with some 4 points of air on either side.
	const digit, air = 7.5, 14
	lines := strings.Split(strings.TrimSpace(c.Text), "\n")
	for _, l := range lines[:len(lines)-1] {
		n := len(strings.TrimSpace(l))
		if n < 3 || c.Box.Width() > float64(n+1)*digit+air {
			return false
		}
	}
	if c.Box.IsZero() || c.RowSpan > 1 || !wholeNumber.MatchString(layout.Squeeze(c.Text)) {
		return false
	}
	return slices.ContainsFunc(t.Cells, func(o layout.Cell) bool {
		text := strings.TrimSpace(o.Text)
		return o.Row == c.Row && o.RowSpan == 1 && o.Col != c.Col && text != "" && !strings.Contains(text, "\n")
	})
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
	return len(rows) > 1 && !ofLevels(t, c)
}

// ofLevels reports whether a number over several rows is one of a column of points of sections,
// where two at least stand so, and each beside a name that is over the same rows.
func ofLevels(t *layout.Table, c layout.Cell) bool {
	found := 0
	for _, o := range t.Cells {
		if o.Col != c.Col || o.RowSpan < 2 || !wholeNumber.MatchString(strings.TrimSpace(o.Flat())) {
			continue
		}
		if !slices.ContainsFunc(t.Cells, func(n layout.Cell) bool {
			return n.Row == o.Row && n.RowSpan == o.RowSpan && n.Col != o.Col && han.MatchString(layout.Squeeze(n.Text))
		}) {
			return false
		}
		found++
	}
	return found > 1
}

var han = regexp.MustCompile(`\p{Han}{2}`)

// overColumns reports whether a cell with a figure in it reaches over a vertical line
// that divides both the row above and the row below. What is cut off by the page counts
// as divided.
func overColumns(t *layout.Table, c layout.Cell) bool {
	if c.ColSpan < 2 || !strings.ContainsAny(c.Text, "0123456789") || meantWide(t, c) {
		return false
	}
	for edge := c.Col + 1; edge < c.Col+c.ColSpan; edge++ {
		above := grid.Divides(t, c.Row-1, edge) || c.Row == 0 && t.OpenTop
		below := grid.Divides(t, c.Row+c.RowSpan, edge) || c.Row+c.RowSpan == t.Rows && t.OpenBottom
		if above && below && (c.Row > 0 || c.Row+c.RowSpan < t.Rows) {
			return true
		}
	}
	return false
}

// headed is a name with nothing but its points behind it, 一、产出指标（50分）.
var headed = regexp.MustCompile(`^[^0-9]+\([0-9.]{1,5}分?\)$`)

// meantWide reports whether a cell over several columns is meant to be: the heading of a section
// over the whole row, or a heading or a number over columns that others of its kind span in other
// rows too, a number's two at least. A line that is lost is not lost so.
func meantWide(t *layout.Table, c layout.Cell) bool {
	heading, number := headed.MatchString(layout.Squeeze(c.Text)), wholeNumber.MatchString(strings.TrimSpace(c.Flat()))
	others := 0
	for _, o := range t.Cells {
		if o.Row != c.Row && o.Col == c.Col && o.ColSpan == c.ColSpan &&
			(heading && headed.MatchString(layout.Squeeze(o.Text)) || number && wholeNumber.MatchString(strings.TrimSpace(o.Flat()))) {
			others++
		}
	}
	return heading && (c.ColSpan == t.Cols || others > 0) || number && others > 1 || inHeader(t, c) || narrative(t, c)
}

// narrative reports whether a cell holds sentences that stand with labels and sentences alone, a
// goal beside what came of it: no figure of a column has run into it.
func narrative(t *layout.Table, c layout.Cell) bool {
	const sentences = 24 // Chinese characters
	if len(hanOnly.ReplaceAllString(c.Text, "")) < 3*sentences || trailing.MatchString(c.Text) {
		return false
	}
	return !slices.ContainsFunc(t.Cells, func(o layout.Cell) bool {
		return o.Row < c.Row+c.RowSpan && c.Row < o.Row+o.RowSpan && o.Col != c.Col && o.Text != "" && !han.MatchString(layout.Squeeze(o.Text))
	})
}

var (
	hanOnly  = regexp.MustCompile(`\P{Han}`)
	trailing = regexp.MustCompile(`(?:^[0-9][0-9.,]*%?\s|[\s。；]\s*[0-9][0-9.,]*%?\s*$)`) // a number of its own before or behind
)

// inHeader reports whether a cell is all that stands beside a label, above the heads of the
// indicators: a line that was lost there would have left the next label in it.
func inHeader(t *layout.Table, c layout.Cell) bool {
	if c.Col+c.ColSpan != t.Cols || !alone.MatchString(layout.Squeeze(c.Text)) {
		return false
	}
	label, heads := 0, 0
	for _, o := range t.Cells {
		switch {
		case o.Row == c.Row && o.Col != c.Col:
			label++
			if !han.MatchString(layout.Squeeze(o.Text)) {
				return false
			}
		case o.Row > c.Row && strings.Contains(layout.Squeeze(o.Text), "级指标"):
			heads++
		}
	}
	return label == 1 && heads > 1
}

// alone is a number with its unit and nothing else.
var alone = regexp.MustCompile(`^[0-9][0-9.,]*(?:%|分|元|万元|亿元)?$`)

// restoreLines draws ruling lines that were lost between cells again, before the
// cells are read. It returns the cells that it is not sure to be two.
func restoreLines(tables []layout.Table, picture raster.Page) (unsure []layout.Box) {
	known := map[layout.Box]grid.Print{}
	print := func(box layout.Box) grid.Print {
		p, ok := known[box]
		if !ok {
			p = printIn(picture, box)
			known[box] = p
		}
		return p
	}
	for i := range tables {
		unsure = append(unsure, grid.Restore(&tables[i], picture.Segments, print)...)
	}
	return unsure
}

// printIn is where in a box of the level page something is printed.
func printIn(picture raster.Page, box layout.Box) grid.Print {
	crop := picture.Crop(box)
	across, down, height := raster.Spread(crop, picture.DPI)
	scale := 72 / picture.DPI
	points := func(runs [][2]int, from float64) [][2]float64 {
		out := make([][2]float64, len(runs))
		for i, r := range runs {
			out[i] = [2]float64{from + float64(r[0])*scale, from + float64(r[1])*scale}
		}
		return out
	}
	return grid.Print{Across: points(across, box.X0), Down: points(down, box.Y0), Em: float64(height) * scale}
}

// doubtRestored puts a doubt on the figures in cells that may be parts of one, and a
// problem on the page.
func doubtRestored(page *layout.Page, unsure []layout.Box) {
	for i := range page.Tables {
		for j := range page.Tables[i].Cells {
			c := &page.Tables[i].Cells[j]
			if !slices.Contains(unsure, c.Box) || !strings.ContainsAny(c.Text, "0123456789") {
				continue
			}
			if c.Doubt == "" {
				c.Doubt = layout.Unconfirmed
			}
			page.Problems = append(page.Problems, layout.Problem{
				Code: layout.GridInDoubt, Page: page.Number, Box: c.Box,
				Message:   fmt.Sprintf("no line divides %q from the cell beside it, and it was read as a cell of its own; look at the page", c.Flat()),
				MessageZH: fmt.Sprintf("“%s”与相邻一格之间没有表格线，现作为单独一格识读；请核对原件", c.Flat()),
			})
		}
	}
}

// doubtNoGrid puts a problem on a page that has figures on several lines and no table:
// its ruling lines may be too faint, or there are none, and what stands in columns
// there was not read as such.
func doubtNoGrid(page *layout.Page) {
	const several = 4
	figures := 0
	for _, l := range page.Lines {
		if len(digits.FindAllString(l.Text, 2)) == 2 {
			figures++
		}
	}
	if len(page.Tables) > 0 || figures < several {
		return
	}
	page.Problems = append(page.Problems, layout.Problem{
		Code: layout.GridInDoubt, Page: page.Number, Box: layout.Box{X1: page.Width, Y1: page.Height},
		Message:   fmt.Sprintf("no table was found on the page, though %d of its lines hold figures; look at the page, or scan it again darker", figures),
		MessageZH: fmt.Sprintf("此页未找到表格，而有 %d 行文字含有数字；请核对原件，或加深后重新扫描", figures),
	})
}

// doubtBeside puts a problem on a page where figures stand beside a table, or print that was not
// read: of a column whose ruling lines were not found, perhaps.
func doubtBeside(page *layout.Page, beside []layout.Line, unread []layout.Box) {
	var texts []string
	var box layout.Box
	for _, l := range beside {
		if strings.ContainsAny(l.Text, "0123456789") {
			texts = append(texts, l.Flat())
			box = l.Box.Union(box)
		}
	}
	for _, b := range unread {
		page.Problems = append(page.Problems, layout.Problem{
			Code: layout.GridInDoubt, Page: page.Number, Box: b,
			Message:   "something is printed beside the table that is in none of its cells and was not read; its lines there may be too faint; look at the page",
			MessageZH: "表格旁另有未识读的内容，未归入任何单元格；该处表格线可能过浅；请核对原件",
		})
	}
	if len(texts) == 0 {
		return
	}
	const most = 8
	said := strings.Join(texts[:min(most, len(texts))], " · ")
	page.Problems = append(page.Problems, layout.Problem{
		Code: layout.GridInDoubt, Page: page.Number, Box: box,
		Message:   fmt.Sprintf("figures stand beside the table and in none of its cells: %s; its lines there may be too faint; look at the page", said),
		MessageZH: fmt.Sprintf("表格旁另有数字，未归入任何单元格：%s；该处表格线可能过浅；请核对原件", said),
	})
}

var digits = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)

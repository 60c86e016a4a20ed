package parse

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// block is a line of text or a table row, in reading order through the pages.
type block struct {
	page int // where it is printed
	flow int // the page whose turn it is in reading order: another where page is on its right
	line *layout.Line
	row  *row
}

// row is a printed table row: the cells that begin in it, and those of rows
// above that reach down into it, from left to right.
type row struct {
	page  int
	table int  // counts through the document
	loose bool // made by a tool that loses tabs: a cell's place in the row says little
	ruled bool // by lines, and not told by how the print is aligned
	cells []cell
}

type cell struct {
	layout.Cell
	page        int
	of          *layout.Cell // whose place this is, in whole or in part
	left, right float64      // place across the table: 0 to 1, or columns where there is no geometry
	above       bool         // begins in a row above
}

func (c cell) text() string { return c.Flat() }

// empty reports whether nothing is printed in the cell, read or not.
func (c cell) empty() bool { return c.text() == "" && !c.Ink }

// own are the cells that begin in this row.
func (r row) own() []cell {
	return slices.DeleteFunc(slices.Clone(r.cells), func(c cell) bool { return c.above })
}

// printed are the row's own cells with something in them.
func (r row) printed() []cell {
	return slices.DeleteFunc(r.own(), func(c cell) bool { return c.empty() })
}

// flow is the document as one column of lines and rows.
func flow(doc layout.Document) []block {
	var blocks []block
	tables := 0
	sheets := spread(doc.Pages)
	pages := make([]layout.Page, len(sheets))
	for i, s := range sheets {
		pages[i] = s.Page
	}
	pages = joined(pages)
	var before span // of the table above
	for n, page := range pages {
		aligned, whole := alignedSpan(pages, page), partsOfOne(page)
		type placed struct {
			y      float64
			blocks []block
		}
		var parts []placed
		for _, p := range append([]layout.Page{page}, sheets[n].beside...) {
			for i := range p.Lines {
				y := p.Lines[i].Box.Turned(p.Width, p.Height, p.Turn).Y0
				parts = append(parts, placed{y, []block{{page: p.Number, flow: page.Number, line: &p.Lines[i]}}})
			}
		}
		for i, t := range page.Tables {
			across := sidesOf(t)
			switch {
			case t.Aligned:
				across = aligned
			case whole[i] != (span{}):
				across = whole[i]
			case i == 0 && n > 0 && len(pages[n-1].Tables) > 0 && goesOn(pages[n-1].Tables[len(pages[n-1].Tables)-1], t):
				across = before
			}
			before = across
			rows := rowsOf(page.Number, tables, t, across)
			for _, p := range sheets[n].beside {
				widen(rows, t, p.Number, p.Tables[0])
			}
			part := placed{y: t.Box.Turned(page.Width, page.Height, page.Turn).Y0}
			for _, side := range sideBySide(rows) {
				part.blocks = append(part.blocks, blocksOf(page.Number, side)...)
			}
			parts = append(parts, part)
			tables++
		}
		// Without geometry every y is zero, and lines stay above tables.
		slices.SortStableFunc(parts, func(a, b placed) int {
			switch {
			case a.y < b.y:
				return -1
			case a.y > b.y:
				return 1
			}
			return 0
		})
		for _, p := range parts {
			blocks = append(blocks, p.blocks...)
		}
	}
	blocks = divideNumbered(blocks)
	divide(blocks)
	return blocks
}

// joined puts names that a page break cuts in two together again: the rest of a cell
// that stands at the top of a page, 服务对象满意 and 度指标, goes to where it began.
func joined(pages []layout.Page) []layout.Page {
	pages = slices.Clone(pages)
	for i := 1; i < len(pages); i++ {
		if len(pages[i].Tables) == 0 || len(pages[i-1].Tables) == 0 {
			continue
		}
		first := repeated(pages[i-1].Tables[len(pages[i-1].Tables)-1], pages[i].Tables[0])
		closed := !pages[i].Tables[0].OpenTop || first > 0 // heads that are said again end no name
		pages[i-1].Tables, pages[i].Tables = slices.Clone(pages[i-1].Tables), slices.Clone(pages[i].Tables)
		from, to := &pages[i-1].Tables[len(pages[i-1].Tables)-1], &pages[i].Tables[0]
		from.Cells, to.Cells = slices.Clone(from.Cells), slices.Clone(to.Cells)
		rest, ends := isRest(to), endsRow(from, to, first)
		for k := range to.Cells {
			if c := &to.Cells[k]; c.Row == first {
				joinCell(from, to, c, ends || rest && first == 0, ends || !closed)
			}
		}
	}
	return pages
}

// repeated is how many rows at the top of a table repeat heads of the table before it.
func repeated(before, t layout.Table) int {
	said := map[string]bool{}
	for row := range before.Rows {
		said[saidIn(before, row)] = true
	}
	n := 0
	for n < t.Rows-1 && saidIn(t, n) != "" && said[saidIn(t, n)] {
		n++
	}
	return n
}

// saidIn is what the cells that begin in a row say, in their order; "" of a row with
// fewer than three.
func saidIn(t layout.Table, row int) string {
	var texts []string
	for _, c := range t.Cells {
		if c.Row == row && c.Text != "" {
			texts = append(texts, layout.Squeeze(c.Text))
		}
	}
	if len(texts) < 3 {
		return ""
	}
	return strings.Join(texts, "\t")
}

// isRest reports whether the table begins with the rest of a row that the page break cut:
// texts on the right, and no name on the left.
func isRest(t *layout.Table) bool {
	const left = 0.4 // of the table's width
	some := false
	for _, c := range t.Cells {
		if c.Row > 0 || c.Text == "" {
			continue
		}
		if c.Box.X0-t.Box.X0 < left*t.Box.Width() {
			return false
		}
		some = true
	}
	return some && t.Rows > 1
}

// endsRow reports whether all that a row says ends what the last row before the page break
// says in the same columns: 可持续影响 | 年限（4 and 指标 | 分）, or 全年执行 | 执行率 and 数 | （%）.
func endsRow(from, to *layout.Table, row int) bool {
	const longest = 4 // characters of the end of a head
	some := false
	for _, rest := range to.Cells {
		if rest.Row != row || rest.Text == "" {
			continue
		}
		some = true
		if !slices.ContainsFunc(from.Cells, func(c layout.Cell) bool {
			if !meets(from, to, c, rest) || c.Text == "" {
				return false
			}
			if unfinished(c.Flat(), rest.Flat()) {
				return true
			}
			if hasDigit(c.Text) || utf8.RuneCountInString(layout.Squeeze(rest.Text)) > longest {
				return false // 参考分值 below a 6 is a head that the page repeats
			}
			whole := layout.Cell{Reading: layout.Reading{Text: c.Flat() + rest.Flat(), Reader: c.Reader}}
			_, measure := measureOf(cell{Cell: whole})
			_, head := heads.exact(whole.Text)
			return measure || head
		}) {
			return false
		}
	}
	return some
}

// meets reports whether a cell of a table reaches its end, and one of the table on the next page
// stands in the same column.
func meets(from, to *layout.Table, c, rest layout.Cell) bool {
	const hair = 2 // points
	if c.Row+c.RowSpan != from.Rows {
		return false
	}
	if math.Abs(c.Box.X0-rest.Box.X0) < hair && math.Abs(c.Box.X1-rest.Box.X1) < hair {
		return true
	}
	return c.Col == rest.Col && c.ColSpan == rest.ColSpan && columnsAlike(from, to)
}

// columnsAlike reports whether two tables have the same columns, though one lies elsewhere on its
// page or is a little wider, as paper lies in a scanner.
func columnsAlike(a, b *layout.Table) bool {
	const (
		fewest = 5    // columns
		hair   = 0.01 // of the width
		wider  = 0.05
	)
	if len(a.ColEdges) != len(b.ColEdges) || len(a.ColEdges) <= fewest {
		return false
	}
	s, o := sidesOf(*a), sidesOf(*b)
	width, other := s.right-s.left, o.right-o.left
	if width <= 0 || other <= 0 || math.Abs(width-other) > wider*width {
		return false
	}
	for i := range a.ColEdges {
		if math.Abs((a.ColEdges[i]-s.left)/width-(b.ColEdges[i]-o.left)/other) > hair {
			return false
		}
	}
	return true
}

// joinCell gives the cell's text to the last one above it, across the page break, where
// that one has none, and, in a table that is open there, where it is unfinished without
// it, or the whole row is.
func joinCell(from, to *layout.Table, rest *layout.Cell, cut, open bool) {
	for k := range from.Cells {
		c := &from.Cells[k]
		if c.Text == "" && !c.Ink && rest.Text != "" && c.Row > 0 && (open || !rowOfSums(from, from.Rows-1)) && isGroupName(from, to, c, rest) && (c.RowSpan+rest.RowSpan > 2 || mergesNames(from, c)) && besideFigures(from, c) {
			c.Reading, c.Ink = rest.Reading, rest.Ink
			rest.Text, rest.Ink, rest.Others = "", false, nil
			return
		}
		if open && c.Text != "" && rest.Text != "" && meets(from, to, *c, *rest) && (cut || unfinished(c.Flat(), rest.Flat())) {
			c.Text += "\n" + rest.Text
			rest.Text, rest.Ink, rest.Others = "", false, nil
			return
		}
	}
}

// mergesNames reports whether a table has names over several rows in the column of an empty cell, and
// no other cell there is empty: none of its rows leaves its name out.
func mergesNames(from *layout.Table, empty *layout.Cell) bool {
	merged := false
	for i := range from.Cells {
		c := &from.Cells[i]
		if c == empty || c.Row == 0 || c.Col != empty.Col || c.ColSpan != empty.ColSpan {
			continue
		}
		if c.Text == "" {
			return false
		}
		merged = merged || c.RowSpan > 1
	}
	return merged
}

// besideFigures reports whether one of the rows that a cell reaches over says something right
// of its names: a row that is kept for an indicator nobody set is no part of a group.
func besideFigures(from *layout.Table, c *layout.Cell) bool {
	return slices.ContainsFunc(from.Cells, func(o layout.Cell) bool {
		return o.Row >= c.Row && o.Row < c.Row+c.RowSpan && hasDigit(o.Text)
	})
}

// rowOfSums reports whether a row is a subtotal or a total, which has no group.
func rowOfSums(t *layout.Table, row int) bool {
	return slices.ContainsFunc(t.Cells, func(c layout.Cell) bool { return c.Row == row && (isSubtotal(c.Flat()) || isTotal(c.Flat())) })
}

// isGroupName reports whether two cells of one column, the lower with a name, are the
// two parts of a cell on the left of the table: its text is set in the middle of both and
// so on one page alone.
func isGroupName(from, to *layout.Table, c, rest *layout.Cell) bool {
	const left = 0.4 // of the table's width
	return meets(from, to, *c, *rest) && from.Box.Width() > 0 && c.Box.X1-from.Box.X0 < left*from.Box.Width() && !isFigure(rest.Flat()) && !isTotal(rest.Flat())
}

var pointsAlone = regexp.MustCompile(`^[(（]?[0-9.]*\s*分?[)）]$|^[(（][0-9.]+\s*分?[)）]?$`)

// unfinished reports whether a name goes on in the rest: a bracket is open, the rest is
// nothing but points, or only both together are called an indicator.
func unfinished(name, rest string) bool {
	open := strings.ContainsAny(name, "(（") && !strings.ContainsAny(name, ")）")
	switch {
	case hasDigit(name) && !open:
		return false
	case open:
		return strings.ContainsAny(rest, ")）")
	case pointsAlone.MatchString(rest):
		return true
	}
	return strings.HasSuffix(rest, "指标") && utf8.RuneCountInString(rest) <= 4 && !strings.HasSuffix(name, "指标") || rest == "标" && strings.HasSuffix(name, "指")
}

// span is how far a table reaches across the page, in points.
type span struct{ left, right float64 }

func sidesOf(t layout.Table) span {
	if len(t.ColEdges) == 0 {
		return span{}
	}
	return span{t.ColEdges[0], t.ColEdges[len(t.ColEdges)-1]}
}

// goesOn reports whether a table at the top of a page goes on with the columns of the one
// on the page before, and may show only some of them, as tables do that have no lines at
// their sides.
func goesOn(before, t layout.Table) bool {
	const hair = 3 // points
	own, whole := sidesOf(t), sidesOf(before)
	if !t.OpenTop || own.left < whole.left-hair || own.right > whole.right+hair {
		return false
	}
	same := 0
	for _, x := range t.ColEdges {
		if slices.ContainsFunc(before.ColEdges, func(b float64) bool { return math.Abs(x-b) < hair }) {
			same++
		}
	}
	return same >= 4 && same >= len(t.ColEdges)-1
}

// partsOfOne is how far tables of a scan reach that are parts of one: a line across was lost
// between them, and at an end of one a line down, but the columns are the same. It has an
// empty span for every other table.
func partsOfOne(page layout.Page) []span {
	const hair, apart = 3, 40 // points
	whole := make([]span, len(page.Tables))
	for i := 1; i < len(page.Tables) && page.Source != layout.TextLayer; i++ {
		a, b := page.Tables[i-1], page.Tables[i]
		if a.Aligned || b.Aligned || b.Box.Y0-a.Box.Y1 > apart || a.Box.Y1 > b.Box.Y0 {
			continue
		}
		same := 0
		for _, x := range b.ColEdges {
			if slices.ContainsFunc(a.ColEdges, func(y float64) bool { return math.Abs(x-y) < hair }) {
				same++
			}
		}
		if same < 4 || same < min(len(a.ColEdges), len(b.ColEdges))-1 {
			continue
		}
		before := whole[i-1]
		if before == (span{}) {
			before = sidesOf(a)
		}
		own := sidesOf(b)
		both := span{min(before.left, own.left), max(before.right, own.right)}
		whole[i] = both
		for k := i - 1; k >= 0 && (k == i-1 || whole[k] == before); k-- {
			whole[k] = both
		}
	}
	return whole
}

// alignedSpan is how far the tables of pages as wide as one reach that no lines rule: each of
// them only as far as it has print, and all have the columns of the heads above the first, which
// may stand on a page before.
func alignedSpan(pages []layout.Page, like layout.Page) span {
	var all span
	for _, page := range pages {
		if page.Width != like.Width || page.Turn != like.Turn {
			continue
		}
		for _, t := range page.Tables {
			if s := sidesOf(t); t.Aligned && all == (span{}) {
				all = s
			} else if t.Aligned {
				all = span{min(all.left, s.left), max(all.right, s.right)}
			}
		}
	}
	return all
}

// rowsOf are the table's rows, whose cells have their place across the span.
func rowsOf(page, table int, t layout.Table, across span) []row {
	if t.Aligned {
		t = withHeadsDivided(withWideHeads(t))
	}
	rows := make([]row, t.Rows)
	for i := range rows {
		rows[i] = row{page: page, table: table, loose: t.ColEdges == nil, ruled: !t.Aligned}
	}
	place := func(c *cell) {
		c.left, c.right = float64(c.Col), float64(c.Col+c.ColSpan)
		if width := across.right - across.left; c.Col+c.ColSpan < len(t.ColEdges) && width > 0 {
			c.left = (t.ColEdges[c.Col] - across.left) / width
			c.right = (t.ColEdges[c.Col+c.ColSpan] - across.left) / width
		}
	}
	for i := range t.Cells {
		placed := cell{Cell: t.Cells[i], page: page, of: &t.Cells[i]}
		place(&placed)
		parts := []cell{placed}
		if t.Aligned {
			parts = headsInOne(placed)
			for i := range parts {
				place(&parts[i])
			}
		}
		for i := placed.Row; i < min(placed.Row+placed.RowSpan, t.Rows); i++ {
			for _, p := range parts {
				p.above = i > placed.Row
				rows[i].cells = append(rows[i].cells, p)
			}
		}
	}
	if t.Aligned {
		for i := range rows {
			rows[i].cells = spaced(rows[i].cells)
		}
		joinFragments(rows)
	}
	return rows
}

// fragment is the end of a head that is wrapped in the middle of what it says in brackets: （B/A×100
// over %）.
var fragment = regexp.MustCompile(`^[%％)）】\]]{1,3}$`)

// joinFragments puts such ends that stand in a row of their own, in a table that no lines rule, with
// what they end.
func joinFragments(rows []row) {
	for i := 1; i < len(rows); i++ {
		cells := rows[i].printed()
		if len(cells) == 0 || slices.ContainsFunc(cells, func(c cell) bool { return !fragment.MatchString(c.text()) }) {
			continue
		}
		for _, c := range cells {
			at := slices.IndexFunc(rows[i-1].cells, func(o cell) bool { return o.Col == c.Col && !o.empty() })
			if at < 0 {
				continue
			}
			rows[i-1].cells[at].Text += c.Text
			k := slices.IndexFunc(rows[i].cells, func(o cell) bool { return o.Col == c.Col && !o.above })
			rows[i].cells[k].Text, rows[i].cells[k].Ink = "", false
		}
	}
}

// withWideHeads is a table that no lines rule, with two heads that touch, and were taken for one in
// the right column of two, over both.
func withWideHeads(t layout.Table) layout.Table {
	if len(t.ColEdges) != t.Cols+1 {
		return t
	}
	t.Cells = slices.Clone(t.Cells)
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.ColSpan != 1 || c.Col == 0 || c.Box.X0 > (t.ColEdges[c.Col-1]+t.ColEdges[c.Col])/2 || knownHeads(layout.Squeeze(c.Text), 2) == nil {
			continue
		}
		left := slices.IndexFunc(t.Cells, func(o layout.Cell) bool {
			return o.Row == c.Row && o.RowSpan == c.RowSpan && o.Col == c.Col-1 && o.ColSpan == 1 && strings.TrimSpace(o.Text) == "" && !o.Ink
		})
		if left >= 0 {
			c.Col, c.ColSpan = c.Col-1, 2
			t.Cells = slices.Delete(t.Cells, left, left+1)
			return withWideHeads(t)
		}
	}
	return t
}

// withHeadsDivided is a table that no lines rule, a column divided in which known heads stand
// beside each other, 参考分值 设定分值 under 指标分值, and as many figures in a row below.
func withHeadsDivided(t layout.Table) layout.Table {
	if len(t.ColEdges) != t.Cols+1 {
		return t
	}
	for _, h := range t.Cells {
		lines := strings.Split(strings.TrimSpace(h.Text), "\n")
		words := strings.Fields(lines[len(lines)-1])
		if len(words) == 1 && knownHeads(words[0], 1) == nil {
			words = knownHeads(words[0], 2)
		}
		k := len(words)
		if h.ColSpan != 1 || k < 2 || slices.ContainsFunc(words, func(w string) bool { return knownHeads(w, 1) == nil }) {
			continue
		}
		figures := func(c layout.Cell) bool {
			f := figuresIn(c.Text)
			return c.Col == h.Col && c.ColSpan == 1 && len(f) == k && !slices.ContainsFunc(f, func(w string) bool { return !isFigure(w) })
		}
		if slices.ContainsFunc(t.Cells, figures) {
			return divided(t, h, strings.Join(lines[:len(lines)-1], ""), words, figures)
		}
	}
	return t
}

// figuresIn is a text's words, and where it is amounts that touch, each with its unit, the amounts.
func figuresIn(text string) []string {
	words := strings.Fields(text)
	if amounts := amountWithUnit.FindAllString(text, -1); len(words) == 1 && strings.Join(amounts, "") == words[0] {
		return amounts
	}
	return words
}

var amountWithUnit = regexp.MustCompile(`[0-9][0-9,]*(?:\.[0-9]+)?(?:万元|亿元|元|%)`)

// divided is the table with the column of a head made so many, under what stands above its words.
func divided(t layout.Table, head layout.Cell, above string, words []string, figures func(layout.Cell) bool) layout.Table {
	k, col := len(words), head.Col
	left, width := t.ColEdges[col], (t.ColEdges[col+1]-t.ColEdges[col])/float64(len(words))
	var edges []float64
	for i := 1; i < k; i++ {
		edges = append(edges, left+width*float64(i))
	}
	out := t
	out.Cols += k - 1
	out.ColEdges = slices.Insert(slices.Clone(t.ColEdges), col+1, edges...)
	out.Cells = nil
	for _, c := range t.Cells {
		texts := figuresIn(c.Text)
		switch isHead := c.Row == head.Row && c.Col == col; {
		case isHead || figures(c):
			for i := range k {
				part := c
				part.Col, part.Others = col+i, nil
				if isHead {
					part.Text = above + words[i]
				} else {
					part.Text = texts[i]
				}
				out.Cells = append(out.Cells, part)
			}
			continue
		case c.Col > col:
			c.Col += k - 1
		case c.Col+c.ColSpan > col:
			c.ColSpan += k - 1
		}
		out.Cells = append(out.Cells, c)
	}
	return out
}

// knownHeads is a text as so many known heads, or nil: 年初预算数全年预算数全年执行数.
func knownHeads(text string, n int) []string {
	known := func(s string) bool {
		_, isHead := heads.exact(s)
		_, isMeasure := measures.exact(s)
		return isHead || isMeasure
	}
	if n == 1 {
		if known(text) {
			return []string{text}
		}
		return nil
	}
	for i := range text {
		if i > 0 && known(text[:i]) {
			if rest := knownHeads(text[i:], n-1); rest != nil {
				return append([]string{text[:i]}, rest...)
			}
		}
	}
	return nil
}

// spaced is a row's cells, the two characters of 总 分 that were taken for a cell each made one.
func spaced(cells []cell) []cell {
	slices.SortStableFunc(cells, func(a, b cell) int { return a.Col - b.Col })
	one := func(c cell) bool { return !c.above && utf8.RuneCountInString(layout.Squeeze(c.Text)) == 1 }
	for i := range cells {
		next := i + 1
		for next < len(cells) && cells[next].empty() && !cells[next].above {
			next++
		}
		if next == len(cells) || !one(cells[i]) || !one(cells[next]) {
			continue
		}
		if word := layout.Squeeze(cells[i].Text) + layout.Squeeze(cells[next].Text); isTotal(word) || isSubtotal(word) {
			whole := cells[i]
			whole.Text, whole.right, whole.ColSpan = word, cells[next].right, cells[next].Col+cells[next].ColSpan-whole.Col
			if whole.Doubt == "" {
				whole.Doubt = cells[next].Doubt
			}
			return append(append(slices.Clone(cells[:i]), whole), cells[next+1:]...)
		}
	}
	return cells
}

// headsInOne is a cell, or where no lines rule the table and it holds a known head for each of
// the columns that it stands over, parted by paper, the heads: 全年执行数（B） 执行率（B/A）.
func headsInOne(c cell) []cell {
	words := strings.Fields(c.Text)
	if len(words) == 1 && c.ColSpan > 1 && knownHeads(words[0], 1) == nil {
		words = knownHeads(words[0], c.ColSpan)
	}
	if len(words) < 2 || len(words) != c.ColSpan || strings.Contains(c.Text, "\n") {
		return []cell{c}
	}
	var parts []cell
	for i, w := range words {
		p := c
		p.Text, p.Others, p.Col, p.ColSpan = w, nil, c.Col+i, 1
		own := p.Cell
		p.of = &own
		if knownHeads(w, 1) == nil {
			return []cell{c}
		}
		parts = append(parts, p)
	}
	return parts
}

// sideBySide puts what stands on the right of a gutter below what stands on its left: a
// narrow empty cell beside two or more rows is the space between two tables.
func sideBySide(rows []row) [][]row {
	const narrow = 0.03 // of the table's width
	for i := 0; i < len(rows); i++ {
		for _, c := range rows[i].cells {
			end := i + c.RowSpan
			if !c.empty() || c.above || c.RowSpan < 2 || end > len(rows) || rows[i].loose || c.left == float64(c.Col) || c.right-c.left > narrow {
				continue
			}
			left, right := sides(rows[i:end], c)
			if left == nil {
				continue
			}
			rest := sideBySide(rows[end:])
			return append([][]row{rows[:i], left, right}, rest...)
		}
		if at, ok := headsTwice(rows[i]); ok {
			first, end := i, i+1
			if i > 0 && !crosses(rows[i-1], at) && len(rows[i-1].printed()) == 2 {
				first-- // a head over each half
			}
			for end < len(rows) && !crosses(rows[end], at) {
				end++
			}
			left, right := halves(rows[first:end], at)
			return append([][]row{rows[:first], left, right}, sideBySide(rows[end:])...)
		}
	}
	return [][]row{rows}
}

// headsTwice is where the second half of a row begins that says the heads of the first
// half once more.
func headsTwice(r row) (at float64, ok bool) {
	cells := r.printed()
	half := len(cells) / 2
	if r.loose || half < 3 || 2*half != len(cells) || !saysHeads(cells[:half]) {
		return 0, false
	}
	for i := range half {
		if clean(cells[i].text()) != clean(cells[half+i].text()) {
			return 0, false
		}
	}
	return cells[half].left, true
}

// crosses reports whether a cell of the row stands on both sides of a place across the table.
func crosses(r row, at float64) bool {
	return slices.ContainsFunc(r.cells, func(c cell) bool { return c.left < at-0.001 && c.right > at+0.001 })
}

// halves are the rows left and right of a place across the table.
func halves(rows []row, at float64) (left, right []row) {
	for _, r := range rows {
		a, b := r, r
		a.cells, b.cells = nil, nil
		for _, c := range r.cells {
			if c.left < at-0.001 {
				a.cells = append(a.cells, c)
			} else {
				b.cells = append(b.cells, c)
			}
		}
		left, right = append(left, a), append(right, b)
	}
	return left, right
}

// sides are the rows on both sides of the gutter, nil where they do not stand alone.
func sides(rows []row, gutter cell) (left, right []row) {
	for i, r := range rows {
		a, b := r, r
		a.cells, b.cells = nil, nil
		for _, c := range r.cells {
			switch {
			case c.Row < gutter.Row || c.Row+c.RowSpan > gutter.Row+gutter.RowSpan:
				return nil, nil
			case c.right <= gutter.left+0.001:
				a.cells = append(a.cells, c)
			case c.left >= gutter.right-0.001:
				b.cells = append(b.cells, c)
			}
		}
		if i == 0 && (len(a.cells) < 2 || len(b.cells) < 2) {
			return nil, nil
		}
		left, right = append(left, a), append(right, b)
	}
	return left, right
}

func blocksOf(page int, rows []row) []block {
	var blocks []block
	for i := range rows {
		slices.SortStableFunc(rows[i].cells, func(a, b cell) int { return a.Col - b.Col })
		if len(rows[i].printed()) == 0 {
			continue // a ruled line with nothing on it
		}
		blocks = append(blocks, block{page: page, flow: page, row: &rows[i]})
	}
	return blocks
}

// split cuts the flow where a form's title stands, or where its first label stands again
// below its total: two forms under one title. Lines above the title on its
// page go with it; what comes before that is another document's.
func split(blocks []block) [][]block {
	var parts [][]block
	start, sawRows := 0, false
	var title *block // of the forms that begin on its page
	var first string // label of the form
	total := false   // was read
	for i, b := range blocks {
		switch {
		case isTitle(b.whole()):
			if sawRows || b.flow != blocks[start].flow {
				parts = append(parts, blocks[start:i])
				start, sawRows, first, total = i, false, "", false
			}
			title = &blocks[i]
		case total && first != "" && b.begins(first) && headsFollow(blocks[i:]):
			next := i
			for next > start && blocks[next-1].row == nil && blocks[next-1].flow == b.flow {
				next-- // a line above names the second form
			}
			parts = append(parts, blocks[start:next])
			start, total = next, false
			if title != nil && title.flow == b.flow {
				rest := append([]block{*title}, blocks[next:]...)
				return append(parts, split(rest)...)
			}
		}
		if b.row == nil {
			continue
		}
		cells := b.row.printed()
		sawRows = sawRows || len(cells) > 1
		if len(cells) > 1 && first == "" && !total {
			if _, ok := fields.exact(cells[0].text()); ok {
				first = clean(cells[0].text())
			}
		}
		total = total || sawRows && len(cells) > 1 && isTotal(cells[0].text()) && cells[0].ColSpan > 1
	}
	return append(parts, blocks[start:])
}

// begins reports whether the block is a row of labels and values with the label first.
func (b block) begins(label string) bool {
	if b.row == nil || b.row.loose {
		return false
	}
	cells := b.row.printed()
	return len(cells) > 1 && clean(cells[0].text()) == label
}

// headsFollow reports whether the heads of an indicator table stand below, before the
// next title.
func headsFollow(blocks []block) bool {
	const far = 60
	for _, b := range blocks[:min(far, len(blocks))] {
		if isTitle(b.whole()) {
			return false
		}
		if b.row != nil && saysHeads(b.row.printed()) {
			return true
		}
	}
	return false
}

// whole is the text of a line, or of a row that is one cell.
func (b block) whole() string {
	if b.line != nil {
		return b.line.Flat()
	}
	if cells := b.row.printed(); len(cells) == 1 && len(b.row.cells) == len(b.row.own()) {
		return cells[0].text()
	}
	return ""
}

// isTitle reports whether the text is the title of a self-evaluation form. A
// sentence that mentions one is not.
func isTitle(text string) bool {
	_, ok := titleWord(text)
	return ok
}

var (
	// titleEnd is how titles end that no list has: 绩效监控与自评一览表, 指标体系及评分表.
	titleEnd = regexp.MustCompile(`(?:(?:自评|自我评价)\p{Han}{0,8}|(?:绩效|评价)\p{Han}{0,8}(?:评分|打分|扣分))表$`)
	// partHeading is a line of a contents page: 第五部分 附件：项目支出绩效自评表.
	partHeading = regexp.MustCompile(`^第[一二三四五六七八九十]{1,3}(?:部分|章|节|篇)`)
	// continued is the title of a table that goes on: …自评表（续表）.
	continued = regexp.MustCompile(`[(（]续表?[0-9一二三四五六]?[)）]|续表[0-9一二三四五六]?$|^续表`)
	// asideAtEnd is what a title says of itself in brackets: （分包）.
	asideAtEnd = regexp.MustCompile(`[(（]\p{Han}{1,8}[)）]$`)
)

// titleWord is the word that makes the text a title. One of its characters may
// have been read wrong: 绩效目评表.
func titleWord(text string) (word string, ok bool) {
	whole := asideAtEnd.ReplaceAllString(trimYear(clean(text)), "")
	s := []rune(whole)
	if len(s) > 50 || strings.ContainsAny(text, "。；，") || partHeading.MatchString(whole) || continued.MatchString(layout.Squeeze(text)) {
		return "", false
	}
	if m := titleEnd.FindString(whole); m != "" && len(m) < len(whole) {
		return m, true
	}
	for _, slips := range []int{0, 1} {
		for _, w := range titleWords {
			n := utf8.RuneCountInString(w)
			if n+slips*2 <= len(s) && (slips == 0 || n >= 5) && differing(s[len(s)-n:], w) == slips {
				return w, true
			}
		}
	}
	return "", false
}

// figure is a cell as printed.
func (c cell) figure(label string) *form.Figure {
	return printedFigure(label, c.page, c.Box, c.Reading, c.Others, c.Doubt)
}

func lineFigure(label, text string, page int, l layout.Line) *form.Figure {
	f := printedFigure(label, page, l.Box, l.Reading, nil, l.Doubt)
	f.Text = text
	return f
}

// printedFigure keeps of the other readings those that differ, and counts those
// that agree.
func printedFigure(label string, page int, box layout.Box, r layout.Reading, others []layout.Reading, doubt string) *form.Figure {
	f := &form.Figure{
		Label: label, Text: r.Flat(), Page: page, Box: box,
		Confidence: r.Confidence, Reader: r.Reader, Doubt: doubt,
	}
	for _, o := range others {
		if layout.Squeeze(o.Text) == layout.Squeeze(r.Text) {
			f.Agreed++
		} else {
			f.Alternatives = append(f.Alternatives, o)
		}
	}
	return f
}

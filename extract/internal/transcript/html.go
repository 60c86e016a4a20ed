package transcript

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"heji/layout"
)

// part is a stretch of the text: an HTML table, or what stands between two.
type part struct {
	text  string
	table bool
}

var tableTag = regexp.MustCompile(`(?i)<(/?)table\b[^<>]*>`)

// cutTables finds the HTML tables in a text. One inside another belongs to it;
// one that is never closed goes on to the end.
func cutTables(text string) []part {
	var parts []part
	depth, start := 0, 0
	for _, m := range tableTag.FindAllStringSubmatchIndex(text, -1) {
		opens := m[2] == m[3]
		switch {
		case opens && depth == 0:
			parts = append(parts, part{text: text[start:m[0]]})
			start, depth = m[0], 1
		case opens:
			depth++
		case depth == 1:
			parts = append(parts, part{text: text[start:m[1]], table: true})
			start, depth = m[1], 0
		case depth > 1:
			depth--
		}
	}
	return append(parts, part{text: text[start:], table: depth > 0})
}

// readHTML reads one HTML table. What the parser refuses, such as elements nested
// hundreds deep, is read as text.
func (r *reader) readHTML(text string) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		r.readText(text)
		return
	}
	var rows []*html.Node
	for _, n := range nodes {
		rows = append(rows, elements(n, atom.Tr)...)
		// The parser moves text that stands between the cells out of the table.
		if s := tidy(textOf(n)); n.DataAtom != atom.Table && s != "" {
			for line := range strings.SplitSeq(s, "\n") {
				r.addLine(line)
			}
		}
	}
	r.rows += len(rows)
	if len(rows) == 0 || r.rows > maxRows {
		return
	}
	t := layout.Table{Rows: len(rows)}
	taken := make([]map[int]bool, len(rows)) // slots covered, by row and column
	for i := range taken {
		taken[i] = map[int]bool{}
	}
	for i, row := range rows {
		col := 0
		for n := range row.ChildNodes() {
			if n.DataAtom != atom.Td && n.DataAtom != atom.Th {
				continue
			}
			for taken[i][col] {
				col++
			}
			down, across := min(span(n, "rowspan", len(rows)), len(rows)-i), span(n, "colspan", 1)
			for k := 1; k < across; k++ {
				if taken[i][col+k] { // two cells must not share a slot
					across = k
				}
			}
			if r.cells += down * across; r.cells > maxCells {
				return
			}
			for y := i; y < i+down; y++ {
				for x := col; x < col+across; x++ {
					taken[y][x] = true
				}
			}
			t.Cells = append(t.Cells, r.cell(i, col, down, across, r.clean(html.EscapeString(textOf(n)))))
			t.Cols = max(t.Cols, col+across)
			col += across
		}
	}
	r.page.Tables = append(r.page.Tables, t)
}

// elements are the nodes of one kind at or below n, not looking inside cells: a
// table in a cell is that cell's text.
func elements(n *html.Node, kind atom.Atom) []*html.Node {
	switch n.DataAtom {
	case kind:
		return []*html.Node{n}
	case atom.Td, atom.Th:
		return nil
	}
	var found []*html.Node
	for c := range n.ChildNodes() {
		found = append(found, elements(c, kind)...)
	}
	return found
}

// span is a rowspan or colspan. Zero means to the end of the table; the number of
// rows is given for that as rest.
func span(n *html.Node, name string, rest int) int {
	for _, a := range n.Attr {
		if a.Key != name {
			continue
		}
		v, err := strconv.Atoi(strings.TrimSpace(a.Val))
		switch {
		case err != nil || v < 0:
			return 1
		case v == 0:
			return rest
		}
		return min(v, maxSpan)
	}
	return 1
}

// textOf is the text below n, with a line break where an element or the source
// makes one: tools copy the printed line breaks into the source as they are.
func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
			return
		case n.Type == html.CommentNode, n.DataAtom == atom.Script, n.DataAtom == atom.Style:
			return
		}
		block := false
		switch n.DataAtom {
		case atom.P, atom.Br, atom.Div, atom.Li, atom.Tr, atom.Td, atom.Th:
			block = true
			b.WriteByte('\n')
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
		if block {
			b.WriteByte('\n')
		}
	}
	walk(n)
	return b.String()
}

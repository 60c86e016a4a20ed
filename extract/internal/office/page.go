package office

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"heji/layout"
)

// The page that lines and tables are stacked on, in points. Only the order from
// top to bottom and the widths of columns mean anything.
const (
	margin    = 56.7
	pageWidth = 595.3
	lineSpace = 16.0
	hanWidth  = 10.5
)

// passage is what one paragraph or one cell prints.
type passage struct {
	text    string // lines joined by "\n"
	picture bool   // something that is not text is printed too
	doubt   string // as layout.Cell.Doubt
}

func (p passage) empty() bool { return p.text == "" && !p.picture && p.doubt == "" }

func (p passage) lines() []string {
	if p.text == "" {
		return nil
	}
	return strings.Split(p.text, "\n")
}

// join is the passages one below the other.
func join(passages ...passage) passage {
	var all passage
	var texts []string
	for _, p := range passages {
		if p.text != "" {
			texts = append(texts, p.text)
		}
		all.picture = all.picture || p.picture
		if all.doubt == "" {
			all.doubt = p.doubt
		}
	}
	all.text = strings.Join(texts, "\n")
	return all
}

// cell is the passage as a cell of a table. A picture alone is ink that was not
// read; one beside text is taken for a seal or an ornament.
func (p passage) cell(by string) layout.Cell {
	c := layout.Cell{Ink: !p.empty(), Doubt: p.doubt}
	c.Reading = reading(p.text, by)
	if c.Ink && c.Text == "" {
		c.Confidence = 0
		if c.Doubt == "" {
			c.Doubt = layout.Illegible
		}
	}
	return c
}

func reading(text, by string) layout.Reading {
	return layout.Reading{Text: text, Reader: layout.ByTextLayer, Confidence: 1, By: by}
}

// stack puts lines and tables on pages, each below the one before.
type stack struct {
	by    string // the reader's name
	pages []layout.Page
	page  layout.Page
	y     float64
}

// turn ends the page. A page with nothing on it is not kept.
func (s *stack) turn() {
	if len(s.page.Lines)+len(s.page.Tables) > 0 {
		s.page.Number = len(s.pages) + 1
		s.page.Source = layout.TextLayer
		s.page.Width = max(s.page.Width, pageWidth)
		s.page.Height = math.Ceil(s.y + margin)
		s.pages = append(s.pages, s.page)
	}
	s.page, s.y = layout.Page{}, margin
}

func (s *stack) addLines(p passage) {
	for _, text := range p.lines() {
		box := layout.Box{X0: margin, Y0: s.y, X1: margin + widthOf(text), Y1: s.y + hanWidth}
		s.page.Lines = append(s.page.Lines, layout.Line{Box: box, Reading: reading(text, s.by), Doubt: p.doubt})
		s.page.Width = max(s.page.Width, box.X1+margin)
		s.y += lineSpace
	}
}

// addTable takes a table whose top left corner is at 0, 0.
func (s *stack) addTable(t layout.Table) {
	move := func(b *layout.Box) {
		b.X0, b.X1, b.Y0, b.Y1 = b.X0+margin, b.X1+margin, b.Y0+s.y, b.Y1+s.y
	}
	for i := range t.ColEdges {
		t.ColEdges[i] += margin
	}
	for i := range t.RowEdges {
		t.RowEdges[i] += s.y
	}
	for i := range t.Cells {
		move(&t.Cells[i].Box)
	}
	move(&t.Box)
	s.page.Tables = append(s.page.Tables, t)
	s.page.Width = max(s.page.Width, t.Box.X1+margin)
	s.y = t.Box.Y1 + lineSpace
}

// widthOf is about how wide a line of text is, in points.
func widthOf(text string) float64 {
	w := 0.0
	for _, r := range text {
		if r < 0x2000 {
			w += hanWidth / 2
		} else {
			w += hanWidth
		}
	}
	return w
}

// tidy drops what shows nothing, trims every line and drops empty ones.
func tidy(s string) string {
	var lines []string
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("\n\r\v\f\u2028\u2029\u0085", r) }) {
		if line = strings.TrimSpace(strings.Map(visible, line)); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// visible drops characters that show nothing and would make equal words differ;
// a tab and a space that does not break are spaces.
func visible(r rune) rune {
	switch {
	case r == '\t', r == '\u00a0':
		return ' '
	case r == '\u00ad', r == '\ufeff', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2069':
		return -1
	case unicode.Is(unicode.Cc, r):
		return -1
	}
	return r
}

// doubtOf is for text with a character that the file does not give.
func doubtOf(text string) string {
	if strings.ContainsRune(text, unicode.ReplacementChar) {
		return layout.Unconfirmed
	}
	return ""
}

// placed is a passage and the rectangle it stands in, in points from the top
// left corner of its table.
type placed struct {
	box layout.Box
	passage
}

// lay makes a table of rectangles that do not overlap: their edges are the
// grid's.
func lay(cells []placed, by string) layout.Table {
	var xs, ys []float64
	for _, c := range cells {
		xs, ys = append(xs, c.box.X0, c.box.X1), append(ys, c.box.Y0, c.box.Y1)
	}
	xs, ys = distinct(xs), distinct(ys)
	t := layout.Table{
		Rows: len(ys) - 1, Cols: len(xs) - 1, RowEdges: ys, ColEdges: xs,
		Box: layout.Box{X0: xs[0], Y0: ys[0], X1: xs[len(xs)-1], Y1: ys[len(ys)-1]},
	}
	for _, p := range cells {
		c := p.cell(by)
		c.Col, c.Row = nearest(xs, p.box.X0), nearest(ys, p.box.Y0)
		c.ColSpan, c.RowSpan = nearest(xs, p.box.X1)-c.Col, nearest(ys, p.box.Y1)-c.Row
		c.Box = layout.Box{X0: xs[c.Col], Y0: ys[c.Row], X1: xs[c.Col+c.ColSpan], Y1: ys[c.Row+c.RowSpan]}
		t.Cells = append(t.Cells, c)
	}
	slices.SortStableFunc(t.Cells, func(a, b layout.Cell) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	return t
}

// samePlace is how far apart two edges may be and still be one, in points: sums
// of the same widths, taken another way round.
const samePlace = 0.05

// distinct are the edges in order, each once.
func distinct(edges []float64) []float64 {
	slices.Sort(edges)
	var kept []float64
	for _, e := range edges {
		if len(kept) == 0 || e-kept[len(kept)-1] > samePlace {
			kept = append(kept, e)
		}
	}
	return kept
}

func nearest(edges []float64, at float64) int {
	i, _ := slices.BinarySearch(edges, at)
	switch {
	case i == len(edges):
		return i - 1
	case i > 0 && at-edges[i-1] < edges[i]-at:
		return i - 1
	}
	return i
}

package grid

import (
	"cmp"
	"math"
	"slices"

	"heji/layout"
)

// Word is a piece of print, a character or some that stand close together.
type Word struct {
	layout.Box
	Figure bool // known to be digits and their marks
	Open   bool // known to end in a decimal point or comma: what follows it is on the next line
	// Gaps are the paper between its characters, left to right, where it is known: two columns that
	// stand close are one word.
	Gaps []Gap
}

// Gap is paper within a word: where its middle is and how wide it is, in points.
type Gap struct{ At, Width float64 }

// Distances of print without lines, in ems.
const (
	sameLine     = 0.35 // between the middles of what stands in one line
	tight        = 0.5  // paper that characters of one text leave between them at most
	gutterMany   = 0.5  // between columns that several lines share
	gutterFew    = 1.0  // between columns of one or two lines
	leading      = 1.75 // from line to line of one text at most
	closeLeading = 1.45 // the same, where the next line is a figure
	fullLine     = 1.7  // by which a line that is wrapped may be shorter than its column
	near         = 0.9  // paper above a line that belongs to what is above it
	offCut       = 2.5  // points by which print may stand off the line that ends beside it
	match        = 0.6  // by which a merged cell's print may be off its middle
)

// few lines give no column by themselves.
const (
	few        = 3
	stray      = 8   // of so many lines one may cross a gutter
	crossing   = 0.7 // of a cell that a word across a gutter costs
	wideGap    = 2.2 // times the usual paper between rows
	prosePrice = 0.5 // what lines without columns cost
	blockPrice = 2.0 // cells beside each other that a table of its own must bring
)

// Align finds tables in print that no lines rule, or only lines across: words stand
// in columns when lines one above another leave the same paper free. Where the
// columns change, a new table begins. It is a guess, and returns nothing unless one
// of the tables is large enough to be no accident.
//
//	lines      words at one height
//	blocks     lines with the same gutters, so that most words have a column
//	continued  blocks whose columns go on in the next
//	columns    between the gutters
//	texts      lines of a column that are one text, wrapped
//	rows       texts side by side
//	spans      names in the middle, or at the top, of several rows
func Align(words []Word, drawn []Segment) []layout.Table {
	const most = 20000 // words of a page; a drawing has more
	if len(words) == 0 || len(words) > most {
		return nil
	}
	em := typicalHeight(words)
	tables, words := ruledAcross(words, drawn, em)
	large := len(tables) > 0
	lines := withoutWraps(linesOf(words, em), em)
	if len(lines) > 400 {
		return tables
	}
	for _, b := range continued(blocksOf(lines, em), em) {
		a := aligned{em: em, drawn: drawn, lines: trimmed(b, em)}
		// With fewer lines fewer may cross a gutter, and what was trimmed off crosses none.
		if a.gutters = gutters(a.lines, em); len(a.gutters) < len(gutters(b, em)) {
			a.gutters = gutters(b, em)
		}
		if t, ok := a.table(); ok {
			tables = append(tables, t)
			large = large || t.Rows >= 4 && t.Cols >= 3 || t.Rows >= 2 && t.Cols >= 5 // the end of a table of the page before
		}
	}
	if !large {
		return nil
	}
	if t, ok := headsAtEnd(lines, tables, em); ok {
		tables = append(tables, t)
	}
	slices.SortStableFunc(tables, func(a, b layout.Table) int { return cmp.Compare(a.Box.Y0, b.Box.Y0) })
	return tables
}

// typicalHeight is the height of most of the print.
func typicalHeight(words []Word) float64 {
	sorted := slices.Clone(words)
	slices.SortFunc(sorted, func(a, b Word) int { return cmp.Compare(a.Height(), b.Height()) })
	total := 0.0
	for _, w := range sorted {
		total += w.Width()
	}
	sum := 0.0
	for _, w := range sorted {
		if sum += w.Width(); sum >= total/2 {
			return max(w.Height(), 1)
		}
	}
	return 1
}

// printLine is words at one height, left to right, those close together made one.
type printLine struct {
	words  []Word
	y0, y1 float64
}

func (l printLine) middle() float64 { return (l.y0 + l.y1) / 2 }

// linesOf is the words as lines. Where cuts are known, no word goes over one that no print of its
// own crosses.
func linesOf(words []Word, em float64, cuts ...parting) []printLine {
	sorted := slices.Clone(words)
	middle := func(w Word) float64 { return (w.Y0 + w.Y1) / 2 }
	slices.SortStableFunc(sorted, func(a, b Word) int { return cmp.Compare(middle(a), middle(b)) })
	var lines []printLine
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && middle(sorted[n])-middle(sorted[n-1]) <= sameLine*em/2 && middle(sorted[n])-middle(sorted[0]) <= 2*sameLine*em {
			n++
		}
		lines = append(lines, lineOf(sorted[:n], em, cuts))
		sorted = sorted[n:]
	}
	return lines
}

// withoutWraps is the lines with amounts that break off at their point, 34078047. over 45, as one
// each, together with what stands beside their middle.
func withoutWraps(lines []printLine, em float64) []printLine {
	var out []printLine
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		end := i
		for j := i + 1; j < min(len(lines), i+3) && lines[j].y0-l.y0 <= leading*em; j++ {
			if continues(lines[j], l) {
				end = j
				break
			}
		}
		for _, next := range lines[i+1 : end+1] {
			for _, w := range next.words {
				if k := slices.IndexFunc(l.words, func(o Word) bool { return o.X0 < w.X1 && w.X0 < o.X1 }); k >= 0 {
					l.words = slices.Clone(l.words)
					l.words[k].Box = l.words[k].Union(w.Box)
					continue
				}
				l.words = append(slices.Clone(l.words), w)
			}
			l.y0, l.y1 = min(l.y0, next.y0), max(l.y1, next.y1)
		}
		slices.SortStableFunc(l.words, func(a, b Word) int { return cmp.Compare(a.X0, b.X0) })
		out = append(out, l)
		i = end
	}
	return out
}

// continues reports whether a line holds nothing but the rest of figures above it, of which one at
// least is open.
func continues(l, above printLine) bool {
	open := false
	for _, w := range l.words {
		k := slices.IndexFunc(above.words, func(o Word) bool { return o.Figure && o.X0 < w.X1 && w.X0 < o.X1 })
		if k < 0 || !w.Figure {
			return false
		}
		open = open || above.words[k].Open
	}
	return open
}

// dividedAt is the words with those that reach over a cut divided, where there is paper in them at it.
func dividedAt(words []Word, cuts []parting) (out []Word) {
	for _, w := range words {
		for _, c := range cuts {
			gap, ok := w.gapAt(c.x)
			if !c.beside || !ok {
				continue
			}
			left := w
			left.X1, left.Open, w.X0 = gap.At-gap.Width/2, false, gap.At+gap.Width/2
			out = append(out, left)
		}
		out = append(out, w)
	}
	return out
}

// gapAt is the paper in a word nearest to a place, if it is near.
func (w Word) gapAt(x float64) (gap Gap, ok bool) {
	if x < w.X0+1 || x > w.X1-1 || len(w.Gaps) == 0 {
		return gap, false
	}
	gap = slices.MinFunc(w.Gaps, func(a, b Gap) int { return cmp.Compare(math.Abs(a.At-x), math.Abs(b.At-x)) })
	return gap, math.Abs(gap.At-x) <= offCut && gap.At > w.X0 && gap.At < w.X1
}

// wider reports whether a gap in a word is more paper than between its characters.
func (w Word) wider(gap Gap) bool {
	const more, least = 1.6, 1.4 // times as wide as the others mostly are; points
	if gap.Width < least || len(w.Gaps) == 0 {
		return false
	}
	var widths []float64
	for _, g := range w.Gaps {
		widths = append(widths, g.Width)
	}
	slices.Sort(widths)
	if len(widths) < few {
		return w.Figure // 总 分 is one
	}
	return gap.Width >= more*widths[(len(widths)-1)/2]
}

// dividedBy is the two words that one is which reaches over a gutter with more paper there than
// between its characters: amounts or heads that fill their columns.
func dividedBy(w Word, gutter float64) (left, right Word, ok bool) {
	gap, near := w.gapAt(gutter)
	if !near || !w.wider(gap) {
		return left, right, false
	}
	left, right = w, w
	left.X1, left.Open, right.X0 = gap.At-gap.Width/2, false, gap.At+gap.Width/2
	return left, right, true
}

// parting is where a line across begins or ends, and whether that is right above or below the words.
type parting struct {
	x      float64
	beside bool
}

// between reports whether it parts two words: print may stand a little off the line beside it.
func (c parting) between(left, right Word) bool {
	off := -0.5
	if c.beside {
		off = offCut
	}
	return left.X1 < min(right.X0, c.x+off) && c.x-off < right.X0
}

func lineOf(words []Word, em float64, cuts []parting) printLine {
	l := printLine{y0: math.Inf(1), y1: math.Inf(-1)}
	sorted := dividedAt(words, cuts)
	slices.SortStableFunc(sorted, func(a, b Word) int { return cmp.Compare(a.X0, b.X0) })
	for _, w := range sorted {
		l.y0, l.y1 = min(l.y0, w.Y0), max(l.y1, w.Y1)
		n := len(l.words) - 1
		parted := n >= 0 && slices.ContainsFunc(cuts, func(c parting) bool { return c.between(l.words[n], w) })
		if n >= 0 && !parted && w.X0-l.words[n].X1 < tight*max(em, min(w.Height(), l.words[n].Height())) {
			last := &l.words[n]
			if paper := w.X0 - last.X1; paper > 0 {
				last.Gaps = append(slices.Clip(last.Gaps), Gap{(last.X1 + w.X0) / 2, paper})
			}
			last.Gaps = append(slices.Clip(last.Gaps), w.Gaps...)
			last.Box, last.Figure, last.Open = last.Union(w.Box), last.Figure && w.Figure, w.Open
			continue
		}
		l.words = append(l.words, w)
	}
	return l
}

// blocksOf divides the lines so that most words have a column of their own: each
// block of lines is worth the cells that its gutters set beside others, less a price.
// Lines that overlap, as those of a cell that is wrapped beside one that is not, stay
// together.
func blocksOf(lines []printLine, em float64) [][]printLine {
	ends := append([]int{0}, rowEnds(lines, em)...) // where a block may end
	prices := pricesOf(lines, ends, em)
	best := make([]float64, len(ends))
	from := make([]int, len(ends))
	for j := 1; j < len(ends); j++ {
		best[j] = math.Inf(-1)
		for i := j - 1; i >= 0; i-- {
			block := lines[ends[i]:ends[j]]
			value := best[i] - prosePrice
			if g := gutters(block, em); len(g) > 0 {
				value = best[i] - blockPrice
				if len(block) >= few {
					value = best[i] - prices[i]
				}
				for k := i; k < j; k++ {
					value += worth(lines[ends[k]:ends[k+1]], g)
				}
			}
			if value > best[j] {
				best[j], from[j] = value, i
			}
		}
	}
	var blocks [][]printLine
	for j := len(ends) - 1; j > 0; j = from[j] {
		blocks = append(blocks, lines[ends[from[j]]:ends[j]])
	}
	slices.Reverse(blocks)
	return blocks
}

// labelsAbove is how many lines at the top of a block are labels and captions above its heads:
// each has words above the first column alone, and paper parts them somewhere, as it does not
// the lines of a head.
func labelsAbove(lines []printLine, gutters []float64, em float64) int {
	const parted = 0.8 // em
	n, gap := 0, false
	for ; n+1 < len(lines); n++ {
		if parts := inColumns(lines[n], gutters); len(parts) != 1 || parts[0].from > 0 || parts[0].to > 0 {
			break
		}
		gap = gap || lines[n+1].y0-lines[n].y1 > parted*em
	}
	if !gap || len(gutters) < 2 || len(inColumns(lines[n], gutters)) < 3 {
		return 0
	}
	return n
}

// trimmed is a block without the lines at its ends that stand alone: titles, captions
// and what is signed below. A table of several columns begins with its first column.
func trimmed(lines []printLine, em float64) []printLine {
	g := gutters(lines, em)
	alone := func(i, beside int) bool {
		parts := inColumns(lines[i], g)
		if i < beside && overHeads(parts[0], lines[beside:], g) {
			return false
		}
		apart := max(lines[i].y0-lines[beside].y1, lines[beside].y0-lines[i].y1)
		headed := parts[0].from > 0 || len(parts) == 1 && len(inColumns(lines[beside], g)) > 2
		caption := len(g) > 1 && i < beside && headed && apart > near*em/4
		return len(parts) == 1 && (apart > near*em || caption) || len(parts) == 2 && caption && len(g) > 2
	}
	lines = lines[labelsAbove(lines, g, em):]
	for len(lines) > 1 && alone(0, 1) {
		lines = lines[1:]
	}
	for n := len(lines); n > 1 && alone(n-1, n-2); n-- {
		lines = lines[:n-1]
	}
	return lines
}

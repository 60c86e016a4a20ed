package grid

import (
	"cmp"
	"math"
	"slices"

	"heji/layout"
)

// How lines across rule the rows of a table without lines down.
const (
	sameEnds    = 6   // points by which the ends of such lines may differ
	narrowest   = 11  // points that a column is wide
	leastWide   = 200 // points that they are long
	leastShort  = 40  // and those between them
	mostHigh    = 120 // points of one row
	closer      = 0.7 // of what columns keep apart elsewhere: that rows are known makes up for it
	leastBands  = 4   // rows with figures that they must make
	stackedMost = 3   // of so many rows one may have a figure above another
)

// ruledAcross finds the tables all of whose rows are divided by lines across, with no lines
// down, and gives them besides the words that stand elsewhere. The lines are as wide as the
// table, or as some of its columns, where what stands in the others belongs to both rows.
// What stands between two such lines is a row, however many lines of print it has; the
// columns are told as in Align. Lines above and below the heads and at the foot alone
// rule no rows: between them figures stand above each other.
func ruledAcross(words []Word, drawn []Segment, em float64) (tables []layout.Table, rest []Word) {
	rest = words
	for _, edges := range families(drawn) {
		if slices.ContainsFunc(tables, func(t layout.Table) bool {
			return t.Box.Y0 < edges.at[len(edges.at)-1] && edges.at[0] < t.Box.Y1
		}) {
			continue // lines of a table that was found
		}
		bands := make([][]Word, len(edges.at)-1)
		var outside []Word
		for _, w := range rest {
			switch i, _ := slices.BinarySearch(edges.at, (w.Y0+w.Y1)/2); {
			case i == 0 || i == len(edges.at):
				outside = append(outside, w)
			case w.X0 >= edges.from-sameEnds && w.X1 <= edges.to+sameEnds: // beside them is dirt
				bands[i-1] = append(bands[i-1], w)
			}
		}
		if !rows(bands, em) {
			continue
		}
		first := 0
		for i := 0; i <= len(bands); i++ {
			if i < len(bands) && !edges.titled(bands[i], em) {
				continue
			}
			if i > first {
				part := family{at: edges.at[first : i+1], parts: edges.parts[first : i+1], from: edges.from, to: edges.to}
				tables = append(tables, part.tables(bands[first:i], em)...)
			}
			if i < len(bands) {
				outside = append(outside, bands[i]...)
			}
			first = i + 1
		}
		rest = outside
	}
	return tables, rest
}

// family is lines across, top to bottom, that end at the same place on both sides, and those
// between them that are shorter: they divide some columns, and what stands in the others
// belongs to both rows.
type family struct {
	at       []float64
	parts    [][]stretch // of each, what is drawn
	from, to float64
	clear    [][]float64 // of each, where its parts end, clear of the print above and below
}

func families(drawn []Segment) (found []family) {
	across, _ := rules(drawn, Tolerance)
	across = join(across, Tolerance)
	slices.SortStableFunc(across, func(a, b rule) int { return cmp.Compare(a.at, b.at) })
next:
	for _, r := range across {
		if r.length() < leastWide {
			continue
		}
		for i := range found {
			if f := &found[i]; math.Abs(f.from-r.from) <= sameEnds && math.Abs(f.to-r.to) <= sameEnds {
				f.draw(r)
				continue next
			}
		}
		f := family{from: r.from, to: r.to}
		f.draw(r)
		found = append(found, f)
	}
	found = append(withShorter(found, across), found...)
	found = slices.DeleteFunc(found, func(f family) bool { return len(f.at) <= leastBands })
	slices.SortStableFunc(found, func(a, b family) int { return cmp.Compare(len(b.at), len(a.at)) })
	return found
}

// draw adds a line that is not above the last.
func (f *family) draw(r rule) {
	part := stretch{from: r.from, to: r.to}
	if n := len(f.at); n > 0 && r.at-f.at[n-1] <= Tolerance {
		f.parts[n-1] = append(f.parts[n-1], part)
		return
	}
	f.at, f.parts = append(f.at, r.at), append(f.parts, []stretch{part})
}

// extent is how far up and down the table reaches: beyond the lines from side to side where a page
// break cut a label that stands beside its last rows, or its first, and their lines begin right
// of it.
func (f family) extent(across []rule) (top, bottom float64) {
	top, bottom = f.at[0], f.at[len(f.at)-1]
	beside := func(r rule) bool {
		return r.length() >= leastWide && r.from >= f.from-sameEnds && math.Abs(r.to-f.to) <= sameEnds
	}
	for _, r := range across {
		if beside(r) && r.at > bottom && r.at-bottom <= mostHigh {
			bottom = r.at
		}
	}
	for _, r := range slices.Backward(across) {
		if beside(r) && r.at < top && top-r.at <= mostHigh {
			top = r.at
		}
	}
	return top, bottom
}

// divides reports whether the line at an edge is drawn over most of a stretch.
func (f family) divides(edge int, from, to float64) bool {
	drawn := 0.0
	for _, p := range f.parts[edge] {
		drawn += max(0, min(p.to, to)-max(p.from, from))
	}
	return drawn > (to-from)/2
}

// cutsAt are where shorter lines begin and end within the table, for the words of one band: columns
// do there. Of lines that are not right above or below, but a few rows away, two must, since a line
// that tore ends anywhere.
func (f family) cutsAt(band int) (found []parting) {
	const away = 4 // rows
	var others []float64
	for edge := max(0, band-away); edge <= min(len(f.at)-1, band+1+away); edge++ {
		for _, x := range f.endsAt(edge) {
			if edge == band || edge == band+1 {
				found = append(found, parting{x, true})
				continue
			}
			if slices.ContainsFunc(others, func(o float64) bool { return math.Abs(o-x) < Tolerance }) {
				found = append(found, parting{x, false})
			}
			others = append(others, x)
		}
	}
	return found
}

// endsAt is where the parts of one line begin and end within the table.
func (f family) endsAt(edge int) (ends []float64) {
	for _, p := range f.parts[edge] {
		for _, x := range []float64{p.from, p.to} {
			if x > f.from+narrowest && x < f.to-narrowest {
				ends = append(ends, x)
			}
		}
	}
	return ends
}

// columns is the gutters of a block of bands. Of several rows one may cross them: heads that stand
// so close that they touch.
func (f family) columns(first, last int, block []printLine, em float64) []float64 {
	allowed := len(block) / stray
	if last-first > few {
		allowed = max(allowed, 1)
	}
	gutters := guttersBut(block, em, allowed)
	if last-first == 1 {
		gutters = gapsIn(block, gutterMany*em)
	}
	found := slices.DeleteFunc(gutters, func(g float64) bool { return numbering(block, g, em) })
	return f.withCuts(first, last, found, block)
}

// gapsIn are the middles of the paper at least so wide that the lines of one row leave free between
// words.
func gapsIn(row []printLine, least float64) (found []float64) {
	var words []Word
	for _, l := range row {
		words = append(words, l.words...)
	}
	slices.SortFunc(words, func(a, b Word) int { return cmp.Compare(a.X0, b.X0) })
	end := math.Inf(1)
	for _, w := range words {
		if w.X0-end >= least {
			found = append(found, (end+w.X0)/2)
		}
		if math.IsInf(end, 1) || w.X1 > end {
			end = w.X1
		}
	}
	return found
}

// numbering reports whether a gutter is what stands between a word and its number in most of its
// rows, 指标 1 over 指标 2: the paper is as wide in each, and so is the word.
func numbering(block []printLine, gutter, em float64) bool {
	const rows, off = 3, 1.5 // points
	var widths, gaps []float64
	for _, l := range block {
		k := slices.IndexFunc(l.words, func(w Word) bool { return w.X0 > gutter })
		if k < 1 || l.words[k-1].X1 > gutter || l.words[k].X0-l.words[k-1].X1 > tight*em/closer {
			continue // nothing stands close on both sides
		}
		if l.words[k-1].Figure {
			return false
		}
		widths, gaps = append(widths, l.words[k-1].Width()), append(gaps, l.words[k].X0-l.words[k-1].X1)
	}
	if len(gaps) < rows {
		return false
	}
	alike, width, gap := 0, median(widths), median(gaps)
	for i := range gaps {
		alike += btoi(math.Abs(widths[i]-width) <= off && math.Abs(gaps[i]-gap) <= off)
	}
	return alike*4 >= len(gaps)*3
}

func median(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

// withCuts is the gutters of the bands from first to last, with the edges of columns that the
// lines between them show. A gutter with nothing between it and an edge is that edge.
func (f family) withCuts(first, last int, gutters []float64, block []printLine) []float64 {
	between := func(a, b float64) bool {
		a, b = min(a, b), max(a, b)
		return slices.ContainsFunc(block, func(l printLine) bool {
			return slices.ContainsFunc(l.words, func(w Word) bool { return a < (w.X0+w.X1)/2 && (w.X0+w.X1)/2 < b })
		})
	}
	all := slices.Clone(gutters)
	for edge := first + 1; edge < last; edge++ {
		for _, x := range f.clear[edge] {
			if i := slices.IndexFunc(all, func(g float64) bool { return !between(g, x) }); i >= 0 {
				all[i] = x
				continue
			}
			all = append(all, x)
		}
	}
	slices.Sort(all)
	return all
}

// clearOf is the place nearest to the end of a line at which it cuts the least print: on paper that is
// not quite flat the two stand a little off each other.
func clearOf(x float64, block []printLine) float64 {
	const off, step = 3, 0.5 // points
	best, least := x, math.MaxInt
	for d := 0.0; d <= off; d += step {
		for _, at := range []float64{x - d, x + d} {
			n := 0
			for _, l := range block {
				for _, w := range l.words {
					n += btoi(w.X0 < at && at < w.X1)
				}
			}
			if n < least {
				best, least = at, n
			}
		}
	}
	return best
}

// whole reports whether the line at an edge is drawn from side to side.
func (f family) whole(edge int) bool {
	drawn := 0.0
	for _, p := range f.parts[edge] {
		drawn += p.width()
	}
	return drawn > 0.9*(f.to-f.from)
}

// withShorter is the families with the lines between theirs that are shorter.
func withShorter(families []family, across []rule) (found []family) {
	for _, f := range families {
		whole := family{from: f.from, to: f.to}
		top, bottom := f.extent(across)
		for _, r := range across {
			inside := r.from >= f.from-sameEnds && r.to <= f.to+sameEnds && r.at >= top && r.at <= bottom
			if inside && r.length() >= leastShort {
				whole.draw(r)
			}
		}
		if len(whole.at) > len(f.at) {
			found = append(found, whole)
		}
	}
	return found
}

// titled reports whether what stands between two lines is the title of another table: a line of
// larger print in the middle.
func (f family) titled(band []Word, em float64) bool {
	const larger, off = 1.2, 0.1 // of the usual print; of the width
	for _, l := range linesOf(band, em) {
		x0, x1 := l.words[0].X0, l.words[len(l.words)-1].X1
		if l.y1-l.y0 > larger*em && math.Abs((x0+x1)/2-(f.from+f.to)/2) < off*(f.to-f.from) && l.words[0].Height() > larger*em && len(l.words) < few {
			return true
		}
	}
	return false
}

// rows reports whether the bands are rows: enough of them have figures, and hardly one has
// a figure above another. Of many bands a few with figures are enough.
func rows(bands [][]Word, em float64) bool {
	const many = 8
	var figures [][]Word // of each band that has some
	var wrapped []Word   // the upper of two that are one amount
	for _, b := range bands {
		var of []Word
		for _, l := range linesOf(b, em) {
			for _, w := range l.words {
				if w.Figure {
					of = append(of, w)
				}
			}
		}
		if len(of) == 0 {
			continue
		}
		figures = append(figures, of)
		for _, a := range of {
			if slices.ContainsFunc(of, func(b Word) bool { return above(a, b, em) && halfway(of, a, b, em) }) {
				wrapped = append(wrapped, a)
			}
		}
	}
	stacked := 0
	for _, of := range figures {
		stacked += btoi(slices.ContainsFunc(of, func(a Word) bool {
			known := slices.ContainsFunc(wrapped, func(w Word) bool { return math.Abs(a.X0-w.X0) < em && math.Abs(a.X1-w.X1) < em })
			return !known && slices.ContainsFunc(of, func(b Word) bool { return above(a, b, em) })
		}))
	}
	least := leastBands
	if len(bands) >= many {
		least = 2
	}
	return len(figures) >= least && stacked*stackedMost <= len(figures)
}

// above reports whether one word stands above another.
func above(a, b Word, em float64) bool {
	return b.Y0 > a.Y1-em/4 && b.X0 < a.X1 && a.X0 < b.X1
}

// halfway reports whether another figure stands beside two that are one above the other, at the
// height between them: they are one that its column has no room for, in the middle of a row.
func halfway(figures []Word, upper, lower Word, em float64) bool {
	middle := (upper.Y0 + upper.Y1 + lower.Y0 + lower.Y1) / 4
	return lower.Y0-upper.Y1 < em && slices.ContainsFunc(figures, func(w Word) bool {
		return (w.X1 < upper.X0 || w.X0 > upper.X1) && math.Abs((w.Y0+w.Y1)/2-middle) < em/4
	})
}

// tables divides the rows into blocks with the same columns, each a table. A row that has
// none is left to be read as lines.
func (f family) tables(bands [][]Word, em float64) (found []layout.Table) {
	em *= closer
	lines := make([][]printLine, len(bands))
	for i, b := range bands {
		lines[i] = linesOf(b, em, f.cutsAt(i)...)
	}
	f.clear = make([][]float64, len(f.at))
	for edge := range f.at {
		beside := slices.Concat(lines[max(0, edge-1):min(edge+1, len(lines))]...)
		for _, x := range f.endsAt(edge) {
			f.clear[edge] = append(f.clear[edge], clearOf(x, beside))
		}
	}
	best, from := make([]float64, len(bands)+1), make([]int, len(bands)+1)
	for j := 1; j <= len(bands); j++ {
		best[j] = math.Inf(-1)
		if j < len(bands) && !f.whole(j) {
			continue // what stands above and below is one cell somewhere
		}
		for i := j - 1; i >= 0; i-- {
			if math.IsInf(best[i], -1) {
				continue
			}
			block := slices.Concat(lines[i:j]...)
			value := best[i] - prosePrice
			if all := f.columns(i, j, block, em); len(all) > 0 {
				// Neither what crosses gutters is free, nor are those that will not be cut worth anything.
				if value = best[i] - blockPrice + worthAll(lines[i:j], all); value > best[j] {
					value = min(value, best[i]-blockPrice+worthAll(lines[i:j], dividing(lines[i:j], all)))
				}
			}
			if value > best[j] {
				best[j], from[j] = value, i
			}
		}
	}
	for j := len(bands); j > 0; j = from[j] {
		i := from[j]
		divideWords(lines[i:j], f.columns(i, j, slices.Concat(lines[i:j]...), em))
		if g := dividing(lines[i:j], f.columns(i, j, slices.Concat(lines[i:j]...), em)); len(g) > 0 {
			found = append(found, f.table(i, lines[i:j], g))
		}
	}
	slices.Reverse(found)
	return found
}

// worthAll is how much of rows the columns set apart.
func worthAll(rows [][]printLine, gutters []float64) (sum float64) {
	for _, row := range rows {
		sum += worth(row, gutters)
	}
	return sum
}

// divideWords divides the words of rows that reach over a gutter and are two there.
func divideWords(rows [][]printLine, gutters []float64) {
	for _, row := range rows {
		for i := range row {
			for _, g := range gutters {
				for k, w := range row[i].words {
					if left, right, ok := dividedBy(w, g); ok {
						row[i].words = slices.Replace(slices.Clone(row[i].words), k, k+1, left, right)
						break
					}
				}
			}
		}
	}
}

// dividing is the gutters without those that print crosses in as many rows as it stands on
// both sides of them: a speck beside a figure makes no column.
func dividing(rows [][]printLine, gutters []float64) []float64 {
	for {
		worst, most := -1, -1
		for g := range gutters {
			against, crossed := 0, false
			for _, row := range rows {
				var left, right, over bool
				for _, l := range row {
					for _, p := range inColumns(l, gutters) {
						left = left || p.to == g
						right = right || p.from == g+1
						over = over || p.from <= g && p.to > g
					}
				}
				switch {
				case over:
					against++
					crossed = true
				case left && right:
					against--
				}
			}
			if crossed && against > most {
				worst, most = g, against
			}
		}
		if worst < 0 {
			return gutters
		}
		gutters = slices.Delete(slices.Clone(gutters), worst, worst+1)
	}
}

// table is the rows between the lines from the first on, cut at the gutters but where print
// crosses them. Cells that a line does not divide reach over it.
func (f family) table(first int, lines [][]printLine, gutters []float64) layout.Table {
	at := f.at[first : first+len(lines)+1]
	cols := append(append([]float64{f.from}, gutters...), f.to)
	nc := len(cols) - 1
	t := layout.Table{Rows: len(lines), Cols: nc, RowEdges: slices.Clone(at), ColEdges: cols, Aligned: true,
		Box: layout.Box{X0: f.from, Y0: at[0], X1: f.to, Y1: at[len(at)-1]}}
	for r, row := range lines {
		joined := make([]bool, nc) // with the column to its left
		for _, l := range row {
			for _, p := range inColumns(l, gutters) {
				for c := p.from + 1; c <= p.to; c++ {
					joined[c] = true
				}
			}
		}
		for c := 0; c < nc; {
			end := c + 1
			for end < nc && joined[end] {
				end++
			}
			above := slices.IndexFunc(t.Cells, func(o layout.Cell) bool { return o.Row+o.RowSpan == r && o.Col == c && o.ColSpan == end-c })
			if above >= 0 && !f.divides(first+r, cols[c], cols[end]) {
				t.Cells[above].RowSpan++
				t.Cells[above].Box.Y1 = at[r+1]
			} else {
				t.Cells = append(t.Cells, layout.Cell{Row: r, Col: c, RowSpan: 1, ColSpan: end - c,
					Box: layout.Box{X0: cols[c], Y0: at[r], X1: cols[end], Y1: at[r+1]}})
			}
			c = end
		}
	}
	return t
}

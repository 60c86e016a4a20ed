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
}

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
	lines := linesOf(words, em)
	if len(lines) > 400 {
		return nil
	}
	var tables []layout.Table
	large := false
	for _, b := range blocksOf(lines, em) {
		a := aligned{em: em, drawn: drawn, lines: trimmed(b, em)}
		if t, ok := a.table(); ok {
			tables = append(tables, t)
			large = large || t.Rows >= 4 && t.Cols >= 3
		}
	}
	if !large {
		return nil
	}
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

func linesOf(words []Word, em float64) []printLine {
	sorted := slices.Clone(words)
	middle := func(w Word) float64 { return (w.Y0 + w.Y1) / 2 }
	slices.SortStableFunc(sorted, func(a, b Word) int { return cmp.Compare(middle(a), middle(b)) })
	var lines []printLine
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && middle(sorted[n])-middle(sorted[n-1]) <= sameLine*em/2 && middle(sorted[n])-middle(sorted[0]) <= 2*sameLine*em {
			n++
		}
		lines = append(lines, lineOf(sorted[:n], em))
		sorted = sorted[n:]
	}
	return lines
}

func lineOf(words []Word, em float64) printLine {
	l := printLine{y0: math.Inf(1), y1: math.Inf(-1)}
	sorted := slices.Clone(words)
	slices.SortStableFunc(sorted, func(a, b Word) int { return cmp.Compare(a.X0, b.X0) })
	for _, w := range sorted {
		l.y0, l.y1 = min(l.y0, w.Y0), max(l.y1, w.Y1)
		if n := len(l.words) - 1; n >= 0 && w.X0-l.words[n].X1 < tight*em {
			last := &l.words[n]
			last.Box, last.Figure = last.Union(w.Box), last.Figure && w.Figure
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
	ends := []int{0} // where a block may end
	for i := 1; i < len(lines); i++ {
		if lines[i].y0 >= lines[i-1].y1-0.05*em {
			ends = append(ends, i)
		}
	}
	ends = append(ends, len(lines))
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

// pricesOf is what a block costs that begins at each of the places: hardly anything
// where far more paper lies than between the rows.
func pricesOf(lines []printLine, ends []int, em float64) []float64 {
	prices := make([]float64, len(ends))
	var gaps []float64
	for _, e := range ends[1 : len(ends)-1] {
		gaps = append(gaps, lines[e].y0-lines[e-1].y1)
	}
	slices.Sort(gaps)
	for i, e := range ends {
		prices[i] = blockPrice
		if i > 0 && i < len(ends)-1 && len(gaps) > 0 {
			if gap := lines[e].y0 - lines[e-1].y1; gap >= near*em && gap >= wideGap*gaps[len(gaps)/2] {
				prices[i] = -0.1
			}
		}
	}
	return prices
}

// worth is how much of lines that overlap the columns set apart: the cells beside the
// first, less the gutters that words cross.
func worth(lines []printLine, gutters []float64) float64 {
	filled := make([]bool, len(gutters)+1)
	value := -1.0
	for _, l := range lines {
		for _, p := range inColumns(l, gutters) {
			if !filled[p.from] {
				filled[p.from] = true
				value++
			}
			value -= crossing * float64(p.to-p.from)
		}
	}
	return value
}

// gutters are the middles of the paper that all lines, but for a stray one, leave free
// between words.
func gutters(lines []printLine, em float64) []float64 {
	type event struct {
		x     float64
		delta int
	}
	var events []event
	for _, l := range lines {
		for _, w := range l.words {
			events = append(events, event{w.X0, 1}, event{w.X1, -1})
		}
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(b.delta, a.delta)) })
	least := gutterFew * em
	if len(lines) >= few {
		least = gutterMany * em
	}
	var found []float64
	covered, allowed := 0, len(lines)/stray
	start, open := 0.0, false
	var bare [][2]float64 // parts of the gutter that no line crosses
	for i, e := range events {
		before := covered
		covered += e.delta
		if before > allowed && covered <= allowed {
			start, open, bare = e.x, true, nil
		}
		if open && covered == 0 && i+1 < len(events) {
			bare = append(bare, [2]float64{e.x, events[i+1].x})
		}
		if before <= allowed && covered > allowed && open {
			open = false
			found = append(found, within(start, e.x, bare, least)...)
		}
	}
	return peopled(lines, found)
}

// within is the gutters in a stretch that hardly any line crosses. Its bare parts tell
// where, and are a gutter each where a column of few words stands between them.
func within(from, to float64, bare [][2]float64, least float64) []float64 {
	if to-from < least {
		return nil
	}
	middle := func(b [2]float64) float64 { return (b[0] + b[1]) / 2 }
	var found []float64
	widest := [2]float64{from, from}
	for _, b := range bare {
		if b[1]-b[0] >= least {
			found = append(found, middle(b))
		}
		if b[1]-b[0] > widest[1]-widest[0] {
			widest = b
		}
	}
	switch {
	case len(found) > 0:
		return found
	case widest[1] > widest[0]:
		return []float64{middle(widest)}
	}
	return []float64{(from + to) / 2}
}

// peopled is the gutters without those that leave a column with hardly a word of its
// own: the end of one long line is no column.
func peopled(lines []printLine, found []float64) []float64 {
	for {
		n := make([]int, len(found)+1)
		for _, l := range lines {
			for _, c := range inColumns(l, found) {
				if c.from == c.to {
					n[c.from]++
				}
			}
		}
		poor := slices.IndexFunc(n, func(k int) bool { return k < min(2, (len(lines)+1)/2) })
		if poor < 0 || len(found) == 0 {
			return found
		}
		found = slices.Delete(slices.Clone(found), max(poor-1, 0), max(poor-1, 0)+1)
	}
}

// part is what of a line stands in one column, or in several without a gap.
type part struct {
	from, to int // columns
	word     Word
}

// inColumns is the parts of a line between gutters.
func inColumns(l printLine, gutters []float64) []part {
	column := func(x float64) int {
		i, _ := slices.BinarySearch(gutters, x)
		return i
	}
	var parts []part
	for _, w := range l.words {
		p := part{column(w.X0), column(w.X1), w}
		if n := len(parts) - 1; n >= 0 && p.from <= parts[n].to {
			last := &parts[n]
			last.to = max(last.to, p.to)
			last.word = Word{last.word.Union(w.Box), last.word.Figure && w.Figure}
			continue
		}
		parts = append(parts, p)
	}
	return parts
}

// trimmed is a block without the lines at its ends that stand alone: titles, captions
// and what is signed below. A table of several columns begins with its first column.
func trimmed(lines []printLine, em float64) []printLine {
	g := gutters(lines, em)
	alone := func(i, beside int) bool {
		parts := inColumns(lines[i], g)
		apart := max(lines[i].y0-lines[beside].y1, lines[beside].y0-lines[i].y1)
		headed := parts[0].from > 0 || len(parts) == 1 && len(inColumns(lines[beside], g)) > 2
		caption := len(g) > 1 && i < beside && headed && apart > near*em/4
		return len(parts) == 1 && (apart > near*em || caption) || len(parts) == 2 && caption && len(g) > 2
	}
	for len(lines) > 1 && alone(0, 1) {
		lines = lines[1:]
	}
	for n := len(lines); n > 1 && alone(n-1, n-2); n-- {
		lines = lines[:n-1]
	}
	return lines
}

// aligned is a block on its way to a table.
type aligned struct {
	em      float64
	drawn   []Segment
	lines   []printLine
	gutters []float64
	rows    []band
}

// band is where a row is printed, and its texts.
type band struct{ y0, y1 float64 }

// text is the lines of one cell.
type text struct {
	from, to int // columns
	lines    []layout.Box
	figure   bool
	first    int // row, or -1 where it stands between rows
	last     int
}

func (t text) y0() float64     { return t.lines[0].Y0 }
func (t text) y1() float64     { return t.lines[len(t.lines)-1].Y1 }
func (t text) middle() float64 { return (t.y0() + t.y1()) / 2 }

// table makes the block a table, or says that it is none.
func (a aligned) table() (layout.Table, bool) {
	a.gutters = gutters(a.lines, a.em)
	cols := len(a.gutters) + 1
	if cols < 2 || len(a.lines) < 2 {
		return layout.Table{}, false
	}
	columns, across := a.texts()
	a.makeRows(columns)
	if len(a.rows) == 0 || len(a.rows) == 1 && len(a.lines) < few {
		return layout.Table{}, false
	}
	edges := a.rowEdges()
	names := a.nameColumns(columns)
	for c := cols - 1; c >= 0; c-- {
		if c < names {
			a.span(columns, c, edges)
		} else {
			columns[c] = a.nearestRow(columns[c])
		}
	}
	return a.assemble(columns, across, edges), true
}

// texts is what stands in each column, as texts, and what crosses gutters.
func (a aligned) texts() (columns [][]text, across []text) {
	cols := len(a.gutters) + 1
	left, right := make([]float64, cols), make([]float64, cols)
	for c := range cols {
		left[c], right[c] = math.Inf(1), math.Inf(-1)
	}
	columns = make([][]text, cols)
	for _, l := range a.lines {
		for _, p := range inColumns(l, a.gutters) {
			t := text{from: p.from, to: p.to, lines: []layout.Box{p.word.Box}, figure: p.word.Figure}
			if p.from != p.to {
				across = append(across, t)
				continue
			}
			columns[p.from] = append(columns[p.from], t)
			left[p.from], right[p.from] = min(left[p.from], p.word.X0), max(right[p.from], p.word.X1)
		}
	}
	for c, lines := range columns {
		full := right[c] - left[c] - fullLine*a.em
		var joined []text
		for _, t := range lines {
			n := len(joined) - 1
			if n < 0 || !a.goesOn(joined[n], t, full, c) {
				joined = append(joined, t)
				continue
			}
			joined[n].lines = append(joined[n].lines, t.lines...)
		}
		columns[c] = joined
	}
	return columns, across
}

// goesOn reports whether a line is the next of a text: it follows closely, and the
// line before was full, or one of the two stands at a height where no other column has
// print, as the lines of a cell do beside another in the middle of its row. Of two
// figures each is one of its own.
func (a aligned) goesOn(t, next text, full float64, column int) bool {
	last, b := t.lines[len(t.lines)-1], next.lines[0]
	pitch := (b.Y0+b.Y1)/2 - (last.Y0+last.Y1)/2
	least := leading
	if next.figure {
		least = closeLeading
	}
	if t.figure && next.figure || pitch > least*a.em || a.ruled(last.Y1, b.Y0, last.X0, last.X1) {
		return false
	}
	return last.Width() >= full || !a.company(last, column) || !a.company(b, column)
}

// company reports whether another column has print at the height of a line.
func (a aligned) company(b layout.Box, column int) bool {
	for _, l := range a.lines {
		if math.Abs(l.middle()-(b.Y0+b.Y1)/2) > sameLine*a.em {
			continue
		}
		for _, p := range inColumns(l, a.gutters) {
			if p.from > column || p.to < column {
				return true
			}
		}
	}
	return false
}

// ruled reports whether a line across is drawn between two heights.
func (a aligned) ruled(y0, y1, x0, x1 float64) bool {
	_, ok := a.rule(y0, y1, x0, x1)
	return ok
}

func (a aligned) rule(y0, y1, x0, x1 float64) (float64, bool) {
	for _, s := range a.drawn {
		if y := (s.Y0 + s.Y1) / 2; s.X1-s.X0 > s.Y1-s.Y0 && y > y0-1 && y < y1+1 && s.X0 <= x0+1 && s.X1 >= x1-1 {
			return y, true
		}
	}
	return 0, false
}

// makeRows finds the rows: those of the column with most texts, which then take in the
// texts beside them. What stands beside no row, with others at its height, is a row of
// its own.
func (a *aligned) makeRows(columns [][]text) {
	order := make([]int, len(columns))
	figures := make([]int, len(columns))
	for c, texts := range columns {
		order[c] = c
		for _, t := range texts {
			if t.figure {
				figures[c]++
			}
		}
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(len(columns[y]), len(columns[x])), cmp.Compare(figures[y], figures[x]))
	})
	for _, c := range order {
		for i := range columns[c] {
			t := &columns[c][i]
			rows := a.beside(t.y0(), t.y1())
			if len(rows) == 0 && a.hasRow(columns, c, *t) {
				a.addRow(t.y0(), t.y1())
				continue
			}
			if len(rows) == 1 {
				r := &a.rows[rows[0]]
				r.y0, r.y1 = min(r.y0, t.y0()), max(r.y1, t.y1())
			}
		}
	}
	for c := range columns {
		columns[c] = a.placed(columns[c])
	}
}

// hasRow reports whether a text that stands beside no row makes one: in the column with
// most texts each does, in another one that has company at its height.
func (a *aligned) hasRow(columns [][]text, c int, t text) bool {
	if len(a.rows) == 0 || c == mostTexts(columns) {
		return true
	}
	for o, texts := range columns {
		if o != c && !sparse(columns, o) && slices.ContainsFunc(texts, func(u text) bool { return math.Abs(u.middle()-t.middle()) <= sameLine*a.em }) {
			return true
		}
	}
	return t.y1() < a.rows[0].y0 || t.y0() > a.rows[len(a.rows)-1].y1
}

func mostTexts(columns [][]text) int {
	most := 0
	for c := range columns {
		if len(columns[c]) > len(columns[most]) {
			most = c
		}
	}
	return most
}

// beside are the rows that a stretch down the page reaches into.
func (a *aligned) beside(y0, y1 float64) []int {
	var found []int
	for i, r := range a.rows {
		if min(y1, r.y1)-max(y0, r.y0) > 0.1*a.em {
			found = append(found, i)
		}
	}
	return found
}

func (a *aligned) addRow(y0, y1 float64) {
	at, _ := slices.BinarySearchFunc(a.rows, y0, func(r band, y float64) int { return cmp.Compare(r.y0, y) })
	a.rows = slices.Insert(a.rows, at, band{y0, y1})
}

// placed is the texts with the rows that they stand in. Lines that were taken for one
// text and stand in a row each are a text each.
func (a *aligned) placed(texts []text) []text {
	var out []text
	for _, t := range texts {
		rows := a.beside(t.y0(), t.y1())
		var parts []text
		for _, b := range t.lines {
			in := a.beside(b.Y0, b.Y1)
			if len(in) != 1 || math.Abs((b.Y0+b.Y1)/2-(a.rows[in[0]].y0+a.rows[in[0]].y1)/2) > match*a.em/3 {
				parts = nil
				break
			}
			if n := len(parts) - 1; n >= 0 && parts[n].first == in[0] {
				parts[n].lines = append(parts[n].lines, b)
				continue
			}
			parts = append(parts, text{from: t.from, to: t.to, lines: []layout.Box{b}, figure: t.figure, first: in[0], last: in[0]})
		}
		switch {
		case len(rows) == 1:
			t.first, t.last = rows[0], rows[0]
			out = append(out, t)
		case len(parts) > 1 && len(parts) == len(rows):
			out = append(out, parts...)
		default:
			t.first, t.last = -1, -1
			out = append(out, t)
		}
	}
	// What stands in one row of one column is one text.
	var joined []text
	for _, t := range out {
		if n := len(joined) - 1; n >= 0 && t.first >= 0 && joined[n].first == t.first {
			joined[n].lines = append(joined[n].lines, t.lines...)
			joined[n].figure = false
			continue
		}
		joined = append(joined, t)
	}
	return joined
}

// rowEdges are the edges of the rows: in the middle between the print of neighbours, or
// where a line across is drawn.
func (a aligned) rowEdges() []float64 {
	x0, x1 := a.sides()
	edges := []float64{a.rows[0].y0 - a.em/4}
	for i := 1; i < len(a.rows); i++ {
		above, below := a.rows[i-1].y1, a.rows[i].y0
		y := (above + below) / 2
		if drawn, ok := a.rule(above, below, x0+(x1-x0)/4, x1-(x1-x0)/4); ok {
			y = drawn
		}
		edges = append(edges, y)
	}
	return append(edges, a.rows[len(a.rows)-1].y1+a.em/4)
}

// sides are the left and right ends of the block's print.
func (a aligned) sides() (x0, x1 float64) {
	x0, x1 = math.Inf(1), math.Inf(-1)
	for _, l := range a.lines {
		x0, x1 = min(x0, l.words[0].X0), max(x1, l.words[len(l.words)-1].X1)
	}
	return x0, x1
}

// nameColumns is how many columns at the left hold names that may stand for several
// rows: they have far fewer texts than there are rows.
func (a aligned) nameColumns(columns [][]text) int {
	for c, texts := range columns {
		between := slices.ContainsFunc(texts, func(t text) bool { return t.first < 0 })
		if c == len(columns)-1 || !between && !sparse(columns, c) {
			return c
		}
	}
	return 0
}

// sparse reports whether a column has far fewer texts than the one with most.
func sparse(columns [][]text, c int) bool {
	return float64(len(columns[c])) < 0.65*float64(len(columns[mostTexts(columns)]))
}

// span gives the texts of a column the rows that they stand for. A name printed once
// for several rows stands in the middle of them or in the first; the column to its
// right is filled in all of them. Of the two ways the one that leaves fewer rows
// without a name is taken.
func (a aligned) span(columns [][]text, c int, edges []float64) {
	texts := columns[c]
	open := make([]bool, len(a.rows)) // rows that a name of several may cover
	for r := range open {
		open[r] = slices.ContainsFunc(columns[c+1], func(t text) bool { return t.first <= r && r <= t.last })
	}
	middle, reachedMiddle := a.inMiddle(texts, open, edges)
	top, reachedTop := a.atTop(texts, open)
	between := slices.ContainsFunc(texts, func(t text) bool { return t.first < 0 })
	if between || reachedMiddle >= reachedTop {
		columns[c] = a.nearestRow(middle)
	} else {
		columns[c] = top
	}
}

// nearestRow puts what stands in no row into the one whose print is nearest.
func (a aligned) nearestRow(texts []text) []text {
	out := slices.Clone(texts)
	for i := range out {
		t := &out[i]
		if t.first >= 0 {
			continue
		}
		best := math.Inf(1)
		for r, b := range a.rows {
			if d := math.Abs((b.y0+b.y1)/2 - t.middle()); d < best {
				best, t.first, t.last = d, r, r
			}
		}
	}
	return out
}

// atTop lets each text reach down to the next, over rows that are open. Reached is how
// many rows have a text.
func (a aligned) atTop(texts []text, open []bool) (out []text, reached int) {
	out = slices.Clone(texts)
	for i := range out {
		t := &out[i]
		next := len(a.rows)
		if i+1 < len(out) {
			next = out[i+1].first
		}
		for t.first >= 0 && open[t.first] && t.last+1 < next && open[t.last+1] {
			t.last++
		}
		reached += t.last - t.first + 1
	}
	return out, reached
}

// inMiddle gives each text the most rows in whose middle it stands, in order, such that
// as many rows as can be have a text.
func (a aligned) inMiddle(texts []text, open []bool, edges []float64) (out []text, reached int) {
	n := len(a.rows)
	type choice struct {
		rows       int
		first, end int
	}
	best := make([][]choice, len(texts)+1) // by texts placed and rows used
	for i := range best {
		best[i] = make([]choice, n+1)
	}
	for i, t := range texts {
		for r := range n + 1 {
			best[i+1][r] = choice{rows: best[i][r].rows, first: -1}
			if r > 0 && best[i+1][r-1].rows > best[i+1][r].rows {
				best[i+1][r] = best[i+1][r-1]
			}
			for f := r - 1; f >= 0; f-- {
				if r-f > 1 && !allOpen(open[f:r]) {
					break
				}
				off := math.Abs((edges[f]+edges[r])/2 - t.middle())
				if off > match*a.em && !(r-f == 1 && t.first == f) {
					continue
				}
				// A text that has a place is worth more than rows.
				if v := best[i][f].rows + r - f + 2*n; v > best[i+1][r].rows {
					best[i+1][r] = choice{rows: v, first: f, end: r}
				}
			}
		}
	}
	out = slices.Clone(texts)
	r := n
	for i := len(texts); i > 0; i-- {
		k := best[i][r]
		if k.first < 0 {
			continue
		}
		out[i-1].first, out[i-1].last = k.first, k.end-1
		reached += k.end - k.first
		r = k.first
	}
	return out, reached
}

func allOpen(open []bool) bool { return !slices.Contains(open, false) }

// assemble makes the table: a cell for each text, and one without print for each slot
// that is left.
func (a aligned) assemble(columns [][]text, across []text, rows []float64) layout.Table {
	x0, x1 := a.sides()
	cols := append(append([]float64{x0 - a.em/2}, a.gutters...), x1+a.em/2)
	nr, nc := len(rows)-1, len(cols)-1
	t := layout.Table{Rows: nr, Cols: nc, RowEdges: rows, ColEdges: cols, Box: layout.Box{X0: cols[0], Y0: rows[0], X1: cols[nc], Y1: rows[nr]}}
	taken := make([]bool, nr*nc)
	add := func(r0, c0, r1, c1 int) {
		for r := r0; r <= r1; r++ {
			for c := c0; c <= c1; c++ {
				if taken[r*nc+c] {
					return
				}
			}
		}
		for r := r0; r <= r1; r++ {
			for c := c0; c <= c1; c++ {
				taken[r*nc+c] = true
			}
		}
		t.Cells = append(t.Cells, layout.Cell{Row: r0, Col: c0, RowSpan: r1 - r0 + 1, ColSpan: c1 - c0 + 1,
			Box: layout.Box{X0: cols[c0], Y0: rows[r0], X1: cols[c1+1], Y1: rows[r1+1]}})
	}
	for _, s := range a.nearestRow(a.placed(across)) {
		add(s.first, s.from, s.last, s.to)
	}
	for r := range nr {
		if c, ok := besideLabel(columns, r); ok {
			add(r, c, r, nc-1)
		}
	}
	for c, texts := range columns {
		for _, s := range texts {
			add(s.first, c, s.last, c)
		}
	}
	for r := range nr {
		for c := range nc {
			add(r, c, r, c)
		}
	}
	sortCells(&t)
	return t
}

// besideLabel reports whether a row holds a label in the first column and one text
// further on: its value, in the middle of all columns that are left, which begin at c.
func besideLabel(columns [][]text, row int) (c int, ok bool) {
	label, others, figure := false, 0, false
	for c, texts := range columns {
		for _, t := range texts {
			if t.first > row || t.last < row {
				continue
			}
			if c == 0 {
				label = t.first == t.last
				continue
			}
			others++
			figure = figure || t.figure
		}
	}
	return 1, label && others == 1 && !figure && len(columns) > 2
}

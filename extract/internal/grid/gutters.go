package grid

import (
	"cmp"
	"math"
	"slices"
)

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
	return guttersBut(lines, em, len(lines)/stray)
}

// guttersBut is the same for so many stray lines.
func guttersBut(lines []printLine, em float64, allowed int) []float64 {
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
	covered := 0
	start, open := 0.0, true // left and right of everything may be columns of few words
	var parts []stretch      // of the gutter
	for i, e := range events {
		before := covered
		covered += e.delta
		if before > allowed && covered <= allowed {
			start, open, parts = e.x, true, nil
		}
		if open && i+1 < len(events) && events[i+1].x > e.x {
			parts = append(parts, stretch{e.x, events[i+1].x, covered})
		}
		if before <= allowed && covered > allowed && open {
			open = false
			if len(found) == 0 && start == 0 {
				parts = bare(parts)
			}
			found = append(found, within(start, e.x, parts, least)...)
		}
	}
	if open {
		found = append(found, within(start, math.Inf(1), bare(parts), least)...)
	}
	return peopled(lines, underHeads(lines, found, em), em)
}

// bare is the parts that no line crosses.
func bare(parts []stretch) []stretch {
	return slices.DeleteFunc(parts, func(p stretch) bool { return p.lines > 0 })
}

// stretch is a part of a gutter, and how many lines cross it.
type stretch struct {
	from, to float64
	lines    int
}

func (s stretch) middle() float64 { return (s.from + s.to) / 2 }

func (s stretch) width() float64 { return s.to - s.from }

// within is the gutters in a stretch that hardly any line crosses. Its bare parts tell
// where, and are a gutter each where a column of few words stands between them. Where a
// head crosses all of it, the gutter is where the least lines do.
func within(from, to float64, parts []stretch, least float64) []float64 {
	if to-from < least || len(parts) == 0 {
		return nil
	}
	fewest := slices.MinFunc(parts, func(a, b stretch) int { return cmp.Compare(a.lines, b.lines) }).lines
	var found []float64
	widest := stretch{}
	for _, p := range parts {
		if p.lines > fewest {
			continue
		}
		if fewest == 0 && p.width() >= least {
			found = append(found, p.middle())
		}
		if p.width() > widest.width() {
			widest = p
		}
	}
	if len(found) > 0 {
		return found
	}
	if math.IsInf(to, 1) || from == 0 {
		return nil // a word or two beside the table
	}
	return []float64{widest.middle()}
}

// underHeads is the gutters without those between a head and the figures below it: a head in
// the middle of a narrow column and figures at its right stand beside each other.
func underHeads(lines []printLine, found []float64, em float64) []float64 {
	for i := len(found) - 1; i >= 0; i-- {
		if headsAlone(lines, found, i, i+1, em) || headsAlone(lines, found, i+1, i, em) {
			found = slices.Delete(slices.Clone(found), i, i+1)
		}
	}
	return found
}

// headsAlone reports whether one column has nothing but one head, in three lines at most, and
// the column beside it nothing but figures below that.
func headsAlone(lines []printLine, gutters []float64, head, figures int, em float64) bool {
	const mostLines = 3
	heads, n := 0, 0
	var last Word
	for _, l := range lines {
		for _, p := range inColumns(l, gutters) {
			switch {
			case p.from <= min(head, figures) && p.to >= max(head, figures), p.from == head && p.to == head:
				apart := heads > 0 && p.word.Y0-last.Y1 > (leading-1)*em
				if heads++; n > 0 || p.word.Figure || heads > mostLines || apart {
					return false
				}
				last = p.word
			case p.from <= figures && figures <= p.to:
				if n++; heads == 0 || !p.word.Figure || p.from != p.to {
					return false
				}
			}
		}
	}
	return heads > 0 && n >= few
}

// peopled is the gutters without those that leave a column with hardly a word of its
// own: the end of one long line is no column.
func peopled(lines []printLine, found []float64, em float64) []float64 {
	heads := headsOnly(lines, em)
	for {
		n := make([]int, len(found)+1)
		for _, l := range lines {
			for _, c := range inColumns(l, found) {
				if c.from == c.to {
					n[c.from]++
				}
			}
		}
		poor := -1
		for c, k := range n {
			if k < min(2, (len(lines)+1)/2) && !(k == 1 && (heads || headOf(lines, found, c) || c == 0 && (besideAll(lines, found, em) || besideFigures(lines, found)))) {
				poor = c
				break
			}
		}
		if poor < 0 || len(found) == 0 {
			return found
		}
		found = slices.Delete(slices.Clone(found), max(poor-1, 0), max(poor-1, 0)+1)
	}
}

// headsOnly reports whether lines are the heads of a table and nothing else, each set in up to
// three lines in its middle, as at the end of a page: short words, no figure.
func headsOnly(lines []printLine, em float64) bool {
	const mostLines, longest, leastHeads = 3, 8, 6
	n := 0
	for _, l := range lines {
		for _, w := range l.words {
			if n++; w.Figure || w.Width() > longest*em {
				return false
			}
		}
	}
	return len(lines) > 1 && len(lines) <= mostLines && n >= leastHeads
}

// headOf reports whether what stands in a column is a head: a word of a line that most
// columns have a word in, none of them a figure.
func headOf(lines []printLine, gutters []float64, column int) bool {
	for _, l := range lines {
		parts := inColumns(l, gutters)
		alone := slices.ContainsFunc(parts, func(p part) bool { return p.from == column && p.to == column })
		if !alone {
			continue
		}
		crowded := slices.ContainsFunc(parts, func(p part) bool { return p.word.Figure || p.from != p.to })
		return !crowded && len(parts) > few && 3*len(parts) >= 2*(len(gutters)+1)
	}
	return false
}

// besideFigures reports whether the only word of the first column is the name of a row of figures
// that has one in every other column: 部门预算, under no head.
func besideFigures(lines []printLine, gutters []float64) bool {
	for _, l := range lines {
		if parts := inColumns(l, gutters); parts[0].from == 0 && parts[0].to == 0 {
			figures := !slices.ContainsFunc(parts[1:], func(p part) bool { return !p.word.Figure || p.from != p.to })
			return figures && !parts[0].word.Figure && len(parts) > few && len(parts) == len(gutters)+1
		}
	}
	return false
}

// besideAll reports whether the only word of the first column stands in the middle of the
// lines, as a name beside a list does, but for its head.
func besideAll(lines []printLine, gutters []float64, em float64) bool {
	if len(lines) < few || len(gutters) < few {
		return false
	}
	for i, l := range lines {
		if parts := inColumns(l, gutters); parts[0].from == 0 && parts[0].to == 0 {
			y := (parts[0].word.Y0 + parts[0].word.Y1) / 2
			for _, first := range []int{0, 1} {
				if i >= first && math.Abs((lines[first].middle()+lines[len(lines)-1].middle())/2-y) < sameLine*em {
					return true
				}
			}
			return false
		}
	}
	return false
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
			last.word = Word{Box: last.word.Union(w.Box), Figure: last.word.Figure && w.Figure, Open: w.Open}
			continue
		}
		parts = append(parts, p)
	}
	return parts
}

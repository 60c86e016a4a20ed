package grid

import (
	"cmp"
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

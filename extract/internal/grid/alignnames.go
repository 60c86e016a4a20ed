package grid

import (
	"math"
	"slices"
)

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
// right is filled in all of them, or the next, whose names do the same without being few. Of the two ways the one that leaves fewer rows
// without a name is taken.
func (a aligned) span(columns [][]text, across []text, c int, edges []float64) {
	texts := slices.Clone(columns[c])
	var heads []text // which know their rows
	texts = slices.DeleteFunc(texts, func(t text) bool {
		if t.last > t.first {
			heads = append(heads, t)
		}
		return t.last > t.first
	})
	open := make([]bool, len(a.rows)) // rows that a name of several may cover
	for r := range open {
		open[r] = slices.ContainsFunc(columns[c+1], func(t text) bool { return t.first <= r && r <= t.last }) ||
			slices.ContainsFunc(across, func(t text) bool { return t.from == c+1 && t.first <= r && r <= t.last }) ||
			c+2 < len(columns) && slices.ContainsFunc(columns[c+2], func(t text) bool { return t.first <= r && r <= t.last && !t.figure })
	}
	for _, t := range heads {
		for r := t.first; r <= t.last; r++ {
			open[r] = false
		}
	}
	// A name of several rows begins and ends where those of the next column do.
	within := make([]bool, len(a.rows)+1) // a row, within a name of the next column
	for _, t := range columns[c+1] {
		for r := t.first + 1; r <= t.last; r++ {
			within[r] = true
		}
	}
	middle, reachedMiddle := a.inMiddle(texts, open, within, edges)
	top, reachedTop := a.atTop(texts, open)
	between := slices.ContainsFunc(texts, func(t text) bool { return t.first < 0 })
	if between || reachedMiddle >= reachedTop {
		columns[c] = append(heads, a.nearestRow(middle)...)
	} else {
		columns[c] = append(heads, top...)
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
func (a aligned) inMiddle(texts []text, open, within []bool, edges []float64) (out []text, reached int) {
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
				if within[f] || within[r] {
					continue
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

package grid

import (
	"cmp"
	"math"
	"slices"
)

// rowsApart is how far rows are apart at least, in ems.
const rowsApart = 0.9

// anchorsOf are the middles of rows: heights at which a column of figures has one, and
// those at which most columns have a line. Figures are hardly ever wrapped, so that what is
// wrapped beside them stands in their middle; of names each line may be beside a line.
func anchorsOf(columns [][]text, em float64) []float64 {
	type height struct {
		y       float64
		columns int
		figure  bool
	}
	var all []height
	for _, texts := range columns {
		figures := 0
		for _, t := range texts {
			if t.figure {
				figures++
			}
		}
		for _, t := range texts {
			all = append(all, height{t.middle(), 1, t.figure && figures > 1 && 2*figures >= len(texts)})
		}
	}
	slices.SortFunc(all, func(a, b height) int { return cmp.Compare(a.y, b.y) })
	var heights []height
	for _, h := range all {
		if n := len(heights) - 1; n >= 0 && h.y-heights[n].y < sameLine*em/2 {
			heights[n].columns++
			heights[n].figure = heights[n].figure || h.figure
			continue
		}
		heights = append(heights, h)
	}
	// What is wrapped beside a line stands above and below it, in no more columns than the line
	// has print in: where it does, a name stands in the middle of two rows.
	lines := slices.Clone(heights)
	for i, h := range lines {
		for _, above := range lines[:i] {
			for _, below := range lines[i+1:] {
				if d := below.y - h.y; h.y-above.y < rowsApart*em && d < rowsApart*em && math.Abs(h.y-above.y-d) < offMiddle*em/2 &&
					!above.figure && !below.figure && h.columns >= min(above.columns, below.columns) {
					heights[i].columns += min(above.columns, below.columns)
				}
			}
		}
	}
	slices.SortStableFunc(heights, func(a, b height) int {
		if a.figure != b.figure {
			return btoi(b.figure) - btoi(a.figure)
		}
		return cmp.Compare(b.columns, a.columns)
	})
	dense := denseColumns(columns)
	var accepted []height
	for _, h := range heights {
		near := slices.ContainsFunc(accepted, func(o height) bool { return math.Abs(o.y-h.y) < rowsApart*em })
		if !near && (h.figure || len(columns) > 2 && h.columns > 2 && 2*h.columns >= dense) {
			accepted = append(accepted, h)
		}
	}
	slices.SortFunc(accepted, func(a, b height) int { return cmp.Compare(a.y, b.y) })
	var anchors []float64
	heads := 0 // of the first heights, those above all figures that may be lines of one row of heads
	for i, h := range accepted {
		if heads == i && !h.figure && (i == 0 || h.y-accepted[i-1].y <= leading*em) {
			heads++
		}
		anchors = append(anchors, h.y)
	}
	if heads > 1 && oneRowOfHeads(columns, anchors[:heads], em) {
		anchors = append([]float64{(anchors[0] + anchors[heads-1]) / 2}, anchors[heads:]...)
	}
	return anchors
}

// denseColumns is how many columns are not nearly empty, as one of remarks is.
func denseColumns(columns [][]text) int {
	const nearlyEmpty = 4 // times fewer lines than the column with most has
	n := 0
	for _, texts := range columns {
		if nearlyEmpty*len(texts) > len(columns[mostTexts(columns)]) {
			n++
		}
	}
	return n
}

// oneRowOfHeads reports whether heights are the lines of heads that are wrapped: a column
// has one line alone, in the middle of them.
func oneRowOfHeads(columns [][]text, heights []float64, em float64) bool {
	first, last := heights[0], heights[len(heights)-1]
	return slices.ContainsFunc(columns, func(texts []text) bool {
		n, middle := 0, false
		for _, t := range texts {
			if y := t.middle(); y > first-em/2 && y < last+em/2 {
				n++
				middle = math.Abs(y-(first+last)/2) < offMiddle*em
			}
		}
		return n == 1 && middle
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

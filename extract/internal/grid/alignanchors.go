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
	// What is wrapped beside a line stands above and below it.
	lines := slices.Clone(heights)
	for i, h := range lines {
		for _, above := range lines[:i] {
			for _, below := range lines[i+1:] {
				if d := below.y - h.y; h.y-above.y < rowsApart*em && d < rowsApart*em && math.Abs(h.y-above.y-d) < offMiddle*em/2 && !above.figure && !below.figure {
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
	var anchors []float64
	for _, h := range heights {
		near := slices.ContainsFunc(anchors, func(y float64) bool { return math.Abs(y-h.y) < rowsApart*em })
		if !near && (h.figure || len(columns) > 2 && h.columns > 2 && 2*h.columns >= len(columns)) {
			anchors = append(anchors, h.y)
		}
	}
	slices.Sort(anchors)
	return anchors
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

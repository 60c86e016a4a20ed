package raster

import (
	"image"
	"slices"
)

const (
	foldMargin = 0.05 // of the width or height, on both sides of the page, where no line of a table is
	foldDarker = 6    // gray levels that its shadow is darker than the paper beside
	foldLevel  = 90   // what is darker is the black around a copy
	foldWide   = 40   // millimetres that a shadow is wide at most
)

// clearFolds lifts, in place, the shadow of a fold: a band across the page, from one edge to the
// other, on which print is as black as elsewhere. It is told by the margins on both sides, where
// rulings do not reach, and each of its rows is made as light as the rows around it.
func clearFolds(g *image.Gray, dpi float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	clearBands(h, pixels(foldWide, dpi), func(y int, far bool) []uint8 {
		n := max(1, int(foldMargin*float64(w)))
		row := g.Pix[y*g.Stride : y*g.Stride+w]
		if far {
			return row[w-n:]
		}
		return row[:n]
	}, func(y int, lift *[256]uint8) {
		row := g.Pix[y*g.Stride : y*g.Stride+w]
		for x, v := range row {
			row[x] = lift[v]
		}
	})
	n := max(1, int(foldMargin*float64(h)))
	column := make([]uint8, n)
	clearBands(w, pixels(foldWide, dpi), func(x int, far bool) []uint8 {
		from := 0
		if far {
			from = h - n
		}
		for y := range column {
			column[y] = g.Pix[(from+y)*g.Stride+x]
		}
		return column
	}, func(x int, lift *[256]uint8) {
		for y := range h {
			i := y*g.Stride + x
			g.Pix[i] = lift[g.Pix[i]]
		}
	})
}

// clearBands lifts rows, or columns, whose margins are both darker than those of the rows around.
func clearBands(n, widest int, margin func(i int, far bool) []uint8, apply func(i int, lift *[256]uint8)) {
	level := make([]int, n) // the lighter of both margins
	for i := range level {
		level[i] = max(middleOf(margin(i, false)), middleOf(margin(i, true)))
	}
	paper := closed(level, widest)
	for start := 0; start < n; start++ {
		if paper[start]-level[start] < foldDarker {
			continue
		}
		end := start
		for end < n && paper[end]-level[end] >= foldDarker {
			end++
		}
		if darkest := slices.Min(level[start:end]); darkest >= foldLevel && end-start <= widest {
			// The shadow fades out beyond what is dark enough to tell.
			for i := max(0, start-(end-start)); i < min(n, end+(end-start)); i++ {
				if level[i] >= paper[i] || level[i] < foldLevel {
					continue
				}
				var lift [256]uint8
				for v := range lift {
					lift[v] = uint8(min(255, v*paper[i]/level[i]))
				}
				apply(i, &lift)
			}
		}
		start = end
	}
}

// closed is the levels without what is darker and narrower than widest: their morphological
// closing.
func closed(level []int, widest int) []int {
	reach := func(in []int, of func([]int) int) []int {
		out := make([]int, len(in))
		for i := range in {
			out[i] = of(in[max(0, i-widest):min(len(in), i+widest+1)])
		}
		return out
	}
	return reach(reach(level, slices.Max[[]int]), slices.Min[[]int])
}

// middleOf is the median of gray levels.
func middleOf(pix []uint8) int {
	var counts [256]int
	for _, v := range pix {
		counts[v]++
	}
	return percentile(counts[:], 0.5)
}

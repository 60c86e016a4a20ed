package grid

// manyGutters are so many that the print of another table hardly leaves all of them free.
const manyGutters = 4

// continued joins blocks that are parts of one table. The division sets most words
// apart, and so it errs where a row stands far from the next, where what is signed below
// the table crosses its columns, and where two rows leave paper free within a column, as
// between "≥" and "3%".
func continued(blocks [][]printLine, em float64) [][]printLine {
	var out [][]printLine
	for _, b := range blocks {
		if n := len(out) - 1; n >= 0 {
			goes := goingOn(out[n], b, em)
			out[n] = joined(out[n], b[:goes])
			b = b[goes:]
		}
		if len(b) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// goingOn is how many lines of a block belong to the block above: all, where the gutters
// of one of the two fit the other, or the first ones, where the columns above set more
// of their words apart.
func goingOn(above, block []printLine, em float64) int {
	up, own := gutters(above, em), gutters(trimmed(block, em), em)
	if len(up) < 2 || len(own) < 2 {
		return 0
	}
	// A gutter more that two rows have is paper within a column.
	accident := len(up) >= manyGutters && len(own) == len(up)+1 && len(partsOf(block, own)) < len(partsOf(block, up))+few
	if (fit(block, up, own) || accident && !overGutters(block, up)) && keeps(above, block, up, em) || fit(above, own, up) && keeps(above, block, own, em) {
		return len(block)
	}
	n := 0
	for _, end := range rowEnds(block, em) {
		if !fit(block[n:end], up, own) || !keeps(above, block[:end], up, em) {
			break
		}
		n = end
	}
	if fit(block[:n], own, up) {
		return 0
	}
	return n
}

// fit reports whether no word crosses the gutters and they set no fewer words apart than
// others do.
func fit(lines []printLine, gutters, others []float64) bool {
	return !overGutters(lines, gutters) && len(partsOf(lines, gutters)) >= len(partsOf(lines, others))
}

func overGutters(lines []printLine, gutters []float64) bool {
	for _, p := range partsOf(lines, gutters) {
		if p.from != p.to {
			return true
		}
	}
	return false
}

func partsOf(lines []printLine, gutters []float64) (parts []part) {
	for _, l := range lines {
		parts = append(parts, inColumns(l, gutters)...)
	}
	return parts
}

// keeps reports whether two blocks as one have no fewer gutters.
func keeps(above, block []printLine, g []float64, em float64) bool {
	return len(gutters(joined(above, block), em)) >= len(g)
}

func joined(above, block []printLine) []printLine {
	return append(append([]printLine{}, above...), block...)
}

// rowEnds are the places after which no line overlaps the one before.
func rowEnds(lines []printLine, em float64) (ends []int) {
	for i := 1; i < len(lines); i++ {
		if lines[i].y0 >= lines[i-1].y1-0.05*em {
			ends = append(ends, i)
		}
	}
	return append(ends, len(lines))
}

package samples

import (
	"fmt"

	"heji/form"
	"heji/layout"
)

// matchRows finds for each indicator row of a form the row of a record that is the
// same, or -1: both keep their order, and of all ways to match them the one in which
// most names and points agree is taken. A row that was lost is then one row lost, and
// not every row below it wrong.
func matchRows(want []Indicator, got []form.Indicator) []int {
	const gap = -0.25 // a row matched with none
	best := make([][]float64, len(want)+1)
	for i := range best {
		best[i] = make([]float64, len(got)+1)
		for j := range best[i] {
			switch {
			case i == 0 || j == 0:
				best[i][j] = gap * float64(i+j)
			default:
				best[i][j] = max(best[i-1][j-1]+likeness(want[i-1], got[j-1]), best[i-1][j]+gap, best[i][j-1]+gap)
			}
		}
	}
	matched := make([]int, len(want))
	for i, j := len(want), len(got); i > 0; {
		switch {
		case j > 0 && best[i][j] == best[i-1][j-1]+likeness(want[i-1], got[j-1]):
			i, j = i-1, j-1
			matched[i] = j
		case best[i][j] == best[i-1][j]+gap:
			i--
			matched[i] = -1
		default:
			j--
		}
	}
	return matched
}

// likeness is how much of two rows agrees: their own names most, then the names they
// stand under and their points.
func likeness(want Indicator, got form.Indicator) float64 {
	same := func(a, b string) float64 {
		if a == "" && b == "" {
			return 0
		}
		x, y := []rune(bare(a)), []rune(bare(b))
		return 1 - float64(edits(x, y))/float64(max(len(x), len(y)))
	}
	sum := 4*same(want.name(), got.Name()) + same(want.Level2, got.Level2) + same(want.Level1, got.Level1)
	for _, n := range [][2]string{{want.Weight, printed(got.Weight)}, {want.Score, printed(got.Score)}, {want.Target, printed(got.Target)}, {want.Actual, printed(got.Actual)}} {
		if n[0] != "" && bare(n[0]) == bare(n[1]) {
			sum++
		}
	}
	return sum
}

// name is a row's own name: of the lowest level that it has.
func (i Indicator) name() string {
	return form.Indicator{Level1: i.Level1, Level2: i.Level2, Level3: i.Level3}.Name()
}

// where is the path of a row's member in the record. A row that the record lacks has
// the truth's own number, which no flag of another row may answer for.
func (c *comparison) where(i, row int, member string) string {
	if row < 0 {
		return fmt.Sprintf("indicators[lost %d].%s", i, member)
	}
	return fmt.Sprintf("indicators[%d].%s", row, member)
}

// linesInDoubt reports whether the form says that a ruling line seems to be lost, and
// with it a row.
func linesInDoubt(f *form.Form) bool {
	for _, p := range f.Problems {
		if p.Code == layout.GridInDoubt {
			return true
		}
	}
	return false
}

package audit

import (
	"fmt"
	"slices"
	"strings"

	"heji/form"
	"heji/layout"
)

// enoughMarks is how many broken rules must be explained by lost decimal marks before
// a scan is held to lose them, where each is a bound that many values keep.
const enoughMarks = 2

// LostMarks are the figures, by path, that were read from pixels as whole numbers of
// two digits or more in scans that seem to lose decimal marks: 3.5 read as 35. A mark
// of a pixel or two goes with blur or poor toner, and it goes for every reader at
// once, so that readings agree and say nothing. A scan is held to lose marks when a
// broken equation holds once one figure of it has its mark again, or two broken
// bounds do.
func LostMarks(f *form.Form) []string {
	j := newJudge(f)
	if len(j.broken) == 0 {
		return nil
	}
	evidence := 0
	for i, id := range j.broken {
		for _, w := range id.figures() {
			g := j.trial.figures[w]
			if !bare(g) || !j.markExplains(i, w, g) {
				continue
			}
			if bounds[id.Rule] {
				evidence++
			} else {
				evidence += enoughMarks
			}
			break
		}
	}
	if evidence < enoughMarks {
		return nil
	}
	var out []string
	for w, g := range f.Figures() {
		if bare(g) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// bare reports whether OCR read the figure as a whole number of two digits or more.
func bare(g *form.Figure) bool {
	return g != nil && g.Reader == layout.ByOCR && g.Value != nil && g.Value.Scale() <= 0 && len(strings.TrimPrefix(g.Value.String(), "-")) > 1
}

// markExplains reports whether the broken identity holds with the figure's decimal
// mark put back before its last digit or its last two.
func (j *judge) markExplains(i int, where string, g *form.Figure) bool {
	defer func(n int) { j.nodes = n }(j.nodes) // this is no search for repairs
	s := g.Value.String()
	for _, decimals := range []int{1, 2} {
		k := len(s) - decimals
		if k < 1 || s[k-1] == '-' {
			continue
		}
		to, err := form.NewAmount(fmt.Sprintf("%s.%s", s[:k], s[k:]))
		if err != nil {
			continue
		}
		open, _ := j.left([]move{{where, g.Text, to}}, []int{i})
		if !slices.ContainsFunc(open, j.broken[i].same) {
			return true
		}
	}
	return false
}

package audit

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
	"heji/layout"
)

// enoughMarks is how many broken rules must be explained by lost decimal marks before
// a scan is held to lose them, where each is a bound that many values keep.
const enoughMarks = 2

// loseMarks finds the figures that were read from pixels as whole numbers of two
// digits or more in a scan that seems to lose decimal marks, 3.5 read as 35, or as
// grouped ones where it takes them for commas, 44.098 read as 44,098. A mark
// of a pixel or two goes with blur or poor toner, and it goes for every reader at
// once, so that readings agree and say nothing. A scan is held to lose marks when a
// broken equation holds once one figure of it has its mark again, or two broken
// bounds do.
func (j *judge) loseMarks() {
	for _, loss := range losses {
		evidence := 0
		for i, id := range j.broken {
			if !slices.ContainsFunc(id.figures(), func(w string) bool { return loss.suffered(j.figures[w]) && j.markExplains(i, w, loss.decimals) }) {
				continue
			}
			if bounds[id.Rule] {
				evidence++
			} else {
				evidence += enoughMarks
			}
		}
		if evidence < enoughMarks {
			continue
		}
		for w, g := range j.figures {
			if loss.suffered(g) {
				j.lost[w] = true
			}
		}
	}
	j.loseOdd()
	j.mixMarks()
}

// mixMarks puts points before three decimals in doubt, 4.810, in a scan's funds where amounts have
// commas between thousands, 5,046: what tells the two is a tail of a pixel or two, and nobody prints
// both. Of one comma among points loseMarks says what it is.
func (j *judge) mixMarks() {
	grouped, pointed := j.marked()
	if 2*len(grouped) < len(pointed) {
		return
	}
	for _, w := range pointed {
		j.lost[w] = true
	}
}

// marked are the amounts of a scan's funds that have one comma between thousands, and those with a
// point where it would be, by path; none where others have decimals of another kind, which no
// comma is.
func (j *judge) marked() (grouped, pointed []string) {
	for _, w := range slices.Sorted(maps.Keys(j.figures)) {
		g := j.figures[w]
		if !strings.HasPrefix(w, "funds[") || !amountOf(w) || g.Reader != layout.ByOCR || g.Value == nil {
			continue
		}
		switch {
		case groupedOnce(g):
			grouped = append(grouped, w)
		case pointedOnce.MatchString(layout.Squeeze(g.Text)):
			pointed = append(pointed, w)
		case g.Value.Scale() > 0:
			return nil, nil
		}
	}
	if len(grouped) == 0 {
		return nil, nil
	}
	return grouped, pointed
}

// remarked are two misreadings of many marks for one reason: all commas between thousands in the
// funds are points, or all points before three decimals commas.
func (j *judge) remarked(group []int) []change {
	grouped, pointed := j.marked()
	if len(pointed) == 0 || !slices.ContainsFunc(j.doubtful(group), func(w string) bool { return j.lost[w] }) {
		return nil
	}
	all := func(of []string, exponent int32, reason, reasonZH string) change {
		c := change{reason: reason + "; look at the page", reasonZH: reasonZH + "；请核对原件", cost: costMark}
		for _, w := range of {
			d := new(apd.Decimal).Set(j.figures[w].Value.Decimal())
			d.Exponent += exponent
			c.moves = append(c.moves, move{w, j.figures[w].Text, form.FromDecimal(d)})
		}
		return c
	}
	return []change{
		all(pointed, 3, "commas read as points", "逗号误作小数点"),
		all(grouped, -3, "points read as commas", "小数点误作逗号"),
	}
}

// pointedOnce is a number with a point where a comma between thousands would be.
var pointedOnce = regexp.MustCompile(`^[1-9][0-9]{0,2}\.[0-9]{3}$`)

// loseOdd finds amounts of a scan's funds that are whole where the others have decimals: where
// no equation that holds has a part in them, the mark was lost as like as not.
func (j *judge) loseOdd() {
	const others = 3        // at least, with as many decimals each
	decimals, count := 0, 0 // how many those that have any have, and how many have them
	var whole []string
	for w, g := range j.figures {
		if !strings.HasPrefix(w, "funds[") || !amountOf(w) || g.Reader != layout.ByOCR || g.Value == nil {
			continue
		}
		switch n := g.Value.Scale(); {
		case n > 0 && count > 0 && n != decimals:
			return
		case n > 0:
			decimals, count = n, count+1
		case !g.Value.Decimal().IsZero():
			whole = append(whole, w)
		}
	}
	if count < others || len(whole) != 1 {
		return
	}
	w := whole[0]
	g := j.figures[w]
	holds := slices.ContainsFunc(j.all, func(id Identity) bool {
		return id.State == Holds && !bounds[id.Rule] && slices.Contains(id.figures(), w)
	})
	if g.Agreed <= 1 && g.Doubt == "" && len(g.Value.String()) > decimals+1 && !holds {
		j.lost[w], j.odd = true, w
	}
}

// amountOf reports whether a path of the record is an amount of the funds table.
func amountOf(where string) bool {
	return strings.HasSuffix(where, ".initial") || strings.HasSuffix(where, ".budget") || strings.HasSuffix(where, ".executed")
}

// losses are the ways in which a scan loses marks: which figures may have suffered it, and
// how many decimals they had.
var losses = []struct {
	suffered func(*form.Figure) bool
	decimals []int
}{{bare, []int{1, 2}}, {groupedOnce, []int{3}}}

func (j *judge) lostMarks() []string { return slices.Sorted(maps.Keys(j.lost)) }

// bare reports whether OCR read the figure as a whole number of two digits or more.
func bare(g *form.Figure) bool {
	return g != nil && g.Reader == layout.ByOCR && g.Value != nil && g.Value.Scale() <= 0 && len(strings.TrimPrefix(g.Value.String(), "-")) > 1
}

// groupedOnce reports whether OCR read a number with one comma, which may be a decimal
// mark before three decimals.
func groupedOnce(g *form.Figure) bool {
	return g != nil && g.Reader == layout.ByOCR && g.Value != nil && g.Value.Scale() <= 0 && strings.Count(g.Text, ",") == 1
}

// markExplains reports whether the broken equation holds with the figure's decimal
// mark put back before so many of its last digits.
func (j *judge) markExplains(i int, where string, places []int) bool {
	defer func(n int) { j.trials = n }(j.trials) // this is no search for repairs
	g := j.figures[where]
	s := g.Value.String()
	for _, decimals := range places {
		k := len(s) - decimals
		if k < 1 || s[k-1] == '-' {
			continue
		}
		to, err := form.NewAmount(fmt.Sprintf("%s.%s", s[:k], s[k:]))
		if err != nil {
			continue
		}
		if j.mends([]move{{where, g.Text, to}}, i) {
			return true
		}
	}
	return false
}

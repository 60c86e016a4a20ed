package parse

import (
	"math/big"
	"regexp"
	"slices"
	"strings"

	"heji/layout"
)

// What columns hold says as much of them as their heads do: weights add up to a
// hundred, a rate is one column divided by another, a score is no more than its weight.
// The functions of this file ask the figures what the words leave open.

// numberOf reads the figure of a cell for such questions: 1,586.78, 90万元, 95%.
func numberOf(text string) (*big.Rat, bool) {
	s := layout.Squeeze(text)
	if !isFigure(s) {
		return nil, false
	}
	negative := strings.ContainsAny(s, "-−△▲")
	digits := strings.Map(func(r rune) rune {
		if isDigit(r) || r == '.' {
			return r
		}
		return -1
	}, s)
	n, ok := new(big.Rat).SetString(digits)
	if ok && negative {
		n.Neg(n)
	}
	return n, ok
}

// near reports whether two numbers differ by no more than one in the printed number's
// last place.
func near(printed string, a, b *big.Rat) bool {
	digits := layout.Squeeze(printed)
	scale := 0
	if _, decimals, ok := strings.Cut(strings.TrimRight(digits, "%分元万亿"), "."); ok {
		scale = len(decimals)
	}
	unit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	difference := new(big.Rat).Sub(a, b)
	return difference.Abs(difference).Cmp(unit) <= 0
}

// isRate reports whether the printed rate is part divided by whole, as a percentage or
// as a fraction.
func isRate(printed string, part, whole *big.Rat) bool {
	rate, ok := numberOf(printed)
	if !ok || whole.Sign() == 0 || rate.Sign() == 0 {
		return false
	}
	q := new(big.Rat).Quo(part, whole)
	percent := new(big.Rat).Mul(q, hundred)
	return near(printed, rate, percent) || strings.Contains(printed, ".") && near(printed, rate, q)
}

// lost are the marks that a sheet prints where a number is wider than its column.
var lost = regexp.MustCompile(`^#{2,}$`)

// settleAmounts finds the measures of columns whose heads say nothing known, by what
// the row of sums holds, and else by their order. What order alone says is in doubt.
func (t *fundTable) settleAmounts() {
	if t.bySource() {
		t.settleAcross()
		return
	}
	e := t.sums()
	for i, c := range t.columns {
		if slices.Contains(amounts, c.measure) && strings.ContainsAny(e.values[i].text(), "%％") {
			t.columns[i].measure = 0 // no amount, whatever its head says
		}
	}
	t.settleEstimate(e)
	t.settleRated(e)
	t.settleBudget(e)
	for i := range t.columns {
		if t.columns[i].measure == 0 {
			t.columns[i].measure = t.byFigures(e, i)
		}
	}
	t.settlePointed(e)
	for i := range t.columns {
		if m := t.byOrder(i); t.columns[i].measure == 0 && m != 0 {
			t.columns[i].measure, t.columns[i].concluded = m, true
		}
	}
}

// settleEstimate takes what a project costs in all its years for the budget of the year where
// no other head is one and the rate is reckoned with it.
func (t *fundTable) settleEstimate(e fundEntry) {
	rate, _, rated := t.value(e, executionRate)
	_, executed, spent := t.value(e, executedAmount)
	if !rated || !spent || t.has(fullBudget) {
		return
	}
	for i, c := range t.columns {
		n, ok := numberOf(e.values[i].text())
		if ok && c.measure == otherMeasure && estimate.MatchString(c.text()) && isRate(rate, executed, n) {
			t.columns[i].measure = fullBudget
			return
		}
	}
}

// settlePointed takes unnamed columns that only the total has a figure in for its weight
// and its score: the score is no more than the weight. Where it is not the weight's share
// by the rate either, that is in doubt.
func (t *fundTable) settlePointed(e fundEntry) {
	var open []int
	for i, c := range t.columns {
		if _, ok := numberOf(e.values[i].text()); ok && c.measure == 0 && t.alone(e, i) && i > t.column(executedAmount) {
			open = append(open, i)
		}
	}
	t.settlePoints(e, open)
}

// settlePoints takes unnamed columns for the weight and the score in a row.
func (t *fundTable) settlePoints(e fundEntry, open []int) {
	rate, part, rated := t.value(e, executionRate)
	figure := func(i int) *big.Rat { n, _ := numberOf(e.values[i].text()); return n }
	w, s := t.column(executionWeight), t.column(executionScore)
	switch {
	case len(open) == 2 && w < 0 && s < 0:
		w, s = open[0], open[1]
		if figure(s).Cmp(figure(w)) > 0 {
			w, s = s, w
		}
	case len(open) == 1 && w >= 0 && s < 0:
		s = open[0]
	case len(open) == 1 && s >= 0 && w < 0:
		w = open[0]
	default:
		return
	}
	weight, okWeight := numberOf(e.values[w].text())
	score, okScore := numberOf(e.values[s].text())
	if !okWeight || !okScore || !weight.IsInt() || strings.ContainsAny(e.values[w].text()+e.values[s].text(), "%％") || score.Cmp(weight) > 0 || weight.Cmp(hundred) > 0 {
		return
	}
	unsure := !rated || rate == "" || !near(e.values[s].text(), score, shareOf(weight, part))
	for i, m := range map[int]measure{w: executionWeight, s: executionScore} {
		if t.columns[i].measure == 0 {
			t.columns[i].measure, t.columns[i].concluded = m, unsure
		}
	}
}

// alone reports whether no other row has a figure in the column.
func (t *fundTable) alone(e fundEntry, i int) bool {
	for _, o := range t.entries {
		if _, ok := numberOf(o.values[i].text()); ok && o.label.of != e.label.of {
			return false
		}
	}
	return true
}

// sums is the row of the total, or the first.
func (t *fundTable) sums() fundEntry {
	for _, e := range t.entries {
		if e.source() == "total" {
			return e
		}
	}
	return t.entries[0]
}

// settleWhole takes a row for the total where no label says total: it alone has points,
// or it is the first or the last and its amounts are the sums of all others'.
func (t *fundTable) settleWhole() {
	if t.bySource() || slices.ContainsFunc(t.entries, func(e fundEntry) bool { return e.source() == "total" }) {
		return
	}
	at := t.onlyPointed()
	if at < 0 && t.sure > 0 && t.sum < len(t.entries) {
		at = t.sum
	}
	if last := len(t.entries) - 1; at < 0 && last > 1 {
		switch {
		case t.isSum(0):
			at = 0
		case t.isSum(last):
			at = last
		}
	}
	if at >= 0 {
		t.entries[at].whole = true
	}
}

// onlyPointed is the only row that has a weight or a score, and -1 where none has or
// several.
func (t *fundTable) onlyPointed() int {
	found := -1
	for i, e := range t.entries {
		_, _, weighed := t.value(e, executionWeight)
		_, _, scored := t.value(e, executionScore)
		weighed = weighed && !t.reachesDown(executionWeight)
		scored = scored && !t.reachesDown(executionScore)
		switch {
		case !weighed && !scored:
		case found >= 0:
			return -1
		default:
			found = i
		}
	}
	return found
}

// reachesDown reports whether the first row's cell of a measure is merged over all rows.
func (t *fundTable) reachesDown(m measure) bool {
	i := t.column(m)
	return i >= 0 && len(t.entries) > 1 && t.entries[0].values[i].RowSpan >= len(t.entries)
}

// settleMerged gives the total, where it stands below its sources, what is merged over all
// rows: its weight, its score and its rate.
func (t *fundTable) settleMerged() {
	at := slices.IndexFunc(t.entries, func(e fundEntry) bool { return e.source() == "total" })
	if t.bySource() || at <= 0 {
		return
	}
	for _, m := range []measure{executionWeight, executionRate, executionScore} {
		if i := t.column(m); t.reachesDown(m) && t.entries[at].values[i].of == nil {
			t.entries[at].values[i], t.entries[0].values[i] = t.entries[0].values[i], cell{page: t.entries[0].page}
		}
	}
}

// isSum reports whether the amounts of a row are the sums of the others'. Where labels say
// so too, they may fail to be in one column, which may be what is wrong.
func (t *fundTable) isSum(at int) bool {
	holds, fails := 0, 0
	for i, c := range t.columns {
		if c.measure > executedAmount {
			continue
		}
		whole, ok := numberOf(t.entries[at].values[i].text())
		if !ok {
			return false
		}
		sum := new(big.Rat)
		for k, e := range t.entries {
			if n, ok := numberOf(e.values[i].text()); ok && k != at {
				sum.Add(sum, n)
			}
		}
		switch {
		case whole.Cmp(sum) != 0:
			fails++
		case whole.Sign() != 0:
			holds++
		}
	}
	said := allTogether.MatchString(clean(t.entries[at].label.text())) || at == 0 && strings.HasPrefix(clean(t.entries[1].label.text()), "其中")
	return holds > 0 && (fails == 0 || fails == 1 && said)
}

// value is the figure of the row in the column of the measure.
func (t *fundTable) value(e fundEntry, m measure) (text string, n *big.Rat, ok bool) {
	i := t.column(m)
	if i < 0 {
		return "", nil, false
	}
	n, ok = numberOf(e.values[i].text())
	return e.values[i].text(), n, ok
}

// settleBudget finds the column that the rate was reckoned with, where no head says
// that it is the budget or the one that does gives another rate.
func (t *fundTable) settleBudget(e fundEntry) {
	rate, _, rated := t.value(e, executionRate)
	_, executed, spent := t.value(e, executedAmount)
	if !rated || !spent {
		return
	}
	if _, budget, ok := t.value(e, fullBudget); ok && isRate(rate, executed, budget) {
		return
	}
	for i, c := range t.columns {
		n, ok := numberOf(e.values[i].text())
		if c.measure != 0 || !ok || !isRate(rate, executed, n) {
			continue
		}
		if old := t.column(fullBudget); old >= 0 {
			if t.has(initialBudget) || old > i {
				return
			}
			t.columns[old].measure = initialBudget
		}
		t.columns[i].measure = fullBudget
		return
	}
}

// byFigures is the measure that the column's figure can only be.
func (t *fundTable) byFigures(e fundEntry, i int) measure {
	text := e.values[i].text()
	n, ok := numberOf(text)
	if !ok {
		return 0
	}
	_, budget, hasBudget := t.value(e, fullBudget)
	_, executed, hasExecuted := t.value(e, executedAmount)
	rate, part, hasRate := t.value(e, executionRate)
	_, points, hasPoints := t.value(e, executionWeight)
	score, earned, hasScore := t.value(e, executionScore)
	switch {
	case !t.has(executionRate) && hasBudget && hasExecuted && isRate(text, executed, budget):
		return executionRate
	case !t.has(executedAmount) && hasBudget && hasRate && isRate(rate, n, budget):
		return executedAmount
	case !t.has(executionScore) && hasPoints && hasRate && n.Cmp(points) <= 0 && near(text, n, shareOf(points, part)):
		return executionScore
	case !t.has(executionWeight) && hasScore && hasRate && n.IsInt() && near(score, earned, shareOf(n, part)):
		return executionWeight
	}
	return 0
}

// shareOf is the part of the points that the rate, in percent, earns.
func shareOf(points, rate *big.Rat) *big.Rat {
	if rate.Cmp(hundred) > 0 {
		rate = hundred
	}
	return new(big.Rat).Quo(new(big.Rat).Mul(points, rate), hundred)
}

// byOrder is the amount that an unnamed column must be by its place among the others:
// forms print the initial budget, the year's, and what was spent, in this order.
func (t *fundTable) byOrder(i int) measure {
	budget, executed := t.column(fullBudget), t.column(executedAmount)
	for _, c := range t.columns[:i] {
		if c.measure > executedAmount {
			return 0 // behind the points
		}
	}
	switch {
	case budget < 0 && executed < 0 && t.unnamedAmounts() == 2:
		return fullBudget
	case budget < 0 && executed > i && !anyUnnamed(t.columns[i+1:executed]):
		return fullBudget
	case executed < 0 && budget >= 0 && budget < i:
		return executedAmount
	case !t.has(initialBudget) && budget > i:
		return initialBudget
	}
	return 0
}

// unnamedAmounts is how many unnamed columns of figures stand before the points.
func (t *fundTable) unnamedAmounts() int {
	n := 0
	for i, c := range t.columns {
		if c.measure > executedAmount {
			break
		}
		if _, ok := numberOf(t.sums().values[i].text()); ok && c.measure == 0 {
			n++
		}
	}
	return n
}

// anyUnnamed reports whether one of the columns is unnamed too.
func anyUnnamed(columns []fundColumn) bool {
	for _, c := range columns {
		if c.measure == 0 {
			return true
		}
	}
	return false
}

// pointsAside are points in a label: （10分）, （满分10分）, （20分*执行率）.
var pointsAside = regexp.MustCompile(`[(（][^()（）0-9]{0,6}([0-9]+(?:\.[0-9]+)?)\s*分`)

// pointsIn is the number of points that a label holds, in the label's place.
func pointsIn(c cell) (cell, bool) {
	points := ""
	if _, p, ok := cutPoints(nameOf(c)); ok {
		points = p
	} else if m := pointsAside.FindStringSubmatch(layout.Squeeze(c.text())); m != nil {
		points = m[1]
	} else if m := pointsAside.FindStringSubmatch(c.text()); m != nil {
		points = m[1]
	}
	c.Text, c.Others = points, nil
	return c, points != ""
}

// scoreOfWeight and weightThenScore are cells that hold the execution's weight and its score:
// 9.26（标准分10）, 分值：10 得分：9.41.
var (
	scoreOfWeight   = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)分?[(（](?:标准分|满分|分值|权重)[:：]?([0-9]+(?:\.[0-9]+)?)分?[)）]$`)
	weightThenScore = regexp.MustCompile(`^(?:标准分|满分|分值|权重)[:：]?([0-9]+(?:\.[0-9]+)?)分?[,，;；、]?(?:自评|实际)?得分[:：]?([0-9]+(?:\.[0-9]+)?)分?$`)
)

// saysBoth reports whether the cell holds a weight and a score.
func saysBoth(c cell) bool {
	s := layout.Squeeze(c.text())
	return scoreOfWeight.MatchString(s) || weightThenScore.MatchString(s)
}

// bothPoints are the weight and the score of a cell that holds both, each in the cell's
// place.
func bothPoints(c cell) (weight, score cell) {
	weight, score = c, c
	weight.Others, score.Others = nil, nil
	s := layout.Squeeze(c.text())
	if m := weightThenScore.FindStringSubmatch(s); m != nil {
		weight.Text, score.Text = m[1], m[2]
	} else if m := scoreOfWeight.FindStringSubmatch(s); m != nil {
		score.Text, weight.Text = m[1], m[2]
	}
	return weight, score
}

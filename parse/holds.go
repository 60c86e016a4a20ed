package parse

import (
	"math/big"
	"slices"
	"strings"

	"heji/layout"
)

// A table of funds is one by what it holds, whatever its heads are called: a row is the sum
// of the others in every column of amounts, its rate is one amount divided by another, it
// alone has points.

// mostSources bounds how many rows of a funds table are looked at.
const mostSources = 20

// fundsHeld takes the first n rows for the heads of a funds table that words do not show to
// be one, where the figures below do.
func fundsHeld(part []block, n int) (fundTable, bool) {
	t, ok := fundHeadsOf(part, n)
	if !ok || slices.ContainsFunc(part[n-1].row.printed(), func(c cell) bool { return isDash(c.text()) }) || part[0].row.loose || len(t.columns) < 2 || t.columns[0].Reader == layout.ByOCR {
		return t, false
	}
	t.entries = t.held(part[n:])
	of, ok := t.amountColumns(false)
	named, okNamed := t.amountColumns(true)
	switch whole := t.wholeColumn(named); {
	case !okNamed:
		return t, false
	case whole >= 0:
		for _, i := range named {
			t.columns[i].source, t.columns[i].measure = t.columns[i].text(), 0
			t.columns[i].whole = i == whole
		}
		t.across = len(named) > 2 || saysWhole(t.columns[whole].text()) || t.measured()
	case ok && t.proof(of) || t.proof(named):
		for i := range t.columns {
			t.columns[i].source = "" // the rows are the sources
		}
		t.settleTwice()
	default:
		return t, false
	}
	t.sure, t.sum = len(t.entries), -1
	if !t.bySource() {
		t.sum = t.sumRow(of)
	}
	t.entries = nil
	return t, true
}

// holdsFunds reports whether the blocks begin with such heads.
func holdsFunds(part []block) bool {
	for n := 1; n <= 2; n++ {
		if _, ok := fundsHeld(part, n); ok {
			return true
		}
	}
	return false
}

// held are the rows below the heads that have a label and nothing but figures, dashes and
// blanks under the heads.
func (t fundTable) held(below []block) []fundEntry {
	var out []fundEntry
	for _, b := range below {
		if b.row == nil || len(out) == mostSources {
			break
		}
		label, ok := t.labelOf(*b.row)
		if !ok || isFigure(label.text()) {
			break
		}
		e := fundEntry{label: label, page: b.page}
		figures := 0
		for _, head := range t.columns {
			c, found := under(*b.row, head.cell)
			switch {
			case !found, c.empty(), isDash(c.text()):
			case isFigure(c.text()), head.measure == executionScore && saysBoth(c):
				figures++
			case !isNote(head.text()):
				return out
			}
			e.values = append(e.values, c)
		}
		if figures == 0 && len(out) == 0 {
			break
		}
		out = append(out, e)
	}
	return out
}

// isNote reports whether a head is that of notes: any text may stand there.
func isNote(head string) bool {
	found, ok := heads.exact(head)
	return ok && (found == note || found == analysis)
}

// amountColumns are the columns that hold amounts, two or more, before all rates and points.
// There are none where a head is one of indicators. Where the heads may be names of sources,
// 总投资 is one.
func (t *fundTable) amountColumns(sources bool) ([]int, bool) {
	var of []int
	for i, c := range t.columns {
		role, isHead := heads.exact(c.text())
		if isHead && (role <= level3 || role == target || role == actual || role == adjustedTarget || role == nature) {
			return nil, false
		}
		money := c.measure <= executedAmount || sources && c.measure == otherMeasure && estimate.MatchString(c.text())
		if !isHead && money && t.holdsAmounts(i) {
			of = append(of, i)
		}
	}
	return of, len(t.entries) > 0 && len(of) >= 2
}

// proof reports whether the figures are those of funds with a source in each row: a row is
// the sum of the others, and where there is but one other, it alone has a rate and points
// or a head says that there are amounts; or a row has a rate of its amounts, and a head says
// so.
func (t *fundTable) proof(of []int) bool {
	money := t.about
	for _, i := range of {
		c := t.columns[i]
		money = money || c.measure != 0 || aboutMoney(c.text()) || moneyHead(c.text())
	}
	last := len(t.entries) - 1
	sums := t.sumRow(of) >= 0
	if sums && (last > 1 || money) || sums && (t.bare(of, 0) || t.bare(of, last)) {
		return true
	}
	return money && (t.ratedIn(of) || t.earns(of))
}

// sumRow is the first or the last row where it is the sum of the others, else -1.
func (t *fundTable) sumRow(of []int) int {
	for _, at := range []int{0, len(t.entries) - 1} {
		if len(t.entries) > 2 && t.adds(of, at) || len(t.entries) == 2 && t.adds(of, at) && !t.bare(of, at) {
			return at
		}
	}
	return -1
}

// bare reports whether a row has cells of its own behind its amounts and no figure in any of
// them, while another row has.
func (t *fundTable) bare(of []int, at int) bool {
	others := false
	for i := of[len(of)-1] + 1; i < len(t.columns); i++ {
		for k, e := range t.entries {
			figure := isFigure(e.values[i].text())
			if k == at && (figure || e.values[i].of == nil) {
				return false
			}
			others = others || k != at && figure
		}
	}
	return others
}

// wholeColumn is the column of amounts that is the sum of the others in every row, the first
// or the last of them, where the rows are measures and not sources; else -1. Of two columns
// that are the same, the first is, where what stands behind them is merged over the rows.
func (t *fundTable) wholeColumn(of []int) int {
	rows := 0
	for _, e := range t.entries {
		if m, ok := measureOf(e.label); ok && m > executedAmount {
			break
		}
		if _, source := sources.exact(e.label.text()); source {
			return -1
		}
		rows++
	}
	measured := 0
	for _, i := range of {
		if _, ok := measures.exact(t.columns[i].text()); ok {
			measured++
		}
	}
	if len(of) < 2 || rows < 2 || rows > 3 || measured > 1 {
		return -1
	}
	first, last := of[0], of[len(of)-1]
	switch named := saysWhole(t.columns[first].text()) || saysWhole(t.columns[last].text()); {
	case len(of) > 2 && !named && !t.saysMeasure(rows):
		return -1 // a budget is what was spent of it and what is left, too
	case len(of) == 2 && !(t.mergedBehind(of) && (named || t.sumRow(of) < 0)) && !(named && t.measured()):
		return -1
	}
	switch a, b := t.addsAcross(of, first, rows), t.addsAcross(of, last, rows); {
	case b && (!a || saysWhole(t.columns[last].text()) && !saysWhole(t.columns[first].text())):
		return last
	case a:
		return first
	}
	return -1
}

// saysMeasure reports whether the label of one of the first rows is an amount.
func (t *fundTable) saysMeasure(rows int) bool {
	return slices.ContainsFunc(t.entries[:rows], func(e fundEntry) bool {
		m, ok := measureOf(e.label)
		return ok && m <= executedAmount
	})
}

// measured reports whether the labels of the first two rows are a budget and what was spent.
func (t *fundTable) measured() bool {
	a, okA := measureOf(t.entries[0].label)
	b, okB := measureOf(t.entries[1].label)
	return okA && okB && a <= fullBudget && b == executedAmount
}

// saysWhole reports whether a name is one of all funds.
func saysWhole(text string) bool {
	return sourceOf(text) == "total" || allTogether.MatchString(clean(text))
}

// addsAcross reports whether a column is the sum of the others in each of the first rows, and
// not all of them are 0.
func (t *fundTable) addsAcross(of []int, at, rows int) bool {
	some := false
	for _, e := range t.entries[:rows] {
		whole, ok := numberOf(e.values[at].text())
		sum := new(big.Rat)
		for _, i := range of {
			if n, ok := numberOf(e.values[i].text()); ok && i != at {
				sum.Add(sum, n)
			}
		}
		if !ok || whole.Cmp(sum) != 0 {
			return false
		}
		some = some || whole.Sign() != 0
	}
	return some
}

// mergedBehind reports whether the first row has a figure behind its amounts that reaches
// down into the second.
func (t *fundTable) mergedBehind(of []int) bool {
	for i := of[len(of)-1] + 1; i < len(t.columns); i++ {
		if c := t.entries[0].values[i]; c.of != nil && c.RowSpan > 1 && t.entries[1].values[i].of == nil {
			return true
		}
	}
	return false
}

// moneyHead reports whether a head names an amount of money.
func moneyHead(text string) bool {
	return strings.Contains(text, "金额") || strings.Contains(text, "元")
}

// holdsAmounts reports whether the column holds numbers without a percent sign, a cell in
// each row.
func (t *fundTable) holdsAmounts(i int) bool {
	n := 0
	for _, e := range t.entries {
		text := e.values[i].text()
		if e.values[i].RowSpan > 1 {
			return false
		}
		switch _, ok := numberOf(text); {
		case ok && !strings.ContainsAny(text, "%％分"):
			n++
		case ok:
			return false
		}
	}
	return n*2 > len(t.entries)
}

// adds reports whether a row is the sum of the others in each of the columns, and not all
// of them are 0.
func (t *fundTable) adds(of []int, at int) bool {
	if len(t.entries) < 2 {
		return false
	}
	some := false
	for _, i := range of {
		whole, ok := numberOf(t.entries[at].values[i].text())
		sum := new(big.Rat)
		for k, e := range t.entries {
			if n, ok := numberOf(e.values[i].text()); ok && k != at {
				sum.Add(sum, n)
			}
		}
		if !ok || whole.Cmp(sum) != 0 {
			return false
		}
		some = some || whole.Sign() != 0
	}
	return some
}

// ratedIn reports whether a row has a rate that is one of its amounts divided by one before
// it.
func (t *fundTable) ratedIn(of []int) bool {
	for _, e := range t.entries {
		if _, _, _, ok := t.rateOf(e, of); ok {
			return true
		}
	}
	return false
}

// earns reports whether the only row has a weight and a score behind two amounts, the score
// the weight's share by them, and no more than that.
func (t *fundTable) earns(of []int) bool {
	if len(t.entries) != 1 {
		return false
	}
	var n []*big.Rat
	for i := of[0]; i < len(t.columns); i++ {
		if v, ok := numberOf(t.entries[0].values[i].text()); ok {
			n = append(n, v)
		}
	}
	if len(n) != 4 || n[0].Sign() == 0 || n[1].Cmp(n[0]) >= 0 {
		return false
	}
	rate := new(big.Rat).Mul(new(big.Rat).Quo(n[1], n[0]), hundred)
	last := t.entries[0].values[len(t.columns)-1].text()
	return hasDigit(last) && near(last, n[3], shareOf(n[2], rate))
}

// rateOf finds the columns of a rate, of what was spent and of the budget by one row: the
// rate in percent behind both, and of budgets that give it the last.
func (t *fundTable) rateOf(e fundEntry, of []int) (rate, executed, budget int, ok bool) {
	for k, c := range t.columns {
		text := e.values[k].text()
		if n, is := numberOf(text); !is || n.Sign() == 0 || c.measure != 0 && c.measure != executionRate || !strings.ContainsAny(text, "%％") && c.measure != executionRate {
			continue
		}
		for _, j := range of {
			part, okPart := numberOf(e.values[j].text())
			for n := len(of) - 1; n >= 0; n-- {
				i := of[n]
				whole, okWhole := numberOf(e.values[i].text())
				if i < j && j < k && okPart && okWhole && isRate(text, part, whole) {
					return k, j, i, true
				}
			}
		}
	}
	return 0, 0, 0, false
}

// settleRated finds the rate, what was spent and the budget by the row of sums where their
// heads say nothing.
func (t *fundTable) settleRated(e fundEntry) {
	var of []int
	for i, c := range t.columns {
		if c.measure <= executedAmount {
			of = append(of, i)
		}
	}
	rate, executed, budget, ok := t.rateOf(e, of)
	if !ok {
		return
	}
	free := func(i int, m measure) bool {
		return t.columns[i].measure == m || t.columns[i].measure == 0 && !t.has(m)
	}
	if free(rate, executionRate) && free(executed, executedAmount) && free(budget, fullBudget) {
		t.columns[rate].measure, t.columns[executed].measure, t.columns[budget].measure = executionRate, executedAmount, fullBudget
	}
}

// settleAcross finds the rate, the weight and the score of all funds where the sources stand
// side by side and the heads behind them say nothing known.
func (t *fundTable) settleAcross() {
	whole := slices.IndexFunc(t.columns, func(c fundColumn) bool { return c.whole })
	if whole < 0 || len(t.entries) < 2 {
		return
	}
	e := t.entries[0]
	budget, ok := numberOf(e.values[whole].text())
	executed, okExecuted := numberOf(t.entries[1].values[whole].text())
	var open []int
	for i, c := range t.columns {
		n, is := numberOf(e.values[i].text())
		switch {
		case !is || c.source != "" || c.measure != 0:
		case strings.ContainsAny(e.values[i].text(), "%％"):
			if ok && okExecuted && !t.has(executionRate) && isRate(e.values[i].text(), executed, budget) {
				t.columns[i].measure = executionRate
			}
		case n.Cmp(hundred) <= 0:
			open = append(open, i)
		}
	}
	t.settlePoints(e, open)
}

package parse

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"heji/layout"
)

// readFundHeads reads the heads of a funds table when the blocks begin with them:
// 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分, or the sources where they are
// the heads: 中央 | 省级 | 其他 | 合计 | 执行数. It returns how many rows they take.
func (r *reader) readFundHeads(part []block) int {
	if part[0].row == nil || labelsAmounts(part) {
		return 0
	}
	for n := 1; n <= 2; n++ {
		t, ok := fundsAt(part, n)
		if !ok {
			continue
		}
		r.closeFunds()
		r.funds = &t
		for _, b := range part[:n] {
			r.readFundUnit(*b.row)
			r.seen = append(r.seen, *b.row)
		}
		return n
	}
	return 0
}

// labelsAmounts reports whether the first row is the header's labels of amounts alone, each over
// its figure: 上年结转金额 | 年初预算金额 | … over 105,085.76 | 14,470,754.00. A funds table names its
// sources on the left.
func labelsAmounts(part []block) bool {
	labels := part[0].row.printed()
	if len(part) < 2 || part[1].row == nil || len(labels) < 4 {
		return false
	}
	seen := map[string]bool{}
	for _, c := range labels {
		key, ok := fields.in(c)
		figure, below := under(*part[1].row, c)
		if !ok || !slices.Contains(amountKeys, key) || seen[key] || !below || !isFigure(figure.text()) {
			return false
		}
		seen[key] = true
	}
	return true
}

// fundsAt is the funds table that the blocks begin with, n rows of heads, by the words of the
// heads or, where these are not sure, by what the rows below hold.
func fundsAt(part []block, n int) (fundTable, bool) {
	t, ok := fundHeadsOf(part, n)
	ok = ok && t.enough(part[n:]) && t.goesOn(part[n:])
	held, sure := fundsHeld(part, n)
	if sure && (held.across || !ok || t.bySource() && !t.knowsSource()) {
		return held, true
	}
	return t, ok
}

// knowsSource reports whether a head names a source letter for letter.
func (t fundTable) knowsSource() bool {
	return slices.ContainsFunc(t.columns, func(c fundColumn) bool {
		_, known := sources.exact(c.source)
		return known
	})
}

// fundHeadsOf takes the first n rows for the heads of a funds table.
func fundHeadsOf(part []block, n int) (fundTable, bool) {
	var open []head
	for i, b := range part[:min(n, len(part))] {
		if b.row == nil || b.row.table != part[0].row.table || i > 0 && part[0].row.loose || slices.ContainsFunc(b.row.printed(), func(c cell) bool { return isNumber(c.text()) || isFigure(c.text()) }) {
			return fundTable{}, false
		}
		open = lower(open, *b.row)
	}
	if n > 1 && !stacked(*part[0].row, open) {
		return fundTable{}, false
	}
	slices.SortStableFunc(open, func(a, b head) int {
		if a.left < b.left {
			return -1
		}
		return 1
	})
	t := fundTable{}
	lead := 0
	for lead+1 < len(open) && open[lead].RowSpan > n && (lead == 0 || !isSource(open[lead].text())) {
		t.side = open[lead].cell
		t.about = t.about || aboutMoney(t.side.text())
		if c, ok := pointsIn(t.side); ok {
			t.points = c
		}
		lead++
	}
	for i, h := range open[lead:] {
		col, ok := fundColumnOf(h)
		if !ok && (i > 0 || !aboutMoney(h.text()) || !labelled(part, n, h)) {
			return fundTable{}, false
		}
		// The first head is that of the labels, unless it names a measure that no
		// other head does: 年度预算数 over 总额 names the rows.
		if i == 0 && (col.measure == 0 || slices.ContainsFunc(open[lead+1:], func(o head) bool {
			other, ok := measureOf(o.cell)
			return ok && other == col.measure
		}) && col.source == "") && labelled(part, n, h) && !(lead > 0 && col.source != "" && nothingBelow(part, n, h)) {
			t.about = t.about || aboutMoney(h.text())
			continue
		}
		if c, ok := pointsIn(h.cell); ok && col.measure == executionScore {
			t.points = c
		}
		if h.RowSpan > n && !part[0].row.loose && len(open) > lead+2 {
			return fundTable{}, false // the heads go on below
		}
		t.columns = append(t.columns, col)
	}
	t.settleTwice()
	t.settleSources()
	return t, len(t.columns) > 0 && (!gapBetween(part[n-1].row.own(), t) || t.filled(part[n:]))
}

// filled reports whether the first row below the heads has a figure under each of two or
// more: an empty cell between them is a column of nothing then.
func (t fundTable) filled(below []block) bool {
	return len(t.columns) >= 2 && len(below) > 0 && below[0].row != nil && !slices.ContainsFunc(t.columns, func(head fundColumn) bool {
		c, ok := under(*below[0].row, head.cell)
		return !ok || !isFigure(c.text())
	})
}

// stacked reports whether every head of the first row reaches down to the second or
// names a measure or a source for several there.
func stacked(first row, open []head) bool {
	over := false
	for _, c := range first.printed() {
		n := 0
		for _, h := range open {
			if len(h.under) > 0 && h.left > c.left-0.01 && h.right < c.right+0.01 {
				n++
			}
		}
		_, source := sources.exact(c.text())
		_, named := measureOf(c)
		if n == 1 || n == 0 && c.RowSpan == 1 || n > 1 && !source && !named && !sourcesBelow.MatchString(clean(c.text())) {
			return false
		}
		over = over || n > 1
	}
	return over
}

// sourcesBelow is a head over those of the sources.
var sourcesBelow = regexp.MustCompile(`来源|^(?:其中)?(?:各级|按).*(?:资金|预算)$`)

// goesOn reports whether a row of figures follows the heads. In scans it may be read
// too badly to be known for one.
func (t fundTable) goesOn(below []block) bool {
	if len(below) == 0 || below[0].row == nil || t.columns[0].Reader == layout.ByOCR {
		return true
	}
	_, ok := t.entry(*below[0].row)
	return ok
}

// labelled reports whether the first row below the heads has a text under the head,
// or the heads have nothing below them.
func labelled(part []block, n int, h head) bool {
	if n >= len(part) || part[n].row == nil {
		return true
	}
	c, ok := under(*part[n].row, h.cell)
	return !ok || !isFigure(c.text())
}

// nothingBelow reports whether the first row below the heads has an empty cell under the
// head: a source without money beside the label of the whole table.
func nothingBelow(part []block, n int, h head) bool {
	if n >= len(part) || part[n].row == nil {
		return false
	}
	c, ok := under(*part[n].row, h.cell)
	return ok && c.empty()
}

// fundColumnOf says what a column's heads say. It is no column of funds under a
// label of the header that is no amount.
func fundColumnOf(h head) (fundColumn, bool) {
	col := fundColumn{cell: h.cell}
	words := append(slices.Clone(h.under), h.text())
	for _, w := range slices.Backward(words) {
		said := cell{Cell: layout.Cell{Reading: layout.Reading{Text: w, Reader: h.Reader}}}
		m, known := measureOf(said)
		_, source := sources.exact(w)
		key, label := fieldOf(said)
		switch {
		case known && col.measure == 0 && !source:
			col.measure = m
			if m == otherMeasure && isSource(w) && !estimate.MatchString(w) && col.source == "" {
				col.source = w // 以前年度结转 is what is left, or a source
			}
		case source || isSource(w) && col.source == "":
			if col.source == "" {
				col.source = w
			}
		case label && !known && !slices.Contains(amountKeys, key) && key != "actual_outcome":
			return col, false
		}
	}
	return col, true
}

// measureOf is the measure that a head names. Weights and scores are called what they
// are called in the table of indicators.
func measureOf(c cell) (measure, bool) {
	if m, ok := measures.exact(c.text()); ok {
		return m, true
	}
	if otherYears.MatchString(c.text()) {
		return 0, false
	}
	switch found, _ := heads.exact(c.text()); found {
	case weight, referenceWeight:
		return executionWeight, true
	case score:
		return executionScore, true
	}
	if c.Reader == layout.ByOCR {
		if m, ok := measures.in(c); ok || c.Doubt != "" {
			return m, ok // words in what was misread say little
		}
	}
	if m, ok := measureByPart(c.text()); ok {
		return m, true
	}
	return measures.in(c)
}

// measureByPart is the measure of a head that no list has, by a word in it.
func measureByPart(text string) (measure, bool) {
	s := undated(clean(text))
	for _, p := range measureParts {
		if utf8.RuneCountInString(s) <= 12 && p.words.MatchString(s) {
			return p.measure, true
		}
	}
	return 0, false
}

// settleTwice settles measures that two heads name: of two budgets the first is the
// initial one, and what arrived of it none.
func (t *fundTable) settleTwice() {
	seen := map[measure]int{}
	for i := range t.columns {
		c := &t.columns[i]
		if c.source != "" || c.measure == 0 || c.measure == otherMeasure {
			continue
		}
		first, again := seen[c.measure]
		switch {
		case !again:
			seen[c.measure] = i
		case c.measure == fullBudget && arrived.MatchString(c.text()):
			c.measure = otherMeasure
		case c.measure == fullBudget && arrived.MatchString(t.columns[first].text()):
			t.columns[first].measure, seen[c.measure] = otherMeasure, i
		case c.measure == fullBudget && !t.has(initialBudget):
			t.columns[first].measure = initialBudget
		default:
			c.measure = 0
		}
	}
}

// estimate is a head over what a project costs in all its years.
var estimate = regexp.MustCompile(`概算|总投资`)

// arrived are words of what came of a budget, which rates are not reckoned of where the
// budget is printed too.
var arrived = regexp.MustCompile(`到位|拨入|到账`)

// settleSources takes heads that may name a source for heads that say nothing known,
// beside two that name amounts, or one where no source is sure: 到位资金 between 预算数
// and 支出数. A head that says nothing but its unit of money is a source beside one that is sure.
func (t *fundTable) settleSources() {
	n, sure, side := 0, false, false
	for _, c := range t.columns {
		side = side || c.source != "" && c.measure != otherMeasure
		if c.source == "" && slices.Contains(amounts, c.measure) {
			n++
		}
		_, known := sources.exact(c.source)
		sure = sure || known
	}
	for i := range t.columns {
		c := &t.columns[i]
		if (n >= 2 || n == 1 && !sure) && c.measure == 0 || n > 0 && !side {
			c.source = "" // 年末结转 is what is left, where no source stands beside it
		}
	}
	for i := range t.columns {
		if c := &t.columns[i]; c.measure == 0 && c.source == "" && sure && amountUnit.MatchString(c.text()) {
			c.source = c.text() // 牢夷（万元）, as a scan's 中央 was read, beside 省级（万元）
		}
	}
}

// enough reports whether the heads, with the row below them, are those of funds.
func (t fundTable) enough(below []block) bool {
	money, rated, named := 0, false, 0
	var of []fundColumn
	for _, c := range t.columns {
		switch {
		case c.source != "":
			of = append(of, c)
		case slices.Contains(amounts, c.measure):
			money++
		case c.measure != 0 && c.measure != otherMeasure:
			rated = true
		}
		if c.measure != 0 {
			named++
		}
	}
	switch {
	case money >= 2, money == 1 && rated && len(t.columns) >= 2:
		return true
	case len(of) >= 2 && named > 0 && slices.ContainsFunc(of, func(c fundColumn) bool { return sourceOf(c.source) == "total" }):
		return true
	case len(below) == 0 || below[0].row == nil:
		return false
	case len(of) >= 2:
		// The measures are in the rows: 合计 | 财政资金 | 其他资金 over 预算数.
		label, ok := t.labelOf(*below[0].row)
		if !ok {
			return false
		}
		_, known := measureOf(label)
		return known || len(of) >= 3 && slices.ContainsFunc(of, func(c fundColumn) bool { return sourceOf(c.source) == "total" })
	}
	return money == 1 && t.about && len(t.columns) >= 3
}

// gapBetween reports whether an empty cell stands between two heads: they are labels
// then, with nothing filled in beside them.
func gapBetween(cells []cell, t fundTable) bool {
	if n := len(cells); n > 0 && cells[n-1].left == float64(cells[n-1].Col) {
		return false // without geometry
	}
	first, last := 2.0, -1.0
	for _, c := range t.columns {
		if c.measure != 0 {
			first, last = min(first, c.left), max(last, c.left)
		}
	}
	return slices.ContainsFunc(cells, func(c cell) bool { return c.empty() && first < c.left && c.left < last })
}

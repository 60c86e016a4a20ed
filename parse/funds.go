package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// fundTable is a funds table while it is read. Each of its figures is a measure of a
// source. Most forms print a row a source and a column a measure; some print the
// sources side by side, and some each source under each measure.
type fundTable struct {
	columns []fundColumn
	entries []fundEntry
	side    cell // the label of the whole table
	points  cell // the execution's points where a label has them: 预算执行情况（10分）
	about   bool // a label says that the table is about money
	sourced bool // a row named a source that is known
}

// fundColumn is a column of figures with what its heads say of it.
type fundColumn struct {
	cell
	measure measure // 0 where its heads name none that is known
	source  string  // as printed; "" where the rows name the sources

	concluded bool // the measure follows from nothing but the columns' order
}

// fundEntry is a row: what stands in each of the columns.
type fundEntry struct {
	label  cell
	page   int
	values []cell
	whole  bool // the sum of the others, by what it holds
	unsure bool // its label says no measure that is known, where all rows should
}

// source is the contract's name of the row's source.
func (e fundEntry) source() string {
	if e.whole {
		return "total"
	}
	return sourceOf(e.label.text())
}

// amounts are the measures of money.
var amounts = []measure{initialBudget, fullBudget, executedAmount}

func (t fundTable) column(m measure) int {
	return slices.IndexFunc(t.columns, func(c fundColumn) bool { return c.measure == m })
}

func (t fundTable) has(m measure) bool { return t.column(m) >= 0 }

// bySource reports whether the sources stand side by side and not in rows.
func (t fundTable) bySource() bool {
	return slices.ContainsFunc(t.columns, func(c fundColumn) bool { return c.source != "" })
}

// readFundHeads reads the heads of a funds table when the blocks begin with them:
// 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分, or the sources where they are
// the heads: 中央 | 省级 | 其他 | 合计 | 执行数. It returns how many rows they take.
func (r *reader) readFundHeads(part []block) int {
	if part[0].row == nil {
		return 0
	}
	for n := 1; n <= 2; n++ {
		t, ok := fundHeadsOf(part, n)
		if !ok || !t.enough(part[n:]) || !t.goesOn(part[n:]) {
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
		}) && col.source == "") && labelled(part, n, h) {
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
	return t, len(t.columns) > 0 && !gapBetween(part[n-1].row.own(), t)
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
			if m == otherMeasure && isSource(w) && col.source == "" {
				col.source = w // 以前年度结转 is what is left, or a source
			}
		case source || isSource(w) && col.source == "":
			if col.source == "" {
				col.source = w
			}
		case label && !known && !slices.Contains(amountKeys, key):
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
// initial one.
func (t *fundTable) settleTwice() {
	seen := map[measure]int{}
	for i := range t.columns {
		c := &t.columns[i]
		if c.source != "" || c.measure == 0 {
			continue
		}
		first, again := seen[c.measure]
		switch {
		case !again:
			seen[c.measure] = i
		case c.measure == fullBudget && !t.has(initialBudget):
			t.columns[first].measure = initialBudget
		default:
			c.measure = 0
		}
	}
}

// settleSources takes heads that may name a source for heads that say nothing known,
// beside two that name amounts, or one where no source is sure: 到位资金 between 预算数
// and 支出数.
func (t *fundTable) settleSources() {
	n, sure := 0, false
	for _, c := range t.columns {
		if c.source == "" && slices.Contains(amounts, c.measure) {
			n++
		}
		_, known := sources.exact(c.source)
		sure = sure || known
	}
	for i := range t.columns {
		if c := &t.columns[i]; (n >= 2 || n == 1 && !sure) && c.measure == 0 {
			c.source = ""
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
	if len(cells) > 0 && cells[0].left == float64(cells[0].Col) {
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

// notSource are words of labels that have a source's characters in them.
var notSource = regexp.MustCompile(`单位|部门|名称|负责|日期|目标|电话|情况|年中|调整|追加`)

// isSource reports whether the text names a source of funds.
func isSource(text string) bool {
	if _, ok := sources.find(text); ok {
		return true
	}
	s := clean(text)
	return s != "" && utf8.RuneCountInString(s) <= 14 && (strings.ContainsAny(s, sourceSigns) || otherSources.MatchString(s)) && !isNumber(text) &&
		(strings.HasSuffix(s, "资金") || strings.HasSuffix(s, "自筹") || !notSource.MatchString(s))
}

// otherSources are sources of which no character alone is a sign.
var otherSources = regexp.MustCompile(`基金(?:预算)?$|公共预算$|专户|非税|配套|贷款$`)

var moneyWords = regexp.MustCompile(`资金|预算|经费|收入|支出|拨款|投入`)

// aboutMoney reports whether the label of a table, or of its rows, says that they are
// sums of money.
func aboutMoney(text string) bool { return moneyWords.MatchString(text) }

var amountUnit = regexp.MustCompile(`[(（](?:金额)?(?:单位[:：]?)?(亿元|万元|元)[)）]`)

// readFundUnit takes the unit of amounts from the label of the funds table, where
// the form does not print one for all: 项目资金（万元）.
func (r *reader) readFundUnit(row row) {
	for _, c := range row.cells {
		if m := amountUnit.FindStringSubmatch(c.text()); m != nil && r.sheet.Unit == "" {
			r.sheet.Unit = m[1]
		}
	}
}

// figureText is one number as forms print it: signs, a unit, 90万元.
var figureText = regexp.MustCompile(`^[-−△▲(]?[¥￥]?[0-9][0-9,]*(?:\.[0-9]*)?(?:亿元|万元|元|万|亿|%|分|百分比)?\)?$`)

// isFigure reports whether the text may be a figure of funds.
func isFigure(text string) bool { return figureText.MatchString(layout.Squeeze(text)) }

// readFund reads a row of the funds table, and ends the table at the first row
// that is none.
func (r *reader) readFund(row row) bool {
	e, ok := r.funds.entry(row)
	if !ok {
		r.closeFunds()
		return false
	}
	r.funds.entries = append(r.funds.entries, e)
	r.readFundUnit(row)
	return true
}

// entry takes the row for one of the table, where it is one: its label names a source,
// or a measure where the sources stand side by side, and what stands under the heads
// are figures. Any label will do in a table that is known to be about money.
func (t *fundTable) entry(row row) (fundEntry, bool) {
	label, ok := t.labelOf(row)
	e := fundEntry{label: label, page: row.page}
	_, known := sources.exact(label.text())
	figures, dashes, blank, taken := 0, 0, 0, map[*layout.Cell]bool{}
	for _, head := range t.columns {
		c, found := under(row, head.cell)
		switch {
		case !found:
			c = cell{page: row.page}
		case isFigure(c.text()), lost.MatchString(layout.Squeeze(c.text())), head.measure == executionScore && saysBoth(c):
			figures++
		case !c.empty() && !isDash(c.text()) && (head.measure != 0 || head.source != "") && c.Reader != layout.ByOCR && !known:
			return e, false // a text where a figure belongs
		}
		if c.of != nil && taken[c.of] {
			return e, false // one cell under two heads
		}
		if found && (c.empty() || isDash(c.text())) {
			blank++
		}
		if isDash(c.text()) {
			dashes++
		}
		taken[c.of] = true
		e.values = append(e.values, c)
	}
	_, asMeasure := measureOf(label)
	switch {
	case !ok && figures > 0 && t.complete():
		return e, true
	case !ok, label.empty():
		return e, false
	case isSource(label.text()), t.bySource() && asMeasure:
		t.sourced = true
		return e, true
	case blank == len(t.columns) && dashes < blank && len(t.entries) > 0 && t.sourced && row.own()[0].RowSpan == 1:
		return e, utf8.RuneCountInString(label.text()) <= 12 && len(row.printed()) == 1 && !isLabel(label) // a source without money
	}
	none := len(t.entries) > 0 && dashes == len(t.columns) // a source without money
	return e, (figures > 0 || none) && (t.about || t.sourced || t.rated()) && !isTotalOfForm(label.text())
}

// isLabel reports whether a cell is the label of a header field.
func isLabel(c cell) bool {
	_, ok := fieldOf(c)
	return ok
}

// complete reports whether the heads say of every figure what it is of which source,
// so that rows need no label.
func (t fundTable) complete() bool {
	return t.bySource() && !slices.ContainsFunc(t.columns, func(c fundColumn) bool { return c.measure == 0 })
}

// rated reports whether the heads name two amounts and what was made of them.
func (t fundTable) rated() bool {
	n, rated := 0, false
	for _, c := range t.columns {
		if slices.Contains(amounts, c.measure) {
			n++
		} else if c.measure != 0 && c.measure != otherMeasure {
			rated = true
		}
	}
	return n >= 2 && rated
}

// isTotalOfForm reports whether the label names the points of the whole form.
func isTotalOfForm(s string) bool {
	_, source := sources.exact(s)
	return !source && (isTotal(s) || isGrade(s) || strings.Contains(s, "得分"))
}

// labelOf is the cell that names the row: the last printed one before the first
// column of figures.
func (t fundTable) labelOf(row row) (cell, bool) {
	left := 2.0 * float64(len(row.cells)+1)
	for _, c := range t.columns {
		left = min(left, c.left)
	}
	var label cell
	found := false
	for _, c := range row.own() {
		if c.left < left-0.01 && !c.empty() {
			label, found = c, true
		}
	}
	return label, found
}

// under is the row's own cell below a head.
func under(row row, head cell) (cell, bool) {
	for _, c := range row.own() {
		overlap := min(c.right, head.right) - max(c.left, head.left)
		if overlap > 0.5*min(c.right-c.left, head.right-head.left) {
			return c, true
		}
	}
	return cell{}, false
}

// closeFunds ends the funds table at hand and puts its figures into the sheet.
func (r *reader) closeFunds() {
	t := r.funds
	r.funds = nil
	if t == nil || len(t.entries) == 0 {
		return
	}
	t.settleWhole()
	t.settleAmounts()
	t.settleWhole() // now that more columns are known
	missing := t.missing()
	for _, e := range t.entries {
		m := fullBudget
		switch _, source := sources.exact(e.label.text()); {
		case t.namesMeasure(e):
			m, _ = measureOf(e.label)
		case t.bySource() && !t.complete() && !source && (t.inRows() || len(t.entries) == 2) && len(missing) > 0:
			m, e.unsure = missing[0], true
			missing = missing[1:]
		}
		r.addEntry(t, e, m)
	}
}

// missing are the amounts that no row of the table names, in the order of forms: rows
// with labels that nobody knows are taken for them, in doubt.
func (t fundTable) missing() []measure {
	var out []measure
	for _, m := range []measure{fullBudget, executedAmount} {
		if !slices.ContainsFunc(t.entries, func(e fundEntry) bool {
			named, _ := measureOf(e.label)
			return named == m && t.namesMeasure(e)
		}) {
			out = append(out, m)
		}
	}
	return out
}

// namesMeasure reports whether the row's label is a measure of the sources beside it.
func (t fundTable) namesMeasure(e fundEntry) bool {
	m, ok := measureOf(e.label)
	_, source := sources.exact(e.label.text())
	return t.bySource() && ok && m != otherMeasure && !source
}

// inRows reports whether a row of the table names a measure of the sources beside it.
func (t fundTable) inRows() bool { return slices.ContainsFunc(t.entries, t.namesMeasure) }

// addEntry puts a row's figures where its label and their heads say. Measure is what
// a figure is whose head names only its source.
func (r *reader) addEntry(t *fundTable, e fundEntry, measure measure) {
	rowSource := e.label.text()
	if t.bySource() && (!isSource(rowSource) || t.namesMeasure(e) || e.unsure) {
		rowSource = ""
	}
	order := slices.Clone(t.columns)
	slices.SortStableFunc(order, func(a, b fundColumn) int { return totalFirst(a) - totalFirst(b) })
	for _, col := range order {
		c := e.values[slices.IndexFunc(t.columns, func(o fundColumn) bool { return o.of == col.of })]
		source, m := rowSource, col.measure
		if col.source != "" {
			source = col.source
			if m == 0 || m == otherMeasure {
				m = measure
			}
			if sourceOf(source) == "total" && rowSource != "" {
				source = rowSource
			}
		} else if t.bySource() && sourceOf(source) != "total" {
			source = t.totalLabel()
		}
		switch {
		case (m == 0 || m == otherMeasure) && !c.empty():
			r.addLoose(e, col, c)
		case m == 0, m == otherMeasure:
		case m == executionScore && saysBoth(c):
			weight, score := bothPoints(c)
			r.placed = append(r.placed, c.of)
			r.setFund("total", source, executionWeight, weight.figure(col.text()), true)
			r.setFund("total", source, executionScore, score.figure(col.text()), true)
		default:
			f := c.figure(col.text())
			if (col.concluded || e.unsure) && f.Doubt == "" && hasDigit(f.Text) {
				f.Doubt = layout.Concluded
			}
			name := sourceOf(source)
			if e.whole {
				name = "total"
			}
			r.setFund(name, source, m, f, c.of != nil)
		}
	}
	r.pointsOfFund(t, e)
}

// totalFirst puts the column of sums before those of its sources.
func totalFirst(c fundColumn) int {
	if c.source != "" && sourceOf(c.source) != "total" {
		return 1
	}
	return 0
}

// totalLabel is the head of the column of sums.
func (t fundTable) totalLabel() string {
	for _, c := range t.columns {
		if c.source != "" && sourceOf(c.source) == "total" {
			return c.source
		}
	}
	return ""
}

// addLoose keeps a figure whose head says nothing known, and says so.
func (r *reader) addLoose(e fundEntry, col fundColumn, c cell) {
	if col.measure == otherMeasure {
		r.say(fmt.Sprintf("other_fields[%d]", len(r.sheet.OtherFields))) // its head says what it is
	}
	r.addField("", c.figure(strings.TrimSpace(e.label.text()+" "+col.text())))
	if hasDigit(c.text()) && col.measure != otherMeasure {
		r.strays = append(r.strays, stray{head: col.text(), cell: c})
	}
}

// pointsOfFund gives the total the execution's points where a label has them and no
// column has.
func (r *reader) pointsOfFund(t *fundTable, e fundEntry) {
	if t.has(executionWeight) || t.points.text() == "" || e.source() != "total" && !t.bySource() {
		return
	}
	f := r.fund("total", e.label.text())
	if f.Weight == nil {
		f.Weight = t.points.figure(nameOf(t.side))
		if t.side.text() == "" {
			f.Weight.Label = ""
		}
	}
}

// fund is the sheet's fund of the source, a new one where there is none with its
// label.
func (r *reader) fund(source, label string) *form.Fund {
	label = strings.TrimSpace(label)
	for i := range r.sheet.Funds {
		if f := &r.sheet.Funds[i]; f.Label == label && f.Source == source {
			return f
		}
	}
	r.sheet.Funds = append(r.sheet.Funds, form.Fund{Source: source, Label: label})
	return &r.sheet.Funds[len(r.sheet.Funds)-1]
}

// setFund keeps one figure of the funds. A second of the same place goes to the other
// fields.
func (r *reader) setFund(source, label string, m measure, figure *form.Figure, printed bool) {
	place := fundMember(r.fund(source, label), m)
	switch {
	case *place == nil && printed:
		*place = figure
	case *place != nil && figure.Text != "":
		r.addField("", figure)
	}
}

// fundMember is the place of a measure in a fund.
func fundMember(f *form.Fund, m measure) **form.Figure {
	switch m {
	case initialBudget:
		return &f.Initial
	case fullBudget:
		return &f.Budget
	case executedAmount:
		return &f.Executed
	case executionWeight:
		return &f.Weight
	case executionRate:
		return &f.Rate
	}
	return &f.Score
}

// wholeSource is a label of all funds that no list has: 年度财政资金总额.
var wholeSource = regexp.MustCompile(`^[^其中]*(?:总额|总计|总金额|合计|总量|总(?:投入|投资|经费|支出|资金|预算))$`)

// sourceOf is the contract's name of a source, or the label itself.
func sourceOf(label string) string {
	if s, ok := sources.find(label); ok {
		return s
	}
	if s := clean(label); wholeSource.MatchString(s) {
		return "total"
	}
	return strings.TrimSpace(label)
}

// readMeasures reads a row of measures with a figure beside each: 执行率 | 95% | 分值 |
// 10 | 得分 | 9.5. They are the funds' total. A row in which all labels are amounts of
// the header is the header's.
func (r *reader) readMeasures(cells []cell) bool {
	type one struct {
		measure
		label, value cell
	}
	var found []one
	own, strange := false, -1 // a label that the header does not have, and one that says nothing known
	for i := 0; i+1 < len(cells); i++ {
		if isFigure(cells[i].text()) || !isFigure(cells[i+1].text()) {
			continue
		}
		m, ok := measureOf(cells[i])
		if !ok && strange < 0 {
			strange = len(found)
		} else if !ok || m == otherMeasure {
			continue
		}
		_, field := fields.exact(cells[i].text())
		own = own || ok && !field
		found = append(found, one{m, cells[i], cells[i+1]})
		i++
	}
	known := len(found)
	if strange >= 0 {
		known--
	}
	if !own || r.columns != nil || len(found)*2 < len(cells)-1 || known < 2 && (len(r.sheet.Funds) == 0 || strange >= 0) {
		return false
	}
	if strange >= 0 {
		t := fundTable{entries: []fundEntry{{}}}
		for _, o := range found {
			t.columns = append(t.columns, fundColumn{cell: o.label, measure: o.measure})
			t.entries[0].values = append(t.entries[0].values, o.value)
		}
		t.settleAmounts()
		if c := t.columns[strange]; c.measure == 0 || c.concluded {
			r.addField("", found[strange].value.figure(found[strange].label.text()))
			r.strays = append(r.strays, stray{head: found[strange].label.text(), cell: found[strange].value})
			found = slices.Delete(found, strange, strange+1)
		} else {
			found[strange].measure = c.measure
		}
	}
	label := ""
	for _, f := range r.sheet.Funds {
		if f.Source == "total" {
			label = f.Label
		}
	}
	r.readFundUnit(row{cells: cells})
	fund := r.fund("total", label)
	for _, o := range found {
		if place := fundMember(fund, o.measure); *place == nil {
			*place = o.value.figure(o.label.text())
		} else {
			r.addField("", o.value.figure(o.label.text()))
		}
		if points, ok := pointsIn(o.label); ok && o.measure == executionScore && fund.Weight == nil {
			fund.Weight = points.figure(o.label.text())
		}
	}
	return true
}

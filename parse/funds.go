package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

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
	sure    int  // rows that are its own by what they hold
	sum     int  // of these the one that is the sum of the others, or -1
	across  bool // a column is the sum of the others in every row
}

// fundColumn is a column of figures with what its heads say of it.
type fundColumn struct {
	cell
	measure measure // 0 where its heads name none that is known
	source  string  // as printed; "" where the rows name the sources

	whole     bool // the sum of the others, by what it holds
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

var amountUnit = regexp.MustCompile(`[(（](?:(?:金额|计量|货币|资金)?单位[:：]?(?:人民币)?)?(亿元|万元|元)[)）]`)

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
	case len(t.entries) < t.sure:
		t.sourced = t.sourced || isSource(label.text())
		return e, true
	case !ok && figures > 0 && (t.complete() || len(t.entries) == 0 && t.speaks()):
		return e, true
	case !ok, label.empty():
		return e, false
	case isSource(label.text()), t.bySource() && asMeasure:
		t.sourced = true
		return e, true
	case blank == len(t.columns) && dashes < blank && len(t.entries) > 0 && t.sourced && row.own()[0].RowSpan == 1:
		return e, utf8.RuneCountInString(label.text()) <= 12 && len(row.printed()) == 1+dashes && !isLabel(label) // a source without money
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

// speaks reports whether each head says of its figures what they are or of which source,
// and one at least what they are, so that a single row below them needs no label.
func (t fundTable) speaks() bool {
	measured := false
	for _, c := range t.columns {
		if c.measure == 0 && c.source == "" {
			return false
		}
		measured = measured || c.measure != 0 && c.measure != otherMeasure
	}
	return measured && (t.bySource() || t.rated())
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

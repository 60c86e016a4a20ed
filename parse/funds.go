package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// fundColumns are the columns of a funds table. Most forms print a row a source
// and a column a measure; some print the sources side by side.
type fundColumns struct {
	measures map[measure]cell
	unknown  []cell // heads that say nothing known
	side     cell   // the label of the whole table
	points   string // in it: 预算执行情况（10分）
	sources  []cell // heads that name a source, where the sources are columns
}

// readFundHeads reads 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分, or the
// sources where they are the heads: 中央 | 省级 | 其他 | 合计 | 执行数.
func (r *reader) readFundHeads(row row) bool {
	found := fundColumns{measures: map[measure]cell{}}
	cells := row.printed()
	lead := 0 // the head of the labels
	if len(cells) > 0 && cells[0].RowSpan > 1 && !isSource(cells[0].text()) {
		lead = 1 // a label for the whole table stands beside it
	}
	for i, c := range cells {
		m, ok := measures.find(c.text())
		if !ok && c.Reader != layout.ByOCR {
			m, ok = measureByPart(c.text())
		}
		if old, again := found.measures[m]; ok && (!again || old.Col == cells[min(lead, len(cells)-1)].Col) {
			found.measures[m] = c // a first head that another repeats names the rows: 年度预算数 over 总额
			continue
		}
		if i < lead {
			_, found.points, _ = cutPoints(nameOf(c))
			found.side = c
			continue
		}
		_, source := sources.find(c.text())
		if _, label := fields.find(c.text()); label && !source || isNumber(c.text()) {
			return false
		}
		if i > 0 && !source {
			found.unknown = append(found.unknown, c)
		}
		if i > 0 && isSource(c.text()) { // the first is the head of the labels
			found.sources = append(found.sources, c)
		}
	}
	amounts := 0
	for _, m := range []measure{initialBudget, fullBudget, executedAmount} {
		if _, ok := found.measures[m]; ok {
			amounts++
		}
	}
	if !row.loose && gapBetween(row, found.measures) {
		return false // labels with empty values beside them
	}
	rated := found.measures[executionRate].text() != "" || found.measures[executionScore].text() != ""
	switch {
	case amounts >= 2, amounts == 1 && rated && len(found.measures) >= 2 && len(row.printed()) >= 3:
	case len(found.sources) >= 2 && amounts+len(found.measures) > 0 && hasTotal(found.sources):
	default:
		return false
	}
	if amounts >= 2 {
		found.sources = nil
	}
	r.funds = &found
	r.readFundUnit(row)
	return true
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

// gapBetween reports whether an empty cell stands between two heads.
func gapBetween(row row, heads map[measure]cell) bool {
	first, last := len(row.cells)*100, -1
	for _, c := range heads {
		first, last = min(first, c.Col), max(last, c.Col)
	}
	for _, c := range row.own() {
		if c.empty() && first < c.Col && c.Col < last {
			return true
		}
	}
	return false
}

func hasTotal(sources []cell) bool {
	for _, c := range sources {
		if sourceOf(c.text()) == "total" {
			return true
		}
	}
	return false
}

// notSource are words of labels that have a source's characters in them.
var notSource = regexp.MustCompile(`单位|部门|名称|负责|日期|目标|电话|情况`)

// isSource reports whether the text names a source of funds.
func isSource(text string) bool {
	if _, ok := sources.find(text); ok {
		return true
	}
	s := clean(text)
	return s != "" && utf8.RuneCountInString(s) <= 14 && strings.ContainsAny(s, sourceSigns) && !isNumber(text) &&
		(strings.HasSuffix(s, "资金") || !notSource.MatchString(s))
}

var amountUnit = regexp.MustCompile(`[(（](亿元|万元|元)[)）]`)

// readFundUnit takes the unit of amounts from the label of the funds table, where
// the form does not print one for all: 项目资金（万元）.
func (r *reader) readFundUnit(row row) {
	for _, c := range row.cells {
		if m := amountUnit.FindStringSubmatch(c.text()); m != nil && r.sheet.Unit == "" {
			r.sheet.Unit = m[1]
		}
	}
}

// readFund reads a row of the funds table, and ends the table at the first row
// that is none.
func (r *reader) readFund(row row) bool {
	values := map[measure]cell{}
	var bySource []cell
	left := 2.0 * float64(len(row.cells)+1)
	for m, head := range r.funds.measures {
		left = min(left, head.left)
		if c, ok := under(row, head); ok {
			values[m] = c
		}
	}
	for _, head := range r.funds.sources {
		left = min(left, head.left)
		c, _ := under(row, head)
		bySource = append(bySource, c)
	}
	label, ok := r.fundLabel(row, left)
	if !ok || len(values) == 0 && len(bySource) == 0 {
		r.funds = nil
		return false
	}
	if bySource != nil {
		r.addFundsBySource(label, values, bySource)
		return true
	}
	r.addFund(label.text(), values)
	for _, head := range r.funds.unknown {
		if c, ok := under(row, head); ok && hasDigit(c.text()) {
			r.addField("", c.figure(label.text()+" "+head.text()))
		}
	}
	return true
}

// fundLabel is the cell that names the row's source: the last printed one before
// the first column of amounts.
func (r *reader) fundLabel(row row, left float64) (cell, bool) {
	var label cell
	found := false
	for _, c := range row.own() {
		if c.left < left-0.01 && !c.empty() {
			label, found = c, true
		}
	}
	if !found || !isSource(label.text()) {
		return cell{}, false
	}
	return label, true
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

func (r *reader) addFund(label string, values map[measure]cell) {
	if _, has := r.funds.measures[executionWeight]; !has && r.funds.points != "" && sourceOf(label) == "total" {
		side := r.funds.side
		side.Text, side.Others = r.funds.points, nil
		values[executionWeight] = side
	}
	r.sheet.Funds = append(r.sheet.Funds, r.fund(sourceOf(label), label, values))
}

func (r *reader) fund(source, label string, values map[measure]cell) form.Fund {
	f := form.Fund{Source: source, Label: label}
	for m, c := range values {
		label := r.funds.measures[m].text()
		if label == "" {
			label = nameOf(r.funds.side)
		}
		figure := c.figure(label)
		switch m {
		case initialBudget:
			f.Initial = figure
		case fullBudget:
			f.Budget = figure
		case executedAmount:
			f.Executed = figure
		case executionWeight:
			f.Weight = figure
		case executionRate:
			f.Rate = figure
		case executionScore:
			f.Score = figure
		}
	}
	return f
}

// addFundsBySource reads a row of amounts under heads that name sources: the
// total, with the measures that stand beside the sources, and then each source.
func (r *reader) addFundsBySource(label cell, values map[measure]cell, bySource []cell) {
	total := r.fund("total", label.text(), values)
	var parts []form.Fund
	for i, c := range bySource {
		head := r.funds.sources[i].text()
		figure := c.figure(head)
		if source := sourceOf(head); source == "total" {
			total.Budget = figure
		} else {
			parts = append(parts, form.Fund{Source: source, Label: head, Budget: figure})
		}
	}
	r.sheet.Funds = append(append(r.sheet.Funds, total), parts...)
}

// sourceOf is the contract's name of a source, or the label itself.
func sourceOf(label string) string {
	if s, ok := sources.find(label); ok {
		return s
	}
	return strings.TrimSpace(label)
}

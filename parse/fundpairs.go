package parse

import (
	"slices"

	"heji/form"
)

// fundPair is a measure of funds whose figure stands beside its label.
type fundPair struct {
	measure
	label, value cell
}

// ratesFunds reports whether the row is nothing but measures with a figure beside each, the rate
// among them, of funds that have none: 执行率 | 95% | 满分 | 10 | 得分 | 9.5 below a funds table that
// stands below the indicators.
func (r *reader) ratesFunds(cells []cell) bool {
	if len(cells) < 4 || len(cells)%2 != 0 || len(r.sheet.Funds) == 0 || slices.ContainsFunc(r.sheet.Funds, func(f form.Fund) bool { return f.Rate != nil }) {
		return false
	}
	rate := false
	for i := 0; i < len(cells); i += 2 {
		m, ok := measureOf(cells[i])
		if !ok || m == otherMeasure || !isFigure(cells[i+1].text()) {
			return false
		}
		rate = rate || m == executionRate
	}
	return rate
}

// readMeasures reads a row of measures with a figure beside each: 执行率 | 95% | 分值 |
// 10 | 得分 | 9.5. They are the funds' total. A row in which all labels are amounts of
// the header is the header's.
func (r *reader) readMeasures(cells []cell) bool {
	var found []fundPair
	own, strange := false, -1 // a label that the header does not have, and one that says nothing known
	for i := 0; i+1 < len(cells); i++ {
		if isFigure(cells[i].text()) || !isFigure(cells[i+1].text()) {
			continue
		}
		m, ok := measureOf(cells[i])
		key, field := fields.exact(cells[i].text())
		if !ok && key == "executed" {
			m, ok = executedAmount, true // 预算执行 beside 调整后预算
		}
		if !ok && strange < 0 {
			strange = len(found)
		} else if !ok || m == otherMeasure {
			continue
		}
		own = own || ok && !field
		found = append(found, fundPair{m, cells[i], cells[i+1]})
		i++
	}
	known := len(found)
	if strange >= 0 {
		known--
	}
	if !own || r.columns != nil && !r.ratesFunds(cells) || len(found)*2 < len(cells)-1 || known < 2 && (len(r.sheet.Funds) == 0 || strange >= 0) {
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
	if last := cells[len(cells)-1]; r.rateHead.of != nil && len(cells)%2 == 1 && isFigure(last.text()) && last.left < r.rateHead.right && r.rateHead.left < last.right {
		found = append(found, fundPair{executionRate, r.rateHead, last})
	}
	r.fundPairs = found
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

// readRate reads the rate of the funds, where it stands among labels of other things:
// 预算执行率 | 95.70% | 自评总分 | 91.9.
func (r *reader) readRate(label, value cell) bool {
	m, ok := measures.exact(label.text())
	i := slices.IndexFunc(r.sheet.Funds, func(f form.Fund) bool { return f.Source == "total" })
	if !ok || m != executionRate || i < 0 || r.sheet.Funds[i].Rate != nil || !isFigure(value.text()) {
		return false
	}
	r.sheet.Funds[i].Rate = value.figure(label.text())
	return true
}

// readSources reads a row below such measures with a source below each, 财政资金 | 90 |
// 财政资金 | 78: a figure of the source for each of the measures.
func (r *reader) readSources(row row) bool {
	cells := row.printed()
	var figures []fundPair
	var heads []cell
	for _, m := range r.fundPairs {
		i := slices.IndexFunc(cells, func(c cell) bool { return c.left < m.label.right-0.01 && m.label.left < c.right-0.01 })
		if i >= 0 && i+1 < len(cells) && isSource(cells[i].text()) && (isFigure(cells[i+1].text()) || isDash(cells[i+1].text())) {
			figures = append(figures, fundPair{m.measure, cells[i], cells[i+1]})
			heads = append(heads, m.label)
		}
	}
	if len(figures) < 2 || 2*len(figures) != len(cells) {
		return false
	}
	for i, f := range figures {
		label := f.label.text()
		if f.measure == otherMeasure {
			r.addLoose(fundEntry{label: f.label}, fundColumn{cell: heads[i], measure: otherMeasure}, f.value)
			continue
		}
		r.setFund(sourceOf(label), label, f.measure, f.value.figure(label), true)
	}
	return true
}

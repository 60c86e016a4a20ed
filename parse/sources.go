package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"heji/form"
	"heji/layout"
)

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
	t.settleMerged()
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
	for _, col := range t.columns {
		if col.source != "" {
			r.doubtFundLabel(col.source, col.cell)
		}
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
			if col.isTotal() && rowSource != "" {
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
			if e.whole || source == col.source && col.isTotal() || t.bySource() && source == t.totalLabel() {
				name = "total"
			}
			r.setFund(name, source, m, f, c.of != nil)
		}
	}
	r.pointsOfFund(t, e)
	if rowSource != "" {
		r.doubtFundLabel(rowSource, e.label)
	}
}

// doubtFundLabel says that the name of a source was not surely read: it is a plain string in the record.
func (r *reader) doubtFundLabel(label string, c cell) {
	i := slices.IndexFunc(r.sheet.Funds, func(f form.Fund) bool { return f.Label == label })
	if i < 0 || c.Doubt == "" || c.Reader != layout.ByOCR {
		return
	}
	where := fmt.Sprintf("funds[%d].label", i)
	if !slices.ContainsFunc(r.sheet.Problems, func(p form.Problem) bool { return p.Where == where }) {
		r.sheet.Problems = append(r.sheet.Problems, doubt(where, c))
	}
}

// totalFirst puts the column of sums before those of its sources.
func totalFirst(c fundColumn) int {
	if c.source != "" && !c.isTotal() {
		return 1
	}
	return 0
}

// totalLabel is the head of the column of sums.
func (t fundTable) totalLabel() string {
	for _, c := range t.columns {
		if c.isTotal() {
			return c.source
		}
	}
	return ""
}

// isTotal reports whether the column holds the sums of the sources.
func (c fundColumn) isTotal() bool {
	return c.whole || c.source != "" && sourceOf(c.source) == "total"
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
var wholeSource = regexp.MustCompile(`^[^其中]*(?:总额|总计|总金额|合计|总量|总(?:投入|投资|经费|支出|资金|预算|概算))$`)

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

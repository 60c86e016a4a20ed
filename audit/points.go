package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
	"heji/layout"
)

// pick takes one figure of an indicator row and its member name in the record.
type pick struct {
	member string
	of     func(*form.Indicator) *form.Figure
	zh     string
}

var (
	weights = pick{"weight", func(i *form.Indicator) *form.Figure { return i.Weight }, "分值"}
	scores  = pick{"score", func(i *form.Indicator) *form.Figure { return i.Score }, "得分"}
)

func (p pick) where(i int) string { return "indicators[" + strconv.Itoa(i) + "]." + p.member }

// term is a figure that takes part in a sum of points.
type term struct {
	where string
	value form.Amount
	full  bool // full marks, or a weight
}

// total is a sum of points.
type total struct {
	terms []term
	sum   apd.Decimal
	scale int // most decimals of any term

	ragged bool // of sections, whose rows print as many decimals as they need
}

func (t *total) add(where string, a form.Amount) {
	t.terms = append(t.terms, term{where: where, value: a})
	do(down.Add(&t.sum, &t.sum, a.Decimal()))
	if !leaked(a) {
		t.scale = max(t.scale, a.Scale())
	}
}

func (t *total) wheres() []string {
	var out []string
	for _, x := range t.terms {
		out = append(out, x.where)
	}
	return out
}

// amount is the sum with the most decimals of its terms.
func (t *total) amount() form.Amount { return Exact(&t.sum).Middle(t.scale) }

// equation is the sum in printed figures; a trial needs none.
func (c *checker) equation(terms []term) string {
	if c.quiet {
		return ""
	}
	var out []string
	for _, x := range terms {
		out = append(out, x.value.String())
	}
	return join(out, " + ")
}

// rounded reports whether a printed sum may have fewer decimals than it has. Rows
// that all print the same number of decimals do so whatever the number; where they
// print as many as they need (3, 2.8), so does the sum, and 70 is not a rounded 69.5.
func (t *total) rounded(printed form.Amount) bool {
	if printed.Scale() >= t.scale || t.ragged {
		return false
	}
	for _, x := range t.terms {
		if x.value.Scale() != t.scale {
			return false
		}
	}
	return true
}

// interval is what the sum may be: exact, but for terms that come out of divisions.
// Nobody awards less than a twentieth, so roundings together are less than one:
// else those of twenty rows would hide a slip of a tenth.
func (t *total) interval() Interval {
	i := Exact(&t.sum)
	for _, x := range t.terms {
		if divided(x.value) && !x.full {
			i = i.Add(Printed(x.value).Sub(Exact(x.value.Decimal())))
		}
	}
	return i.within(around(&t.sum, mostRounding))
}

var mostRounding = apd.New(45, -3)

// meets says what a printed sum stands for, and whether that may be this sum.
func (t *total) meets(printed form.Amount) (Interval, bool) {
	want := Exact(printed.Decimal())
	if t.rounded(printed) || leaked(printed) {
		want = Printed(printed)
	}
	return want, want.Meets(t.interval())
}

var twentieth = apd.New(5, -2)

// divided reports whether points come out of a division rather than out of an
// award: they have two decimals or more and are no multiple of 0.05. 33.33 printed
// three times may well be 100.00.
func divided(a form.Amount) bool {
	if a.Scale() < 2 {
		return false
	}
	return !multipleOf(a.Decimal(), twentieth)
}

// sum adds the rows' points. Rows without such a column or with a dash in it have
// none; cause is the path of the one that was not read, or "" where all were and
// nothing is left to add.
func (c *checker) sum(p pick, rows []int) (t total, cause string, ok bool) {
	for _, i := range rows {
		row := &c.form.Indicators[i]
		f := p.of(row)
		if absent(f) {
			continue
		}
		a, ok := read(f)
		if !ok || a.Decimal().Cmp(mostPoints) > 0 {
			return t, p.where(i), false
		}
		t.add(p.where(i), a)
		if w, ok := read(row.Weight); p.member == "score" && ok && w.Cmp(a) == 0 || p.member == "weight" {
			t.terms[len(t.terms)-1].full = true // full marks are no quotient
		}
	}
	return t, "", len(t.terms) > 0
}

// mostPoints is more than any row has: a number above it is a telephone number or an
// amount that came into the wrong column.
var mostPoints = apd.New(99_999, 0)

// leaves are the indices of the leaf rows that belong to the section row, or all
// of them for -1. Names alone would do, but for forms that use one name twice.
func (c *checker) leaves(section int) []int {
	if out, known := c.under[section]; known {
		return out
	}
	var out []int
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if row.Kind != form.Leaf || c.mistaken[i] {
			continue
		}
		if section >= 0 {
			s := &c.form.Indicators[section]
			if row.Level1 != s.Level1 || s.Level2 != "" && row.Level2 != s.Level2 {
				continue
			}
		}
		out = append(out, i)
	}
	c.under[section] = out
	return out
}

// sections are the indices of the section rows of level 1 that print the points.
func (c *checker) sections(p pick) []int {
	var out []int
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if row.Kind == form.Section && row.Level2 == "" && !absent(p.of(row)) {
			out = append(out, i)
		}
	}
	return out
}

// complete reports whether every leaf belongs to one of the sections: else their
// sum is not the whole.
func (c *checker) complete(sections []int) bool {
	named := map[string]int{}
	for _, i := range sections {
		named[c.form.Indicators[i].Level1]++
	}
	for _, n := range named {
		if n > 1 {
			return false
		}
	}
	for _, i := range c.leaves(-1) {
		if named[c.form.Indicators[i].Level1] == 0 {
			return false
		}
	}
	return len(sections) > 0
}

func weightSection(c *checker) { c.bySection(weights, "weight") }
func scoreSection(c *checker)  { c.bySection(scores, "score") }

func (c *checker) bySection(p pick, en string) {
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if row.Kind != form.Section || !c.concerns(c.leaves(i)...) && !c.concerns(i) || absent(p.of(row)) {
			continue
		}
		printed, ok := read(p.of(row))
		if !ok {
			c.skip(p.where(i), p.where(i))
			continue
		}
		t, cause, ok := c.sum(p, c.leaves(i))
		if !ok {
			if cause != "" {
				c.skip(p.where(i), cause)
			}
			continue
		}
		name := c.rowName(i)
		c.points(p.where(i), printed, &t,
			c.say("the %s of section %s is printed as %s, but its rows add up to %s = %s", en, name, printed, c.equation(t.terms), t.amount()),
			c.say("%s一节的%s印为 %s，而其各行之和为 %s = %s", name, p.zh, printed, c.equation(t.terms), t.amount()))
	}
}

// points keeps the identity of a printed sum of points.
func (c *checker) points(where string, printed form.Amount, t *total, en, zh string) {
	want, holds := t.meets(printed)
	sum := t.interval()
	id := Identity{State: Holds, Printed: printed.String(), Computed: t.amount().String(), Difference: difference(printed, t.amount()),
		Equation: c.equation(t.terms), PrintedIn: &want, ComputedIn: &sum, en: en, zh: zh,
		sum: want.Low.Cmp(&want.High) == 0 && sum.Low.Cmp(&sum.High) == 0}
	if !holds {
		id.State = Broken
	}
	c.add(where, t.wheres(), id)
}

// execution is the funds table's row that has points of its own: the total's.
func (c *checker) execution() (*form.Fund, string) {
	for i := range c.form.Funds {
		if c.form.Funds[i].Source == "total" {
			return &c.form.Funds[i], fmt.Sprintf("funds[%d].", i)
		}
	}
	return nil, ""
}

// whole is the sum of all points: of the sections where all are printed and
// bySections is set, else of the rows. A printed row of its own for the execution
// rate may be among the indicators already, so both sums are given.
func (c *checker) whole(p pick, bySections bool) (plain, withExecution total, cause string, ok bool) {
	sections := c.sections(p)
	if bySections && c.complete(sections) {
		plain, cause, ok = c.sum(p, sections)
	}
	if !ok {
		var rows string
		if plain, rows, ok = c.sum(p, c.leaves(-1)); rows != "" {
			cause = rows
		}
	}
	if !ok && c.complete(sections) {
		plain, _, ok = c.sum(p, sections)
	}
	if !ok {
		return plain, plain, cause, false
	}
	if rows, _, ok := c.sum(p, c.leaves(-1)); ok {
		plain.ragged = slices.ContainsFunc(rows.terms, func(x term) bool { return x.value.Scale() != rows.scale })
	}
	withExecution = plain
	withExecution.terms = plain.terms[:len(plain.terms):len(plain.terms)]
	withExecution.sum = *new(apd.Decimal).Set(&plain.sum)
	fund, where := c.execution()
	if fund == nil {
		return plain, withExecution, "", true
	}
	f := fund.Weight
	if p.member == "score" {
		f = fund.Score
	}
	if absent(f) || f.State == form.Blank {
		return plain, withExecution, "", true
	}
	a, ok := read(f)
	if !ok {
		return plain, withExecution, where + p.member, false
	}
	withExecution.add(where+p.member, a)
	return plain, withExecution, "", true
}

func weightTotal(c *checker) { c.checkTotal(weights, c.form.Total.Weight, false, "weight") }
func scoreTotal(c *checker)  { c.checkTotal(scores, c.form.Total.Score, true, "score") }

func (c *checker) checkTotal(p pick, f *form.Figure, bySections bool, en string) {
	if absent(f) {
		return
	}
	where := "total." + p.member
	printed, ok := read(f)
	if !ok {
		c.skip(where, where)
		return
	}
	plain, all, cause, ok := c.whole(p, bySections)
	if !ok {
		if cause != "" {
			c.skip(where, cause)
		}
		return
	}
	if _, ok := plain.meets(printed); ok && !(p.member == "score" && c.executionCounts()) {
		all = plain
	}
	if _, ok := all.meets(printed); !ok && c.doubled() {
		c.skipped(where, "the rows add up to twice the weights: subtotals were not told from what they sum up", "各行分值之和恰为总分值的两倍：小计行未能与其明细行区分")
		return
	}
	c.points(where, printed, &all,
		c.say("the total %s is printed as %s, but the printed parts add up to %s = %s", en, printed, c.equation(all.terms), all.amount()),
		c.say("总%s印为 %s，而印出的各部分之和为 %s = %s", p.zh, printed, c.equation(all.terms), all.amount()))
}

// executionCounts reports whether the weights add up to their total, printed or 100, with
// that of the execution rate and not without it: its score belongs to the total score then.
func (c *checker) executionCounts() bool {
	plain, all, _, ok := c.whole(weights, false)
	if !ok {
		return false
	}
	printed, ok := read(c.form.Total.Weight)
	if !ok {
		printed = hundredPoints
	}
	_, without := plain.meets(printed)
	_, with := all.meets(printed)
	return with && !without
}

// doubled reports whether the weights of the rows are exactly twice what is printed, or
// twice a hundred. No form says so: where the names of the levels were not read, its
// subtotals are counted as rows, and the form is not to be accused of it.
func (c *checker) doubled() bool {
	t, _, ok := c.sum(weights, c.leaves(-1))
	if !ok || len(t.terms) < 4 {
		return false
	}
	whole := hundredPoints.Decimal()
	if w, ok := read(c.form.Total.Weight); ok && w.Decimal().Sign() > 0 {
		whole = w.Decimal()
	}
	do(down.Add(whole, whole, whole))
	return whole.Cmp(&t.sum) == 0
}

// subtotals are the rows that are taken for indicators and are subtotals whose name
// was not read: without a name of their own, with the weight and the score of all
// other rows of their first level, and without them the weights add up.
func (c *checker) subtotals() map[int]bool {
	t, _, ok := c.sum(weights, c.leaves(-1))
	if !ok {
		return nil
	}
	out := map[int]bool{}
	for _, i := range c.leaves(-1) {
		if row := &c.form.Indicators[i]; row.Level3 == "" && c.sumsUp(i) {
			out[i] = true
			do(down.Sub(&t.sum, &t.sum, row.Weight.Value.Decimal()))
		}
	}
	w, ok := read(c.form.Total.Weight)
	if t.sum.Cmp(hundredPoints.Decimal()) != 0 && !(ok && t.sum.Cmp(w.Decimal()) == 0) {
		return nil
	}
	return out
}

// sumsUp reports whether a row has the weight and the score of all other rows of its
// first level together, two at least.
func (c *checker) sumsUp(i int) bool {
	var others []int
	for _, k := range c.leaves(-1) {
		if k != i && c.form.Indicators[k].Level1 == c.form.Indicators[i].Level1 {
			others = append(others, k)
		}
	}
	for _, p := range []pick{weights, scores} {
		a, ok := read(p.of(&c.form.Indicators[i]))
		t, _, summed := c.sum(p, others)
		if !ok || !summed || len(t.terms) < 2 || t.sum.Cmp(a.Decimal()) != 0 {
			return false
		}
	}
	return true
}

// hundredPoints is what the weights of nearly all forms add up to.
var hundredPoints = form.MustAmount("100")

// usualWeights holds the weights of a form that prints no total of them against 100:
// nearly all add up to it (财预〔2020〕10号), and a misread weight does not. What does
// not add up to about 100 is on another scale.
func (c *checker) usualWeights() {
	if !absent(c.form.Total.Weight) || len(c.leaves(-1)) < 4 {
		return
	}
	plain, all, _, ok := c.whole(weights, false)
	if !ok {
		return
	}
	id := Identity{State: Broken, Printed: "100", usual: true}
	for _, t := range []total{plain, all} {
		if _, holds := t.meets(hundredPoints); holds {
			id.State, id.sum = Holds, true
			c.add("total.weight", t.wheres(), id)
			return
		}
	}
	if d := all.amount().Decimal(); c.quiet || d.Cmp(apd.New(80, 0)) > 0 && d.Cmp(apd.New(120, 0)) < 0 {
		c.add("total.weight", all.wheres(), id)
	}
}

func weightAssigned(c *checker) {
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if !c.concerns(i) || absent(row.Weight) || absent(row.ReferenceWeight) {
			continue
		}
		where := fmt.Sprintf("indicators[%d].reference_weight", i)
		if cause := c.unreadAmong(weights.where(i), where); cause != "" {
			c.skip(weights.where(i), cause)
			continue
		}
		assigned, reference := *row.Weight.Value, *row.ReferenceWeight.Value
		state := Holds
		if assigned.Cmp(reference) != 0 {
			state = Broken
		}
		c.add(weights.where(i), []string{where}, Identity{State: state, Printed: assigned.String(), Computed: reference.String(),
			Difference: difference(assigned, reference), Equation: reference.String(),
			en: c.say("the assigned weight of %s is printed as %s, and its reference weight as %s", c.rowName(i), assigned, reference),
			zh: c.say("%s的设定分值印为 %s，参考分值印为 %s，两者不等", c.rowName(i), assigned, reference)})
	}
}

func scoreExceedsWeight(c *checker) {
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if !c.concerns(i) {
			continue
		}
		c.within(scores.where(i), row.Score, weights.where(i), row.Weight, c.rowName(i))
	}
	c.within("total.score", c.form.Total.Score, "total.weight", c.form.Total.Weight, "合计")
	if fund, where := c.execution(); fund != nil {
		c.within(where+"score", fund.Score, where+"weight", fund.Weight, "预算执行率")
	}
}

func (c *checker) within(where string, score *form.Figure, weightWhere string, weight *form.Figure, name string) {
	if absent(score) {
		return
	}
	s, ok := read(score)
	if !ok {
		c.skip(where, where)
		return
	}
	id := Identity{State: Broken, Printed: s.String()}
	if s.Decimal().Sign() < 0 {
		if w, ok := read(weight); strings.HasPrefix(where, "indicators[") && (!ok || w.Decimal().Sign() <= 0) {
			c.skipped(where, "points are taken off in a row that has none to give", "该行无分值，为扣分项")
			return
		}
		id.Computed, id.Difference = "0", difference(s, form.Amount{})
		id.en = c.say("the score of %s is printed as %s, which is below 0", name, s)
		id.zh = c.say("%s的得分印为 %s，小于 0", name, s)
		if score.Reader == layout.ByOCR {
			id.open = "a minus sign of a scan may be a speck"
		}
		c.add(where, nil, id)
		return
	}
	if absent(weight) {
		return
	}
	w, ok := read(weight)
	if !ok {
		c.skip(where, weightWhere)
		return
	}
	id.Computed, id.Equation = w.String(), "0 ≤ "+s.String()+" ≤ "+w.String()
	if s.Cmp(w) <= 0 {
		id.State = Holds
	} else {
		id.Difference = difference(s, w)
		id.en = c.say("the score of %s is printed as %s, above its weight of %s", name, s, w)
		id.zh = c.say("%s的得分印为 %s，大于其分值 %s", name, s, w)
	}
	c.add(where, []string{weightWhere}, id)
}

// difference is printed − computed.
func difference(printed, computed form.Amount) string {
	var d apd.Decimal
	do(down.Sub(&d, printed.Decimal(), computed.Decimal()))
	d.Negative = d.Negative && !d.IsZero() // rounding down makes −0
	return form.FromDecimal(&d).String()
}

package audit

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
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

func (p pick) where(i int) string { return fmt.Sprintf("indicators[%d].%s", i, p.member) }

// term is a figure that takes part in a sum of points.
type term struct {
	where string
	value form.Amount
}

// total is a sum of points.
type total struct {
	terms []term
	sum   apd.Decimal
	scale int // most decimals of any term
}

func (t *total) add(where string, a form.Amount) {
	t.terms = append(t.terms, term{where, a})
	do(down.Add(&t.sum, &t.sum, a.Decimal()))
	t.scale = max(t.scale, a.Scale())
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

func (t *total) equation() string {
	var out []string
	for _, x := range t.terms {
		out = append(out, x.value.String())
	}
	return join(out, " + ")
}

// equals reports whether a printed sum is this one. A sum with fewer decimals
// than its parts was rounded.
func (t *total) equals(printed form.Amount) bool {
	want := Exact(printed.Decimal())
	if printed.Scale() < t.scale {
		want = Printed(printed)
	}
	return want.Meets(Exact(&t.sum))
}

// sum adds the rows' points. Rows without such a column or with a dash in it have
// none; ok is false when one was not read, or nothing is left to add.
func (c *checker) sum(p pick, rows []int) (t total, ok bool) {
	for _, i := range rows {
		f := p.of(&c.form.Indicators[i])
		if absent(f) {
			continue
		}
		a, ok := read(f)
		if !ok {
			return t, false
		}
		t.add(p.where(i), a)
	}
	return t, len(t.terms) > 0
}

// leaves are the indices of the leaf rows that belong to the section row, or all
// of them for -1. Names alone would do, but for forms that use one name twice.
func (c *checker) leaves(section int) []int {
	var out []int
	for i, row := range c.form.Indicators {
		if row.Kind != form.Leaf {
			continue
		}
		if section >= 0 {
			s := c.form.Indicators[section]
			if row.Level1 != s.Level1 || s.Level2 != "" && row.Level2 != s.Level2 {
				continue
			}
		}
		out = append(out, i)
	}
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
		printed, ok := read(p.of(row))
		if row.Kind != form.Section || !ok {
			continue
		}
		t, ok := c.sum(p, c.leaves(i))
		if !ok || t.equals(printed) {
			continue
		}
		name := c.rowName(i)
		c.report(p.where(i), printed.String(), t.amount().String(), difference(printed, t.amount()), t.wheres(),
			fmt.Sprintf("the %s of section %s is printed as %s, but its rows add up to %s = %s", en, name, printed, t.equation(), t.amount()),
			fmt.Sprintf("%s一节的%s印为 %s,而其各行之和为 %s = %s", name, p.zh, printed, t.equation(), t.amount()))
	}
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

// total is the whole of the points: of the sections where all are printed and
// bySections is set, else of the rows. A printed row of its own for the execution
// rate may be among the indicators already, so both sums are given.
func (c *checker) whole(p pick, bySections bool) (plain, withExecution total, ok bool) {
	sections := c.sections(p)
	if bySections && c.complete(sections) {
		plain, ok = c.sum(p, sections)
	}
	if !ok {
		plain, ok = c.sum(p, c.leaves(-1))
	}
	if !ok && c.complete(sections) {
		plain, ok = c.sum(p, sections)
	}
	if !ok {
		return plain, plain, false
	}
	withExecution = total{terms: plain.terms[:len(plain.terms):len(plain.terms)], sum: *new(apd.Decimal).Set(&plain.sum), scale: plain.scale}
	fund, where := c.execution()
	if fund == nil {
		return plain, withExecution, true
	}
	f := fund.Weight
	if p.member == "score" {
		f = fund.Score
	}
	if absent(f) || f.State == form.Blank {
		return plain, withExecution, true
	}
	a, ok := read(f)
	if !ok {
		return plain, withExecution, false
	}
	withExecution.add(where+p.member, a)
	return plain, withExecution, true
}

func weightTotal(c *checker) { c.checkTotal(weights, c.form.Total.Weight, false, "weight") }
func scoreTotal(c *checker)  { c.checkTotal(scores, c.form.Total.Score, true, "score") }

func (c *checker) checkTotal(p pick, f *form.Figure, bySections bool, en string) {
	printed, ok := read(f)
	if !ok {
		return
	}
	plain, all, ok := c.whole(p, bySections)
	if !ok || all.equals(printed) || plain.equals(printed) {
		return
	}
	c.report("total."+p.member, printed.String(), all.amount().String(), difference(printed, all.amount()), all.wheres(),
		fmt.Sprintf("the total %s is printed as %s, but the printed parts add up to %s = %s", en, printed, all.equation(), all.amount()),
		fmt.Sprintf("总%s印为 %s,而印出的各部分之和为 %s = %s", p.zh, printed, all.equation(), all.amount()))
}

func weightAssigned(c *checker) {
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		assigned, ok1 := read(row.Weight)
		reference, ok2 := read(row.ReferenceWeight)
		if !ok1 || !ok2 || assigned.Cmp(reference) == 0 {
			continue
		}
		where := fmt.Sprintf("indicators[%d].reference_weight", i)
		c.report(weights.where(i), assigned.String(), reference.String(), difference(assigned, reference), []string{where},
			fmt.Sprintf("the assigned weight of %s is printed as %s, and its reference weight as %s", c.rowName(i), assigned, reference),
			fmt.Sprintf("%s的设定分值印为 %s,参考分值印为 %s,两者不等", c.rowName(i), assigned, reference))
	}
}

func scoreExceedsWeight(c *checker) {
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		c.within(scores.where(i), row.Score, weights.where(i), row.Weight, c.rowName(i))
	}
	c.within("total.score", c.form.Total.Score, "total.weight", c.form.Total.Weight, "合计")
	if fund, where := c.execution(); fund != nil {
		c.within(where+"score", fund.Score, where+"weight", fund.Weight, "预算执行率")
	}
}

func (c *checker) within(where string, score *form.Figure, weightWhere string, weight *form.Figure, name string) {
	s, ok := read(score)
	if !ok {
		return
	}
	if s.Decimal().Sign() < 0 {
		c.report(where, s.String(), "0", difference(s, form.Amount{}), nil,
			fmt.Sprintf("the score of %s is printed as %s, which is below 0", name, s),
			fmt.Sprintf("%s的得分印为 %s,小于 0", name, s))
		return
	}
	w, ok := read(weight)
	if !ok || s.Cmp(w) <= 0 {
		return
	}
	c.report(where, s.String(), w.String(), difference(s, w), []string{weightWhere},
		fmt.Sprintf("the score of %s is printed as %s, above its weight of %s", name, s, w),
		fmt.Sprintf("%s的得分印为 %s,大于其分值 %s", name, s, w))
}

// difference is printed − computed.
func difference(printed, computed form.Amount) string {
	var d apd.Decimal
	do(down.Sub(&d, printed.Decimal(), computed.Decimal()))
	return form.FromDecimal(&d).String()
}

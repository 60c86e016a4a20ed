package audit

import (
	"fmt"
	"slices"
	"strings"

	"heji/form"
	"heji/layout"
)

// unitShift is the power of ten by which a unit of amounts exceeds 元.
var unitShift = map[string]int32{"": 0, "元": 0, "万元": 4, "亿元": 8}

// amount is a printed sum of money in 元.
type amount struct {
	where    string
	figure   *form.Figure
	unit     string
	value    form.Amount // in its own unit
	interval Interval    // in 元
	loose    Interval    // if digits were cut off
}

// money reads an amount; ok is false when it was not read or its unit is unknown. Where
// each cell prints its unit, 0 is printed without, and is nothing in the others' unit.
func (c *checker) money(where string, f *form.Figure) (amount, bool) {
	v, ok := read(f)
	if !ok {
		return amount{}, false
	}
	unit := f.Unit
	if unit == "" && v.Decimal().IsZero() {
		unit = c.form.Unit
	}
	shift, ok := unitShift[unit]
	if !ok || unit == "" && c.form.Unit != "" {
		return amount{}, false // among amounts with a unit, one without is not known
	}
	return amount{where, f, unit, v, Printed(v).Shift(shift), cut(v).Shift(shift)}, true
}

// header is a header amount. A dash is no money at all.
func (c *checker) header(key string) (amount, bool) {
	f := c.form.Field(key)
	if f != nil && f.State == form.None {
		return amount{where: "fields." + key, figure: f}, true
	}
	return c.money("fields."+key, f)
}

// shown is the middle of an interval in 元 as a figure in the unit, with so many
// decimals.
func shown(i Interval, unit string, scale int) form.Amount {
	return i.Shift(-unitShift[unit]).Middle(scale)
}

// usualLabels are what most forms call the header's amounts.
var usualLabels = map[string]string{
	"fields.carried_over": "上年结转金额", "fields.initial_budget": "年初预算金额", "fields.budget_adjustment": "预算调整金额",
	"fields.other_adjustment": "其他调整资金", "fields.executed": "预算执行金额", "fields.year_end_balance": "年末结余金额",
}

// label is what the form calls the amount. Pixels may have been read as 年初需算企额, so
// a scan's amount is called what most forms call it.
func (a amount) label() string {
	s := a.figure.Label
	if usual := usualLabels[a.where]; usual != "" && a.figure.Reader == layout.ByOCR {
		return usual
	}
	for _, cut := range []string{"(", "（", ":", "："} {
		s, _, _ = strings.Cut(s, cut)
	}
	if s = strings.TrimSpace(s); s == "" {
		return a.where
	}
	return s
}

func fundsBalance(c *checker) {
	where := "fields.year_end_balance"
	if absent(c.form.Field("year_end_balance")) {
		return
	}
	printed, ok := c.header("year_end_balance")
	if !ok {
		c.skip(where, where)
		return
	}
	var sum Interval
	scale := printed.value.Scale()
	var from, equation []string
	for _, t := range []struct {
		key, sign string
		optional  bool
	}{
		{"carried_over", "+", false}, {"initial_budget", "+", false}, {"budget_adjustment", "+", false},
		{"other_adjustment", "+", true}, {"executed", "−", false},
	} {
		if t.optional && c.form.Field(t.key) == nil {
			continue // a form without the label has no such money
		}
		a, ok := c.header(t.key)
		if !ok {
			c.skip(where, "fields."+t.key)
			return
		}
		if t.sign == "−" {
			sum = sum.Sub(a.interval)
		} else {
			sum = sum.Add(a.interval)
		}
		scale = max(scale, a.value.Scale())
		from = append(from, a.where)
		if len(equation) > 0 {
			equation = append(equation, t.sign)
		}
		equation = append(equation, a.value.String())
	}
	text := strings.Join(equation, " ")
	id := printed.identity(sum, scale, text)
	id.en = c.say("%s is printed as %s%s, but carried over + initial + adjustments − executed = %s = %s%s",
		printed.label(), printed.value, printed.unit, text, id.Computed, printed.unit)
	id.zh = c.say("%s印为 %s%s，而上年结转+年初预算+各项调整−预算执行 = %s = %s%s",
		printed.label(), printed.value, printed.unit, text, id.Computed, printed.unit)
	c.add(printed.where, from, id)
}

// identity holds the printed amount against a sum in 元.
func (a amount) identity(sum Interval, scale int, equation string) Identity {
	computed := shown(sum, a.unit, scale)
	in, of := a.interval.Shift(-unitShift[a.unit]), sum.Shift(-unitShift[a.unit])
	id := Identity{State: Holds, Printed: a.value.String(), Computed: computed.String(), Difference: difference(a.value, computed),
		Equation: equation, PrintedIn: &in, ComputedIn: &of}
	if !sum.Meets(a.interval) {
		id.State = Broken
	}
	return id
}

// column is a column of amounts in the funds table.
type column struct {
	member string
	of     func(*form.Fund) *form.Figure
	zh     string
}

var fundColumns = []column{
	{"initial", func(f *form.Fund) *form.Figure { return f.Initial }, "年初预算数"},
	{"budget", func(f *form.Fund) *form.Figure { return f.Budget }, "全年预算数"},
	{"executed", func(f *form.Fund) *form.Figure { return f.Executed }, "全年执行数"},
}

// isSource reports whether a row is one of the contract's sources and not a detail
// of one.
func isSource(f *form.Fund) bool {
	return f.Source == "fiscal" || f.Source == "carryover" || f.Source == "other"
}

// fundDetails are the rows of the funds table that say what the row above them is made of:
// 中央, 省级 and 市县 below 其中：各级财政资金. Two or more rows are when their amounts add up
// to that row's in one column that is not 0, and in each where all are read but for one,
// which may be what is wrong.
func (c *checker) fundDetails() map[*form.Fund]bool {
	details := map[*form.Fund]bool{}
	funds := c.form.Funds
	for i := range funds {
		if funds[i].Source == "total" || details[&funds[i]] {
			continue
		}
		for n := i + 1; n < len(funds) && funds[n].Source != "total"; n++ {
			if c.makesUp(&funds[i], funds[i+1:n+1]) {
				for k := range funds[i+1 : n+1] {
					details[&funds[i+1+k]] = true
				}
				break
			}
		}
	}
	return details
}

// makesUp reports whether the amounts of the parts add up to those of the whole in some
// column, and fail to in one at most.
func (c *checker) makesUp(whole *form.Fund, parts []form.Fund) bool {
	holds, fails := 0, 0
	for _, col := range fundColumns {
		w, ok := c.money("", col.of(whole))
		if !ok || w.value.Decimal().IsZero() {
			continue
		}
		var sum Interval
		some := 0
		for k := range parts {
			if g := col.of(&parts[k]); g == nil || absent(g) || g.State == form.Blank {
				continue
			} else if a, read := c.money("", g); read {
				sum = sum.Add(a.interval)
				if !a.value.Decimal().IsZero() {
					some++
				}
			} else {
				ok = false
			}
		}
		switch {
		case !ok:
		case some > 1 && sum.Meets(w.interval):
			holds++
		case !sum.Meets(w.interval):
			fails++
		}
	}
	return holds > 0 && fails <= 1
}

// sideBySide reports whether all sources, those under names of their own too, make up the total
// of a column, and those that the contract names do not: 财政资金, 财政专户管理资金 and 单位资金.
func (c *checker) sideBySide() bool {
	fund, prefix := c.execution()
	return slices.ContainsFunc(fundColumns, func(col column) bool {
		printed, ok := c.money(prefix+col.member, col.of(fund))
		if !ok {
			return false
		}
		all, _, ok := c.sourceSum(col, func(f *form.Fund) bool { return true })
		known, _, some := c.sourceSum(col, isSource)
		return ok && all.interval.Meets(printed.interval) && some && !known.interval.Meets(printed.interval)
	})
}

// fiscal reports whether the fiscal appropriation has an amount in the column.
func (c *checker) fiscal(col column) bool {
	return slices.ContainsFunc(c.form.Funds, func(f form.Fund) bool {
		g := col.of(&f)
		return f.Source == "fiscal" && g != nil && g.Value != nil
	})
}

func fundsTotal(c *checker) {
	fund, prefix := c.execution()
	if fund == nil || c.totals() > 1 {
		return
	}
	details := c.fundDetails()
	for _, col := range fundColumns {
		where := prefix + col.member
		if absent(col.of(fund)) {
			continue
		}
		printed, ok := c.money(where, col.of(fund))
		if !ok {
			c.skip(where, where)
			continue
		}
		sum, cause, ok := c.sourceSum(col, func(f *form.Fund) bool { return true })
		if !ok {
			if cause != "" {
				c.skip(where, cause)
			}
			continue
		}
		from := sum.from // whichever are added up, all take part
		if !sum.interval.Meets(printed.interval) {
			if whole, _, ok := c.sourceSum(col, func(f *form.Fund) bool { return !details[f] }); ok && len(details) > 0 {
				sum = whole
			} else if known, _, ok := c.sourceSum(col, isSource); ok && c.fiscal(col) && !c.sideBySide() {
				sum = known // the others, 中央 and 省级, are details of the fiscal appropriation
			}
		}
		id := printed.identity(sum.interval, max(sum.scale, printed.value.Scale()), join(sum.terms, " + "))
		id.en = c.say("the total of %s is printed as %s, but its sources add up to %s = %s", col.zh, printed.value, id.Equation, id.Computed)
		id.zh = c.say("%s的资金总额印为 %s，而各来源之和为 %s = %s", col.zh, printed.value, id.Equation, id.Computed)
		c.add(where, from, id)
	}
}

func (c *checker) totals() int {
	n := 0
	for i := range c.form.Funds {
		if c.form.Funds[i].Source == "total" {
			n++
		}
	}
	return n
}

// moneySum is a sum of amounts in 元.
type moneySum struct {
	interval    Interval
	scale       int
	from, terms []string
}

// sourceSum adds a column over the sources. A source with a dash or nothing in the
// column has no money in it as long as another has; ok is false when none has any,
// or one, the cause, could not be read.
func (c *checker) sourceSum(col column, counts func(*form.Fund) bool) (s moneySum, cause string, ok bool) {
	for i := range c.form.Funds {
		f := &c.form.Funds[i]
		if f.Source == "total" || !counts(f) {
			continue
		}
		g := col.of(f)
		if absent(g) || g.State == form.Blank {
			continue
		}
		where := fmt.Sprintf("funds[%d].%s", i, col.member)
		a, ok := c.money(where, g)
		if !ok {
			return s, where, false
		}
		s.interval = s.interval.Add(a.interval)
		s.scale = max(s.scale, a.value.Scale())
		s.from, s.terms = append(s.from, a.where), append(s.terms, a.value.String())
	}
	return s, "", len(s.terms) > 0
}

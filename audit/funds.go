package audit

import (
	"fmt"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
)

// unitShift is the power of ten by which a unit of amounts exceeds 元.
var unitShift = map[string]int32{"": 0, "元": 0, "万元": 4, "亿元": 8}

// amount is a printed sum of money in 元.
type amount struct {
	where    string
	figure   *form.Figure
	value    form.Amount // in its own unit
	interval Interval    // in 元
}

// money reads an amount; ok is false when it was not read or its unit is unknown.
func (c *checker) money(where string, f *form.Figure) (amount, bool) {
	v, ok := read(f)
	if !ok {
		return amount{}, false
	}
	shift, ok := unitShift[f.Unit]
	if !ok || f.Unit == "" && c.form.Unit != "" {
		return amount{}, false // among amounts with a unit, one without is not known
	}
	return amount{where, f, v, Printed(v).Shift(shift)}, true
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

// label is what the form calls the amount.
func (a amount) label() string {
	s := a.figure.Label
	for _, cut := range []string{"(", "（", ":", "："} {
		s, _, _ = strings.Cut(s, cut)
	}
	if s = strings.TrimSpace(s); s == "" {
		return a.where
	}
	return s
}

func fundsBalance(c *checker) {
	printed, ok := c.header("year_end_balance")
	if !ok || printed.figure.State != form.Read {
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
	if sum.Meets(printed.interval) {
		return
	}
	computed := shown(sum, printed.figure.Unit, scale)
	c.report(printed.where, printed.value.String(), computed.String(), difference(printed.value, computed), from,
		fmt.Sprintf("%s is printed as %s%s, but carried over + initial + adjustments − executed = %s = %s%s",
			printed.label(), printed.value, printed.figure.Unit, strings.Join(equation, " "), computed, printed.figure.Unit),
		fmt.Sprintf("%s印为 %s%s,而上年结转+年初预算+各项调整−预算执行 = %s = %s%s",
			printed.label(), printed.value, printed.figure.Unit, strings.Join(equation, " "), computed, printed.figure.Unit))
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

func fundsTotal(c *checker) {
	fund, prefix := c.execution()
	if fund == nil || c.totals() > 1 {
		return
	}
	for _, col := range fundColumns {
		printed, ok := c.money(prefix+col.member, col.of(fund))
		if !ok {
			continue
		}
		all, ok1 := c.sourceSum(col, func(f *form.Fund) bool { return true })
		known, ok2 := c.sourceSum(col, isSource)
		if !ok1 || all.interval.Meets(printed.interval) || ok2 && known.interval.Meets(printed.interval) {
			continue
		}
		sum := all
		if ok2 {
			sum = known
		}
		computed := shown(sum.interval, printed.figure.Unit, max(sum.scale, printed.value.Scale()))
		c.report(printed.where, printed.value.String(), computed.String(), difference(printed.value, computed), sum.from,
			fmt.Sprintf("the total of %s is printed as %s, but its sources add up to %s = %s", col.zh, printed.value, join(sum.terms, " + "), computed),
			fmt.Sprintf("%s的资金总额印为 %s,而各来源之和为 %s = %s", col.zh, printed.value, join(sum.terms, " + "), computed))
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
// column has no money in it as long as another has; ok is false when one could not
// be read, or none has any.
func (c *checker) sourceSum(col column, counts func(*form.Fund) bool) (s moneySum, ok bool) {
	for i := range c.form.Funds {
		f := &c.form.Funds[i]
		if f.Source == "total" || !counts(f) {
			continue
		}
		g := col.of(f)
		if absent(g) || g.State == form.Blank {
			continue
		}
		a, ok := c.money(fmt.Sprintf("funds[%d].%s", i, col.member), g)
		if !ok {
			return s, false
		}
		s.interval = s.interval.Add(a.interval)
		s.scale = max(s.scale, a.value.Scale())
		s.from, s.terms = append(s.from, a.where), append(s.terms, a.value.String())
	}
	return s, len(s.terms) > 0
}

var one = apd.New(1, 0)

// ratios are the ways a printed rate may be meant, as plain ratios: 98% and 98 are
// 0.98, and so may be 0.98.
func ratios(f *form.Figure, v form.Amount) []Interval {
	percent := Printed(v).Shift(-2)
	if f.Unit == "%" || v.Decimal().Cmp(apd.New(15, -1)) > 0 {
		return []Interval{percent}
	}
	return []Interval{percent, Printed(v)}
}

func meetsAny(i Interval, ways []Interval) bool {
	for _, w := range ways {
		if i.Meets(w) {
			return true
		}
	}
	return false
}

func executionRate(c *checker) {
	fund, prefix := c.execution()
	if fund == nil {
		return
	}
	printed, ok := read(fund.Rate)
	executed, ok1 := c.money(prefix+"executed", fund.Executed)
	budget, ok2 := c.money(prefix+"budget", fund.Budget)
	if !ok || !ok1 || !ok2 {
		return
	}
	rate, ok := executed.interval.Quo(budget.interval)
	if !ok || meetsAny(rate, ratios(fund.Rate, printed)) {
		return
	}
	computed := rate.Shift(2).Middle(max(2, printed.Scale()))
	en := fmt.Sprintf("the execution rate is printed as %s, but %s ÷ %s = %s%%", fund.Rate.Text, executed.value, budget.value, computed)
	zh := fmt.Sprintf("执行率印为 %s,而 %s ÷ %s = %s%%", fund.Rate.Text, executed.value, budget.value, computed)
	found := c.report(prefix+"rate", printed.String(), computed.String(), difference(printed, computed), []string{executed.where, budget.where}, en, zh)
	if initial, ok := c.money(prefix+"initial", fund.Initial); ok {
		if other, ok := executed.interval.Quo(initial.interval); ok && meetsAny(other, ratios(fund.Rate, printed)) {
			found.open = "it is the rate of the initial budget"
			found.Message += "; it is the rate of the initial budget, " + initial.value.String()
			found.MessageZH += ";该值是对年初预算 " + initial.value.String() + " 的比率"
		}
	}
}

func executionScore(c *checker) {
	fund, prefix := c.execution()
	if fund == nil {
		return
	}
	score, ok := read(fund.Score)
	weight, ok1 := read(fund.Weight)
	if !ok || !ok1 {
		return
	}
	var ways []Interval
	var from []string
	if rate, ok := read(fund.Rate); ok {
		ways = append(ways, ratios(fund.Rate, rate)...)
		from = append(from, prefix+"rate")
	}
	executed, ok1 := c.money(prefix+"executed", fund.Executed)
	budget, ok2 := c.money(prefix+"budget", fund.Budget)
	if ok1 && ok2 {
		if r, ok := executed.interval.Quo(budget.interval); ok {
			ways = append(ways, r)
			from = append(from, executed.where, budget.where)
		}
	}
	if len(ways) == 0 {
		return
	}
	full := Exact(weight.Decimal())
	var computed form.Amount
	for i, w := range ways {
		product := full.Mul(w.AtMost(one))
		if product.Meets(Printed(score)) {
			return
		}
		if i == 0 {
			computed = product.Middle(max(2, score.Scale()))
		}
	}
	c.report(prefix+"score", score.String(), computed.String(), difference(score, computed), append(from, prefix+"weight"),
		fmt.Sprintf("the execution score is printed as %s, but weight %s × the execution rate, at most 100%%, is %s", score, weight, computed),
		fmt.Sprintf("预算执行率得分印为 %s,而分值 %s × 执行率(不超过 100%%)= %s", score, weight, computed))
}

// indicatorScore is sure of one thing only: what missed its target does not get
// full points. How much it gets is a local rule.
func indicatorScore(c *checker) {
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		target, ok := read(row.Target)
		actual, ok1 := read(row.Actual)
		score, ok2 := read(row.Score)
		weight, ok3 := read(row.Weight)
		if row.Kind != form.Leaf || !ok || !ok1 || !ok2 || !ok3 || weight.Decimal().Sign() <= 0 || score.Cmp(weight) < 0 {
			continue
		}
		if row.Target.Unit != row.Actual.Unit && row.Actual.Unit != "" || row.Actual.Comparator != "" {
			continue
		}
		missed := false
		switch row.Target.Comparator {
		case ">=", ">":
			missed = actual.Cmp(target) < 0
		case "<=", "<":
			missed = actual.Cmp(target) > 0
		}
		if !missed || Printed(actual).Meets(Printed(target)) {
			continue
		}
		prefix := fmt.Sprintf("indicators[%d].", i)
		found := c.report(prefix+"score", score.String(), "", "", []string{prefix + "target", prefix + "actual", prefix + "weight"},
			fmt.Sprintf("%s gets its full %s points, but its actual %s misses the target %s", c.rowName(i), score, row.Actual.Text, row.Target.Text),
			fmt.Sprintf("%s得满分 %s,而实际完成值 %s 未达到指标值 %s", c.rowName(i), score, row.Actual.Text, row.Target.Text))
		found.open = "how points are taken off is a local rule"
	}
}

package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
	"heji/layout"
)

// unitShift is the power of ten by which a unit of amounts exceeds 元.
var unitShift = map[string]int32{"": 0, "元": 0, "万元": 4, "亿元": 8}

// amount is a printed sum of money in 元.
type amount struct {
	where    string
	figure   *form.Figure
	value    form.Amount // in its own unit
	interval Interval    // in 元
	loose    Interval    // if digits were cut off
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
	return amount{where, f, v, Printed(v).Shift(shift), cut(v).Shift(shift)}, true
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
		printed.label(), printed.value, printed.figure.Unit, text, id.Computed, printed.figure.Unit)
	id.zh = c.say("%s印为 %s%s,而上年结转+年初预算+各项调整−预算执行 = %s = %s%s",
		printed.label(), printed.value, printed.figure.Unit, text, id.Computed, printed.figure.Unit)
	c.add(printed.where, from, id)
}

// identity holds the printed amount against a sum in 元.
func (a amount) identity(sum Interval, scale int, equation string) Identity {
	computed := shown(sum, a.figure.Unit, scale)
	in, of := a.interval.Shift(-unitShift[a.figure.Unit]), sum.Shift(-unitShift[a.figure.Unit])
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
		for n := 2; i+n < len(funds); n++ {
			if funds[i+n].Source == "total" {
				break
			}
			if c.makesUp(&funds[i], funds[i+1:i+n+1]) {
				for k := range n {
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
			} else if known, _, ok := c.sourceSum(col, isSource); ok && c.fiscal(col) {
				sum = known // the others, 中央 and 省级, are details of the fiscal appropriation
			}
		}
		id := printed.identity(sum.interval, max(sum.scale, printed.value.Scale()), join(sum.terms, " + "))
		id.en = c.say("the total of %s is printed as %s, but its sources add up to %s = %s", col.zh, printed.value, id.Equation, id.Computed)
		id.zh = c.say("%s的资金总额印为 %s,而各来源之和为 %s = %s", col.zh, printed.value, id.Equation, id.Computed)
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

var one = apd.New(1, 0)

// ratios are the ways a printed rate may be meant, as plain ratios: 98% and 98 are
// 0.98, and so may be 0.98.
func ratios(f *form.Figure, v form.Amount, of func(form.Amount) Interval) []Interval {
	percent := of(v).Shift(-2)
	if f.Unit == "%" || v.Decimal().Cmp(apd.New(15, -1)) > 0 {
		return []Interval{percent}
	}
	return []Interval{percent, of(v)}
}

func meetsAny(i Interval, ways []Interval) bool {
	for _, w := range ways {
		if i.Meets(w) {
			return true
		}
	}
	return false
}

// off is how far the middle of an interval is from a value.
func (i Interval) off(v *apd.Decimal) *apd.Decimal {
	var d apd.Decimal
	do(down.Add(&d, &i.Low, &i.High))
	do(down.Mul(&d, &d, half))
	do(down.Sub(&d, &d, v))
	return d.Abs(&d)
}

func executionRate(c *checker) {
	fund, prefix := c.execution()
	if fund == nil || absent(fund.Rate) {
		return
	}
	where := prefix + "rate"
	printed, ok := read(fund.Rate)
	if !ok {
		c.skip(where, where)
		return
	}
	executed, ok1 := c.money(prefix+"executed", fund.Executed)
	budget, ok2 := c.money(prefix+"budget", fund.Budget)
	if !ok1 || !ok2 {
		cause := prefix + "executed"
		if ok1 {
			cause = prefix + "budget"
		}
		c.skip(where, cause)
		return
	}
	rate, ok := executed.interval.Quo(budget.interval)
	if !ok {
		c.skipped(where, prefix+"budget may be 0, and nothing is a rate of it", prefix+"budget 可能为 0,无从计算比率")
		return
	}
	ways := ratios(fund.Rate, printed, Printed)
	in, of, sign := Printed(printed), rate.Shift(2), "%"
	if len(ways) > 1 && rate.off(printed.Decimal()).Cmp(of.Shift(-2).off(in.Shift(-2).Middle(printed.Scale()+2).Decimal())) < 0 {
		of, sign = rate, "" // 0.98, and not 0.98%
	}
	computed := of.Middle(max(2, printed.Scale()))
	id := Identity{State: Holds, Printed: printed.String(), Computed: computed.String(), Difference: difference(printed, computed),
		Equation: executed.value.String() + " ÷ " + budget.value.String(), PrintedIn: &in, ComputedIn: &of}
	id.en = c.say("the execution rate is printed as %s, but %s = %s%s", fund.Rate.Text, id.Equation, computed, sign)
	id.zh = c.say("执行率印为 %s,而 %s = %s%s", fund.Rate.Text, id.Equation, computed, sign)
	if !meetsAny(rate, ways) {
		id.State = Broken
		c.otherRates(&id, prefix, fund, executed, ratios(fund.Rate, printed, cut))
	}
	c.add(where, []string{executed.where, budget.where}, id)
}

// otherRates tries what places divide by instead of the year's budget, and says what
// comes out. One that fits makes the formula a local rule.
func (c *checker) otherRates(id *Identity, prefix string, fund *form.Fund, executed amount, ways []Interval) {
	try := func(en, zh string, spent amount, f *form.Figure, where string) {
		under, ok := c.money(where, f)
		if !ok {
			return
		}
		rate, ok := spent.interval.Quo(under.interval)
		if !ok {
			return
		}
		if meetsAny(rate, ways) && id.open == "" {
			id.open = "it is " + en
			id.en += c.say("; it is %s, %s", en, under.value)
			id.zh += c.say(";该值是%s %s 的比率", zh, under.value)
		} else if id.open == "" {
			id.en += c.say("; %s would be %s%%", en, rate.Shift(2).Middle(2))
			id.zh += c.say(";%s的比率为 %s%%", zh, rate.Shift(2).Middle(2))
		}
	}
	try("the rate of the initial budget", "对年初预算", executed, fund.Initial, prefix+"initial")
	for i := range c.form.Funds {
		if f := &c.form.Funds[i]; f.Source == "fiscal" {
			row := fmt.Sprintf("funds[%d].", i)
			if spent, ok := c.money(row+"executed", f.Executed); ok && spent.value.Cmp(executed.value) != 0 {
				try("the rate of the fiscal appropriation alone", "仅财政拨款对其预算", spent, f.Budget, row+"budget")
			}
		}
	}
}

// nothing reports whether nothing was budgeted and nothing spent. There is no rate
// then, and a 0 that is printed for it means that there is none.
func nothing(fund *form.Fund) bool {
	budget, ok1 := read(fund.Budget)
	executed, ok2 := read(fund.Executed)
	return ok1 && ok2 && budget.Decimal().IsZero() && executed.Decimal().IsZero()
}

func executionScore(c *checker) {
	fund, prefix := c.execution()
	if fund == nil || absent(fund.Score) || absent(fund.Weight) {
		return
	}
	where := prefix + "score"
	if cause := c.unreadAmong(where, prefix+"weight"); cause != "" {
		c.skip(where, cause)
		return
	}
	if nothing(fund) {
		c.skipped(where, prefix+"budget is 0 and nothing was spent, so there is no rate", prefix+"budget 为 0 且无支出,没有执行率")
		return
	}
	score, weight := *fund.Score.Value, *fund.Weight.Value
	var ways []Interval
	var from []string
	if rate, ok := read(fund.Rate); ok {
		ways = append(ways, ratios(fund.Rate, rate, Printed)...)
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
		c.skip(where, prefix+"rate")
		return
	}
	full, in := Exact(weight.Decimal()), Printed(score)
	id := Identity{State: Broken, Printed: score.String(), PrintedIn: &in}
	for i, w := range ways { // the one that comes nearest is what is computed
		product := full.Mul(w.AtMost(one))
		if id.State == Holds || i > 0 && !product.Meets(in) && product.off(score.Decimal()).Cmp(id.ComputedIn.off(score.Decimal())) >= 0 {
			continue
		}
		computed := product.Middle(max(2, score.Scale()))
		id.Computed, id.Difference, id.ComputedIn = computed.String(), difference(score, computed), &product
		id.Equation = fmt.Sprintf("%s × min(%s%%, 100%%)", weight, w.Shift(2).Middle(2))
		if product.Meets(in) {
			id.State = Holds
		}
	}
	id.en = c.say("the execution score is printed as %s, but weight %s × the execution rate, at most 100%%, is %s", score, weight, id.Computed)
	id.zh = c.say("预算执行率得分印为 %s,而分值 %s × 执行率(不超过 100%%)= %s", score, weight, id.Computed)
	c.add(where, append(from, prefix+"weight"), id)
}

// indicatorScore is sure of one thing only: what missed its target does not get
// full points. How much it gets is a local rule.
func indicatorScore(c *checker) {
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if !c.concerns(i) {
			continue
		}
		goal, member := row.Target, "target"
		if !absent(row.AdjustedTarget) {
			goal, member = row.AdjustedTarget, "adjusted_target" // what the year was held to in the end
		}
		target, ok := read(goal)
		actual, ok1 := read(row.Actual)
		score, ok2 := read(row.Score)
		weight, ok3 := read(row.Weight)
		if row.Kind != form.Leaf || !ok || !ok1 || !ok2 || !ok3 || weight.Decimal().Sign() <= 0 || score.Cmp(weight) < 0 {
			continue // who lost points may have missed the target
		}
		if goal.Unit != row.Actual.Unit && row.Actual.Unit != "" || row.Actual.Comparator != "" {
			continue
		}
		missed := false
		switch goal.Comparator {
		case ">=", ">":
			missed = actual.Cmp(target) < 0
		case "<=", "<":
			missed = actual.Cmp(target) > 0
		default:
			continue
		}
		prefix := fmt.Sprintf("indicators[%d].", i)
		if goal.Reader == layout.ByOCR && goal.Doubt != "" {
			c.skipped(prefix+"score", prefix+member+" is in doubt, and another sign would be met", prefix+member+" 读数存疑,符号若不同则已达到")
			continue
		}
		id := Identity{State: Holds, Printed: score.String(), Equation: row.Actual.Text + " / " + goal.Text, open: "how points are taken off is a local rule"}
		if missed && !Printed(actual).Meets(Printed(target)) {
			id.State = Broken
			id.en = c.say("%s gets its full %s points, but its actual %s misses the target %s", c.rowName(i), score, row.Actual.Text, goal.Text)
			id.zh = c.say("%s得满分 %s,而实际完成值 %s 未达到指标值 %s", c.rowName(i), score, row.Actual.Text, goal.Text)
		}
		c.add(prefix+"score", []string{prefix + member, prefix + "actual", prefix + "weight"}, id)
	}
}

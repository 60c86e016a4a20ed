package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
)

// execution is a place where a form gives points for its execution rate: the total row of
// the funds table, where 财预〔2020〕10号 has it, or an indicator row of a form whose funds
// table has no points.
type execution struct {
	fund   *form.Fund // whose amounts make the rate, nil for a form without funds
	prefix string     // of its path
	row    int        // the indicator row, or -1 for the funds table's
	source string     // the source of money whose rate it is, "" for all of them

	rate, weight, score       *form.Figure
	rateAt, weightAt, scoreAt string
}

// executions are the places where the execution rate has points, or its rate alone.
func (c *checker) executions() []execution {
	var out []execution
	fund, prefix := c.execution()
	if fund != nil {
		out = append(out, execution{fund, prefix, -1, "", fund.Rate, fund.Weight, fund.Score, prefix + "rate", prefix + "weight", prefix + "score"})
	}
	if i := c.executionRow(); i >= 0 {
		row, at := &c.form.Indicators[i], fmt.Sprintf("indicators[%d].", i)
		out = append(out, execution{fund, prefix, i, "", row.Actual, row.Weight, row.Score, at + "actual", at + "weight", at + "score"})
	}
	return out
}

var (
	executionNames = []string{"预算执行率", "资金执行率", "预算资金执行率", "项目预算执行率", "项目资金执行率", "全年预算执行率"}

	// What a row says of how it is scored, where that is not simply by its rate.
	scoredOtherwise = regexp.MustCompile(`扣|满分|得[0-9]|档|每`)
)

// namesExecution reports whether the row's name is the execution rate's.
func namesExecution(row *form.Indicator) bool {
	name, _, _ := strings.Cut(strings.ReplaceAll(row.Name(), "(", "（"), "（")
	return slices.Contains(executionNames, strings.TrimSpace(name))
}

// executionRow is the only indicator row that is the execution rate with 100% for its
// target, or -1: for none, where the funds table has its points and where the row itself
// says that it is scored in another way.
func (c *checker) executionRow() int {
	if fund, _ := c.execution(); fund != nil && !(unsaid(fund.Weight) && unsaid(fund.Score)) {
		return -1
	}
	found := -1
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if row.Kind != form.Leaf || !namesExecution(row) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	if found < 0 {
		return -1
	}
	row := &c.form.Indicators[found]
	goal, ok := read(row.Target)
	if !ok || goal.Cmp(hundredPoints) != 0 || row.Target.Unit != "%" || !slices.Contains([]string{"", "=", ">="}, row.Target.Comparator) {
		return -1
	}
	for _, f := range []*form.Figure{row.Analysis, row.Note} {
		if f != nil && scoredOtherwise.MatchString(f.Text) {
			return -1
		}
	}
	return found
}

// unsaid reports whether nothing is printed in a cell that the form may have.
func unsaid(f *form.Figure) bool { return absent(f) || f.State == form.Blank }

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

func meetsAny(i Interval, ways []Interval) bool { return slices.ContainsFunc(ways, i.Meets) }

// off is how far the middle of an interval is from a value.
func (i Interval) off(v *apd.Decimal) *apd.Decimal {
	var d apd.Decimal
	m := i.middle()
	do(down.Sub(&d, &m.Low, v))
	return d.Abs(&d)
}

// middle is the value halfway, alone.
func (i Interval) middle() Interval {
	var d apd.Decimal
	do(down.Add(&d, &i.Low, &i.High))
	do(down.Mul(&d, &d, half))
	return Exact(&d)
}

func executionRate(c *checker) {
	for _, e := range c.executions() {
		if e.fund != nil && !absent(e.rate) && (e.row < 0 || c.concerns(e.row)) {
			c.checkExecutionRate(e)
		}
	}
	for _, e := range c.sourceRates() {
		c.checkExecutionRate(e)
	}
}

// sourceRates are the rates that sources of money print beside that of all together, where that
// one is what was spent of the year's budget: so are these, then.
func (c *checker) sourceRates() []execution {
	whole, at := c.execution()
	if whole == nil || !c.isRateOf(whole, at) {
		return nil
	}
	var out []execution
	for i := range c.form.Funds {
		f, prefix := &c.form.Funds[i], fmt.Sprintf("funds[%d].", i)
		if f != whole && !absent(f.Rate) && f.Rate.Value != nil && f.Label != "" && !nothing(f) {
			out = append(out, execution{fund: f, prefix: prefix, row: -1, source: f.Label, rate: f.Rate, rateAt: prefix + "rate"})
		}
	}
	return out
}

// isRateOf reports whether a fund's rate is what was spent of its budget.
func (c *checker) isRateOf(f *form.Fund, prefix string) bool {
	rate, ok1 := read(f.Rate)
	executed, ok2 := c.money(prefix+"executed", f.Executed)
	budget, ok3 := c.money(prefix+"budget", f.Budget)
	if !ok1 || !ok2 || !ok3 {
		return false
	}
	q, ok := executed.interval.Quo(budget.interval)
	return ok && meetsAny(q, ratios(f.Rate, rate, Printed))
}

func (c *checker) checkExecutionRate(e execution) {
	printed, ok := read(e.rate)
	if !ok {
		c.skip(e.rateAt, e.rateAt)
		return
	}
	executed, ok1 := c.money(e.prefix+"executed", e.fund.Executed)
	budget, ok2 := c.money(e.prefix+"budget", e.fund.Budget)
	if !ok1 || !ok2 {
		cause := e.prefix + "executed"
		if ok1 {
			cause = e.prefix + "budget"
		}
		c.skip(e.rateAt, cause)
		return
	}
	rate, ok := executed.interval.Quo(budget.interval)
	if !ok {
		c.skipped(e.rateAt, e.prefix+"budget may be 0, and nothing is a rate of it", e.prefix+"budget 可能为 0，无从计算比率")
		return
	}
	ways := ratios(e.rate, printed, Printed)
	if again, ok := read(e.fund.Rate); ok && e.row >= 0 && slices.ContainsFunc(ratios(e.fund.Rate, again, Printed), func(i Interval) bool { return meetsAny(i, ways) }) {
		return // the funds table's, which is checked itself, said again
	}
	in, of, sign := Printed(printed), rate.Shift(2), "%"
	if len(ways) > 1 && rate.off(printed.Decimal()).Cmp(of.Shift(-2).off(in.Shift(-2).Middle(printed.Scale()+2).Decimal())) < 0 {
		of, sign = rate, "" // 0.98, and not 0.98%
	}
	computed := of.Middle(max(2, printed.Scale()))
	id := Identity{State: Holds, Printed: printed.String(), Computed: computed.String(), Difference: difference(printed, computed),
		Equation: executed.value.String() + " ÷ " + budget.value.String(), PrintedIn: &in, ComputedIn: &of}
	id.en = c.say("the execution rate is printed as %s, but %s = %s%s", e.rate.Text, id.Equation, computed, sign)
	id.zh = c.say("执行率印为 %s，而 %s = %s%s", e.rate.Text, id.Equation, computed, sign)
	if e.source != "" {
		id.en = c.say("the execution rate of “%s” is printed as %s, but %s = %s%s", e.source, e.rate.Text, id.Equation, computed, sign)
		id.zh = c.say("“%s”的执行率印为 %s，而 %s = %s%s", e.source, e.rate.Text, id.Equation, computed, sign)
	}
	if !meetsAny(rate, ways) {
		id.State = Broken
		c.otherRates(&id, e.prefix, e.fund, executed, ratios(e.rate, printed, cut))
	}
	c.add(e.rateAt, []string{executed.where, budget.where}, id)
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
			id.zh += c.say("；该值是%s %s 的比率", zh, under.value)
		} else if id.open == "" {
			id.en += c.say("; %s would be %s%%", en, rate.Shift(2).Middle(2))
			id.zh += c.say("；%s的比率为 %s%%", zh, rate.Shift(2).Middle(2))
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
	if fund == nil {
		return false
	}
	budget, ok1 := read(fund.Budget)
	executed, ok2 := read(fund.Executed)
	return ok1 && ok2 && budget.Decimal().IsZero() && executed.Decimal().IsZero()
}

func executionScore(c *checker) {
	for _, e := range c.executions() {
		if !absent(e.score) && !absent(e.weight) && (e.row < 0 || c.concerns(e.row)) {
			c.checkExecutionScore(e)
		}
	}
}

func (c *checker) checkExecutionScore(e execution) {
	if cause := c.unreadAmong(e.scoreAt, e.weightAt); cause != "" {
		c.skip(e.scoreAt, cause)
		return
	}
	if nothing(e.fund) {
		c.skipped(e.scoreAt, e.prefix+"budget is 0 and nothing was spent, so there is no rate", e.prefix+"budget 为 0 且无支出，没有执行率")
		return
	}
	score, weight := *e.score.Value, *e.weight.Value
	var ways []Interval
	var from []string
	if rate, ok := read(e.rate); ok {
		ways = append(ways, ratios(e.rate, rate, Printed)...)
		from = append(from, e.rateAt)
	}
	if e.fund != nil {
		executed, ok1 := c.money(e.prefix+"executed", e.fund.Executed)
		budget, ok2 := c.money(e.prefix+"budget", e.fund.Budget)
		if ok1 && ok2 {
			if r, ok := executed.interval.Quo(budget.interval); ok {
				ways = append(ways, r)
				from = append(from, executed.where, budget.where)
			}
		}
	}
	if len(ways) == 0 {
		c.skip(e.scoreAt, e.rateAt)
		return
	}
	full, in := Exact(weight.Decimal()), Printed(score)
	id := Identity{State: Broken, Printed: score.String(), PrintedIn: &in, full: true}
	var nearest Interval
	for i, w := range ways { // the one that comes nearest is what is computed
		id.full = id.full && w.Shift(2).Middle(2).Cmp(hundredPoints) >= 0
		product, due := full.Mul(w.AtMost(one)), full.Mul(w.middle().AtMost(one))
		if id.State == Holds || i > 0 && !product.Meets(in) && due.off(score.Decimal()).Cmp(nearest.off(score.Decimal())) >= 0 {
			continue
		}
		nearest = due
		computed := due.Middle(max(2, score.Scale()))
		id.Computed, id.Difference, id.ComputedIn = computed.String(), difference(score, computed), &product
		id.Equation = fmt.Sprintf("%s × min(%s%%, 100%%)", weight, w.Shift(2).Middle(2))
		if product.Meets(in) {
			id.State = Holds
		}
	}
	id.en = c.say("the execution score is printed as %s, but weight %s × the execution rate, at most 100%%, is %s", score, weight, id.Computed)
	id.zh = c.say("预算执行率得分印为 %s，而分值 %s × 执行率（不超过 100%%）= %s", score, weight, id.Computed)
	if id.State == Broken && e.row >= 0 {
		c.scoredLocally(&id, ways, weight, score)
	}
	c.add(e.scoreAt, append(from, e.weightAt), id)
}

// scoredLocally leaves the score of an indicator row open where one of the rules that places
// have for it may have given it, and says which. The funds table of 财预〔2020〕10号 leaves
// no such choice. No rule takes points off where all was spent and no more.
func (c *checker) scoredLocally(id *Identity, ways []Interval, weight, score form.Amount) {
	leave := func(en, zh string) {
		id.open = en
		id.en += c.say("; %s", en)
		id.zh += c.say("；%s", zh)
	}
	var step apd.Decimal
	do(down.Mul(&step, twentieth, weight.Decimal()))
	above := slices.ContainsFunc(ways, func(w Interval) bool { return w.Shift(2).Middle(2).Cmp(hundredPoints) > 0 })
	switch {
	case score.Cmp(weight) > 0 || score.Decimal().Sign() < 0:
	case c.form.Kind == form.Department:
		leave("how a department's rows are scored is a local rule", "部门整体的评分办法由各地规定")
	case above:
		leave("what is spent beyond the budget is scored by a local rule", "超预算执行的评分办法由各地规定")
	case id.full:
	case multipleOf(score.Decimal(), half) || multipleOf(score.Decimal(), &step):
		leave("a round score may come from bands", "得分为整档数，可能按当地分档办法评定")
	default:
		for _, w := range ways {
			if en, zh, ok := localRule(w.Shift(2), Exact(weight.Decimal()), Printed(score)); ok {
				leave("it is right "+en, zh+"则相符")
				return
			}
		}
	}
}

func multipleOf(d, step *apd.Decimal) bool {
	var rest apd.Decimal
	do(down.Rem(&rest, d, step))
	return rest.IsZero()
}

// localRule is a rule in use, other than weight × rate, that gives the score for a rate in
// percent: points taken off for each point or each begun point below 100 %, the share of a
// lower target, the share of what is above a floor.
func localRule(rate, weight, score Interval) (en, zh string, ok bool) {
	hundred := Exact(hundredPoints.Decimal())
	short := hundred.Sub(rate)
	var least, most apd.Decimal // whole points below
	do(down.Floor(&least, &short.Low))
	do(up.Ceil(&most, &short.High))
	for _, each := range []*apd.Decimal{apd.New(1, -1), apd.New(2, -1), apd.New(25, -2), apd.New(3, -1), apd.New(4, -1), apd.New(5, -1), apd.New(1, 0), apd.New(2, 0)} {
		for _, n := range []Interval{short, Exact(&least), Exact(&most)} {
			if weight.Sub(n.Mul(Exact(each))).Meets(score) {
				s := each.Text('f')
				return "if " + s + " was taken off for each point below 100%", "若每低于 100% 一个百分点扣 " + s + " 分", true
			}
		}
	}
	for _, target := range []int64{98, 95, 90, 85, 80} {
		if share, ok := rate.Quo(Exact(apd.New(target, 0))); ok && weight.Mul(share.AtMost(one)).Meets(score) {
			return fmt.Sprintf("if the target was %d%%", target), fmt.Sprintf("若以 %d%% 为目标值", target), true
		}
	}
	for _, floor := range []int64{50, 60, 70, 80} {
		f := Exact(apd.New(floor, 0))
		if share, ok := rate.Sub(f).Quo(hundred.Sub(f)); ok && weight.Mul(share).Meets(score) {
			return fmt.Sprintf("if what is above %d%% is shared out", floor), fmt.Sprintf("若按超过 %d%% 的部分折算", floor), true
		}
	}
	return "", "", false
}

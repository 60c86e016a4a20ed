package audit

import (
	"fmt"
	"regexp"
	"strings"

	"heji/form"
	"heji/layout"
)

// indicatorScore is sure of one thing only: what missed its target does not get
// full points. How much it gets is a local rule.
func indicatorScore(c *checker) {
	execution := c.executionRow() // which has a rule of its own
	for i := range c.form.Indicators {
		row := &c.form.Indicators[i]
		if !c.concerns(i) || i == execution {
			continue
		}
		goal, member := row.Target, "target"
		if !absent(row.AdjustedTarget) {
			goal, member = row.AdjustedTarget, "adjusted_target" // what the year was held to in the end
		}
		target, ok := limitsOf(goal)
		actual, ok1 := read(row.Actual)
		score, ok2 := read(row.Score)
		weight, ok3 := read(row.Weight)
		if row.Kind != form.Leaf || !ok || !ok1 || !ok2 || !ok3 || weight.Decimal().Sign() <= 0 || score.Cmp(weight) < 0 {
			continue // who lost points may have missed the target
		}
		if target.unit != row.Actual.Unit && row.Actual.Unit != "" || row.Actual.Comparator != "" {
			continue
		}
		missed := target.missedBy(actual)
		if goal.Comparator == "=" && namesExecution(row) { // its points are given by bands as well
			continue
		}
		prefix := fmt.Sprintf("indicators[%d].", i)
		if goal.Reader == layout.ByOCR && goal.Doubt != "" {
			c.skipped(prefix+"score", prefix+member+" is in doubt, and another sign would be met", prefix+member+" 读数存疑，符号若不同则已达到")
			continue
		}
		id := Identity{State: Holds, Printed: score.String(), Equation: row.Actual.Text + " / " + goal.Text, open: "how points are taken off is a local rule"}
		if missed {
			id.State = Broken
			id.en = c.say("%s gets its full %s points, but its actual %s misses the target %s", c.rowName(i), score, row.Actual.Text, goal.Text)
			id.zh = c.say("%s得满分 %s，而实际完成值 %s 未达到指标值 %s", c.rowName(i), score, row.Actual.Text, goal.Text)
		}
		c.add(prefix+"score", []string{prefix + member, prefix + "actual", prefix + "weight"}, id)
	}
}

// limits are what a target asks for: a number at least, at most, or both.
type limits struct {
	least, most *form.Amount
	open        bool // the limit itself does not do
	unit        string
}

// limitsOf reads a target. One without a comparator says nothing of what would miss it, and a
// range of years, months or days is a time. Of = it is less that misses; more may be as good.
func limitsOf(goal *form.Figure) (l limits, ok bool) {
	if goal == nil {
		return l, false
	}
	l.unit = goal.Unit
	if goal.Comparator == "range" {
		m := spanned.FindStringSubmatch(layout.Squeeze(goal.Text))
		if m == nil || goal.State != form.Read || m[2] != "" && m[2] != m[4] {
			return l, false
		}
		least, err := form.NewAmount(m[1])
		most, err1 := form.NewAmount(m[3])
		if m[4] != "" {
			l.unit = m[4]
		}
		l.least, l.most = &least, &most
		return l, err == nil && err1 == nil && least.Cmp(most) < 0 && !strings.ContainsAny(l.unit, "年月日号时点")
	}
	a, ok := read(goal)
	switch goal.Comparator {
	case ">=", "=", ">":
		l.least = &a
	case "<=", "<":
		l.most = &a
	default:
		return l, false
	}
	l.open = goal.Comparator == ">" || goal.Comparator == "<"
	return l, ok
}

// spanned is a range with the unit after both numbers or after the last.
var spanned = regexp.MustCompile(`^([0-9]{1,12}(?:\.[0-9]{1,6})?)(%|‰|\p{Han}{1,4})?[-~—–至]([0-9]{1,12}(?:\.[0-9]{1,6})?)(%|‰|\p{Han}{1,4})?$`)

// missedBy reports whether what was achieved is surely not the target. What is counted is
// exact, and all else rounded.
func (l limits) missedBy(actual form.Amount) bool {
	surely := func(limit *form.Amount, side int) bool {
		if limit == nil || actual.Cmp(*limit) != side && !(l.open && actual.Cmp(*limit) == 0) {
			return false
		}
		counted := l.unit != "" && !strings.ContainsAny(l.unit, measured) && actual.Scale() == 0 && limit.Scale() == 0
		return counted || !Printed(actual).Meets(Printed(*limit))
	}
	return surely(l.least, -1) || surely(l.most, 1)
}

// measured are characters of units that numbers are measured in and rounded to: 万人次 is no count, and 分 are those of a survey.
const measured = "%‰万亿元吨克升里米亩顷方度分倍"

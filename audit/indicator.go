package audit

import (
	"fmt"
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
		missed, known := misses(actual, target, goal)
		if !known || goal.Comparator == "=" && namesExecution(row) { // its points are given by bands as well
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

// misses reports whether what was achieved is surely not the target, and whether the target says what would be. Of = it is
// less; more may be as good. What is counted is exact, and all else rounded.
func misses(actual, target form.Amount, goal *form.Figure) (missed, known bool) {
	order := actual.Cmp(target)
	switch goal.Comparator {
	case ">=", "=":
		missed = order < 0
	case "<=":
		missed = order > 0
	case ">":
		missed = order <= 0
	case "<":
		missed = order >= 0
	default:
		return false, false
	}
	counted := goal.Unit != "" && !strings.ContainsAny(goal.Unit, measured) && actual.Scale() == 0 && target.Scale() == 0
	return missed && (counted || !Printed(actual).Meets(Printed(target))), true
}

// measured are characters of units that numbers are measured in and rounded to: 万人次 is no count, and 分 are those of a survey.
const measured = "%‰万亿元吨克升里米亩顷方度分倍"

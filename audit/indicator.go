package audit

import (
	"fmt"

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
			c.skipped(prefix+"score", prefix+member+" is in doubt, and another sign would be met", prefix+member+" 读数存疑，符号若不同则已达到")
			continue
		}
		id := Identity{State: Holds, Printed: score.String(), Equation: row.Actual.Text + " / " + goal.Text, open: "how points are taken off is a local rule"}
		if missed && !Printed(actual).Meets(Printed(target)) {
			id.State = Broken
			id.en = c.say("%s gets its full %s points, but its actual %s misses the target %s", c.rowName(i), score, row.Actual.Text, goal.Text)
			id.zh = c.say("%s得满分 %s，而实际完成值 %s 未达到指标值 %s", c.rowName(i), score, row.Actual.Text, goal.Text)
		}
		c.add(prefix+"score", []string{prefix + member, prefix + "actual", prefix + "weight"}, id)
	}
}

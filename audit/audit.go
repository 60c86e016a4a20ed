// Package audit says whether the printed figures of a form add up, and where they
// do not, whether the form or our reading is at fault.
//
// A rule is a value in Rules. It fires only when the printed figure and what the
// others make of it cannot be the same number, and is silent when an operand was
// not read: a blank is not zero.
//
// What a printed number stands for depends on what it is:
//
//   - An amount or a rate was rounded when it was printed, and stands for half a
//     unit of its last digit either way (Printed).
//   - Points, that is weights and scores, are awarded as printed and are exact
//     (Exact): 2.80 is not a rounded 2.8033. A sum of points must be met exactly,
//     but for a total printed with fewer decimals than its parts, which is rounded
//     where all parts have the same number of decimals.
//   - A score with two decimals that is no multiple of 0.05, such as 33.33, comes
//     out of a division and is rounded like an amount.
//   - A score that is a product of a rate is rounded like an amount.
//
// Identities are the equations that the rules write down, each with what is printed,
// what comes out and whether it holds. Check makes discrepancies of the broken ones.
// Every discrepancy has a verdict: form when nothing about the reading is in doubt,
// misread when the cheapest set of other readings of the same ink that settles all
// rules together is the only one, undecided otherwise. Vouched and Settled say for
// which figures the equations vouch.
package audit

import (
	"fmt"
	"slices"
	"strings"

	"heji/form"
)

// Rule is one identity that a form must keep.
type Rule struct {
	Name  string // stored with each discrepancy; never reused for another meaning
	Doc   string // what it says, in one English sentence without a full stop
	DocZH string // the same in Chinese
	check func(*checker)
}

// Rules are all rules, in the order in which they are checked.
var Rules = []Rule{
	{"weight-section", "a section's weight is the sum of its rows'", "一节的分值等于其各行分值之和", weightSection},
	{"weight-total", "all weights, and the execution weight, add up to the printed total", "各项分值(含预算执行率分值)之和等于印出的总分值", weightTotal},
	{"weight-assigned", "the assigned weight equals the reference weight", "设定分值等于参考分值", weightAssigned},
	{"score-section", "a section's score is the sum of its rows'", "一节的得分等于其各行得分之和", scoreSection},
	{"score-total", "the total score is the sum of the sections', or of the rows' and the execution score", "总得分等于各节得分之和，无分节得分时等于各行得分与预算执行率得分之和", scoreTotal},
	{"score-exceeds-weight", "a score is at least 0 and at most its weight", "得分不小于 0 且不大于分值", scoreExceedsWeight},
	{"funds-balance", "carried over + initial + adjustment + other − executed = year-end balance", "上年结转+年初预算+预算调整+其他调整−预算执行=年末结余", fundsBalance},
	{"funds-total", "the total row is the sum of its sources, column by column", "资金总额等于各来源之和，逐列计算", fundsTotal},
	{"execution-rate", "the rate is executed ÷ budget", "执行率=执行数÷预算数", executionRate},
	{"execution-score", "the execution score is weight × rate, and no more than the weight", "预算执行率得分=分值×执行率，不超过分值", executionScore},
	{"indicator-score", "a quantitative row that misses its target does not get full points", "定量指标未达到指标值的不得满分", indicatorScore},
	{"indicator-rate", "a rate quoted in an analysis follows from the header's amounts", "分析中引用的比率能由表头金额算出", indicatorRate},
	{"narrative-breakdown", "the parts that a narrative names add up to their whole", "文字说明中列出的各部分之和等于其总额", narrativeBreakdown},
	{"narrative-header", "an amount quoted in a narrative equals the header's", "文字说明中引用的金额与表头一致", narrativeHeader},
	{"grade", "the grade is the one that the total score earns: 优 ≥90, 良 ≥80, 中 ≥60, else 差", "等次与总得分相符：优≥90，良≥80，中≥60，其余为差", grade},
}

// checker is a form being checked.
type checker struct {
	form    *form.Form
	figures map[string]*form.Figure // by path into the record
	rule    string
	usual   bool         // also hold weights against the 100 that they usually add up to
	quiet   bool         // a trial: no sentences
	rows    map[int]bool // the indicator rows to look at; nil for all
	found   []Identity
	texts   map[string][]quote // amounts of running texts, which are the same at every trial
	under   map[int][]int      // leaf rows by their section's row, likewise

	mistaken map[int]bool // rows that are taken for indicators and are subtotals
}

func newChecker(f *form.Form) *checker {
	c := &checker{form: f, figures: map[string]*form.Figure{}, texts: map[string][]quote{}, under: map[int][]int{}}
	for where, figure := range f.Figures() {
		c.figures[where] = figure
	}
	if c.mistaken = c.subtotals(); len(c.mistaken) > 0 {
		clear(c.under)
	}
	return c
}

// all runs the rules, or only those that are named.
func (c *checker) all(only map[string]bool) []Identity {
	c.found = nil
	for _, r := range Rules {
		if only == nil || only[r.Name] {
			c.rule = r.Name
			r.check(c)
		}
	}
	if c.usual && (only == nil || only["weight-total"]) {
		c.rule = "weight-total"
		c.usualWeights()
	}
	return c.found
}

// say is a sentence about a broken rule.
func (c *checker) say(format string, args ...any) string {
	if c.quiet {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

// concerns reports whether any of the rows is to be looked at.
func (c *checker) concerns(rows ...int) bool {
	return c.rows == nil || slices.ContainsFunc(rows, func(i int) bool { return c.rows[i] })
}

// read is the figure's value; ok is false for one that was not read as a number.
func read(f *form.Figure) (form.Amount, bool) {
	if f == nil || f.State != form.Read || f.Value == nil {
		return form.Amount{}, false
	}
	return *f.Value, true
}

// absent reports whether the form says that there is no such figure: no column
// for it, or a dash in it. A dash that may be a number's remains says nothing.
func absent(f *form.Figure) bool { return f == nil || f.State == form.None && f.Doubt == "" }

// rowName is what to call an indicator row.
func (c *checker) rowName(i int) string {
	return "“" + strings.Trim(c.form.Indicators[i].Name(), "“”") + "”"
}

// join writes terms with an operator, the middle of a long list left out.
func join(terms []string, operator string) string {
	const most = 12
	if len(terms) > most {
		terms = slices.Concat(terms[:most-2], []string{"…"}, terms[len(terms)-1:])
	}
	return strings.Join(terms, operator)
}

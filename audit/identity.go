package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"heji/form"
)

// State says whether an identity holds.
type State string

const (
	Holds     State = "holds"
	Broken    State = "broken"
	Unchecked State = "unchecked" // a figure was not read, or there is nothing to compute
)

// Identity is one equation that a rule writes down over the figures of a form:
// what is printed in one place, and what the others make of it.
type Identity struct {
	Rule       string         `json:"rule"`
	Where      string         `json:"where"` // the figure that is wrong if all others are right
	State      State          `json:"state"`
	Printed    string         `json:"printed"`
	Computed   string         `json:"computed"`
	Difference string         `json:"difference"`
	Equation   string         `json:"equation"`    // the right-hand side in printed figures, or ""
	PrintedIn  *Interval      `json:"printed_in"`  // what the printed number stands for, in its own unit; nil where it has no interval
	ComputedIn *Interval      `json:"computed_in"` // what the others give, in the same unit
	From       []form.Operand `json:"from"`
	Why        string         `json:"why,omitempty"` // of an unchecked one
	WhyZH      string         `json:"why_zh,omitempty"`

	en, zh string // the sentences of a broken one
	open   string // why the rule alone cannot accuse the form, or ""
	sum    bool   // a sum of points that are exact on both sides
	full   bool   // a score of all points, of which nothing is left to be cut off
	usual  bool   // is not printed: it weighs readings and accuses nobody

	proven   bool // of one over running text: two readers saw what its numbers are called
	unproven bool // would be broken, were it sure that the numbers are printed so
}

// MarshalJSON writes the ends as decimal strings, lower first.
func (i Interval) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]string{i.Low.Text('f'), i.High.Text('f')})
}

// String is the interval for people: "97.75 to 97.85", or the number alone.
func (i Interval) String() string { return i.words(" to ") }

func (i Interval) words(to string) string {
	low, high := i.shownEnds()
	if low == high {
		return low
	}
	return low + to + high
}

// shownEnds are the ends with no more decimals than tell them apart. Quotients have
// sixty digits that nobody reads; they are cut outward.
func (i Interval) shownEnds() (low, high string) {
	const most = 6
	if -i.Low.Exponent <= most && -i.High.Exponent <= most {
		return i.Low.Text('f'), i.High.Text('f')
	}
	l, h := i.Low, i.High
	do(down.Quantize(&l, &i.Low, -most))
	do(up.Quantize(&h, &i.High, -most))
	return l.Text('f'), h.Text('f')
}

// Identities are all equations of the form, those that hold, those that are broken
// and those that could not be checked, in the order of Rules and of the record.
// A rule about figures that the form does not print has none.
func Identities(f *form.Form) []Identity { return newChecker(f).all(nil) }

// figures are the paths of all figures that take part.
func (id Identity) figures() []string {
	out := []string{id.Where}
	for _, o := range id.From {
		if !slices.Contains(out, o.Where) {
			out = append(out, o.Where)
		}
	}
	return out
}

func (id Identity) same(o Identity) bool { return id.Rule == o.Rule && id.Where == o.Where }

// add keeps an identity. Figures are given by their paths; those that do not exist
// on the form are left out.
func (c *checker) add(where string, from []string, id Identity) *Identity {
	id.Rule, id.Where = c.rule, where
	for _, w := range from {
		if g := c.figures[w]; g != nil && w != where {
			id.From = append(id.From, form.Operand{Where: w, Value: valueOf(g)})
		}
	}
	if g := c.figures[where]; id.Printed == "" && g != nil && len([]rune(g.Text)) < 20 {
		id.Printed = valueOf(g)
	}
	c.found = append(c.found, id)
	return &c.found[len(c.found)-1]
}

func valueOf(g *form.Figure) string {
	if g.Value != nil {
		return g.Value.String()
	}
	return g.Text
}

// skip keeps an identity that could not be checked because of the figure at cause.
func (c *checker) skip(where, cause string) {
	en, zh := "is not on the form", "表中没有"
	if g := c.figures[cause]; g != nil {
		switch {
		case g.State == form.Blank:
			en, zh = "is blank", "为空"
		case g.State == form.None:
			en, zh = "is a dash", "为“—”"
		case g.State == form.Unread:
			en, zh = "was not read", "未能识读"
		case g.Value != nil && strings.HasPrefix(cause, "indicators["):
			en, zh = fmt.Sprintf("is no number of points: %s", g.Text), fmt.Sprintf("不是分数：%s", g.Text)
		case g.Value == nil:
			en, zh = fmt.Sprintf("is not a number: %q", g.Text), fmt.Sprintf("不是数：“%s”", g.Text)
		default:
			en, zh = "has no unit that is known", "单位不明"
		}
	}
	c.skipped(where, cause+" "+en, cause+" "+zh)
}

func (c *checker) skipped(where, en, zh string) {
	c.add(where, nil, Identity{State: Unchecked, Why: en, WhyZH: zh})
}

// checkable is the first of the paths whose figure was not read as a number, or "".
func (c *checker) unreadAmong(wheres ...string) string {
	for _, w := range wheres {
		if _, ok := read(c.figures[w]); !ok {
			return w
		}
	}
	return ""
}

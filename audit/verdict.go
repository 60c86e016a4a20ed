package audit

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/cockroachdb/apd/v3"
	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// Check is what the form contradicts itself in, in the order of Rules and of the
// record. A rule that is broken only because another discrepancy's figure is wrong
// names that one as its cause. The form is not changed.
func Check(f *form.Form) []form.Discrepancy {
	j := newJudge(f)
	out := j.verdicts()
	for _, group := range j.groups() {
		cause, ok := j.cause(group)
		if !ok {
			if m, ok := j.culprit(group); ok {
				for _, i := range group {
					out[i].Message += fmt.Sprintf("; one figure explains all %d broken rules: %s, printed %s, were it %s", len(group), m.where, m.from, m.to)
					out[i].MessageZH += fmt.Sprintf(";%d 条不成立的规则可由一个数解释:%s 印为 %s,若为 %s 则全部成立", len(group), m.where, m.from, m.to)
				}
			}
			continue
		}
		for _, i := range group {
			if i != cause {
				out[i].ConsequenceOf = &form.Finding{Rule: out[cause].Rule, Where: out[cause].Where}
				out[cause].Consequences = append(out[cause].Consequences, form.Finding{Rule: out[i].Rule, Where: out[i].Where})
			}
		}
	}
	return out
}

// Vouched are the figures whose reading is beyond doubt, by path: those that two
// independent readings agree on, a person or a text that nothing contradicts, and
// those that arithmetic settles (see Settled).
func Vouched(f *form.Form) map[string]bool {
	vouched := map[string]bool{}
	for where, g := range f.Figures() {
		vouched[where] = witnessed(g)
	}
	for where := range arithmetic(f, equations(f)) {
		vouched[where] = true
	}
	return vouched
}

// Settled are the doubtful figures that arithmetic settles, by path, each with the
// equation that does: the figure was read with nothing to confirm it or with readings
// that differ, and an exact sum of points, all other figures of which are vouched
// for, holds with the reading that is believed. Any other number would break it.
//
// What it takes is strict, because a doubt that is dropped must never hide a wrong
// number. Two doubtful figures in one sum may be wrong by the same amount, so they
// settle nothing; a sum of one part is printed twice in the same digits and may be
// misread twice in the same way, so it settles nothing either; nor does an amount
// or a rate, whose interval leaves room for a wrong last digit.
func Settled(f *form.Form) map[string]form.Finding {
	settled := arithmetic(f, equations(f))
	for where, g := range f.Figures() {
		if g.Doubt == "" {
			delete(settled, where)
		}
	}
	return settled
}

// equations are the identities and, of weights, the one that needs no print: that
// they add up to 100.
func equations(f *form.Form) []Identity {
	c := newChecker(f)
	c.usual = true
	return c.all(nil)
}

// arithmetic are the figures that sums of points settle, from one to the next: a
// settled figure helps to settle others.
func arithmetic(f *form.Form, all []Identity) map[string]form.Finding {
	figures := map[string]*form.Figure{}
	for where, g := range f.Figures() {
		figures[where] = g
	}
	broken := map[string]bool{} // figures that take part in a broken rule
	for _, id := range all {
		if id.State == Broken {
			for _, w := range id.figures() {
				broken[w] = true
			}
		}
	}
	settled := map[string]form.Finding{}
	done := func(w string) bool { _, ok := settled[w]; return ok }
	for again := true; again; {
		again = false
		for _, id := range all {
			// A reference weight that two readers agree on vouches for the assigned one.
			twice := id.Rule == "weight-assigned" && (witnessed(figures[id.Where]) || slices.ContainsFunc(id.From, func(o form.Operand) bool { return witnessed(figures[o.Where]) }))
			if id.State != Holds || !twice && (!id.sum || parts(id) < 2) {
				continue
			}
			open := ""
			n := 0
			for _, w := range id.figures() {
				if g := figures[w]; g != nil && !witnessed(g) && !done(w) {
					open, n = w, n+1
				}
			}
			if g := figures[open]; n == 1 && !broken[open] && (g.Doubt == "" || g.Doubt == layout.Unconfirmed || g.Doubt == layout.Disagree) {
				settled[open], again = form.Finding{Rule: id.Rule, Where: id.Where}, true
			}
		}
	}
	return settled
}

// parts counts the addends that are not zero.
func parts(id Identity) int {
	n := 0
	for _, o := range id.From {
		if a, err := form.NewAmount(o.Value); err == nil && !a.Decimal().IsZero() {
			n++
		}
	}
	return n
}

// witnessed reports whether a figure's reading is beyond doubt without arithmetic: a
// person's, a text layer's or a transcript's that nothing contradicts, or OCR that
// two independent readings agree on.
func witnessed(f *form.Figure) bool {
	if f.Reader == layout.ByPerson {
		return true
	}
	if f.Doubt != "" {
		return false
	}
	return f.Reader != layout.ByOCR || f.Agreed > 0
}

// judge weighs the broken identities of one form.
type judge struct {
	broken  []Identity
	trial   *checker // over a copy of the form, whose values are changed and put back
	vouched map[string]bool
	rules   map[string]map[string]bool // rules in which a figure takes part
	gaps    bool                       // cells ran together or found no place, so that rows may be missing
	nodes   int                        // trials so far
}

func newJudge(f *form.Form) *judge {
	all := equations(f)
	j := &judge{vouched: map[string]bool{}, rules: map[string]map[string]bool{}, gaps: rowsMayBeLost(f)}
	for _, id := range all {
		if id.State == Broken && !id.usual {
			j.broken = append(j.broken, id)
		}
	}
	if len(j.broken) == 0 {
		return j
	}
	j.trial = newChecker(copyOf(f))
	j.trial.quiet = true
	j.trial.usual = slices.ContainsFunc(all, func(id Identity) bool { return id.usual })
	settled := arithmetic(f, all)
	for where, g := range j.trial.figures {
		_, ok := settled[where]
		j.vouched[where] = ok || witnessed(g)
	}
	for _, id := range all {
		for _, w := range id.figures() {
			if j.rules[w] == nil {
				j.rules[w] = map[string]bool{}
			}
			j.rules[w][id.Rule] = true
		}
	}
	return j
}

// homeless are the codes of numbers that were read and found no place in the record.
var homeless = map[string]bool{form.NumberUnplaced: true, form.NumberUnlabelled: true, form.ColumnTwice: true}

// rowsMayBeLost reports whether the reading of a page left cells that ran together, or
// numbers of a scan without a place. A sum over all rows says nothing then, on
// whichever page it is printed.
func rowsMayBeLost(f *form.Form) bool {
	scanned := map[int]bool{}
	for _, g := range f.Figures() {
		if g.Reader == layout.ByOCR {
			scanned[g.Page] = true
		}
	}
	labelled := map[string]bool{} // numbers beside a label, if one that nobody knows, are the header's
	for i, g := range f.OtherFields {
		labelled[fmt.Sprintf("other_fields[%d]", i)] = g.Label != ""
	}
	return slices.ContainsFunc(f.Problems, func(p form.Problem) bool {
		header := labelled[p.Where] || strings.HasPrefix(p.Where, "fields.")
		return p.Code == layout.GridInDoubt || homeless[p.Code] && scanned[p.Page] && !header
	})
}

// groups are the broken identities, as indices, of which each shares a figure with
// another of its group.
func (j *judge) groups() [][]int {
	var out [][]int
	seen := make([]bool, len(j.broken))
	for i := range j.broken {
		if seen[i] {
			continue
		}
		seen[i] = true
		group := []int{i}
		for k := 0; k < len(group); k++ {
			for n := range j.broken {
				if !seen[n] && shared(j.broken[group[k]], j.broken[n]) {
					seen[n] = true
					group = append(group, n)
				}
			}
		}
		slices.Sort(group)
		out = append(out, group)
	}
	return out
}

func shared(a, b Identity) bool {
	other := b.figures()
	return slices.ContainsFunc(a.figures(), func(w string) bool { return slices.Contains(other, w) })
}

// cause is the identity of the group whose printed figure, were it what is computed,
// would settle the whole group. Two such are a tie, which is not broken.
func (j *judge) cause(group []int) (int, bool) {
	if len(group) < 2 {
		return 0, false
	}
	found, n := 0, 0
	for _, i := range group {
		id := j.broken[i]
		g := j.trial.figures[id.Where]
		if g == nil || g.Value == nil {
			continue
		}
		v, err := form.NewAmount(id.Computed)
		if err == nil && id.Difference != "" && j.settles([]move{{where: id.Where, to: v}}, group) {
			found, n = i, n+1
		}
	}
	return found, n == 1
}

// culprit is the one figure, none of those that the rules compute, that with another
// value would settle the whole group: a score that is in two sums, both of which are
// short of the same.
func (j *judge) culprit(group []int) (found move, ok bool) {
	if len(group) < 2 {
		return move{}, false
	}
	shares := map[string]int{}
	var wheres []string
	for _, i := range group {
		for _, w := range j.broken[i].figures() {
			if shares[w]++; shares[w] == len(group) {
				wheres = append(wheres, w)
			}
		}
	}
	n := 0
	for _, w := range wheres {
		g := j.trial.figures[w]
		off, err := form.NewAmount(j.broken[group[0]].Difference)
		if g == nil || g.Value == nil || err != nil {
			continue
		}
		var more, less apd.Decimal
		do(down.Add(&more, g.Value.Decimal(), off.Decimal()))
		do(down.Sub(&less, g.Value.Decimal(), off.Decimal()))
		for _, to := range []*apd.Decimal{&more, &less} {
			if m := (move{w, g.Text, form.FromDecimal(to)}); j.settles([]move{m}, group) {
				found, n = m, n+1
			}
		}
	}
	return found, n == 1
}

// verdicts are the discrepancies of all broken identities.
func (j *judge) verdicts() []form.Discrepancy {
	out := make([]form.Discrepancy, len(j.broken))
	for _, group := range j.groups() {
		together := j.suggest(group)
		for _, i := range group {
			own := together
			if len(own.solutions) == 0 && len(group) > 1 {
				own = j.suggest([]int{i})
			}
			out[i] = j.verdict(j.broken[i], own)
		}
	}
	return out
}

// suggestion is what would settle some broken identities: all sets of changes that
// do so most cheaply. Sure says that they are all, and that an equation speaks for
// them.
type suggestion struct {
	solutions []solution
	sure      bool
}

func (j *judge) suggest(group []int) suggestion {
	solutions, sure := j.solve(group, j.candidates(group))
	if !sure {
		// Only what the pixels say is worth a suggestion that nothing bears out.
		solutions = slices.DeleteFunc(solutions, func(s solution) bool {
			return slices.ContainsFunc(s, func(c change) bool { return c.cost > costReading })
		})
	}
	return suggestion{solutions, sure}
}

// verdict of one identity, given what would settle it.
func (j *judge) verdict(id Identity, s suggestion) form.Discrepancy {
	d := form.Discrepancy{Rule: id.Rule, Where: id.Where, Printed: id.Printed, Computed: id.Computed, Difference: id.Difference, From: id.From}
	doubtful := false
	for _, w := range id.figures() {
		if g := j.trial.figures[w]; g != nil && (!j.vouched[w] || j.gaps && !ofOneRow[id.Rule]) {
			doubtful = true
		}
	}
	switch {
	case len(s.solutions) == 1 && s.sure:
		d.Verdict = form.Misread
	case !doubtful && id.open == "" && len(s.solutions) == 0:
		d.Verdict = form.ByForm
	default:
		d.Verdict = form.Undecided
	}
	for _, one := range s.solutions[:min(len(s.solutions), mostSuggestions)] {
		for _, c := range one {
			for _, m := range c.moves {
				d.Repairs = append(d.Repairs, form.Repair{Where: m.where, From: m.from, To: m.to.String(), Reason: c.reason, ReasonZH: c.reasonZH, Cost: fmt.Sprint(c.cost)})
			}
		}
	}
	en, zh := id.interval()
	d.Message, d.MessageZH = id.en+en, id.zh+zh
	return d
}

// ofOneRow are the rules that a row lost from the page does not break.
var ofOneRow = map[string]bool{"weight-assigned": true, "score-exceeds-weight": true, "indicator-score": true,
	"execution-rate": true, "execution-score": true, "narrative-breakdown": true, "narrative-header": true, "grade": true}

// mostSuggestions bounds how many sets of changes are told that cost the same.
const mostSuggestions = 4

// interval says what the two sides may be, where they are more than points, and
// which rounding would explain a near miss.
func (id Identity) interval() (en, zh string) {
	if id.PrintedIn == nil || id.ComputedIn == nil || id.open != "" {
		return "", ""
	}
	in, of := *id.PrintedIn, *id.ComputedIn
	if in.Low.Cmp(&in.High) != 0 || of.Low.Cmp(&of.High) != 0 {
		en = fmt.Sprintf(" (printed stands for %s, computed for %s)", in.words(" to "), of.words(" to "))
		zh = fmt.Sprintf("(印出的数表示 %s,核计得 %s)", in.words(" 至 "), of.words(" 至 "))
	}
	printed, err := form.NewAmount(id.Printed)
	if err != nil {
		return en, zh
	}
	// Digits cut off instead of rounded: the number printed is the lower end.
	unit := apd.New(1, int32(-printed.Scale()))
	cut := Interval{*printed.Decimal(), *new(apd.Decimal)}
	do(up.Add(&cut.High, printed.Decimal(), unit))
	if cut.Meets(of) && cut.High.Cmp(&of.Low) != 0 && cut.Low.Cmp(&of.High) != 0 {
		en += "; it would be so if digits were cut off and not rounded"
		zh += ";若为舍去尾数而非四舍五入则相符"
	}
	return en, zh
}

// copyOf is the form with figures of its own, so that values can be changed.
func copyOf(f *form.Form) *form.Form {
	c := *f
	c.Fields = slices.Clone(f.Fields)
	c.OtherFields = slices.Clone(f.OtherFields)
	c.Funds = slices.Clone(f.Funds)
	c.Indicators = slices.Clone(f.Indicators)
	for i := range c.Funds {
		g := &c.Funds[i]
		for _, p := range []**form.Figure{&g.Initial, &g.Budget, &g.Executed, &g.Weight, &g.Rate, &g.Score} {
			*p = copied(*p)
		}
	}
	for i := range c.Indicators {
		g := &c.Indicators[i]
		for _, p := range []**form.Figure{&g.ReferenceWeight, &g.Weight, &g.Target, &g.AdjustedTarget, &g.Actual, &g.Coefficient, &g.Score, &g.ReviewScore} {
			*p = copied(*p)
		}
	}
	c.Total = form.Total{Weight: copied(f.Total.Weight), Score: copied(f.Total.Score)}
	return &c
}

func copied(f *form.Figure) *form.Figure {
	if f == nil {
		return nil
	}
	g := *f
	return &g
}

// plainNumber reads an alternative: digits with grouping, and nothing else.
func plainNumber(s string) (form.Amount, bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ',' {
			return -1
		}
		return r
	}, width.Fold.String(s))
	s = strings.TrimRight(s, "%分")
	if s == "" || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") {
		return form.Amount{}, false
	}
	a, err := form.NewAmount(s)
	return a, err == nil
}

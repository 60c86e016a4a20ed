package audit

import (
	"cmp"
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
	j := newJudge(f, Identities(f))
	out := j.verdicts()
	for _, group := range j.groups() {
		cause, ok := j.cause(group)
		if !ok {
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
	all := Identities(f)
	vouched := map[string]bool{}
	for where, g := range f.Figures() {
		vouched[where] = witnessed(g)
	}
	for where := range arithmetic(f, all) {
		vouched[where] = true
	}
	return vouched
}

// Settled are the indices of the form's problems that arithmetic settles: one
// figure was read with nothing to confirm it or with readings that differ, and an
// exact sum of points, all other figures of which are vouched for, holds with the
// reading that is believed. No other reading could make it hold.
//
// What it takes is strict, because a problem that is dropped must never hide a wrong
// number. Two doubtful figures in one sum may be wrong by the same amount, so they
// settle nothing; a sum of one part is printed twice in the same digits and may be
// misread twice in the same way, so it settles nothing either; nor does an amount
// or a rate, whose interval leaves room for a wrong last digit.
func Settled(f *form.Form) []int {
	settled := arithmetic(f, Identities(f))
	var out []int
	for i, p := range f.Problems {
		if settled[p.Where] && (p.Code == layout.Unconfirmed || p.Code == layout.Disagree) {
			out = append(out, i)
		}
	}
	return out
}

// arithmetic are the figures that sums of points settle, from one to the next: a
// settled figure helps to settle others.
func arithmetic(f *form.Form, all []Identity) map[string]bool {
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
	settled := map[string]bool{}
	for again := true; again; {
		again = false
		for _, id := range all {
			if id.State != Holds || !id.sum || parts(id) < 2 {
				continue
			}
			open := ""
			n := 0
			for _, w := range id.figures() {
				if g := figures[w]; g != nil && !witnessed(g) && !settled[w] {
					open, n = w, n+1
				}
			}
			if g := figures[open]; n == 1 && !broken[open] && (g.Doubt == "" || g.Doubt == layout.Unconfirmed || g.Doubt == layout.Disagree) {
				settled[open], again = true, true
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
	all     []Identity
	broken  []Identity
	trial   *checker // over a copy of the form, whose values are changed and put back
	vouched map[string]bool
	rules   map[string]map[string]bool // rules in which a figure takes part
	gaps    map[int]bool               // pages on which cells ran together, so that rows may be missing
	nodes   int                        // trials so far
}

func newJudge(f *form.Form, all []Identity) *judge {
	j := &judge{all: all, vouched: map[string]bool{}, rules: map[string]map[string]bool{}, gaps: map[int]bool{}}
	for _, p := range f.Problems {
		if p.Code == layout.GridInDoubt {
			j.gaps[p.Page] = true
		}
	}
	for _, id := range all {
		if id.State == Broken {
			j.broken = append(j.broken, id)
		}
	}
	if len(j.broken) == 0 {
		return j
	}
	j.trial = newChecker(copyOf(f))
	settled := arithmetic(f, all)
	for where, g := range j.trial.figures {
		j.vouched[where] = witnessed(g) || settled[where]
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
		if err == nil && id.Difference != "" && j.settles([]change{{where: id.Where, to: v}}, group) {
			found, n = i, n+1
		}
	}
	return found, n == 1
}

// change is another value for a figure.
type change struct {
	where  string
	to     form.Amount
	from   string
	reason string
	cost   int
}

// Bounds on the search for repairs. Trials are counted rather than timed, so that
// the same form always gets the same verdict.
const (
	mostTrials       = 2000
	mostChanges      = 3
	mostAlternatives = 6
)

// settles reports whether the form with the changes keeps the group's rules, keeps
// every rule that a changed figure takes part in, and breaks none anew.
func (j *judge) settles(changes []change, group []int) bool {
	j.nodes++
	rules := map[string]bool{}
	changed := make([]string, len(changes))
	for i, c := range changes {
		g := j.trial.figures[c.where]
		old, state := g.Value, g.State
		to := c.to
		g.Value, g.State = &to, form.Read
		defer func() { g.Value, g.State = old, state }()
		changed[i] = c.where
		for r := range j.rules[c.where] {
			rules[r] = true
		}
	}
	for _, i := range group {
		if !rules[j.broken[i].Rule] {
			return false // nothing about it has changed
		}
	}
	for _, id := range j.trial.all(rules) {
		if id.State != Broken {
			continue
		}
		if slices.ContainsFunc(id.figures(), func(w string) bool { return slices.Contains(changed, w) }) {
			return false
		}
		k := slices.IndexFunc(j.broken, id.same)
		if k < 0 || slices.Contains(group, k) {
			return false
		}
	}
	return true
}

// verdicts are the discrepancies of all broken identities.
func (j *judge) verdicts() []form.Discrepancy {
	out := make([]form.Discrepancy, len(j.broken))
	for _, group := range j.groups() {
		solutions := j.solve(group, j.readings(group))
		for _, i := range group {
			own := solutions
			if len(own) == 0 && len(group) > 1 {
				own = j.solve([]int{i}, j.readings([]int{i}))
			}
			out[i] = j.verdict(j.broken[i], i, own)
		}
	}
	return out
}

// verdict of one identity, given the cheapest sets of changes that settle it.
func (j *judge) verdict(id Identity, i int, solutions [][]change) form.Discrepancy {
	d := form.Discrepancy{Rule: id.Rule, Where: id.Where, Printed: id.Printed, Computed: id.Computed, Difference: id.Difference, From: id.From}
	sure := id.open == ""
	for _, w := range id.figures() {
		if g := j.trial.figures[w]; g != nil && (!j.vouched[w] || j.gaps[g.Page]) {
			sure = false
		}
	}
	switch {
	case len(solutions) == 1:
		d.Verdict = form.Misread
	case sure && len(solutions) == 0:
		d.Verdict = form.ByForm
	default:
		d.Verdict = form.Undecided
	}
	if len(solutions) == 0 && d.Verdict == form.Undecided && id.open == "" {
		for _, c := range j.guesses([]int{i}) {
			solutions = append(solutions, []change{c})
		}
	}
	for _, s := range solutions {
		for _, c := range s {
			d.Repairs = append(d.Repairs, form.Repair{Where: c.where, From: c.from, To: c.to.String(), Reason: c.reason, Cost: fmt.Sprint(c.cost)})
		}
	}
	en, zh := id.interval()
	d.Message, d.MessageZH = id.en+en, id.zh+zh
	return d
}

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

// solve is every cheapest set of changes that settles the group. A set takes one
// change from each figure at most.
func (j *judge) solve(group []int, candidates []change) [][]change {
	limit := j.nodes + mostTrials
	for size := 1; size <= min(mostChanges, len(candidates)); size++ {
		var found [][]change
		var try func(from int, taken []change)
		try = func(from int, taken []change) {
			if j.nodes >= limit {
				return
			}
			if len(taken) == size {
				if j.settles(taken, group) {
					found = append(found, slices.Clone(taken))
				}
				return
			}
			for k := from; k < len(candidates); k++ {
				if !slices.ContainsFunc(taken, func(c change) bool { return c.where == candidates[k].where }) {
					try(k+1, append(taken, candidates[k]))
				}
			}
		}
		try(0, nil)
		if j.nodes >= limit {
			if len(found) == 1 {
				return nil // there may be others, and one that is not known to be alone is no verdict
			}
			return found
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// doubtful are the figures of the group whose reading is open, by path.
func (j *judge) doubtful(group []int) []string {
	var out []string
	for _, i := range group {
		for _, w := range j.broken[i].figures() {
			if g := j.trial.figures[w]; g != nil && g.Value != nil && !j.vouched[w] && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// readings are the changes that pixels support: other readings of the same ink.
func (j *judge) readings(group []int) []change {
	var out []change
	for _, w := range j.doubtful(group) {
		g := j.trial.figures[w]
		var seen []form.Amount
		for i, alternative := range g.Alternatives {
			v, ok := plainNumber(alternative.Text)
			if i >= mostAlternatives || !ok || v.Cmp(*g.Value) == 0 || slices.ContainsFunc(seen, func(s form.Amount) bool { return s.Cmp(v) == 0 }) {
				continue
			}
			seen = append(seen, v)
			out = append(out, change{w, v, g.Text, strings.TrimRight("another reading of the same ink: "+alternative.By, ": "), 1})
		}
	}
	return out
}

// mostGuesses bounds what is suggested for one discrepancy that no reading settles.
const mostGuesses = 4

// guesses are single changes that no pixel supports and that would settle the
// group: what to look for on the page. They never make a verdict.
func (j *judge) guesses(group []int) []change {
	var out []change
	for _, w := range j.doubtful(group) {
		g := j.trial.figures[w]
		if g.Reader != layout.ByOCR {
			continue
		}
		for _, c := range slips(*g.Value) {
			c.where, c.from = w, g.Text
			if j.nodes < mostTrials && j.settles([]change{c}, group) {
				out = append(out, c)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b change) int { return cmp.Compare(a.cost, b.cost) })
	return out[:min(len(out), mostGuesses)]
}

// Digits that look alike when print is poor.
var alike = map[byte]string{'0': "68", '1': "7", '2': "7", '3': "85", '5': "36", '6': "058", '7': "12", '8': "0356", '9': "4", '4': "9"}

// slips are the values that a number may have been before it was misread.
func slips(v form.Amount) []change {
	var out []change
	add := func(s, reason string, cost int) {
		if a, err := form.NewAmount(s); err == nil && a.Cmp(v) != 0 {
			out = append(out, change{to: a, reason: reason, cost: cost})
		}
	}
	s := v.String()
	for i := range len(s) {
		for _, d := range []byte(alike[s[i]]) {
			add(s[:i]+string(d)+s[i+1:], fmt.Sprintf("%c and %c look alike; look at the page", s[i], d), 3)
		}
	}
	whole, decimals, point := strings.Cut(s, ".")
	if point {
		add(whole+decimals, "a decimal mark that is none; look at the page", 4)
	} else {
		for i := 1; i < len(s); i++ {
			if s[i-1] != '-' {
				add(s[:i]+"."+s[i:], "a lost decimal mark; look at the page", 4)
			}
		}
	}
	if strings.HasPrefix(s, "-") {
		add(s[1:], "a sign that is none; look at the page", 4)
	} else {
		add("-"+s, "a lost sign; look at the page", 4)
	}
	for shift, reason := range map[int32]string{4: "万元 read as 元; look at the unit", -4: "元 read as 万元; look at the unit"} {
		d := v.Decimal()
		d.Exponent += shift
		out = append(out, change{to: form.FromDecimal(d), reason: reason, cost: 5})
	}
	slices.SortStableFunc(out, func(a, b change) int { return cmp.Or(cmp.Compare(a.cost, b.cost), a.to.Cmp(b.to)) })
	return out
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
		for _, p := range []**form.Figure{&g.ReferenceWeight, &g.Weight, &g.Target, &g.Actual, &g.Coefficient, &g.Score, &g.ReviewScore} {
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

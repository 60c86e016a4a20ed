package audit

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// Judgement is what the equations of a form say about it.
type Judgement struct {
	Identities    []Identity              // all equations, in the order of Rules and of the record
	Discrepancies []form.Discrepancy      // the broken ones, in the same order, each with its verdict
	Settled       map[string]form.Finding // doubtful figures that arithmetic settles, by path, with the equation that does
	LostMarks     []string                // numbers that seem to have lost their decimal mark, or to have it for a comma, by path
	Weighed       []string                // figures of broken equations, by path, worth another look before the form is accused

	vouched map[string]bool
}

// Vouched reports whether the reading of a figure is beyond doubt: two independent
// readings agree on it, or a person or a text says it that nothing contradicts, or
// arithmetic settles it.
func (j Judgement) Vouched(where string) bool { return j.vouched[where] }

// Judge computes the equations of the form once and concludes from them which figures
// are vouched for, which doubts are settled, which decimal marks seem lost, and which
// contradictions there are and whose fault each is. The form is not changed.
func Judge(f *form.Form) Judgement {
	j := newJudge(f)
	j.loseMarks()
	j.settle()
	out := Judgement{Discrepancies: j.discrepancies(), Settled: map[string]form.Finding{}, LostMarks: j.lostMarks(), Weighed: j.weighed(), vouched: map[string]bool{}}
	for _, id := range j.all {
		if !id.usual {
			out.Identities = append(out.Identities, id)
		}
	}
	for where, g := range j.figures {
		out.vouched[where] = j.vouched(where)
		if by, ok := j.settled[where]; ok && (g.Doubt != "" || j.lost[where]) {
			out.Settled[where] = by
		}
	}
	return out
}

// Check is the discrepancies of Judge alone.
func Check(f *form.Form) []form.Discrepancy { return Judge(f).Discrepancies }

// judge weighs the equations of one form.
type judge struct {
	figures   map[string]*form.Figure // by path into the record
	problems  []form.Problem          // of the form
	rows      []form.Indicator        // of the form
	all       []Identity
	broken    []Identity                 // those of all that are, but for the one that is not printed
	rules     map[string]map[string]bool // rules in which a figure takes part
	lost      map[string]bool            // figures that seem to have lost their decimal mark
	odd       string                     // the amount of these that is whole where all others have decimals, or ""
	settled   map[string]form.Finding    // figures that arithmetic settles
	gaps      bool                       // cells ran together or found no place, so that rows may be missing
	strays    []form.Amount              // numbers that found no place
	points    []form.Amount              // that may be the execution's and are in no sum
	unweighed form.Amount                // what the rows' weights leave for the execution, of which no weight was read
	trial     *checker                   // over a copy of the form, whose values are changed and put back
	trials    int                        // so far

	glimpses map[string]bool // figures where a reader saw what a broken equation wants; nil until asked
}

func newJudge(f *form.Form) *judge {
	c := newChecker(f)
	c.usual = true
	j := &judge{figures: c.figures, problems: f.Problems, rows: f.Indicators, all: c.all(nil), rules: map[string]map[string]bool{}, lost: map[string]bool{}, points: c.pointsOutside(), unweighed: c.unweighed()}
	j.gaps, j.strays = unplaced(f)
	usual := false
	for _, id := range j.all {
		usual = usual || id.usual
		if id.State == Broken && !id.usual {
			j.broken = append(j.broken, id)
		}
	}
	if len(j.broken) == 0 {
		return j
	}
	for _, id := range j.all {
		for _, w := range id.figures() {
			if j.rules[w] == nil {
				j.rules[w] = map[string]bool{}
			}
			j.rules[w][id.Rule] = true
		}
	}
	j.trial = newChecker(copyOf(f))
	j.trial.quiet, j.trial.usual = true, usual
	return j
}

// weighed are the figures of equations that are broken, or would be.
func (j *judge) weighed() []string {
	var out []string
	for _, id := range j.all {
		if id.State != Broken && !id.unproven || id.usual {
			continue
		}
		for _, w := range id.figures() {
			if j.figures[w] != nil && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// homeless are the codes of numbers that were read and found no place in the record.
var homeless = map[string]bool{form.NumberUnplaced: true, form.NumberUnlabelled: true, form.ColumnTwice: true}

// unplaced says what the reading of the form left over: gaps, where cells ran together or
// numbers of a scan found no place, so that rows may be missing and a sum over all rows
// says nothing, on whichever page it is printed; and strays, the numbers that nothing says
// the meaning of. Those beside a label, if one that nobody knows, are the header's.
func unplaced(f *form.Form) (gaps bool, strays []form.Amount) {
	scanned := map[int]bool{}
	for _, g := range f.Figures() {
		if g.Reader == layout.ByOCR {
			scanned[g.Page] = true
		}
	}
	others := map[string]*form.Figure{}
	for i := range f.OtherFields {
		others[fmt.Sprintf("other_fields[%d]", i)] = &f.OtherFields[i]
	}
	for _, p := range f.Problems {
		g := others[p.Where]
		if homeless[p.Code] && g != nil && g.Value != nil {
			strays = append(strays, *g.Value)
		}
		if g == nil {
			strays = append(strays, unplacedNumbers(p)...)
		}
		header := g != nil && g.Label != "" || strings.HasPrefix(p.Where, "fields.")
		gaps = gaps || p.Code == layout.GridInDoubt && !inProse(f, p) || homeless[p.Code] && scanned[p.Page] && !header
	}
	return gaps || rowUnknown(f), strays
}

// unplacedNumbers are the numbers that a problem says became no figures of the record.
func unplacedNumbers(p form.Problem) (out []form.Amount) {
	if p.Code != form.NumberUnplaced {
		return nil
	}
	for _, s := range p.Quoted() {
		if n, ok := plainNumber(s); ok {
			out = append(out, n)
		}
	}
	return out
}

// rowUnknown reports whether a row of a scan has a name in doubt and no weight that could be
// read: it may as well be a section's own row, or none.
func rowUnknown(f *form.Form) bool {
	for i := range f.Indicators {
		w := f.Indicators[i].Weight
		if w == nil || w.Reader != layout.ByOCR || w.Value != nil || w.Text == "" && w.Doubt == "" {
			continue
		}
		if nameInDoubt(f.Problems, i) {
			return true
		}
	}
	return false
}

// nameInDoubt reports whether a name of an indicator row was not surely read.
func nameInDoubt(problems []form.Problem, row int) bool {
	name := fmt.Sprintf("indicators[%d].level", row)
	return slices.ContainsFunc(problems, func(p form.Problem) bool { return strings.HasPrefix(p.Where, name) })
}

// inProse reports whether what a problem is about stands within a text of some sentences: a
// line may be lost there, and no row of figures.
func inProse(f *form.Form, p form.Problem) bool {
	const sentences = 24 // characters
	prose := func(g *form.Figure) bool {
		return g.Page == p.Page && g.Value == nil && utf8.RuneCountInString(g.Text) >= sentences &&
			g.Box.Contains((p.Box.X0+p.Box.X1)/2, (p.Box.Y0+p.Box.Y1)/2)
	}
	if p.Box.IsZero() {
		return false
	}
	return slices.ContainsFunc(f.Fields, func(g form.Field) bool { return prose(&g.Figure) }) ||
		slices.ContainsFunc(f.OtherFields, func(g form.Figure) bool { return prose(&g) })
}

// groups are the broken equations, as indices, of which each shares a figure with
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

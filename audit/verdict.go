package audit

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// judge gives finding i its verdict. The form is accused only when nothing about
// the reading of any figure that takes part is in doubt.
func judge(f *form.Form, found []finding, i int) form.Discrepancy {
	d := found[i].Discrepancy
	figures := map[string]*form.Figure{}
	for where, g := range f.Figures() {
		figures[where] = g
	}
	sure := true
	for _, where := range involved(d) {
		if g := figures[where]; g != nil && !vouched(g) {
			sure = false
			d.Repairs = append(d.Repairs, repairs(f, found, found[i], where, g)...)
		}
	}
	switch {
	case len(d.Repairs) == 1:
		d.Verdict = form.Misread
	case sure && found[i].open == "":
		d.Verdict = form.ByForm
	default:
		d.Verdict = form.Undecided
	}
	return d
}

// involved are the paths of the figures that take part in a finding.
func involved(d form.Discrepancy) []string {
	out := []string{d.Where}
	for _, o := range d.From {
		if !slices.Contains(out, o.Where) {
			out = append(out, o.Where)
		}
	}
	return out
}

// vouched reports whether a figure's reading is beyond doubt: a person's, a text
// layer's or a transcript's that nothing contradicts, or OCR that two independent
// readings agree on.
func vouched(f *form.Figure) bool {
	if f.Doubt != "" {
		return false
	}
	return f.Reader != layout.ByOCR || f.Agreed > 0
}

// limits on the search for repairs: alternatives of a figure that are tried.
const mostAlternatives = 6

// repairs are the other readings of the figure that settle the finding, and all
// others that the figure takes part in, and break no rule that held.
func repairs(f *form.Form, found []finding, target finding, where string, g *form.Figure) []form.Repair {
	if g.Value == nil {
		return nil
	}
	var out []form.Repair
	for i, alternative := range g.Alternatives {
		if i == mostAlternatives {
			break
		}
		v, ok := plainNumber(alternative.Text)
		if !ok || v.Cmp(*g.Value) == 0 {
			continue
		}
		if settles(with(f, where, v), found, target, where) {
			out = append(out, form.Repair{
				Where: where, From: g.Text, To: v.String(),
				Reason: "another reading of the same ink: " + alternative.By, Cost: "1",
			})
		}
	}
	return out
}

// settles reports whether the changed form keeps the broken rule, keeps every other
// rule that the figure took part in, and breaks none anew.
func settles(changed *form.Form, found []finding, target finding, where string) bool {
	now := findings(changed)
	for _, n := range now {
		if n.Rule == target.Rule && n.Where == target.Where || slices.Contains(involved(n.Discrepancy), where) {
			return false
		}
		if !slices.ContainsFunc(found, func(o finding) bool { return o.Rule == n.Rule && o.Where == n.Where }) {
			return false
		}
	}
	return true
}

// with is a copy of the form in which one figure has another value.
func with(f *form.Form, where string, v form.Amount) *form.Form {
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
	for w, g := range c.Figures() {
		if w == where {
			g.Value = &v
			g.State = form.Read
			break
		}
	}
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

package audit_test

import (
	"slices"
	"testing"

	"heji/audit"
	"heji/form"
	"heji/layout"
	"heji/normalize"
	"heji/samples"
)

// Forms of the generator, read as a text layer would be, have exactly the
// discrepancies that were planted in them, and no others.
func TestGenerated(t *testing.T) {
	var sum samples.Tally
	for i := range 500 {
		truth := samples.Generate(7, i).Truth()
		f := formOf(truth)
		tally, notes := samples.Compare(truth, form.Record{Form: &f, Discrepancies: audit.Check(&f)})
		sum = sum.Add(tally)
		if tally.Found < tally.Planted || tally.False > 0 {
			t.Errorf("form %d: %q", i, notes[max(0, len(notes)-3):])
		}
	}
	t.Logf("planted %d, found %d, false %d", sum.Planted, sum.Found, sum.False)
}

// formOf is what reading the form's text without a mistake gives.
func formOf(t samples.Truth) form.Form {
	figure := func(text string) *form.Figure {
		return &form.Figure{Text: text, Reader: layout.ByTextLayer, Confidence: 1}
	}
	optional := func(text string) *form.Figure {
		if text == "" {
			return nil
		}
		return figure(text)
	}
	s := form.Sheet{Kind: t.Kind, Title: t.Title, Year: t.Year, Unit: t.Unit}
	var keys []string
	for k := range t.Fields {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		s.Fields = append(s.Fields, form.Field{Key: k, Figure: *figure(t.Fields[k])})
	}
	for _, r := range t.Funds {
		s.Funds = append(s.Funds, form.Fund{Source: r.Source, Label: r.Label, Initial: optional(r.Initial), Budget: optional(r.Budget),
			Executed: optional(r.Executed), Weight: optional(r.Weight), Rate: optional(r.Rate), Score: optional(r.Score)})
	}
	for _, r := range t.Indicators {
		row := form.Indicator{Kind: r.Kind, Level1: r.Level1, Level2: r.Level2, Level3: r.Level3, Nature: r.Nature, Weight: figure(r.Weight), Score: figure(r.Score),
			ReferenceWeight: optional(r.ReferenceWeight), Analysis: optional(r.Analysis), Target: optional(r.Target), Actual: optional(r.Actual)}
		if row.Target != nil {
			row.Target.Unit = r.Unit
		}
		s.Indicators = append(s.Indicators, row)
	}
	s.Total = form.Total{Weight: optional(t.Total.Weight), Score: optional(t.Total.Score)}
	text := t.Grade
	if t.GradeText != "" {
		text = t.GradeText
	}
	s.Grade = optional(text)
	return normalize.Normalize(s)
}

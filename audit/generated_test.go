package audit_test

import (
	"testing"

	"heji/audit"
	"heji/form"
	"heji/normalize"
	"heji/samples"
)

// Forms of the generator, read as a text layer would be, have exactly the
// discrepancies that were planted in them, and no others.
func TestGenerated(t *testing.T) {
	var sum samples.Tally
	for i := range 500 {
		truth := samples.Generate(7, i).Truth()
		f := normalize.Normalize(truth.Sheet())
		tally, notes := samples.Compare(truth, form.Record{Form: &f, Discrepancies: audit.Check(&f)})
		sum = sum.Add(tally)
		if tally.Found < tally.Planted || tally.False > 0 {
			t.Errorf("form %d: %q", i, notes[max(0, len(notes)-3):])
		}
	}
	t.Logf("planted %d, found %d, false %d", sum.Planted, sum.Found, sum.False)
}

// No two rules contradict each other on a form that is right: every equation holds,
// and two that say what one figure must be leave room for the same number.
func TestRulesDoNotContradict(t *testing.T) {
	type place struct{ where, printed string }
	forms, pairs := 0, 0
	for i := range 400 {
		made := samples.Generate(31, i)
		if i%2 == 1 {
			made = samples.GenerateProject(31, i)
		}
		truth := made.Truth()
		if len(truth.Discrepancies) > 0 {
			continue
		}
		forms++
		f := normalize.Normalize(truth.Sheet())
		judged := audit.Judge(&f)
		if len(judged.Discrepancies) > 0 {
			t.Errorf("form %d: %+v", i, judged.Discrepancies)
		}
		must := map[place][]audit.Identity{}
		for _, id := range judged.Identities {
			if id.State != audit.Holds || id.ComputedIn == nil || id.PrintedIn == nil {
				continue
			}
			at := place{id.Where, id.Printed}
			for _, o := range must[at] {
				pairs++
				if o.PrintedIn.Meets(*id.PrintedIn) && !o.ComputedIn.Meets(*id.ComputedIn) && !o.ComputedIn.Meets(*id.PrintedIn) {
					t.Errorf("form %d: %s and %s contradict each other on %s", i, o.Rule, id.Rule, id.Where)
				}
			}
			must[at] = append(must[at], id)
		}
	}
	if forms < 100 || pairs == 0 {
		t.Errorf("%d forms and %d pairs of equations are too few", forms, pairs)
	}
}

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

package load_test

import (
	"fmt"
	"strings"
	"testing"

	"heji/form"
	"heji/layout"
	"heji/load"
	"heji/load/loadtest"
)

// What a new rule finds takes the place of what an old one found, in the tables and
// in the record, and a run that only looks changes nothing.
func TestReaudit(t *testing.T) {
	store, err := load.Open(t.Context(), loadtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := form.MustAmount("90.0")
	score := &form.Figure{Text: "90.0", Value: &v, State: form.Read, Reader: layout.ByOCR, Agreed: 2, Doubt: "readings-disagree"}
	old := form.Discrepancy{Rule: "old", Where: "total.score", Printed: "90.0", Computed: "80.0", Verdict: form.ByForm}
	const forms = 67 // more than are asked for at once
	for i := range forms {
		d := form.Document{Name: fmt.Sprint(i), SHA256: strings.Repeat(fmt.Sprintf("%02d", i), 32), Pages: 1}
		f := &form.Form{Ordinal: 1, Kind: form.Department, Total: form.Total{Score: score}}
		if _, err := store.Save(t.Context(), load.Saved{Document: d, Reader: "v1", Records: []form.Record{{Document: d, Form: f, Discrepancies: []form.Discrepancy{old}}}}); err != nil {
			t.Fatal(err)
		}
	}
	check := func(f *form.Form) []form.Discrepancy {
		if s := f.Total.Score; s == nil || s.Value.String() != "90.0" || s.Agreed != 2 || s.Doubt == "" {
			t.Errorf("the form came back as %+v", s)
		}
		return []form.Discrepancy{{Rule: "new", Where: "total.score", Printed: "90.0", Computed: "70.0", Verdict: form.Undecided}}
	}
	for _, run := range []struct {
		keep bool
		want string
	}{{true, strings.Repeat("1", forms)}, {false, strings.Repeat("1", forms)}, {false, ""}} {
		got := ""
		err := store.Reaudit(t.Context(), run.keep, check, func(r load.Reaudited) error {
			if len(r.Appeared) != len(r.Disappeared) {
				t.Errorf("%+v", r)
			}
			if r.Changed {
				got += fmt.Sprint(len(r.Appeared))
			}
			return nil
		})
		if err != nil || got != run.want {
			t.Errorf("keep %t: %q, want %q, %v", run.keep, got, run.want, err)
		}
	}
	counts, err := store.DiscrepanciesByRule(t.Context())
	if err != nil || len(counts) != 1 || counts[0].Rule != "new" || counts[0].Count != forms {
		t.Errorf("%+v %v", counts, err)
	}
	records, err := store.StoredForms(t.Context(), "111111")
	if err != nil || len(records) != 1 || records[0].Discrepancies[0].Rule != "new" {
		t.Errorf("%+v %v", records, err)
	}
	if _, err := store.StoredForms(t.Context(), "abcdef"); err == nil {
		t.Error("a document that is not stored was found")
	}
}

package load_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"heji/form"
	"heji/layout"
	"heji/load"
)

func TestStoredForm(t *testing.T) {
	store, _ := open(t)
	d := sample("a")
	save(t, store, d, load.Inserted)
	got, err := store.StoredForm(t.Context(), d.Document.SHA256, 1)
	if err != nil {
		t.Fatal(err)
	}
	same := cmp.Options{
		cmp.Comparer(func(a, b form.Amount) bool { return a.String() == b.String() }),
		cmpopts.EquateEmpty(), cmpopts.EquateApprox(0, 1e-4), // places and confidences are stored as real
	}
	if diff := cmp.Diff(*d.Records[0].Form, got.Form, same); diff != "" {
		t.Errorf("form (-saved +stored)\n%s", diff)
	}
	if diff := cmp.Diff(d.Records[0].Discrepancies, got.Discrepancies, same); diff != "" {
		t.Errorf("discrepancies (-saved +stored)\n%s", diff)
	}
	if _, err := store.StoredForm(t.Context(), d.Document.SHA256, 2); !errors.Is(err, load.ErrNotStored) {
		t.Errorf("error %v for a form that is not there", err)
	}
}

func TestCorrectionsAreKept(t *testing.T) {
	store, conn := open(t)
	d := sample("a")
	save(t, store, d, load.Inserted)
	nothing := func(*load.StoredForm) load.Standing { return load.Standing{} }
	c := load.Correction{Document: d.Document.SHA256, Ordinal: 1, Path: "indicators[1].score", Page: 1,
		Box: layout.Box{X0: 72, Y0: 90.5, X1: 120, Y1: 101.25}, From: "2.50", To: "3.00", Reason: "seen", User: "me"}
	f, err := store.Correct(t.Context(), c, 0, nothing)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Correct(t.Context(), c, 0, nothing); !errors.Is(err, load.ErrStale) {
		t.Errorf("error %v for one who had not seen the first", err)
	}
	for _, sql := range []string{`UPDATE corrections SET to_text = 'x'`, `DELETE FROM corrections`, `TRUNCATE corrections CASCADE`} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	newer := sample("a")
	newer.Reader = "v2.0.0"
	save(t, store, newer, load.Replaced)
	f, err = store.StoredForm(t.Context(), d.Document.SHA256, f.Form.Ordinal)
	if err != nil || len(f.Corrections) != 1 || f.Corrections[0].To != "3.00" {
		t.Errorf("after another import the corrections are %v (%v)", f.Corrections, err)
	}
	if n, err := store.Stand(t.Context(), 10, nothing); n != 1 || err != nil {
		t.Errorf("%d forms stood anew (%v), want 1", n, err)
	}
	if n, err := store.Stand(t.Context(), 10, nothing); n != 0 || err != nil {
		t.Errorf("%d forms stood anew (%v), want none", n, err)
	}
}

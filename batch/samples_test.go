package batch_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heji/batch"
	"heji/extract"
	"heji/form"
	"heji/samples"
)

func TestMain(m *testing.M) {
	extract.RunWorker()
	os.Exit(m.Run())
}

// Every committed sample must read as its truth says: text and transcripts
// without an error, scans without a wrong figure that nobody flagged.
func TestSamples(t *testing.T) {
	truths, err := filepath.Glob("../samples/*.truth.json")
	if err != nil || len(truths) < 8 {
		t.Fatal("no samples", err)
	}
	check(t, open(t), truths)
}

// The user's own form, where it is at hand: as text, as a transcript and as three
// scans.
func TestSeed(t *testing.T) {
	const truth = "../../shared/seed/jinzhong-2021.expected.json"
	if _, err := os.Stat(truth); err != nil {
		t.Log("the seed is not here; the samples stand for it")
		return
	}
	check(t, open(t), []string{truth})
}

// An annex of several forms among a cover, a contents page, narratives, accounts and a
// declaration of targets: each form is found, on its own pages, and nothing else is one.
func TestAnnex(t *testing.T) {
	browser, err := samples.OpenBrowser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer browser.Close()
	pdf, truth, err := browser.Annex(t.Context(), samples.MakeAnnex(12, 5, 6))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "annex.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	r := open(t)
	for source, err := range batch.Sources(t.Context(), []string{file}, nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		tally, notes := samples.CompareAnnex(truth, batch.Process(t.Context(), r, source).Records())
		if len(notes) > 0 || tally.Right < tally.Numbers {
			t.Errorf("%+v\n%s", tally, strings.Join(notes, "\n"))
		}
	}
}

func open(t *testing.T) *extract.Reader {
	t.Helper()
	r, err := extract.Open(extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func check(t *testing.T, r *extract.Reader, truths []string) {
	t.Helper()
	for _, file := range truths {
		var truth samples.Truth
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &truth); err != nil {
			t.Fatal(err)
		}
		stem := strings.TrimSuffix(strings.TrimSuffix(file, ".truth.json"), ".expected.json")
		documents, err := filepath.Glob(stem + ".*")
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range documents {
			if strings.HasSuffix(document, ".json") {
				continue
			}
			t.Run(filepath.Base(document), func(t *testing.T) {
				var result batch.Result
				for source, err := range batch.Sources(t.Context(), []string{document}, nil, nil) {
					if err != nil {
						t.Fatal(err)
					}
					result = batch.Process(t.Context(), r, source)
				}
				bilingual(t, result)
				records := result.Records()
				if len(records) != 1 {
					t.Fatalf("%d records, want 1", len(records))
				}
				if truth.Error != "" {
					if form.CodeOf(result.Err) != truth.Error {
						t.Errorf("error %v, want %s", result.Err, truth.Error)
					}
					return
				}
				judge(t, document, truth, records[0])
			})
		}
	}
}

// bilingual wants each problem and discrepancy said in both languages.
func bilingual(t *testing.T, result batch.Result) {
	t.Helper()
	for _, f := range result.Forms {
		for _, p := range f.Form.Problems {
			if p.Message == "" || p.MessageZH == "" {
				t.Errorf("%s %s is not said in both languages: %q, %q", p.Where, p.Code, p.Message, p.MessageZH)
			}
		}
		for _, d := range f.Discrepancies {
			if d.Message == "" || d.MessageZH == "" {
				t.Errorf("%s %s is not said in both languages: %q, %q", d.Where, d.Rule, d.Message, d.MessageZH)
			}
		}
	}
}

func judge(t *testing.T, document string, truth samples.Truth, record form.Record) {
	t.Helper()
	tally, notes := samples.Compare(truth, record)
	t.Logf("%+v", tally)
	right := float64(tally.Right) / float64(tally.Numbers)
	bad := tally.Unflagged > 0 || tally.False > 0
	switch {
	case filepath.Ext(document) == ".pdf" && !strings.HasSuffix(document, ".text.pdf"): // a scan
		bad = bad || right < 0.97 || tally.Found < tally.Planted
	default:
		bad = bad || right < 1 || tally.TextsRight < tally.Texts || tally.CharacterEdits > 0 || tally.Found < tally.Planted
	}
	if bad {
		t.Errorf("%s", strings.Join(notes, "\n"))
	}
}

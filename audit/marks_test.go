package audit

import (
	"slices"
	"strings"
	"testing"

	"heji/form"
	"heji/layout"
)

// Where marks are lost, readings agree on the wrong number: what holds with a mark
// put back gives it away, and all whole numbers of the scan with it.
func TestLostMarks(t *testing.T) {
	for _, c := range []struct {
		name, form string
		reader     layout.Reader
		want       []string
	}{
		{"two scores far above their weights", "leaf 过程/甲/一 - 4 23\nleaf 过程/甲/二 - 3 30\nleaf 过程/甲/三 - 4 4\nleaf 过程/甲/四 - 35 35", layout.ByOCR,
			[]string{"indicators[0].score", "indicators[1].score", "indicators[3].score", "indicators[3].weight"}},
		{"one such score may be printed so", "leaf 过程/甲/一 - 4 23\nleaf 过程/甲/二 - 3 3", layout.ByOCR, nil},
		{"a sum that holds with the mark", "section 过程 - 7.5 7.5\nleaf 过程/甲/一 - 35 3.5\nleaf 过程/甲/二 - 4 4", layout.ByOCR, []string{"indicators[1].weight"}},
		{"a sum that does not", "section 过程 - 7.5 7.5\nleaf 过程/甲/一 - 36 3.5\nleaf 过程/甲/二 - 4 4", layout.ByOCR, nil},
		{"an amount without decimals among others, that nothing vouches for", "leaf 过程/甲/一 - 60 60\nfund total 15194.17 30154.34 20657.69\nfund 其他资金 2412.18 2412.18 241218", layout.ByOCR, []string{"funds[1].executed"}},
		{"commas and points before three digits", "leaf 过程/甲/一 - 60 60\nfund total 5,046 5,046 4.810\nfund 其他资金 1,514 1,514 1.443", layout.ByOCR,
			[]string{"funds[0].executed", "funds[1].executed"}},
		{"three decimals in amounts that have others", "leaf 过程/甲/一 - 60 60\nfund total 5,046 5,046.12 4.810", layout.ByOCR, nil},
		{"whole amounts", "leaf 过程/甲/一 - 60 60\nfund total 15194.17 30154.34 20657\nfund 其他资金 2412.18 2412.18 2412", layout.ByOCR, nil},
		{"a text layer loses none", "section 过程 - 7.5 7.5\nleaf 过程/甲/一 - 35 3.5\nleaf 过程/甲/二 - 4 4", layout.ByTextLayer, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := readForm(t, c.form)
			for _, g := range f.Figures() {
				g.Reader, g.Agreed = c.reader, 1
			}
			if got := Judge(&f).LostMarks; !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A number of a scan that found no place may be a row's, on any page: a sum over all
// rows accuses nobody then.
func TestNoAccusationOverANumberWithoutAPlace(t *testing.T) {
	for reader, want := range map[layout.Reader]form.Verdict{layout.ByOCR: form.Undecided, layout.ByTextLayer: form.ByForm} {
		f := readForm(t, "leaf 过程/甲/一 - 60 60\nleaf 过程/甲/二 - 23 23\ntotal 100 97")
		for _, g := range f.Figures() {
			g.Reader, g.Agreed, g.Page = reader, 1, 1
		}
		f.Problems = append(f.Problems, form.Problem{Code: form.NumberUnlabelled, Page: 1})
		for _, d := range Check(&f) {
			if d.Verdict != want {
				t.Errorf("%s: %s is %s, want %s", reader, d.Rule, d.Verdict, want)
			}
		}
	}
}

// A number without a place that is just what a sum is off by was a part of it: nobody is
// accused. Any other number does not matter.
func TestAStrayNumberMayBeAPart(t *testing.T) {
	for stray, want := range map[string]form.Verdict{"10": form.Undecided, "8": form.ByForm} {
		f := readForm(t, "leaf 过程/甲/一 - 50 50\nleaf 过程/甲/二 - 43 42\ntotal - 102")
		n := form.MustAmount(stray)
		f.OtherFields = append(f.OtherFields, form.Figure{Label: "执行分", Text: stray, Reader: layout.ByTextLayer, State: form.Read, Value: &n})
		f.Problems = append(f.Problems, form.Problem{Where: "other_fields[0]", Code: form.NumberUnlabelled, Page: 1})
		d := Check(&f)
		if len(d) != 1 || d[0].Rule != "score-total" || d[0].Verdict != want {
			t.Errorf("stray %s: %+v", stray, d)
		}
	}
}

// A total that is short by points of the execution that are on the form and in no sum, or
// by no more than what the rows' weights leave for them, accuses nobody. Once they are
// counted, it does.
func TestNoAccusationOverPointsElsewhere(t *testing.T) {
	const rows = "leaf 产出/甲/一 - 50 50\nleaf 产出/甲/二 - 43 42\n"
	const ninety = "leaf 产出/甲/一 - 50 50\nleaf 产出/甲/二 - 40 40\n"
	for _, c := range []struct {
		name, form string
		want       []form.Verdict
	}{
		{"a source's score", rows + "fund 村里 - 100 90 7 90% 6.3\ntotal 100 98.3", []form.Verdict{form.Undecided, form.Undecided}},
		{"a source's other score", rows + "fund 村里 - 100 90 7 90% 6.1\ntotal 100 98.3", []form.Verdict{form.Undecided, form.ByForm}},
		{"in a text", rows + "note execution_note 资金执行率90%，分值7分，得分6.3分。\ntotal 100 98.3", []form.Verdict{form.Undecided, form.Undecided}},
		{"nowhere that was read", ninety + "total 100 99.3", []form.Verdict{form.Undecided, form.Undecided}},
		{"more than the rows leave", ninety + "total - 100.5", []form.Verdict{form.ByForm}},
		{"counted", ninety + "fund total - 100 90 10 90% 9\ntotal 100 99.3", []form.Verdict{form.ByForm}},
		{"too much", rows + "fund 村里 - 100 90 7 90% 6.3\ntotal - 85.7", []form.Verdict{form.ByForm}},
	} {
		f := readForm(t, c.form)
		var got []form.Verdict
		for _, d := range Check(&f) {
			if d.Rule == "weight-total" || d.Rule == "score-total" {
				got = append(got, d.Verdict)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Where a ruling line is lost, a section's rows may be too few. That the sections' weights
// make a hundred says nothing of the rows within them; that the rows' weights do, does.
func TestALostRowAccusesNobody(t *testing.T) {
	for text, want := range map[string]form.Verdict{
		"section 过程 - 60 58\nleaf 过程/甲/一 - 40 40\nsection 产出 - 40 40\nleaf 产出/乙/二 - 40 40\ntotal 100 98":                      form.Undecided,
		"section 过程 - 60 58\nleaf 过程/甲/一 - 40 40\nleaf 过程/甲/三 - 20 17\nsection 产出 - 40 40\nleaf 产出/乙/二 - 40 40\ntotal 100 98": form.ByForm,
	} {
		f := readForm(t, text)
		f.Problems = append(f.Problems, form.Problem{Code: layout.GridInDoubt, Page: 1})
		if len(Check(&f)) == 0 {
			t.Error("nothing is broken")
		}
		for _, d := range Check(&f) {
			if d.Rule == "score-section" && d.Verdict != want {
				t.Errorf("%s: %s, want %s", d.Message, d.Verdict, want)
			}
		}
	}
}

// A comma that is a decimal mark: the sources add up once it is, and only numbers with
// one comma come into doubt.
func TestCommaThatIsAMark(t *testing.T) {
	seen := func(text string) *form.Figure {
		v := form.MustAmount(strings.ReplaceAll(text, ",", ""))
		return &form.Figure{Text: text, Value: &v, Unit: "万元", State: form.Read, Reader: layout.ByOCR, Agreed: 1}
	}
	f := form.Form{Unit: "万元", Funds: []form.Fund{
		{Source: "total", Label: "合计", Budget: seen("53.363")},
		{Label: "中央", Budget: seen("44,098")},
		{Label: "县级", Budget: seen("5.258")},
		{Source: "other", Label: "其他", Budget: seen("4.007")},
	}, Indicators: []form.Indicator{{Kind: form.Leaf, Level3: "检测土样", Weight: seen("10"), Score: seen("10")}}}
	f.Funds[1].Budget.Alternatives = []layout.Reading{{Text: "44.098", Reader: layout.ByOCR, By: "tesseract chi_sim"}}
	j := Judge(&f)
	if !slices.Equal(j.LostMarks, []string{"funds[1].budget"}) {
		t.Errorf("in doubt: %v", j.LostMarks)
	}
	if len(j.Discrepancies) != 1 || j.Discrepancies[0].Verdict != form.Misread || j.Discrepancies[0].Repairs[0].To != "44.098" {
		t.Errorf("judged as %+v", j.Discrepancies)
	}
}

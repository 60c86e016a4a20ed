package audit

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"heji/form"
	"heji/layout"
)

// A problem is settled only where an exact sum of points has no room for another
// number: one doubtful figure among figures that are vouched for.
func TestSettled(t *testing.T) {
	for _, c := range []struct {
		name, form string
		want       []string
	}{
		{"one doubtful row of a section", "section 过程 - 42 36.80\nleaf 过程/甲/一 - 20 15.80!19.80\nleaf 过程/甲/二 - 22 21.00", []string{"indicators[1].score"}},
		{"two that may be wrong by the same", "section 过程 - 42 36.80\nleaf 过程/甲/一 - 20 15.80!\nleaf 过程/甲/二 - 22 21.00!", nil},
		{"a sum of one part may be misread twice", "section 过程 - 42 15.80!\nleaf 过程/甲/一 - 20 15.80", nil},
		{"from one to the next", "section 过程 - 42 36.80!\nleaf 过程/甲/一 - 20 15.80!\nleaf 过程/甲/二 - 22 21.00\nsection 产出 - 58 50.00\nleaf 产出/甲/三 - 30 25.00\nleaf 产出/甲/四 - 28 25.00\ntotal - 86.80",
			[]string{"indicators[0].score", "indicators[1].score"}},
		{"a sum that does not hold", "section 过程 - 42 37.80\nleaf 过程/甲/一 - 20 15.80!\nleaf 过程/甲/二 - 22 21.00", nil},
		{"a rounded total has room", "leaf 过程/甲/一 - 20 15.80!15.70\nleaf 过程/甲/二 - 22 21.00\ntotal - 37", nil},
		{"an amount has room", "field carried_over 1.00 万元\nfield initial_budget 2.00! 万元\nfield budget_adjustment 0.00 万元\nfield executed 3.00 万元\nfield year_end_balance 0.00 万元", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := readForm(t, c.form)
			for where, g := range f.Figures() {
				if g.Doubt != "" {
					f.Problems = append(f.Problems, form.Problem{Where: where, Code: g.Doubt})
				}
			}
			got := slices.Sorted(maps.Keys(Judge(&f).Settled))
			if !slices.Equal(got, c.want) {
				t.Errorf("settled %q, want %q", got, c.want)
			}
			judged := Judge(&f)
			for _, p := range f.Problems {
				if judged.Vouched(p.Where) != slices.Contains(c.want, p.Where) {
					t.Errorf("%s is vouched for: %t", p.Where, judged.Vouched(p.Where))
				}
			}
		})
	}
}

// A row that its second level puts into another section accuses nobody where lines are read
// from pixels.
func TestNoAccusationOverAMisplacedRow(t *testing.T) {
	for reader, want := range map[layout.Reader]form.Verdict{layout.ByOCR: form.Undecided, layout.ByTextLayer: form.ByForm} {
		f := readForm(t, "section 产出指标 - 50 50\nleaf 产出指标/数量指标/一 - 30 30\nleaf 产出指标/成本指标/二 - 20 20\nleaf 产出指标/社会效益指标/三 - 9 9")
		for _, g := range f.Figures() {
			g.Reader, g.Agreed, g.Page, g.Confidence = reader, 1, 1, 1
		}
		found := Check(&f)
		if len(found) == 0 {
			t.Errorf("%s: nothing found", reader)
		}
		for _, d := range found {
			if d.Verdict != want {
				t.Errorf("%s: %s is %s, want %s", reader, d.Rule, d.Verdict, want)
			}
		}
	}
}

// What a form printed as text is accused of and a scan is not, as its reading may be to blame.
func TestNoAccusationOverAScansPoints(t *testing.T) {
	for _, c := range []struct {
		name, form, rule string
		want             int // discrepancies
	}{
		{"points add up to more than any form has",
			"leaf 产出/甲/一 - 60 60\nleaf 产出/甲/二 - 40 366\ntotal 100 96.6", "score-total", 1},
		{"two rows with more than twice their weight are in another column's figures",
			"leaf 产出/甲/一 - 10 83.4\nleaf 产出/甲/二 - 5 86.50\nleaf 效益/乙/三 - 85 80\ntotal 100 96.6", "score-exceeds-weight", 2},
		{"a section's name that goes on in that of other rows",
			"section 过程 - 50 50\nleaf 过程/甲/一 - 10 10\nleaf 过程绩效指标/乙/二 - 40 40\nleaf 产出/丙/三 - 50 50\ntotal 100 100", "weight-section", 1},
		{"two sections that were read with one name do not tell whose the rows are",
			"section 上 - 50 50\nleaf 上/甲/一 - 10 10\nsection 上 - 10 10\nleaf 乙/乙/二 - 90 90\ntotal 100 100", "weight-section", 1},
	} {
		for reader, want := range map[layout.Reader]form.Verdict{layout.ByOCR: form.Undecided, layout.ByTextLayer: form.ByForm} {
			f := readForm(t, c.form)
			for _, g := range f.Figures() {
				g.Reader, g.Agreed, g.Page, g.Confidence = reader, 1, 1, 1
			}
			n := 0
			for _, d := range Check(&f) {
				if d.Rule != c.rule {
					continue
				}
				if n++; d.Verdict != want {
					t.Errorf("%s: %s: %s is %s, want %s", c.name, reader, d.Rule, d.Verdict, want)
				}
			}
			if n != c.want {
				t.Errorf("%s: %s: %d found, want %d", c.name, reader, n, c.want)
			}
		}
	}
}

// A section whose name was not surely read and is no section's, 小寺 for 小计, accuses nobody.
func TestNoAccusationUnderNoName(t *testing.T) {
	for name, want := range map[string]form.Verdict{"小寺": form.Undecided, "产出指标": form.ByForm} {
		f := readForm(t, "leaf 甲/甲/一 - 40 40\nsection "+name+" - 50 50\nleaf "+name+"/乙/二 - 10 10")
		for _, g := range f.Figures() {
			g.Reader, g.Agreed, g.Page, g.Confidence = layout.ByOCR, 1, 1, 1
		}
		f.Problems = append(f.Problems, form.Problem{Where: "indicators[1].level1", Code: layout.Disagree})
		n := 0
		for _, d := range Check(&f) {
			if d.Rule == "weight-section" {
				if n++; d.Verdict != want {
					t.Errorf("%s: %s, want %s", name, d.Verdict, want)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s: %d found", name, n)
		}
	}
}

// What is like a number that a reader saw, but for its marks and one digit, may be printed.
func TestLike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"113191", "1131.01", true}, {"113191", "1131.91", true}, {"51", "50", false}, {"12345", "12399", false}} {
		if got := longAlike(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

// Repairs settle all rules together; ties are told and not broken.
func TestRepairs(t *testing.T) {
	for _, c := range []struct {
		name, form string
		verdicts   []form.Verdict
		repairs    int // of the first
	}{
		{"two figures together", "section 过程 - 42 40.80\nleaf 过程/甲/一 - 20 15.80!18.80\nleaf 过程/甲/二 - 22 21.00!22.00", []form.Verdict{form.Misread}, 2},
		{"either of two figures", "section 过程 - 46 40.80\nleaf 过程/甲/一 - 20 15.80!19.80\nleaf 过程/甲/二 - 26 21.00!25.00", []form.Verdict{form.Undecided}, 2},
		{"two rules, one figure", "section 过程 - 42 86.80!36.80\nleaf 过程/甲/一 - 20 15.80\nleaf 过程/甲/二 - 22 21.00\ntotal - 36.80", []form.Verdict{form.Misread, form.Misread, form.Misread}, 1},
		{"what is needed is like nothing that was seen", "section 过程 - 42 40.80\nleaf 过程/甲/一 - 20 12.80!\nleaf 过程/甲/二 - 22 21.00", []form.Verdict{form.ByForm}, 0},
		{"nor in either of two figures", "section 过程 - 42 40.80\nleaf 过程/甲/一 - 20 12.80!\nleaf 过程/甲/二 - 22 21.00!", []form.Verdict{form.Undecided}, 0},
		{"a digit that looks alike, which no reader saw", "section 过程 - 42 39.80\nleaf 过程/甲/一 - 20 13.80!\nleaf 过程/甲/二 - 22 21.00", []form.Verdict{form.Undecided}, 1},
		{"a digit that looks alike in either of two figures", "section 过程 - 49 41.80\nleaf 过程/甲/一 - 20 13.80!\nleaf 过程/甲/二 - 29 23.00!", []form.Verdict{form.Undecided}, 2},
		{"many numbers keep a bound", "leaf 过程/甲/一 - 20 23.80!13.80", []form.Verdict{form.Undecided}, 1},
		{"the weights add up to a hundred", "leaf 过程/甲/一 - 14!11 12.00\nleaf 过程/甲/二 - 11!14 12.00\nleaf 过程/甲/三 - 38 30.00\nleaf 过程/甲/四 - 40 30.00", []form.Verdict{form.Undecided}, 0},
		{"a row that moved by a column", "section 过程 22 22 15.80\nleaf 过程/甲/一 12! 9.80! _\nleaf 过程/甲/二 10 10 6.00", []form.Verdict{form.Misread, form.Misread}, 2},
		{"two cells that changed places", "section 过程 22 22 15.80\nleaf 过程/甲/一 12! 9.80! 12.00!\nleaf 过程/甲/二 10 10 6.00", []form.Verdict{form.Misread, form.Misread, form.Misread, form.Misread}, 2},
		{"a trusted figure is never misread", "section 过程 - 42 39.80\nleaf 过程/甲/一 - 20 13.80\nleaf 过程/甲/二 - 22 21.00", []form.Verdict{form.ByForm}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := readForm(t, c.form)
			var got []form.Verdict
			found := Check(&f)
			for _, d := range found {
				got = append(got, d.Verdict)
			}
			if !slices.Equal(got, c.verdicts) || len(found[0].Repairs) != c.repairs {
				t.Errorf("%v with %+v, want %v with %d", got, found[0].Repairs, c.verdicts, c.repairs)
			}
		})
	}
}

// A wrong subtotal that carries into the total is one mistake.
func TestConsequences(t *testing.T) {
	f := readForm(t, "section 过程 - 42 37.80\nleaf 过程/甲/一 - 20 15.80\nleaf 过程/甲/二 - 22 21.00\nsection 产出 - 58 50.00\nleaf 产出/甲/三 - 58 50.00\ntotal - 86.80")
	found := Check(&f)
	if len(found) != 2 || len(found[0].Consequences) != 1 || found[1].ConsequenceOf == nil || *found[1].ConsequenceOf != (form.Finding{Rule: "score-section", Where: "indicators[0].score"}) {
		t.Errorf("%+v", found)
	}
}

// A row's score that is in its section's sum and in its level's is one mistake,
// though no rule computes it.
func TestOneFigureExplainsTwoRules(t *testing.T) {
	f := readForm(t, "section 过程 - 42 37.80\nleaf 过程/甲/一 - 20 14.80\nleaf 过程/甲/二 - 22 22.00\n")
	f.Indicators = append(f.Indicators, form.Indicator{Kind: form.Section, Level1: "过程", Level2: "甲", Score: readFigure(t, "37.80"), Weight: readFigure(t, "42")})
	found := Check(&f)
	if len(found) != 2 || !strings.Contains(found[0].Message, "indicators[1].score, printed 14.80, were it 15.80") || !strings.Contains(found[1].MessageZH, "若为 15.80 则全部成立") {
		t.Errorf("%+v", found)
	}
}

// Subtotals whose level was not read count as rows, and every point twice.
func TestSubtotalsCountedAsRows(t *testing.T) {
	f := readForm(t, "leaf /甲/过程 - 60 50.00\nleaf /甲/一 - 40 30.00\nleaf /甲/二 - 20 20.00\nleaf /乙/产出 - 40 35.00\nleaf /乙/三 - 20 20.00\nleaf /乙/四 - 20 15.00\ntotal 100 85.00")
	if found := Check(&f); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

// One subtotal whose name was not read counts as a row, and the form is not to be
// accused of it.
func TestASubtotalCountedAsARow(t *testing.T) {
	f := readForm(t, "leaf 投入/甲/一 - 10 9.00\nleaf 投入/甲/二 - 6 6.00\nleaf 投入/潍夷/ - 16 15.00\nleaf 过程/乙/三 - 40 40.00\nleaf 过程/乙/四 - 44 40.00\ntotal 100 95.00")
	if found := Check(&f); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

// A row whose name was not surely read and whose score alone is too much of its section's is
// the total's own, it may be: 总分 cut in two.
func TestATotalCountedAsARow(t *testing.T) {
	f := readForm(t, "section 社会效应 - 23 14.9\nleaf 社会效应/甲/一 - 13 10.65\nleaf 社会效应/甲/二 - 10 4.25\nleaf 社会效应/总/他 - - 76.75")
	verdict := func() form.Verdict {
		found := Check(&f)
		if len(found) != 1 || found[0].Rule != "score-section" {
			t.Fatalf("%+v", found)
		}
		return found[0].Verdict
	}
	if v := verdict(); v != form.ByForm {
		t.Errorf("of a text layer: %s", v)
	}
	f.Problems = append(f.Problems, form.Problem{Where: "indicators[3].level3", Code: layout.Unconfirmed})
	if v := verdict(); v != form.Undecided {
		t.Errorf("of a name in doubt: %s", v)
	}
	f = readForm(t, "section 社会效应 - 26 20.9\nleaf 社会效应/甲/一 - 13 10.65\nleaf 社会效应/甲/二 - 10 4.25\nleaf 社会效应/乙/三 - 3 3.00")
	f.Problems = append(f.Problems, form.Problem{Where: "indicators[3].level3", Code: layout.Unconfirmed})
	if v := verdict(); v != form.ByForm {
		t.Errorf("of a row whose weight is a part: %s", v)
	}
	f = readForm(t, "section 社会效应 - - 14.9\nleaf 社会效应/甲/一 - 13 10.65\nleaf 社会效应/甲/二 - 10 4.25\nleaf 社会效应/乙/三 - 3 3.00\ntarget 3 ≥95 % 96")
	f.Problems = append(f.Problems, form.Problem{Where: "indicators[3].level3", Code: layout.Unconfirmed})
	if v := verdict(); v != form.ByForm {
		t.Errorf("of a row with a target: %s", v)
	}
}

// Where the sources add up in other columns none of them is missing, whatever cells ran together
// on the page.
func TestFundsThatAddUpElsewhere(t *testing.T) {
	for text, want := range map[string]form.Verdict{
		"fund total 114.64 116.74 108.05\nfund fiscal 60.74 63.78 52.05\nfund other 53.9 56.0 56.0": form.ByForm,    // more than the total
		"fund total 114.64 122.74 108.05\nfund fiscal 60.74 63.78 52.05\nfund other 53.9 56.0 56.0": form.ByForm,    // two columns add up
		"fund total 114.64 122.74 107.00\nfund fiscal 60.74 63.78 52.05\nfund other 53.9 56.0 56.0": form.Undecided, // one, and a source may be missing
	} {
		f := readForm(t, text)
		f.Problems = []form.Problem{{Where: "page 2", Code: layout.GridInDoubt, Page: 2}}
		if found := Check(&f); len(found) == 0 || found[0].Where != "funds[0].budget" || found[0].Verdict != want {
			t.Errorf("%s: %+v, want %s", text, found, want)
		}
	}
}

// A percent sign that pixels made a nine of is no other rate.
func TestAPercentSignReadAsNine(t *testing.T) {
	f := readForm(t, "field initial_budget 1540.30 万元\nfield executed 1483.31 万元\nleaf 过程/甲/预算完成率 - 3 3 预算完成率96.309")
	if found := Check(&f); len(found) != 1 {
		t.Errorf("of a text layer: %+v", found)
	}
	f.Indicators[0].Analysis.Reader = layout.ByOCR
	if found := Check(&f); len(found) != 0 {
		t.Errorf("of pixels: %+v", found)
	}
}

// The search is bounded whatever is in doubt, and counted rather than timed.
func TestRepairIsBounded(t *testing.T) {
	text := "section 过程 - 400 401\n"
	for range 40 {
		text += "leaf 过程/甲/一 - 10 7.00!1.00\n"
	}
	f := readForm(t, text)
	j := newJudge(&f)
	j.discrepancies()
	if j.trials > allTrials {
		t.Errorf("%d trials", j.trials)
	}
}

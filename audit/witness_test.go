package audit

import (
	"testing"

	"heji/form"
	"heji/layout"
)

// On a page that lost a line, a section's weight accuses the form only where its rows are
// its rows for sure: their scores add up to the section's, and all weights to the total.
func TestASectionWhoseRowsAreSure(t *testing.T) {
	const right = "section 过程 - 37 12.5\nleaf 过程/执行/甲 - 10 8\nleaf 过程/执行/乙 - 30 4.5\nleaf 产出/数量/丙 - 60 55\ntotal 100 67.5\n"
	for _, c := range []struct {
		name, form string
		want       form.Verdict
	}{
		{"scores and weights are whole", right, form.ByForm},
		{"a row may be another section's", "section 过程 - 37 12.5\nleaf 过程/执行/甲 - 10 12.5\nleaf 过程/执行/乙 - 30 0\nleaf 产出/数量/丙 - 60 55\ntotal 100 67.5\n", form.Undecided},
		{"a row may be lost", "section 过程 - 37 12.5\nleaf 过程/执行/甲 - 10 8\nleaf 过程/执行/乙 - 30 4.5\nleaf 产出/数量/丙 - 60 55\ntotal _ 67.5\n", form.Undecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := readForm(t, c.form)
			for _, g := range f.Figures() {
				g.Page = 2
			}
			f.Problems = []form.Problem{{Where: "page 2", Code: layout.GridInDoubt, Page: 2}}
			for _, d := range Check(&f) {
				if d.Rule == "weight-section" && d.Verdict != c.want {
					t.Errorf("%s: %s, want %s", d.Where, d.Verdict, c.want)
				}
			}
		})
	}
}

// Likewise a total of sections whose weights are the whole.
func TestATotalOfSectionsThatAreAll(t *testing.T) {
	for weight, want := range map[string]form.Verdict{"60": form.ByForm, "50": form.Undecided} {
		f := readForm(t, "section 过程 - 40 31\nleaf 过程/执行/甲 - 40 31\nsection 产出 - "+weight+" 55\nleaf 产出/数量/丙 - "+weight+" 55\ntotal 100 88\n")
		for _, g := range f.Figures() {
			g.Page = 2
		}
		f.Problems = []form.Problem{{Where: "page 2", Code: layout.GridInDoubt, Page: 2}}
		for _, d := range Check(&f) {
			if d.Rule == "score-total" && d.Verdict != want {
				t.Errorf("with a weight of %s: %s, want %s", weight, d.Verdict, want)
			}
		}
	}
}

// A number that a row prints as weight, reference weight and score is misread in all places in
// the same way now and then: what another reader read in each mends them together, whatever
// else the form has wrong.
func TestANumberMisreadAlike(t *testing.T) {
	const rest = "leaf 过程/执行/甲 14 14 14\nleaf 过程/执行/乙 25 25 16\nleaf 产出/数量/丙 60 60 55\n"
	for _, c := range []struct {
		name, form string
		misread    int // discrepancies
		repairs    int // of the first
	}{
		{"twice", "section 过程 30!40 30!40 31\nleaf 过程/执行/丁 1 1 1\n" + rest + "total 100 86\n", 2, 2},
		{"three times", "section 过程 40 40 31\nleaf 过程/执行/丁 4!1 4!1 4!1\n" + rest + "total 100 86\n", 4, 3},
		{"beside a fault of the form", "section 过程 40 40 31\nleaf 过程/执行/丁 4!1 4!1 4!1\n" + rest + "section 产出 61 61 55\ntotal 100 86\n", 3, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := readForm(t, c.form)
			got := Check(&f)
			misread := 0
			for _, d := range got {
				if d.Verdict == form.Misread {
					misread++
				} else if d.Where != "indicators[5].weight" || d.Verdict != form.ByForm {
					t.Errorf("%+v", d)
				}
			}
			if misread != c.misread || len(got[0].Repairs) != c.repairs {
				t.Errorf("%d misread: %+v", misread, got)
			}
		})
	}
}

// A grade is one of four words that are not like each other: one that a reader is sure of
// needs no second reader, a tick does.
func TestAGradeReadOnce(t *testing.T) {
	for _, c := range []struct {
		text, other string
		confidence  float64
		want        form.Verdict
	}{
		{"良", "R", 0.98, form.ByForm}, {"良", "优", 0.98, form.Undecided}, {"良", "", 0.7, form.Undecided}, {"□优 ☑良", "", 0.98, form.Undecided},
	} {
		f := readForm(t, "leaf 产出/数量/丙 - 100 96.85\ntotal 100 96.85\ngrade "+c.text)
		f.Grade.Reader, f.Grade.Confidence = layout.ByOCR, c.confidence
		if c.other != "" {
			f.Grade.Alternatives = []layout.Reading{{Text: c.other, Reader: layout.ByOCR}}
		}
		if got := Check(&f); len(got) != 1 || got[0].Verdict != c.want {
			t.Errorf("%s beside %q: %+v, want %s", c.text, c.other, got, c.want)
		}
	}
}

// 8.66% is read as 8.6696 by one reader: where another read a rate that fits, nobody is
// asked.
func TestARateThatAnotherReaderReadRight(t *testing.T) {
	for other, want := range map[string]int{"预算调整率8.66%,符合要求": 0, "预算调整率8.06%,符合要求": 1} {
		f := readForm(t, "field initial_budget 2688.57 万元\nfield budget_adjustment 232.74 万元\nleaf 过程/执行/预算调整率 - 3 3 预算调整率8.6696,符合要求\n")
		g := f.Indicators[0].Analysis
		g.Reader, g.Doubt, g.Alternatives = layout.ByOCR, layout.Disagree, []layout.Reading{{Text: other, Reader: layout.ByOCR}}
		if got := Check(&f); len(got) != want {
			t.Errorf("beside %s: %+v", other, got)
		}
	}
}

// A line that may be lost within a text of some sentences hides no row of figures.
func TestALostLineInProse(t *testing.T) {
	for y, want := range map[float64]form.Verdict{50: form.ByForm, 300: form.Undecided} {
		f := readForm(t, "leaf 过程/执行/甲 - 40 31\nleaf 产出/数量/丙 - 53 45\ntotal _ 78\n")
		for _, g := range f.Figures() {
			g.Page, g.Reader, g.Agreed = 1, layout.ByOCR, 1
		}
		f.Fields = append(f.Fields, form.Field{Key: "expected_goal", Figure: form.Figure{Page: 1, Reader: layout.ByOCR, State: form.Read,
			Text: "按照年度工作安排组织实施公园管护，全年修剪草坪十二次，补植苗木三百株。", Box: layout.Box{X0: 100, Y0: 40, X1: 300, Y1: 80}}})
		f.Problems = []form.Problem{{Where: "page 1", Code: layout.GridInDoubt, Page: 1, Box: layout.Box{X0: 110, Y0: y, X1: 290, Y1: y + 20}}}
		for _, d := range Check(&f) {
			if d.Rule == "score-total" && d.Verdict != want {
				t.Errorf("at %g: %s, want %s", y, d.Verdict, want)
			}
		}
	}
}

// A row of a scan whose name is in doubt and whose weight could not be read may be a
// section's own: sums over rows accuse nobody.
func TestARowUnknown(t *testing.T) {
	for name, want := range map[string]form.Verdict{"": form.ByForm, "indicators[1].level3": form.Undecided} {
		f := readForm(t, "leaf 过程/执行/甲 - 40 31\nleaf 产出/数量/丙 - 53 45\ntotal _ 78\n")
		for _, g := range f.Figures() {
			g.Page, g.Reader, g.Agreed = 1, layout.ByOCR, 1
		}
		f.Indicators[1].Weight.Value, f.Indicators[1].Weight.Text, f.Indicators[1].Weight.State = nil, "A40", form.Unread
		if name != "" {
			f.Problems = []form.Problem{{Where: name, Code: layout.Unconfirmed, Page: 1}}
		}
		for _, d := range Check(&f) {
			if d.Rule == "score-total" && d.Verdict != want {
				t.Errorf("with %q in doubt: %s, want %s", name, d.Verdict, want)
			}
		}
	}
}

// A fax left of every 4 a 1, for all readers: with what one of them thought of in one figure, and a 4 for a 1 in another,
// the sum holds. So it does where the digits of a reading that is no number are a digit off what is needed.
func TestTwoFiguresMisread(t *testing.T) {
	for _, c := range []struct {
		name, total, source, other, rest string
		want                             form.Verdict
	}{
		{"another reading and a 4 for a 1", "22168966.06", "17350398.00", "17350598.00", "1818368.06", form.Undecided},
		{"another reading and no such digit", "22168966.06", "17350398.00", "17350598.00", "1718368.06", form.ByForm},
		{"no number, a digit off", "16018301.62", "1311319.62", "43.413.19.62", "11676952.00", form.Undecided},
	} {
		f := sourcesOf([3]string{"total", c.total, "0"}, [3]string{"fiscal", c.source, "0"}, [3]string{"other", c.rest, "0"})
		for _, g := range f.Figures() {
			g.Page, g.Reader, g.Agreed = 1, layout.ByOCR, 2
		}
		g := f.Funds[1].Budget
		g.Doubt, g.Agreed, g.Confidence, g.Alternatives = layout.Disagree, 1, 0.99, []layout.Reading{{Text: c.other, Reader: layout.ByOCR, By: "another"}}
		if got := Check(&f); len(got) != 1 || got[0].Verdict != c.want {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
}

// An amount of a scan that was cut in two, 4.01 of 4,011.82, gives no rate that is near the printed one.
func TestARateManyTimesOff(t *testing.T) {
	for executed, want := range map[string]form.Verdict{"4.01": form.Undecided, "3011.82": form.ByForm} {
		f := sourcesOf([3]string{"total", "5214.80", executed})
		rate := form.MustAmount("76.9")
		f.Funds[0].Rate = &form.Figure{Text: "76.9%", Value: &rate, Unit: "%", State: form.Read}
		for _, g := range f.Figures() {
			g.Page, g.Reader, g.Agreed = 1, layout.ByOCR, 2
		}
		if got := Check(&f); len(got) != 1 || got[0].Verdict != want {
			t.Errorf("%s: %+v, want %s", executed, got, want)
		}
	}
}

// A number that became no figure of the record and is just what a sum is short of is one of its parts, as like as not.
func TestANumberThatFoundNoPlace(t *testing.T) {
	for number, want := range map[string]form.Verdict{"8.27": form.Undecided, "7.27": form.ByForm} {
		f := readForm(t, "leaf 过程/执行/甲 - 50 40\nleaf 产出/数量/丙 - 50 49.45\ntotal 100 97.72\n")
		for _, g := range f.Figures() {
			g.Page, g.Reader, g.Agreed = 1, layout.ByTextLayer, 1
		}
		said, _ := form.Unplaced([]string{"12号", number})
		f.Problems = []form.Problem{{Where: "page 1", Code: form.NumberUnplaced, Page: 1, Message: said}}
		for _, d := range Check(&f) {
			if d.Rule == "score-total" && d.Verdict != want {
				t.Errorf("%s: %s, want %s", number, d.Verdict, want)
			}
		}
	}
}

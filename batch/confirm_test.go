package batch

import (
	"context"
	"strings"
	"testing"

	"heji/extract"
	"heji/form"
	"heji/layout"
)

// eyes see the same everywhere.
type eyes struct {
	Reader
	cell layout.Cell
}

func (e eyes) Look(_ context.Context, _ []byte, places []extract.Place) ([]layout.Cell, error) {
	cells := make([]layout.Cell, len(places))
	for i := range cells {
		cells[i] = e.cell
	}
	return cells, nil
}

func ocr(text string, agreed int, doubt string) *form.Figure {
	v := form.MustAmount(text)
	return &form.Figure{Text: text, Value: &v, State: form.Read, Reader: layout.ByOCR, Agreed: agreed, Doubt: doubt, Page: 1, Box: layout.Box{X1: 10, Y1: 10}}
}

// doubted is a section of two rows, the score of the first in doubt.
func doubted(section, first string) *Result {
	f := form.Form{Indicators: []form.Indicator{
		{Kind: form.Section, Level1: "过程", Weight: ocr("42", 1, ""), Score: ocr(section, 1, "")},
		{Kind: form.Leaf, Level1: "过程", Level2: "甲", Level3: "一", Weight: ocr("20", 1, ""), Score: ocr(first, 0, layout.Unconfirmed)},
		{Kind: form.Leaf, Level1: "过程", Level2: "甲", Level3: "二", Weight: ocr("22", 1, ""), Score: ocr("21.00", 1, "")},
	}, Problems: []form.Problem{{Where: "indicators[1].score", Code: layout.Unconfirmed}}}
	return &Result{Forms: []Form{{Form: f}}}
}

// A doubtful score that its section's sum settles is doubtful no more, and the record
// says which rule settled it.
func TestArithmeticSettlesADoubt(t *testing.T) {
	r := doubted("36.80", "15.80")
	if err := r.confirm(t.Context(), eyes{}, nil); err != nil {
		t.Fatal(err)
	}
	f := r.Forms[0].Form
	g := f.Indicators[1].Score
	if g.Doubt != "" || len(f.Problems) != 0 || g.SettledBy == nil || *g.SettledBy != (form.Finding{Rule: "score-section", Where: "indicators[0].score"}) {
		t.Errorf("%+v settled by %v, problems %v", g, g.SettledBy, f.Problems)
	}
}

// Before the form is accused, what nothing vouches for is looked at once more.
func TestASecondLook(t *testing.T) {
	for _, c := range []struct {
		name string
		seen layout.Cell
		want form.Verdict
		left int // problems
	}{
		{"it reads the same", layout.Cell{Reading: layout.Reading{Text: "15.80", Reader: layout.ByOCR}}, form.ByForm, 0},
		{"it reads what the sum needs", layout.Cell{Reading: layout.Reading{Text: "19.80", Reader: layout.ByOCR}}, form.Misread, 1},
		{"it is as unsure", layout.Cell{Reading: layout.Reading{Text: "15.80", Reader: layout.ByOCR}, Doubt: layout.Unconfirmed}, form.Undecided, 1},
	} {
		r := doubted("40.80", "15.80")
		if err := r.confirm(t.Context(), eyes{cell: c.seen}, nil); err != nil {
			t.Fatal(err)
		}
		d := r.Forms[0].Discrepancies
		if len(d) != 1 || d[0].Verdict != c.want || len(r.Forms[0].Form.Problems) != c.left {
			t.Errorf("%s: %+v, problems %v", c.name, d, r.Forms[0].Form.Problems)
		}
	}
}

// Words beside a number, and marks that a reader takes for others, do not hide that
// the number was seen again.
func TestTheSameNumberAgain(t *testing.T) {
	by := func(text, reader string) layout.Reading {
		return layout.Reading{Text: text, Reader: layout.ByOCR, By: reader}
	}
	for _, c := range []struct {
		name   string
		read   string
		first  layout.Reading
		others []layout.Reading
		want   bool
	}{
		{"in a name that is in doubt", "15", by("项目管\n理(15\n荔)", "tesseract chi_sim × 0.62"), nil, true},
		{"another number in the name", "15", by("项目管\n理(13\n荔)", "tesseract chi_sim × 0.62"), nil, false},
		{"two readers, other marks", "4.00", by("4.00\n:", "tesseract chi_sim × 0.62"), []layout.Reading{by("4,00", "tesseract eng × 0.55")}, true},
		{"one reader twice", "4.00", by("4.00:", "tesseract eng × 0.7"), []layout.Reading{by("4,00", "tesseract eng × 0.55")}, false},
		{"a second thought is no reader", "4.00", by("4.00:", "tesseract eng × 0.7"), []layout.Reading{by("4.00", "tesseract chi_sim × 0.62, second")}, false},
		{"no mark at all", "4.00", by("400", "tesseract eng × 0.7"), []layout.Reading{by("400:", "tesseract chi_sim × 0.62")}, false},
		{"a minus sign", "-4.00", by("4.00", "tesseract eng × 0.7"), []layout.Reading{by("4.00", "tesseract chi_sim × 0.62")}, false},
	} {
		seen := layout.Cell{Reading: c.first, Others: c.others, Doubt: layout.Unconfirmed}
		if got := sameNumber(ocr(c.read, 0, layout.Unconfirmed), seen); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// What a second look says of a number that a scan shows small, with one mark or another,
// or in a sentence.
func TestWitnessOfANumber(t *testing.T) {
	number := func(text string, confidence float64, others ...string) *form.Figure {
		v := form.MustAmount(strings.ReplaceAll(text, ",", ""))
		f := &form.Figure{Text: text, Value: &v, Reader: layout.ByOCR, Confidence: confidence}
		for _, o := range others {
			f.Alternatives = append(f.Alternatives, layout.Reading{Text: o, By: "tesseract chi_sim × 0.6"})
		}
		return f
	}
	seen := func(text string, confidence float64, others ...string) layout.Cell {
		c := layout.Cell{Reading: layout.Reading{Text: text, Confidence: confidence, By: "tesseract eng × 0.5"}, Doubt: layout.Unconfirmed}
		for _, o := range others {
			c.Others = append(c.Others, layout.Reading{Text: o, By: "tesseract chi_sim × 0.53"})
		}
		return c
	}
	for name, c := range map[string]struct {
		figure *form.Figure
		look   layout.Cell
		same   bool
	}{
		"a small digit, twice and alone": {number("4", 0.999, "玫"), seen("4", 0.999, "入"), true},
		"another number beside it":       {number("4", 0.999, "玫"), seen("4", 0.999, "44"), false},
		"hardly believed":                {number("4", 0.9, "玫"), seen("4", 0.999, "入"), false},
		"a point or a comma":             {number("44,098", 0.999, "44.098"), seen("44,098", 0.999), false},
		"a comma or a point":             {number("1,305.544", 0.999, "1,305,544"), seen("1,305.544", 0.999), false},
		"grouped, and nobody differs":    {number("44,098", 0.999), seen("44,098", 0.999), true},
	} {
		if got := sameNumber(c.figure, c.look); got != c.same {
			t.Errorf("%s: confirmed is %v", name, got)
		}
	}
	if !quotedIn("81.5", "经打分，自评总分81.5分，等级为中(90分以上为优)") || quotedIn("81.5", "81.6") || !quotedIn("9.5", "9.5/10") || quotedIn("9.5", "8.5/10") || quotedIn("81.5", "自评总分为87.5分") {
		t.Error("a sentence confirms the number that it says, and no other")
	}
}

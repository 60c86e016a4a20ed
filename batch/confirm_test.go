package batch

import (
	"context"
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

package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"heji/form"
	"heji/layout"
)

// confuse is what a reader may have made of a number: a digit that looks like another.
func confuse(t *rapid.T, printed string) string {
	var others []string
	for i := range len(printed) {
		for _, d := range []byte(alike[printed[i]]) {
			others = append(others, printed[:i]+string(d)+printed[i+1:])
		}
	}
	return rapid.SampledFrom(others).Draw(t, "misread as")
}

// scanned makes a form one that two readers agree on.
func scanned(f *form.Form) map[string]*form.Figure {
	figures := map[string]*form.Figure{}
	for w, g := range f.Figures() {
		g.Reader, g.Agreed, g.Page = layout.ByOCR, 1, 1
		g.Value, g.Text = copyAmount(g), g.Value.String()
		figures[w] = g
	}
	return figures
}

func copyAmount(g *form.Figure) *form.Amount {
	v := *g.Value
	return &v
}

// points are the weights and scores that take part in a sum.
func points(figures map[string]*form.Figure) []string {
	var out []string
	for w, g := range figures {
		if (strings.HasSuffix(w, ".score") || strings.HasSuffix(w, ".weight")) && strings.HasPrefix(w, "indicators") && g.Value.Decimal().Sign() > 0 {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// A number that one reader misread and another read right is found, with the right
// value offered and no other, and the form is not accused.
func TestAMisreadNumberIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := trueForm(t)
		figures := scanned(&f)
		where := rapid.SampledFrom(points(figures)).Draw(t, "where")
		g := figures[where]
		right := *g.Value
		text := confuse(t, right.String())
		v := form.MustAmount(text)
		if v.Cmp(right) == 0 {
			return
		}
		g.Agreed, g.Doubt, g.Text, g.Value = 0, layout.Disagree, text, &v
		g.Alternatives = []layout.Reading{{Text: right.String(), Reader: layout.ByOCR, By: "another"}}
		for _, d := range Check(&f) {
			if d.Verdict == form.ByForm {
				t.Fatalf("%s is accused: %s", where, d.Message)
			}
			for _, r := range d.Repairs {
				if r.Where != where || form.MustAmount(r.To).Cmp(right) != 0 {
					t.Fatalf("%s, printed %s, read %s: %+v", where, right, text, d)
				}
			}
		}
	})
}

// A guess about digits that no reader saw is never enough to explain one sum away:
// a fault of the form stays one, or undecided.
func TestAFaultIsNotExplainedAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := trueForm(t)
		figures := scanned(&f)
		all := points(figures)
		where := rapid.SampledFrom(all).Draw(t, "the fault")
		wrong := form.MustAmount(confuse(t, figures[where].Value.String()))
		figures[where].Value, figures[where].Text = &wrong, wrong.String()
		doubted := rapid.SampledFrom(all).Draw(t, "in doubt")
		figures[doubted].Agreed, figures[doubted].Doubt = 0, layout.Unconfirmed
		for _, d := range Check(&f) {
			if d.Verdict == form.Misread {
				t.Fatalf("%s, with %s in doubt: %s %+v", where, doubted, d.Message, d.Repairs)
			}
		}
	})
}

// Whatever is in doubt, a figure that two readers agree on is never changed, and
// what is called misread holds once it is mended.
func TestRepairsMend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := trueForm(t)
		figures := scanned(&f)
		all := points(figures)
		for i := range rapid.IntRange(1, 4).Draw(t, "figures in doubt") {
			g := figures[rapid.SampledFrom(all).Draw(t, fmt.Sprint("figure ", i))]
			text := confuse(t, g.Value.String())
			g.Agreed, g.Doubt = 0, layout.Disagree
			g.Alternatives = append(g.Alternatives, layout.Reading{Text: text, Reader: layout.ByOCR, By: "another"})
			if rapid.Bool().Draw(t, "misread") {
				v := form.MustAmount(text)
				g.Alternatives[0].Text, g.Text, g.Value = g.Value.String(), text, &v
			}
		}
		for _, d := range Check(&f) {
			if d.Verdict != form.Misread {
				continue
			}
			mended := copyOf(&f)
			for w, g := range mended.Figures() {
				for _, r := range d.Repairs {
					if r.Where == w {
						v := form.MustAmount(r.To)
						g.Value = &v
						if figures[w].Agreed > 0 {
							t.Fatalf("two readers agree on %s: %+v", w, d)
						}
					}
				}
			}
			for _, o := range Check(mended) {
				if o.Rule == d.Rule && o.Where == d.Where {
					t.Fatalf("%s is not mended by %+v", d.Message, d.Repairs)
				}
			}
		}
	})
}

// Two readers agree on a number, and a third saw the one that would be right: nobody is
// accused as sure.
func TestAGlimpseAccusesNobody(t *testing.T) {
	for alternative, want := range map[string]form.Verdict{"": form.ByForm, "1746982": form.Undecided, "17416982": form.Undecided, "1746900": form.ByForm} {
		f := sourcesOf([3]string{"total", "1716982", "1"}, [3]string{"other", "1746982", "1"})
		for _, g := range f.Figures() {
			g.Reader, g.Agreed = layout.ByOCR, 2
		}
		if alternative != "" {
			f.Funds[0].Budget.Alternatives = []layout.Reading{{Text: alternative, By: "tesseract chi_sim × 0.53"}}
		}
		for _, d := range Check(&f) {
			if d.Verdict != want {
				t.Errorf("%q seen: %s, want %s", alternative, d.Verdict, want)
			}
		}
	}
}

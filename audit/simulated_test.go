package audit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"heji/audit"
	"heji/form"
	"heji/layout"
	"heji/normalize"
	"heji/samples"
)

// outcomes are what was made of some forms.
type outcomes struct{ forms, accused, misread, undecided, silent, offered, wrong int }

func (o outcomes) String() string {
	return fmt.Sprintf("forms %d: form %d, misread %d, undecided %d, silent %d; right value offered %d, misread with another %d",
		o.forms, o.accused, o.misread, o.undecided, o.silent, o.offered, o.wrong)
}

func (o *outcomes) count(found []form.Discrepancy, where string, right form.Amount) {
	o.forms++
	offered, misread, accused := false, false, false
	for _, d := range found {
		misread = misread || d.Verdict == form.Misread
		accused = accused || d.Verdict == form.ByForm
		for _, r := range d.Repairs {
			offered = offered || r.Where == where && form.MustAmount(r.To).Cmp(right) == 0
		}
	}
	switch {
	case accused:
		o.accused++
	case misread:
		o.misread++
	case len(found) > 0:
		o.undecided++
	default:
		o.silent++
	}
	if offered {
		o.offered++
	}
	if misread && !offered {
		o.wrong++
	}
}

// simulated is a form of the generator as readers of a scan would give it: four of a
// hundred numbers in doubt, most of these with another reading that is wrong.
func simulated(t samples.Truth, r *rand.Rand) (form.Form, map[string]*form.Figure) {
	f := normalize.Normalize(t.Sheet())
	figures := map[string]*form.Figure{}
	for w, g := range f.Figures() {
		g.Reader, g.Page, g.Agreed = layout.ByOCR, 1, 1
		if g.Value == nil {
			continue
		}
		figures[w] = g
		if r.IntN(100) < 4 {
			g.Agreed, g.Doubt = 0, layout.Unconfirmed
			if r.IntN(3) > 0 {
				g.Doubt = layout.Disagree
				g.Alternatives = []layout.Reading{{Text: misreading(r, g.Text), Reader: layout.ByOCR, By: "tesseract eng × 0.55"}}
			}
		}
	}
	return f, figures
}

// misreading is a number with a digit that is another: one that looks like it in four
// of five cases.
func misreading(r *rand.Rand, s string) string {
	like := map[byte]string{'0': "68", '1': "7", '2': "7", '3': "8", '4': "9", '5': "36", '6': "08", '7': "1", '8': "36", '9': "4"}
	b := []byte(s)
	for {
		i := r.IntN(len(b))
		if b[i] < '0' || b[i] > '9' {
			continue
		}
		old := b[i]
		if b[i] = '0' + byte(r.IntN(10)); r.IntN(5) > 0 {
			b[i] = like[old][r.IntN(len(like[old]))]
		}
		if b[i] != old {
			return string(b)
		}
	}
}

// summed are the figures of the form's equations, by path, sorted.
func summed(f *form.Form, figures map[string]*form.Figure) []string {
	var out []string
	for _, id := range audit.Identities(f) {
		if id.State != audit.Holds || !strings.Contains("weight-section weight-total score-section score-total funds-balance funds-total", id.Rule) {
			continue
		}
		wheres := []string{id.Where}
		for _, o := range id.From {
			wheres = append(wheres, o.Where)
		}
		for _, w := range wheres {
			if g := figures[w]; g != nil && g.Value.Decimal().Sign() > 0 && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Scans are simulated, so that misreadings can be counted that real scans have too few
// of: go test ./audit -run TestSimulatedScans -v. A form that is right is never
// accused; of numbers that one reader misread and another did not, nearly all are
// found with the right value; hardly a fault of a form is explained away.
func TestSimulatedScans(t *testing.T) {
	const forms = 300
	var right, faults outcomes
	read := map[string]*outcomes{}
	for i := range forms {
		r := rand.New(rand.NewPCG(77, uint64(i)))
		faulty := samples.Faulty(77, i, i%2 == 1).Truth()
		f, _ := simulated(faulty, r)
		if rule := faulty.Discrepancies[0].Rule; rule != "indicator-rate" && rule != "indicator-score" {
			faults.count(audit.Check(&f), "", form.Amount{})
		}
		clean := samples.Generate(78, i).Truth()
		if i%2 == 1 {
			clean = samples.GenerateProject(78, i).Truth()
		}
		if len(clean.Discrepancies) > 0 {
			continue
		}
		f, _ = simulated(clean, r)
		right.count(audit.Check(&f), "", form.Amount{})
		for _, kind := range []string{"another reader read it right", "a reader thought of it", "nobody saw it"} {
			f, figures := simulated(clean, r)
			wheres := summed(&f, figures)
			if len(wheres) == 0 {
				continue
			}
			g := figures[wheres[r.IntN(len(wheres))]]
			where := wheres[slices.IndexFunc(wheres, func(w string) bool { return figures[w] == g })]
			printed := g.Value.String()
			value := form.MustAmount(printed)
			text := misreading(r, printed)
			v := form.MustAmount(text)
			g.Text, g.Value, g.Agreed, g.Doubt, g.Alternatives = text, &v, 0, layout.Disagree, nil
			switch kind {
			case "another reader read it right":
				g.Alternatives = []layout.Reading{{Text: printed, Reader: layout.ByOCR, By: "tesseract chi_sim × 0.62"}}
			case "a reader thought of it":
				g.Alternatives = []layout.Reading{{Text: printed, Reader: layout.ByOCR, By: "tesseract chi_sim × 0.62" + layout.SecondThought}}
			}
			if read[kind] == nil {
				read[kind] = &outcomes{}
			}
			read[kind].count(audit.Check(&f), where, value)
		}
	}
	t.Logf("right: %v", right)
	t.Logf("with a fault: %v", faults)
	for kind, o := range read {
		t.Logf("one number misread, %s: %v", kind, *o)
	}
	if right.accused+right.misread > 0 {
		t.Errorf("forms that are right: %v", right)
	}
	if faults.misread*100 > faults.forms {
		t.Errorf("faults are explained away: %v", faults)
	}
	if o := read["another reader read it right"]; o.misread*100 < 90*(o.forms-o.silent) || o.wrong*100 > o.forms || o.accused > 0 {
		t.Errorf("misreadings that another reader did not make: %v", *o)
	}
}

package load_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heji/audit"
	"heji/form"
	"heji/layout"
	"heji/load"
	"heji/normalize"
	"heji/samples"
)

// The rules that SQL leaves to heji: they read sentences.
var narrative = []string{"indicator-rate", "narrative-breakdown", "narrative-header"}

// Go and SQL must find the same discrepancies with the same figures, on forms
// that are right, forms with planted mistakes, and forms with anything at all
// changed, dashed out, illegible or missing.
func TestRulesAgreeWithViews(t *testing.T) {
	const forms = 600
	store, conn := open(t)
	d := load.Saved{Document: form.Document{Name: "all.pdf", SHA256: strings.Repeat("a", 64), Pages: 1}, Reader: "v1"}
	var want []string
	fired := map[string]int{}
	for i := range forms {
		var made samples.Form
		if i%2 == 0 {
			made = samples.Generate(20, i)
		} else {
			made = samples.GenerateProject(20, i)
		}
		f := formOf(made.Truth())
		f.Ordinal = i + 1
		if i%3 > 0 {
			spoil(&f, rand.New(rand.NewPCG(20, uint64(i))))
		}
		for _, x := range audit.Check(&f) {
			if !slices.Contains(narrative, x.Rule) {
				want = append(want, fmt.Sprintf("%d %s %s %s %s %s", f.Ordinal, x.Rule, x.Where, x.Printed, unsigned(x.Computed), x.Difference))
				fired[x.Rule]++
			}
		}
		d.Records = append(d.Records, form.Record{Document: d.Document, Form: &f})
	}
	save(t, store, d, load.Inserted)
	if _, err := conn.Exec(t.Context(), `ANALYZE`); err != nil {
		t.Fatal(err)
	}
	got := column(t, conn, `
		SELECT concat_ws(' ', f.ordinal, r.rule, r.where_path, r.printed, r.computed, coalesce(r.difference::text, ''))
		FROM rule_view r JOIN forms f ON f.id = r.form_id`)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Go (-) and SQL (+) differ:\n%s", diff)
	}
	for _, r := range audit.Rules {
		if !slices.Contains(narrative, r.Name) && fired[r.Name] < 5 {
			t.Errorf("%s fired %d times, too few to say anything", r.Name, fired[r.Name])
		}
	}
	t.Logf("%d discrepancies on %d forms: %v", len(want), forms, fired)
}

// unsigned is a number without the sign of a nought, which SQL does not know.
func unsigned(s string) string {
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// formOf is the form that reads as the truth says.
func formOf(truth samples.Truth) form.Form {
	s := form.Sheet{Pages: []int{1}, Kind: truth.Kind, Title: truth.Title, Year: truth.Year, Unit: truth.Unit,
		Total: form.Total{Weight: cell(truth.Total.Weight), Score: cell(truth.Total.Score)}, Grade: cell(truth.Grade)}
	keys := []string{"carried_over", "initial_budget", "budget_adjustment", "other_adjustment", "executed", "year_end_balance", "unit_name"}
	for _, key := range keys {
		if text, ok := truth.Fields[key]; ok {
			s.Fields = append(s.Fields, form.Field{Key: key, Figure: *figureOf(text)})
		}
	}
	for _, x := range truth.Funds {
		s.Funds = append(s.Funds, form.Fund{Source: x.Source, Label: x.Label, Initial: cell(x.Initial), Budget: cell(x.Budget), Executed: cell(x.Executed),
			Weight: cell(x.Weight), Rate: cell(x.Rate), Score: cell(x.Score)})
	}
	for _, x := range truth.Indicators {
		s.Indicators = append(s.Indicators, form.Indicator{Kind: x.Kind, Level1: x.Level1, Level2: x.Level2, Level3: x.Level3, Nature: x.Nature,
			ReferenceWeight: cell(x.ReferenceWeight), Weight: cell(x.Weight), Target: cell(x.Target), Actual: cell(x.Actual), Score: cell(x.Score)})
	}
	return normalize.Normalize(s)
}

// cell is nil for what the truth has no text for.
func cell(text string) *form.Figure {
	if text == "" {
		return nil
	}
	return figureOf(text)
}

func figureOf(text string) *form.Figure {
	return &form.Figure{Text: text, Page: 1, Confidence: 1, Reader: layout.ByTextLayer}
}

// spoil changes a few figures of a form in the ways that paper and readers do.
func spoil(f *form.Form, r *rand.Rand) {
	var numbers []*form.Figure
	for _, g := range f.Figures() {
		if g.Value != nil {
			numbers = append(numbers, g)
		}
	}
	for range 1 + r.IntN(4) {
		g := numbers[r.IntN(len(numbers))]
		if len(f.Funds) > 0 && r.IntN(3) == 0 { // or they would hardly be met
			if m := f.Funds[0]; m.Rate != nil && m.Score != nil && m.Executed != nil {
				g = []*form.Figure{m.Rate, m.Score, m.Executed, m.Weight}[r.IntN(4)]
			}
		}
		if g == nil || g.Value == nil {
			continue
		}
		switch r.IntN(9) {
		case 0:
			g.Text, g.Value, g.State = "—", nil, form.None
		case 1:
			g.Text, g.Value, g.State = "", nil, form.Blank
		case 2:
			g.Text, g.Value, g.State = "", nil, form.Unread
		case 3:
			g.Unit = []string{"", "元", "万元", "亿元", "%", "人"}[r.IntN(6)]
		case 4:
			set(g, "-"+strings.TrimPrefix(g.Value.String(), "-"))
		case 5:
			set(g, "0")
		case 6: // a decimal less
			if s := g.Value.String(); strings.Contains(s, ".") {
				set(g, strings.TrimSuffix(s[:len(s)-1], "."))
			}
		default: // another last digit
			s := g.Value.String()
			set(g, s[:len(s)-1]+fmt.Sprint(r.IntN(10)))
		}
	}
	switch r.IntN(12) {
	case 0:
		f.Total.Weight = nil
	case 1:
		f.Grade = figureOf([]string{"优", " 良好 ", "☑中 □差", "（合格）", "□优 □良", "√优 √良", "不合格"}[r.IntN(7)])
		f.Grade.State = form.Read
	case 2:
		i := r.IntN(len(f.Indicators))
		f.Indicators = slices.Delete(f.Indicators, i, i+1)
	case 3:
		i := r.IntN(len(f.Indicators))
		f.Indicators[i].Level1 = "另一节"
	case 4:
		if len(f.Funds) > 1 {
			f.Funds[1].Source = []string{"total", "区级资金", "other"}[r.IntN(3)]
		}
	}
}

func set(g *form.Figure, s string) {
	a := form.MustAmount(s)
	g.Text, g.Value, g.State = s, &a, form.Read
}

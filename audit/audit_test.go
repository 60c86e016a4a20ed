package audit

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"heji/form"
	"heji/layout"
)

// Each rule has a folder of cases: at least one that fires, one that must stay
// quiet and one with an operand that was not read. A case is a form, one figure or
// row a line, and the findings it must give:
//
//	unit 万元                            of the amounts
//	field executed 1,586.78 万元
//	note execution_note 决算金额1586.78万元。…
//	section 过程 16 16 16.00             reference weight, weight, score
//	leaf 过程/预算执行/结转结余率 3 3 2.80 结转结余率0.99
//	target 1 ≥95 % 90                  of row 1: target, which may be a range 95-98, unit, actual
//	fund total 100 100 90 10 90% 9     initial, budget, executed, weight, rate, score
//	total 100 97.80
//	grade 优
//
// A figure may be _ (blank), — (none), ? (ink not read), or end in ! (one reading,
// not confirmed) or in !1.50 (and another reading says 1.50).
func TestRules(t *testing.T) {
	for _, r := range Rules {
		files, err := filepath.Glob(filepath.Join("testdata", r.Name, "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar")
			names = append(names, strings.SplitN(name, "-", 2)[0])
			t.Run(r.Name+"/"+name, func(t *testing.T) { runCase(t, file) })
		}
		for _, want := range []string{"fires", "quiet", "unread"} {
			if !slices.Contains(names, want) {
				t.Errorf("%s has no case that is %s", r.Name, want)
			}
		}
	}
}

func runCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f form.Form
	want := ""
	for _, part := range archive.Files {
		switch part.Name {
		case "form":
			f = readForm(t, string(part.Data))
		case "want":
			want = strings.TrimSpace(string(part.Data))
		}
	}
	var got []string
	for _, d := range Check(&f) {
		line := fmt.Sprintf("%s %s printed %s computed %s %s", d.Rule, d.Where, d.Printed, d.Computed, d.Verdict)
		for _, r := range d.Repairs {
			line += fmt.Sprintf(" repair %s to %s", r.Where, r.To)
		}
		got = append(got, line)
		if d.Message == "" || d.MessageZH == "" || strings.Contains(d.Message+d.MessageZH, "%!") {
			t.Errorf("message %q %q", d.Message, d.MessageZH)
		}
	}
	if strings.Join(got, "\n") != want {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), want)
	}
}

func readForm(t testing.TB, text string) form.Form {
	t.Helper()
	f := form.Form{Year: 2021}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		at := func(i int) string {
			if i < len(words) {
				return words[i]
			}
			return ""
		}
		switch words[0] {
		case "year":
			_, _ = fmt.Sscan(at(1), &f.Year)
		case "unit":
			f.Unit = at(1)
		case "field":
			g := readFigure(t, at(2))
			g.Unit, g.Label = at(3), at(1)
			f.Fields = append(f.Fields, form.Field{Key: at(1), Figure: *g})
		case "note":
			f.Fields = append(f.Fields, form.Field{Key: at(1), Figure: form.Figure{
				Text: strings.Join(words[2:], " "), State: form.Read, Reader: layout.ByTextLayer}})
		case "section":
			f.Indicators = append(f.Indicators, form.Indicator{Kind: form.Section, Level1: at(1),
				ReferenceWeight: readFigure(t, at(2)), Weight: readFigure(t, at(3)), Score: readFigure(t, at(4))})
		case "leaf":
			levels := strings.SplitN(at(1), "/", 3)
			row := form.Indicator{Kind: form.Leaf, Level1: levels[0], Level2: levels[1], Level3: levels[2],
				ReferenceWeight: readFigure(t, at(2)), Weight: readFigure(t, at(3)), Score: readFigure(t, at(4))}
			if at(5) != "" {
				row.Analysis = &form.Figure{Text: at(5), State: form.Read, Reader: layout.ByTextLayer}
			}
			f.Indicators = append(f.Indicators, row)
		case "target":
			var i int
			_, _ = fmt.Sscan(at(1), &i)
			row := &f.Indicators[i]
			sign := strings.TrimRight(at(2), "0123456789.")
			if strings.HasSuffix(sign, "-") {
				row.Target = &form.Figure{Text: at(2), State: form.Read, Reader: layout.ByTextLayer, Confidence: 1, Comparator: "range"}
			} else {
				row.Target = readFigure(t, strings.TrimPrefix(at(2), sign))
				row.Target.Comparator = map[string]string{"≥": ">=", "≤": "<=", "=": "=", "": ""}[sign]
			}
			row.Target.Unit = at(3)
			row.Actual = readFigure(t, at(4))
			row.Actual.Unit = at(3)
		case "fund":
			row := form.Fund{Source: at(1), Label: at(1), Initial: readFigure(t, at(2)), Budget: readFigure(t, at(3)),
				Executed: readFigure(t, at(4)), Weight: readFigure(t, at(5)), Rate: readFigure(t, at(6)), Score: readFigure(t, at(7))}
			f.Funds = append(f.Funds, row)
		case "total":
			f.Total = form.Total{Weight: readFigure(t, at(1)), Score: readFigure(t, at(2))}
		case "grade":
			text, other, doubted := strings.Cut(strings.Join(words[1:], " "), "!")
			f.Grade = &form.Figure{Text: text, State: form.Read, Reader: layout.ByTextLayer, Confidence: 1}
			if doubted {
				f.Grade.Reader, f.Grade.Doubt = layout.ByOCR, layout.Unconfirmed
				f.Grade.Alternatives = []layout.Reading{{Text: other, Reader: layout.ByOCR, By: "another"}}
			}
		default:
			t.Fatalf("line %q", line)
		}
	}
	return f
}

func readFigure(t testing.TB, s string) *form.Figure {
	t.Helper()
	f := &form.Figure{Text: s, State: form.Read, Reader: layout.ByTextLayer, Confidence: 1}
	switch s {
	case "", "-":
		return nil
	case "_":
		f.Text, f.State = "", form.Blank
		return f
	case "—":
		f.State = form.None
		return f
	case "?":
		f.Text, f.State, f.Doubt = "", form.Unread, layout.Illegible
		return f
	}
	if value, other, ok := strings.Cut(s, "!"); ok {
		f.Text, f.Reader, f.Doubt = value, layout.ByOCR, layout.Unconfirmed
		if other != "" {
			f.Doubt = layout.Disagree
			f.Alternatives = []layout.Reading{{Text: other, Reader: layout.ByOCR, By: "another"}}
		}
	}
	digits := strings.ReplaceAll(f.Text, ",", "")
	if strings.HasSuffix(digits, "%") {
		f.Unit, digits = "%", strings.TrimSuffix(digits, "%")
	}
	v, err := form.NewAmount(digits)
	if err != nil {
		t.Fatal(err)
	}
	f.Value = &v
	return f
}

// A page on which cells ran together may lack a row: the form is not accused of
// what its rows do not add up to.
func TestNoAccusationOverALostLine(t *testing.T) {
	f := readForm(t, "section 过程 - 42 40.80\nleaf 过程/执行/完成率 - 20 19.00\n")
	for _, g := range f.Figures() {
		g.Page = 2
	}
	f.Problems = []form.Problem{{Where: "page 2", Code: layout.GridInDoubt, Page: 2}}
	for _, d := range Check(&f) {
		if d.Verdict == form.ByForm {
			t.Errorf("%s %s: verdict %s", d.Rule, d.Where, d.Verdict)
		}
	}
}

package samples

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/go-cmp/cmp"

	"heji/form"
)

var quantityText = regexp.MustCompile(`^([≥≧≤=═]?)([0-9.]+)`)

// quantity reads a target or an actual: its sign, and its number or nil.
func quantity(t *testing.T, s string) (string, *apd.Decimal) {
	t.Helper()
	m := quantityText.FindStringSubmatch(s)
	if m == nil {
		return "", nil
	}
	return m[1], dec(t, m[2])
}

func mul(t *testing.T, a, b *apd.Decimal) *apd.Decimal {
	t.Helper()
	out := new(apd.Decimal)
	if _, err := exact.Mul(out, a, b); err != nil {
		t.Fatal(err)
	}
	return out
}

func quo(t *testing.T, a, b *apd.Decimal) *apd.Decimal {
	t.Helper()
	out := new(apd.Decimal)
	if _, err := exact.Quo(out, a, b); err != nil {
		t.Fatal(err)
	}
	return out
}

// brokenProject recomputes, from nothing but what is printed, every rule that a
// project form breaks. It leaves the computed value out.
func brokenProject(t *testing.T, truth Truth) []string {
	t.Helper()
	var out []string
	say := func(rule, row, printed string) {
		out = append(out, rule+" "+row+" "+plainValue(strings.TrimSuffix(printed, "分")))
	}
	scored := false
	weights, scores, marks, marked := new(apd.Decimal), new(apd.Decimal), new(apd.Decimal), false
	bySection := map[string]*apd.Decimal{}
	for _, x := range truth.Indicators {
		whole, part := x.Level1, x.Level1+"/"+x.Level2
		for _, name := range []string{whole, part} {
			if bySection[name] == nil {
				bySection[name] = new(apd.Decimal)
			}
		}
		if x.Kind == form.Section && x.Level2 != "" {
			continue
		}
		if x.Kind == form.Section {
			add(t, marks, dec(t, x.Weight))
			marked = true
			continue
		}
		add(t, weights, dec(t, x.Weight))
		add(t, scores, dec(t, x.Score))
		add(t, bySection[whole], dec(t, x.Weight))
		add(t, bySection[part], dec(t, x.Weight))
		if x.Score == "" {
			continue
		}
		scored = true
		if dec(t, x.Score).Cmp(dec(t, x.Weight)) > 0 {
			say("score-exceeds-weight", x.Level3, x.Score)
		}
		sign, target := quantity(t, x.Target)
		if sign == "" && strings.ContainsAny(x.Nature, "≥≧") {
			sign = x.Nature
		}
		_, actual := quantity(t, x.Actual)
		if target == nil || actual == nil || (sign != "≥" && sign != "≧") {
			continue
		}
		expected := dec(t, x.Weight)
		if actual.Cmp(target) < 0 {
			expected = quo(t, mul(t, expected, actual), target)
		}
		slack := apd.New(5, -3)
		if truth.Made.Look.ScoreScale == 1 {
			slack = apd.New(5, -2)
		}
		if !within(t, expected, dec(t, x.Score), slack) {
			say("indicator-score", x.Level3, x.Score)
		}
	}
	for _, x := range truth.Indicators {
		name := x.Level1
		if x.Level2 != "" {
			name += "/" + x.Level2
		}
		if x.Kind == form.Section && dec(t, x.Weight).Cmp(bySection[name]) != 0 {
			say("weight-section", name, x.Weight)
		}
	}
	if len(truth.Funds) > 0 {
		f := truth.Funds[0]
		columns := map[string]func(Fund) string{"initial": func(f Fund) string { return f.Initial }, "budget": func(f Fund) string { return f.Budget }, "executed": func(f Fund) string { return f.Executed }}
		for _, column := range []string{"initial", "budget", "executed"} {
			get := columns[column]
			sum, any := new(apd.Decimal), false
			for _, part := range truth.Funds[1:] {
				add(t, sum, dec(t, get(part)))
				any = any || get(part) != ""
			}
			if any && sum.Cmp(dec(t, get(f))) != 0 {
				say("funds-total", "", get(f))
			}
		}
		name, rateText, weight, score := "", f.Rate, f.Weight, f.Score
		for _, x := range truth.Indicators {
			if truth.Made.Look.Project.ExecutionRow != "" && x.Kind == form.Leaf && x.Level1 == "预算执行率" {
				weight, score = x.Weight, x.Score
				if name = x.Level3; f.Rate != "" {
					if x.Actual != f.Rate {
						t.Errorf("the funds table has a rate of %s, and the row %s", f.Rate, x.Actual)
					}
				}
				rateText = x.Actual
				if strings.Contains(x.Note, "满分") {
					score = "" // by a rule of its own
				}
			}
		}
		if rateText != "" {
			rate := quo(t, dec(t, f.Executed), dec(t, f.Budget))
			rate.Exponent += 2
			told := dec(t, strings.TrimSuffix(rateText, "%"))
			slack := half(told)
			if truth.Made.Look.Project.RateTrim {
				slack = apd.New(5, int32(-truth.Made.Look.Project.RateScale-1))
			}
			wrong := !within(t, rate, told, slack)
			if wrong && f.Rate != "" {
				say("execution-rate", "", rateText)
			} else if wrong {
				say("execution-rate", name, rateText)
			}
			if score != "" {
				if wrong {
					rate = told
				}
				if rate.Cmp(apd.New(100, 0)) > 0 {
					rate = apd.New(100, 0)
				}
				due := mul(t, dec(t, weight), rate)
				due.Exponent -= 2
				slack := apd.New(5, -2)
				if truth.Made.Look.ScoreScale != 1 {
					slack = apd.New(6, -3)
				}
				if !within(t, due, dec(t, score), slack) {
					say("execution-score", name, score)
				}
			}
		}
		add(t, weights, dec(t, strings.Trim(f.Weight, "—-/")))
		add(t, marks, dec(t, f.Weight))
		add(t, scores, dec(t, f.Score))
	}
	if truth.Total.Weight != "" {
		total := dec(t, truth.Total.Weight)
		if total.Cmp(weights) != 0 {
			say("weight-total", "", truth.Total.Weight)
		}
		if marked && marks.Cmp(weights) != 0 {
			say("weight-total", "", truth.Total.Weight)
		}
		if truth.Total.Score != "" && dec(t, truth.Total.Score).Cmp(total) > 0 {
			say("score-exceeds-weight", "", truth.Total.Score)
		}
	} else if scored && weights.Cmp(apd.New(100, 0)) != 0 {
		t.Errorf("weights add up to %s", weights)
	}
	if truth.Total.Score != "" {
		total := dec(t, strings.TrimSuffix(truth.Total.Score, "分"))
		if total.Cmp(scores) != 0 {
			say("score-total", "", truth.Total.Score)
		}
		if truth.Grade != "" && gradeOf(points(hundredths(t, total))) != truth.Grade {
			out = append(out, "grade  "+truth.Grade)
		}
	}
	return out
}

func hundredths(t *testing.T, d *apd.Decimal) int64 {
	t.Helper()
	n, err := mul(t, d, apd.New(100, 0)).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestProjectTruthIsWhole(t *testing.T) {
	seen, families := map[string]int{}, map[string]int{}
	for i := range 1500 {
		f := GenerateProject(7, i)
		truth := f.Truth()
		var got []string
		for _, d := range truth.Discrepancies {
			got = append(got, d.Rule+" "+d.Row+" "+plainValue(d.Printed))
			seen[d.Rule]++
		}
		want := brokenProject(t, truth)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			text, _ := truth.JSON()
			t.Fatalf("form %d: recomputed (-) and told (+):\n%s%s", i, diff, text)
		}
		families[f.Look().Project.Family]++
	}
	for _, rule := range ProjectPlants() {
		if seen[rule] < 20 {
			t.Errorf("%s was planted %d times", rule, seen[rule])
		}
	}
	if len(families) != len(projectFamilies()) {
		t.Error("families", families)
	}
	t.Log(seen, families)
}

func TestProjectTruthIsPrinted(t *testing.T) {
	for i := range 300 {
		f := GenerateProject(3, i)
		page, truth := f.HTML(), f.Truth()
		var texts []string
		for _, text := range truth.Fields {
			texts = append(texts, text)
		}
		for _, x := range truth.Indicators {
			if x.Kind == form.Leaf {
				if x.Level2 != "" && !strings.Contains(page, ">"+x.Level2+"<") && !strings.Contains(page, ">"+x.Level2+"（") && !strings.Contains(page, ">"+x.Level2+"(") {
					t.Fatalf("form %d does not print the name %q, with points or without", i, x.Level2)
				}
				texts = append(texts, x.Level3, x.Nature, x.Target, x.Unit, x.Actual, x.Weight, x.Score, x.Note, x.Analysis, x.Core)
			}
		}
		for _, x := range truth.Funds {
			texts = append(texts, x.Label, x.Initial, x.Budget, x.Executed, x.Weight, x.Rate, x.Score)
		}
		texts = append(texts, truth.Total.Weight, truth.Total.Score)
		for _, text := range texts {
			if text != "" && !strings.Contains(page, ">"+text+"<") {
				t.Fatalf("form %d does not print %q", i, text)
			}
		}
	}
}

func TestProjectGridsAreRectangles(t *testing.T) {
	for i := range 300 {
		for _, g := range GenerateProject(7, i).grids() {
			if err := rectangle(g); err != nil {
				t.Fatalf("form %d (%s): %v", i, GenerateProject(7, i).Look().Project.Family, err)
			}
		}
	}
}

// rectangle says which place of the grid is not taken exactly once.
func rectangle(g grid) error {
	rows := append(slices.Clone(g.head), g.body...)
	taken := map[[2]int]int{}
	starts := columnsOf(rows, len(g.widths))
	for y, row := range rows {
		for i, c := range row {
			for dy := range max(1, c.rows) {
				for dx := range max(1, c.cols) {
					taken[[2]int{y + dy, starts[y][i] + dx}]++
				}
			}
		}
	}
	for y := range rows {
		for x := range g.widths {
			if n := taken[[2]int{y, x}]; n != 1 {
				return fmt.Errorf("place %d,%d is taken %d times", y, x, n)
			}
			delete(taken, [2]int{y, x})
		}
	}
	if len(taken) > 0 {
		return fmt.Errorf("beyond the grid: %v", taken)
	}
	return nil
}

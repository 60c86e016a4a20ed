package samples

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/go-cmp/cmp"

	"heji/form"
)

var exact = apd.BaseContext.WithPrecision(60)

// dec reads a printed figure; a blank or a dash is nothing.
func dec(t *testing.T, s string) *apd.Decimal {
	t.Helper()
	s = strings.TrimSuffix(strings.TrimSuffix(ungroup(s), "元"), "万")
	if s == "" || s == "—" {
		return new(apd.Decimal)
	}
	d, _, err := apd.NewFromString(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}

func add(t *testing.T, sum, by *apd.Decimal) {
	t.Helper()
	if _, err := exact.Add(sum, sum, by); err != nil {
		t.Fatal(err)
	}
}

// half is half a unit of the last printed digit.
func half(d *apd.Decimal) *apd.Decimal { return apd.New(5, min(d.Exponent, 0)-1) }

// within reports whether |a-b| is no more than slack.
func within(t *testing.T, a, b, slack *apd.Decimal) bool {
	t.Helper()
	d := new(apd.Decimal)
	if _, err := exact.Sub(d, a, b); err != nil {
		t.Fatal(err)
	}
	return d.Abs(d).Cmp(slack) <= 0
}

func key(rule, row string, printed, computed *apd.Decimal) string {
	a, b := new(apd.Decimal), new(apd.Decimal)
	a.Reduce(printed)
	b.Reduce(computed)
	return fmt.Sprintf("%s %s %s %s", rule, row, a.Text('f'), b.Text('f'))
}

var (
	initialQuote  = regexp.MustCompile(`年初预算为?([\d.]+)(万?元)`)
	executedQuote = regexp.MustCompile(`(?:全年实际执行|年度决算金额|当年支出决算)([\d.]+)(万?元)`)
	partQuote     = regexp.MustCompile(`(?:基本支出|项目支出|人员经费|公用经费)([\d.]+)万?元`)
	rateQuote     = regexp.MustCompile(`^(预算完成率|预算调整率|结转结余率|结转结余变动率)为?(-?[\d.]+)%`)
)

// broken recomputes, from nothing but what is printed, every rule that a form
// breaks.
func broken(t *testing.T, truth Truth) []string {
	t.Helper()
	var out []string
	say := func(rule, row string, printed, computed *apd.Decimal) {
		out = append(out, key(rule, row, printed, computed))
	}

	// Points: everything is exact.
	leafWeights, leafScores, sectionWeights, sectionScores := new(apd.Decimal), new(apd.Decimal), new(apd.Decimal), new(apd.Decimal)
	type sums struct{ weight, score *apd.Decimal }
	of := map[string]sums{}
	for _, x := range truth.Indicators {
		if _, seen := of[x.Level1]; !seen {
			of[x.Level1] = sums{new(apd.Decimal), new(apd.Decimal)}
		}
		if x.Kind == form.Leaf {
			for _, sum := range []*apd.Decimal{leafWeights, of[x.Level1].weight} {
				add(t, sum, dec(t, x.Weight))
			}
			for _, sum := range []*apd.Decimal{leafScores, of[x.Level1].score} {
				add(t, sum, dec(t, x.Score))
			}
		}
	}
	sections := false
	for _, x := range truth.Indicators {
		name, weight, score := x.Level3, dec(t, x.Weight), dec(t, x.Score)
		if x.Kind == form.Section {
			sections = true
			name = x.Level1
			add(t, sectionWeights, weight)
			add(t, sectionScores, score)
			if weight.Cmp(of[name].weight) != 0 {
				say("weight-section", name, weight, of[name].weight)
			}
			if score.Cmp(of[name].score) != 0 {
				say("score-section", name, score, of[name].score)
			}
		}
		if x.ReferenceWeight != "" && weight.Cmp(dec(t, x.ReferenceWeight)) != 0 {
			say("weight-assigned", name, weight, dec(t, x.ReferenceWeight))
		}
		if score.Cmp(weight) > 0 || score.Negative {
			say("score-exceeds-weight", name, score, weight)
		}
	}
	total := dec(t, truth.Total.Score)
	expected := leafScores
	if sections {
		expected = sectionScores
	}
	if total.Cmp(expected) != 0 {
		say("score-total", "", total, expected)
	}
	if truth.Total.Weight != "" {
		weight := dec(t, truth.Total.Weight)
		if weight.Cmp(leafWeights) != 0 {
			say("weight-total", "", weight, leafWeights)
		}
		if sections && sectionWeights.Cmp(leafWeights) != 0 {
			say("weight-total", "", weight, sectionWeights)
		}
		if total.Cmp(weight) > 0 {
			say("score-exceeds-weight", "", total, weight)
		}
	}
	earned := "差"
	for _, band := range []struct {
		grade string
		from  int64
	}{{"中", 60}, {"良", 80}, {"优", 90}} {
		if total.Cmp(apd.New(band.from, 0)) >= 0 {
			earned = band.grade
		}
	}
	if earned != truth.Grade {
		out = append(out, fmt.Sprintf("grade  %s %s", truth.Grade, earned))
	}

	// Amounts: half a unit of the last digit of each.
	f := truth.Fields
	balance, slack := new(apd.Decimal), new(apd.Decimal)
	for _, name := range []string{"carried_over", "initial_budget", "budget_adjustment", "other_adjustment", "executed", "year_end_balance"} {
		d := dec(t, f[name])
		add(t, slack, half(d))
		switch name {
		case "executed":
			add(t, balance, new(apd.Decimal).Neg(d))
		case "year_end_balance":
			if !within(t, balance, d, slack) {
				say("funds-balance", "", d, balance)
			}
		default:
			add(t, balance, d)
		}
	}
	initial, executed := initialQuote.FindStringSubmatch(f["execution_note"]), executedQuote.FindStringSubmatch(f["execution_note"])
	for name, quote := range map[string][]string{"initial_budget": initial, "executed": executed} {
		if quote == nil {
			t.Fatalf("no quotation of %s in %q", name, f["execution_note"])
		}
		header, quoted := dec(t, f[name]), dec(t, quote[1])
		if truth.Unit == "元" && quote[2] == "万元" {
			quoted.Exponent += 4
		}
		slack := apd.New(0, 0)
		add(t, slack, half(header))
		add(t, slack, half(quoted))
		if truth.Unit == "元" && quote[2] == "万元" {
			slack = apd.New(50, 0)
		}
		if !within(t, header, quoted, slack) {
			say("narrative-header", "", quoted, header)
		}
	}
	if parts := partQuote.FindAllStringSubmatch(f["execution_note"], -1); parts != nil {
		sum, slack := new(apd.Decimal), half(dec(t, executed[1]))
		for _, p := range parts {
			add(t, sum, dec(t, p[1]))
			add(t, slack, half(dec(t, p[1])))
		}
		if !within(t, sum, dec(t, executed[1]), slack) {
			say("narrative-breakdown", "", dec(t, executed[1]), sum)
		}
	}
	return append(out, brokenRates(t, truth)...)
}

// brokenRates are the quoted rates that no usual denominator explains; the
// truth's own computed value is not ours to know, so it is left out.
func brokenRates(t *testing.T, truth Truth) []string {
	t.Helper()
	var out []string
	amount := func(names ...string) *apd.Decimal {
		sum := new(apd.Decimal)
		for _, name := range names {
			add(t, sum, dec(t, truth.Fields[name]))
		}
		return sum
	}
	all := []string{"carried_over", "initial_budget", "budget_adjustment", "other_adjustment"}
	for _, x := range truth.Indicators {
		quote := rateQuote.FindStringSubmatch(x.Analysis)
		if quote == nil {
			continue
		}
		of := map[string]*apd.Decimal{"预算完成率": amount("executed"), "预算调整率": amount("budget_adjustment"), "结转结余率": amount("year_end_balance")}[quote[1]]
		bases := []*apd.Decimal{amount("initial_budget"), amount("initial_budget", "budget_adjustment"), amount(all...), amount("executed")}
		if quote[1] == "结转结余变动率" {
			of = amount("year_end_balance")
			add(t, of, new(apd.Decimal).Neg(amount("carried_over")))
			bases = []*apd.Decimal{amount("carried_over")}
		}
		if quote[1] == "预算调整率" {
			of.Abs(of)
		}
		explained := false
		for _, base := range bases {
			rate := new(apd.Decimal)
			if base.IsZero() {
				continue
			}
			if _, err := exact.Quo(rate, of, base); err != nil {
				t.Fatal(err)
			}
			rate.Exponent += 2
			explained = explained || within(t, rate, dec(t, quote[2]), half(dec(t, quote[2])))
		}
		if !explained {
			out = append(out, fmt.Sprintf("indicator-rate %s %s", x.Level3, quote[2]))
		}
	}
	return out
}

// told are the truth's discrepancies in the words of broken.
func told(t *testing.T, truth Truth) []string {
	t.Helper()
	var out []string
	for _, d := range truth.Discrepancies {
		switch d.Rule {
		case "grade":
			out = append(out, fmt.Sprintf("grade  %s %s", d.Printed, d.Computed))
		case "indicator-rate":
			out = append(out, fmt.Sprintf("indicator-rate %s %s", d.Row, d.Printed))
		default:
			out = append(out, key(d.Rule, d.Row, dec(t, d.Printed), dec(t, d.Computed)))
		}
	}
	return out
}

func TestTruthIsWhole(t *testing.T) {
	seen := map[string]int{}
	consistent := 0
	for i := range 1000 {
		f := Generate(7, i)
		truth := f.Truth()
		want, got := broken(t, truth), told(t, truth)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("form %d: recomputed (-) and told (+):\n%s%v\n%+v", i, diff, truth.Fields, f.Look())
		}
		for _, d := range truth.Discrepancies {
			seen[d.Rule]++
		}
		if len(truth.Discrepancies) == 0 {
			consistent++
		}
	}
	for _, rule := range Plants() {
		if seen[rule] < 20 {
			t.Errorf("%s was planted %d times", rule, seen[rule])
		}
	}
	t.Log(consistent, "consistent", seen)
}

func TestTruthIsPrinted(t *testing.T) {
	for i := range 200 {
		f := Generate(3, i)
		page := f.HTML()
		truth := f.Truth()
		for key, text := range truth.Fields {
			if !strings.Contains(page, ">"+text+"<") {
				t.Errorf("form %d does not print %s %q", i, key, text)
			}
		}
		for _, x := range truth.Indicators {
			for _, text := range []string{x.Level1, x.Level3, x.Weight, x.ReferenceWeight, x.Analysis, x.Score} {
				if !strings.Contains(page, ">"+text+"<") {
					t.Errorf("form %d does not print %q of row %v", i, text, x)
				}
			}
		}
	}
}

func TestSameSeedSameForm(t *testing.T) {
	a, b := Generate(5, 17), Generate(5, 17)
	first, err := a.Truth().JSON()
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.Truth().JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) || a.HTML() != b.HTML() || a.Text() != b.Text() {
		t.Error("two makings of one form differ")
	}
}

func TestGridsAreRectangles(t *testing.T) {
	for i := range 300 {
		for _, g := range Generate(7, i).grids() {
			rows := append(slices.Clone(g.head), g.body...)
			filled := make([][]int, len(rows))
			for y := range filled {
				filled[y] = make([]int, len(g.widths))
			}
			for y, row := range rows {
				x := 0
				for _, c := range row {
					for x < len(g.widths) && filled[y][x] > 0 {
						x++
					}
					for dy := range max(1, c.rows) {
						for dx := range max(1, c.cols) {
							if y+dy >= len(rows) || x+dx >= len(g.widths) {
								t.Fatalf("form %d: cell %q of row %d runs out of the grid", i, c.text, y)
							}
							filled[y+dy][x+dx]++
						}
					}
				}
			}
			for y := range filled {
				for x, n := range filled[y] {
					if n != 1 {
						t.Fatalf("form %d: place %d,%d is taken %d times", i, y, x, n)
					}
				}
			}
		}
	}
}

func TestCommittedTruth(t *testing.T) {
	for _, s := range Committed() {
		want, err := s.TruthJSON()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(s.TruthName())
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what the generator makes now; run it with -committed (-want +got):\n%s", s.TruthName(), diff)
		}
		if _, err := os.Stat(s.Name); err != nil {
			t.Error(err)
		}
		list, err := os.ReadFile("README")
		if err != nil || !strings.Contains(string(list), path.Base(s.Name)) {
			t.Errorf("README does not list %s (%v)", s.Name, err)
		}
	}
}

func TestNumberText(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{decimalText(-5, 2), "-0.05"},
		{decimalText(158678, 2), "1586.78"},
		{decimalText(16, 0), "16"},
		{trimZeros("1540.30"), "1540.3"},
		{trimZeros("100.00"), "100"},
		{trimZeros("100"), "100"},
		{groupDigits("1586.78"), "1,586.78"},
		{groupDigits("-123456"), "-123,456"},
		{groupDigits("999.99"), "999.99"},
		{amountText(15_867_849*yuan/100*100, "万元", 2), "1586.78"},
		{amountText(50*yuan, "万元", 2), "0.01"},
		{pointsText(280, 2), "2.80"},
		{pointsText(280, -1), "2.8"},
		{percentText(1, 3, 2), "33.33"},
		{percentText(-2, 3, 2), "-66.67"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestImagePDF(t *testing.T) {
	s := Scan{DPI: 72, Fax: true}
	img, err := s.spoil(image.NewGray(image.Rect(0, 0, 200, 300)), 0)
	if err != nil {
		t.Fatal(err)
	}
	pdf := imagePDF([]pageImage{img, img})
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.HasSuffix(pdf, []byte("%%EOF\n")) || countPages(pdf) != 2 {
		t.Errorf("not a PDF of two pages: %.300q", pdf)
	}
}

func TestRender(t *testing.T) {
	b, err := OpenBrowser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	l := Committed()[0].Form.Look()
	l.NewPage = true
	f := Build(2, 2, l)
	text, err := b.PDF(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte("%PDF-")) || !bytes.Contains(text, []byte("/Font")) || countPages(text) < 2 {
		t.Errorf("no text PDF of two pages or more: %d pages, %.100q", countPages(text), text)
	}
	scan, err := b.ScanPDF(t.Context(), f, Scan{DPI: 100, Skew: 1, Noise: 3, Seal: true, Quality: 60})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(scan, []byte("%PDF-")) || bytes.Contains(scan, []byte("/Font")) || countPages(scan) != countPages(text) {
		t.Errorf("the scan has %d pages, the print %d", countPages(scan), countPages(text))
	}
}

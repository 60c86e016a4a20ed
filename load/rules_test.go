package load_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/go-cmp/cmp"

	"heji/audit"
	"heji/form"
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
	const forms = 1200
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
		f := normalize.Normalize(made.Truth().Sheet())
		f.Ordinal = i + 1
		if i%3 > 0 {
			spoil(&f, rand.New(rand.NewPCG(20, uint64(i))))
		}
		for _, x := range audit.Check(&f) {
			if !slices.Contains(narrative, x.Rule) {
				want = append(want, fmt.Sprintf("%d %s %s %s %s %s", f.Ordinal, x.Rule, x.Where, unsigned(x.Printed), unsigned(x.Computed), x.Difference))
				fired[x.Rule]++
			}
		}
		d.Records = append(d.Records, form.Record{Document: d.Document, Form: &f})
	}
	save(t, store, d, load.Inserted)
	if _, err := conn.Exec(t.Context(), `ANALYZE; SET jit = off`); err != nil {
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
		if i := slices.IndexFunc(f.Indicators, func(x form.Indicator) bool { return x.Level3 == "预算执行率" }); i >= 0 && r.IntN(2) == 0 {
			x := f.Indicators[i]
			g = []*form.Figure{x.Target, x.Actual, x.Weight, x.Score}[r.IntN(4)]
		}
		if len(f.Funds) > 0 && r.IntN(3) == 0 { // or they would hardly be met
			if m := f.Funds[0]; m.Rate != nil && m.Score != nil && m.Executed != nil {
				g = []*form.Figure{m.Rate, m.Score, m.Executed, m.Weight}[r.IntN(4)]
			}
		}
		if len(f.Funds) > 1 && r.IntN(6) == 0 {
			g = f.Funds[1].Rate
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
	switch r.IntN(15) {
	case 12, 13:
		detail(f, r)
	case 14:
		for i := range f.Indicators {
			if x := &f.Indicators[i]; x.Level3 == "预算执行率" {
				x.Level3 = []string{"", "预算执行率（%）", "资金执行率", "执行率"}[r.IntN(4)]
			}
		}
	case 0:
		f.Total.Weight = nil
	case 1:
		f.Grade = &form.Figure{Page: 1, Text: []string{"优", " 良好 ", "☑中 □差", "（合格）", "□优 □良", "√优 √良", "不合格"}[r.IntN(7)]}
		f.Grade.State = form.Read
	case 2:
		i := r.IntN(len(f.Indicators))
		f.Indicators = slices.Delete(f.Indicators, i, i+1)
	case 3:
		i := r.IntN(len(f.Indicators))
		f.Indicators[i].Level1 = "另一节"
	case 7, 8: // targets that are ranges, or were adjusted
		for i := range f.Indicators {
			x := &f.Indicators[i]
			if x.Target == nil || x.Actual == nil || x.Actual.Value == nil || r.IntN(2) == 0 {
				continue
			}
			g := &form.Figure{Page: 1, Text: x.Target.Text, Value: x.Target.Value, State: form.Read, Unit: x.Target.Unit, Comparator: x.Target.Comparator}
			if r.IntN(3) > 0 {
				text := fmt.Sprintf("%d%s%s%d%s", r.IntN(60), []string{"", "%", x.Target.Unit}[r.IntN(3)], []string{"-", "～", " 至 "}[r.IntN(3)], r.IntN(120), []string{"", "%", "人", "月"}[r.IntN(4)])
				n, _ := normalize.Parse(text)
				g.Text, g.Value, g.Comparator = text, nil, n.Comparator
			}
			if r.IntN(3) == 0 {
				x.AdjustedTarget = g
				if r.IntN(3) == 0 {
					g.Text, g.Value, g.Comparator, g.State = "—", nil, "", form.None
				}
			} else {
				x.Target = g
			}
		}
	case 5, 6: // a total score without the execution's
		if len(f.Funds) > 0 && f.Funds[0].Score != nil && f.Funds[0].Score.Value != nil && f.Total.Score != nil && f.Total.Score.Value != nil {
			var d apd.Decimal
			if _, err := apd.BaseContext.WithPrecision(30).Sub(&d, f.Total.Score.Value.Decimal(), f.Funds[0].Score.Value.Decimal()); err == nil {
				set(f.Total.Score, d.Text('f'))
			}
		}
	case 4:
		if len(f.Funds) > 1 {
			f.Funds[1].Source = []string{"total", "区级资金", "other"}[r.IntN(3)]
		}
	}
}

// detail puts rows under a source that say what it is made of, right or wrong in a column.
func detail(f *form.Form, r *rand.Rand) {
	if len(f.Funds) < 2 {
		return
	}
	i := 1 + r.IntN(len(f.Funds)-1)
	parts := []form.Fund{{Source: "中央", Label: "中央"}, {Source: "省级", Label: "省级"}, {Source: "市县", Label: "市县"}}[:2+r.IntN(2)]
	for _, of := range []func(*form.Fund) **form.Figure{
		func(x *form.Fund) **form.Figure { return &x.Initial }, func(x *form.Fund) **form.Figure { return &x.Budget }, func(x *form.Fund) **form.Figure { return &x.Executed },
	} {
		whole := *of(&f.Funds[i])
		if whole == nil || whole.Value == nil {
			continue
		}
		n, err := strconv.ParseFloat(whole.Value.String(), 64)
		if err != nil {
			continue
		}
		for k := range parts {
			g := *whole
			part := n * float64(k+1) / float64(len(parts)*(len(parts)+1)/2)
			if k == 0 && r.IntN(6) == 0 {
				part += 7
			}
			set(&g, strconv.FormatFloat(part, 'f', whole.Value.Scale(), 64))
			*of(&parts[k]) = &g
		}
	}
	f.Funds = slices.Insert(f.Funds, i+1, parts...)
}

func set(g *form.Figure, s string) {
	a := form.MustAmount(s)
	g.Text, g.Value, g.State = s, &a, form.Read
}

func TestQuestions(t *testing.T) {
	store, conn := open(t)
	add := func(name string, change func(*form.Form)) {
		d := sample(name)
		change(d.Records[0].Form)
		save(t, store, d, load.Inserted)
	}
	year := func(y int, carried, balance string) func(*form.Form) {
		return func(f *form.Form) {
			f.Year = y
			for key, text := range map[string]string{"carried_over": carried, "year_end_balance": balance} {
				g := figure("", text, text)
				g.Unit = "万元"
				f.Fields = append(f.Fields, form.Field{Key: key, Figure: *g})
			}
		}
	}
	add("a", year(2020, "1.00", "12.50"))
	add("b", year(2021, "12.5", "7.00")) // the same, rounded
	add("c", year(2022, "8.00", "1.00"))
	equal(t, column(t, conn, `SELECT concat_ws(' ', year, carried_over_gap_yuan::numeric(12,2), carried_over_agrees, score_change) FROM unit_history_view ORDER BY year`),
		[]string{"2020", "2021 0.00 t 0.00", "2022 10000.00 f 0.00"})
	equal(t, column(t, conn, `SELECT concat_ws(' ', unit_name, year, forms, mean_score, contradictory_forms, problems) FROM unit_year_view ORDER BY year`),
		[]string{"甲单位 2020 1 97.80 1 1", "甲单位 2021 1 97.80 1 1", "甲单位 2022 1 97.80 1 1"})

	equal(t, column(t, conn, `SELECT form_id::text FROM outlier_view`), []string{})
	for i := range 25 {
		add(fmt.Sprint("of many ", i), func(f *form.Form) {
			f.Year, f.Total.Score = 2019, figure("", "", fmt.Sprint(90+i%5))
			if i == 7 {
				f.Total.Score = figure("", "31", "31")
			}
		})
	}
	equal(t, column(t, conn, `SELECT concat_ws(' ', total_score, usual_from, usual_to, forms) FROM outlier_view`), []string{"31 88.00 96.00 25"})

	equal(t, column(t, conn, `SELECT form_id::text FROM full_score_view`), []string{})
	add("full", func(f *form.Form) {
		f.Year, f.Indicators = 2018, nil
		for range 5 {
			f.Indicators = append(f.Indicators, form.Indicator{Kind: form.Leaf, Weight: figure("", "20", "20"), Score: figure("", "20.00", "20.00")})
		}
	})
	equal(t, column(t, conn, `SELECT concat_ws(' ', year, rows) FROM full_score_view`), []string{"2018 5"})
}

// A reader sees every table and view and changes none.
func TestReader(t *testing.T) {
	_, conn := open(t)
	role := fmt.Sprintf("heji_read_%d", rand.Uint64())
	if _, err := conn.Exec(t.Context(), `SELECT heji_let_read($1)`, role); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if _, err := conn.Exec(t.Context(), `RESET ROLE; DROP OWNED BY `+role+`; DROP ROLE `+role); err != nil {
			t.Error(err)
		}
	}()
	if _, err := conn.Exec(t.Context(), `SET ROLE `+role); err != nil {
		t.Fatal(err)
	}
	equal(t, column(t, conn, `SELECT count(*)::text FROM discrepancy_view`), []string{"0"})
	equal(t, column(t, conn, `SELECT count(*)::text FROM rule_view`), []string{"0"})
	for _, secret := range []string{"review_users", "review_sessions", "review_tokens"} {
		equal(t, column(t, conn, `SELECT has_table_privilege(c.oid, 'SELECT')::text FROM pg_class c WHERE relname = $1 AND has_table_privilege(c.oid, 'SELECT')`, secret), []string{})
	}
	if _, err := conn.Exec(t.Context(), `DELETE FROM forms`); err == nil {
		t.Error("a reader may delete")
	}
}

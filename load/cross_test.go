package load_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heji/form"
	"heji/layout"
	"heji/load"
)

// filed is a form as the test's own reckoning knows it.
type filed struct {
	kind                       form.Kind
	unit                       string
	year                       int
	carried, balance, executed money
	score                      string
	name                       string // of a project
	text                       string
	doubt                      bool // about the amount carried over
}

// money is an amount as printed in 万元 or 元.
type money struct{ text, unit string }

func (m money) yuan() (value, reach *big.Rat) {
	value, _ = new(big.Rat).SetString(m.text)
	_, decimals, _ := strings.Cut(m.text, ".")
	reach = big.NewRat(5, 1)
	for range len(decimals) + 1 {
		reach.Quo(reach, big.NewRat(10, 1))
	}
	if m.unit == "万元" {
		value.Mul(value, big.NewRat(10000, 1))
		reach.Mul(reach, big.NewRat(10000, 1))
	}
	return value, reach
}

func (m money) figure() *form.Figure {
	f := figure("", m.text, m.text)
	f.Unit = m.unit
	return f
}

func (f filed) saved(number int) load.Saved {
	d := sample(fmt.Sprint("filed ", number))
	d.Document.Name = fmt.Sprintf("%d.pdf", number)
	r := d.Records[0].Form
	r.Kind, r.Year, r.Total.Score = f.kind, f.year, figure("", f.score, f.score)
	r.Fields = []form.Field{{Key: "unit_name", Figure: *figure("", f.unit, "")}, {Key: "analysis", Figure: *figure("", f.text, "")}}
	r.Problems, r.Funds = nil, nil
	if f.kind == form.Department {
		r.Fields = append(r.Fields, form.Field{Key: "carried_over", Figure: *f.carried.figure()},
			form.Field{Key: "executed", Figure: *f.executed.figure()}, form.Field{Key: "year_end_balance", Figure: *f.balance.figure()})
		if f.doubt {
			r.Problems = []form.Problem{{Where: "fields.carried_over", Code: layout.Disagree, Message: "two readings differ"}}
		}
	} else {
		r.Fields = append(r.Fields, form.Field{Key: "project_name", Figure: *figure("", f.name, "")})
		r.Funds = []form.Fund{{Source: "total", Executed: f.executed.figure()}, {Source: "fiscal", Executed: f.executed.figure()}}
	}
	// Forms with the same numbers are taken for the same form twice, and left alone.
	r.OtherFields = nil
	for i := range 6 {
		text := fmt.Sprint(1000000 + number*10 + i)
		r.OtherFields = append(r.OtherFields, *figure("", text, text))
	}
	d.Records[0].Document = d.Document
	return d
}

// expectCross is what the screens should find, reckoned form by form in the plainest way.
func expectCross(forms []filed) []string {
	var found []string
	say := func(screen string, f filed) { found = append(found, fmt.Sprint(screen, " ", f.unit, " ", f.year)) }
	for _, f := range forms {
		if f.kind == form.Department && !f.doubt {
			value, reach := f.carried.yuan()
			before, agrees := 0, false
			for _, g := range forms {
				if g.kind == form.Department && g.unit == f.unit && g.year == f.year-1 {
					last, lastReach := g.balance.yuan()
					gap := new(big.Rat).Sub(value, last)
					before++
					agrees = agrees || gap.Abs(gap).Cmp(lastReach.Add(lastReach, reach)) <= 0
				}
			}
			if before > 0 && !agrees {
				say("carried-over", f)
			}
		}
		if f.kind == form.Department {
			least, twins := map[string]*big.Rat{}, 0
			for _, g := range forms {
				if g.unit != f.unit || g.year != f.year {
					continue
				}
				if g.kind == form.Department {
					twins++
					continue
				}
				value, reach := g.executed.yuan()
				value.Sub(value, reach)
				if l := least[g.name]; l == nil || value.Cmp(l) < 0 {
					least[g.name] = value
				}
			}
			sum, _ := new(big.Rat).SetString("0")
			for _, l := range least {
				sum.Add(sum, l)
			}
			value, reach := f.executed.yuan()
			if twins == 1 && sum.Cmp(value.Add(value, reach)) > 0 {
				say("department-projects", f)
			}
		}
		if len([]rune(f.text)) >= 50 {
			units := map[string]bool{}
			for _, g := range forms {
				if strings.ReplaceAll(g.text, g.unit, "") == strings.ReplaceAll(f.text, f.unit, "") {
					units[g.unit] = true
				}
			}
			if len(units) >= 2 && len(units) <= 20 {
				say("same-narrative", f)
			}
		}
	}
	type series struct {
		kind form.Kind
		unit string
	}
	scores, years, last := map[series]map[string]bool{}, map[series]map[int]bool{}, map[series]filed{}
	for _, f := range forms {
		s := series{f.kind, f.unit}
		if scores[s] == nil {
			scores[s], years[s] = map[string]bool{}, map[int]bool{}
		}
		scores[s][f.score], years[s][f.year] = true, true
		if f.year >= last[s].year {
			last[s] = f
		}
	}
	for s := range scores {
		if len(scores[s]) == 1 && len(years[s]) >= 4 {
			say("steady-score", last[s])
		}
	}
	return found
}

// The screens and the plain reckoning agree on an archive where everything that they
// look for happens now and then.
func TestCrossFormScreens(t *testing.T) {
	store, conn := open(t)
	r := rand.New(rand.NewPCG(8, 41))
	amount := func(cents int64) money {
		if r.IntN(2) == 0 {
			return money{fmt.Sprintf("%d.%02d", cents/1000000, cents/10000%100), "万元"} // cut, so that it may or may not meet the other
		}
		return money{fmt.Sprintf("%d.%02d", cents/100, cents%100), "元"}
	}
	var forms []filed
	for u := range 24 {
		unit := fmt.Sprintf("第%d局", u)
		steady := u%6 == 0
		balance := int64(r.IntN(90000000))
		for year := 2018; year < 2023; year++ {
			f := filed{kind: form.Department, unit: unit, year: year, executed: amount(500000000 + int64(r.IntN(100000000))),
				carried: amount(balance), score: fmt.Sprint(80 + r.IntN(20)), doubt: r.IntN(6) == 0}
			if r.IntN(4) > 0 {
				balance += 10000 * int64(r.IntN(500))
			}
			f.balance = amount(balance)
			if r.IntN(5) == 0 {
				balance += 700000
			}
			if steady {
				f.score = "98.50"
			}
			f.text = fmt.Sprintf("%s在%d年按照年初批复的绩效目标组织实施各项工作，资金使用合规，制度执行到位，全年共完成任务%d件，群众满意度明显提高，没有发生责任事故。", unit, year, r.IntN(40))
			if r.IntN(4) == 0 {
				f.text = "短的叙述" + fmt.Sprint(r.IntN(3))
			}
			forms = append(forms, f)
			if r.IntN(12) == 0 { // filed again, with another balance
				g := f
				g.balance, g.score = amount(balance+3000000), f.score
				g.text = fmt.Sprint("另一份", year, u)
				forms = append(forms, g)
			}
			for p := range r.IntN(4) {
				forms = append(forms, filed{kind: form.Project, unit: unit, year: year, name: fmt.Sprint("项目", p%2), executed: amount(int64(r.IntN(450000000))),
					score: fmt.Sprint(70 + r.IntN(30)), text: fmt.Sprint("项目叙述", u, year, p)})
			}
		}
	}
	for i, f := range forms {
		save(t, store, f.saved(i), load.Inserted)
	}
	if n := column(t, conn, `SELECT count(*)::text FROM near_duplicates`); n[0] != "0" {
		t.Fatalf("%s forms pass for twins, which the screens leave out", n[0])
	}
	want := expectCross(forms)
	n, err := store.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if int(n) != len(want) {
		t.Errorf("%d findings, want %d", n, len(want))
	}
	got := column(t, conn, `SELECT concat_ws(' ', screen, unit_name, year) FROM cross_findings`)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reckoned (-) and found (+) differ:\n%s", diff)
	}
	for _, screen := range []string{"carried-over", "department-projects", "same-narrative", "steady-score"} {
		if n := len(slices.DeleteFunc(slices.Clone(want), func(s string) bool { return !strings.HasPrefix(s, screen) })); n < 3 {
			t.Errorf("%s happens %d times, too few to say anything", screen, n)
		}
	}
	reported(t, store, want)
	equal(t, column(t, conn, `SELECT concat_ws(' ', unit_name, year, forms, mean_score, contradictory_forms, discrepancies_by_form) FROM unit_years ORDER BY unit_name, year`),
		column(t, conn, `SELECT concat_ws(' ', unit_name, year, forms, mean_score, contradictory_forms, discrepancies_by_form) FROM unit_year_view ORDER BY unit_name, year`))
	live := column(t, conn, `SELECT concat_ws(' ', screen, unit_name, year) FROM cross_view`)
	slices.Sort(live)
	equal(t, live, got)
	// What a sentence says is what the columns say.
	equal(t, column(t, conn, `SELECT message FROM cross_findings WHERE screen = 'carried-over'
		AND message !~ ('carried over ' || trim_scale(round(printed, 2)) || '元, and the form of ' || year - 1 || ' ends with ' || trim_scale(round(expected, 2)) || '元')`), []string{})
}

// reported holds the report and the export of comparisons against what is wanted.
func reported(t *testing.T, store *load.Store, want []string) {
	t.Helper()
	err := store.Snapshot(t.Context(), load.Filter{}, func(s *load.Snapshot) error {
		r, err := s.Report(t.Context())
		if err != nil {
			return err
		}
		if r.Compared == "" || len(r.Screens) != 4 {
			t.Errorf("the report has %d screens of %q", len(r.Screens), r.Compared)
		}
		var times int64
		for _, x := range r.Screens {
			times += x.Count
			for i, c := range x.Found {
				if c.Screen != x.Name || c.Document == "" || c.MessageZH == "" || c.Compared < 2 || i > 7 {
					t.Errorf("under %s stands %+v", x.Name, c)
				}
			}
		}
		if int(times) != len(want) {
			t.Errorf("the report counts %d findings, want %d", times, len(want))
		}
		var got []string
		err = s.Table(t.Context(), "comparisons", func(load.Table) error { return nil }, func(row []any) error {
			got = append(got, fmt.Sprint(row[5], " ", row[3], " ", row[4]))
			return nil
		})
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("wanted (-) and exported (+) differ:\n%s", diff)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	one := want[0][strings.Index(want[0], " ")+1 : strings.LastIndex(want[0], " ")]
	err = store.Snapshot(t.Context(), load.Filter{Unit: one}, func(s *load.Snapshot) error {
		r, err := s.Report(t.Context())
		for _, x := range r.Screens {
			for _, c := range x.Found {
				if !strings.Contains(c.Unit, one) {
					t.Errorf("the report on %s tells of %s", one, c.Unit)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The counts of a form are those of its rows, whatever happens to these.
func TestFactsFollowTheRows(t *testing.T) {
	store, conn := open(t)
	for _, name := range []string{"a", "b", "c"} {
		save(t, store, sample(name), load.Inserted)
	}
	check := func(want int) {
		t.Helper()
		equal(t, column(t, conn, `SELECT count(*)::text FROM form_facts`), []string{fmt.Sprint(want)})
		equal(t, column(t, conn, `
			SELECT concat_ws(' ', f.id, n.names) FROM forms f JOIN documents d ON d.sha256 = f.document FULL JOIN form_names n ON n.form_id = f.id
			WHERE n.names IS DISTINCT FROM concat_ws(E'\n', d.name, f.unit_name)`), []string{})
		equal(t, column(t, conn, `
			SELECT form_id::text FROM form_facts c JOIN forms f ON f.id = c.form_id WHERE
			(leaves, pointed, full_rows) IS DISTINCT FROM (SELECT (count(*) FILTER (WHERE kind = 'leaf')::integer, count(*) FILTER (WHERE kind = 'leaf' AND weight > 0)::integer,
				count(*) FILTER (WHERE kind = 'leaf' AND weight > 0 AND score = weight)::integer) FROM indicators i WHERE i.form_id = c.form_id)
			OR problems <> (SELECT count(*) FROM problems p WHERE p.form_id = c.form_id)
			OR by_form <> (SELECT count(*) FROM discrepancies d WHERE d.form_id = c.form_id AND verdict = 'form')
			OR misread <> (SELECT count(*) FROM discrepancies d WHERE d.form_id = c.form_id AND verdict = 'misread')
			OR undecided <> (SELECT count(*) FROM discrepancies d WHERE d.form_id = c.form_id AND verdict = 'undecided')`), []string{})
	}
	check(3)
	for _, change := range []string{
		`UPDATE discrepancies SET verdict = 'misread' WHERE form_id = (SELECT min(form_id) FROM discrepancies)`,
		`DELETE FROM discrepancies WHERE form_id = (SELECT max(form_id) FROM discrepancies)`,
		`UPDATE indicators SET score = weight`,
		`DELETE FROM problems`,
	} {
		if _, err := conn.Exec(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		check(3)
	}
	if err := store.Reaudit(t.Context(), false, func(*form.Form) []form.Discrepancy { return nil }, func(load.Reaudited) error { return nil }); err != nil {
		t.Fatal(err)
	}
	check(3)
	newer := sample("b")
	newer.Reader = "v2.0.0"
	save(t, store, newer, load.Replaced)
	check(3)
	if _, err := conn.Exec(t.Context(), `DELETE FROM documents WHERE sha256 = $1`, sample("a").Document.SHA256); err != nil {
		t.Fatal(err)
	}
	check(2)
}

// Readers of a unit see its forms, whichever table or view they ask, and nothing of
// any other's.
func TestReadersOfAUnit(t *testing.T) {
	store, conn := open(t)
	for i, unit := range []string{"甲局", "甲局", "乙局"} {
		d := sample(unit + fmt.Sprint(i))
		d.Document.Name = unit + fmt.Sprint(i) + ".pdf"
		d.Records[0].Document = d.Document
		d.Records[0].Form.Fields[0].Figure = *figure("", unit, "")
		save(t, store, d, load.Inserted)
	}
	save(t, store, failed("broken", form.Damaged, "it is damaged; scan it again"), load.Inserted)
	exec := func(sql string, args ...any) error {
		t.Helper()
		_, err := conn.Exec(t.Context(), sql, args...)
		return err
	}
	must := func(sql string, args ...any) {
		t.Helper()
		if err := exec(sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	one, two, all, person := fmt.Sprintf("heji_one_%d", rand.Uint64()), fmt.Sprintf("heji_two_%d", rand.Uint64()), fmt.Sprintf("heji_all_%d", rand.Uint64()), fmt.Sprintf("heji_li_%d", rand.Uint64())
	defer func() {
		for _, role := range []string{person, one, two, all} {
			must(`RESET ROLE`)
			must(`DROP OWNED BY ` + role)
			must(`DROP ROLE ` + role)
		}
	}()
	must(`CREATE ROLE ` + one + `; CREATE ROLE ` + two + `; CREATE ROLE ` + all + `; CREATE ROLE ` + person + ` IN ROLE ` + one)
	if err := exec(`SELECT heji_let_read_units($1, '{甲局}')`, one); err == nil || !strings.Contains(err.Error(), "heji_guard_units") {
		t.Errorf("while row security is off: %v", err)
	}
	must(`SELECT heji_guard_units()`)
	must(`SELECT heji_let_read_units($1, '{甲局}')`, one)
	must(`SELECT heji_let_read_units($1, '{甲局,乙局}')`, two)
	must(`SELECT heji_let_read($1)`, all)
	must(`INSERT INTO reader_units VALUES ('heji_gone', '乙局'), ('heji_gone', NULL)`) // a role that was dropped

	sees := func(role string, want map[string]string) {
		t.Helper()
		must(`SET ROLE ` + role)
		defer must(`RESET ROLE`)
		for query, answer := range want {
			equal(t, column(t, conn, `SELECT coalesce(string_agg(DISTINCT x, ','), '') FROM (`+query+`) q (x)`), []string{answer})
		}
	}
	counts := func(n, documents string) map[string]string {
		m := map[string]string{`SELECT count(*)::text FROM documents`: documents, `SELECT count(*)::text FROM heji_migrations WHERE version_id = 8`: "1"}
		for _, t := range []string{"forms", "funds", "discrepancies", "form_facts", "problems", "form_view", "discrepancy_view", "review_view"} {
			m[`SELECT count(*)::text FROM `+t] = n
		}
		return m
	}
	sees(one, counts("2", "2"))
	sees(person, counts("2", "2"))
	sees(two, counts("3", "3"))
	sees(all, counts("3", "4"))
	sees(one, map[string]string{`SELECT unit_name FROM unit_year_view`: "甲局", `SELECT unit_name FROM indicator_view`: "甲局", `SELECT rule FROM rule_view`: "score-section,score-total,weight-total",
		`SELECT unit_name FROM reader_units WHERE reader::text LIKE 'heji\_%'`: "甲局", `SELECT document FROM failure_view`: "", `SELECT at::text FROM refreshes`: ""})
	must(`SET ROLE ` + one)
	if err := exec(`DELETE FROM forms`); err == nil {
		t.Error("a reader may delete")
	}
	if err := exec(`SELECT password_hash FROM review_users`); err == nil {
		t.Error("a reader sees passwords")
	}
	must(`RESET ROLE`)

	// Every table and view that a reader may ask says nothing of the other unit.
	names := column(t, conn, `SELECT relname::text FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')
		AND has_table_privilege('`+one+`', c.oid, 'SELECT')`)
	if len(names) < 40 {
		t.Errorf("only %d tables and views", len(names))
	}
	must(`SET ROLE ` + one)
	for _, name := range names {
		for _, row := range column(t, conn, `SELECT t::text FROM `+name+` t`) {
			if strings.Contains(row, "乙局") {
				t.Errorf("%s tells: %s", name, row)
			}
		}
	}
	must(`RESET ROLE`)

	// Importing goes on, a view that an upgrade replaced is guarded again, and the
	// guard can be taken down.
	save(t, store, sample("later"), load.Inserted)
	must(`CREATE OR REPLACE VIEW form_view AS ` + column(t, conn, `SELECT pg_get_viewdef('form_view')`)[0])
	must(`SELECT heji_guard_units()`) // as heji migrate does after an upgrade
	sees(one, counts("2", "2"))
	must(`SELECT heji_guard_units(false)`)
	sees(one, counts("4", "5"))
}

package load_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"heji/form"
	"heji/layout"
	"heji/load"
	"heji/load/loadtest"
)

// open is a migrated store on a database of its own, and a plain connection to
// look at what is in it.
func open(t testing.TB) (*load.Store, *pgx.Conn) {
	t.Helper()
	ctx := t.Context()
	url := loadtest.URL(t)
	store, err := load.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	if _, _, err := store.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return store, conn
}

func figure(label, text, value string) *form.Figure {
	f := &form.Figure{Label: label, Text: text, State: form.Read, Page: 1, Box: layout.Box{X0: 72.02, Y0: 90.5, X1: 120, Y1: 101.25},
		Confidence: 0.986, Reader: layout.ByOCR}
	if value != "" {
		a := form.MustAmount(value)
		f.Value = &a
	}
	return f
}

// sample is a document with one form and the content given as its bytes.
func sample(content string) load.Saved {
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
	document := form.Document{Name: "甲/2021.pdf", SHA256: sum, Bytes: int64(len(content)), Pages: 2}
	score := figure("", "2.50", "2.50")
	score.Alternatives = []layout.Reading{{Text: "2.5O", Confidence: 0.4, By: "tesseract eng psm 7"}}
	target := figure("", "≥95%", "95")
	target.Unit, target.Comparator = "%", ">="
	f := &form.Form{
		Ordinal: 1, Pages: []int{1, 2}, Kind: form.Department, Title: "部门整体支出绩效自评表", Year: 2021, Unit: "万元",
		Fields: []form.Field{
			{Key: "unit_name", Figure: *figure("单位名称", "甲单位", "")},
			{Key: "executed", Figure: *figure("预算执行金额", "1,586.78", "1586.78")},
		},
		OtherFields: []form.Figure{*figure("经办人", "某人", "")},
		Funds:       []form.Fund{{Source: "total", Label: "年度资金总额", Budget: figure("全年预算数", "100.00", "100.00"), Rate: figure("执行率", "98%", "98")}},
		Indicators: []form.Indicator{
			{Kind: form.Section, Level1: "投入", Weight: figure("分值", "3", "3"), Score: figure("得分", "3.00", "3.00")},
			{Kind: form.Leaf, Level1: "投入", Level2: "预算配置", Level3: "在职人员控制", Weight: figure("", "3.00", "3.00"), Target: target, Score: score},
		},
		Total:      form.Total{Weight: figure("", "100", "100"), Score: figure("", "97.80", "97.80")},
		Grade:      figure("等次", "优", ""),
		Evaluators: []form.Evaluator{{Name: "某人", Title: "主任"}},
		Problems:   []form.Problem{{Where: "indicators[1].score", Code: layout.Disagree, Message: "two readings differ", MessageZH: "两次识读不同", Page: 1}},
	}
	return load.Saved{Document: document, Reader: "v1.0.0", Records: []form.Record{{Document: document, Form: f,
		Discrepancies: []form.Discrepancy{{Rule: "score-section", Where: "indicators[0].score", Printed: "3.00", Computed: "2.50", Difference: "0.50",
			Verdict: form.ByForm, Message: "the section's score is not the sum", MessageZH: "小计与各项之和不符",
			From: []form.Operand{{Where: "indicators[1].score", Value: "2.50"}}}}}}}
}

func failed(content string, code form.Code, message string) load.Saved {
	d := sample(content)
	d.Records = []form.Record{{Document: d.Document, Err: &form.Error{Code: code, Message: message}}}
	return d
}

func save(t *testing.T, s *load.Store, d load.Saved, want load.Action) load.Outcome {
	t.Helper()
	outcome, err := s.Save(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if outcome.Action != want {
		t.Fatalf("%s, want %s", outcome.Action, want)
	}
	return outcome
}

// column is the first column of a query's rows as text.
func column(t *testing.T, conn *pgx.Conn, query string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return texts
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// fingerprint has every row of every table, with the transaction that wrote it
// and its place: any rewriting shows.
func fingerprint(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	tables := column(t, conn, `SELECT table_name::text FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'document_names' ORDER BY 1`)
	var all []string
	for _, table := range tables {
		all = append(all, column(t, conn, `SELECT '`+table+` ' || xmin || ' ' || ctid || ' ' || t::text FROM `+table+` t ORDER BY ctid`)...)
	}
	return all
}

func TestMigrateTwiceAndAtOnce(t *testing.T) {
	ctx := t.Context()
	url := loadtest.URL(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			store, err := load.Open(ctx, url)
			if err != nil {
				t.Error(err)
				return
			}
			defer store.Close()
			if _, to, err := store.Migrate(ctx); err != nil || to < 1 {
				t.Errorf("to %d, %v", to, err)
			}
		})
	}
	wg.Wait()
	store, err := load.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	version, err := store.Version(ctx)
	if err != nil {
		t.Fatal(err)
	}
	from, to, err := store.Migrate(ctx)
	if err != nil || from != version || to != version {
		t.Errorf("from %d to %d (%v), want %d both", from, to, err, version)
	}
}

func TestMigrateRefusesNewerTables(t *testing.T) {
	store, conn := open(t)
	if _, err := conn.Exec(t.Context(), `INSERT INTO heji_migrations (version_id, is_applied) VALUES (9999, true)`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "install a newer heji") {
		t.Errorf("error %v", err)
	}
}

func TestVersionOfAnEmptyDatabase(t *testing.T) {
	store, err := load.Open(t.Context(), loadtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if v, err := store.Version(t.Context()); v != 0 || err != nil {
		t.Errorf("version %d, %v", v, err)
	}
	if _, err := store.Save(t.Context(), sample("a")); err == nil || !strings.Contains(err.Error(), "run heji migrate") {
		t.Errorf("error %v does not say what to do", err)
	}
}

func TestSaveTwiceRewritesNothing(t *testing.T) {
	store, conn := open(t)
	save(t, store, sample("a"), load.Inserted)
	before := fingerprint(t, conn)
	outcome := save(t, store, sample("a"), load.Unchanged)
	if outcome.NameAdded {
		t.Error("a name was added")
	}
	equal(t, fingerprint(t, conn), before)
	if len(before) < 20 {
		t.Errorf("only %d rows", len(before))
	}
}

func TestTwoNamesAreOneDocument(t *testing.T) {
	store, conn := open(t)
	save(t, store, sample("a"), load.Inserted)
	before := fingerprint(t, conn)
	copied := sample("a")
	copied.Document.Name = "乙/copy.pdf"
	if outcome := save(t, store, copied, load.Unchanged); !outcome.NameAdded {
		t.Error("the name was not added")
	}
	equal(t, fingerprint(t, conn), before)
	equal(t, column(t, conn, `SELECT name FROM document_names ORDER BY name COLLATE "C"`), []string{"乙/copy.pdf", "甲/2021.pdf"})
}

func TestNewerReaderReplaces(t *testing.T) {
	store, conn := open(t)
	save(t, store, sample("a"), load.Inserted)
	newer := sample("a")
	newer.Reader = "v1.10.0"
	newer.Records[0].Form.Title = "新标题"
	newer.Records[0].Discrepancies = nil
	save(t, store, newer, load.Replaced)
	equal(t, column(t, conn, `SELECT title FROM forms`), []string{"新标题"})
	equal(t, column(t, conn, `SELECT count(*)::text FROM discrepancies`), []string{"0"})
	equal(t, column(t, conn, `SELECT count(*)::text FROM documents`), []string{"1"})

	older := sample("a")
	older.Reader = "v1.9.3"
	save(t, store, older, load.Unchanged)

	crashed := failed("a", form.Crashed, "it crashed; try again")
	crashed.Reader = "v2.0.0"
	save(t, store, crashed, load.Unchanged) // a good reading outlives a bad moment
	equal(t, column(t, conn, `SELECT title FROM forms`), []string{"新标题"})
}

func TestFailureThenSuccess(t *testing.T) {
	store, conn := open(t)
	save(t, store, failed("a", form.Encrypted, "it is locked; open it and save it without a password"), load.Inserted)
	equal(t, column(t, conn, `SELECT code || ': ' || message FROM failure_view`), []string{"encrypted: it is locked; open it and save it without a password"})
	before := fingerprint(t, conn)
	same := failed("a", form.Encrypted, "it is locked; open it and save it without a password")
	same.Reader = "v2.0.0"
	save(t, store, same, load.Unchanged)
	equal(t, fingerprint(t, conn), before)
	save(t, store, failed("a", form.Damaged, "it is damaged; ask for another copy"), load.Replaced)
	save(t, store, sample("a"), load.Replaced)
	equal(t, column(t, conn, `SELECT count(*)::text FROM failure_view`), []string{"0"})
	equal(t, column(t, conn, `SELECT unit_name FROM form_view`), []string{"甲单位"})
	save(t, store, failed("a", form.Damaged, "it is damaged"), load.Unchanged) // by the same reader: the good reading stays
}

func TestRace(t *testing.T) {
	store, conn := open(t)
	var mu sync.Mutex
	actions := map[load.Action]int{}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			d := sample("a")
			d.Document.Name = fmt.Sprintf("%d.pdf", i%2)
			outcome, err := store.Save(t.Context(), d)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			actions[outcome.Action]++
		})
	}
	wg.Wait()
	equal(t, actions, map[load.Action]int{load.Inserted: 1, load.Unchanged: 7})
	for table, want := range map[string]string{"documents": "1", "document_names": "2", "forms": "1", "indicators": "2", "fields": "3", "discrepancies": "1"} {
		equal(t, column(t, conn, `SELECT count(*)::text FROM `+table), []string{want})
	}
}

// terminate ends every session of the test's database but conn's, as a restart
// of the server does, and counts them.
func terminate(t *testing.T, conn *pgx.Conn) int {
	t.Helper()
	return len(column(t, conn, `SELECT pg_terminate_backend(pid, 10000)::text FROM pg_stat_activity
		WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`))
}

func TestSaveOnABrokenConnection(t *testing.T) {
	store, conn := open(t)
	save(t, store, sample("a"), load.Inserted)
	if terminate(t, conn) == 0 {
		t.Fatal("the store had no connection")
	}
	save(t, store, sample("b"), load.Inserted)
	equal(t, column(t, conn, `SELECT count(*)::text FROM documents`), []string{"2"})
}

func TestConnectionBreaksInMidSave(t *testing.T) {
	store, conn := open(t)
	d := sample("a")
	column(t, conn, `SELECT pg_advisory_lock(hashtextextended($1, 0))::text`, d.Document.SHA256)
	type result struct {
		load.Outcome
		err error
	}
	saved := make(chan result, 1)
	go func() {
		outcome, err := store.Save(t.Context(), d)
		saved <- result{outcome, err}
	}()
	waiting := `SELECT pid::text FROM pg_locks JOIN pg_database ON pg_database.oid = database
		WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`
	for len(column(t, conn, waiting)) == 0 { // until Save stands in its transaction
		time.Sleep(time.Millisecond)
	}
	terminate(t, conn)
	column(t, conn, `SELECT pg_advisory_unlock(hashtextextended($1, 0))::text`, d.Document.SHA256)
	if r := <-saved; r.err != nil || r.Action != load.Inserted {
		t.Errorf("%s, %v", r.Action, r.err)
	}
}

func TestNothingHalfWritten(t *testing.T) {
	store, conn := open(t)
	d := sample("a")
	second := d.Records[0] // the same ordinal twice, which the tables refuse
	d.Records = append(d.Records, second)
	if _, err := store.Save(t.Context(), d); err == nil {
		t.Fatal("no error")
	}
	equal(t, column(t, conn, `SELECT count(*)::text FROM documents`), []string{"0"})
	save(t, store, sample("a"), load.Inserted)
}

func TestHostileText(t *testing.T) {
	store, conn := open(t)
	d := sample("a")
	f := d.Records[0].Form
	bad := "甲\x00单位\xed\xa0\x80" // NUL, and half of a surrogate pair
	d.Document.Name += bad
	f.Title, f.Fields[0].Text, f.Indicators[1].Level3 = bad, bad, `\u0000`+bad
	f.Indicators[1].Score.Alternatives[0].Text = bad
	f.Problems[0].Message, f.Problems[0].MessageZH = bad, bad
	d.Records[0].Discrepancies[0].Message = bad
	d.Records[0].Discrepancies[0].From[0].Value = bad
	f.Fields = append(f.Fields, f.Fields[0]) // the same key twice
	long := *figure("", "", "")
	long.Text = strings.Repeat("长", 100_000)
	f.OtherFields = append(f.OtherFields, long)
	f.Fields[0].Text = long.Text // longer than an index entry may be
	many := form.MustAmount(strings.Repeat("9", 2000))
	f.Indicators[0].Score.Value = &many
	save(t, store, d, load.Inserted)
	equal(t, column(t, conn, `SELECT title FROM forms`), []string{"甲单位\uFFFD\uFFFD\uFFFD"[:len("甲单位\uFFFD")]})
	equal(t, column(t, conn, `SELECT level3 FROM indicators WHERE level3 IS NOT NULL`), []string{`\u0000` + "甲单位\uFFFD"})
	equal(t, column(t, conn, `SELECT record->'indicators'->1->>'level3' FROM forms`)[0][:6], `\u0000`)
	equal(t, column(t, conn, `SELECT operands->0->>'value' FROM discrepancies`)[0][:len("甲单位")], "甲单位")
	equal(t, column(t, conn, `SELECT coalesce(score::text, 'null') FROM indicators WHERE position = 0`), []string{"null"})
}

func TestNumbersKeepTheirPrintedScale(t *testing.T) {
	store, conn := open(t)
	printed := []string{"3.00", "3", "0.00", "-15.060", "0.000001", "1586.78", "100000000000000000000.10", "0", "10000", "-0.50"}
	d := sample("a")
	f := d.Records[0].Form
	f.Indicators = nil
	for _, p := range printed {
		f.Indicators = append(f.Indicators, form.Indicator{Kind: form.Leaf, Level1: "x", Score: figure("", p, p)})
	}
	save(t, store, d, load.Inserted)
	equal(t, column(t, conn, `SELECT score::text FROM indicators ORDER BY position`), printed)
	equal(t, column(t, conn, `SELECT value::text FROM figures WHERE path LIKE 'indicators%' ORDER BY position`), printed)
	equal(t, column(t, conn, `SELECT difference::text FROM discrepancy_view`), []string{"0.50"})
	equal(t, exportedColumn(t, store, "indicators", "score"), printed)
}

// exportedColumn is a column of decimals as an export has it.
func exportedColumn(t *testing.T, store *load.Store, table, name string) []string {
	t.Helper()
	var out []string
	err := store.Snapshot(t.Context(), load.Filter{}, func(s *load.Snapshot) error {
		n := -1
		return s.Table(t.Context(), table, func(t load.Table) error {
			n = slices.IndexFunc(t.Columns, func(c load.Column) bool { return c.Name == name && c.Type == load.Decimal })
			return nil
		}, func(row []any) error {
			out = append(out, row[n].(form.Amount).String())
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestViews(t *testing.T) {
	store, conn := open(t)
	save(t, store, sample("a"), load.Inserted)
	equal(t, column(t, conn, `SELECT concat_ws('|', document, form, unit_name, year, rule, verdict, where_path, printed, computed, difference, message_zh, page) FROM discrepancy_view`),
		[]string{"甲/2021.pdf|1|甲单位|2021|score-section|form|indicators[0].score|3.00|2.50|0.50|小计与各项之和不符|1"})
	equal(t, column(t, conn, `SELECT concat_ws('|', kind, unit_name, year, unit, total_weight, total_score, grade, indicators, problems, discrepancies, discrepancies_by_form) FROM form_view`),
		[]string{"department|甲单位|2021|万元|100|97.80|优|1|1|1|1"})
	equal(t, column(t, conn, `SELECT concat_ws('|', row, level3, weight, target, score) FROM indicator_view WHERE kind = 'leaf'`),
		[]string{"2|在职人员控制|3.00|≥95%|2.50"})
	equal(t, column(t, conn, `SELECT concat_ws('|', target, target_comparator, target_unit, coalesce(actual_text, 'no column')) FROM indicators WHERE kind = 'leaf'`),
		[]string{"95|>=|%|no column"})
	equal(t, column(t, conn, `SELECT concat_ws('|', box::text, confidence, reader, alternatives->0->>'text') FROM figures WHERE path = 'indicators[1].score'`),
		[]string{"{72.02,90.5,120,101.25}|0.986|ocr|2.5O"})
}

func TestRecordsAreExact(t *testing.T) {
	store, _ := open(t)
	good, bad := sample("a"), failed("b", form.Damaged, "it is damaged; ask for another copy")
	bad.Document.Name, bad.Records[0].Document.Name = "乙.pdf", "乙.pdf"
	save(t, store, good, load.Inserted)
	save(t, store, bad, load.Inserted)
	save(t, store, bad, load.Unchanged)
	var got []string
	for record, err := range store.Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(record))
	}
	want := []string{encode(t, good.Records[0]), encode(t, bad.Records[0])}
	// The order is the database's collation of the names; the set is ours.
	if len(got) == 2 && got[0] != want[0] {
		got[0], got[1] = got[1], got[0]
	}
	equal(t, got, want)
	got = nil
	for record, err := range store.DocumentRecords(t.Context(), good.Document.SHA256) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(record))
	}
	equal(t, got, want[:1])

	counts, err := store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, counts, load.Counts{Documents: 2, Failed: 1, Forms: 1, Problems: 1, Discrepancies: 1})
	rules, err := store.DiscrepanciesByRule(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, rules, []load.RuleCount{{Rule: "score-section", Verdict: form.ByForm, Count: 1}})
}

func encode(t *testing.T, r form.Record) string {
	t.Helper()
	data, err := r.MarshalJSON()
	if err != nil || !json.Valid(data) {
		t.Fatal(err)
	}
	return string(data)
}

func TestWhatCannotBeKnownIsNotStored(t *testing.T) {
	store, conn := open(t)
	missing := failed("a", form.NotFound, "there is no such file; check the path")
	missing.Document.SHA256 = ""
	save(t, store, missing, load.NotStored)
	for name, d := range map[string]load.Saved{
		"no records":   {Document: sample("a").Document},
		"empty record": {Document: sample("a").Document, Records: []form.Record{{}}},
		"bad hash":     {Document: form.Document{SHA256: "ABC"}, Records: sample("a").Records},
	} {
		if _, err := store.Save(t.Context(), d); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	equal(t, column(t, conn, `SELECT count(*)::text FROM documents`), []string{"0"})
}

func TestEveryColumnHasAComment(t *testing.T) {
	_, conn := open(t)
	missing := column(t, conn, `
		SELECT c.relname || coalesce('.' || a.attname, '')
		FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
		CROSS JOIN LATERAL (SELECT attnum, attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
		                    UNION ALL SELECT 0, NULL) a
		WHERE c.relkind IN ('r', 'v') AND coalesce(col_description(c.oid, a.attnum), CASE a.attnum WHEN 0 THEN obj_description(c.oid, 'pg_class') END, '') NOT LIKE '% · %'
		ORDER BY 1`)
	if len(missing) > 0 {
		t.Errorf("no comment in both languages: %s", strings.Join(missing, ", "))
	}
}

func TestPoolOfOne(t *testing.T) {
	store, err := load.Open(t.Context(), loadtest.URL(t)+"&pool_max_conns=1&pool_max_conn_lifetime=1h")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	save(t, store, sample("a"), load.Inserted)
	for _, err := range store.Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break // which must give the connection back
	}
	save(t, store, sample("a"), load.Unchanged)
}

func TestOpenSaysWhatToDo(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://heji:geheim@127.0.0.1:1/none":             "cannot reach PostgreSQL at 127.0.0.1 port 1",
		"postgres://u:geheim@h:notaport/none":                 "the database address is not understood",
		"postgres://u:geheim@h/d?pool_max_conns=x":            "cannot parse pool_max_conns",
		"postgres://u:geheim@h/d?pool_health_check_period=0s": "longer than 0s",
	} {
		_, err := load.Open(t.Context(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A document of very many forms does not take all the places that a server has for locks.
func TestSaveManyForms(t *testing.T) {
	store, conn := open(t)
	const forms = 3000
	d := sample("a province's annex")
	d.Records = nil
	for i := range forms {
		f := &form.Form{Ordinal: i + 1, Pages: []int{1}, Kind: form.Project}
		for k := range 8 {
			n := fmt.Sprintf("%d.%02d", 10000+i, k)
			f.OtherFields = append(f.OtherFields, *figure("金额", n, n))
		}
		d.Records = append(d.Records, form.Record{Document: d.Document, Form: f})
	}
	save(t, store, d, load.Inserted)
	if got := column(t, conn, `SELECT count(*) FROM forms`); got[0] != strconv.Itoa(forms) {
		t.Errorf("%s forms, want %d", got[0], forms)
	}
}

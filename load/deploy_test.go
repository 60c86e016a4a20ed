package load_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"heji/load"
)

// The dbt sources are the tables and views that readers may read, with their
// columns and what the database says of these.
func TestDBTSources(t *testing.T) {
	const file = "../deploy/dbt/sources.yml"
	_, conn := open(t)
	got := dbtSources(t, conn)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run go test ./load -run TestDBTSources -update (-file +database):\n%s", diff)
	}
}

func dbtSources(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Made from the database's own comments by `go test ./load -run TestDBTSources -update`.\n" +
		"version: 2\nsources:\n  - name: heji\n    schema: \"{{ var('heji_schema', 'public') }}\"\n    tables:\n")
	for _, line := range column(t, conn, `
		SELECT CASE a.attnum WHEN 1 THEN E'      - name: ' || c.relname || E'\n        description: ' || to_json(obj_description(c.oid, 'pg_class')) || E'\n        columns:\n' ELSE '' END
		    || '          - name: ' || a.attname || E'\n            description: ' || to_json(coalesce(col_description(c.oid, a.attnum), ''))
		    || CASE WHEN key.whole THEN E'\n            data_tests: [unique, not_null]' ELSE '' END
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND k.conkey = ARRAY[a.attnum])) key (whole)
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v') AND obj_description(c.oid, 'pg_class') LIKE '% · %'
		  AND c.relname NOT IN ('review_users', 'review_sessions', 'review_tokens')
		ORDER BY c.relkind, c.relname, a.attnum`) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// Every query of the dashboard runs.
func TestGrafanaQueries(t *testing.T) {
	store, conn := open(t)
	save(t, store, sample("a"), load.Inserted)
	if _, err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../deploy/grafana/heji.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		UID        string
		Templating struct {
			List []struct{ Name, Query string }
		}
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, W int }
			Targets []struct{ RawSQL string }
		}
	}
	if err := json.Unmarshal(data, &dashboard); err != nil {
		t.Fatal(err)
	}
	if len(dashboard.Panels) < 6 || dashboard.UID == "" {
		t.Fatalf("%d panels", len(dashboard.Panels))
	}
	run := func(what, query string) {
		query = strings.ReplaceAll(query, "$year", "2021")
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		rows.Close()
		if rows.Err() != nil {
			t.Errorf("%s: %v", what, rows.Err())
		}
	}
	for _, v := range dashboard.Templating.List {
		run("variable "+v.Name, v.Query)
	}
	seen := map[int]bool{}
	for _, p := range dashboard.Panels {
		if seen[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %q: its number is taken or it is too wide", p.Title)
		}
		seen[p.ID] = true
		for i, target := range p.Targets {
			run(fmt.Sprintf("panel %q query %d", p.Title, i), target.RawSQL)
		}
	}
}

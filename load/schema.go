package load

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// SchemaDoc is the tables and views as a page of Markdown, made of the database's
// own comments.
func (s *Store) SchemaDoc(ctx context.Context) (string, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT c.relkind = 'v', c.relname, obj_description(c.oid, 'pg_class'), a.attname,
		       format_type(a.atttypid, a.atttypmod), a.attnotnull AND c.relkind = 'r',
		       coalesce(col_description(c.oid, a.attnum), ''),
		       coalesce((SELECT string_agg(CASE k.contype WHEN 'p' THEN 'key' ELSE '→ ' || k.confrelid::regclass END, ', ' ORDER BY k.contype DESC)
		                 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'f') AND a.attnum = ANY (k.conkey)), '')
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v')
		  AND obj_description(c.oid, 'pg_class') IS NOT NULL
		ORDER BY 1, c.oid, a.attnum`)
	if err != nil {
		return "", wrap("describe the tables", err)
	}
	type column struct {
		View           bool
		Table, Comment string
		Name, Type     string
		Required       bool
		Says, Key      string
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		return "", wrap("describe the tables", err)
	}
	var b strings.Builder
	b.WriteString("# Tables and views\n\nMade from the database's own comments by `go test ./load -run TestSchemaDoc -update`.\n" +
		"Amounts and points are exact decimals with the decimals that were printed; positions count\n" +
		"from 0, pages and forms of a document from 1.\n\n")
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	table, views := "", false
	for i, c := range columns {
		if i == 0 {
			b.WriteString("## Tables\n")
		}
		if c.View && !views {
			b.WriteString("\n## Views\n")
			views = true
		}
		if c.Table != table {
			table = c.Table
			fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| column | type | key | says |\n|---|---|---|---|\n", c.Table, c.Comment)
		}
		if !c.Required && !c.View {
			c.Type += ", may be null"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.Name, c.Type, c.Key, cell(c.Says))
	}
	return b.String(), nil
}

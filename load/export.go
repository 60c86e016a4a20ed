package load

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"heji/form"
)

// Filter says which forms are asked for; what is zero does not matter. A rule or
// a verdict asks for the discrepancies that have it, and in every other table for
// the forms that have such a discrepancy.
type Filter struct {
	Unit    string // a part of the unit's name
	Year    int
	Kind    string // department or project
	Rule    string
	Verdict string
}

// Column is a column of a Table.
type Column struct {
	Name    string
	LabelZH string // from the database's comment
	Type    ColumnType
}

// ColumnType is what the values of a column are, unless they are null.
type ColumnType string

const (
	Text    ColumnType = "text"    // string
	Integer ColumnType = "integer" // int64
	Decimal ColumnType = "decimal" // form.Amount
	Time    ColumnType = "time"    // time.Time
)

// Table is one of those that can be taken out of the database whole.
type Table struct {
	Name    string
	LabelZH string
	Columns []Column
}

// exported is a table's query. Rows come by form and in printed order, which the
// keys give without sorting.
type exported struct {
	name, zh string
	columns  string
	from     string // joined to forms f and documents d
	order    string
}

// whatIsSaid are the columns on the discrepancies of a row: "score:form weight:misread",
// which names members of the row with their verdicts, and a line with a sentence for each.
const whatIsSaid = `said.discrepancies, said.messages_zh, said.messages`

// said finds the discrepancies that a row's path begins, and calls them by the rest
// of their paths. A path that is whole ends in the member itself.
func said(begins, member string) string {
	return `LEFT JOIN LATERAL (
		SELECT string_agg(` + member + ` || ':' || x.verdict, ' ' ORDER BY x.position) AS discrepancies,
		       string_agg(` + member + ` || ': ' || x.message_zh, E'\n' ORDER BY x.position) AS messages_zh,
		       string_agg(` + member + ` || ': ' || x.message, E'\n' ORDER BY x.position) AS messages
		FROM discrepancies x WHERE x.form_id = f.id AND ` + begins + `) AS said ON true`
}

// saidOfRow is said of the row of a list of the record.
func saidOfRow(list string) string {
	path := `('` + list + `[' || t.position || '].')`
	return said(`starts_with(x.where_path, `+path+`)`, `substr(x.where_path, length(`+path+`) + 1)`)
}

const whose = `f.id AS form_id, d.name AS document, f.ordinal AS form, f.unit_name, f.year, `

var exports = []exported{
	{"forms", "自评表", `f.id AS form_id, d.name AS document, f.ordinal AS form, f.unit_name, f.year, f.kind, f.title, f.unit,
		f.total_weight, f.total_weight_text, f.total_score, f.total_score_text, f.grade,
		(SELECT count(*) FROM problems p WHERE p.form_id = f.id) AS problems,
		` + whatIsSaid + `, d.sha256`,
		said(`true`, `x.where_path`), `f.id`},
	{"fields", "表头", whose + `t.position, t.key, t.label, t.text, t.value, t.unit, t.state, t.page, t.reader, ` + whatIsSaid,
		`JOIN fields t ON t.form_id = f.id ` + said(`x.where_path = 'fields.' || t.key`, `'value'`), `f.id, t.position`},
	{"funds", "资金", whose + `t.position, t.source, t.label, t.initial, t.initial_text, t.budget, t.budget_text, t.executed, t.executed_text,
		t.weight, t.weight_text, t.rate, t.rate_text, t.rate_unit, t.score, t.score_text, ` + whatIsSaid,
		`JOIN funds t ON t.form_id = f.id ` + saidOfRow("funds"), `f.id, t.position`},
	{"indicators", "指标", whose + `t.position, t.kind, t.level1, t.level2, t.level3, t.canonical, t.canonical_confidence, t.nature, t.core,
		t.reference_weight, t.reference_weight_text, t.weight, t.weight_text, t.target, t.target_text, t.target_comparator, t.target_unit,
		t.adjusted_target, t.adjusted_target_text, t.adjusted_target_comparator, t.adjusted_target_unit,
		t.actual, t.actual_text, t.actual_comparator, t.actual_unit, t.coefficient, t.coefficient_text, t.analysis, t.note,
		t.score, t.score_text, t.review_score, t.review_score_text, ` + whatIsSaid,
		`JOIN indicators t ON t.form_id = f.id ` + saidOfRow("indicators"), `f.id, t.position`},
	{"discrepancies", "不符", whose + `t.position, t.rule, t.verdict, t.where_path, t.printed, t.printed_value, t.computed, t.computed_value,
		t.difference_value, t.message_zh, t.message, t.page`,
		`JOIN discrepancies t ON t.form_id = f.id`, `f.id, t.position`},
	{"problems", "存疑", whose + `t.position, t.where_path, t.code, t.message_zh, t.message, t.page`,
		`JOIN problems t ON t.form_id = f.id`, `f.id, t.position`},
	{"comparisons", "表间核对", whose + `t.screen, t.compared, t.printed, t.expected, t.difference, t.message_zh, t.message,
		(SELECT o.document FROM forms o WHERE o.id = t.other_id) AS other_sha256, t.other_id`,
		`JOIN ` + crossSource + ` t ON t.form_id = f.id`, `f.id, t.screen, t.other_id`},
}

// crossSource stands for the table or view that Snapshot.cross names.
const crossSource = "{cross}"

// computedLabels are the labels of the columns that no table has.
var computedLabels = map[string]string{"problems": "存疑数", "discrepancies": "不符之处", "form_id": "表号",
	"messages_zh": "不符说明", "messages": "不符说明（英文）", "other_sha256": "对照文件"}

// ExportTables are the names of the tables that Snapshot.Table knows, in order.
func ExportTables() []string {
	var names []string
	for _, e := range exports {
		names = append(names, e.name)
	}
	return names
}

// Snapshot is the database as it was at one moment, however long reading it
// takes and whatever is imported meanwhile.
type Snapshot struct {
	tx     pgx.Tx
	filter Filter
}

// Snapshot calls read with what the filter asks for.
func (s *Store) Snapshot(ctx context.Context, filter Filter, read func(*Snapshot) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error {
		if filter == (Filter{}) {
			// A table of millions of rows is read in the order of its key rather than
			// sorted on the server's disk first.
			if _, err := tx.Exec(ctx, `SET LOCAL enable_sort = off`); err != nil {
				return wrap("export", err)
			}
		}
		return read(&Snapshot{tx, filter})
	})
}

// where is the condition on forms f, and on discrepancies t where the query has
// those, with its arguments.
func (f Filter) where(discrepancies bool) (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string, arg any) string {
		args = append(args, arg)
		return fmt.Sprintf(condition, len(args))
	}
	if f.Unit != "" {
		conditions = append(conditions, add(`strpos(f.unit_name, $%d) > 0`, f.Unit))
	}
	if f.Year != 0 {
		conditions = append(conditions, add(`f.year = $%d`, f.Year))
	}
	if f.Kind != "" {
		conditions = append(conditions, add(`f.kind = $%d`, f.Kind))
	}
	var found []string
	alias := "w"
	if discrepancies {
		alias = "t"
	}
	if f.Rule != "" {
		found = append(found, add(alias+`.rule = $%d`, f.Rule))
	}
	if f.Verdict != "" {
		found = append(found, add(alias+`.verdict = $%d`, f.Verdict))
	}
	if len(found) > 0 {
		condition := strings.Join(found, " AND ")
		if !discrepancies {
			condition = `EXISTS (SELECT FROM discrepancies w WHERE w.form_id = f.id AND ` + condition + `)`
		}
		conditions = append(conditions, condition)
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), args
}

// Table reads a table: head is called once with its columns, then row with each
// row's values, one a column and nil for null. The slice is used again for the
// next row.
func (s *Snapshot) Table(ctx context.Context, name string, head func(Table) error, row func([]any) error) error {
	for _, e := range exports {
		if e.name == name {
			return s.table(ctx, e, head, row)
		}
	}
	return fmt.Errorf("there is no table %q to export; there are %s", name, strings.Join(ExportTables(), ", "))
}

func (s *Snapshot) table(ctx context.Context, e exported, head func(Table) error, row func([]any) error) error {
	where, args := s.filter.where(e.name == "discrepancies")
	from := e.from
	if strings.Contains(from, crossSource) {
		source, _, err := s.cross(ctx)
		if err != nil {
			return wrap("export "+e.name, err)
		}
		from = strings.ReplaceAll(from, crossSource, source)
	}
	query := `SELECT ` + e.columns + ` FROM forms f JOIN documents d ON d.sha256 = f.document ` + from + where + ` ORDER BY ` + e.order
	statement, err := s.tx.Prepare(ctx, "", query)
	if err != nil {
		return wrap("export "+e.name, err)
	}
	t := Table{Name: e.name, LabelZH: e.zh}
	for _, f := range statement.Fields {
		c := Column{Name: f.Name, Type: typeOf(f.DataTypeOID), LabelZH: computedLabels[f.Name]}
		if c.LabelZH == "" {
			var comment string
			if err := s.tx.QueryRow(ctx, `SELECT coalesce(col_description($1, $2), '')`, f.TableOID, int32(f.TableAttributeNumber)).Scan(&comment); err != nil {
				return wrap("export "+e.name, err)
			}
			_, c.LabelZH, _ = strings.Cut(comment, " · ")
		}
		t.Columns = append(t.Columns, c)
	}
	if err := head(t); err != nil {
		return err
	}
	rows, err := s.tx.Query(ctx, query, append([]any{asPrinted}, args...)...)
	if err != nil {
		return wrap("export "+e.name, err)
	}
	defer rows.Close()
	scanned, values := cells(t.Columns)
	for rows.Next() {
		if err := rows.Scan(scanned...); err != nil {
			return wrap("export "+e.name, err)
		}
		v, err := values()
		if err != nil {
			return wrap("export "+e.name, err)
		}
		if err := row(v); err != nil {
			return err
		}
	}
	return wrap("export "+e.name, rows.Err())
}

func typeOf(oid uint32) ColumnType {
	switch oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		return Integer
	case pgtype.NumericOID:
		return Decimal
	case pgtype.TimestamptzOID:
		return Time
	}
	return Text
}

// asPrinted has the server send numbers as text: of the binary 0.00 the driver keeps
// no decimals.
var asPrinted = pgx.QueryResultFormatsByOID{pgtype.NumericOID: pgx.TextFormatCode}

// cells are places to scan a row into, and a function that gives their values. A
// number is scanned as text.
func cells(columns []Column) (scanned []any, values func() ([]any, error)) {
	out := make([]any, len(columns))
	for _, c := range columns {
		switch c.Type {
		case Integer:
			scanned = append(scanned, new(*int64))
		case Time:
			scanned = append(scanned, new(*time.Time))
		default:
			scanned = append(scanned, new(*string))
		}
	}
	return scanned, func() ([]any, error) {
		for i, s := range scanned {
			out[i] = nil
			switch v := s.(type) {
			case **int64:
				if *v != nil {
					out[i] = **v
				}
			case **time.Time:
				if *v != nil {
					out[i] = **v
				}
			case **string:
				switch {
				case *v == nil:
				case columns[i].Type == Decimal:
					a, err := form.NewAmount(**v)
					if err != nil {
						return nil, err
					}
					out[i] = a
				default:
					out[i] = **v
				}
			}
		}
		return out, nil
	}
}

// Records calls each with every record as the contract has it and as it is
// stored. Documents that could not be read follow the forms; they have no unit,
// year or rule, and are left out where a filter asks for any.
func (s *Snapshot) Records(ctx context.Context, each func(json.RawMessage) error) error {
	where, args := s.filter.where(false)
	if err := s.lines(ctx, `SELECT f.record::text FROM forms f`+where+` ORDER BY f.id`, args, func(rows pgx.Rows) error {
		var record string
		if err := rows.Scan(&record); err != nil {
			return wrap("export records", err)
		}
		return each(json.RawMessage(record))
	}); err != nil || where != "" {
		return err
	}
	return s.lines(ctx, `
		SELECT name, sha256, bytes, pages, error_code, error_message FROM documents
		WHERE error_code IS NOT NULL ORDER BY sha256`, nil, func(rows pgx.Rows) error {
		var d form.Document
		var e form.Error
		if err := rows.Scan(&d.Name, &d.SHA256, &d.Bytes, &d.Pages, &e.Code, &e.Message); err != nil {
			return wrap("export records", err)
		}
		record, err := form.Record{Document: d, Err: &e}.MarshalJSON()
		if err != nil {
			return err
		}
		return each(record)
	})
}

func (s *Snapshot) lines(ctx context.Context, query string, args []any, each func(pgx.Rows) error) error {
	rows, err := s.tx.Query(ctx, query, args...)
	if err != nil {
		return wrap("export records", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return wrap("export records", rows.Err())
}

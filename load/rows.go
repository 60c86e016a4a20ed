package load

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"heji/form"
	"heji/layout"
)

// write puts the documents' rows in the place of any that are there. The forms
// take their numbers from ids. What can wait for them goes into after.
func write(ctx context.Context, tx pgx.Tx, group []Saved, before map[string]*reading, ids []int64, after *pgx.Batch) error {
	if len(group) == 0 {
		return nil
	}
	var b pgx.Batch
	writeDocuments(&b, group, before)
	if err := send(ctx, tx, &b); err != nil {
		return err
	}
	var records []form.Record
	for _, d := range group {
		for _, r := range d.Records {
			if r.Form != nil {
				r.Document.SHA256 = d.Document.SHA256
				records = append(records, r)
			}
		}
	}
	if len(records) == 0 {
		return nil
	}
	ids = ids[:len(records)]
	linkTwins(after, ids)
	return writeTables(ctx, tx, ids, records)
}

// writeDocuments makes the rows of the documents. The forms of those that were there
// go, and with them all that hangs on these.
func writeDocuments(b *pgx.Batch, group []Saved, before map[string]*reading) {
	var hashes, names, readers, codes, messages, stored []string
	var sizes []int64
	var pages []int
	for _, d := range group {
		now := readingOf(d)
		hashes, names, readers = append(hashes, d.Document.SHA256), append(names, clean(d.Document.Name)), append(readers, now.reader)
		sizes, pages = append(sizes, d.Document.Bytes), append(pages, d.Document.Pages)
		codes, messages = append(codes, now.code), append(messages, now.message)
		if before[d.Document.SHA256] != nil {
			stored = append(stored, d.Document.SHA256)
		}
	}
	b.Queue(`
		INSERT INTO documents (sha256, name, bytes, pages, reader_version, error_code, error_message)
		SELECT sha256, name, bytes, pages, reader, nullif(code, ''), CASE WHEN code <> '' THEN message END
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[])
			AS d (sha256, name, bytes, pages, reader, code, message)
		ON CONFLICT (sha256) DO UPDATE SET
			name = excluded.name, bytes = excluded.bytes, pages = excluded.pages, reader_version = excluded.reader_version,
			error_code = excluded.error_code, error_message = excluded.error_message, read_at = excluded.read_at`,
		hashes, names, sizes, pages, readers, codes, messages)
	if len(stored) > 0 {
		b.Queue(`DELETE FROM forms WHERE document = ANY ($1)`, stored)
	}
}

// formRow is the form's row in forms, after its number.
func formRow(r form.Record) ([]any, error) {
	// Not json.Marshal, which would turn the record's <, > and & into escapes.
	record, err := r.MarshalJSON()
	if err != nil {
		return nil, err
	}
	f := r.Form
	var year *int
	if f.Year != 0 {
		year = &f.Year
	}
	return []any{r.Document.SHA256, f.Ordinal, append([]int{}, f.Pages...), clean(string(f.Kind)), clean(f.Title), year, orNull(f.Unit), unitName(f),
		value(f.Total.Weight), text(f.Total.Weight), value(f.Total.Score), text(f.Total.Score), text(f.Grade), cleanJSON(record),
		distinctive(f), fingerprint(f)}, nil
}

// unitName is whose form it is. Department forms print 单位名称; others only who
// filled it in or who carries the project out.
func unitName(f *form.Form) *string {
	for _, key := range []string{"unit_name", "reporting_unit", "implementing_unit"} {
		if figure := f.Field(key); figure != nil && figure.Text != "" {
			return orNull(figure.Text)
		}
	}
	return nil
}

// table is one that hangs on forms: its columns after form_id and position, and
// a form's rows for it.
type table struct {
	name    string
	columns string
	rows    func(form.Record) ([][]any, error)
}

func tables() []table {
	return []table{
		{"figures", "path label text value unit state comparator page box confidence reader agreed doubt alternatives", figureRows},
		{"fields", "key label text value unit state page box confidence reader", fieldRows},
		{"funds", "source label initial initial_text budget budget_text executed executed_text weight weight_text rate rate_text rate_unit score score_text", fundRows},
		{"indicators", "kind level1 level2 level3 canonical nature core reference_weight reference_weight_text weight weight_text " +
			"target target_text target_comparator target_unit actual actual_text actual_comparator actual_unit " +
			"coefficient coefficient_text analysis note score score_text review_score review_score_text " +
			"adjusted_target adjusted_target_text adjusted_target_comparator adjusted_target_unit canonical_confidence", indicatorRows},
		{"evaluators", "name title department phone", evaluatorRows},
		{"problems", "where_path code message message_zh page box", problemRows},
		{"discrepancies", "rule where_path printed printed_value computed computed_value difference difference_value " +
			"verdict message message_zh operands repairs page box", discrepancyRows},
	}
}

// formColumns are those of formRow, after id.
const formColumns = "document ordinal pages kind title year unit unit_name total_weight total_weight_text total_score total_score_text grade record numbers fingerprint"

// encoded are the rows of a table as COPY takes them.
type encoded struct {
	table   string
	columns []string
	data    []byte // nil for none
	err     error
}

// writeTables copies the rows of all forms into place, table by table: while the
// server takes those of one, those of the next are encoded. No other row can stand in
// their way, for the forms' numbers are new, and a key that is there twice is a mistake
// which the copy refuses.
func writeTables(ctx context.Context, tx pgx.Tx, ids []int64, records []form.Record) error {
	types := map[string][]uint32{}
	forms := strings.Fields("id " + formColumns)
	var err error
	if types["forms"], err = columnTypes(ctx, tx, "forms", forms); err != nil {
		return err
	}
	for _, t := range tables() {
		if types[t.name], err = columnTypes(ctx, tx, t.name, t.all()); err != nil {
			return err
		}
	}
	m := tx.Conn().TypeMap().Copy() // the copying uses the connection's own
	ready := make(chan encoded, len(types))
	go func() {
		defer close(ready)
		rows, err := formRows(ids, records)
		ready <- encode(m, "forms", forms, types["forms"], rows, err)
		for _, t := range tables() {
			rows, err := t.of(ids, records)
			ready <- encode(m, t.name, t.all(), types[t.name], rows, err)
		}
	}()
	for e := range ready {
		if e.err == nil && e.data != nil {
			e.err = copyRows(ctx, tx, e)
		}
		if e.err != nil {
			return fmt.Errorf("%s: %w", e.table, e.err)
		}
	}
	return nil
}

func formRows(ids []int64, records []form.Record) ([][]any, error) {
	var rows [][]any
	for i, r := range records {
		row, err := formRow(r)
		if err != nil {
			return nil, fmt.Errorf("form %d: %w", r.Form.Ordinal, err)
		}
		rows = append(rows, append([]any{ids[i]}, row...))
	}
	return rows, nil
}

// all are the table's columns.
func (t table) all() []string {
	return append([]string{"form_id", "position"}, strings.Fields(t.columns)...)
}

// of are the rows of all forms for the table.
func (t table) of(ids []int64, records []form.Record) ([][]any, error) {
	var rows [][]any
	for i, r := range records {
		own, err := t.rows(r)
		if err != nil {
			return nil, err
		}
		for position, row := range own {
			rows = append(rows, append([]any{ids[i], position}, row...))
		}
	}
	return rows, nil
}

func figureRows(r form.Record) ([][]any, error) {
	var rows [][]any
	for path, f := range r.Form.Figures() {
		alternatives, err := readings(f.Alternatives)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		rows = append(rows, []any{clean(path), orNull(f.Label), clean(f.Text), number(f.Value), orNull(f.Unit), clean(string(f.State)), orNull(f.Comparator),
			page(f.Page), box(f.Box), f.Confidence, orNull(f.Reader), f.Agreed, orNull(f.Doubt), alternatives})
	}
	return rows, nil
}

func fieldRows(r form.Record) ([][]any, error) {
	var rows [][]any
	add := func(key string, f *form.Figure) {
		rows = append(rows, []any{orNull(key), orNull(f.Label), clean(f.Text), number(f.Value), orNull(f.Unit), clean(string(f.State)),
			page(f.Page), box(f.Box), f.Confidence, orNull(f.Reader)})
	}
	for i := range r.Form.Fields {
		add(r.Form.Fields[i].Key, &r.Form.Fields[i].Figure)
	}
	for i := range r.Form.OtherFields {
		add("", &r.Form.OtherFields[i])
	}
	return rows, nil
}

func fundRows(r form.Record) ([][]any, error) {
	var rows [][]any
	for _, f := range r.Form.Funds {
		rows = append(rows, []any{clean(f.Source), clean(f.Label), value(f.Initial), text(f.Initial), value(f.Budget), text(f.Budget),
			value(f.Executed), text(f.Executed), value(f.Weight), text(f.Weight), value(f.Rate), text(f.Rate), unit(f.Rate), value(f.Score), text(f.Score)})
	}
	return rows, nil
}

func indicatorRows(r form.Record) ([][]any, error) {
	var rows [][]any
	for _, i := range r.Form.Indicators {
		rows = append(rows, []any{clean(string(i.Kind)), orNull(i.Level1), orNull(i.Level2), orNull(i.Level3), orNull(i.Canonical), orNull(i.Nature), orNull(i.Core),
			value(i.ReferenceWeight), text(i.ReferenceWeight), value(i.Weight), text(i.Weight),
			value(i.Target), text(i.Target), comparator(i.Target), unit(i.Target),
			value(i.Actual), text(i.Actual), comparator(i.Actual), unit(i.Actual),
			value(i.Coefficient), text(i.Coefficient), text(i.Analysis), text(i.Note),
			value(i.Score), text(i.Score), value(i.ReviewScore), text(i.ReviewScore),
			value(i.AdjustedTarget), text(i.AdjustedTarget), comparator(i.AdjustedTarget), unit(i.AdjustedTarget), confidence(i)})
	}
	return rows, nil
}

func evaluatorRows(r form.Record) ([][]any, error) {
	var rows [][]any
	for _, e := range r.Form.Evaluators {
		rows = append(rows, []any{clean(e.Name), clean(e.Title), clean(e.Department), clean(e.Phone)})
	}
	return rows, nil
}

func problemRows(r form.Record) ([][]any, error) {
	var rows [][]any
	for _, p := range r.Form.Problems {
		rows = append(rows, []any{clean(p.Where), clean(p.Code), clean(p.Message), clean(p.MessageZH), page(p.Page), box(p.Box)})
	}
	return rows, nil
}

func discrepancyRows(r form.Record) ([][]any, error) {
	at := map[string]*form.Figure{}
	for path, f := range r.Form.Figures() {
		at[path] = f
	}
	var rows [][]any
	for _, d := range r.Discrepancies {
		operands, err := array(d.From)
		if err != nil {
			return nil, err
		}
		repairs, err := array(d.Repairs)
		if err != nil {
			return nil, err
		}
		var place form.Figure // nowhere, for a rule about what is on no page
		if f := at[d.Where]; f != nil {
			place = *f
		}
		rows = append(rows, []any{clean(d.Rule), clean(d.Where), clean(d.Printed), plain(d.Printed), clean(d.Computed), plain(d.Computed),
			clean(d.Difference), plain(d.Difference), clean(string(d.Verdict)), clean(d.Message), clean(d.MessageZH), operands, repairs,
			page(place.Page), box(place.Box)})
	}
	return rows, nil
}

// confidence is null for a row without a canonical name.
func confidence(i form.Indicator) *float64 {
	if i.Canonical == "" {
		return nil
	}
	return &i.CanonicalBy
}

// value, text, unit and comparator are null for a figure whose column the form
// does not have, so that no column and an empty cell stay two things.
func value(f *form.Figure) pgtype.Numeric {
	if f == nil {
		return pgtype.Numeric{}
	}
	return number(f.Value)
}

func text(f *form.Figure) *string {
	if f == nil {
		return nil
	}
	s := clean(f.Text)
	return &s
}

func unit(f *form.Figure) *string {
	if f == nil {
		return nil
	}
	return orNull(f.Unit)
}

func comparator(f *form.Figure) *string {
	if f == nil {
		return nil
	}
	return orNull(f.Comparator)
}

// maxDigits is more than any printed number has, and less than PostgreSQL's
// numeric can hold; a longer run of digits is kept as text alone.
const maxDigits = 1000

// number is the amount with its printed scale, or null.
func number(a *form.Amount) pgtype.Numeric {
	if a == nil {
		return pgtype.Numeric{}
	}
	d := a.Decimal()
	if d.NumDigits() > maxDigits || max(d.Exponent, -d.Exponent) > maxDigits {
		return pgtype.Numeric{}
	}
	coefficient, ok := new(big.Int).SetString(d.Coeff.String(), 10)
	if !ok {
		return pgtype.Numeric{}
	}
	if d.Negative {
		coefficient.Neg(coefficient)
	}
	return pgtype.Numeric{Int: coefficient, Exp: d.Exponent, Valid: true}
}

// plain is the number that s is as a whole, or null: a grade is none.
func plain(s string) pgtype.Numeric {
	a, err := form.NewAmount(s)
	if err != nil {
		return pgtype.Numeric{}
	}
	return number(&a)
}

// page is null for page 0, which is how the record says that it is not known.
func page(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// box is null for a place that is not known, as in a transcript.
func box(b layout.Box) []float64 {
	if b.IsZero() {
		return nil
	}
	return []float64{b.X0, b.Y0, b.X1, b.Y1}
}

// readings are the alternatives of a figure as its record has them.
func readings(rs []layout.Reading) (string, error) {
	type alternative struct {
		Text       string  `json:"text"`
		Confidence float64 `json:"confidence"`
		By         string  `json:"by,omitempty"`
	}
	var list []alternative
	for _, r := range rs {
		list = append(list, alternative{r.Flat(), r.Confidence, r.By})
	}
	return array(list)
}

// array is the list as JSON that jsonb takes; nil is an empty list.
func array[T any](list []T) (string, error) {
	if list == nil {
		return "[]", nil
	}
	data, err := json.Marshal(list)
	return string(cleanJSON(data)), err
}

package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"heji/form"
	"heji/layout"
)

// StoredForm is a form as it was read, and everything people said about it.
type StoredForm struct {
	ID            int64
	Document      form.Document
	Reader        string
	Forms         int // in the document
	Form          form.Form
	Discrepancies []form.Discrepancy
	Corrections   []Correction // oldest first, those taken back among them
}

// Seen is the number of the form's last correction, 0 for none: what a person who
// looks at it now has seen.
func (f *StoredForm) Seen() int64 {
	if n := len(f.Corrections); n > 0 {
		return f.Corrections[n-1].ID
	}
	return 0
}

// querying is a pool or a transaction.
type querying interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// StoredForm is the ordinal-th form of a document, or ErrNotStored.
func (s *Store) StoredForm(ctx context.Context, sha256 string, ordinal int) (*StoredForm, error) {
	f, err := storedForm(ctx, s.pool, sha256, ordinal)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotStored
	}
	return f, wrap("form", err)
}

// storedForm puts a form together from its tables. The figures' table has what the
// record has and more: the doubts and the readings that agree.
func storedForm(ctx context.Context, q querying, sha256 string, ordinal int) (*StoredForm, error) {
	var s StoredForm
	f := &s.Form
	err := q.QueryRow(ctx, `
		SELECT f.id, d.name, d.sha256, d.bytes, d.pages, d.reader_version, f.ordinal, f.pages, f.kind, f.title, coalesce(f.year, 0), coalesce(f.unit, ''),
		       (SELECT count(*) FROM forms g WHERE g.document = d.sha256)
		FROM forms f JOIN documents d ON d.sha256 = f.document WHERE f.document = $1 AND f.ordinal = $2`, sha256, ordinal).Scan(
		&s.ID, &s.Document.Name, &s.Document.SHA256, &s.Document.Bytes, &s.Document.Pages, &s.Reader,
		&f.Ordinal, &f.Pages, &f.Kind, &f.Title, &f.Year, &f.Unit, &s.Forms)
	if err != nil {
		return nil, err
	}
	for _, part := range []func(context.Context, querying, *StoredForm) error{readRows, readFigures, readFound, readCorrections} {
		if err := part(ctx, q, &s); err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// each scans the rows of a query about one form.
func each(ctx context.Context, q querying, sql string, key any, targets []any, do func() error) error {
	rows, err := q.Query(ctx, sql, key)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, targets, do)
	return err
}

// readRows makes the rows that figures stand in.
func readRows(ctx context.Context, q querying, s *StoredForm) error {
	f := &s.Form
	var i form.Indicator
	err := each(ctx, q, `
		SELECT kind, coalesce(level1, ''), coalesce(level2, ''), coalesce(level3, ''), coalesce(canonical, ''), coalesce(canonical_confidence, 0)::float8, coalesce(nature, ''), coalesce(core, '')
		FROM indicators WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&i.Kind, &i.Level1, &i.Level2, &i.Level3, &i.Canonical, &i.CanonicalBy, &i.Nature, &i.Core},
		func() error { f.Indicators = append(f.Indicators, i); return nil })
	if err != nil {
		return err
	}
	var u form.Fund
	err = each(ctx, q, `SELECT source, label FROM funds WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&u.Source, &u.Label}, func() error { f.Funds = append(f.Funds, u); return nil })
	if err != nil {
		return err
	}
	var e form.Evaluator
	return each(ctx, q, `SELECT name, title, department, phone FROM evaluators WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&e.Name, &e.Title, &e.Department, &e.Phone}, func() error { f.Evaluators = append(f.Evaluators, e); return nil })
}

func readFigures(ctx context.Context, q querying, s *StoredForm) error {
	var path string
	var g form.Figure
	var number, alternatives string
	var place []float64
	return each(ctx, q, `
		SELECT path, coalesce(label, ''), text, coalesce(value::text, ''), coalesce(unit, ''), state, coalesce(comparator, ''), coalesce(page, 0), box,
		       confidence, coalesce(reader, ''), agreed, coalesce(doubt, ''), alternatives::text
		FROM figures WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&path, &g.Label, &g.Text, &number, &g.Unit, &g.State, &g.Comparator, &g.Page, &place, &g.Confidence, &g.Reader, &g.Agreed, &g.Doubt, &alternatives},
		func() error {
			figure := g
			if number != "" {
				a, err := form.NewAmount(number)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				figure.Value = &a
			}
			figure.Box = boxOf(place)
			if err := json.Unmarshal([]byte(alternatives), &figure.Alternatives); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			return put(&s.Form, path, figure)
		})
}

func boxOf(v []float64) layout.Box {
	if len(v) != 4 {
		return layout.Box{}
	}
	return layout.Box{X0: v[0], Y0: v[1], X1: v[2], Y1: v[3]}
}

var indexed = regexp.MustCompile(`^(funds|indicators)\[(\d+)\]\.(\w+)$`)

// put sets the figure at a path into the record. Header fields come in their order.
func put(f *form.Form, path string, g form.Figure) error {
	if key, ok := strings.CutPrefix(path, "fields."); ok {
		f.Fields = append(f.Fields, form.Field{Key: key, Figure: g})
		return nil
	}
	if strings.HasPrefix(path, "other_fields[") {
		f.OtherFields = append(f.OtherFields, g)
		return nil
	}
	if to := slot(f, path); to != nil {
		*to = &g
		return nil
	}
	return fmt.Errorf("%s: no such place in a form", path)
}

// slot is where the figure of a path belongs, or nil.
func slot(f *form.Form, path string) **form.Figure {
	switch path {
	case "total.weight":
		return &f.Total.Weight
	case "total.score":
		return &f.Total.Score
	case "grade":
		return &f.Grade
	}
	m := indexed.FindStringSubmatch(path)
	if m == nil {
		return nil
	}
	n, err := strconv.Atoi(m[2])
	switch {
	case err != nil:
		return nil
	case m[1] == "funds" && n < len(f.Funds):
		r := &f.Funds[n]
		return map[string]**form.Figure{"initial": &r.Initial, "budget": &r.Budget, "executed": &r.Executed,
			"weight": &r.Weight, "rate": &r.Rate, "score": &r.Score}[m[3]]
	case m[1] == "indicators" && n < len(f.Indicators):
		r := &f.Indicators[n]
		return map[string]**form.Figure{"reference_weight": &r.ReferenceWeight, "weight": &r.Weight, "target": &r.Target, "adjusted_target": &r.AdjustedTarget, "actual": &r.Actual,
			"coefficient": &r.Coefficient, "analysis": &r.Analysis, "note": &r.Note, "score": &r.Score, "review_score": &r.ReviewScore}[m[3]]
	}
	return nil
}

// readFound reads the problems and the discrepancies.
func readFound(ctx context.Context, q querying, s *StoredForm) error {
	var p form.Problem
	var place []float64
	err := each(ctx, q, `SELECT where_path, code, message, message_zh, coalesce(page, 0), box FROM problems WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&p.Where, &p.Code, &p.Message, &p.MessageZH, &p.Page, &place}, func() error {
			p.Box = boxOf(place)
			s.Form.Problems = append(s.Form.Problems, p)
			return nil
		})
	if err != nil {
		return err
	}
	var d form.Discrepancy
	var from, repairs string
	return each(ctx, q, `
		SELECT rule, where_path, printed, computed, difference, verdict, message, message_zh, operands::text, repairs::text
		FROM discrepancies WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&d.Rule, &d.Where, &d.Printed, &d.Computed, &d.Difference, &d.Verdict, &d.Message, &d.MessageZH, &from, &repairs}, func() error {
			found := d
			if err := errors.Join(json.Unmarshal([]byte(from), &found.From), json.Unmarshal([]byte(repairs), &found.Repairs)); err != nil {
				return err
			}
			s.Discrepancies = append(s.Discrepancies, found)
			return nil
		})
}

// DocumentNames are the names a document was imported under, the one it was last
// read under first, and then the absolute paths at which batches found it.
func (s *Store) DocumentNames(ctx context.Context, sha256 string) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT name FROM (
			(SELECT n.name, 1 AS part, n.name <> d.name AS other, n.first_seen AS at FROM document_names n JOIN documents d ON d.sha256 = n.document
			WHERE n.document = $1 ORDER BY 3, 4 LIMIT 100)
			UNION ALL
			(SELECT b.path, 2, false, b.at FROM batch_documents b WHERE b.sha256 = $1 ORDER BY b.at DESC LIMIT 100)) AS known
		ORDER BY part, other, at`, sha256)
	if err != nil {
		return nil, wrap("names", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for i := range names {
		names[i] = form.PathOf(names[i])
	}
	return names, wrap("names", err)
}

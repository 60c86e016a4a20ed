package load

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"heji/form"
	"heji/layout"
)

// Annotated is a document that has discrepancies, and where its file may be.
type Annotated struct {
	Name   string
	SHA256 string
	Paths  []string // where imports found it, the latest first
	Found  []AnnotatedFinding
}

// AnnotatedFinding is a discrepancy with its place on the page. Page is that on
// which the form begins, and Box zero, where the place is not known.
type AnnotatedFinding struct {
	Page      int
	Box       layout.Box
	Rule      string
	Verdict   form.Verdict
	Printed   string
	Computed  string
	Message   string
	MessageZH string
}

// Annotated calls each with every document that has discrepancies, one after the
// other.
func (s *Snapshot) Annotated(ctx context.Context, each func(Annotated) error) error {
	where, args := s.filter.where(true)
	rows, err := s.tx.Query(ctx, `
		SELECT d.sha256, d.name,
		       ARRAY(SELECT b.path FROM batch_documents b WHERE b.sha256 = d.sha256 ORDER BY b.at DESC),
		       coalesce(t.page, f.pages[1], 1), coalesce(t.box, '{}')::float8[], t.rule, t.verdict, t.printed, t.computed, t.message, t.message_zh
		FROM discrepancies t JOIN forms f ON f.id = t.form_id JOIN documents d ON d.sha256 = f.document`+where+`
		ORDER BY d.sha256, f.ordinal, t.position`, args...)
	if err != nil {
		return wrap("export pdf", err)
	}
	defer rows.Close()
	var current Annotated
	flush := func() error {
		if current.SHA256 == "" {
			return nil
		}
		return each(current)
	}
	for rows.Next() {
		d, err := scanAnnotated(rows)
		if err != nil {
			return wrap("export pdf", err)
		}
		if d.SHA256 == current.SHA256 {
			current.Found = append(current.Found, d.Found...)
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		current = d
	}
	if err := rows.Err(); err != nil {
		return wrap("export pdf", err)
	}
	return flush()
}

func scanAnnotated(rows pgx.Rows) (Annotated, error) {
	var d Annotated
	var f AnnotatedFinding
	var box []float64
	if err := rows.Scan(&d.SHA256, &d.Name, &d.Paths, &f.Page, &box, &f.Rule, &f.Verdict, &f.Printed, &f.Computed, &f.Message, &f.MessageZH); err != nil {
		return d, fmt.Errorf("a discrepancy: %w", err)
	}
	if len(box) == 4 {
		f.Box = layout.Box{X0: box[0], Y0: box[1], X1: box[2], Y1: box[3]}
	}
	d.Found = []AnnotatedFinding{f}
	return d, nil
}

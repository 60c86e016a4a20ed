package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"heji/form"
)

// Reaudited is what another audit made of a stored form.
type Reaudited struct {
	Document    form.Document
	Ordinal     int // of the form in its document
	Appeared    []form.Discrepancy
	Disappeared []form.Discrepancy
	Changed     bool // anything at all, such as a verdict or a sentence
}

// Reaudit runs check on every stored form, and puts what it finds in the place of
// the discrepancies stored, one document a transaction; no document is read again.
// With keep set nothing is written. It holds one document at a time. The form that
// check sees has the witnesses and doubts of the figures table.
func (s *Store) Reaudit(ctx context.Context, keep bool, check func(*form.Form) []form.Discrepancy, each func(Reaudited) error) error {
	const block = 500
	for last := ""; ; {
		rows, err := s.pool.Query(ctx, `SELECT sha256 FROM documents WHERE sha256 > $1 AND error_code IS NULL ORDER BY sha256 LIMIT $2`, last, block)
		if err != nil {
			return wrap("audit", err)
		}
		documents, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return wrap("audit", err)
		}
		for _, sha256 := range documents {
			found, err := s.reauditDocument(ctx, sha256, keep, check)
			if err != nil {
				return wrap("audit "+sha256[:12], err)
			}
			for _, r := range found {
				if err := each(r); err != nil {
					return err
				}
			}
			last = sha256
		}
		if len(documents) < block {
			return nil
		}
	}
}

func (s *Store) reauditDocument(ctx context.Context, sha256 string, keep bool, check func(*form.Form) []form.Discrepancy) (out []Reaudited, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		out = nil
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, sha256); err != nil {
			return err
		}
		ids, records, err := storedForms(ctx, tx, sha256)
		if err != nil {
			return err
		}
		for i, r := range records {
			before := r.Discrepancies
			r.Discrepancies = check(r.Form)
			result := compare(before, r.Discrepancies)
			result.Document, result.Ordinal = r.Document, r.Form.Ordinal
			out = append(out, result)
			if result.Changed && !keep {
				if err := replaceDiscrepancies(ctx, tx, ids[i], r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// storedForms are a document's forms with what the record does not tell.
func storedForms(ctx context.Context, tx pgx.Tx, sha256 string) ([]int64, []form.Record, error) {
	rows, err := tx.Query(ctx, `SELECT id, record::text FROM forms WHERE document = $1 ORDER BY ordinal`, sha256)
	if err != nil {
		return nil, nil, err
	}
	var ids []int64
	var records []form.Record
	var id int64
	var text string
	if _, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		var r form.Record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return err
		}
		if r.Form == nil {
			return fmt.Errorf("form %d has a record without a form", id)
		}
		ids, records = append(ids, id), append(records, r)
		return nil
	}); err != nil {
		return nil, nil, err
	}
	for i := range records {
		if err := addWitnesses(ctx, tx, ids[i], records[i].Form); err != nil {
			return nil, nil, err
		}
	}
	return ids, records, nil
}

// addWitnesses sets what early records do not tell: which figures are in doubt, and
// how many readings agree.
func addWitnesses(ctx context.Context, tx pgx.Tx, id int64, f *form.Form) error {
	rows, err := tx.Query(ctx, `SELECT path, agreed, coalesce(doubt, '') FROM figures WHERE form_id = $1`, id)
	if err != nil {
		return err
	}
	figures := map[string]*form.Figure{}
	for path, g := range f.Figures() {
		figures[path] = g
	}
	var path, doubt string
	var agreed int
	_, err = pgx.ForEachRow(rows, []any{&path, &agreed, &doubt}, func() error {
		if g := figures[path]; g != nil {
			g.Agreed, g.Doubt = agreed, doubt
		}
		return nil
	})
	return err
}

// compare says which discrepancies are new and which are gone: those of the same
// rule at the same place with the same figures are the same.
func compare(before, after []form.Discrepancy) Reaudited {
	var r Reaudited
	key := func(d form.Discrepancy) string {
		return strings.Join([]string{d.Rule, d.Where, d.Printed, d.Computed}, "\x00")
	}
	left := map[string]int{}
	for _, d := range before {
		left[key(d)]++
	}
	for _, d := range after {
		if k := key(d); left[k] > 0 {
			left[k]--
		} else {
			r.Appeared = append(r.Appeared, d)
		}
	}
	for _, d := range before {
		if k := key(d); left[k] > 0 {
			left[k]--
			r.Disappeared = append(r.Disappeared, d)
		}
	}
	x, err1 := json.Marshal(before)
	y, err2 := json.Marshal(after)
	if len(before)+len(after) > 0 {
		r.Changed = err1 != nil || err2 != nil || !bytes.Equal(x, y)
	}
	return r
}

func replaceDiscrepancies(ctx context.Context, tx pgx.Tx, id int64, r form.Record) error {
	record, err := r.MarshalJSON()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE forms SET record = $2 WHERE id = $1`, id, string(cleanJSON(record))); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM discrepancies WHERE form_id = $1`, id); err != nil {
		return err
	}
	rows, err := discrepancyRows(r)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i] = append([]any{id, i}, rows[i]...)
	}
	for _, t := range tables() {
		if t.name == "discrepancies" {
			_, err = tx.CopyFrom(ctx, pgx.Identifier{t.name}, append([]string{"form_id", "position"}, strings.Fields(t.columns)...), pgx.CopyFromRows(rows))
		}
	}
	return err
}

// StoredForms are the records of the document whose hash begins so, with witnesses
// and doubts. It is an error if there is none or more than one.
func (s *Store) StoredForms(ctx context.Context, prefix string) (records []form.Record, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT sha256 FROM documents WHERE starts_with(sha256, $1) ORDER BY sha256 LIMIT 2`, prefix)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		switch len(found) {
		case 0:
			return fmt.Errorf("no stored document has a hash that begins with %s; heji db psql -c 'select name, sha256 from documents' lists them", prefix)
		case 1:
			_, records, err = storedForms(ctx, tx, found[0])
			return err
		}
		return fmt.Errorf("more than one stored document has a hash that begins with %s; give more of it", prefix)
	})
	return records, wrap("documents", err)
}

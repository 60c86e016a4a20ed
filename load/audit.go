package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

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
// the discrepancies stored, one form a transaction; no document is read again. With
// keep set nothing is written. It holds some dozens of forms at a time, which are checked
// side by side and told in the order of their documents' hashes.
func (s *Store) Reaudit(ctx context.Context, keep bool, check func(*form.Form) []form.Discrepancy, each func(Reaudited) error) error {
	const block = 64
	type stored struct {
		ID      int64
		SHA256  string
		Ordinal int
		Record  string
	}
	last := stored{}
	for {
		rows, err := s.pool.Query(ctx, `SELECT id, document, ordinal, record::text FROM forms WHERE (document, ordinal) > ($1, $2) ORDER BY document, ordinal LIMIT $3`, last.SHA256, last.Ordinal, block)
		if err != nil {
			return wrap("audit", err)
		}
		forms, err := pgx.CollectRows(rows, pgx.RowToStructByPos[stored])
		if err != nil {
			return wrap("audit", err)
		}
		results := make([]Reaudited, len(forms))
		var group errgroup.Group
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i, f := range forms {
			group.Go(func() error {
				r, err := recordOf(f.ID, f.Record)
				if err == nil {
					results[i] = reaudited(r, check(r.Form))
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return wrap("audit", err)
		}
		for i, f := range forms {
			if results[i].Changed && !keep {
				if results[i], err = s.replace(ctx, f.ID, check); err != nil {
					return wrap("audit", err)
				}
			}
			last = f
			if results[i].Document.SHA256 == "" {
				continue // gone in the meantime
			}
			if err := each(results[i]); err != nil {
				return err
			}
		}
		if len(forms) < block {
			return nil
		}
	}
}

// replace checks a form once more, as it is now, and stores what is found.
func (s *Store) replace(ctx context.Context, id int64, check func(*form.Form) []form.Discrepancy) (result Reaudited, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended(document, 0)) FROM forms WHERE id = $1`, id); err != nil {
			return err
		}
		var record string
		err := tx.QueryRow(ctx, `SELECT record::text FROM forms WHERE id = $1`, id).Scan(&record)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		r, err := recordOf(id, record)
		if err != nil {
			return err
		}
		found := check(r.Form)
		result = reaudited(r, found)
		r.Discrepancies = found
		return replaceDiscrepancies(ctx, tx, id, r)
	})
	return result, err
}

func reaudited(r form.Record, found []form.Discrepancy) Reaudited {
	result := compare(r.Discrepancies, found)
	result.Document, result.Ordinal = r.Document, r.Form.Ordinal
	return result
}

func recordOf(id int64, record string) (form.Record, error) {
	var r form.Record
	if err := json.Unmarshal([]byte(record), &r); err != nil {
		return r, fmt.Errorf("form %d: %w", id, err)
	}
	if r.Form == nil {
		return r, fmt.Errorf("form %d has a record without a form", id)
	}
	return r, nil
}

// storedForms are a document's forms.
func storedForms(ctx context.Context, tx pgx.Tx, sha256 string) ([]form.Record, error) {
	rows, err := tx.Query(ctx, `SELECT id, record::text FROM forms WHERE document = $1 ORDER BY ordinal`, sha256)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (form.Record, error) {
		var id int64
		var record string
		if err := row.Scan(&id, &record); err != nil {
			return form.Record{}, err
		}
		return recordOf(id, record)
	})
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

// StoredForms are the records of the document whose hash begins so. It is an error if there is none or more than one.
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
			records, err = storedForms(ctx, tx, found[0])
			return err
		}
		return fmt.Errorf("more than one stored document has a hash that begins with %s; give more of it", prefix)
	})
	return records, wrap("documents", err)
}

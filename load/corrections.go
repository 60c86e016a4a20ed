package load

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"heji/form"
	"heji/layout"
)

// ErrStale means that somebody else corrected the form since the caller looked.
var ErrStale = errors.New("somebody else has corrected this form in the meantime; look again")

// Correction is what a person decided about one reading, or an undoing of that.
type Correction struct {
	ID       int64      `json:"id"`
	Document string     `json:"document"` // SHA-256
	Ordinal  int        `json:"ordinal"`
	Path     string     `json:"path"`
	Page     int        `json:"page"` // 0 when not known
	Box      layout.Box `json:"box"`
	From     string     `json:"from"`
	To       string     `json:"to"`
	Reason   string     `json:"reason"`
	User     string     `json:"user"`
	At       time.Time  `json:"at"`
	Undoes   int64      `json:"undoes,omitempty"` // the correction that this one takes back
}

// InForce are the corrections that no later one takes back, oldest first.
func InForce(all []Correction) []Correction {
	undone := map[int64]bool{}
	for _, c := range all {
		undone[c.Undoes] = true
	}
	var out []Correction
	for _, c := range all {
		if c.Undoes == 0 && !undone[c.ID] {
			out = append(out, c)
		}
	}
	return out
}

// Standing is what a form comes to with its corrections.
type Standing struct {
	Discrepancies []form.Discrepancy
	Confirmed     []bool // of each discrepancy, whether a person has seen the printed figure
	Doubts        int    // figures still in doubt
	Lost          int    // corrections whose place the form does not have
}

// Correct appends a correction in one transaction with what the form comes to,
// which stand works out. Seen is the last correction its author knew of; where
// there is a later one nothing is written and the error is ErrStale.
func (s *Store) Correct(ctx context.Context, c Correction, seen int64, stand func(*StoredForm) Standing) (*StoredForm, error) {
	var f *StoredForm
	err := s.standing(ctx, c.Document, c.Ordinal, stand, func(tx pgx.Tx, stored *StoredForm) error {
		f = stored
		if f.Seen() != seen {
			return ErrStale
		}
		var undoes *int64
		if c.Undoes != 0 {
			undoes = &c.Undoes
		}
		if err := tx.QueryRow(ctx, `
			INSERT INTO corrections (document, ordinal, path, page, box, from_text, to_text, reason, user_name, undoes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id, made_at`,
			c.Document, c.Ordinal, clean(c.Path), page(c.Page), box(c.Box), clean(c.From), clean(c.To), clean(c.Reason), c.User, undoes,
		).Scan(&c.ID, &c.At); err != nil {
			return err
		}
		f.Corrections = append(f.Corrections, c)
		return nil
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, ErrNotStored
	case errors.Is(err, ErrStale):
		return nil, ErrStale
	}
	return f, wrap("correct", err)
}

// Stand works out again what corrected forms come to that have been read anew
// since, at most limit of them, and says how many there were.
func (s *Store) Stand(ctx context.Context, limit int, stand func(*StoredForm) Standing) (int, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT DISTINCT f.document, f.ordinal FROM corrections c JOIN forms f USING (document, ordinal)
		WHERE NOT EXISTS (SELECT FROM reviews r WHERE r.form_id = f.id) LIMIT $1`, limit)
	if err != nil {
		return 0, wrap("reviews", err)
	}
	type key struct {
		Document string
		Ordinal  int
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[key])
	if err != nil {
		return 0, wrap("reviews", err)
	}
	for _, k := range keys {
		err := s.standing(ctx, k.Document, k.Ordinal, stand, func(pgx.Tx, *StoredForm) error { return nil })
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return 0, wrap("reviews", err)
		}
	}
	return len(keys), nil
}

// standing changes a form's corrections and writes what the form comes to then.
func (s *Store) standing(ctx context.Context, document string, ordinal int, stand func(*StoredForm) Standing, change func(pgx.Tx, *StoredForm) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// The lock of Save: no import replaces the form under our hands.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, document); err != nil {
			return err
		}
		f, err := storedForm(ctx, tx, document, ordinal)
		if err != nil {
			return err
		}
		if err := change(tx, f); err != nil {
			return err
		}
		return writeStanding(ctx, tx, f, stand(f))
	})
}

func writeStanding(ctx context.Context, tx pgx.Tx, f *StoredForm, st Standing) error {
	if _, err := tx.Exec(ctx, `DELETE FROM reviews WHERE form_id = $1`, f.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO reviews (form_id, corrections, doubts, lost) VALUES ($1, $2, $3, $4)`,
		f.ID, len(InForce(f.Corrections)), st.Doubts, st.Lost); err != nil {
		return err
	}
	var rows [][]any
	for i, d := range st.Discrepancies {
		rows = append(rows, []any{f.ID, i, clean(d.Rule), clean(d.Where), clean(d.Printed), clean(d.Computed), clean(d.Difference),
			clean(string(d.Verdict)), clean(d.Message), clean(d.MessageZH), st.Confirmed[i]})
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"review_discrepancies"},
		strings.Fields("form_id position rule where_path printed computed difference verdict message message_zh confirmed"), pgx.CopyFromRows(rows))
	return err
}

const correctionColumns = `c.id, c.document, c.ordinal, c.path, coalesce(c.page, 0), c.box, c.from_text, c.to_text, c.reason, c.user_name, c.made_at, coalesce(c.undoes, 0)`

func scanCorrection(row pgx.CollectableRow) (Correction, error) {
	var c Correction
	var place []float64
	err := row.Scan(&c.ID, &c.Document, &c.Ordinal, &c.Path, &c.Page, &place, &c.From, &c.To, &c.Reason, &c.User, &c.At, &c.Undoes)
	c.Box = boxOf(place)
	return c, err
}

func readCorrections(ctx context.Context, q querying, s *StoredForm) error {
	rows, err := q.Query(ctx, `SELECT `+correctionColumns+` FROM corrections c WHERE c.document = $1 AND c.ordinal = $2 ORDER BY c.id`,
		s.Document.SHA256, s.Form.Ordinal)
	if err != nil {
		return err
	}
	s.Corrections, err = pgx.CollectRows(rows, scanCorrection)
	return err
}

// LastCorrection is the number of a form's last correction, 0 for none, as
// StoredForm.Seen has it.
func (s *Store) LastCorrection(ctx context.Context, sha256 string, ordinal int) (id int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM corrections WHERE document = $1 AND ordinal = $2`, sha256, ordinal).Scan(&id)
	return id, wrap("corrections", err)
}

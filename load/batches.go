package load

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"heji/form"
)

// Entry is a document's line in a batch.
type Entry struct {
	Batch int64
	Path  string // where to find it again; made absolute
	Stage string // where it stopped, "" when it did not
}

// What becomes of a document in a batch. Each has one of these in the end, save
// while it is Queued.
const (
	Queued    = "queued"
	Loaded    = "loaded"
	Duplicate = "duplicate" // these bytes were stored already
	Refused   = "refused"   // the document is at fault: reading it again gives the same
	Failed    = "failed"    // the machine is at fault, or the file was not there
)

// outcomeOf is what an error makes of a document.
func outcomeOf(code form.Code) string {
	if passing(code) {
		return Failed
	}
	return Refused
}

// Begin is the batch in which the paths are imported by the reader: the one that
// was begun with the same paths and not finished, or else a new one. A list on
// standard input ("-") is always new, for nobody knows what was on it.
func (s *Store) Begin(ctx context.Context, paths []string, reader string) (batch int64, resumed bool, err error) {
	if err := s.forget(ctx); err != nil {
		return 0, false, wrap("begin a batch", err)
	}
	places := make([]string, len(paths))
	for i, p := range paths {
		places[i] = p
		if p != "-" {
			places[i] = clean(form.PathText(Absolute(p)))
		}
	}
	if !slices.Contains(paths, "-") {
		err = s.pool.QueryRow(ctx, `
			SELECT id FROM batches WHERE finished IS NULL AND paths = $1 AND reader_version = $2
			ORDER BY id DESC LIMIT 1`, places, clean(reader)).Scan(&batch)
		if err == nil || !errors.Is(err, pgx.ErrNoRows) {
			return batch, err == nil, wrap("begin a batch", err)
		}
	}
	err = s.pool.QueryRow(ctx, `INSERT INTO batches (paths, reader_version) VALUES ($1, $2) RETURNING id`, places, clean(reader)).Scan(&batch)
	return batch, false, wrap("begin a batch", err)
}

// Absolute is where to find a path from anywhere: a bucket's address as it is.
func Absolute(path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// Finish says that every document of the batch was found.
func (s *Store) Finish(ctx context.Context, batch int64) error {
	_, err := s.pool.Exec(ctx, `UPDATE batches SET finished = now() WHERE id = $1 AND finished IS NULL`, batch)
	return wrap("finish the batch", err)
}

// Batch is a batch with what its documents came to.
type Batch struct {
	ID                                                   int64
	Paths                                                []string
	Reader                                               string
	Started                                              time.Time
	Finished                                             *time.Time
	Found, Loaded, Duplicates, Refused, Failures, Queued int64
}

// Batch looks one up; number 0 is the latest. The error is ErrNoBatch when there is none.
func (s *Store) Batch(ctx context.Context, id int64) (Batch, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT batch, paths, reader_version, started, finished, found, loaded, duplicates, refused, failed, queued
		FROM batch_view WHERE batch = CASE WHEN $1 = 0 THEN (SELECT max(id) FROM batches) ELSE $1 END`, id)
	if err != nil {
		return Batch{}, wrap("batch", err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Batch])
	if errors.Is(err, pgx.ErrNoRows) {
		return Batch{}, ErrNoBatch
	}
	return b, wrap("batch", err)
}

// ErrNoBatch says that there is no such batch.
var ErrNoBatch = errors.New("there is no such batch; `heji db psql -c 'select * from batch_view'` lists them")

// Known is what is stored of a document's bytes.
type Known struct {
	Document form.Document // Name is the one under which it was read
	Err      *form.Error   // why it was refused, or nil
	Forms    []KnownForm
}

// KnownForm counts what was found in a stored form.
type KnownForm struct {
	Problems      int
	Discrepancies []form.Discrepancy // Rule and Verdict only
}

// settled is whether reading the document again with the reader would tell
// nothing new.
const settled = `d.reader_version = $2 AND (d.error_code IS NULL OR d.error_code NOT IN ('timeout', 'crashed', 'ocr-unavailable', 'not-found'))`

// Note enters a document in a batch without reading it, where it was read by the
// same reader before. It reports nil, and does nothing, where it must be read.
func (s *Store) Note(ctx context.Context, sha256, name, reader string, entry Entry) (*Known, error) {
	var known *Known
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		known, err = note(ctx, tx, sha256, name, reader, entry)
		return err
	})
	return known, wrap("look up "+name, err)
}

func note(ctx context.Context, tx pgx.Tx, sha256, name, reader string, entry Entry) (*Known, error) {
	k := Known{Document: form.Document{SHA256: sha256}}
	var e form.Error
	err := tx.QueryRow(ctx, `
		SELECT name, bytes, pages, coalesce(error_code, ''), coalesce(error_message, '')
		FROM documents d WHERE sha256 = $1 AND `+settled, sha256, clean(reader)).
		Scan(&k.Document.Name, &k.Document.Bytes, &k.Document.Pages, &e.Code, &e.Message)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if e.Code != "" {
		k.Err = &e
	}
	if k.Forms, err = knownForms(ctx, tx, sha256); err != nil {
		return nil, err
	}
	var b pgx.Batch
	addNames(&b, []Saved{{Document: form.Document{SHA256: sha256, Name: name}}})
	l := line{Entry: entry, name: name, sha256: sha256, outcome: Duplicate}
	if k.Err != nil {
		l.outcome, l.code, l.message = outcomeOf(e.Code), string(e.Code), e.Message
	}
	enter(&b, l)
	return &k, send(ctx, tx, &b)
}

func knownForms(ctx context.Context, tx pgx.Tx, sha256 string) ([]KnownForm, error) {
	rows, err := tx.Query(ctx, `
		SELECT (SELECT count(*) FROM problems p WHERE p.form_id = f.id),
		       ARRAY(SELECT rule FROM discrepancies x WHERE x.form_id = f.id ORDER BY x.position),
		       ARRAY(SELECT verdict FROM discrepancies x WHERE x.form_id = f.id ORDER BY x.position)
		FROM forms f WHERE document = $1 ORDER BY ordinal`, sha256)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f KnownForm, err error) {
		var rules, verdicts []string
		err = row.Scan(&f.Problems, &rules, &verdicts)
		for i := range rules {
			f.Discrepancies = append(f.Discrepancies, form.Discrepancy{Rule: rules[i], Verdict: form.Verdict(verdicts[i])})
		}
		return f, err
	})
}

// line is a row of batch_documents.
type line struct {
	Entry
	name, sha256, outcome, code, message string
}

// enter writes a line in its batch. What this batch loaded stays loaded when the
// batch is gone through again.
func enter(b *pgx.Batch, l line) {
	b.Queue(`
		INSERT INTO batch_documents AS b (batch, name, path, sha256, outcome, stage, code, message)
		VALUES ($1, $2, $3, nullif($4, ''), $5, coalesce(nullif($6, ''), (
			SELECT stage FROM batch_documents WHERE sha256 = $4 AND code = $7 LIMIT 1)), nullif($7, ''), nullif($8, ''))
		ON CONFLICT (batch, md5(name)) DO UPDATE SET
			path = excluded.path, sha256 = excluded.sha256, outcome = excluded.outcome, stage = excluded.stage,
			code = excluded.code, message = excluded.message, at = excluded.at
		WHERE (b.sha256, b.outcome, b.code) IS DISTINCT FROM (excluded.sha256, excluded.outcome, excluded.code)
		  AND NOT (b.outcome = 'loaded' AND excluded.outcome = 'duplicate' AND b.sha256 = excluded.sha256)`,
		l.Batch, clean(l.name), clean(form.PathText(Absolute(l.Path))), l.sha256, l.outcome, clean(l.Stage), clean(l.code), clean(l.message))
}

// enterResult writes the line of a document that was read, and of any other that
// was queued with the same bytes.
func enterResult(b *pgx.Batch, d Saved, action Action) {
	if d.Entry == nil {
		return
	}
	l := line{Entry: *d.Entry, name: d.Document.Name, sha256: d.Document.SHA256, outcome: Loaded}
	if action == Unchanged {
		l.outcome = Duplicate
	}
	if e := failure(d); e != nil {
		l.outcome, l.code, l.message = outcomeOf(e.Code), string(e.Code), e.Message
	}
	if enter(b, l); l.sha256 == "" {
		return
	}
	others := l.outcome
	if others == Loaded {
		others = Duplicate
	}
	b.Queue(`
		WITH others AS (
			UPDATE batch_documents SET outcome = $2, stage = nullif($3, ''), code = nullif($4, ''), message = nullif($5, ''), at = now()
			WHERE sha256 = $1 AND outcome = 'queued' RETURNING name)
		INSERT INTO document_names (document, name) SELECT DISTINCT $1, name FROM others ON CONFLICT DO NOTHING`,
		l.sha256, others, clean(l.Stage), clean(l.code), clean(l.message))
}

// saveUnknown enters a document that has no bytes in its batch.
func (s *Store) saveUnknown(ctx context.Context, d Saved) error {
	return wrap("save "+d.Document.Name, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var b pgx.Batch
		enterResult(&b, d, NotStored)
		if err := send(ctx, tx, &b); err != nil || d.Also == nil {
			return err
		}
		return d.Also(ctx, tx)
	}))
}

// Unread is a document that a batch did not get to read.
type Unread struct {
	Batch                                     int64
	Name, Path, Outcome, Stage, Code, Message string
}

// Opened takes a folder that could not be opened out of its batch: its documents have
// lines of their own now.
func (s *Store) Opened(ctx context.Context, u Unread) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM batch_documents WHERE batch = $1 AND md5(name) = md5($2) AND outcome = 'failed'`, u.Batch, clean(u.Name))
	return wrap("retry "+u.Name, err)
}

// Unread calls each with the refused and failed documents of a batch, or of all
// batches for 0, by cause and stage. A failure that a later batch made good under
// the same name is left out. Nothing is held in memory.
func (s *Store) Unread(ctx context.Context, batch int64, code string, each func(Unread) error) error {
	rows, err := s.pool.Query(ctx, `
		SELECT batch, name, path, outcome, coalesce(stage, ''), code, coalesce(message, '')
		FROM batch_documents b
		WHERE outcome IN ('refused', 'failed') AND ($1 = 0 OR batch = $1) AND ($2 = '' OR code = $2)
		  AND ($1 <> 0 OR NOT EXISTS (
		      SELECT FROM batch_documents later WHERE later.batch > b.batch AND md5(later.path) = md5(b.path)))
		ORDER BY code, stage, batch, name`, batch, code)
	if err != nil {
		return wrap("list failures", err)
	}
	defer rows.Close()
	for rows.Next() {
		u, err := pgx.RowToStructByPos[Unread](rows)
		if err != nil {
			return wrap("list failures", err)
		}
		u.Path = form.PathOf(u.Path)
		if err := each(u); err != nil {
			return err
		}
	}
	return wrap("list failures", rows.Err())
}

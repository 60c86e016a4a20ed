package load

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"heji/form"
)

// Saved is a document as it was read.
type Saved struct {
	Document form.Document // SHA256 is its key
	Reader   string        // version of the heji that read it
	Records  []form.Record // one a form, or one with Err for a document that was not read

	Layout []byte // what the reader saw, to be kept for a replay; none is kept when empty
	Entry  *Entry // where the document belongs in a batch, or nil
	Replay bool   // the records were made anew of what was kept: they replace any others of the same reader
	// Also runs in the same transaction, last; it may be nil.
	Also func(context.Context, pgx.Tx) error
}

// Action is what Save did.
type Action string

const (
	Inserted  Action = "inserted"
	Unchanged Action = "unchanged"  // it was there already and nothing was written, save perhaps a name
	Replaced  Action = "replaced"   // the rows of an older reading gave way to these
	NotStored Action = "not-stored" // there were no bytes to know it by, as when a file is not found
)

// Outcome says what became of a document.
type Outcome struct {
	Action    Action
	NameAdded bool // the document was known, but not under this name
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Save stores a document in one transaction: all of it, or an error and nothing.
// Saving again what is there already rewrites no row. Any number of processes
// may save the same document at once; one of them stores it.
func (s *Store) Save(ctx context.Context, d Saved) (Outcome, error) {
	if d.Document.SHA256 == "" {
		return Outcome{Action: NotStored}, s.saveUnknown(ctx, d)
	}
	if !sha256Hex.MatchString(d.Document.SHA256) {
		return Outcome{}, fmt.Errorf("save %s: %q is no SHA-256 in lower-case hex", d.Document.Name, d.Document.SHA256)
	}
	if !complete(d) {
		return Outcome{}, fmt.Errorf("save %s: it has neither a form nor an error", d.Document.Name)
	}
	outcome, lost, err := s.transact(ctx, d)
	if lost && ctx.Err() == nil {
		// A server that was restarted has broken every idle connection. Trying again
		// is safe even when the commit's answer was lost: what is stored stays so.
		s.pool.Reset()
		outcome, _, err = s.transact(ctx, d)
	}
	if err != nil {
		return Outcome{}, wrap("save "+d.Document.Name, err)
	}
	return outcome, nil
}

// transact saves in one transaction. Lost is whether it ended in an error
// because its connection broke.
func (s *Store) transact(ctx context.Context, d Saved) (outcome Outcome, lost bool, err error) {
	// Read committed whatever the server's default: after the lock is granted, the
	// next statement must see what the process before us committed.
	options := pgx.TxOptions{IsoLevel: pgx.ReadCommitted}
	err = s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		err := pgx.BeginTxFunc(ctx, conn, options, func(tx pgx.Tx) error {
			var err error
			outcome, err = save(ctx, tx, d)
			return err
		})
		lost = err != nil && conn.Conn().IsClosed()
		return err
	})
	return outcome, lost, err
}

// complete reports whether every record says something: a document without rows
// would pass for one that was read and found to be right.
func complete(d Saved) bool {
	for _, r := range d.Records {
		if r.Form == nil && (r.Err == nil || r.Err.Code == "") {
			return false
		}
	}
	return len(d.Records) > 0
}

func save(ctx context.Context, tx pgx.Tx, d Saved) (Outcome, error) {
	if err := lock(ctx, tx, d.Document.SHA256); err != nil {
		return Outcome{}, err
	}
	before, err := storedReading(ctx, tx, d.Document.SHA256)
	if err != nil {
		return Outcome{}, err
	}
	outcome := Outcome{Action: decide(before, readingOf(d))}
	if d.Replay && before != nil {
		outcome.Action = Replaced
	}
	if outcome.Action != Unchanged {
		if err := write(ctx, tx, d); err != nil {
			return Outcome{}, err
		}
	}
	added, err := addName(ctx, tx, d.Document.SHA256, d.Document.Name)
	if err != nil {
		return Outcome{}, err
	}
	outcome.NameAdded = outcome.Action != Inserted && added
	if err := keepLayout(ctx, tx, d); err != nil {
		return Outcome{}, err
	}
	if d.Document.Pages > 1 {
		if err := letGo(ctx, tx, d.Document.SHA256, form.Code(readingOf(d).code)); err != nil {
			return Outcome{}, err
		}
	}
	if err := enterResult(ctx, tx, d, outcome.Action); err != nil {
		return Outcome{}, err
	}
	if d.Also != nil {
		err = d.Also(ctx, tx)
	}
	return outcome, err
}

func addName(ctx context.Context, tx pgx.Tx, sha256, name string) (added bool, err error) {
	tag, err := tx.Exec(ctx, `INSERT INTO document_names (document, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, sha256, clean(name))
	return tag.RowsAffected() > 0, err
}

// lock makes every other transaction on the document wait for the end of this one.
func lock(ctx context.Context, tx pgx.Tx, sha256 string) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, sha256)
	return err
}

// reading is what decides whether one account of a document gives way to another.
type reading struct {
	reader  string
	code    string // "" when the document was read
	message string
}

// storedReading is nil when the document is not in the database.
func storedReading(ctx context.Context, tx pgx.Tx, sha256 string) (*reading, error) {
	var r reading
	err := tx.QueryRow(ctx, `
		SELECT reader_version, coalesce(error_code, ''), coalesce(error_message, '')
		FROM documents WHERE sha256 = $1`, sha256).Scan(&r.reader, &r.code, &r.message)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

func readingOf(d Saved) reading {
	r := reading{reader: clean(d.Reader)}
	if e := failure(d); e != nil {
		r.code, r.message = clean(string(e.Code)), clean(e.Message)
	}
	return r
}

// failure is why the document was not read, or nil.
func failure(d Saved) *form.Error {
	for _, r := range d.Records {
		if r.Form == nil && r.Err != nil {
			return r.Err
		}
	}
	return nil
}

// decide says whether a new reading of a document takes the place of the stored one.
func decide(before *reading, now reading) Action {
	switch {
	case before == nil:
		return Inserted
	case before.code != "": // a failure is tried again, but not written again
		if now.code == before.code && now.message == before.message {
			return Unchanged
		}
		return Replaced
	case now.reader == before.reader || older(now.reader, before.reader):
		return Unchanged
	case passing(form.Code(now.code)):
		return Unchanged
	}
	return Replaced
}

// passing reports whether the failure is this machine's rather than the
// document's, so that an earlier good reading still stands.
func passing(c form.Code) bool {
	return c == form.Timeout || c == form.Crashed || c == form.OCRUnavailable || c == form.NotFound
}

// older compares the numbers at the beginning of two versions, such as v1.10.2.
// Versions without numbers, as of a build from a working tree, are never older.
func older(a, b string) bool {
	x, y := numbers(a), numbers(b)
	if x == nil || y == nil {
		return false
	}
	for i := range max(len(x), len(y)) {
		m, n := at(x, i), at(y, i)
		if len(m) != len(n) {
			return len(m) < len(n)
		}
		if m != n {
			return m < n
		}
	}
	return false
}

var leadingNumbers = regexp.MustCompile(`^v?(\d+(?:\.\d+)*)`)

// numbers are the leading numbers of a version without their leading zeros.
func numbers(version string) []string {
	m := leadingNumbers.FindStringSubmatch(version)
	if m == nil {
		return nil
	}
	parts := strings.Split(m[1], ".")
	for i := range parts {
		parts[i] = strings.TrimLeft(parts[i], "0")
	}
	return parts
}

func at(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return ""
}

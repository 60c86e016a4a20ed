package load

import (
	"context"
	"fmt"
	"regexp"
	"slices"
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
	outcomes, err := s.saveGroup(ctx, []Saved{d})
	if err != nil {
		return Outcome{}, err
	}
	return outcomes[0], nil
}

// SaveAll is Save for several documents, in as few transactions as can be: what
// they have in common is sent once, and PostgreSQL writes to disk once. After an
// error some of them may be stored; saving all again is safe.
func (s *Store) SaveAll(ctx context.Context, all []Saved) ([]Outcome, error) {
	var outcomes []Outcome
	for len(all) > 0 {
		if all[0].Document.SHA256 == "" {
			outcome, err := s.Save(ctx, all[0])
			if err != nil {
				return outcomes, err
			}
			outcomes, all = append(outcomes, outcome), all[1:]
			continue
		}
		n := distinct(all)
		some, err := s.saveGroup(ctx, all[:n])
		if err != nil {
			return outcomes, err
		}
		outcomes, all = append(outcomes, some...), all[n:]
	}
	return outcomes, nil
}

// distinct is how many documents from the first on have bytes, each other ones.
func distinct(all []Saved) int {
	seen := map[string]bool{"": true}
	for i, d := range all {
		if seen[d.Document.SHA256] {
			return i
		}
		seen[d.Document.SHA256] = true
	}
	return len(all)
}

// saveGroup stores documents with different hashes in one transaction.
func (s *Store) saveGroup(ctx context.Context, group []Saved) ([]Outcome, error) {
	for _, d := range group {
		if !sha256Hex.MatchString(d.Document.SHA256) {
			return nil, fmt.Errorf("save %s: %q is no SHA-256 in lower-case hex", d.Document.Name, d.Document.SHA256)
		}
		if !complete(d) {
			return nil, fmt.Errorf("save %s: it has neither a form nor an error", d.Document.Name)
		}
	}
	outcomes, lost, err := s.transact(ctx, group)
	if lost && ctx.Err() == nil {
		// A server that was restarted has broken every idle connection. Trying again
		// is safe even when the commit's answer was lost: what is stored stays so.
		s.pool.Reset()
		outcomes, _, err = s.transact(ctx, group)
	}
	if err != nil {
		name := group[0].Document.Name
		if len(group) > 1 {
			name += fmt.Sprintf(" and %d more", len(group)-1)
		}
		return nil, wrap("save "+name, err)
	}
	return outcomes, nil
}

// transact saves in one transaction. Lost is whether it ended in an error
// because its connection broke.
func (s *Store) transact(ctx context.Context, group []Saved) (outcomes []Outcome, lost bool, err error) {
	// Read committed whatever the server's default: after the lock is granted, the
	// next statement must see what the process before us committed.
	options := pgx.TxOptions{IsoLevel: pgx.ReadCommitted}
	err = s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		err := pgx.BeginTxFunc(ctx, conn, options, func(tx pgx.Tx) error {
			var err error
			outcomes, err = save(ctx, tx, group)
			return err
		})
		lost = err != nil && conn.Conn().IsClosed()
		return err
	})
	return outcomes, lost, err
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

func save(ctx context.Context, tx pgx.Tx, group []Saved) ([]Outcome, error) {
	before, ids, err := claim(ctx, tx, group)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(group))
	var changed []Saved
	for i, d := range group {
		stored := before[d.Document.SHA256]
		outcomes[i].Action = decide(stored, readingOf(d))
		if d.Replay && stored != nil {
			outcomes[i].Action = Replaced
		}
		if outcomes[i].Action != Unchanged {
			changed = append(changed, d)
		}
	}
	var b pgx.Batch
	if err := write(ctx, tx, changed, before, ids, &b); err != nil {
		return nil, err
	}
	addNames(&b, group).Query(func(rows pgx.Rows) error {
		added, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for i, d := range group {
			outcomes[i].NameAdded = outcomes[i].Action != Inserted && slices.Contains(added, d.Document.SHA256)
		}
		return err
	})
	for i, d := range group {
		keepLayout(&b, d)
		if d.Document.Pages > 1 {
			letGo(&b, d.Document.SHA256, form.Code(readingOf(d).code))
		}
		enterResult(&b, d, outcomes[i].Action)
	}
	if err := send(ctx, tx, &b); err != nil {
		return nil, err
	}
	for _, d := range group {
		if d.Also != nil {
			if err := d.Also(ctx, tx); err != nil {
				return nil, err
			}
		}
	}
	return outcomes, nil
}

// send runs statements that wait for no answer to one another, in one round trip.
func send(ctx context.Context, tx pgx.Tx, b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, b).Close()
}

// addNames enters the documents under their names, and returns the hashes of those
// that were not known under theirs.
func addNames(b *pgx.Batch, group []Saved) *pgx.QueuedQuery {
	var hashes, names []string
	for _, d := range group {
		hashes, names = append(hashes, d.Document.SHA256), append(names, clean(d.Document.Name))
	}
	return b.Queue(`
		INSERT INTO document_names (document, name) SELECT * FROM unnest($1::text[], $2::text[])
		ON CONFLICT DO NOTHING RETURNING document`, hashes, names)
}

// claim locks the documents, and the numbers on their forms, against other
// transactions. What is stored of the documents and the numbers that their forms
// will have are asked for in the same breath, for each answer is a wait: they are
// worked out when the locks are granted, so that of two scans stored at once the
// later sees the earlier and has the higher number.
func claim(ctx context.Context, tx pgx.Tx, group []Saved) (before map[string]*reading, ids []int64, err error) {
	var hashes, figures []string
	forms := 0
	for _, d := range group {
		hashes = append(hashes, d.Document.SHA256)
		for _, r := range d.Records {
			if r.Form != nil {
				forms++
				figures = append(figures, twinKeys(r.Form)...)
			}
		}
	}
	var b pgx.Batch
	// Everything here goes by a key, and in a young database the planner takes tables
	// for shorter than they are.
	b.Queue(`SET LOCAL enable_seqscan = off`)
	queueLock(&b, hashes)
	queueNumbers(&b, figures)
	b.Queue(`
		SELECT sha256, reader_version, coalesce(error_code, ''), coalesce(error_message, '')
		FROM documents WHERE sha256 = ANY($1)`, hashes).Query(func(rows pgx.Rows) (err error) {
		before, err = storedReadings(rows)
		return err
	})
	b.Queue(`SELECT nextval(pg_get_serial_sequence('forms', 'id')) FROM generate_series(1, $1::int)`, forms).Query(func(rows pgx.Rows) (err error) {
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	return before, ids, send(ctx, tx, &b)
}

// lock makes every other transaction on one of the keys wait for the end of this
// one. Keys are taken in order, so that two transactions never wait for each other.
func lock(ctx context.Context, tx pgx.Tx, keys ...string) error {
	var b pgx.Batch
	queueLock(&b, keys)
	return send(ctx, tx, &b)
}

func queueLock(b *pgx.Batch, keys []string) {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) key`, slices.Compact(keys))
}

// mostLocks is how many numbers are locked one by one. A server has some six thousand
// places for the locks of all its connections.
const mostLocks = 1000

// numbersLock stands for all numbers: who locks some of them shares it, and who has too
// many to lock holds it alone. It is arbitrary and must never change.
const numbersLock int64 = 0x68656a6931

// queueNumbers locks the numbers by which twins are looked for.
func queueNumbers(b *pgx.Batch, figures []string) {
	if len(figures) > mostLocks {
		b.Queue(`SELECT pg_advisory_xact_lock($1)`, numbersLock)
		return
	}
	b.Queue(`SELECT pg_advisory_xact_lock_shared($1)`, numbersLock)
	queueLock(b, figures)
}

// reading is what decides whether one account of a document gives way to another.
type reading struct {
	reader  string
	code    string // "" when the document was read
	message string
}

// storedReadings are those of rows of documents, by hash.
func storedReadings(rows pgx.Rows) (map[string]*reading, error) {
	found := map[string]*reading{}
	var sha256 string
	var r reading
	_, err := pgx.ForEachRow(rows, []any{&sha256, &r.reader, &r.code, &r.message}, func() error {
		one := r
		found[sha256] = &one
		return nil
	})
	return found, err
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

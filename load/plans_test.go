package load_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"heji/audit"
	"heji/form"
	"heji/load"
	"heji/load/loadtest"
	"heji/normalize"
	"heji/samples"
)

// TestPlans runs the statements behind the commands and asks PostgreSQL which tables they
// read from end to end: none that grows with the archive. Sequential scans are priced
// out, so that one is left only where no index will do, however few the rows are here.
func TestPlans(t *testing.T) {
	ctx := t.Context()
	url := loadtest.URL(t)
	joint := "?"
	if strings.Contains(url, "?") {
		joint = "&"
	}
	dear := url + joint + "options=-c%20enable_seqscan%3Doff"
	store, err := load.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, _, err := store.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	batch, _, err := store.Begin(ctx, []string{"/in"}, "1")
	if err != nil {
		t.Fatal(err)
	}
	saved := make([]load.Saved, 24)
	for i := range saved {
		f := normalize.Normalize(samples.Generate(41, i).Truth().Sheet())
		f.Ordinal = 1
		sum := sha256.Sum256(fmt.Append(nil, "plans", i))
		d := form.Document{Name: fmt.Sprintf("/in/%d.pdf", i), SHA256: hex.EncodeToString(sum[:]), Pages: 2}
		saved[i] = load.Saved{Document: d, Reader: "1", Layout: []byte("{}"), Entry: &load.Entry{Batch: batch, Path: d.Name},
			Records: []form.Record{{Document: d, Form: &f, Discrepancies: audit.Check(&f)}}}
		if i%8 == 0 {
			saved[i].Records = []form.Record{{Document: d, Err: &form.Error{Code: form.Timeout, Message: "slow"}}}
		}
	}
	if _, err := store.SaveAll(ctx, saved[:16]); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()

	// scans are how often each table was read from end to end so far.
	scans := func() map[string]int64 {
		t.Helper()
		rows, err := conn.Query(ctx, `SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname <> ALL ('{batches,heji_migrations}')`)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int64{}
		var name string
		var n int64
		if _, err := pgx.ForEachRow(rows, []any{&name, &n}, func() error { counts[name] = n; return nil }); err != nil {
			t.Fatal(err)
		}
		return counts
	}
	hash, f := saved[1].Document.SHA256, func(context.Context, pgx.Tx) error { return nil }
	for _, c := range []struct {
		command string
		run     func(*load.Store) error
	}{
		{"import: begin", func(s *load.Store) error { _, _, err := s.Begin(ctx, []string{"/in"}, "1"); return err }},
		{"import: was it read before", func(s *load.Store) error {
			_, err := s.Note(ctx, hash, "/in/again.pdf", "1", load.Entry{Batch: batch, Path: "/in/again.pdf"})
			return err
		}},
		{"import: save", func(s *load.Store) error { _, err := s.SaveAll(ctx, saved[16:]); return err }},
		{"import: save again", func(s *load.Store) error {
			again := slices.Clone(saved[17:20])
			for i := range again {
				again[i].Reader = "2"
			}
			_, err := s.SaveAll(ctx, again)
			return err
		}},
		{"import: a page in hand", func(s *load.Store) error {
			pages := s.Pages("1")
			if err := pages.Keep(ctx, hash, 1, []byte("{}")); err != nil {
				return err
			}
			_, err := pages.Page(ctx, hash, 1)
			return err
		}},
		{"import: end", func(s *load.Store) error { return s.Finish(ctx, batch) }},
		{"submit", func(s *load.Store) error {
			_, err := s.Enqueue(ctx, saved[0].Document, "1", load.Entry{Batch: batch, Path: "/in/0.pdf"}, f)
			return err
		}},
		{"failed", func(s *load.Store) error {
			return s.Unread(ctx, 0, "", func(load.Unread) error { return nil })
		}},
		{"failed BATCH, retry", func(s *load.Store) error {
			return s.Unread(ctx, batch, "timeout", func(load.Unread) error { return nil })
		}},
		{"certificate: counts", func(s *load.Store) error { _, err := s.Batch(ctx, batch); return err }},
		{"certificate: documents", func(s *load.Store) error { return s.Lines(ctx, batch, func(load.Line) error { return nil }) }},
		{"certificate: sample", func(s *load.Store) error { _, _, err := s.Draw(ctx, batch, "7", 10); return err }},
		{"replay", func(s *load.Store) error { return s.Kept(ctx, batch, func(load.Kept) error { return nil }) }},
		{"replay --apply", func(s *load.Store) error {
			again := saved[2]
			again.Replay = true
			_, err := s.Save(ctx, again)
			return err
		}},
		{"audit", func(s *load.Store) error {
			return s.Reaudit(ctx, false, audit.Check, func(load.Reaudited) error { return nil })
		}},
		{"explain, review: a form", func(s *load.Store) error { _, err := s.StoredForm(ctx, hash, 1); return err }},
		{"review: the file", func(s *load.Store) error { _, err := s.DocumentNames(ctx, hash); return err }},
		{"export --format json", func(s *load.Store) error {
			return s.Snapshot(ctx, load.Filter{}, func(s *load.Snapshot) error {
				return s.Records(ctx, func(json.RawMessage) error { return nil })
			})
		}},
	} {
		t.Run(c.command, func(t *testing.T) {
			before := scans()
			s, err := load.Open(ctx, dear)
			if err != nil {
				t.Fatal(err)
			}
			err = c.run(s)
			s.Close() // which tells the statistics
			if err != nil {
				t.Fatal(err)
			}
			after := scans()
			for _, table := range slices.Sorted(maps.Keys(after)) {
				if n := after[table] - before[table]; n > 0 {
					t.Errorf("%s was read from end to end %d times", table, n)
				}
			}
		})
	}
}

// Twins are looked for by their numbers alone. The plan of a young database stays in use
// for as long as a connection does, and half of all forms are of the same kind.
func TestTwinsAreFoundByNumbers(t *testing.T) {
	ctx := t.Context()
	store, conn := open(t)
	const forms = 96
	for i := range forms {
		f := normalize.Normalize(samples.Generate(43, i).Truth().Sheet())
		f.Ordinal = 1
		sum := sha256.Sum256(fmt.Append(nil, "twins", i))
		d := form.Document{Name: fmt.Sprint(i), SHA256: hex.EncodeToString(sum[:]), Pages: 1}
		if _, err := store.Save(ctx, load.Saved{Document: d, Reader: "1", Records: []form.Record{{Document: d, Form: &f}}}); err != nil {
			t.Fatal(err)
		}
	}
	store.Close()                                                                                                                                        // which tells the statistics
	rows, err := conn.Query(ctx, `SELECT indexrelname, idx_tup_read FROM pg_stat_user_indexes WHERE relname = 'forms' AND indexrelname <> 'forms_pkey'`) // by which foreign keys are checked
	if err != nil {
		t.Fatal(err)
	}
	var index string
	var read int64
	if _, err := pgx.ForEachRow(rows, []any{&index, &read}, func() error {
		if read > 10*forms {
			t.Errorf("to store %d forms, one by one, %d entries of the index %s were read", forms, read, index)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

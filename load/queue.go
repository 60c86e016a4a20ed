package load

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"heji/form"
)

// Pool is the connections themselves, for the queue, which lives in the same
// database so that rows and jobs share transactions.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Alone runs f while no other process migrates this database.
func (s *Store) Alone(ctx context.Context, f func() error) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		return wrap("migrate", err)
	}
	return wrap("migrate", f())
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// Enqueue enters a document in a batch: as what it came to where the same reader
// has read it, and otherwise as queued, with enqueue in the same transaction. It
// returns the outcome.
func (s *Store) Enqueue(ctx context.Context, d form.Document, reader string, entry Entry, enqueue func(context.Context, pgx.Tx) error) (outcome string, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// A worker that saves these bytes now must see the line, or be seen.
		if err := lock(ctx, tx, d.SHA256); err != nil {
			return err
		}
		known, err := note(ctx, tx, d.SHA256, d.Name, reader, entry)
		switch {
		case err != nil:
			return err
		case known != nil && known.Err != nil:
			outcome = outcomeOf(known.Err.Code)
			return nil
		case known != nil:
			outcome = Duplicate
			return nil
		}
		outcome = Queued
		var b pgx.Batch
		enter(&b, line{Entry: entry, name: d.Name, sha256: d.SHA256, outcome: Queued})
		if err := send(ctx, tx, &b); err != nil {
			return err
		}
		return enqueue(ctx, tx)
	})
	return outcome, wrap("submit "+d.Name, err)
}

// Jobs counts the queue's jobs of a kind by state: available, running, retryable,
// scheduled, completed, discarded and so on.
func (s *Store) Jobs(ctx context.Context, kind string) (map[string]int64, error) {
	rows, err := s.pool.Query(ctx, `SELECT state::text, count(*) FROM river_job WHERE kind = $1 GROUP BY state`, kind)
	if err != nil {
		return nil, wrap("count jobs", err)
	}
	counts := map[string]int64{}
	var state string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error { counts[state] = n; return nil })
	return counts, wrap("count jobs", err)
}

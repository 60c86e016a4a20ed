// Package load keeps records in PostgreSQL.
//
// One document is one transaction: its forms, its figures, what was found wrong
// with them, and its failure if it could not be read, which is a result like any
// other. The key of a document is the hash of its bytes, so importing it again,
// under any name, changes nothing; a newer heji replaces what an older one read.
//
//	store, err := load.Open(ctx, url)
//	_, _, err = store.Migrate(ctx)
//	outcome, err := store.Save(ctx, load.Saved{Document: d, Reader: version, Records: records})
//
// All SQL of the project is here: the tables in migrations, with a comment on
// every column, the rest beside the function that runs it. People query the
// views (discrepancy_view, form_view, indicator_view, failure_view) and need no
// Go for it. Local is a private PostgreSQL for a machine that has no database.
package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// connectTimeout is how long a server has to answer: long enough for one in
// another city, short enough for a person who mistyped its name.
const connectTimeout = 5 * time.Second

// Store is a database that holds records. It is safe for concurrent use.
type Store struct{ pool *pool }

// Open connects to the database that url names, such as
// postgres://user@host/name. It makes no tables; Migrate does.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database address is not understood: %w; write it as postgres://user:password@host:5432/name", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.OnNotice = func(*pgconn.PgConn, *pgconn.Notice) {} // "already exists, skipping" is no news
	s := &Store{newPool(config)}
	conn, err := s.pool.acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot reach PostgreSQL at %s: %w; start the server, or correct --db or DATABASE_URL", address(config), err)
	}
	s.pool.release(conn)
	return s, nil
}

// Close ends the connections. No other call may be under way.
func (s *Store) Close() { s.pool.close() }

// address is the server and database for a message, without the password.
func address(c *pgx.ConnConfig) string {
	return fmt.Sprintf("%s port %d, database %q", c.Host, c.Port, c.Database)
}

// advise adds what to do next to the errors of the server that a person can mend.
func advise(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case "42P01", "42703": // undefined table, undefined column
		return fmt.Errorf("%w; the tables are missing or old: run heji migrate", err)
	case "42501": // insufficient privilege
		return fmt.Errorf("%w; ask the owner of the database for CREATE on its schema and TEMPORARY on the database", err)
	case "53100": // disk full
		return fmt.Errorf("%w; make room on the server's disk and import again", err)
	}
	return err
}

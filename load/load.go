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
	"github.com/jackc/pgx/v5/pgxpool"
)

// connectTimeout is how long a server has to answer: long enough for one in
// another city, short enough for a person who mistyped its name.
const connectTimeout = 5 * time.Second

// Store is a database that holds records. It is safe for concurrent use.
type Store struct{ pool *pgxpool.Pool }

// Open connects to the database that url names, such as
// postgres://user@host/name. It makes no tables; Migrate does. The parameters of
// libpq and those of pgxpool, such as connect_timeout and pool_max_conns, may
// follow the name.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("the database address is not understood: %w; write it as postgres://user:password@host:5432/name", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err == nil {
		err = pool.Ping(ctx)
	}
	if err != nil {
		if pool != nil {
			pool.Close()
		}
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "28000" || e.Code == "28P01") {
			return nil, fmt.Errorf("PostgreSQL at %s does not let %q in: %s (SQLSTATE %s); give a user and password that it does let in with --db or DATABASE_URL",
				address(config.ConnConfig), config.ConnConfig.User, e.Message, e.Code)
		}
		return nil, fmt.Errorf("cannot reach PostgreSQL at %s: %w; start the server, or correct --db or DATABASE_URL", address(config.ConnConfig), err)
	}
	return &Store{pool}, nil
}

// parseURL is the settings of url, with an end to every wait for a server that
// does not answer.
func parseURL(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	if config.HealthCheckPeriod <= 0 { // on which the pool would panic
		return nil, errors.New("pool_health_check_period must be longer than 0s")
	}
	conn := config.ConnConfig
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectTimeout
	}
	if config.PingTimeout == 0 {
		config.PingTimeout = conn.ConnectTimeout
	}
	// ConnectTimeout begins only when the host's name is resolved.
	lookup, timeout := conn.LookupFunc, conn.ConnectTimeout
	conn.LookupFunc = func(ctx context.Context, host string) ([]string, error) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return lookup(ctx, host)
	}
	// Compiling a short query takes ten times as long as answering it.
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `SET jit = off`)
		return err
	}
	conn.OnNotice = func(*pgconn.PgConn, *pgconn.Notice) {} // "already exists, skipping" is no news
	return config, nil
}

// Close ends the connections. No other call may be under way.
func (s *Store) Close() { s.pool.Close() }

// address is the server and database for a message, without the password.
func address(c *pgx.ConnConfig) string {
	return fmt.Sprintf("%s port %d, database %q", c.Host, c.Port, c.Database)
}

// advise adds what to do next to the errors of the server, or of the way to it, that
// a person can mend.
func advise(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		if _, lost := errors.AsType[*pgconn.ConnectError](err); lost {
			return fmt.Errorf("%w; nothing that was stored is lost: start the server and run the same command again", err)
		}
		return err
	}
	switch e.Code {
	case "28000", "28P01": // the user, the password
		return fmt.Errorf("%w; nothing that was stored is lost: give a user and password that the server lets in with --db or DATABASE_URL, and run the same command again", err)
	case "42P01", "42703": // undefined table, undefined column
		return fmt.Errorf("%w; the tables are missing or old: run heji migrate", err)
	case "42501": // insufficient privilege
		return fmt.Errorf("%w; ask the owner of the database for CREATE on its schema, or for the rights to write its tables", err)
	case "53100": // disk full
		return fmt.Errorf("%w; make room on the server's disk and import again", err)
	}
	return err
}

package load

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is not goose's default name: the database may be shared with
// another program that uses goose.
const versionTable = "heji_migrations"

// migrationLock keeps two importers from migrating one database at once; the
// number is arbitrary and must never change.
const migrationLock int64 = 0x68656a69 // "heji"

// Migrate creates the tables, or brings them up to date, and says from which
// version to which. It waits for another process that is doing the same, and is
// safe to repeat. A database made by a newer heji is refused.
func (s *Store) Migrate(ctx context.Context) (from, to int64, err error) {
	// A session of its own, whose end gives the lock back in any case; and not of
	// the pool, which may have but one.
	config := s.pool.Config().ConnConfig
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return 0, 0, fmt.Errorf("migrate: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	// goose's own lock polls by the second and is taken too late to keep two
	// processes from both creating its table.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		return 0, 0, wrap("migrate", err)
	}

	from, err = version(ctx, conn)
	if err != nil {
		return 0, 0, wrap("migrate", err)
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	provider, err := migrator(db)
	if err != nil {
		return from, from, fmt.Errorf("migrate: %w", err)
	}
	sources := provider.ListSources()
	latest := sources[len(sources)-1].Version
	if from > latest {
		return from, from, fmt.Errorf("the tables are version %d and this heji knows versions up to %d; install a newer heji", from, latest)
	}
	// Not by the version alone: a number may be filled in below the latest.
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return from, from, wrap("migrate", err)
	}
	if pending {
		if _, err := provider.Up(ctx); err != nil {
			return from, from, wrap("migrate", err)
		}
		if err := guardAgain(ctx, conn); err != nil {
			return from, from, wrap("migrate", err)
		}
	}
	return from, latest, nil
}

// guardAgain keeps row security on where it was: a view that a migration replaced
// has lost the setting that makes it heed who asks.
func guardAgain(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT heji_guard_units() FROM pg_class WHERE oid = 'forms'::regclass AND relrowsecurity`)
	return err
}

// migrator is goose with the project's migrations.
func migrator(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(database.DialectPostgres, db, files,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true),
		goose.WithAllowOutofOrder(true), goose.WithLogger(goose.NopLogger()))
}

// Version is the version of the tables, 0 when there are none.
func (s *Store) Version(ctx context.Context) (int64, error) {
	v, err := version(ctx, s.pool)
	return v, wrap("version", err)
}

// queryer is a connection, or a pool that lends one for each query.
type queryer interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func version(ctx context.Context, db queryer) (v int64, err error) {
	var exists bool
	if err := db.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, versionTable).Scan(&exists); err != nil || !exists {
		return 0, err
	}
	err = db.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable).Scan(&v)
	return v, err
}

// wrap is nil for nil, and otherwise says what was being done and what to do next.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, advise(err))
}

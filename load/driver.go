package load

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
)

// goose speaks database/sql. These types are as much of a database/sql driver
// over pgx as it needs: statements, rows and transactions, no prepared
// statements. (pgx's own adapter brings a connection pool with it that the
// module does not have.)

type connector struct{ config *pgx.ConnConfig }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return nil, err
	}
	return sqlConn{conn}, nil
}

func (c connector) Driver() driver.Driver { return noDriver{} }

// noDriver satisfies sql.OpenDB, which never opens by name.
type noDriver struct{}

func (noDriver) Open(string) (driver.Conn, error) { return nil, errors.ErrUnsupported }

type sqlConn struct{ conn *pgx.Conn }

func (c sqlConn) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (c sqlConn) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (c sqlConn) Close() error                        { discard(c.conn); return nil }

func (c sqlConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	tx, err := c.conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return sqlTx{ctx, tx}, nil
}

func (c sqlConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	tag, err := c.conn.Exec(ctx, query, values(args)...)
	return driver.RowsAffected(tag.RowsAffected()), err
}

func (c sqlConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.conn.Query(ctx, query, values(args)...)
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

func values(args []driver.NamedValue) []any {
	vs := make([]any, len(args))
	for i, a := range args {
		vs[i] = a.Value
	}
	return vs
}

// sqlTx keeps the context of its beginning, because driver.Tx has none; the
// transaction must end even when that context was cancelled.
type sqlTx struct {
	ctx context.Context
	tx  pgx.Tx
}

func (t sqlTx) Commit() error   { return t.tx.Commit(context.WithoutCancel(t.ctx)) }
func (t sqlTx) Rollback() error { return t.tx.Rollback(context.WithoutCancel(t.ctx)) }

type sqlRows struct{ rows pgx.Rows }

func (r sqlRows) Columns() []string {
	var names []string
	for _, f := range r.rows.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names
}

func (r sqlRows) Close() error { r.rows.Close(); return r.rows.Err() }

func (r sqlRows) Next(dest []driver.Value) error {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	row, err := r.rows.Values()
	if err != nil {
		return err
	}
	for i, v := range row {
		if n, ok := v.(int32); ok {
			v = int64(n) // the only width that driver.Value knows
		}
		dest[i] = v
	}
	return nil
}

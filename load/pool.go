package load

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// maxConns is enough for the cores of one importer and leaves a default
	// server's hundred for others.
	maxConns = 8
	// restAfter is how long a connection may lie idle before it is asked whether
	// it is still alive: the server may have been restarted meanwhile.
	restAfter = time.Second
)

// pool lends at most maxConns connections, opened as they are needed.
type pool struct {
	config *pgx.ConnConfig
	slots  chan struct{} // one token a connection lent
	idle   chan idleConn
}

type idleConn struct {
	*pgx.Conn
	since time.Time
}

func newPool(config *pgx.ConnConfig) *pool {
	return &pool{config, make(chan struct{}, maxConns), make(chan idleConn, maxConns)}
}

// acquire lends a live connection, waiting until one is free. Whoever gets it
// gives it back with release.
func (p *pool) acquire(ctx context.Context) (*pgx.Conn, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for {
		select {
		case c := <-p.idle:
			if time.Since(c.since) < restAfter || c.Ping(ctx) == nil {
				return c.Conn, nil
			}
			discard(c.Conn)
		default:
			conn, err := pgx.ConnectConfig(ctx, p.config)
			if err != nil {
				<-p.slots
				return nil, err
			}
			return conn, nil
		}
	}
}

// release takes a connection back. One that is broken or was left inside a
// transaction is closed.
func (p *pool) release(c *pgx.Conn) {
	if c.IsClosed() || c.PgConn().TxStatus() != 'I' {
		discard(c)
	} else {
		p.idle <- idleConn{c, time.Now()}
	}
	<-p.slots
}

func (p *pool) close() {
	for {
		select {
		case c := <-p.idle:
			discard(c.Conn)
		default:
			return
		}
	}
}

// discard closes without waiting long for a server that may be gone.
func discard(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Close(ctx) // nothing is left to lose on this connection
}

package load

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Refresh looks at the whole archive for what forms say against each other, and
// puts it in the place of what was found before; readers see the old until the new
// is complete. It says how many findings there are. On a million forms it takes
// minutes.
func (s *Store) Refresh(ctx context.Context) (findings int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT heji_refresh()`).Scan(&findings)
	return findings, wrap("refresh", err)
}

// mostCompared is up to how many forms a report or an export compares them itself,
// within seconds. Of a larger archive it takes what Refresh found.
const mostCompared = 50_000

// cross is the table or view that has what forms say against each other, and the
// day on which they were compared; that is "" where they never were.
func (s *Snapshot) cross(ctx context.Context) (source, compared string, err error) {
	var many bool
	if err := s.tx.QueryRow(ctx, `SELECT count(*) > $1 FROM (SELECT FROM forms LIMIT $1 + 1) AS few`, mostCompared).Scan(&many); err != nil {
		return "", "", err
	}
	at := time.Now()
	if !many {
		return "cross_view", at.Format(time.DateOnly), nil
	}
	err = s.tx.QueryRow(ctx, `SELECT at FROM refreshes`).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) {
		return "cross_findings", "", nil
	}
	return "cross_findings", at.Format(time.DateOnly), err
}

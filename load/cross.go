package load

import "context"

// Refresh looks at the whole archive for what forms say against each other, and
// puts it in the place of what was found before; readers see the old until the new
// is complete. It says how many findings there are. On a million forms it takes
// minutes.
func (s *Store) Refresh(ctx context.Context) (findings int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT heji_refresh()`).Scan(&findings)
	return findings, wrap("refresh", err)
}

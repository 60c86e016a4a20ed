package load

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"heji/form"
)

// Pages are the pages read of documents that are not stored yet. They go when the
// document is stored, and when nobody came for them in forgetAfter.
type Pages struct {
	store  *Store
	reader string
}

// forgetAfter is how long a document that was given up keeps its pages.
const forgetAfter = "60 days"

// Pages are those that a reader of this version read.
func (s *Store) Pages(reader string) Pages { return Pages{s, clean(reader)} }

// Page is what was kept of a page, numbered from 1, or nil.
func (p Pages) Page(ctx context.Context, sha256 string, number int) ([]byte, error) {
	var packed []byte
	err := p.store.pool.QueryRow(ctx, `
		SELECT content FROM pages_in_hand WHERE document = $1 AND reader_version = $2 AND page = $3`,
		sha256, p.reader, number).Scan(&packed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(fmt.Sprintf("look up page %d", number), err)
	}
	return decompress(packed)
}

// Keep keeps a page. What is kept already stays.
func (p Pages) Keep(ctx context.Context, sha256 string, number int, page []byte) error {
	_, err := p.store.pool.Exec(ctx, `
		INSERT INTO pages_in_hand (document, reader_version, page, content) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, sha256, p.reader, number, compress(page))
	return wrap(fmt.Sprintf("keep page %d", number), err)
}

// letGo forgets the pages of a document that is stored. Where the machine failed,
// they are what the next attempt goes on with.
func letGo(b *pgx.Batch, sha256 string, code form.Code) {
	if !passing(code) {
		b.Queue(`DELETE FROM pages_in_hand WHERE document = $1`, sha256)
	}
}

// forget drops the pages that nobody came for.
func (s *Store) forget(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM pages_in_hand WHERE kept_at < now() - interval '`+forgetAfter+`'`)
	return err
}

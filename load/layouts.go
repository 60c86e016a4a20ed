package load

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"heji/form"
)

// keepLayout keeps what was seen, by the hash of the document and the reader. What
// is kept already stays.
func keepLayout(b *pgx.Batch, d Saved) {
	if len(d.Layout) == 0 || d.Replay {
		return
	}
	// Only where the document's rows are there: an old reader leaves a newer one's alone.
	b.Queue(`
		INSERT INTO layouts (document, reader_version, layout) VALUES ($1, $2, $3)
		ON CONFLICT (document, reader_version) DO NOTHING`, d.Document.SHA256, clean(d.Reader), compress(d.Layout))
}

// encoder is made once and may be used by several goroutines: making one costs more
// than compressing most documents.
var encoder = sync.OnceValue(func() *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(1<<20))
	if err != nil { // only for options that do not exist
		panic(err)
	}
	return w
})

func compress(data []byte) []byte { return encoder().EncodeAll(data, nil) }

func decompress(data []byte) ([]byte, error) {
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.DecodeAll(data, nil)
}

// Kept is what a reader saw of a document, with what was made of it then.
type Kept struct {
	Document form.Document
	Reader   string
	Layout   []byte   // as it was given to Save
	Records  [][]byte // as stored, one a form; none where Err is set
	Err      *form.Error
}

// Kept calls each with every document whose layout by its present reader is kept,
// by hash, one at a time; batch 0 is all. Each may save.
func (s *Store) Kept(ctx context.Context, batch int64, each func(Kept) error) error {
	last := ""
	for {
		k, err := s.nextKept(ctx, batch, last)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return wrap("replay", err)
		}
		if err := each(k); err != nil {
			return err
		}
		last = k.Document.SHA256
	}
}

// nextKept is the first after a hash. It asks anew for each, so that no cursor
// stands open while a person thinks or rows are replaced.
func (s *Store) nextKept(ctx context.Context, batch int64, after string) (Kept, error) {
	var k Kept
	var e form.Error
	var packed []byte
	err := s.pool.QueryRow(ctx, `
		SELECT d.name, d.sha256, d.bytes, d.pages, d.reader_version, coalesce(d.error_code, ''), coalesce(d.error_message, ''), l.layout,
		       ARRAY(SELECT convert_to(f.record::text, 'UTF8') FROM forms f WHERE f.document = d.sha256 ORDER BY f.ordinal)
		FROM layouts l JOIN documents d ON d.sha256 = l.document AND d.reader_version = l.reader_version
		WHERE l.document > $2 AND ($1 = 0 OR EXISTS (SELECT FROM batch_documents b WHERE b.batch = $1 AND b.sha256 = d.sha256))
		ORDER BY l.document LIMIT 1`, batch, after).
		Scan(&k.Document.Name, &k.Document.SHA256, &k.Document.Bytes, &k.Document.Pages, &k.Reader, &e.Code, &e.Message, &packed, &k.Records)
	if err != nil {
		return Kept{}, err
	}
	if e.Code != "" {
		k.Err = &e
	}
	k.Layout, err = decompress(packed)
	return k, err
}

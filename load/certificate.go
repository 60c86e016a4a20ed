package load

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Line is a document of a batch, as a certificate names it.
type Line struct {
	Name    string `json:"name"`
	SHA256  string `json:"sha256"` // "" when there were no bytes to read
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Reader  string `json:"reader,omitempty"` // version by which its rows were read; "" when the database has none
	Forms   int    `json:"forms"`            // stored
}

// Proved is whether the database bears the line out: what was loaded is there,
// by the hash, with forms; what was not says why.
func (l Line) Proved() bool {
	switch l.Outcome {
	case Loaded, Duplicate:
		return l.SHA256 != "" && l.Forms > 0
	case Refused, Failed:
		return l.Code != ""
	}
	return false
}

// Lines calls each with every document of the batch, by name.
func (s *Store) Lines(ctx context.Context, batch int64, each func(Line) error) error {
	rows, err := s.pool.Query(ctx, `
		SELECT b.name, coalesce(b.sha256, ''), b.outcome, coalesce(b.code, ''), coalesce(b.message, ''), coalesce(d.reader_version, ''),
		       (SELECT count(*) FROM forms f WHERE f.document = b.sha256)
		FROM batch_documents b LEFT JOIN documents d ON d.sha256 = b.sha256
		WHERE b.batch = $1 ORDER BY b.name`, batch)
	if err != nil {
		return wrap("certificate", err)
	}
	defer rows.Close()
	for rows.Next() {
		l, err := pgx.RowToStructByPos[Line](rows)
		if err != nil {
			return wrap("certificate", err)
		}
		if err := each(l); err != nil {
			return err
		}
	}
	return wrap("certificate", rows.Err())
}

// Drawn is a figure that a person is asked to compare with the page.
type Drawn struct {
	ID       string `json:"id"` // hash of the document, form and path
	Document string `json:"document"`
	SHA256   string `json:"sha256"`
	Form     int    `json:"form"`
	Path     string `json:"path"`
	Label    string `json:"label"`
	Text     string `json:"text"` // as read
	Page     int    `json:"page"`
}

// Population counts the figures of a batch: numbers that were read without a
// doubt, of which a sample is drawn, and those that carry a doubt and say so.
type Population struct {
	Figures int64 `json:"figures"`
	Doubted int64 `json:"doubted"`
}

// unflagged picks the figures whose reading nothing warns of.
const unflagged = `x.value IS NOT NULL AND x.state = 'read' AND x.doubt IS NULL AND NOT EXISTS (
	SELECT FROM problems p WHERE p.form_id = x.form_id AND p.where_path = x.path)`

const ofBatch = `figures x JOIN forms f ON f.id = x.form_id JOIN documents d ON d.sha256 = f.document
	WHERE EXISTS (SELECT FROM batch_documents b WHERE b.batch = $1 AND b.sha256 = d.sha256 AND b.outcome IN ('loaded', 'duplicate'))`

// Draw draws a simple random sample of the batch's figures. The same seed draws
// the same figures on any machine as long as the stored readings are the same:
// they are ordered by a hash of the seed and the place of the figure.
func (s *Store) Draw(ctx context.Context, batch int64, seed string, size int) (sample []Drawn, p Population, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE `+unflagged+`), count(*) FILTER (WHERE x.value IS NOT NULL AND NOT (`+unflagged+`))
		FROM `+ofBatch, batch).Scan(&p.Figures, &p.Doubted)
	if err != nil {
		return nil, p, wrap("draw a sample", err)
	}
	rows, err := s.pool.Query(ctx, `
		SELECT left(encode(sha256(convert_to($2 || ' ' || d.sha256 || ' ' || f.ordinal || ' ' || x.path, 'UTF8')), 'hex'), 16) AS id,
		       d.name, d.sha256, f.ordinal, x.path, coalesce(x.label, ''), x.text, coalesce(x.page, 0)
		FROM `+ofBatch+` AND `+unflagged+`
		ORDER BY id, d.sha256, f.ordinal, x.path LIMIT $3`, batch, seed, size)
	if err != nil {
		return nil, p, wrap("draw a sample", err)
	}
	sample, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Drawn])
	return sample, p, wrap("draw a sample", err)
}

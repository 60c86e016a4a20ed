package load

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// doubtful is the condition on figures g that they are numbers in doubt, short enough
// to be told apart at a glance, and that nobody has said anything about them.
const doubtful = `g.doubt IS NOT NULL AND g.value IS NOT NULL AND length(g.text) <= 16 AND g.page IS NOT NULL AND g.box IS NOT NULL
	AND NOT EXISTS (
		SELECT FROM corrections c JOIN forms h ON h.document = c.document AND h.ordinal = c.ordinal
		WHERE h.id = g.form_id AND c.path = g.path AND c.undoes IS NULL AND NOT EXISTS (SELECT FROM corrections u WHERE u.undoes = c.id))`

// DoubtGroup is a number, and how many doubtful figures were read as it.
type DoubtGroup struct {
	Text  string `json:"text"`
	Count int64  `json:"count"`
}

// DoubtGroups lists what doubtful figures were read as, the most frequent first.
func (s *Store) DoubtGroups(ctx context.Context, f ListFilter) (List[DoubtGroup], error) {
	return list(ctx, s, f, clauses{}, pgx.RowToStructByPos[DoubtGroup],
		`FROM (SELECT g.text, count(*) AS figures FROM figures g WHERE `+doubtful+` GROUP BY g.text) AS t`, `ORDER BY t.figures DESC, t.text`, `t.*`,
		`SELECT text, figures FROM listed ORDER BY figures DESC, text`)
}

// DoubtCell is a doubtful figure of a group.
type DoubtCell struct {
	FormID   int64
	Position int
	Document string
	Ordinal  int
	Path     string
	Unit     string // whose form it is, or ""
	Name     string // of the document
}

// DoubtCells are figures of a group, at most limit of them, in the order of forms
// and on from a place in it: the FormID and Position of the last one seen, or 0, 0.
func (s *Store) DoubtCells(ctx context.Context, text string, form int64, position, limit int) ([]DoubtCell, error) {
	rows, err := s.pool.Query(ctx, `
		WITH cells AS MATERIALIZED (
			SELECT g.form_id, g.position, g.path FROM figures g
			WHERE g.text = $1 AND (g.form_id, g.position) > ($2, $3) AND `+doubtful+`
			ORDER BY g.form_id, g.position LIMIT $4)
		SELECT g.form_id, g.position, f.document, f.ordinal, g.path, coalesce(f.unit_name, ''), d.name
		FROM cells g JOIN forms f ON f.id = g.form_id JOIN documents d ON d.sha256 = f.document ORDER BY 1, 2`, text, form, position, limit)
	if err != nil {
		return nil, wrap("doubtful cells", err)
	}
	cells, err := pgx.CollectRows(rows, pgx.RowToStructByPos[DoubtCell])
	return cells, wrap("doubtful cells", err)
}

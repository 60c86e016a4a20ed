package load

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"heji/form"
)

// ListFilter says which rows of a list are wanted; what is empty does not filter.
type ListFilter struct {
	Unit     string // part of the unit's name, or of the document's
	Year     int
	Rule     string
	Verdict  string
	Status   string // open, confirmed or settled; of documents: unread
	Document string // SHA-256
	Batch    int64
	Below    int64        // number of a form; those that the lists have after it
	Least    *form.Amount // 万元 by which rules about money are missed, and above; those of unknown unit are not hidden
	Page     int          // from 1; 0 is 1
}

// PageSize is how many rows a page of a list has; MostPages is how far one can
// turn pages, and MostCounted how far rows are counted: beyond it, filter.
const (
	PageSize    = 50
	MostPages   = 200
	MostCounted = PageSize * MostPages
)

// List is a page of rows, and how many there are on all pages, at most MostCounted.
type List[T any] struct {
	Rows  []T
	Count int
	Page  int
}

// Pages is how many pages the list has.
func (l List[T]) Pages() int { return max(1, (l.Count+PageSize-1)/PageSize) }

// ListedDocument is a document in a list.
type ListedDocument struct {
	SHA256        string    `json:"sha256"`
	Name          string    `json:"name"`
	Pages         int       `json:"pages"`
	Error         string    `json:"error"` // code; "" when it was read
	Message       string    `json:"message"`
	ReadAt        time.Time `json:"read_at"`
	Forms         int       `json:"forms"`
	Discrepancies int       `json:"discrepancies"`
}

// ListedForm is a form in a list.
type ListedForm struct {
	Document    string `json:"document"`
	Ordinal     int    `json:"ordinal"`
	Name        string `json:"name"`
	Unit        string `json:"unit_name"`
	Year        int    `json:"year"`
	Kind        string `json:"kind"`
	Score       string `json:"total_score"`
	Grade       string `json:"grade"`
	Open        int    `json:"open"`   // discrepancies that nobody has settled or confirmed
	Found       int    `json:"found"`  // discrepancies as read
	Doubts      int    `json:"doubts"` // figures still in doubt
	Corrections int    `json:"corrections"`
}

// ListedDiscrepancy is a discrepancy in a list.
type ListedDiscrepancy struct {
	Document   string `json:"document"`
	Ordinal    int    `json:"ordinal"`
	Name       string `json:"name"`
	Unit       string `json:"unit_name"`
	Year       int    `json:"year"`
	Rule       string `json:"rule"`
	Where      string `json:"where"`
	Printed    string `json:"printed"`
	Computed   string `json:"computed"`
	Difference string `json:"difference"`
	Verdict    string `json:"verdict"`
	Message    string `json:"message"`
	MessageZH  string `json:"message_zh"`
	Status     string `json:"status"`
}

// clauses are the conditions of a WHERE. Only those that a filter asks for are
// written: a plan that must suit every filter suits none.
type clauses struct {
	parts []string
	args  []any
}

// add writes a condition, in which ? is the argument.
func (c *clauses) add(wanted bool, sql string, arg any) {
	if wanted {
		c.args = append(c.args, arg)
		c.parts = append(c.parts, strings.ReplaceAll(sql, "?", fmt.Sprintf("$%d", len(c.args))))
	}
}

func (c *clauses) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.parts, " AND ")
}

// found are the conditions on a discrepancy v, but for its status, and whether there
// are any.
func (f ListFilter) found(c *clauses) bool {
	c.add(f.Rule != "", `v.rule = ?`, f.Rule)
	c.add(f.Verdict != "", `v.verdict = ?`, f.Verdict)
	if f.Least != nil {
		c.add(true, moneyMissed, f.Least.String())
	}
	return f.Rule != "" || f.Verdict != "" || f.Least != nil
}

// joined are the conditions on the form of a discrepancy v, and the join that they need.
func (f ListFilter) joined(c *clauses) (join string) {
	if f.onForms(c, `v.form_id`) {
		join = ` JOIN forms f ON f.id = v.form_id`
	}
	return join
}

// moneyMissed is the condition that a rule about money is missed by so many 万元 or
// more. A difference of which the unit is not known is not hidden.
const moneyMissed = `v.rule IN ('funds-balance', 'funds-total', 'narrative-breakdown', 'narrative-header')
	AND coalesce(v.missed_yuan >= ?::text::numeric * 10000, true)`

// A discrepancy and what became of it stand in one of three places, as review_view
// has them. A list asks each place for no more than it shows: the view would be
// gone through as a whole.
type place struct {
	only   string // the one status that stands here, or ""
	from   string
	status string // whether it is in review_discrepancies, and its status
}

var places = []place{
	{"open", `discrepancies v`, `false, 'open'`},
	{"settled", `discrepancies v JOIN reviews r ON r.form_id = v.form_id`, `false, 'settled'`},
	{"", `review_discrepancies v`, `true, CASE WHEN v.confirmed THEN 'confirmed' ELSE 'open' END`},
}

// inPlaces are the queries of the places that have what the filter wants, with the
// conditions that tell them apart.
func (f ListFilter) inPlaces(ask func(p place, c clauses) string, c clauses) (queries []string) {
	for _, p := range places {
		own := clauses{args: c.args, parts: slices.Clone(c.parts)}
		switch {
		case p.only != "" && f.Status != "" && f.Status != p.only, p.only == "" && f.Status == "settled":
			continue
		case p.only == "open":
			own.parts = append(own.parts, `NOT EXISTS (SELECT FROM reviews r WHERE r.form_id = v.form_id)`)
		case p.only == "settled":
			own.parts = append(own.parts, `NOT EXISTS (SELECT FROM review_discrepancies y WHERE y.form_id = v.form_id AND y.rule = v.rule AND y.where_path = v.where_path)`)
		case f.Status == "open":
			own.parts = append(own.parts, `NOT v.confirmed`)
		case f.Status == "confirmed":
			own.parts = append(own.parts, `v.confirmed`)
		}
		queries = append(queries, ask(p, own))
	}
	return queries
}

// onForms are the conditions on forms, of which id is the number, and whether they ask
// for a form f.
func (f ListFilter) onForms(c *clauses, id string) (asked bool) {
	c.add(f.Unit != "", id+` IN (SELECT form_id FROM form_names WHERE `+f.named("names")+`)`, f.Unit)
	c.add(f.Below != 0, id+` < ?`, f.Below)
	c.add(f.Year != 0, `f.year = ?`, f.Year)
	c.add(f.Document != "", `f.document = ?`, f.Document)
	c.add(f.Batch != 0, `f.document = ANY (ARRAY(SELECT sha256 FROM batch_documents WHERE batch = ? AND sha256 IS NOT NULL))`, f.Batch)
	return f.Year != 0 || f.Document != "" || f.Batch != 0
}

// named is the condition that the unit is a part of a column. An index has the pairs of
// characters of names; a single character has none and is looked for in all names.
func (f ListFilter) named(column string) string {
	part := `strpos(` + column + `, ?) > 0`
	if utf8.RuneCountInString(f.Unit) > 1 {
		part += ` AND heji_pairs(` + column + `) @> heji_pairs(?)`
	}
	return part
}

// Documents lists documents, the last read first.
func (s *Store) Documents(ctx context.Context, f ListFilter) (List[ListedDocument], error) {
	var c clauses
	c.add(f.Unit != "", f.named("d.name"), f.Unit)
	c.add(f.Document != "", `d.sha256 = ?`, f.Document)
	c.add(f.Batch != 0, `d.sha256 IN (SELECT sha256 FROM batch_documents WHERE batch = ?)`, f.Batch)
	if f.Status == "unread" {
		c.parts = append(c.parts, `d.error_code IS NOT NULL`)
	}
	return list(ctx, s, f, c, pgx.RowToStructByPos[ListedDocument], `FROM documents d`, `ORDER BY d.read_at DESC, d.sha256 DESC`, `d.*`, `
		SELECT d.sha256, d.name, d.pages, coalesce(d.error_code, ''), coalesce(d.error_message, ''), d.read_at,
		       (SELECT count(*) FROM forms f WHERE f.document = d.sha256),
		       (SELECT count(*) FROM forms f JOIN discrepancies x ON x.form_id = f.id WHERE f.document = d.sha256)
		FROM listed d ORDER BY d.read_at DESC, d.sha256 DESC`)
}

// Forms lists forms, the last read first.
func (s *Store) Forms(ctx context.Context, f ListFilter) (List[ListedForm], error) {
	var c, found clauses
	f.onForms(&c, `f.id`)
	from := func(int) string { return `FROM forms f` + c.where() }
	join := f.joined(&found)
	if f.found(&found) || f.Status != "" {
		c.args = found.args
		// Each place gives its last forms, in the order of its key: no more of it is read than is shown.
		from = func(most int) string {
			queries := f.inPlaces(func(p place, own clauses) string {
				return fmt.Sprintf(`(SELECT DISTINCT v.form_id FROM %s%s%s ORDER BY v.form_id DESC LIMIT %d)`, p.from, join, own.where(), most)
			}, found)
			return `FROM (SELECT DISTINCT form_id AS id FROM (` + strings.Join(queries, " UNION ALL ") + `) AS all_of_them) AS f`
		}
	}
	return listOf(ctx, s, f, c.args, pgx.RowToStructByPos[ListedForm], from, `ORDER BY f.id DESC`, `f.id`, `
		SELECT f.document, f.ordinal, d.name, coalesce(f.unit_name, ''), coalesce(f.year, 0), f.kind, coalesce(f.total_score_text, ''), coalesce(f.grade, ''),
		       (SELECT count(*) FROM review_view v WHERE v.form_id = f.id AND v.status = 'open'),
		       (SELECT count(*) FROM discrepancies x WHERE x.form_id = f.id),
		       coalesce(r.doubts, (SELECT count(*) FROM figures g WHERE g.form_id = f.id AND (g.doubt IS NOT NULL OR g.state = 'illegible'))),
		       coalesce(r.corrections, 0)
		FROM listed JOIN forms f USING (id) JOIN documents d ON d.sha256 = f.document LEFT JOIN reviews r ON r.form_id = f.id ORDER BY f.id DESC`)
}

// DiscrepancyList lists discrepancies, those of the last read forms first. Their keys
// are found first, of which an index knows all, and their words for the page alone.
func (s *Store) DiscrepancyList(ctx context.Context, f ListFilter) (List[ListedDiscrepancy], error) {
	var c clauses
	join := f.joined(&c)
	f.found(&c)
	from := func(most int) string {
		queries := f.inPlaces(func(p place, own clauses) string {
			return fmt.Sprintf(`(SELECT v.form_id, v.position, %s FROM %s%s%s ORDER BY v.form_id DESC, v.position LIMIT %d)`, p.status, p.from, join, own.where(), most)
		}, c)
		return `FROM (` + strings.Join(queries, " UNION ALL ") + `) AS v (form_id, position, reviewed, status)`
	}
	return listOf(ctx, s, f, c.args, pgx.RowToStructByPos[ListedDiscrepancy], from, `ORDER BY v.form_id DESC, v.position`, `v.*`, `
		SELECT f.document, f.ordinal, d.name, coalesce(f.unit_name, ''), coalesce(f.year, 0), v.rule, v.where_path, v.printed, v.computed, v.difference,
		       v.verdict, v.message, v.message_zh, l.status
		FROM listed l JOIN forms f ON f.id = l.form_id JOIN documents d ON d.sha256 = f.document
		CROSS JOIN LATERAL (
			SELECT x.rule, x.where_path, x.printed, x.computed, x.difference, x.verdict, x.message, x.message_zh
			FROM discrepancies x WHERE NOT l.reviewed AND x.form_id = l.form_id AND x.position = l.position
			UNION ALL
			SELECT y.rule, y.where_path, y.printed, y.computed, y.difference, y.verdict, y.message, y.message_zh
			FROM review_discrepancies y WHERE l.reviewed AND y.form_id = l.form_id AND y.position = l.position) v
		ORDER BY l.form_id DESC, l.position`)
}

// CorrectionList lists corrections, the last first.
func (s *Store) CorrectionList(ctx context.Context, f ListFilter) (List[Correction], error) {
	var c clauses
	c.add(f.Document != "", `c.document = ?`, f.Document)
	return list(ctx, s, f, c, scanCorrection, `FROM corrections c`, `ORDER BY c.id DESC`, `c.*`,
		`SELECT `+correctionColumns+` FROM listed c ORDER BY c.id DESC`)
}

// ListedBatch is a batch in a list.
type ListedBatch struct {
	ID         int64      `json:"batch"`
	Paths      []string   `json:"paths"`
	Reader     string     `json:"reader_version"`
	Started    time.Time  `json:"started"`
	Finished   *time.Time `json:"finished"`
	Found      int64      `json:"found"`
	Loaded     int64      `json:"loaded"`
	Duplicates int64      `json:"duplicates"`
	Refused    int64      `json:"refused"`
	Failed     int64      `json:"failed"`
	Queued     int64      `json:"queued"`
}

// BatchList lists batches, the last begun first.
func (s *Store) BatchList(ctx context.Context, f ListFilter) (List[ListedBatch], error) {
	return list(ctx, s, f, clauses{}, pgx.RowToStructByPos[ListedBatch], `FROM batches b`, `ORDER BY b.id DESC`, `b.id`, `
		SELECT batch, paths, reader_version, started, finished, found, loaded, duplicates, refused, failed, queued
		FROM batch_view WHERE batch = ANY (ARRAY(SELECT id FROM listed)) ORDER BY batch DESC`)
}

// list asks for a page of the rows that the conditions leave.
func list[T any](ctx context.Context, s *Store, f ListFilter, c clauses, scan pgx.RowToFunc[T], from, order, columns, told string) (List[T], error) {
	return listOf(ctx, s, f, c.args, scan, func(int) string { return from + c.where() }, order, columns, told)
}

// listOf asks for a page of rows and for their count. The page is cut first, as
// "listed", and only what is on it is told in full. What from gives has, in order,
// the first rows at least, as many as it is asked for.
func listOf[T any](ctx context.Context, s *Store, f ListFilter, args []any, scan pgx.RowToFunc[T], from func(most int) string, order, columns, told string) (List[T], error) {
	l := List[T]{Page: min(max(f.Page, 1), MostPages)}
	// Planned for what is asked each time: a plan that suits any name suits none.
	args = append([]any{pgx.QueryExecModeCacheDescribe}, args...)
	rows, err := s.pool.Query(ctx, fmt.Sprintf(`WITH listed AS MATERIALIZED (SELECT %s %s %s LIMIT %d OFFSET %d) %s`,
		columns, from(l.Page*PageSize), order, PageSize, (l.Page-1)*PageSize, told), args...)
	if err != nil {
		return l, wrap("list", err)
	}
	if l.Rows, err = pgx.CollectRows(rows, scan); err != nil {
		return l, wrap("list", err)
	}
	if n := len(l.Rows); n < PageSize && (n > 0 || l.Page == 1) { // the last page says how many there are
		l.Count = (l.Page-1)*PageSize + n
		return l, nil
	}
	err = s.pool.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT %s LIMIT %d) AS counted`, from(MostCounted), MostCounted), args...).Scan(&l.Count)
	return l, wrap("list", err)
}

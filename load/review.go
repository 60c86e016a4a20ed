package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"heji/form"
	"heji/layout"
)

// What a caller of the review functions tells apart.
var (
	ErrNotStored = errors.New("it is not in the database")
	ErrExists    = errors.New("it is there already")
	// ErrStale means that somebody else corrected the form since the caller looked.
	ErrStale = errors.New("somebody else has corrected this form in the meantime; look again")
)

// User is a person who may sign in.
type User struct {
	Name         string
	Role         string // reader, reviewer or admin
	PasswordHash string
}

// AddUser stores a new user. The error is ErrExists where the name is taken.
func (s *Store) AddUser(ctx context.Context, u User) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO review_users (name, role, password_hash) VALUES ($1, $2, $3)`, u.Name, u.Role, u.PasswordHash)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "23505": // unique violation
			return fmt.Errorf("user %s: %w; change the password with heji user password", u.Name, ErrExists)
		case "23514": // check violation
			return fmt.Errorf("user %q: a name has 1 to 64 characters and no blanks; choose another", u.Name)
		}
	}
	return wrap("add user "+u.Name, err)
}

// SetPassword changes a user's password and ends the user's sessions and tokens.
func (s *Store) SetPassword(ctx context.Context, name, hash string) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE review_users SET password_hash = $2 WHERE name = $1`, name, hash)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrNotStored
		}
		for _, table := range []string{"review_sessions", "review_tokens"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE user_name = $1`, name); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("user "+name, err)
}

// RemoveUser deletes a user with the user's sessions and tokens. Corrections keep
// the name.
func (s *Store) RemoveUser(ctx context.Context, name string) error {
	tag, err := s.pool.Exec(ctx, `DELETE FROM review_users WHERE name = $1`, name)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotStored
	}
	return wrap("user "+name, err)
}

// Users are all users by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	rows, err := s.pool.Query(ctx, `SELECT name, role, password_hash FROM review_users ORDER BY name`)
	if err != nil {
		return nil, wrap("users", err)
	}
	users, err := pgx.CollectRows(rows, pgx.RowToStructByPos[User])
	return users, wrap("users", err)
}

// User is the user with the name, or ErrNotStored.
func (s *Store) User(ctx context.Context, name string) (User, error) {
	return s.user(ctx, `SELECT name, role, password_hash FROM review_users WHERE name = $1`, name)
}

func (s *Store) user(ctx context.Context, query string, key any) (User, error) {
	var u User
	err := s.pool.QueryRow(ctx, query, key).Scan(&u.Name, &u.Role, &u.PasswordHash)
	if errors.Is(err, pgx.ErrNoRows) {
		return u, ErrNotStored
	}
	return u, wrap("user", err)
}

// StartSession keeps the hash of a session's cookie, and forgets those that are over.
func (s *Store) StartSession(ctx context.Context, hash []byte, user string, expires time.Time) error {
	_, err := s.pool.Exec(ctx, `
		WITH over AS (DELETE FROM review_sessions WHERE expires_at < now())
		INSERT INTO review_sessions (token_hash, user_name, expires_at) VALUES ($1, $2, $3)`, hash, user, expires)
	return wrap("session", err)
}

// SessionUser is whose session it is, or ErrNotStored.
func (s *Store) SessionUser(ctx context.Context, hash []byte) (User, error) {
	return s.user(ctx, `SELECT u.name, u.role, u.password_hash FROM review_sessions s JOIN review_users u ON u.name = s.user_name
		WHERE s.token_hash = $1 AND s.expires_at > now()`, hash)
}

// EndSession forgets a session.
func (s *Store) EndSession(ctx context.Context, hash []byte) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM review_sessions WHERE token_hash = $1`, hash)
	return wrap("session", err)
}

// AddToken keeps the hash of a token for the API.
func (s *Store) AddToken(ctx context.Context, hash []byte, user string) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO review_tokens (token_hash, user_name) VALUES ($1, $2)`, hash, user)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23503" { // foreign key violation
		return fmt.Errorf("user %s: %w; add the user with heji user add", user, ErrNotStored)
	}
	return wrap("token", err)
}

// TokenUser is in whose name a token speaks, or ErrNotStored.
func (s *Store) TokenUser(ctx context.Context, hash []byte) (User, error) {
	return s.user(ctx, `SELECT u.name, u.role, u.password_hash FROM review_tokens t JOIN review_users u ON u.name = t.user_name
		WHERE t.token_hash = $1`, hash)
}

// Correction is what a person decided about one reading, or an undoing of that.
type Correction struct {
	ID       int64      `json:"id"`
	Document string     `json:"document"` // SHA-256
	Ordinal  int        `json:"ordinal"`
	Path     string     `json:"path"`
	Page     int        `json:"page"` // 0 when not known
	Box      layout.Box `json:"box"`
	From     string     `json:"from"`
	To       string     `json:"to"`
	Reason   string     `json:"reason"`
	User     string     `json:"user"`
	At       time.Time  `json:"at"`
	Undoes   int64      `json:"undoes,omitempty"` // the correction that this one takes back
}

// InForce are the corrections that no later one takes back, oldest first.
func InForce(all []Correction) []Correction {
	undone := map[int64]bool{}
	for _, c := range all {
		undone[c.Undoes] = true
	}
	var out []Correction
	for _, c := range all {
		if c.Undoes == 0 && !undone[c.ID] {
			out = append(out, c)
		}
	}
	return out
}

// StoredForm is a form as it was read, and everything people said about it.
type StoredForm struct {
	ID            int64
	Document      form.Document
	Reader        string
	Forms         int // in the document
	Form          form.Form
	Discrepancies []form.Discrepancy
	Corrections   []Correction // oldest first, those taken back among them
}

// Seen is the number of the form's last correction, 0 for none: what a person who
// looks at it now has seen.
func (f *StoredForm) Seen() int64 {
	if n := len(f.Corrections); n > 0 {
		return f.Corrections[n-1].ID
	}
	return 0
}

// Standing is what a form comes to with its corrections.
type Standing struct {
	Discrepancies []form.Discrepancy
	Confirmed     []bool // of each discrepancy, whether a person has seen the printed figure
	Doubts        int    // figures still in doubt
	Lost          int    // corrections whose place the form does not have
}

// querying is a pool or a transaction.
type querying interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// StoredForm is the ordinal-th form of a document, or ErrNotStored.
func (s *Store) StoredForm(ctx context.Context, sha256 string, ordinal int) (*StoredForm, error) {
	f, err := storedForm(ctx, s.pool, sha256, ordinal)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotStored
	}
	return f, wrap("form", err)
}

// Correct appends a correction in one transaction with what the form comes to,
// which stand works out. Seen is the last correction its author knew of; where
// there is a later one nothing is written and the error is ErrStale.
func (s *Store) Correct(ctx context.Context, c Correction, seen int64, stand func(*StoredForm) Standing) (*StoredForm, error) {
	var f *StoredForm
	err := s.standing(ctx, c.Document, c.Ordinal, stand, func(tx pgx.Tx, stored *StoredForm) error {
		f = stored
		if f.Seen() != seen {
			return ErrStale
		}
		var undoes *int64
		if c.Undoes != 0 {
			undoes = &c.Undoes
		}
		if err := tx.QueryRow(ctx, `
			INSERT INTO corrections (document, ordinal, path, page, box, from_text, to_text, reason, user_name, undoes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id, made_at`,
			c.Document, c.Ordinal, clean(c.Path), page(c.Page), box(c.Box), clean(c.From), clean(c.To), clean(c.Reason), c.User, undoes,
		).Scan(&c.ID, &c.At); err != nil {
			return err
		}
		f.Corrections = append(f.Corrections, c)
		return nil
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, ErrNotStored
	case errors.Is(err, ErrStale):
		return nil, ErrStale
	}
	return f, wrap("correct", err)
}

// Stand works out again what corrected forms come to that have been read anew
// since, at most limit of them, and says how many there were.
func (s *Store) Stand(ctx context.Context, limit int, stand func(*StoredForm) Standing) (int, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT DISTINCT f.document, f.ordinal FROM corrections c JOIN forms f USING (document, ordinal)
		WHERE NOT EXISTS (SELECT FROM reviews r WHERE r.form_id = f.id) LIMIT $1`, limit)
	if err != nil {
		return 0, wrap("reviews", err)
	}
	type key struct {
		Document string
		Ordinal  int
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[key])
	if err != nil {
		return 0, wrap("reviews", err)
	}
	for _, k := range keys {
		err := s.standing(ctx, k.Document, k.Ordinal, stand, func(pgx.Tx, *StoredForm) error { return nil })
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return 0, wrap("reviews", err)
		}
	}
	return len(keys), nil
}

// standing changes a form's corrections and writes what the form comes to then.
func (s *Store) standing(ctx context.Context, document string, ordinal int, stand func(*StoredForm) Standing, change func(pgx.Tx, *StoredForm) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// The lock of Save: no import replaces the form under our hands.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, document); err != nil {
			return err
		}
		f, err := storedForm(ctx, tx, document, ordinal)
		if err != nil {
			return err
		}
		if err := change(tx, f); err != nil {
			return err
		}
		return writeStanding(ctx, tx, f, stand(f))
	})
}

func writeStanding(ctx context.Context, tx pgx.Tx, f *StoredForm, st Standing) error {
	if _, err := tx.Exec(ctx, `DELETE FROM reviews WHERE form_id = $1`, f.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO reviews (form_id, corrections, doubts, lost) VALUES ($1, $2, $3, $4)`,
		f.ID, len(InForce(f.Corrections)), st.Doubts, st.Lost); err != nil {
		return err
	}
	var rows [][]any
	for i, d := range st.Discrepancies {
		rows = append(rows, []any{f.ID, i, clean(d.Rule), clean(d.Where), clean(d.Printed), clean(d.Computed), clean(d.Difference),
			clean(string(d.Verdict)), clean(d.Message), clean(d.MessageZH), st.Confirmed[i]})
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"review_discrepancies"},
		strings.Fields("form_id position rule where_path printed computed difference verdict message message_zh confirmed"), pgx.CopyFromRows(rows))
	return err
}

// storedForm puts a form together from its tables. The figures' table has what the
// record has and more: the doubts and the readings that agree.
func storedForm(ctx context.Context, q querying, sha256 string, ordinal int) (*StoredForm, error) {
	var s StoredForm
	f := &s.Form
	err := q.QueryRow(ctx, `
		SELECT f.id, d.name, d.sha256, d.bytes, d.pages, d.reader_version, f.ordinal, f.pages, f.kind, f.title, coalesce(f.year, 0), coalesce(f.unit, ''),
		       (SELECT count(*) FROM forms g WHERE g.document = d.sha256)
		FROM forms f JOIN documents d ON d.sha256 = f.document WHERE f.document = $1 AND f.ordinal = $2`, sha256, ordinal).Scan(
		&s.ID, &s.Document.Name, &s.Document.SHA256, &s.Document.Bytes, &s.Document.Pages, &s.Reader,
		&f.Ordinal, &f.Pages, &f.Kind, &f.Title, &f.Year, &f.Unit, &s.Forms)
	if err != nil {
		return nil, err
	}
	for _, part := range []func(context.Context, querying, *StoredForm) error{readRows, readFigures, readFound, readCorrections} {
		if err := part(ctx, q, &s); err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// each scans the rows of a query about one form.
func each(ctx context.Context, q querying, sql string, key any, targets []any, do func() error) error {
	rows, err := q.Query(ctx, sql, key)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, targets, do)
	return err
}

// readRows makes the rows that figures stand in.
func readRows(ctx context.Context, q querying, s *StoredForm) error {
	f := &s.Form
	var i form.Indicator
	err := each(ctx, q, `
		SELECT kind, coalesce(level1, ''), coalesce(level2, ''), coalesce(level3, ''), coalesce(canonical, ''), coalesce(nature, ''), coalesce(core, '')
		FROM indicators WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&i.Kind, &i.Level1, &i.Level2, &i.Level3, &i.Canonical, &i.Nature, &i.Core},
		func() error { f.Indicators = append(f.Indicators, i); return nil })
	if err != nil {
		return err
	}
	var u form.Fund
	err = each(ctx, q, `SELECT source, label FROM funds WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&u.Source, &u.Label}, func() error { f.Funds = append(f.Funds, u); return nil })
	if err != nil {
		return err
	}
	var e form.Evaluator
	return each(ctx, q, `SELECT name, title, department, phone FROM evaluators WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&e.Name, &e.Title, &e.Department, &e.Phone}, func() error { f.Evaluators = append(f.Evaluators, e); return nil })
}

func readFigures(ctx context.Context, q querying, s *StoredForm) error {
	var path string
	var g form.Figure
	var number, alternatives string
	var place []float64
	return each(ctx, q, `
		SELECT path, coalesce(label, ''), text, coalesce(value::text, ''), coalesce(unit, ''), state, coalesce(comparator, ''), coalesce(page, 0), box,
		       confidence, coalesce(reader, ''), agreed, coalesce(doubt, ''), alternatives::text
		FROM figures WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&path, &g.Label, &g.Text, &number, &g.Unit, &g.State, &g.Comparator, &g.Page, &place, &g.Confidence, &g.Reader, &g.Agreed, &g.Doubt, &alternatives},
		func() error {
			figure := g
			if number != "" {
				a, err := form.NewAmount(number)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				figure.Value = &a
			}
			figure.Box = boxOf(place)
			if err := json.Unmarshal([]byte(alternatives), &figure.Alternatives); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			return put(&s.Form, path, figure)
		})
}

func boxOf(v []float64) layout.Box {
	if len(v) != 4 {
		return layout.Box{}
	}
	return layout.Box{X0: v[0], Y0: v[1], X1: v[2], Y1: v[3]}
}

var indexed = regexp.MustCompile(`^(funds|indicators)\[(\d+)\]\.(\w+)$`)

// put sets the figure at a path into the record. Header fields come in their order.
func put(f *form.Form, path string, g form.Figure) error {
	if key, ok := strings.CutPrefix(path, "fields."); ok {
		f.Fields = append(f.Fields, form.Field{Key: key, Figure: g})
		return nil
	}
	if strings.HasPrefix(path, "other_fields[") {
		f.OtherFields = append(f.OtherFields, g)
		return nil
	}
	if to := slot(f, path); to != nil {
		*to = &g
		return nil
	}
	return fmt.Errorf("%s: no such place in a form", path)
}

// slot is where the figure of a path belongs, or nil.
func slot(f *form.Form, path string) **form.Figure {
	switch path {
	case "total.weight":
		return &f.Total.Weight
	case "total.score":
		return &f.Total.Score
	case "grade":
		return &f.Grade
	}
	m := indexed.FindStringSubmatch(path)
	if m == nil {
		return nil
	}
	n, err := strconv.Atoi(m[2])
	switch {
	case err != nil:
		return nil
	case m[1] == "funds" && n < len(f.Funds):
		r := &f.Funds[n]
		return map[string]**form.Figure{"initial": &r.Initial, "budget": &r.Budget, "executed": &r.Executed,
			"weight": &r.Weight, "rate": &r.Rate, "score": &r.Score}[m[3]]
	case m[1] == "indicators" && n < len(f.Indicators):
		r := &f.Indicators[n]
		return map[string]**form.Figure{"reference_weight": &r.ReferenceWeight, "weight": &r.Weight, "target": &r.Target, "adjusted_target": &r.AdjustedTarget, "actual": &r.Actual,
			"coefficient": &r.Coefficient, "analysis": &r.Analysis, "note": &r.Note, "score": &r.Score, "review_score": &r.ReviewScore}[m[3]]
	}
	return nil
}

// readFound reads the problems and the discrepancies.
func readFound(ctx context.Context, q querying, s *StoredForm) error {
	var p form.Problem
	var place []float64
	err := each(ctx, q, `SELECT where_path, code, message, coalesce(page, 0), box FROM problems WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&p.Where, &p.Code, &p.Message, &p.Page, &place}, func() error {
			p.Box = boxOf(place)
			s.Form.Problems = append(s.Form.Problems, p)
			return nil
		})
	if err != nil {
		return err
	}
	var d form.Discrepancy
	var from, repairs string
	return each(ctx, q, `
		SELECT rule, where_path, printed, computed, difference, verdict, message, message_zh, operands::text, repairs::text
		FROM discrepancies WHERE form_id = $1 ORDER BY position`, s.ID,
		[]any{&d.Rule, &d.Where, &d.Printed, &d.Computed, &d.Difference, &d.Verdict, &d.Message, &d.MessageZH, &from, &repairs}, func() error {
			found := d
			if err := errors.Join(json.Unmarshal([]byte(from), &found.From), json.Unmarshal([]byte(repairs), &found.Repairs)); err != nil {
				return err
			}
			s.Discrepancies = append(s.Discrepancies, found)
			return nil
		})
}

const correctionColumns = `c.id, c.document, c.ordinal, c.path, coalesce(c.page, 0), c.box, c.from_text, c.to_text, c.reason, c.user_name, c.made_at, coalesce(c.undoes, 0)`

func scanCorrection(row pgx.CollectableRow) (Correction, error) {
	var c Correction
	var place []float64
	err := row.Scan(&c.ID, &c.Document, &c.Ordinal, &c.Path, &c.Page, &place, &c.From, &c.To, &c.Reason, &c.User, &c.At, &c.Undoes)
	c.Box = boxOf(place)
	return c, err
}

func readCorrections(ctx context.Context, q querying, s *StoredForm) error {
	rows, err := q.Query(ctx, `SELECT `+correctionColumns+` FROM corrections c WHERE c.document = $1 AND c.ordinal = $2 ORDER BY c.id`,
		s.Document.SHA256, s.Form.Ordinal)
	if err != nil {
		return err
	}
	s.Corrections, err = pgx.CollectRows(rows, scanCorrection)
	return err
}

// DocumentNames are the names a document was imported under, the one it was last
// read under first.
func (s *Store) DocumentNames(ctx context.Context, sha256 string) ([]string, error) {
	rows, err := s.pool.Query(ctx, `SELECT n.name FROM document_names n JOIN documents d ON d.sha256 = n.document
		WHERE n.document = $1 ORDER BY n.name <> d.name, n.first_seen LIMIT 100`, sha256)
	if err != nil {
		return nil, wrap("names", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, wrap("names", err)
}

// ListFilter says which rows of a list are wanted; what is empty does not filter.
type ListFilter struct {
	Unit     string // part of the unit's name, or of the document's
	Year     int
	Rule     string
	Verdict  string
	Status   string // open, confirmed or settled
	Document string // SHA-256
	Batch    int64
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

// found are the conditions on a discrepancy v, but for its status.
func (f ListFilter) found(c *clauses) {
	c.add(f.Rule != "", `v.rule = ?`, f.Rule)
	c.add(f.Verdict != "", `v.verdict = ?`, f.Verdict)
	if f.Least != nil {
		c.add(true, moneyMissed, f.Least.String())
	}
}

// moneyMissed is the condition that a rule about money is missed by so many 万元 or
// more. An amount that a narrative quotes has its unit after it; a difference of
// which the unit is not known is not hidden.
const moneyMissed = `v.rule IN ('funds-balance', 'funds-total', 'narrative-breakdown', 'narrative-header')
	AND v.difference ~ '^(-|)[0-9]+([.][0-9]+|)$'
	AND coalesce(abs(v.difference::numeric) * CASE
		WHEN v.rule = 'funds-balance' THEN (SELECT heji_yuan(t.unit) FROM fields t WHERE t.form_id = v.form_id AND t.key = 'year_end_balance' LIMIT 1)
		WHEN v.rule = 'funds-total' THEN (SELECT heji_yuan(g.unit) FROM figures g WHERE g.form_id = v.form_id AND g.path = v.where_path AND g.path LIKE 'funds[%' LIMIT 1)
		WHEN strpos(v.message_zh, v.printed || '亿元') > 0 THEN 100000000
		WHEN strpos(v.message_zh, v.printed || '万元') > 0 THEN 10000
		WHEN strpos(v.message_zh, v.printed || '元') > 0 THEN 1
	END >= ?::text::numeric * 10000, true)`

// A discrepancy and what became of it stand in one of three places, as review_view
// has them. A list asks each place for no more than it shows: the view would be
// gone through as a whole.
var places = []struct{ status, from, columns string }{
	{"open", `discrepancies v`, `'open' AS status`},
	{"settled", `discrepancies v JOIN reviews r ON r.form_id = v.form_id`, `'settled' AS status`},
	{"", `review_discrepancies v`, `CASE WHEN v.confirmed THEN 'confirmed' ELSE 'open' END AS status`},
}

// inPlaces are the queries of the places that have what the filter wants, with the
// conditions that tell them apart.
func (f ListFilter) inPlaces(ask func(from, status string, c clauses) string, c clauses) (queries []string) {
	for _, p := range places {
		own := clauses{args: c.args, parts: slices.Clone(c.parts)}
		switch {
		case p.status != "" && f.Status != "" && f.Status != p.status, p.status == "" && f.Status == "settled":
			continue
		case p.status == "open":
			own.parts = append(own.parts, `NOT EXISTS (SELECT FROM reviews r WHERE r.form_id = v.form_id)`)
		case p.status == "settled":
			own.parts = append(own.parts, `NOT EXISTS (SELECT FROM review_discrepancies y WHERE y.form_id = v.form_id AND y.rule = v.rule AND y.where_path = v.where_path)`)
		case f.Status == "open":
			own.parts = append(own.parts, `NOT v.confirmed`)
		case f.Status == "confirmed":
			own.parts = append(own.parts, `v.confirmed`)
		}
		queries = append(queries, ask(p.from, p.columns, own))
	}
	return queries
}

// onForms are the conditions on forms. The names of documents are searched once and
// not form by form.
func (f ListFilter) onForms(c *clauses) {
	c.add(f.Unit != "", `(strpos(f.unit_name, ?) > 0 OR f.document IN (SELECT sha256 FROM documents WHERE strpos(name, ?) > 0))`, f.Unit)
	c.add(f.Year != 0, `f.year = ?`, f.Year)
	c.add(f.Document != "", `f.document = ?`, f.Document)
	c.add(f.Batch != 0, `f.document = ANY (ARRAY(SELECT sha256 FROM batch_documents WHERE batch = ? AND sha256 IS NOT NULL))`, f.Batch)
}

// Documents lists documents, the last read first.
func (s *Store) Documents(ctx context.Context, f ListFilter) (List[ListedDocument], error) {
	var c clauses
	c.add(f.Unit != "", `strpos(d.name, ?) > 0`, f.Unit)
	c.add(f.Document != "", `d.sha256 = ?`, f.Document)
	c.add(f.Batch != 0, `d.sha256 IN (SELECT sha256 FROM batch_documents WHERE batch = ?)`, f.Batch)
	return list(ctx, s, f, c, pgx.RowToStructByPos[ListedDocument], `FROM documents d`, `ORDER BY d.read_at DESC, d.sha256 DESC`, `d.*`, `
		SELECT d.sha256, d.name, d.pages, coalesce(d.error_code, ''), coalesce(d.error_message, ''), d.read_at,
		       (SELECT count(*) FROM forms f WHERE f.document = d.sha256),
		       (SELECT count(*) FROM forms f JOIN discrepancies x ON x.form_id = f.id WHERE f.document = d.sha256)
		FROM listed d ORDER BY d.read_at DESC, d.sha256 DESC`)
}

// Forms lists forms, the last read first.
func (s *Store) Forms(ctx context.Context, f ListFilter) (List[ListedForm], error) {
	var c clauses
	f.onForms(&c)
	from, found := `FROM forms f`, clauses{args: c.args}
	if f.found(&found); len(found.parts) > 0 || f.Status != "" {
		c.args = found.args
		queries := f.inPlaces(func(from, _ string, own clauses) string { return `SELECT v.form_id FROM ` + from + own.where() }, found)
		from = `FROM (SELECT DISTINCT form_id FROM (` + strings.Join(queries, " UNION ALL ") + `) AS all_of_them) AS w JOIN forms f ON f.id = w.form_id`
	}
	return list(ctx, s, f, c, pgx.RowToStructByPos[ListedForm], from, `ORDER BY f.id DESC`, `f.id`, `
		SELECT f.document, f.ordinal, d.name, coalesce(f.unit_name, ''), coalesce(f.year, 0), f.kind, coalesce(f.total_score_text, ''), coalesce(f.grade, ''),
		       (SELECT count(*) FROM review_view v WHERE v.form_id = f.id AND v.status = 'open'),
		       (SELECT count(*) FROM discrepancies x WHERE x.form_id = f.id),
		       coalesce(r.doubts, (SELECT count(*) FROM figures g WHERE g.form_id = f.id AND (g.doubt IS NOT NULL OR g.state = 'illegible'))),
		       coalesce(r.corrections, 0)
		FROM listed JOIN forms f USING (id) JOIN documents d ON d.sha256 = f.document LEFT JOIN reviews r ON r.form_id = f.id ORDER BY f.id DESC`)
}

// DiscrepancyList lists discrepancies, those of the last read forms first.
func (s *Store) DiscrepancyList(ctx context.Context, f ListFilter) (List[ListedDiscrepancy], error) {
	var c clauses
	f.onForms(&c)
	join := ""
	if len(c.parts) > 0 {
		join = ` JOIN forms f ON f.id = v.form_id`
	}
	f.found(&c)
	from := func(most int) string {
		queries := f.inPlaces(func(from, status string, own clauses) string {
			return fmt.Sprintf(`(SELECT v.form_id, v.position, v.rule, v.where_path, v.printed, v.computed, v.difference, v.verdict, v.message, v.message_zh, %s
				FROM %s%s%s ORDER BY v.form_id DESC, v.position LIMIT %d)`, status, from, join, own.where(), most)
		}, c)
		return `FROM (` + strings.Join(queries, " UNION ALL ") + `) AS v`
	}
	return listOf(ctx, s, f, c.args, pgx.RowToStructByPos[ListedDiscrepancy], from, `ORDER BY v.form_id DESC, v.position`, `v.*`, `
		SELECT f.document, f.ordinal, d.name, coalesce(f.unit_name, ''), coalesce(f.year, 0), v.rule, v.where_path, v.printed, v.computed, v.difference,
		       v.verdict, v.message, v.message_zh, v.status
		FROM listed v JOIN forms f ON f.id = v.form_id JOIN documents d ON d.sha256 = f.document ORDER BY v.form_id DESC, v.position`)
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

// LastCorrection is the number of a form's last correction, 0 for none, as
// StoredForm.Seen has it.
func (s *Store) LastCorrection(ctx context.Context, sha256 string, ordinal int) (id int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM corrections WHERE document = $1 AND ordinal = $2`, sha256, ordinal).Scan(&id)
	return id, wrap("corrections", err)
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

// Share is a count of one bar of a chart.
type Share struct {
	Label string
	Kind  string // verdict
	Count int64
}

// Charts are what the first page draws.
type Charts struct {
	Rules  []Share // discrepancies by rule and verdict
	Years  []Share // discrepancies by year and verdict
	Units  []Share // the units with most
	Scores []Share // forms by total score
	Money  []YearMoney
}

// YearMoney is what forms of a year had to spend and what they spent. It stands on
// those forms that print both and whose reading leaves nothing in doubt: an amount
// misread by one digit would drown all others.
type YearMoney struct {
	Year     int
	Forms    int64
	Budget   int64 // 万元
	Executed int64 // 万元
}

const yearMoney = `
	WITH amounts AS (
		SELECT t.form_id,
		       sum(t.value * heji_yuan(t.unit)) FILTER (WHERE t.key <> 'executed') AS budget, sum(t.value * heji_yuan(t.unit)) FILTER (WHERE t.key = 'executed') AS executed
		FROM fields t
		WHERE t.key IN ('carried_over', 'initial_budget', 'budget_adjustment', 'other_adjustment', 'executed')
		GROUP BY t.form_id
		HAVING count(*) FILTER (WHERE t.key = 'initial_budget') = 1 AND count(*) FILTER (WHERE t.key = 'executed') = 1 AND count(*) = count(DISTINCT t.key)
		   AND bool_and(t.state IN ('blank', 'none') OR t.value IS NOT NULL AND t.unit IS NOT NULL AND heji_yuan(t.unit) IS NOT NULL)
		UNION ALL
		SELECT b.form_id, b.value * heji_yuan(b.unit), e.value * heji_yuan(e.unit)
		FROM (SELECT form_id, min(position) AS position FROM funds WHERE source = 'total' GROUP BY form_id) u
		JOIN figures b ON b.form_id = u.form_id AND b.path LIKE 'funds[%' AND b.path = 'funds[' || u.position || '].budget' AND b.unit IS NOT NULL
		JOIN figures e ON e.form_id = u.form_id AND e.path LIKE 'funds[%' AND e.path = 'funds[' || u.position || '].executed' AND e.unit IS NOT NULL
	)
	SELECT f.year, count(*), round(sum(a.budget) / 10000)::bigint, round(sum(a.executed) / 10000)::bigint
	FROM amounts a JOIN forms f ON f.id = a.form_id
	WHERE f.year IS NOT NULL AND a.budget > 0 AND a.executed IS NOT NULL
	  AND NOT EXISTS (SELECT FROM problems p WHERE p.form_id = a.form_id AND (p.where_path LIKE 'funds[%' OR p.where_path LIKE 'fields.%'))
	GROUP BY f.year ORDER BY f.year DESC LIMIT 12`

// Charts counts for the first page.
func (s *Store) Charts(ctx context.Context) (Charts, error) {
	var c Charts
	for _, chart := range []struct {
		to  *[]Share
		sql string
	}{
		{&c.Rules, `SELECT rule, verdict, count(*) FROM discrepancies GROUP BY 1, 2 ORDER BY sum(count(*)) OVER (PARTITION BY rule) DESC, 1, 2`},
		{&c.Years, `SELECT coalesce(f.year::text, '—'), x.verdict, count(*) FROM discrepancies x JOIN forms f ON f.id = x.form_id GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 60`},
		{&c.Units, `SELECT coalesce(f.unit_name, '—'), '', count(*) FROM discrepancies x JOIN forms f ON f.id = x.form_id GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 10`},
		{&c.Scores, `SELECT CASE WHEN total_score < 60 THEN '<60' WHEN total_score < 80 THEN '60–80' WHEN total_score < 90 THEN '80–90'
			WHEN total_score < 95 THEN '90–95' WHEN total_score < 98 THEN '95–98' ELSE '98–100' END, '', count(*)
			FROM forms WHERE total_score IS NOT NULL GROUP BY 1 ORDER BY min(total_score)`},
	} {
		rows, err := s.pool.Query(ctx, chart.sql)
		if err != nil {
			return c, wrap("charts", err)
		}
		if *chart.to, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Share]); err != nil {
			return c, wrap("charts", err)
		}
	}
	rows, err := s.pool.Query(ctx, yearMoney)
	if err != nil {
		return c, wrap("charts", err)
	}
	c.Money, err = pgx.CollectRows(rows, pgx.RowToStructByPos[YearMoney])
	slices.Reverse(c.Money)
	return c, wrap("charts", err)
}

package load

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"heji/form"
)

// Lengths of the lists of a report.
const (
	reportUnits    = 20
	reportFindings = 15
	reportFailures = 20
	reportScreens  = 8 // of each screen
)

const verdictCounts = `count(x.rule) FILTER (WHERE x.verdict = 'form'), count(x.rule) FILTER (WHERE x.verdict = 'misread'),
	count(x.rule) FILTER (WHERE x.verdict NOT IN ('form', 'misread'))`

// moneyOff are the funds that do not add up, with the difference in 元.
const moneyOff = `
	SELECT x.form_id, x.position, x.verdict, abs(x.difference_value) * heji_yuan(t.unit) AS yuan, coalesce(t.unit, '') AS unit
	FROM discrepancies x
	JOIN fields t ON t.form_id = x.form_id AND t.key = 'year_end_balance'
	WHERE x.rule = 'funds-balance'
	UNION ALL
	SELECT x.form_id, x.position, x.verdict, abs(x.difference_value) * heji_yuan(g.unit), coalesce(g.unit, '')
	FROM discrepancies x
	JOIN figures g ON g.form_id = x.form_id AND g.path = x.where_path AND g.path LIKE 'funds[%'
	WHERE x.rule = 'funds-total'`

// selectFindings is completed by a list of discrepancies o with what they are ordered by.
const selectFindings = `
	SELECT d.name, coalesce(x.page, 0)::bigint, coalesce(f.unit_name, ''), coalesce(f.year, 0)::bigint, x.rule, x.verdict,
	       x.printed || o.unit, x.computed || o.unit, x.difference || o.unit, x.message, x.message_zh, d.sha256,
	       ARRAY(SELECT b.path FROM batch_documents b WHERE b.sha256 = d.sha256 ORDER BY b.at DESC LIMIT 20), coalesce(x.box, '{}')::float8[]
	FROM o
	JOIN discrepancies x ON x.form_id = o.form_id AND x.position = o.position
	JOIN forms f ON f.id = x.form_id
	JOIN documents d ON d.sha256 = f.document
	ORDER BY o.size DESC, x.form_id, x.position`

// Report counts what the filter of the snapshot asks for by year, unit and kind;
// a rule or verdict does not matter to it.
func (s *Snapshot) Report(ctx context.Context) (form.Report, error) {
	only := s.filter
	only.Rule, only.Verdict = "", ""
	where, args := only.where(false)
	chosen := `WITH f AS NOT MATERIALIZED (SELECT * FROM forms f` + where + `) `
	var r form.Report
	var err error
	query := func(sql string, scan func(pgx.Rows) error, arguments ...any) {
		if err != nil {
			return
		}
		var rows pgx.Rows
		if rows, err = s.tx.Query(ctx, sql, arguments...); err != nil {
			return
		}
		defer rows.Close()
		for err == nil && rows.Next() {
			err = scan(rows)
		}
		if err == nil {
			err = rows.Err()
		}
	}
	query(chosen+`SELECT count(*), count(DISTINCT f.document), count(*) FILTER (WHERE x.wrong > 0),
		count(*) FILTER (WHERE x.wrong = 0 AND x.others > 0), coalesce(sum(p.n), 0)::bigint
		FROM f
		LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE d.verdict = 'form') AS wrong, count(*) FILTER (WHERE d.verdict <> 'form') AS others
		                   FROM discrepancies d WHERE d.form_id = f.id) x ON true
		LEFT JOIN LATERAL (SELECT count(*) AS n FROM problems q WHERE q.form_id = f.id) p ON true`,
		func(rows pgx.Rows) error {
			return rows.Scan(&r.Forms, &r.Documents, &r.Contradictory, &r.Doubtful, &r.Problems)
		}, args...)
	if where == "" { // a document that was not read is of no unit or year
		query(`SELECT count(*) FROM documents WHERE error_code IS NOT NULL`, func(rows pgx.Rows) error { return rows.Scan(&r.Failed) })
		query(`SELECT name, error_code, error_message FROM documents WHERE error_code IS NOT NULL ORDER BY error_code, name LIMIT $1`,
			collect(&r.Failures), reportFailures)
		r.Documents += r.Failed
	}
	query(chosen+`SELECT x.rule, 0::bigint, 0::bigint, `+verdictCounts+`
		FROM discrepancies x JOIN f ON f.id = x.form_id GROUP BY x.rule ORDER BY count(*) DESC, x.rule`, collect(&r.Rules), args...)
	query(chosen+`SELECT f.unit_name, count(DISTINCT f.id), count(DISTINCT f.id) FILTER (WHERE x.verdict = 'form'), `+verdictCounts+`
		FROM f LEFT JOIN discrepancies x ON x.form_id = f.id WHERE f.unit_name IS NOT NULL GROUP BY f.unit_name HAVING count(x.rule) > 0
		ORDER BY 4 DESC, count(x.rule) DESC, f.unit_name LIMIT `+fmt.Sprint(reportUnits), collect(&r.Units), args...)
	query(chosen+`SELECT coalesce(f.year::text, ''), count(DISTINCT f.id), count(DISTINCT f.id) FILTER (WHERE x.verdict = 'form'), `+verdictCounts+`
		FROM f LEFT JOIN discrepancies x ON x.form_id = f.id GROUP BY f.year ORDER BY f.year`, collect(&r.Years), args...)
	query(chosen+`SELECT coalesce(sum(m.yuan), 0)::text FROM (`+moneyOff+`) m JOIN f ON f.id = m.form_id WHERE m.verdict = 'form'`,
		func(rows pgx.Rows) error {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			var err error
			r.MoneyYuan, err = form.NewAmount(text)
			return err
		}, args...)
	// The form's own mistakes come before those that may be ours.
	query(chosen+`, o AS (SELECT m.form_id, m.position, (m.verdict = 'form', m.yuan) AS size, m.unit FROM (`+moneyOff+`) m JOIN f ON f.id = m.form_id
		WHERE m.yuan IS NOT NULL ORDER BY 3 DESC, 1, 2 LIMIT `+fmt.Sprint(reportFindings)+`)`+selectFindings, collectFindings(&r.Money), args...)
	query(chosen+`, o AS (SELECT x.form_id, x.position, (x.verdict = 'form', abs(x.difference_value)) AS size, '' AS unit FROM discrepancies x JOIN f ON f.id = x.form_id
		WHERE x.rule IN ('weight-section', 'weight-total', 'weight-assigned', 'score-section', 'score-total', 'score-exceeds-weight', 'execution-score')
		AND x.difference_value IS NOT NULL ORDER BY 3 DESC, 1, 2 LIMIT `+fmt.Sprint(reportFindings)+`)`+selectFindings, collectFindings(&r.Points), args...)
	if err == nil {
		r.Screens, r.Compared, err = s.screens(ctx, where, args)
	}
	return r, wrap("report", err)
}

// screens are what the chosen forms say against others, the largest of each screen
// first, and when that was found out.
func (s *Snapshot) screens(ctx context.Context, where string, args []any) (screens []form.ReportScreen, compared string, err error) {
	source, compared, err := s.cross(ctx)
	if err != nil || compared == "" {
		return nil, compared, err
	}
	rows, err := s.tx.Query(ctx, `
		WITH found AS MATERIALIZED (
			SELECT x.*, count(*) OVER of_one AS times, row_number() OVER (of_one ORDER BY abs(x.difference) DESC NULLS LAST, x.compared DESC, x.form_id, x.other_id) AS place
			FROM `+source+` x JOIN forms f ON f.id = x.form_id`+where+`
			WINDOW of_one AS (PARTITION BY x.screen))
		SELECT x.screen, coalesce(x.unit_name, ''), coalesce(x.year, 0)::bigint, d.name, coalesce(e.name, ''), x.compared::bigint, x.message, x.message_zh, x.times
		FROM found x JOIN forms f ON f.id = x.form_id JOIN documents d ON d.sha256 = f.document
		LEFT JOIN forms g ON g.id = x.other_id LEFT JOIN documents e ON e.sha256 = g.document
		WHERE x.place <= `+fmt.Sprint(reportScreens)+` ORDER BY x.screen, x.place`, args...)
	if err != nil {
		return nil, "", err
	}
	var c form.CrossFinding
	var times int64
	_, err = pgx.ForEachRow(rows, []any{&c.Screen, &c.Unit, &c.Year, &c.Document, &c.Other, &c.Compared, &c.Message, &c.MessageZH, &times}, func() error {
		if n := len(screens); n == 0 || screens[n-1].Name != c.Screen {
			screens = append(screens, form.ReportScreen{Name: c.Screen, Count: times})
		}
		last := &screens[len(screens)-1]
		last.Found = append(last.Found, c)
		return nil
	})
	return screens, compared, err
}

func collectFindings(list *[]form.ReportFinding) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var f form.ReportFinding
		var box []float64
		err := rows.Scan(&f.Document, &f.Page, &f.Unit, &f.Year, &f.Rule, &f.Verdict, &f.Printed, &f.Computed, &f.Difference, &f.Message, &f.MessageZH,
			&f.SHA256, &f.Paths, &box)
		f.Box = boxOf(box)
		*list = append(*list, f)
		return err
	}
}

// collect appends each row to the list.
func collect[T any](list *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		row, err := pgx.RowToStructByPos[T](rows)
		*list = append(*list, row)
		return err
	}
}

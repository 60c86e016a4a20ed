package load

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"heji/form"
)

// Report is what was found, in figures.
type Report struct {
	Documents     int64
	Failed        int64 // documents that could not be read
	Forms         int64
	Contradictory int64 // forms that contradict themselves
	Doubtful      int64 // other forms with a discrepancy
	Problems      int64
	MoneyYuan     form.Amount // by which funds do not add up on forms that are wrong, all together, in 元
	Rules         []ReportShare
	Units         []ReportShare // those with most contradictions
	Years         []ReportShare
	Money         []ReportFinding // funds that do not add up, the largest difference first
	Points        []ReportFinding // weights and scores that do not
	Failures      []ReportFailure
}

// ReportShare is a rule's, unit's or year's part in the discrepancies. Forms and
// Contradictory are 0 for a rule.
type ReportShare struct {
	Name          string
	Forms         int64
	Contradictory int64
	ByForm        int64
	Misread       int64
	Undecided     int64
}

// ReportFinding is a discrepancy that a report shows.
type ReportFinding struct {
	Document   string
	Page       int64 // 0 when not known
	Unit       string
	Year       int64 // 0 when not printed
	Rule       string
	Verdict    form.Verdict
	Printed    string
	Computed   string
	Difference string
	Message    string
	MessageZH  string
}

// ReportFailure is a document that could not be read.
type ReportFailure struct {
	Document string
	Code     string
	Message  string
}

// Lengths of the lists of a report.
const (
	reportUnits    = 20
	reportFindings = 15
	reportFailures = 20
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
	       x.printed || o.unit, x.computed || o.unit, x.difference || o.unit, x.message, x.message_zh
	FROM o
	JOIN discrepancies x ON x.form_id = o.form_id AND x.position = o.position
	JOIN forms f ON f.id = x.form_id
	JOIN documents d ON d.sha256 = f.document
	ORDER BY o.size DESC, x.form_id, x.position`

// Report counts what the filter of the snapshot asks for by year, unit and kind;
// a rule or verdict does not matter to it.
func (s *Snapshot) Report(ctx context.Context) (Report, error) {
	only := s.filter
	only.Rule, only.Verdict = "", ""
	where, args := only.where(false)
	chosen := `WITH f AS NOT MATERIALIZED (SELECT * FROM forms f` + where + `) `
	var r Report
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
		WHERE m.yuan IS NOT NULL ORDER BY 3 DESC, 1, 2 LIMIT `+fmt.Sprint(reportFindings)+`)`+selectFindings, collect(&r.Money), args...)
	query(chosen+`, o AS (SELECT x.form_id, x.position, (x.verdict = 'form', abs(x.difference_value)) AS size, '' AS unit FROM discrepancies x JOIN f ON f.id = x.form_id
		WHERE x.rule IN ('weight-section', 'weight-total', 'weight-assigned', 'score-section', 'score-total', 'score-exceeds-weight', 'execution-score')
		AND x.difference_value IS NOT NULL ORDER BY 3 DESC, 1, 2 LIMIT `+fmt.Sprint(reportFindings)+`)`+selectFindings, collect(&r.Points), args...)
	return r, wrap("report", err)
}

// collect appends each row to the list.
func collect[T any](list *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		row, err := pgx.RowToStructByPos[T](rows)
		*list = append(*list, row)
		return err
	}
}

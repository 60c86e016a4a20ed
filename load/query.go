package load

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/jackc/pgx/v5"

	"heji/form"
)

// Counts are the sizes of what is stored.
type Counts struct {
	Documents     int64
	Failed        int64 // documents that could not be read
	Forms         int64
	Problems      int64
	Discrepancies int64
}

// Counts counts what is stored.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := s.pool.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM documents WHERE error_code IS NOT NULL),
		       (SELECT count(*) FROM forms), (SELECT count(*) FROM problems), (SELECT count(*) FROM discrepancies)`,
	).Scan(&c.Documents, &c.Failed, &c.Forms, &c.Problems, &c.Discrepancies)
	return c, wrap("count", err)
}

// RuleCount is how often a rule fired with a verdict.
type RuleCount struct {
	Rule    string
	Verdict form.Verdict
	Count   int64
}

// DiscrepanciesByRule counts what is stored by rule and verdict, the most
// frequent rule first.
func (s *Store) DiscrepanciesByRule(ctx context.Context) ([]RuleCount, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT rule, verdict, count(*)
		FROM discrepancies GROUP BY rule, verdict
		ORDER BY sum(count(*)) OVER (PARTITION BY rule) DESC, rule, verdict`)
	if err != nil {
		return nil, wrap("count discrepancies", err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[RuleCount])
	return counts, wrap("count discrepancies", err)
}

// Records yields every stored record as the contract has it, one a form and one
// a document that was not read, by document name. It holds one record at a time
// and one connection until the loop ends.
func (s *Store) Records(ctx context.Context) iter.Seq2[json.RawMessage, error] {
	return s.records(ctx, "")
}

// DocumentRecords yields the records of the document with the hash, and none
// when it is not stored.
func (s *Store) DocumentRecords(ctx context.Context, sha256 string) iter.Seq2[json.RawMessage, error] {
	if sha256 == "" { // which would ask for all
		return func(func(json.RawMessage, error) bool) {}
	}
	return s.records(ctx, sha256)
}

func (s *Store) records(ctx context.Context, sha256 string) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		rows, err := s.pool.Query(ctx, `
			SELECT d.name, d.sha256, d.bytes, d.pages, coalesce(d.error_code, ''), coalesce(d.error_message, ''), f.record::text
			FROM documents d LEFT JOIN forms f ON f.document = d.sha256
			WHERE $1 = '' OR d.sha256 = $1
			ORDER BY d.name, d.sha256, f.ordinal`, sha256)
		if err != nil {
			yield(nil, wrap("records", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			record, err := scanRecord(rows)
			if !yield(record, wrap("records", err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, wrap("records", err))
		}
	}
}

func scanRecord(rows pgx.Rows) (json.RawMessage, error) {
	var d form.Document
	var e form.Error
	var record *string
	if err := rows.Scan(&d.Name, &d.SHA256, &d.Bytes, &d.Pages, &e.Code, &e.Message, &record); err != nil {
		return nil, err
	}
	if record != nil {
		return json.RawMessage(*record), nil
	}
	return form.Record{Document: d, Err: &e}.MarshalJSON()
}

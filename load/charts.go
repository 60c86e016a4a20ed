package load

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

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

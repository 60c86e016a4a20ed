-- +goose Up

-- A row without points of its own may take some off: it has no weight that a score
-- below 0 would contradict.
CREATE OR REPLACE VIEW rule_score_exceeds_weight AS
SELECT s.form_id, s.where_path, s.score::text AS printed, CASE WHEN s.score < 0 THEN 0 ELSE s.weight END::text AS computed,
       s.score - CASE WHEN s.score < 0 THEN 0 ELSE s.weight END AS difference
FROM (
    SELECT form_id, 'indicators[' || position || '].score' AS where_path, score, weight FROM indicators WHERE score >= 0 OR weight > 0
    UNION ALL
    SELECT id, 'total.score', total_score, total_weight FROM forms
    UNION ALL
    SELECT form_id, 'funds[' || position || '].score', score, weight FROM execution_view
) s
WHERE s.score < 0 OR s.score > s.weight;

-- A rate printed as 0.98 is computed as one.
CREATE OR REPLACE VIEW rule_execution_rate AS
SELECT e.form_id, 'funds[' || e.position || '].rate' AS where_path, e.rate::text AS printed, c.computed::text AS computed, e.rate - c.computed AS difference
FROM execution_view e
CROSS JOIN LATERAL (
    SELECT round(m.middle * CASE WHEN e.rate_unit IS DISTINCT FROM '%' AND e.rate <= 1.5 AND abs(m.middle - e.rate) < abs(m.middle - e.rate * 0.01) THEN 1 ELSE 100 END,
                 greatest(2, scale(e.rate))) AS computed
    FROM (SELECT (e.ratio_low + e.ratio_high) * 0.5 AS middle) m
) c
WHERE e.rate IS NOT NULL AND e.ratio_low IS NOT NULL
  AND NOT EXISTS (SELECT FROM execution_rate_view w WHERE w.form_id = e.form_id AND w.low <= e.ratio_high AND e.ratio_low <= w.high);

-- The score is computed by the rate that comes nearest to it, of those that the
-- printed one may mean and the one that the amounts have.
-- Where nothing was budgeted and nothing spent there is no rate, and 0 printed for it
-- means that there is none.
CREATE OR REPLACE VIEW rule_execution_score AS
SELECT e.form_id, 'funds[' || e.position || '].score' AS where_path, e.score::text AS printed, c.computed::text AS computed, e.score - c.computed AS difference
FROM execution_view e
CROSS JOIN LATERAL (
    SELECT bool_or(least(w.a, w.b) <= e.score + heji_reach(e.score) AND e.score - heji_reach(e.score) <= greatest(w.a, w.b)) AS meets,
           (array_agg(round((w.a + w.b) * 0.5, greatest(2, scale(e.score))) ORDER BY abs((w.a + w.b) * 0.5 - e.score), w.preference))[1] AS computed
    FROM (
        SELECT r.preference, e.weight * least(r.low, 1) AS a, e.weight * least(r.high, 1) AS b
        FROM execution_rate_view r WHERE r.form_id = e.form_id
        UNION ALL
        SELECT 3, e.weight * least(e.ratio_low, 1), e.weight * least(e.ratio_high, 1) WHERE e.ratio_low IS NOT NULL
    ) w
) c
WHERE e.score IS NOT NULL AND e.weight IS NOT NULL AND NOT c.meets
  AND NOT (SELECT count(*) = 2 FROM fund_amount_view a
           WHERE a.form_id = e.form_id AND a.position = e.position AND a.member IN ('budget', 'executed') AND a.known AND a.value = 0);

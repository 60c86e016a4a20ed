-- +goose Up

-- A source of money may print a rate of its own. Where the rate of all together is what was
-- spent of the year's budget, so are these.
CREATE VIEW source_rate_view AS
SELECT t.form_id, t.position, t.rate, t.rate_unit, q.ratio_low, q.ratio_high
FROM (
    SELECT x.form_id, x.position,
           min(x.value) FILTER (WHERE x.member = 'rate') AS rate, min(x.unit) FILTER (WHERE x.member = 'rate') AS rate_unit,
           count(*) FILTER (WHERE x.member IN ('budget', 'executed') AND x.value = 0) = 2 AS nothing,
           min(x.low) FILTER (WHERE x.member = 'executed' AND x.known) AS executed_low, min(x.high) FILTER (WHERE x.member = 'executed' AND x.known) AS executed_high,
           min(x.low) FILTER (WHERE x.member = 'budget' AND x.known) AS budget_low, min(x.high) FILTER (WHERE x.member = 'budget' AND x.known) AS budget_high
    FROM fund_amount_view x
    JOIN funds f ON f.form_id = x.form_id AND f.position = x.position AND f.label <> ''
    WHERE x.position <> (SELECT min(y.position) FROM funds y WHERE y.form_id = x.form_id AND y.source = 'total')
    GROUP BY x.form_id, x.position
) t
CROSS JOIN LATERAL (
    SELECT min(v) AS ratio_low, max(v) AS ratio_high
    FROM (VALUES (heji_quotient(t.executed_low, t.budget_low)), (heji_quotient(t.executed_low, t.budget_high)),
                 (heji_quotient(t.executed_high, t.budget_low)), (heji_quotient(t.executed_high, t.budget_high))) w (v)
    WHERE t.budget_low > 0 OR t.budget_high < 0
) q
WHERE t.rate IS NOT NULL AND NOT t.nothing AND q.ratio_low IS NOT NULL
  AND EXISTS (SELECT FROM execution_view e JOIN execution_rate_view w ON w.form_id = e.form_id AND w.rate_path = e.rate_path
              WHERE e.form_id = t.form_id AND NOT e.of_row AND w.low <= e.ratio_high AND e.ratio_low <= w.high);

COMMENT ON VIEW source_rate_view IS 'rows of single sources that print a rate, beside a total whose rate is executed ÷ budget · 各资金来源的执行率';
COMMENT ON COLUMN source_rate_view.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN source_rate_view.position IS 'row of the funds table, from 0 · 行';
COMMENT ON COLUMN source_rate_view.rate IS 'execution rate as printed · 执行率';
COMMENT ON COLUMN source_rate_view.rate_unit IS '% where the rate is a percentage · 执行率单位';
COMMENT ON COLUMN source_rate_view.ratio_low IS 'least that executed ÷ budget may be · 执行数与预算数之比的下限';
COMMENT ON COLUMN source_rate_view.ratio_high IS 'most that it may be · 执行数与预算数之比的上限';

-- As before, for the rates of all money and of rows, and for those of sources.
CREATE OR REPLACE VIEW rule_execution_rate AS
SELECT e.form_id, e.rate_path AS where_path, e.rate::text AS printed, c.computed::text AS computed, e.rate - c.computed AS difference
FROM (
    SELECT x.form_id, x.rate_path, x.rate, x.rate_unit, x.ratio_low, x.ratio_high
    FROM execution_view x
    WHERE x.rate IS NOT NULL AND x.ratio_low IS NOT NULL
      AND NOT EXISTS (SELECT FROM execution_rate_view w WHERE w.form_id = x.form_id AND w.rate_path = x.rate_path AND w.low <= x.ratio_high AND x.ratio_low <= w.high)
      AND NOT (x.of_row AND EXISTS (SELECT FROM execution_rate_view w JOIN execution_rate_view o ON o.form_id = w.form_id AND NOT o.of_row AND w.low <= o.high AND o.low <= w.high
                                    WHERE w.form_id = x.form_id AND w.of_row))
    UNION ALL
    SELECT s.form_id, 'funds[' || s.position || '].rate', s.rate, s.rate_unit, s.ratio_low, s.ratio_high
    FROM source_rate_view s
    WHERE NOT ((s.rate - heji_reach(s.rate)) * 0.01 <= s.ratio_high AND s.ratio_low <= (s.rate + heji_reach(s.rate)) * 0.01)
      AND NOT (s.rate_unit IS DISTINCT FROM '%' AND s.rate <= 1.5 AND s.rate - heji_reach(s.rate) <= s.ratio_high AND s.ratio_low <= s.rate + heji_reach(s.rate))
) e
CROSS JOIN LATERAL (
    SELECT round(m.middle * CASE WHEN e.rate_unit IS DISTINCT FROM '%' AND e.rate <= 1.5 AND abs(m.middle - e.rate) < abs(m.middle - e.rate * 0.01) THEN 1 ELSE 100 END,
                 greatest(2, scale(e.rate))) AS computed
    FROM (SELECT (e.ratio_low + e.ratio_high) * 0.5 AS middle) m
) c;

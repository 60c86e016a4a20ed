-- +goose Up

-- The same answers, looked up form by form: through header_amount_view one unit's
-- history took as long as everybody's.
CREATE OR REPLACE VIEW unit_history_view AS
SELECT f.unit_name, f.year, f.id AS form_id, f.total_score, f.total_score - last.total_score AS score_change, f.grade,
       h.carried AS carried_over_yuan, last.balance AS last_balance_yuan, h.carried - last.balance AS carried_over_gap_yuan,
       h.carried - h.carried_reach <= last.balance + last.reach AND last.balance - last.reach <= h.carried + h.carried_reach AS carried_over_agrees,
       h.initial AS initial_budget_yuan, h.executed AS executed_yuan, h.balance AS year_end_balance_yuan
FROM forms f
CROSS JOIN LATERAL (
    SELECT min(a.yuan) FILTER (WHERE a.key = 'carried_over') AS carried, min(a.reach) FILTER (WHERE a.key = 'carried_over') AS carried_reach,
           min(a.yuan) FILTER (WHERE a.key = 'initial_budget') AS initial,
           min(a.yuan) FILTER (WHERE a.key = 'executed') AS executed,
           min(a.yuan) FILTER (WHERE a.key = 'year_end_balance') AS balance
    FROM (
        SELECT t.key, CASE t.state WHEN 'none' THEN 0 ELSE t.value * heji_yuan(t.unit) END AS yuan,
               CASE t.state WHEN 'none' THEN 0 ELSE heji_reach(t.value) * heji_yuan(t.unit) END AS reach
        FROM fields t
        WHERE t.form_id = f.id AND t.key IN ('carried_over', 'initial_budget', 'executed', 'year_end_balance') AND NOT (t.unit IS NULL AND f.unit IS NOT NULL AND t.state <> 'none')
    ) a
) h
LEFT JOIN LATERAL (
    SELECT g.total_score, b.balance, b.reach
    FROM forms g
    LEFT JOIN LATERAL (
        SELECT CASE t.state WHEN 'none' THEN 0 ELSE t.value * heji_yuan(t.unit) END AS balance,
               CASE t.state WHEN 'none' THEN 0 ELSE heji_reach(t.value) * heji_yuan(t.unit) END AS reach
        FROM fields t
        WHERE t.form_id = g.id AND t.key = 'year_end_balance' AND NOT (t.unit IS NULL AND g.unit IS NOT NULL AND t.state <> 'none')
        ORDER BY t.position LIMIT 1
    ) b ON true
    WHERE left(g.unit_name, 200) = left(f.unit_name, 200) AND g.unit_name = f.unit_name AND g.year = f.year - 1 AND g.kind = 'department'
    ORDER BY g.id DESC LIMIT 1
) last ON true
WHERE f.kind = 'department' AND f.unit_name IS NOT NULL AND f.year IS NOT NULL;

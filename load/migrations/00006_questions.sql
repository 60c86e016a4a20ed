-- +goose Up

-- Views named for what people ask. Amounts are in 元 and comparable, whatever unit
-- a form prints. Those that compare are screens and no accusations: each says in
-- a column how many forms it stands on, and is silent below its least number.

CREATE INDEX forms_unit_name_year ON forms (left(unit_name, 200), year);
CREATE INDEX forms_year_kind_score ON forms (year, kind, total_score);

CREATE VIEW unit_year_view AS
SELECT f.unit_name, f.year, count(*) AS forms, round(avg(f.total_score), 2) AS mean_score, min(f.total_score) AS least_score,
       count(*) FILTER (WHERE c.by_form > 0) AS contradictory_forms, coalesce(sum(c.by_form), 0)::bigint AS discrepancies_by_form,
       coalesce(sum(c.misread + c.undecided), 0)::bigint AS other_discrepancies, coalesce(sum(c.problems), 0)::bigint AS problems
FROM forms f
LEFT JOIN form_facts c ON c.form_id = f.id
GROUP BY f.unit_name, f.year;

COMMENT ON VIEW unit_year_view IS 'what a unit filed in a year, and what was found · 各单位各年度情况';
COMMENT ON COLUMN unit_year_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN unit_year_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN unit_year_view.forms IS 'number of forms · 自评表份数';
COMMENT ON COLUMN unit_year_view.mean_score IS 'mean of the printed total scores · 平均得分';
COMMENT ON COLUMN unit_year_view.least_score IS 'least of them · 最低得分';
COMMENT ON COLUMN unit_year_view.contradictory_forms IS 'forms that contradict themselves · 自相矛盾的表数';
COMMENT ON COLUMN unit_year_view.discrepancies_by_form IS 'discrepancies in which the form itself is wrong · 表内矛盾数';
COMMENT ON COLUMN unit_year_view.other_discrepancies IS 'those in which the reading is or may be wrong · 其他不符数';
COMMENT ON COLUMN unit_year_view.problems IS 'places not read or not to be relied on · 读取问题数';

-- What a year carried over is what the year before left. Printed amounts are
-- rounded, so the two agree if their ranges meet.
-- Looked up form by form: through header_amount_view one unit's history took as
-- long as everybody's.
CREATE VIEW unit_history_view AS
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

COMMENT ON VIEW unit_history_view IS 'a unit''s departmental forms year by year, and whether each begins where the last one ended · 单位历年情况及结转衔接';
COMMENT ON COLUMN unit_history_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN unit_history_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN unit_history_view.form_id IS 'the form · 表号';
COMMENT ON COLUMN unit_history_view.total_score IS 'printed total score · 综合得分';
COMMENT ON COLUMN unit_history_view.score_change IS 'the same less that of the year before; null without one · 得分较上年变动';
COMMENT ON COLUMN unit_history_view.grade IS 'printed grade · 等次';
COMMENT ON COLUMN unit_history_view.carried_over_yuan IS 'carried over from the year before, in 元 · 上年结转（元）';
COMMENT ON COLUMN unit_history_view.last_balance_yuan IS 'year-end balance that the year before printed, in 元 · 上年表列年末结余（元）';
COMMENT ON COLUMN unit_history_view.carried_over_gap_yuan IS 'the first less the second · 两者之差（元）';
COMMENT ON COLUMN unit_history_view.carried_over_agrees IS 'whether both may be the same amount, rounded; null when either is missing · 结转是否衔接';
COMMENT ON COLUMN unit_history_view.initial_budget_yuan IS 'initial budget in 元 · 年初预算（元）';
COMMENT ON COLUMN unit_history_view.executed_yuan IS 'amount spent, in 元 · 预算执行（元）';
COMMENT ON COLUMN unit_history_view.year_end_balance_yuan IS 'year-end balance in 元 · 年末结余（元）';

-- Tukey's fences: one and a half times the middle half's width beyond it. Fewer
-- than twenty forms of a year and kind say nothing about what is usual.
-- The quartiles are looked up in the index rather than sorted for, and the year
-- asked for reaches them only as their own column: else all years are reckoned to
-- answer for one.
CREATE VIEW outlier_view AS
SELECT f.id AS form_id, f.unit_name, q.year, q.kind, f.total_score, q.low::numeric(12,2) AS usual_from, q.high::numeric(12,2) AS usual_to, q.forms
FROM (
    SELECT g.year, g.kind, g.forms, a.quartile - 1.5 * (b.quartile - a.quartile) AS low, b.quartile + 1.5 * (b.quartile - a.quartile) AS high
    FROM (SELECT year, kind, count(total_score) AS forms FROM forms WHERE year IS NOT NULL AND total_score IS NOT NULL GROUP BY year, kind HAVING count(total_score) >= 20) g
    CROSS JOIN LATERAL (
        SELECT min(s.total_score) + (max(s.total_score) - min(s.total_score)) * (0.25 * (g.forms - 1) - floor(0.25 * (g.forms - 1))) AS quartile
        FROM (SELECT total_score FROM forms h WHERE h.year = g.year AND h.kind = g.kind AND h.total_score IS NOT NULL
              ORDER BY total_score OFFSET floor(0.25 * (g.forms - 1)) LIMIT 2) s
    ) a
    CROSS JOIN LATERAL (
        SELECT min(s.total_score) + (max(s.total_score) - min(s.total_score)) * (0.75 * (g.forms - 1) - floor(0.75 * (g.forms - 1))) AS quartile
        FROM (SELECT total_score FROM forms h WHERE h.year = g.year AND h.kind = g.kind AND h.total_score IS NOT NULL
              ORDER BY total_score OFFSET floor(0.75 * (g.forms - 1)) LIMIT 2) s
    ) b
    WHERE b.quartile > a.quartile
) q
CROSS JOIN LATERAL (
    SELECT h.id, h.unit_name, h.total_score FROM forms h WHERE h.year = q.year AND h.kind = q.kind AND h.total_score < q.low
    UNION ALL
    SELECT h.id, h.unit_name, h.total_score FROM forms h WHERE h.year = q.year AND h.kind = q.kind AND h.total_score > q.high
) f;

COMMENT ON VIEW outlier_view IS 'forms whose total score is far from that of other forms of the year and kind · 得分离群的自评表';
COMMENT ON COLUMN outlier_view.form_id IS 'the form · 表号';
COMMENT ON COLUMN outlier_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN outlier_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN outlier_view.kind IS 'department or project · 表类';
COMMENT ON COLUMN outlier_view.total_score IS 'printed total score · 综合得分';
COMMENT ON COLUMN outlier_view.usual_from IS 'lower fence of Tukey · 常见范围下限';
COMMENT ON COLUMN outlier_view.usual_to IS 'upper fence of Tukey · 常见范围上限';
COMMENT ON COLUMN outlier_view.forms IS 'forms compared with, twenty at least · 比较的表数';

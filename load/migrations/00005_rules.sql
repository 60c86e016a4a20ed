-- +goose Up

-- The arithmetic rules of heji as views, so that a database can be audited again
-- without heji. A row of a rule's view is a figure that breaks the rule. The
-- narrative rules read sentences, which SQL does not.
--
-- A printed amount or rate stands for half a unit of its last digit either way;
-- points are exact. A rule whose operand was not read is silent. A sum of points has
-- fewer decimals than its parts only where all these print the same number of
-- decimals: 70 is no rounded 69.5. Points that come out of a division, 33.33, were
-- rounded. The grade's bands are for about a hundred points, and a form with two grades
-- passes. What heji makes of decimals that a spreadsheet leaked is not repeated here: these
-- views are the stricter ones.

CREATE INDEX figures_funds ON figures (form_id, path) WHERE path LIKE 'funds[%';
CREATE INDEX figures_none ON figures (form_id, path) WHERE state = 'none';

-- How far a printed number may be from what it stands for.
CREATE FUNCTION heji_reach(printed numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('5e-' || (scale(printed) + 1))::numeric;

-- A unit of money in 元; null for one that is none. Where each cell prints its unit, 0 is
-- printed without, and is nothing in the form's.
CREATE FUNCTION heji_yuan(unit text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE coalesce(unit, '') WHEN '' THEN 1 WHEN '元' THEN 1 WHEN '万元' THEN 10000 WHEN '亿元' THEN 100000000 END;

-- Whether a printed sum of points is the sum of its parts: exactly, unless it has
-- fewer decimals than they have or they were rounded, together by 0.045 at most.
CREATE FUNCTION heji_points_meet(printed numeric, parts numeric, decimals integer, slack numeric) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN abs(printed - parts) <= CASE WHEN scale(printed) < decimals THEN heji_reach(printed) ELSE 0 END + least(slack, 0.045);

-- How far points may be from what they stand for: those with two decimals or more that are
-- no multiple of 0.05 come out of a division.
CREATE FUNCTION heji_divided(points numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN scale(points) >= 2 AND points % 0.05 <> 0 THEN heji_reach(points) ELSE 0 END;

-- A quotient with more decimals than any comparison needs; null for none.
CREATE FUNCTION heji_quotient(over numeric, under numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(over, 40) / nullif(under, 0);

CREATE VIEW indicator_point_view AS
SELECT i.form_id, i.position, i.kind, coalesce(i.level1, '') AS level1, coalesce(i.level2, '') AS level2, m.member, m.value,
       CASE WHEN m.member = 'weight' OR i.weight = m.value THEN 0 ELSE heji_divided(m.value) END AS slack,
       CASE WHEN m.text IS NULL THEN false
            WHEN m.value IS NOT NULL THEN true
            ELSE NOT EXISTS (SELECT FROM figures g WHERE g.form_id = i.form_id AND g.state = 'none'
                             AND g.path = 'indicators[' || i.position || '].' || m.member)
       END AS present
FROM indicators i
CROSS JOIN LATERAL (VALUES ('weight', i.weight, i.weight_text), ('score', i.score, i.score_text)) m (member, value, text);

COMMENT ON VIEW indicator_point_view IS 'weights and scores of the indicator rows, one a row · 各指标的分值与得分';
COMMENT ON COLUMN indicator_point_view.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN indicator_point_view.position IS 'row, from 0 · 行';
COMMENT ON COLUMN indicator_point_view.kind IS 'leaf, or section for a printed subtotal · 行类';
COMMENT ON COLUMN indicator_point_view.level1 IS 'first level name, or nothing · 一级指标';
COMMENT ON COLUMN indicator_point_view.level2 IS 'second level name, or nothing · 二级指标';
COMMENT ON COLUMN indicator_point_view.member IS 'weight or score · 分值或得分';
COMMENT ON COLUMN indicator_point_view.value IS 'the points; null when not read · 数值';
COMMENT ON COLUMN indicator_point_view.slack IS 'how far they may be from what they stand for, having come out of a division · 舍入误差';
COMMENT ON COLUMN indicator_point_view.present IS 'whether the form has such a figure: a column for it and no dash in it · 表内是否有此项';

CREATE VIEW fund_amount_view AS
SELECT t.form_id, t.position, t.source, m.member, g.value, u.unit, g.state,
       g.value IS NOT NULL AND heji_yuan(u.unit) IS NOT NULL AND NOT (u.unit IS NULL AND f.unit IS NOT NULL) AS known,
       (g.value - heji_reach(g.value)) * heji_yuan(u.unit) AS low,
       (g.value + heji_reach(g.value)) * heji_yuan(u.unit) AS high
FROM funds t
JOIN forms f ON f.id = t.form_id
CROSS JOIN (VALUES ('initial'), ('budget'), ('executed'), ('weight'), ('rate'), ('score')) m (member)
JOIN figures g ON g.form_id = t.form_id AND g.path = 'funds[' || t.position || '].' || m.member AND g.path LIKE 'funds[%'
CROSS JOIN LATERAL (SELECT coalesce(g.unit, CASE WHEN g.value = 0 AND m.member IN ('initial', 'budget', 'executed') THEN f.unit END) AS unit) u;

COMMENT ON VIEW fund_amount_view IS 'figures of the funds table, one a row, and in 元 what they may stand for · 资金各项及其取值范围';
COMMENT ON COLUMN fund_amount_view.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN fund_amount_view.position IS 'row, from 0 · 行';
COMMENT ON COLUMN fund_amount_view.source IS 'total, fiscal, carryover, other or the label · 资金来源';
COMMENT ON COLUMN fund_amount_view.member IS 'initial, budget, executed, weight, rate or score · 列';
COMMENT ON COLUMN fund_amount_view.value IS 'the number as printed; null when not read · 数值';
COMMENT ON COLUMN fund_amount_view.unit IS 'unit of the number · 单位';
COMMENT ON COLUMN fund_amount_view.state IS 'read, blank, none or illegible · 状态';
COMMENT ON COLUMN fund_amount_view.known IS 'whether it was read as money with a known unit · 是否可作金额计算';
COMMENT ON COLUMN fund_amount_view.low IS 'least it may stand for, in 元 · 取值下限（元）';
COMMENT ON COLUMN fund_amount_view.high IS 'most it may stand for, in 元 · 取值上限（元）';

CREATE VIEW header_amount_view AS
SELECT DISTINCT ON (t.form_id, t.key) t.form_id, t.key, t.value, u.unit, t.state,
       t.state = 'none' OR t.value IS NOT NULL AND heji_yuan(u.unit) IS NOT NULL AND NOT (u.unit IS NULL AND f.unit IS NOT NULL) AS known,
       CASE t.state WHEN 'none' THEN 0 ELSE (t.value - heji_reach(t.value)) * heji_yuan(u.unit) END AS low,
       CASE t.state WHEN 'none' THEN 0 ELSE (t.value + heji_reach(t.value)) * heji_yuan(u.unit) END AS high
FROM fields t
JOIN forms f ON f.id = t.form_id
CROSS JOIN LATERAL (SELECT coalesce(t.unit, CASE WHEN t.value = 0 THEN f.unit END) AS unit) u
WHERE t.key IN ('carried_over', 'initial_budget', 'budget_adjustment', 'other_adjustment', 'executed', 'year_end_balance')
ORDER BY t.form_id, t.key, t.position;

COMMENT ON VIEW header_amount_view IS 'amounts of the header, and in 元 what they may stand for · 表头金额及其取值范围';
COMMENT ON COLUMN header_amount_view.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN header_amount_view.key IS 'key of the field, such as executed · 键';
COMMENT ON COLUMN header_amount_view.value IS 'the number as printed; null when not read · 数值';
COMMENT ON COLUMN header_amount_view.unit IS 'unit of the number · 单位';
COMMENT ON COLUMN header_amount_view.state IS 'read, blank, none or illegible · 状态';
COMMENT ON COLUMN header_amount_view.known IS 'whether it was read as money with a known unit; a dash is no money at all · 是否可作金额计算';
COMMENT ON COLUMN header_amount_view.low IS 'least it may stand for, in 元 · 取值下限（元）';
COMMENT ON COLUMN header_amount_view.high IS 'most it may stand for, in 元 · 取值上限（元）';

-- The funds table's row that has points of its own: the first total, with the
-- ratio of its amounts.
CREATE VIEW fund_execution_view AS
SELECT t.form_id, t.position, t.weight, t.weight_state, t.rate, t.rate_unit, t.score, t.score_state, t.nothing,
       least(q.a, q.b, q.c, q.d) AS ratio_low, greatest(q.a, q.b, q.c, q.d) AS ratio_high
FROM (
    SELECT x.form_id, x.position,
           min(x.value) FILTER (WHERE x.member = 'weight') AS weight, min(x.state) FILTER (WHERE x.member = 'weight') AS weight_state,
           min(x.value) FILTER (WHERE x.member = 'rate') AS rate, min(x.unit) FILTER (WHERE x.member = 'rate') AS rate_unit,
           min(x.value) FILTER (WHERE x.member = 'score') AS score, min(x.state) FILTER (WHERE x.member = 'score') AS score_state,
           count(*) FILTER (WHERE x.member IN ('budget', 'executed') AND x.value = 0) = 2 AS nothing,
           min(x.low) FILTER (WHERE x.member = 'executed' AND x.known) AS executed_low, min(x.high) FILTER (WHERE x.member = 'executed' AND x.known) AS executed_high,
           min(x.low) FILTER (WHERE x.member = 'budget' AND x.known) AS budget_low, min(x.high) FILTER (WHERE x.member = 'budget' AND x.known) AS budget_high
    FROM fund_amount_view x
    WHERE x.source = 'total' AND x.position = (SELECT min(y.position) FROM funds y WHERE y.form_id = x.form_id AND y.source = 'total')
    GROUP BY x.form_id, x.position
) t
CROSS JOIN LATERAL (
    SELECT heji_quotient(t.executed_low, t.budget_low) AS a, heji_quotient(t.executed_low, t.budget_high) AS b,
           heji_quotient(t.executed_high, t.budget_low) AS c, heji_quotient(t.executed_high, t.budget_high) AS d
    WHERE t.budget_low > 0 OR t.budget_high < 0
    UNION ALL
    SELECT NULL, NULL, NULL, NULL WHERE (t.budget_low > 0 OR t.budget_high < 0) IS NOT TRUE
) q;

COMMENT ON VIEW fund_execution_view IS 'the total row of the funds table with its points, its rate and the ratio of its amounts · 预算执行';
COMMENT ON COLUMN fund_execution_view.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN fund_execution_view.position IS 'row of the funds table, from 0 · 行';
COMMENT ON COLUMN fund_execution_view.weight IS 'weight of the execution rate · 分值';
COMMENT ON COLUMN fund_execution_view.weight_state IS 'read, blank, none or illegible; null without such a column · 分值状态';
COMMENT ON COLUMN fund_execution_view.rate IS 'execution rate as printed · 执行率';
COMMENT ON COLUMN fund_execution_view.rate_unit IS '% where the rate is a percentage · 执行率单位';
COMMENT ON COLUMN fund_execution_view.score IS 'score of the execution rate · 得分';
COMMENT ON COLUMN fund_execution_view.score_state IS 'read, blank, none or illegible; null without such a column · 得分状态';
COMMENT ON COLUMN fund_execution_view.nothing IS 'whether nothing was budgeted and nothing spent, so that there is no rate · 无预算且无支出';
COMMENT ON COLUMN fund_execution_view.ratio_low IS 'least that executed ÷ budget may be · 执行数与预算数之比的下限';
COMMENT ON COLUMN fund_execution_view.ratio_high IS 'most that it may be · 执行数与预算数之比的上限';

-- Where a form gives points for its execution rate: in the funds table or, where that has
-- none, in the only indicator row of that name whose target is 100% and that does not say
-- itself how it is scored.
CREATE VIEW execution_view AS
SELECT e.form_id, 'funds[' || e.position || '].rate' AS rate_path, 'funds[' || e.position || '].score' AS score_path, false AS of_row,
       e.weight, e.rate, e.rate_unit, e.score, e.nothing, e.ratio_low, e.ratio_high
FROM fund_execution_view e
UNION ALL
SELECT i.form_id, 'indicators[' || i.position || '].actual', 'indicators[' || i.position || '].score', true,
       i.weight, i.actual, i.actual_unit, i.score, coalesce(e.nothing, false), e.ratio_low, e.ratio_high
FROM (
    SELECT r.*, count(*) OVER (PARTITION BY r.form_id) AS of_name
    FROM indicators r
    WHERE r.kind = 'leaf' AND btrim(split_part(translate(coalesce(nullif(r.level3, ''), nullif(r.level2, ''), r.level1), '(', '（'), '（', 1))
          IN ('预算执行率', '资金执行率', '预算资金执行率', '项目预算执行率', '项目资金执行率', '全年预算执行率')
) i
LEFT JOIN fund_execution_view e ON e.form_id = i.form_id
WHERE i.of_name = 1 AND i.target = 100 AND i.target_unit = '%' AND coalesce(i.target_comparator, '') IN ('', '=', '>=')
  AND coalesce(e.weight_state, 'none') IN ('none', 'blank') AND coalesce(e.score_state, 'none') IN ('none', 'blank')
  AND concat_ws(' ', i.analysis, i.note) !~ '扣|满分|得[0-9]|档|每';

COMMENT ON VIEW execution_view IS 'where a form gives points for its execution rate: the funds table''s total or an indicator row · 预算执行率及其得分';
COMMENT ON COLUMN execution_view.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN execution_view.rate_path IS 'path of the printed rate · 执行率的路径';
COMMENT ON COLUMN execution_view.score_path IS 'path of its score · 得分的路径';
COMMENT ON COLUMN execution_view.of_row IS 'whether it is an indicator row · 是否为指标行';
COMMENT ON COLUMN execution_view.weight IS 'weight of the execution rate · 分值';
COMMENT ON COLUMN execution_view.rate IS 'execution rate as printed · 执行率';
COMMENT ON COLUMN execution_view.rate_unit IS '% where the rate is a percentage · 执行率单位';
COMMENT ON COLUMN execution_view.score IS 'score of the execution rate · 得分';
COMMENT ON COLUMN execution_view.nothing IS 'whether nothing was budgeted and nothing spent, so that there is no rate · 无预算且无支出';
COMMENT ON COLUMN execution_view.ratio_low IS 'least that executed ÷ budget may be · 执行数与预算数之比的下限';
COMMENT ON COLUMN execution_view.ratio_high IS 'most that it may be · 执行数与预算数之比的上限';

-- The ways in which a printed rate may be meant, as ratios: 98% and 98 are 0.98,
-- and so may be 0.98.
CREATE VIEW execution_rate_view AS
SELECT e.form_id, e.rate_path, e.of_row, w.preference, w.low, w.high
FROM execution_view e
CROSS JOIN LATERAL (VALUES
    (1, (e.rate - heji_reach(e.rate)) * 0.01, (e.rate + heji_reach(e.rate)) * 0.01, true),
    (2, e.rate - heji_reach(e.rate), e.rate + heji_reach(e.rate), e.rate_unit IS DISTINCT FROM '%' AND e.rate <= 1.5)
) w (preference, low, high, possible)
WHERE e.rate IS NOT NULL AND w.possible;

COMMENT ON VIEW execution_rate_view IS 'what a printed execution rate may stand for, as ratios · 执行率的取值范围';
COMMENT ON COLUMN execution_rate_view.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN execution_rate_view.rate_path IS 'path of the printed rate · 执行率的路径';
COMMENT ON COLUMN execution_rate_view.of_row IS 'whether it is an indicator row''s · 是否为指标行';
COMMENT ON COLUMN execution_rate_view.preference IS '1 for a percentage, 2 for a plain ratio · 次序';
COMMENT ON COLUMN execution_rate_view.low IS 'least it may stand for · 下限';
COMMENT ON COLUMN execution_rate_view.high IS 'most it may stand for · 上限';

CREATE VIEW rule_weight_section AS
SELECT s.form_id, 'indicators[' || s.position || '].weight' AS where_path, s.value::text AS printed, sum(l.value)::text AS computed, s.value - sum(l.value) AS difference
FROM indicator_point_view s
JOIN indicator_point_view l ON l.form_id = s.form_id AND l.member = 'weight' AND l.kind = 'leaf' AND l.present
    AND l.level1 = s.level1 AND (s.level2 = '' OR l.level2 = s.level2)
WHERE s.member = 'weight' AND s.kind = 'section' AND s.value IS NOT NULL
GROUP BY s.form_id, s.position, s.value
HAVING bool_and(l.value IS NOT NULL) AND NOT heji_points_meet(s.value, sum(l.value), CASE WHEN min(scale(l.value)) = max(scale(l.value)) THEN max(scale(l.value)) ELSE 0 END, sum(l.slack));

CREATE VIEW rule_score_section AS
SELECT s.form_id, 'indicators[' || s.position || '].score' AS where_path, s.value::text AS printed, sum(l.value)::text AS computed, s.value - sum(l.value) AS difference
FROM indicator_point_view s
JOIN indicator_point_view l ON l.form_id = s.form_id AND l.member = 'score' AND l.kind = 'leaf' AND l.present
    AND l.level1 = s.level1 AND (s.level2 = '' OR l.level2 = s.level2)
WHERE s.member = 'score' AND s.kind = 'section' AND s.value IS NOT NULL
GROUP BY s.form_id, s.position, s.value
HAVING bool_and(l.value IS NOT NULL) AND NOT heji_points_meet(s.value, sum(l.value), CASE WHEN min(scale(l.value)) = max(scale(l.value)) THEN max(scale(l.value)) ELSE 0 END, sum(l.slack));

-- The whole of the points: of the rows, or of the sections where these are all
-- printed, with and without those of the execution rate. Weights are taken from
-- the rows first and scores from the sections.
CREATE VIEW point_total_view AS
SELECT p.form_id, p.member, p.total AS plain, p.decimals AS plain_decimals,
       p.slack AS plain_slack, p.slack + coalesce(heji_divided(e.value), 0) AS slack,
       p.total + coalesce(e.value, 0) AS total, CASE WHEN e.value IS NULL OR scale(e.value) = p.decimals THEN p.decimals ELSE 0 END AS decimals
FROM (
    SELECT s.form_id, s.member,
           CASE WHEN s.member = 'score' AND s.sections_known OR NOT s.rows_known THEN s.sections_total ELSE s.rows_total END AS total,
           CASE WHEN s.member = 'score' AND s.sections_known OR NOT s.rows_known THEN s.sections_slack ELSE s.rows_slack END AS slack,
           CASE WHEN s.member = 'score' AND s.sections_known OR NOT s.rows_known THEN s.sections_decimals ELSE s.rows_decimals END AS decimals
    FROM (
        SELECT x.form_id, x.member,
               coalesce(bool_and(x.value IS NOT NULL) FILTER (WHERE x.kind = 'leaf' AND x.present), false) AS rows_known,
               sum(x.value) FILTER (WHERE x.kind = 'leaf' AND x.present) AS rows_total,
               sum(x.slack) FILTER (WHERE x.kind = 'leaf' AND x.present) AS rows_slack,
               CASE WHEN min(scale(x.value)) FILTER (WHERE x.kind = 'leaf' AND x.present) = max(scale(x.value)) FILTER (WHERE x.kind = 'leaf' AND x.present) THEN max(scale(x.value)) FILTER (WHERE x.kind = 'leaf' AND x.present) ELSE 0 END AS rows_decimals,
               coalesce(bool_and(x.value IS NOT NULL) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present), false)
               AND count(*) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present)
                 = count(DISTINCT x.level1) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present)
               AND coalesce(array_agg(x.level1) FILTER (WHERE x.kind = 'leaf'), '{}')
                 <@ array_agg(x.level1) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) AS sections_known,
               sum(x.value) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) AS sections_total,
               sum(x.slack) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) AS sections_slack,
               CASE WHEN min(scale(x.value)) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) = max(scale(x.value)) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) THEN max(scale(x.value)) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) ELSE 0 END AS sections_decimals
        FROM indicator_point_view x
        GROUP BY x.form_id, x.member
    ) s
    WHERE s.rows_known OR s.sections_known
) p
LEFT JOIN LATERAL ( -- looked up form by form: the view of it would be made anew for each
    SELECT g.value, g.state FROM figures g
    WHERE g.form_id = p.form_id AND g.path LIKE 'funds[%' AND g.path = 'funds['
          || (SELECT min(y.position) FROM funds y WHERE y.form_id = p.form_id AND y.source = 'total') || '].' || p.member
) e ON true
WHERE e.value IS NOT NULL OR coalesce(e.state, 'none') IN ('none', 'blank');

COMMENT ON VIEW point_total_view IS 'sums of all weights and of all scores of a form · 分值与得分的总和';
COMMENT ON COLUMN point_total_view.form_id IS 'form it is of · 表号';
COMMENT ON COLUMN point_total_view.member IS 'weight or score · 分值或得分';
COMMENT ON COLUMN point_total_view.plain IS 'sum without the execution rate''s points · 不含预算执行率的总和';
COMMENT ON COLUMN point_total_view.plain_slack IS 'how far roundings of its parts may have moved it · 舍入误差';
COMMENT ON COLUMN point_total_view.slack IS 'how far roundings may have moved the total · 舍入误差';
COMMENT ON COLUMN point_total_view.plain_decimals IS 'decimals of its parts, 0 where they differ · 小数位数';
COMMENT ON COLUMN point_total_view.total IS 'sum with them · 含预算执行率的总和';
COMMENT ON COLUMN point_total_view.decimals IS 'decimals of its parts, 0 where they differ · 小数位数';

CREATE VIEW rule_weight_total AS
SELECT p.form_id, 'total.weight' AS where_path, f.total_weight::text AS printed, p.total::text AS computed, f.total_weight - p.total AS difference
FROM point_total_view p JOIN forms f ON f.id = p.form_id
WHERE p.member = 'weight' AND f.total_weight IS NOT NULL
  AND NOT heji_points_meet(f.total_weight, p.total, p.decimals, p.slack) AND NOT heji_points_meet(f.total_weight, p.plain, p.plain_decimals, p.plain_slack);

CREATE VIEW rule_score_total AS
SELECT p.form_id, 'total.score' AS where_path, f.total_score::text AS printed, p.total::text AS computed, f.total_score - p.total AS difference
FROM point_total_view p JOIN forms f ON f.id = p.form_id
WHERE p.member = 'score' AND f.total_score IS NOT NULL
  AND NOT heji_points_meet(f.total_score, p.total, p.decimals, p.slack) AND NOT heji_points_meet(f.total_score, p.plain, p.plain_decimals, p.plain_slack);

CREATE VIEW rule_weight_assigned AS
SELECT i.form_id, 'indicators[' || i.position || '].weight' AS where_path, i.weight::text AS printed, i.reference_weight::text AS computed,
       i.weight - i.reference_weight AS difference
FROM indicators i
WHERE i.weight <> i.reference_weight;

-- A row without points of its own may take some off: it has no weight that a score
-- below 0 would contradict.
CREATE VIEW rule_score_exceeds_weight AS
SELECT s.form_id, s.where_path, s.score::text AS printed, CASE WHEN s.score < 0 THEN 0 ELSE s.weight END::text AS computed,
       s.score - CASE WHEN s.score < 0 THEN 0 ELSE s.weight END AS difference
FROM (
    SELECT form_id, 'indicators[' || position || '].score' AS where_path, score, weight FROM indicators WHERE score >= 0 OR weight > 0
    UNION ALL
    SELECT id, 'total.score', total_score, total_weight FROM forms
    UNION ALL
    SELECT form_id, 'funds[' || position || '].score', score, weight FROM fund_execution_view
) s
WHERE s.score < 0 OR s.score > s.weight;

CREATE VIEW rule_funds_balance AS
SELECT p.form_id, 'fields.year_end_balance' AS where_path, p.value::text AS printed,
       round(t.middle / heji_yuan(p.unit), t.decimals)::text AS computed, p.value - round(t.middle / heji_yuan(p.unit), t.decimals) AS difference
FROM header_amount_view p
CROSS JOIN LATERAL (
    SELECT round(sum(CASE h.key WHEN 'executed' THEN -h.high ELSE h.low END + CASE h.key WHEN 'executed' THEN -h.low ELSE h.high END) * 0.5, 40) AS middle,
           sum(CASE h.key WHEN 'executed' THEN -h.high ELSE h.low END) AS low,
           sum(CASE h.key WHEN 'executed' THEN -h.low ELSE h.high END) AS high,
           greatest(scale(p.value), max(scale(h.value))) AS decimals,
           bool_and(h.known) AND count(*) FILTER (WHERE h.key <> 'other_adjustment') = 4 AS known
    FROM header_amount_view h
    WHERE h.form_id = p.form_id AND h.key <> 'year_end_balance'
) t
WHERE p.key = 'year_end_balance' AND p.known AND p.state = 'read' AND t.known AND (t.low > p.high OR p.low > t.high);

-- The rows of a form's funds table that say what the row above them is made of: 中央,
-- 省级 and 市县 below 其中：各级财政资金. Two or more are when they add up to it in one column
-- that is not 0, and fail to in one at most; of several runs the shortest is taken, from
-- the top down.
CREATE FUNCTION heji_fund_details(form bigint) RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    WITH RECURSIVE columns AS (
        SELECT w.position, l.position - w.position AS rows,
               s.some > 1 AND s.low <= w.high AND w.low <= s.high AS holds, s.low > w.high OR w.low > s.high AS fails
        FROM fund_amount_view w
        JOIN funds l ON l.form_id = w.form_id AND l.position > w.position
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(x.low), 0) AS low, coalesce(sum(x.high), 0) AS high, count(*) FILTER (WHERE x.value <> 0) AS some, coalesce(bool_and(x.known), true) AS known
            FROM fund_amount_view x
            WHERE x.form_id = w.form_id AND x.member = w.member AND x.position > w.position AND x.position <= l.position AND x.state NOT IN ('none', 'blank')
        ) s
        WHERE w.form_id = form AND w.source <> 'total' AND w.member IN ('initial', 'budget', 'executed') AND w.known AND w.value <> 0 AND s.known
          AND NOT EXISTS (SELECT FROM funds t WHERE t.form_id = w.form_id AND t.source = 'total' AND t.position > w.position AND t.position <= l.position)
    ), made AS (
        SELECT r.position, min(r.rows) AS rows
        FROM (SELECT c.position, c.rows FROM columns c GROUP BY c.position, c.rows HAVING bool_or(c.holds) AND count(*) FILTER (WHERE c.fails) <= 1) r
        GROUP BY r.position
    ), walk (position) AS (
        SELECT 0
        UNION ALL
        SELECT k.position + 1 + coalesce(m.rows, 0) FROM walk k LEFT JOIN made m ON m.position = k.position
        WHERE k.position <= (SELECT max(t.position) FROM funds t WHERE t.form_id = form)
    )
    SELECT coalesce(array_agg(m.position + n), '{}') FROM walk k JOIN made m ON m.position = k.position CROSS JOIN generate_series(1, m.rows) n
);

-- Where all rows do not add up to the total, those do that are no details or, of a form
-- with a fiscal appropriation, the sources that the contract names.
CREATE VIEW rule_funds_total AS
SELECT p.form_id, 'funds[' || p.position || '].' || p.member AS where_path, p.value::text AS printed,
       round(t.middle / heji_yuan(p.unit), t.decimals)::text AS computed, p.value - round(t.middle / heji_yuan(p.unit), t.decimals) AS difference
FROM fund_amount_view p
CROSS JOIN LATERAL (
    SELECT sum(x.low) AS low, sum(x.high) AS high, bool_and(x.known) AS known, count(*) FILTER (WHERE x.source = 'fiscal') > 0 AS fiscal
    FROM fund_amount_view x
    WHERE x.form_id = p.form_id AND x.member = p.member AND x.source <> 'total' AND x.state NOT IN ('none', 'blank')
) s
CROSS JOIN LATERAL (SELECT heji_fund_details(p.form_id) AS rows OFFSET 0) d
CROSS JOIN LATERAL (
    SELECT sum(x.low) FILTER (WHERE y.kept) AS low, sum(x.high) FILTER (WHERE y.kept) AS high,
           sum(x.low + x.high) FILTER (WHERE y.kept) * round(0.5, 40) AS middle, greatest(scale(p.value), max(scale(x.value)) FILTER (WHERE y.kept)) AS decimals
    FROM (
        SELECT x.*, cardinality(d.rows) > 0 AND bool_or(x.position <> ALL (d.rows)) OVER () AS detailed
        FROM fund_amount_view x
        WHERE x.form_id = p.form_id AND x.member = p.member AND x.source <> 'total' AND x.state NOT IN ('none', 'blank')
    ) x
    CROSS JOIN LATERAL (
        SELECT CASE WHEN x.detailed THEN x.position <> ALL (d.rows) WHEN s.fiscal THEN x.source IN ('fiscal', 'carryover', 'other') ELSE true END AS kept
    ) y
) t
WHERE p.source = 'total' AND p.member IN ('initial', 'budget', 'executed') AND p.known AND s.known
  AND (s.low > p.high OR p.low > s.high) AND (t.low > p.high OR p.low > t.high)
  AND (SELECT count(*) FROM funds y WHERE y.form_id = p.form_id AND y.source = 'total') = 1;

-- A rate printed as 0.98 is computed as one. A row that says the funds table's printed
-- rate again is right or wrong with that.
CREATE VIEW rule_execution_rate AS
SELECT e.form_id, e.rate_path AS where_path, e.rate::text AS printed, c.computed::text AS computed, e.rate - c.computed AS difference
FROM execution_view e
CROSS JOIN LATERAL (
    SELECT round(m.middle * CASE WHEN e.rate_unit IS DISTINCT FROM '%' AND e.rate <= 1.5 AND abs(m.middle - e.rate) < abs(m.middle - e.rate * 0.01) THEN 1 ELSE 100 END,
                 greatest(2, scale(e.rate))) AS computed
    FROM (SELECT (e.ratio_low + e.ratio_high) * 0.5 AS middle) m
) c
WHERE e.rate IS NOT NULL AND e.ratio_low IS NOT NULL
  AND NOT EXISTS (SELECT FROM execution_rate_view w WHERE w.form_id = e.form_id AND w.rate_path = e.rate_path AND w.low <= e.ratio_high AND e.ratio_low <= w.high)
  AND NOT (e.of_row AND EXISTS (SELECT FROM execution_rate_view w JOIN execution_rate_view o ON o.form_id = w.form_id AND NOT o.of_row AND w.low <= o.high AND o.low <= w.high
                                WHERE w.form_id = e.form_id AND w.of_row));

-- The score is computed by the rate that comes nearest to it, of those that the
-- printed one may mean and the one that the amounts have.
-- Where nothing was budgeted and nothing spent there is no rate, and 0 printed for it
-- means that there is none.
CREATE VIEW rule_execution_score AS
SELECT e.form_id, e.score_path AS where_path, e.score::text AS printed, c.computed::text AS computed, e.score - c.computed AS difference
FROM execution_view e
CROSS JOIN LATERAL (
    SELECT bool_or(least(w.a, w.b) <= e.score + heji_reach(e.score) AND e.score - heji_reach(e.score) <= greatest(w.a, w.b)) AS meets,
           (array_agg(round(w.due, greatest(2, scale(e.score))) ORDER BY abs(w.due - e.score), w.preference))[1] AS computed
    FROM (
        SELECT r.preference, e.weight * least(r.low, 1) AS a, e.weight * least(r.high, 1) AS b, e.weight * least((r.low + r.high) * 0.5, 1) AS due
        FROM execution_rate_view r WHERE r.form_id = e.form_id AND r.rate_path = e.rate_path
        UNION ALL
        SELECT 3, e.weight * least(e.ratio_low, 1), e.weight * least(e.ratio_high, 1), e.weight * least((e.ratio_low + e.ratio_high) * 0.5, 1) WHERE e.ratio_low IS NOT NULL
    ) w
) c
WHERE e.score IS NOT NULL AND e.weight IS NOT NULL AND NOT c.meets AND NOT e.nothing;

CREATE VIEW rule_indicator_score AS
SELECT i.form_id, 'indicators[' || i.position || '].score' AS where_path, i.score::text AS printed, '' AS computed, NULL::numeric AS difference
FROM indicators i
WHERE i.kind = 'leaf' AND i.weight > 0 AND i.score >= i.weight
  AND (i.actual_unit IS NULL OR i.actual_unit IS NOT DISTINCT FROM i.target_unit) AND i.actual_comparator IS NULL
  AND (i.target_comparator IN ('>=', '>') AND i.actual + heji_reach(i.actual) < i.target - heji_reach(i.target)
    OR i.target_comparator IN ('<=', '<') AND i.actual - heji_reach(i.actual) > i.target + heji_reach(i.target))
  AND NOT EXISTS (SELECT FROM execution_view e WHERE e.form_id = i.form_id AND e.score_path = 'indicators[' || i.position || '].score');

CREATE VIEW rule_grade AS
SELECT g.form_id, 'grade' AS where_path, g.printed, g.earned AS computed, NULL::numeric AS difference
FROM (
    SELECT f.id AS form_id, f.grade,
           CASE WHEN f.total_score >= 90 THEN '优' WHEN f.total_score >= 80 THEN '良' WHEN f.total_score >= 60 THEN '中' ELSE '差' END AS earned,
           CASE WHEN w.word IN ('优', '优秀') THEN '优' WHEN w.word IN ('良', '良好') THEN '良'
                WHEN w.word IN ('中', '中等', '合格', '一般') THEN '中' WHEN w.word IN ('差', '较差', '不合格') THEN '差' END AS printed
    FROM forms f
    CROSS JOIN LATERAL (
        -- A ticked box among others, or else the text.
        SELECT count(*) AS ticks, min(m[1]) AS word FROM regexp_matches(f.grade, '[☑☒√✓✔■●]\s*([一-鿿]{1,3})', 'g') m
    ) t
    CROSS JOIN LATERAL (
        SELECT btrim(btrim(CASE WHEN t.ticks = 1 THEN t.word WHEN f.grade ~ '[□☐○]' THEN NULL ELSE f.grade END, E' \t\n\u3000'), '()（）“”"') AS word
    ) w
    WHERE f.total_score BETWEEN 0 AND 105 AND (f.total_weight IS NULL OR f.total_weight BETWEEN 95 AND 105
         OR EXISTS (SELECT FROM point_total_view p WHERE p.form_id = f.id AND p.member = 'weight' AND (p.plain BETWEEN 95 AND 105 OR p.total BETWEEN 95 AND 105)))
) g
WHERE g.printed <> g.earned AND NOT (g.grade LIKE '%合格%' AND g.printed = '中' AND g.earned <> '差');

CREATE VIEW rule_view AS
SELECT 'weight-section' AS rule, r.* FROM rule_weight_section r
UNION ALL SELECT 'weight-total', r.* FROM rule_weight_total r
UNION ALL SELECT 'weight-assigned', r.* FROM rule_weight_assigned r
UNION ALL SELECT 'score-section', r.* FROM rule_score_section r
UNION ALL SELECT 'score-total', r.* FROM rule_score_total r
UNION ALL SELECT 'score-exceeds-weight', r.* FROM rule_score_exceeds_weight r
UNION ALL SELECT 'funds-balance', r.* FROM rule_funds_balance r
UNION ALL SELECT 'funds-total', r.* FROM rule_funds_total r
UNION ALL SELECT 'execution-rate', r.* FROM rule_execution_rate r
UNION ALL SELECT 'execution-score', r.* FROM rule_execution_score r
UNION ALL SELECT 'indicator-score', r.* FROM rule_indicator_score r
UNION ALL SELECT 'grade', r.* FROM rule_grade r;

COMMENT ON VIEW rule_view IS 'every figure that breaks an arithmetic rule, computed by the database itself · 数据库自行核计的不符之处';
COMMENT ON COLUMN rule_view.rule IS 'name of the rule · 规则';
COMMENT ON VIEW rule_weight_section IS 'a section''s weight is not the sum of its rows'' · 一节的分值不等于其各行分值之和';
COMMENT ON VIEW rule_weight_total IS 'all weights, and the execution weight, do not add up to the printed total · 各项分值之和不等于印出的总分值';
COMMENT ON VIEW rule_weight_assigned IS 'the assigned weight differs from the reference weight · 设定分值不等于参考分值';
COMMENT ON VIEW rule_score_section IS 'a section''s score is not the sum of its rows'' · 一节的得分不等于其各行得分之和';
COMMENT ON VIEW rule_score_total IS 'the total score is not the sum of its parts · 总得分不等于各部分之和';
COMMENT ON VIEW rule_score_exceeds_weight IS 'a score is below 0 or above its weight · 得分小于 0 或大于分值';
COMMENT ON VIEW rule_funds_balance IS 'carried over + initial + adjustments − executed is not the year-end balance · 收支相抵不等于年末结余';
COMMENT ON VIEW rule_funds_total IS 'the total row is not the sum of its sources · 资金总额不等于各来源之和';
COMMENT ON VIEW rule_execution_rate IS 'the printed rate is not executed ÷ budget · 执行率不等于执行数÷预算数';
COMMENT ON VIEW rule_execution_score IS 'the execution score is not weight × rate · 预算执行率得分不等于分值×执行率';
COMMENT ON VIEW rule_indicator_score IS 'a row that misses its target gets full points · 未达到指标值而得满分';
COMMENT ON VIEW rule_grade IS 'the grade is not the one that the total score earns · 等次与总得分不符';

-- +goose StatementBegin
DO $$
DECLARE v text;
BEGIN
    FOR v IN SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = current_schema()::regnamespace AND (relname LIKE 'rule\_%') LOOP
        EXECUTE format('COMMENT ON COLUMN %I.form_id IS %L', v, 'form it is in · 表号');
        EXECUTE format('COMMENT ON COLUMN %I.where_path IS %L', v, 'path of the figure that is wrong if all others are right · 路径');
        EXECUTE format('COMMENT ON COLUMN %I.printed IS %L', v, 'what is printed there · 表列');
        EXECUTE format('COMMENT ON COLUMN %I.computed IS %L', v, 'what the other figures give; empty where the rule has no such number · 应为');
        EXECUTE format('COMMENT ON COLUMN %I.difference IS %L', v, 'printed less computed; null where there is no such number · 差额');
    END LOOP;
END $$;
-- +goose StatementEnd

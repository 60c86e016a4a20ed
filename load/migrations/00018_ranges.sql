-- +goose Up

-- As before, but a target may be a range, 90-95%, of which neither less nor more is right, and
-- may have been adjusted during the year.
CREATE OR REPLACE VIEW rule_indicator_score AS
SELECT i.form_id, 'indicators[' || i.position || '].score' AS where_path, i.score::text AS printed, '' AS computed, NULL::numeric AS difference
FROM indicators i
CROSS JOIN LATERAL (
    SELECT i.adjusted_target_text IS NOT NULL AND NOT EXISTS (SELECT FROM figures f WHERE f.form_id = i.form_id
        AND f.path = 'indicators[' || i.position || '].adjusted_target' AND f.state = 'none') AS adjusted
) x
CROSS JOIN LATERAL (
    SELECT i.target AS value, i.target_text AS said, i.target_comparator AS sign, coalesce(i.target_unit, '') AS unit WHERE NOT x.adjusted
    UNION ALL
    SELECT i.adjusted_target, i.adjusted_target_text, i.adjusted_target_comparator, coalesce(i.adjusted_target_unit, '') WHERE x.adjusted
) g
CROSS JOIN LATERAL (
    SELECT CASE WHEN g.sign = 'range' THEN regexp_match(translate(regexp_replace(g.said, '\s', '', 'g'), '０１２３４５６７８９．％～－', '0123456789.%~-'),
        '^([0-9]{1,12}(?:[.][0-9]{1,6})?)(%|‰|[一-鿿]{1,4})?[-~—–至]([0-9]{1,12}(?:[.][0-9]{1,6})?)(%|‰|[一-鿿]{1,4})?$') END AS m
) r
CROSS JOIN LATERAL (
    SELECT CASE WHEN g.sign = 'range' THEN coalesce(r.m[4], g.unit) ELSE g.unit END AS unit,
           CASE WHEN g.sign IN ('>=', '>', '=') THEN g.value WHEN g.sign = 'range' THEN r.m[1]::numeric END AS least,
           CASE WHEN g.sign IN ('<=', '<') THEN g.value WHEN g.sign = 'range' THEN r.m[3]::numeric END AS most
) l
CROSS JOIN LATERAL (SELECT l.unit <> '' AND l.unit !~ '[%‰万亿元吨克升里米亩顷方度分倍]' AND scale(i.actual) = 0 AS counts) u
CROSS JOIN LATERAL (
    SELECT CASE WHEN u.counts AND scale(l.least) = 0 THEN 0 ELSE heji_reach(i.actual) + heji_reach(l.least) END AS below,
           CASE WHEN u.counts AND scale(l.most) = 0 THEN 0 ELSE heji_reach(i.actual) + heji_reach(l.most) END AS above
) e
WHERE i.kind = 'leaf' AND i.weight > 0 AND i.score >= i.weight
  AND (i.actual_unit IS NULL OR i.actual_unit = l.unit) AND i.actual_comparator IS NULL
  AND (g.sign <> 'range' OR (r.m[2] IS NULL OR r.m[2] = r.m[4]) AND l.least < l.most AND l.unit !~ '[年月日号时点]')
  AND (i.actual + e.below < l.least OR i.actual - e.above > l.most
    OR g.sign IN ('<', '>') AND i.actual = g.value AND u.counts AND scale(g.value) = 0)
  AND NOT (g.sign = '=' AND btrim(split_part(translate(coalesce(nullif(i.level3, ''), nullif(i.level2, ''), i.level1), '(', '（'), '（', 1))
    IN ('预算执行率', '资金执行率', '预算资金执行率', '项目预算执行率', '项目资金执行率', '全年预算执行率')) -- whose points are given by bands as well
  AND NOT EXISTS (SELECT FROM execution_view e WHERE e.form_id = i.form_id AND e.score_path = 'indicators[' || i.position || '].score');

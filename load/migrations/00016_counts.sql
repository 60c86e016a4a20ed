-- +goose Up

-- As before, but what is counted, 734人次 of 735人次, is exact and not rounded, and so is a target
-- that says =, of which less was done.
CREATE OR REPLACE VIEW rule_indicator_score AS
SELECT i.form_id, 'indicators[' || i.position || '].score' AS where_path, i.score::text AS printed, '' AS computed, NULL::numeric AS difference
FROM indicators i
CROSS JOIN LATERAL (
    SELECT coalesce(i.target_unit, '') <> '' AND i.target_unit !~ '[%‰万亿元吨克升里米亩顷方度分倍]' AND scale(i.target) = 0 AND scale(i.actual) = 0 AS counted
) u
CROSS JOIN LATERAL (
    SELECT CASE WHEN u.counted THEN 0 ELSE heji_reach(i.actual) + heji_reach(i.target) END AS reach
) r
WHERE i.kind = 'leaf' AND i.weight > 0 AND i.score >= i.weight
  AND (i.actual_unit IS NULL OR i.actual_unit IS NOT DISTINCT FROM i.target_unit) AND i.actual_comparator IS NULL
  AND (i.target_comparator IN ('>=', '>', '=') AND i.actual + r.reach < i.target
    OR i.target_comparator IN ('<=', '<') AND i.actual > i.target + r.reach
    OR i.target_comparator IN ('<', '>') AND u.counted AND i.actual = i.target)
  AND NOT (i.target_comparator = '=' AND btrim(split_part(translate(coalesce(nullif(i.level3, ''), nullif(i.level2, ''), i.level1), '(', '（'), '（', 1))
    IN ('预算执行率', '资金执行率', '预算资金执行率', '项目预算执行率', '项目资金执行率', '全年预算执行率')) -- whose points are given by bands as well
  AND NOT EXISTS (SELECT FROM execution_view e WHERE e.form_id = i.form_id AND e.score_path = 'indicators[' || i.position || '].score');

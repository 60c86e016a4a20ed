-- +goose Up

-- The rules as they are now. A sum of points has fewer decimals than its parts only
-- where all these print the same number of decimals: 70 is no rounded 69.5. The
-- grade's bands are for about a hundred points, and a form with two grades passes.
-- What heji makes of points that come out of a division, and of decimals that a
-- spreadsheet leaked, is not repeated here: these views are the stricter ones.

CREATE OR REPLACE VIEW rule_weight_section AS
SELECT s.form_id, 'indicators[' || s.position || '].weight' AS where_path, s.value::text AS printed, sum(l.value)::text AS computed, s.value - sum(l.value) AS difference
FROM indicator_point_view s
JOIN indicator_point_view l ON l.form_id = s.form_id AND l.member = 'weight' AND l.kind = 'leaf' AND l.present
    AND l.level1 = s.level1 AND (s.level2 = '' OR l.level2 = s.level2)
WHERE s.member = 'weight' AND s.kind = 'section' AND s.value IS NOT NULL
GROUP BY s.form_id, s.position, s.value
HAVING bool_and(l.value IS NOT NULL) AND NOT heji_points_meet(s.value, sum(l.value), CASE WHEN min(scale(l.value)) = max(scale(l.value)) THEN max(scale(l.value)) ELSE 0 END);

CREATE OR REPLACE VIEW rule_score_section AS
SELECT s.form_id, 'indicators[' || s.position || '].score' AS where_path, s.value::text AS printed, sum(l.value)::text AS computed, s.value - sum(l.value) AS difference
FROM indicator_point_view s
JOIN indicator_point_view l ON l.form_id = s.form_id AND l.member = 'score' AND l.kind = 'leaf' AND l.present
    AND l.level1 = s.level1 AND (s.level2 = '' OR l.level2 = s.level2)
WHERE s.member = 'score' AND s.kind = 'section' AND s.value IS NOT NULL
GROUP BY s.form_id, s.position, s.value
HAVING bool_and(l.value IS NOT NULL) AND NOT heji_points_meet(s.value, sum(l.value), CASE WHEN min(scale(l.value)) = max(scale(l.value)) THEN max(scale(l.value)) ELSE 0 END);

CREATE OR REPLACE VIEW point_total_view AS
SELECT p.form_id, p.member, p.total AS plain, p.decimals AS plain_decimals,
       p.total + coalesce(e.value, 0) AS total, CASE WHEN e.value IS NULL OR scale(e.value) = p.decimals THEN p.decimals ELSE 0 END AS decimals
FROM (
    SELECT s.form_id, s.member,
           CASE WHEN s.member = 'score' AND s.sections_known OR NOT s.rows_known THEN s.sections_total ELSE s.rows_total END AS total,
           CASE WHEN s.member = 'score' AND s.sections_known OR NOT s.rows_known THEN s.sections_decimals ELSE s.rows_decimals END AS decimals
    FROM (
        SELECT x.form_id, x.member,
               coalesce(bool_and(x.value IS NOT NULL) FILTER (WHERE x.kind = 'leaf' AND x.present), false) AS rows_known,
               sum(x.value) FILTER (WHERE x.kind = 'leaf' AND x.present) AS rows_total,
               CASE WHEN min(scale(x.value)) FILTER (WHERE x.kind = 'leaf' AND x.present) = max(scale(x.value)) FILTER (WHERE x.kind = 'leaf' AND x.present) THEN max(scale(x.value)) FILTER (WHERE x.kind = 'leaf' AND x.present) ELSE 0 END AS rows_decimals,
               coalesce(bool_and(x.value IS NOT NULL) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present), false)
               AND count(*) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present)
                 = count(DISTINCT x.level1) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present)
               AND coalesce(array_agg(x.level1) FILTER (WHERE x.kind = 'leaf'), '{}')
                 <@ array_agg(x.level1) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) AS sections_known,
               sum(x.value) FILTER (WHERE x.kind = 'section' AND x.level2 = '' AND x.present) AS sections_total,
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

CREATE OR REPLACE VIEW rule_grade AS
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
         OR (SELECT sum(i.weight) FROM indicators i WHERE i.form_id = f.id AND i.kind = 'leaf') BETWEEN 95 AND 105)
) g
WHERE g.printed <> g.earned AND NOT (g.grade LIKE '%合格%' AND g.printed = '中' AND g.earned <> '差');

COMMENT ON COLUMN point_total_view.plain_decimals IS 'decimals of its parts, 0 where they differ · 小数位数';
COMMENT ON COLUMN point_total_view.decimals IS 'decimals of its parts, 0 where they differ · 小数位数';

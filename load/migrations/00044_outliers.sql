-- +goose Up

-- The year asked for reaches the quartiles only as their own column; before, all
-- years were reckoned to answer for one. And forms_year_kind_score begins with the
-- year as well.
DROP INDEX forms_year;

CREATE OR REPLACE VIEW outlier_view AS
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

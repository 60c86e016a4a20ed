-- +goose Up

-- As before, but where the weights add up only with that of the execution rate, the total score
-- is not right without its score.
CREATE OR REPLACE VIEW rule_score_total AS
SELECT p.form_id, 'total.score' AS where_path, f.total_score::text AS printed, p.total::text AS computed, f.total_score - p.total AS difference
FROM point_total_view p JOIN forms f ON f.id = p.form_id
WHERE p.member = 'score' AND f.total_score IS NOT NULL
  AND NOT heji_points_meet(f.total_score, p.total, p.decimals, p.slack)
  AND (NOT heji_points_meet(f.total_score, p.plain, p.plain_decimals, p.plain_slack)
    OR EXISTS (
        SELECT FROM point_total_view w
        WHERE w.form_id = p.form_id AND w.member = 'weight'
          AND heji_points_meet(coalesce(f.total_weight, 100), w.total, w.decimals, w.slack)
          AND NOT heji_points_meet(coalesce(f.total_weight, 100), w.plain, w.plain_decimals, w.plain_slack)));

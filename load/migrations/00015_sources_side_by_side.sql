-- +goose Up

-- As before, but where another column shows that the sources under names of their own are
-- sources beside the fiscal appropriation and no details of it (财政专户管理资金, 单位资金: all
-- make up its total, and those that the contract names do not), all are added up.
CREATE OR REPLACE VIEW rule_funds_total AS
SELECT p.form_id, 'funds[' || p.position || '].' || p.member AS where_path, p.value::text AS printed,
       round(t.middle / heji_yuan(p.unit), t.decimals)::text AS computed, p.value - round(t.middle / heji_yuan(p.unit), t.decimals) AS difference
FROM fund_amount_view p
CROSS JOIN LATERAL (
    SELECT sum(x.low) AS low, sum(x.high) AS high, bool_and(x.known) AS known, count(*) FILTER (WHERE x.source = 'fiscal') > 0 AS fiscal
    FROM fund_amount_view x
    WHERE x.form_id = p.form_id AND x.member = p.member AND x.source <> 'total' AND x.state NOT IN ('none', 'blank')
) s
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM fund_amount_view w
        CROSS JOIN LATERAL (
            SELECT sum(x.low) AS low, sum(x.high) AS high, bool_and(x.known) AS known,
                   sum(x.low) FILTER (WHERE n.named) AS named_low, sum(x.high) FILTER (WHERE n.named) AS named_high
            FROM fund_amount_view x
            CROSS JOIN LATERAL (SELECT x.source IN ('fiscal', 'carryover', 'other') AS named) n
            WHERE x.form_id = w.form_id AND x.member = w.member AND x.source <> 'total' AND x.state NOT IN ('none', 'blank')
        ) a
        WHERE w.form_id = p.form_id AND w.source = 'total' AND w.member IN ('initial', 'budget', 'executed') AND w.known AND a.known
          AND a.low <= w.high AND w.low <= a.high AND (a.named_low > w.high OR w.low > a.named_high)
    ) AS beside
) b
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
        SELECT CASE WHEN x.detailed THEN x.position <> ALL (d.rows) WHEN s.fiscal AND NOT b.beside THEN x.source IN ('fiscal', 'carryover', 'other') ELSE true END AS kept
    ) y
) t
WHERE p.source = 'total' AND p.member IN ('initial', 'budget', 'executed') AND p.known AND s.known
  AND (s.low > p.high OR p.low > s.high) AND (t.low > p.high OR p.low > t.high)
  AND (SELECT count(*) FROM funds y WHERE y.form_id = p.form_id AND y.source = 'total') = 1;

-- +goose Up

-- What a target became during the year, where the form prints both, and how sure the
-- framework's name of a row is.
ALTER TABLE indicators
    ADD COLUMN adjusted_target            numeric,
    ADD COLUMN adjusted_target_text       text,
    ADD COLUMN adjusted_target_comparator text,
    ADD COLUMN adjusted_target_unit       text,
    ADD COLUMN canonical_confidence       real;

COMMENT ON COLUMN indicators.adjusted_target IS 'number of the target as adjusted during the year · 调整后指标值';
COMMENT ON COLUMN indicators.adjusted_target_text IS 'the same as printed; null where the form has no such column · 调整后指标值（原文）';
COMMENT ON COLUMN indicators.adjusted_target_comparator IS '>=, <=, =, >, < or range · 调整后指标值比较符';
COMMENT ON COLUMN indicators.adjusted_target_unit IS 'unit of the adjusted target, such as % · 调整后指标值单位';
COMMENT ON COLUMN indicators.canonical_confidence IS 'how sure the match of the canonical name is, 0 to 1; 1 letter for letter · 规范名称置信度';

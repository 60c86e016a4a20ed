-- +goose Up

-- A scan's unit is often misread by one character, so twins are looked for by the
-- numbers that few forms share: those of four figures and more.
DROP INDEX forms_unit_key;
ALTER TABLE forms DROP COLUMN unit_key;
ALTER TABLE forms ADD COLUMN numbers text[];
CREATE INDEX forms_numbers ON forms USING gin (numbers);

COMMENT ON COLUMN forms.numbers IS 'its numbers of many figures, by which twins are found · 特征数字';
COMMENT ON TABLE near_duplicates IS 'forms of one kind in different documents that have most of their numbers in common · 疑似重复的表';

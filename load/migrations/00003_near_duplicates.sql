-- +goose Up

-- Linked and not merged: a person says which one counts.
CREATE TABLE near_duplicates (
    form_id    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    other_id   bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    similarity numeric(4,3) NOT NULL,
    PRIMARY KEY (form_id, other_id),
    CHECK (other_id < form_id)
);
CREATE INDEX near_duplicates_other ON near_duplicates (other_id);

COMMENT ON TABLE near_duplicates IS 'forms of one kind in different documents that have most of their numbers in common · 疑似重复的表';
COMMENT ON COLUMN near_duplicates.form_id IS 'the form stored later · 表号（后入库）';
COMMENT ON COLUMN near_duplicates.other_id IS 'the form stored before · 表号（先入库）';
COMMENT ON COLUMN near_duplicates.similarity IS 'share of the numbers of both that they have in common, 0 to 1 · 相似度';

CREATE VIEW near_duplicate_view AS
SELECT d.name AS document, f.ordinal AS form, e.name AS other_document, g.ordinal AS other_form,
       f.unit_name, f.year, f.kind, n.similarity
FROM near_duplicates n
JOIN forms f ON f.id = n.form_id JOIN documents d ON d.sha256 = f.document
JOIN forms g ON g.id = n.other_id JOIN documents e ON e.sha256 = g.document;

COMMENT ON VIEW near_duplicate_view IS 'forms that were probably handed in or scanned twice · 疑似重复的表';
COMMENT ON COLUMN near_duplicate_view.document IS 'document stored later · 文件（后入库）';
COMMENT ON COLUMN near_duplicate_view.form IS 'form in it, from 1 · 文件内序号';
COMMENT ON COLUMN near_duplicate_view.other_document IS 'document stored before · 文件（先入库）';
COMMENT ON COLUMN near_duplicate_view.other_form IS 'form in it, from 1 · 文件内序号（先入库）';
COMMENT ON COLUMN near_duplicate_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN near_duplicate_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN near_duplicate_view.kind IS 'department or project · 表类';
COMMENT ON COLUMN near_duplicate_view.similarity IS 'share of the numbers of both that they have in common, 0 to 1 · 相似度';

-- +goose Up

-- What the review station's lists search and filter by, kept by triggers as
-- form_facts is: nobody goes over a hundred thousand wide rows for a name.

CREATE TABLE form_names (
    form_id bigint PRIMARY KEY REFERENCES forms ON DELETE CASCADE,
    names   text NOT NULL
);
COMMENT ON TABLE form_names IS 'by what names a form is looked for, kept up to date by the database itself · 各表名称';
COMMENT ON COLUMN form_names.form_id IS 'form · 表号';
COMMENT ON COLUMN form_names.names IS 'the document''s name and the printed name of the unit, a line each · 文件名与单位名称';

-- +goose StatementBegin
CREATE FUNCTION heji_name_forms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO form_names (form_id, names)
    SELECT c.id, concat_ws(E'\n', d.name, c.unit_name) FROM changed c JOIN documents d ON d.sha256 = c.document
    ON CONFLICT (form_id) DO UPDATE SET names = excluded.names;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER name_new AFTER INSERT ON forms REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_name_forms();
INSERT INTO form_names SELECT f.id, concat_ws(E'\n', d.name, f.unit_name) FROM forms f JOIN documents d ON d.sha256 = f.document;
CREATE POLICY unit_readers ON form_names FOR SELECT USING ((SELECT heji_reads_all()) OR EXISTS (SELECT FROM forms f WHERE f.id = form_id));

-- Any part of a name is found by its pairs of characters. pg_trgm would want three, and
-- many names that people look for have two (财政, 档案); in the C locale it knows no
-- Chinese at all, and not every server has it.
CREATE FUNCTION heji_pairs(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT p.a || p.b FROM (SELECT string_to_array(said, NULL) AS letters) s, unnest(s.letters, s.letters[2:]) AS p (a, b) WHERE p.b IS NOT NULL);

CREATE INDEX form_names_pairs ON form_names USING gin (heji_pairs(names));
CREATE INDEX documents_pairs ON documents USING gin (heji_pairs(name));

-- By how much money a rule about money is missed. A difference has the unit of the
-- amount that it is about; an amount that a narrative quotes has its unit after it.
-- What is no number, is of no known unit or beyond all money stays null.
-- +goose StatementBegin
CREATE FUNCTION heji_missed_yuan(form bigint, rule text, place text, printed text, difference text, message_zh text) RETURNS numeric LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN y.yuan < 1e18 THEN trim_scale(round(y.yuan, 8)) END
    FROM (
        SELECT CASE WHEN difference ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$' THEN abs(difference::numeric) * CASE
            WHEN rule = 'funds-balance' THEN (SELECT heji_yuan(t.unit) FROM fields t WHERE t.form_id = form AND t.key = 'year_end_balance' ORDER BY t.position LIMIT 1)
            WHEN rule = 'funds-total' THEN (SELECT heji_yuan(g.unit) FROM figures g WHERE g.form_id = form AND g.path = place AND g.path LIKE 'funds[%' LIMIT 1)
            WHEN strpos(message_zh, printed || '亿元') > 0 THEN 100000000
            WHEN strpos(message_zh, printed || '万元') > 0 THEN 10000
            WHEN strpos(message_zh, printed || '元') > 0 THEN 1
        END END AS yuan
    ) y;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heji_measure_missed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.missed_yuan := heji_missed_yuan(NEW.form_id, NEW.rule, NEW.where_path, NEW.printed, NEW.difference, NEW.message_zh);
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['discrepancies', 'review_discrepancies'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN missed_yuan numeric', t);
        EXECUTE format('COMMENT ON COLUMN %I.missed_yuan IS %L', t,
                       'size of the difference of a rule about money, in 元; null for other rules and where the unit is not known · 相差金额（元）');
        EXECUTE format($q$UPDATE %I SET missed_yuan = heji_missed_yuan(form_id, rule, where_path, printed, difference, message_zh)
                          WHERE rule IN ('funds-balance', 'funds-total', 'narrative-breakdown', 'narrative-header')$q$, t);
        EXECUTE format($q$CREATE INDEX %1$s_money ON %1$I (form_id, position, missed_yuan)
                          WHERE rule IN ('funds-balance', 'funds-total', 'narrative-breakdown', 'narrative-header')$q$, t);
        EXECUTE format($q$CREATE TRIGGER measure_missed BEFORE INSERT ON %I FOR EACH ROW
                          WHEN (NEW.rule IN ('funds-balance', 'funds-total', 'narrative-breakdown', 'narrative-header')) EXECUTE FUNCTION heji_measure_missed()$q$, t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Lists of what a rule or a verdict found, in the order of forms and from the index alone.
DROP INDEX IF EXISTS discrepancies_rule, discrepancies_verdict;
CREATE INDEX discrepancies_rule ON discrepancies (rule, form_id, position) INCLUDE (verdict);
CREATE INDEX discrepancies_verdict ON discrepancies (verdict, form_id, position);

-- Forms that are full marks all over. How many there are is known to the planner of a
-- column, and not of a condition on two; and by year and kind they are counted from
-- indexes alone.
DROP INDEX IF EXISTS form_facts_full, forms_year_id;
ALTER TABLE form_facts ADD COLUMN full_marks boolean NOT NULL GENERATED ALWAYS AS (pointed >= 5 AND full_rows = pointed) STORED;
COMMENT ON COLUMN form_facts.full_marks IS 'whether every row with a weight, five at least, has its full score · 是否各项均得满分';
CREATE INDEX form_facts_full ON form_facts (form_id) WHERE full_marks;
CREATE INDEX forms_year_id ON forms (year, id) INCLUDE (kind);

CREATE OR REPLACE VIEW full_score_view AS
SELECT f.id AS form_id, f.unit_name, f.year, f.kind, f.total_score, c.pointed::bigint AS rows
FROM form_facts c
JOIN forms f ON f.id = c.form_id
WHERE c.full_marks;

COMMENT ON VIEW full_score_view IS 'forms on which every indicator row, five at least, has its full score · 各项指标均得满分的自评表';
COMMENT ON COLUMN full_score_view.form_id IS 'the form · 表号';
COMMENT ON COLUMN full_score_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN full_score_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN full_score_view.kind IS 'department or project · 表类';
COMMENT ON COLUMN full_score_view.total_score IS 'printed total score · 综合得分';
COMMENT ON COLUMN full_score_view.rows IS 'indicator rows with a weight · 指标数';

-- +goose Up

-- What a million forms are asked, answered without reading all of them: counts a
-- form, kept by triggers and so never stale, and what only a look at the whole
-- archive tells, made anew by heji_refresh().

CREATE TABLE form_facts (
    form_id   bigint PRIMARY KEY REFERENCES forms ON DELETE CASCADE,
    leaves    integer NOT NULL DEFAULT 0,
    pointed   integer NOT NULL DEFAULT 0,
    full_rows integer NOT NULL DEFAULT 0,
    problems  integer NOT NULL DEFAULT 0,
    by_form   integer NOT NULL DEFAULT 0,
    misread   integer NOT NULL DEFAULT 0,
    undecided integer NOT NULL DEFAULT 0
);
CREATE INDEX form_facts_full ON form_facts (form_id) WHERE pointed >= 5 AND full_rows = pointed;
CREATE INDEX form_facts_wrong ON form_facts (form_id) WHERE by_form > 0;

COMMENT ON TABLE form_facts IS 'counts of each form, kept up to date by the database itself · 各表计数';
COMMENT ON COLUMN form_facts.form_id IS 'form they are of · 表号';
COMMENT ON COLUMN form_facts.leaves IS 'indicator rows without section rows · 指标数';
COMMENT ON COLUMN form_facts.pointed IS 'those with a weight above 0 · 有分值的指标数';
COMMENT ON COLUMN form_facts.full_rows IS 'those whose score is the whole weight · 得满分的指标数';
COMMENT ON COLUMN form_facts.problems IS 'places not read or not to be relied on · 读取问题数';
COMMENT ON COLUMN form_facts.by_form IS 'discrepancies in which the form itself is wrong · 表内矛盾数';
COMMENT ON COLUMN form_facts.misread IS 'those in which the reading probably is · 疑为误读数';
COMMENT ON COLUMN form_facts.undecided IS 'those of which it cannot be told · 未定数';

-- +goose StatementBegin
CREATE FUNCTION heji_count_indicators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO form_facts (form_id, leaves, pointed, full_rows)
    SELECT f.id, count(i.form_id) FILTER (WHERE i.kind = 'leaf'), count(i.form_id) FILTER (WHERE i.kind = 'leaf' AND i.weight > 0),
           count(i.form_id) FILTER (WHERE i.kind = 'leaf' AND i.weight > 0 AND i.score = i.weight)
    FROM (SELECT DISTINCT form_id FROM changed) c JOIN forms f ON f.id = c.form_id LEFT JOIN indicators i ON i.form_id = f.id
    GROUP BY f.id
    ON CONFLICT (form_id) DO UPDATE SET leaves = excluded.leaves, pointed = excluded.pointed, full_rows = excluded.full_rows;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heji_count_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO form_facts (form_id, problems)
    SELECT f.id, count(p.form_id)
    FROM (SELECT DISTINCT form_id FROM changed) c JOIN forms f ON f.id = c.form_id LEFT JOIN problems p ON p.form_id = f.id
    GROUP BY f.id
    ON CONFLICT (form_id) DO UPDATE SET problems = excluded.problems;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heji_count_discrepancies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO form_facts (form_id, by_form, misread, undecided)
    SELECT f.id, count(x.form_id) FILTER (WHERE x.verdict = 'form'), count(x.form_id) FILTER (WHERE x.verdict = 'misread'),
           count(x.form_id) FILTER (WHERE x.verdict NOT IN ('form', 'misread'))
    FROM (SELECT DISTINCT form_id FROM changed) c JOIN forms f ON f.id = c.form_id LEFT JOIN discrepancies x ON x.form_id = f.id
    GROUP BY f.id
    ON CONFLICT (form_id) DO UPDATE SET by_form = excluded.by_form, misread = excluded.misread, undecided = excluded.undecided;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- A sentence that two units both wrote is compared by its digest. Blanks do not
-- count, nor does the unit's own name in it.
CREATE TABLE narratives (
    form_id    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position   integer NOT NULL,
    key        text NOT NULL,
    characters integer NOT NULL,
    digest     uuid NOT NULL,
    PRIMARY KEY (form_id, position)
);
CREATE INDEX narratives_digest ON narratives (digest);

COMMENT ON TABLE narratives IS 'long texts of a form, by digest · 文字叙述的摘要';
COMMENT ON COLUMN narratives.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN narratives.position IS 'place of the text in fields · 顺序';
COMMENT ON COLUMN narratives.key IS 'key of the field, such as analysis · 键';
COMMENT ON COLUMN narratives.characters IS 'characters of the text without blanks, 50 at least · 字数';
COMMENT ON COLUMN narratives.digest IS 'MD5 of the text without blanks and without the unit''s own name · 摘要';

-- The least text that two people do not write alike by chance.
CREATE FUNCTION heji_narrative(unit_name text, printed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE coalesce(unit_name, '') WHEN '' THEN regexp_replace(printed, '\s', '', 'g')
       ELSE replace(regexp_replace(printed, '\s', '', 'g'), regexp_replace(unit_name, '\s', '', 'g'), '□') END;

-- +goose StatementBegin
CREATE FUNCTION heji_digest_narratives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO narratives (form_id, position, key, characters, digest)
    SELECT t.form_id, t.position, t.key, length(t.said), md5(t.said)::uuid
    FROM (
        SELECT c.form_id, c.position, c.key, heji_narrative(f.unit_name, c.text) AS said
        FROM changed c JOIN forms f ON f.id = c.form_id
        WHERE c.key IN ('execution_note', 'analysis', 'expected_goal', 'actual_outcome') AND length(c.text) >= 50
    ) t
    WHERE length(t.said) >= 50
    ON CONFLICT (form_id, position) DO UPDATE SET key = excluded.key, characters = excluded.characters, digest = excluded.digest;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER digest_new AFTER INSERT ON fields REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_digest_narratives();
CREATE TRIGGER digest_other AFTER UPDATE ON fields REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_digest_narratives();

-- +goose StatementBegin
DO $$
DECLARE counted text;
BEGIN
    FOREACH counted IN ARRAY ARRAY['indicators', 'problems', 'discrepancies'] LOOP
        EXECUTE format('CREATE TRIGGER count_new AFTER INSERT ON %1$I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_count_%1$s()', counted);
        EXECUTE format('CREATE TRIGGER count_other AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_count_%1$s()', counted);
        EXECUTE format('CREATE TRIGGER count_gone AFTER DELETE ON %1$I REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_count_%1$s()', counted);
    END LOOP;
END $$;
-- +goose StatementEnd

-- What was stored before.
INSERT INTO form_facts
SELECT f.id, coalesce(i.leaves, 0), coalesce(i.pointed, 0), coalesce(i.full_rows, 0), coalesce(p.n, 0), coalesce(x.by_form, 0), coalesce(x.misread, 0), coalesce(x.undecided, 0)
FROM forms f
LEFT JOIN (SELECT form_id, count(*) FILTER (WHERE kind = 'leaf') AS leaves, count(*) FILTER (WHERE kind = 'leaf' AND weight > 0) AS pointed,
                  count(*) FILTER (WHERE kind = 'leaf' AND weight > 0 AND score = weight) AS full_rows FROM indicators GROUP BY form_id) i ON i.form_id = f.id
LEFT JOIN (SELECT form_id, count(*) AS n FROM problems GROUP BY form_id) p ON p.form_id = f.id
LEFT JOIN (SELECT form_id, count(*) FILTER (WHERE verdict = 'form') AS by_form, count(*) FILTER (WHERE verdict = 'misread') AS misread,
                  count(*) FILTER (WHERE verdict NOT IN ('form', 'misread')) AS undecided FROM discrepancies GROUP BY form_id) x ON x.form_id = f.id;

INSERT INTO narratives
SELECT t.form_id, t.position, t.key, length(t.said), md5(t.said)::uuid
FROM (
    SELECT c.form_id, c.position, c.key, heji_narrative(f.unit_name, c.text) AS said
    FROM fields c JOIN forms f ON f.id = c.form_id
    WHERE c.key IN ('execution_note', 'analysis', 'expected_goal', 'actual_outcome') AND length(c.text) >= 50
) t
WHERE length(t.said) >= 50;

-- The first rows of a view in the order of names, without sorting all of them.
CREATE INDEX documents_name ON documents (left(name, 200));
CREATE INDEX forms_year_kind_score ON forms (year, kind, total_score);

CREATE OR REPLACE VIEW discrepancy_view AS
SELECT d.name AS document, f.ordinal AS form, f.unit_name, f.year, x.rule, x.verdict, x.where_path,
       x.printed, x.computed, x.difference_value AS difference, x.message_zh, x.message, x.page
FROM discrepancies x
JOIN forms f ON f.id = x.form_id
JOIN documents d ON d.sha256 = f.document
ORDER BY left(d.name, 200), d.name, f.ordinal, x.position;

CREATE OR REPLACE VIEW form_view AS
SELECT d.name AS document, f.ordinal AS form, f.kind, f.unit_name, f.year, f.unit, f.total_weight, f.total_score, f.grade,
       coalesce(c.leaves, 0)::bigint AS indicators, coalesce(c.problems, 0)::bigint AS problems,
       coalesce(c.by_form + c.misread + c.undecided, 0)::bigint AS discrepancies, coalesce(c.by_form, 0)::bigint AS discrepancies_by_form
FROM forms f
JOIN documents d ON d.sha256 = f.document
LEFT JOIN form_facts c ON c.form_id = f.id
ORDER BY left(d.name, 200), d.name, f.ordinal;

CREATE OR REPLACE VIEW indicator_view AS
SELECT d.name AS document, f.ordinal AS form, f.unit_name, f.year, i.position + 1 AS row, i.kind, i.level1, i.level2, i.level3,
       i.canonical, i.weight, i.target_text AS target, i.actual_text AS actual, i.score
FROM indicators i
JOIN forms f ON f.id = i.form_id
JOIN documents d ON d.sha256 = f.document
ORDER BY left(d.name, 200), d.name, f.ordinal, i.position;

CREATE OR REPLACE VIEW unit_year_view AS
SELECT f.unit_name, f.year, count(*) AS forms, round(avg(f.total_score), 2) AS mean_score, min(f.total_score) AS least_score,
       count(*) FILTER (WHERE c.by_form > 0) AS contradictory_forms, coalesce(sum(c.by_form), 0)::bigint AS discrepancies_by_form,
       coalesce(sum(c.misread + c.undecided), 0)::bigint AS other_discrepancies, coalesce(sum(c.problems), 0)::bigint AS problems
FROM forms f
LEFT JOIN form_facts c ON c.form_id = f.id
GROUP BY f.unit_name, f.year;

-- The quartiles are looked up in the index rather than sorted for.
CREATE OR REPLACE VIEW outlier_view AS
SELECT f.id AS form_id, f.unit_name, f.year, f.kind, f.total_score, q.low::numeric(12,2) AS usual_from, q.high::numeric(12,2) AS usual_to, q.forms
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
    SELECT h.id, h.unit_name, h.year, h.kind, h.total_score FROM forms h WHERE h.year = q.year AND h.kind = q.kind AND h.total_score < q.low
    UNION ALL
    SELECT h.id, h.unit_name, h.year, h.kind, h.total_score FROM forms h WHERE h.year = q.year AND h.kind = q.kind AND h.total_score > q.high
) f;

CREATE OR REPLACE VIEW full_score_view AS
SELECT f.id AS form_id, f.unit_name, f.year, f.kind, f.total_score, c.pointed::bigint AS rows
FROM form_facts c
JOIN forms f ON f.id = c.form_id
WHERE c.pointed >= 5 AND c.full_rows = c.pointed;

-- Multiplies a few hundred forms that heji has really imported into a large archive,
-- for measuring. Run by scripts/million.sh; psql variables: units, how many units
-- file a departmental form in each of the seven years.
--
-- A copy has another unit, year and amounts (times a whole number, so that sums
-- still hold), and begins where the unit's copy of the year before ended, but for
-- one unit in fifty. One unit in two hundred scores the same every year, and one in
-- two hundred shares its sentences with four others. A tenth of the units file
-- five project forms a year and a fifth one. Of figures only those are copied which
-- views look up, the funds table's and dashes; records are left empty.

\set ON_ERROR_STOP on
SET session_replication_role = replica; -- no foreign keys, no triggers: what they keep is made at the end
SET jit = off;
SET work_mem = '256MB';
SET synchronous_commit = off;

CREATE TEMP TABLE dropped AS
SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisunique
  AND i.indrelid IN ('forms'::regclass, 'fields'::regclass, 'indicators'::regclass, 'figures'::regclass, 'discrepancies'::regclass, 'problems'::regclass,
                     'documents'::regclass, 'document_names'::regclass, 'batch_documents'::regclass, 'narratives'::regclass, 'form_facts'::regclass, 'form_names'::regclass);
SELECT format('DROP INDEX %I', name) FROM dropped \gexec

-- The longer forms are the bases, so that a form has as many rows as the published ones.
CREATE TEMP TABLE bases AS
SELECT f.id, f.kind, row_number() OVER (PARTITION BY f.kind ORDER BY f.id) - 1 AS number, count(*) OVER (PARTITION BY f.kind) AS all_of_kind, b.balance, b.carried
FROM forms f
JOIN (SELECT form_id, count(*) AS n FROM indicators GROUP BY form_id) i ON i.form_id = f.id
LEFT JOIN LATERAL (SELECT min(t.value) FILTER (WHERE t.key = 'year_end_balance') AS balance, min(t.value) FILTER (WHERE t.key = 'carried_over') AS carried
                   FROM fields t WHERE t.form_id = f.id) b ON true
WHERE f.kind = 'department' AND f.unit = '万元' AND i.n >= 24 AND b.balance IS NOT NULL AND b.carried IS NOT NULL OR f.kind = 'project' AND i.n >= 12;

CREATE TEMP TABLE copies AS
WITH plan AS (
    SELECT y AS year, u, 'department' AS kind, 0 AS n FROM generate_series(2018, 2024) y, generate_series(1, :units) u
    UNION ALL
    SELECT y, u, 'project', n FROM generate_series(2018, 2024) y, generate_series(1, :units / 10) u, generate_series(1, 5) n
    UNION ALL
    SELECT y, u, 'project', 1 FROM generate_series(2018, 2024) y, generate_series(:units / 10 + 1, :units / 10 + :units * 3 / 14) u
), numbered AS (
    SELECT p.*, row_number() OVER (ORDER BY year, u, kind, n) + (SELECT max(id) FROM forms) AS id,
           format('第%s县%s', lpad((u / 40)::text, 4, '0'),
                  (ARRAY['公路养护中心','农业技术推广站','残疾人康复中心','水利服务中心','公园管理处','档案馆','图书馆','疾控中心','第一中学','第二中学','第三中学','实验小学','市场监管局','应急管理局','林业局','统计局','审计局','财政局','民政局','教育局',
                         '司法局','信访局','医疗保障局','退役军人事务局','文化馆','博物馆','体育中心','气象站','种子站','环卫处','房管中心','供销社','地震台','党校','融媒体中心','投资促进中心','政务服务中心','敬老院','妇幼保健院','人民医院'])[u % 40 + 1]) AS unit_name
    FROM plan p
)
SELECT n.id, n.year, n.u, n.n, n.kind, n.unit_name, 1 + n.u % 9 AS times, b.id AS base,
       CASE WHEN n.u % 50 = 1 THEN b.carried ELSE l.balance END * (1 + n.u % 9) AS carried,
       (b.carried - CASE WHEN n.u % 50 = 1 THEN b.carried ELSE l.balance END) * (1 + n.u % 9) AS shift,
       CASE WHEN n.u % 200 < 5 AND n.u % 5 = 0 THEN format('共享表述%s。', n.u / 1000) ELSE format('本年度第%s-%s号。', n.u, n.year * 10 + n.n) END AS said,
       encode(sha256(n.id::text::bytea), 'hex') AS document
FROM numbered n
JOIN bases b ON b.kind = n.kind AND b.number = (n.u::bigint * 7919 + CASE WHEN n.u % 200 = 0 THEN 0 ELSE n.year * 31 END + n.n * 3) % b.all_of_kind
LEFT JOIN bases l ON n.kind = 'department' AND l.kind = 'department'
    AND l.number = (n.u::bigint * 7919 + CASE WHEN n.u % 200 = 0 THEN 0 ELSE (n.year - 1) * 31 END) % l.all_of_kind
ORDER BY n.id;
ANALYZE copies;
SELECT kind, count(*), count(DISTINCT unit_name) AS units FROM copies GROUP BY kind;

CREATE TEMP TABLE seeds AS SELECT DISTINCT base FROM copies;
CREATE TEMP TABLE seed_forms AS SELECT f.*, d.bytes, d.pages AS document_pages, d.reader_version FROM forms f JOIN seeds s ON s.base = f.id JOIN documents d ON d.sha256 = f.document;
CREATE TEMP TABLE seed_fields AS SELECT t.* FROM fields t JOIN seeds s ON s.base = t.form_id;
CREATE TEMP TABLE seed_funds AS SELECT t.* FROM funds t JOIN seeds s ON s.base = t.form_id;
CREATE TEMP TABLE seed_indicators AS SELECT t.* FROM indicators t JOIN seeds s ON s.base = t.form_id;
CREATE TEMP TABLE seed_figures AS SELECT t.* FROM figures t JOIN seeds s ON s.base = t.form_id WHERE t.path LIKE 'funds[%' OR t.state = 'none';
CREATE TEMP TABLE seed_discrepancies AS SELECT t.* FROM discrepancies t JOIN seeds s ON s.base = t.form_id;
CREATE TEMP TABLE seed_evaluators AS SELECT t.* FROM evaluators t JOIN seeds s ON s.base = t.form_id;
CREATE TEMP TABLE seed_problems AS SELECT t.* FROM problems t JOIN seeds s ON s.base = t.form_id;
ANALYZE;

\echo documents and forms
INSERT INTO documents (sha256, name, bytes, pages, reader_version)
SELECT c.document, format('%s/%s/%s-%s.pdf', c.year, c.unit_name, c.kind, c.n), s.bytes, s.document_pages, s.reader_version FROM copies c JOIN seed_forms s ON s.id = c.base;
INSERT INTO document_names (document, name) SELECT c.document, format('%s/%s/%s-%s.pdf', c.year, c.unit_name, c.kind, c.n) FROM copies c;
INSERT INTO batches (paths, reader_version, finished) VALUES ('{/archive}', 'multiplied', now());
INSERT INTO batch_documents (batch, name, path, sha256, outcome)
SELECT (SELECT max(id) FROM batches), n.name, '/archive/' || n.name, n.document, 'loaded' FROM document_names n JOIN copies c USING (document);
INSERT INTO forms (id, document, ordinal, pages, kind, title, year, unit, unit_name, total_weight, total_weight_text, total_score, total_score_text, grade, record, fingerprint, numbers)
OVERRIDING SYSTEM VALUE
SELECT c.id, c.document, 1, s.pages, s.kind, s.title, c.year, s.unit, c.unit_name, s.total_weight, s.total_weight_text, s.total_score, s.total_score_text, s.grade, '{}', c.document,
       (SELECT array_agg((x::numeric * c.times)::text) FROM unnest(s.numbers) x)
FROM copies c JOIN seed_forms s ON s.id = c.base;

\echo fields
INSERT INTO fields (form_id, position, key, label, text, value, unit, state, page, box, confidence, reader)
SELECT c.id, t.position, t.key, t.label,
       CASE WHEN v.value IS NOT NULL THEN v.value::text
            WHEN t.key IN ('unit_name', 'reporting_unit', 'implementing_unit') AND t.text <> '' THEN c.unit_name
            WHEN t.key IN ('execution_note', 'analysis', 'expected_goal', 'actual_outcome') THEN t.text || c.said
            WHEN t.key = 'project_name' THEN t.text || c.n ELSE t.text END,
       v.value, t.unit, t.state, t.page, t.box, t.confidence, t.reader
FROM copies c JOIN seed_fields t ON t.form_id = c.base
CROSS JOIN LATERAL (SELECT CASE WHEN c.kind = 'department' AND t.key = 'carried_over' THEN c.carried
                                WHEN t.key = 'initial_budget' THEN t.value * c.times + coalesce(c.shift, 0)
                                WHEN t.key = 'phone' THEN NULL ELSE t.value * c.times END AS value) v;

\echo funds and figures
INSERT INTO funds
SELECT c.id, t.position, t.source, t.label, t.initial * c.times, (t.initial * c.times)::text, t.budget * c.times, (t.budget * c.times)::text,
       t.executed * c.times, (t.executed * c.times)::text, t.weight, t.weight_text, t.rate, t.rate_text, t.rate_unit, t.score, t.score_text
FROM copies c JOIN seed_funds t ON t.form_id = c.base;
INSERT INTO figures
SELECT c.id, t.position, t.path, t.label, CASE WHEN v.value IS NOT NULL THEN v.value::text ELSE t.text END, v.value, t.unit, t.state, t.comparator,
       t.page, t.box, t.confidence, t.reader, t.agreed, t.doubt, t.alternatives
FROM copies c JOIN seed_figures t ON t.form_id = c.base
CROSS JOIN LATERAL (SELECT CASE WHEN t.path ~ '\.(initial|budget|executed)$' THEN t.value * c.times ELSE t.value END AS value) v;

\echo indicators
INSERT INTO indicators
SELECT c.id, t.position, t.kind, t.level1, t.level2, t.level3, t.canonical, t.nature, t.core, t.reference_weight, t.reference_weight_text, t.weight, t.weight_text,
       t.target, t.target_text, t.target_comparator, t.target_unit, t.actual, t.actual_text, t.actual_comparator, t.actual_unit, t.coefficient, t.coefficient_text,
       t.analysis, t.note, t.score, t.score_text, t.review_score, t.review_score_text
FROM copies c JOIN seed_indicators t ON t.form_id = c.base;

\echo what was found
INSERT INTO discrepancies
SELECT c.id, t.position, t.rule, t.where_path, CASE WHEN v.printed IS NULL OR v.times = 1 THEN t.printed ELSE v.printed::text END, v.printed,
       CASE WHEN v.computed IS NULL OR v.times = 1 THEN t.computed ELSE v.computed::text END, v.computed,
       CASE WHEN v.difference IS NULL OR v.times = 1 THEN t.difference ELSE v.difference::text END, v.difference,
       t.verdict, t.message, t.message_zh, t.operands, t.repairs, t.page, t.box, t.missed_yuan * v.times
FROM copies c JOIN seed_discrepancies t ON t.form_id = c.base
CROSS JOIN LATERAL (SELECT k.times, t.printed_value * k.times AS printed, t.computed_value * k.times AS computed, t.difference_value * k.times AS difference
                    FROM (SELECT CASE WHEN t.rule IN ('funds-balance', 'funds-total', 'narrative-breakdown', 'narrative-header') THEN c.times ELSE 1 END AS times) k) v;
INSERT INTO problems SELECT c.id, t.position, t.where_path, t.code, t.message, t.page, t.box FROM copies c JOIN seed_problems t ON t.form_id = c.base;
INSERT INTO evaluators SELECT c.id, t.position, t.name, t.title, t.department, t.phone FROM copies c JOIN seed_evaluators t ON t.form_id = c.base;

\echo names, counts and digests
INSERT INTO form_names SELECT c.id, concat_ws(E'\n', d.name, c.unit_name) FROM copies c JOIN documents d ON d.sha256 = c.document;
CREATE TEMP TABLE seed_facts AS SELECT t.* FROM form_facts t JOIN seeds s ON s.base = t.form_id;
INSERT INTO form_facts SELECT c.id, t.leaves, t.pointed, t.full_rows, t.problems, t.by_form, t.misread, t.undecided FROM copies c JOIN seed_facts t ON t.form_id = c.base;
INSERT INTO narratives
SELECT x.form_id, x.position, x.key, length(x.said), md5(x.said)::uuid
FROM (SELECT t.form_id, t.position, t.key, heji_narrative(c.unit_name, t.text) AS said
      FROM fields t JOIN copies c ON c.id = t.form_id WHERE t.key IN ('execution_note', 'analysis', 'expected_goal', 'actual_outcome') AND length(t.text) >= 50) x
WHERE length(x.said) >= 50;

\echo indexes
SET maintenance_work_mem = '512MB';
SET max_parallel_maintenance_workers = 0;
SELECT definition FROM dropped \gexec
SELECT setval(pg_get_serial_sequence('forms', 'id'), (SELECT max(id) FROM forms));
\echo vacuum
VACUUM (ANALYZE, FREEZE);

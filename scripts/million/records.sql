-- Multiplies the forms that heji has really imported, their records kept, for `heji audit`
-- to run over: documents, forms and what was found on them, and nothing else. psql
-- variable: forms, how many there are to be.

\set ON_ERROR_STOP on
SET session_replication_role = replica; -- no foreign keys, no triggers
SET synchronous_commit = off;

SELECT count(*) AS bases, max(id) AS last FROM forms \gset
CREATE TEMP TABLE bases AS SELECT id, document, row_number() OVER (ORDER BY id) - 1 AS number FROM forms;
CREATE TEMP TABLE copies AS
SELECT b.id AS base, b.document AS original, :last + n AS id, encode(sha256(((:last + n) || b.document)::bytea), 'hex') AS document
FROM generate_series(1, :forms - :bases) n JOIN bases b ON b.number = n % :bases;
ANALYZE copies;

INSERT INTO documents (sha256, name, bytes, pages, reader_version)
SELECT c.document, c.id || '-' || d.name, d.bytes, d.pages, d.reader_version FROM copies c JOIN documents d ON d.sha256 = c.original;
INSERT INTO forms (id, document, ordinal, pages, kind, title, year, unit, unit_name, total_weight, total_weight_text, total_score, total_score_text, grade, record, fingerprint, numbers)
OVERRIDING SYSTEM VALUE
SELECT c.id, c.document, f.ordinal, f.pages, f.kind, f.title, f.year, f.unit, f.unit_name, f.total_weight, f.total_weight_text, f.total_score, f.total_score_text, f.grade,
       f.record, f.fingerprint, '{}'
FROM copies c JOIN forms f ON f.id = c.base;
CREATE TEMP TABLE found AS SELECT * FROM discrepancies;
INSERT INTO discrepancies
SELECT c.id, t.position, t.rule, t.where_path, t.printed, t.printed_value, t.computed, t.computed_value, t.difference, t.difference_value,
       t.verdict, t.message, t.message_zh, t.operands, t.repairs, t.page, t.box, t.missed_yuan
FROM copies c JOIN found t ON t.form_id = c.base;
SELECT setval(pg_get_serial_sequence('forms', 'id'), (SELECT max(id) FROM forms));
VACUUM (ANALYZE) documents, forms, discrepancies;
SELECT count(*) AS forms, pg_size_pretty(pg_database_size(current_database())) AS size, pg_size_pretty(avg(length(record::text))) AS record FROM forms;

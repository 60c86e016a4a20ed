-- Multiplies the forms of a database until there are 100,000, to measure the review
-- station on. The forms are to be really imported, a few hundred of them; a copy has
-- another hash and another unit, and every figure with its place. Only what lists and
-- document pages do not read, the record as JSON and the twins, is left out.
--
-- The user must be a superuser of the server: foreign keys are not checked on the way.

\set ON_ERROR_STOP on
SET session_replication_role = replica;
SET synchronous_commit = off;

CREATE TEMP TABLE copies AS SELECT generate_series(1, (SELECT (100000 / count(*))::integer FROM forms)) AS n;
CREATE TEMP TABLE step AS SELECT max(id) + 1 AS step FROM forms;
CREATE FUNCTION pg_temp.copied(document text, n integer) RETURNS text LANGUAGE sql RETURN encode(sha256(convert_to(document || n, 'UTF8')), 'hex');

CREATE TEMP TABLE tables AS
SELECT t.name, string_agg(quote_ident(c.column_name), ', ') AS columns
FROM (VALUES ('documents'), ('forms'), ('figures'), ('fields'), ('funds'), ('indicators'), ('evaluators'), ('problems'), ('discrepancies')) AS t (name)
JOIN information_schema.columns c ON c.table_schema = current_schema() AND c.table_name = t.name
    AND c.column_name NOT IN ('id', 'sha256', 'document', 'form_id', 'record', 'numbers') AND (t.name, c.column_name) NOT IN (('documents', 'name'), ('forms', 'unit_name'))
GROUP BY t.name;
SELECT format('CREATE TEMP TABLE %I AS SELECT * FROM %I', 'old_' || name, name) FROM tables \gexec

SELECT format('INSERT INTO documents (sha256, name, %s) SELECT pg_temp.copied(sha256, n), n || ''-'' || name, %s FROM old_documents, copies', columns, columns)
FROM tables WHERE name = 'documents' \gexec
SELECT format('INSERT INTO forms (id, document, unit_name, record, %s) OVERRIDING SYSTEM VALUE
    SELECT id + n * step, pg_temp.copied(document, n), unit_name || n %% 97, ''{}'', %s FROM old_forms, copies, step', columns, columns)
FROM tables WHERE name = 'forms' \gexec
SELECT format('INSERT INTO %I (form_id, %s) SELECT form_id + n * step, %s FROM %I, copies, step ORDER BY 1', name, columns, columns, 'old_' || name)
FROM tables WHERE name NOT IN ('documents', 'forms') \gexec
INSERT INTO form_names SELECT f.id, concat_ws(E'\n', d.name, f.unit_name) FROM forms f JOIN documents d ON d.sha256 = f.document ON CONFLICT DO NOTHING;
SELECT setval(pg_get_serial_sequence('forms', 'id'), (SELECT max(id) FROM forms));

-- Sixty batches, of which one found a fifth of everything.
INSERT INTO batches (paths, reader_version, finished) SELECT ARRAY['/forms/' || g], 'v0', now() FROM generate_series(1, 60) g;
INSERT INTO batch_documents (batch, name, path, sha256, outcome)
SELECT (SELECT max(id) FROM batches) - CASE WHEN row_number() OVER () % 5 = 0 THEN 0 ELSE row_number() OVER () % 60 END, sha256, '/forms/' || sha256, sha256, 'loaded'
FROM documents WHERE error_code IS NULL;
VACUUM ANALYZE;

-- Whether partitions would pay: four million indicator rows in one table and in
-- sixteen partitions by form, copied and asked what heji's commands ask.
--
--   psql "$DATABASE_URL" -f scripts/million/partition.sql
--
-- It makes a schema of its own and drops it again.
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA partition_trial;
SET search_path = partition_trial;
SET jit = off;
CREATE TABLE whole (form_id bigint NOT NULL, position integer NOT NULL, kind text NOT NULL, level1 text, level3 text, canonical text,
                    weight numeric, weight_text text, score numeric, score_text text, analysis text, PRIMARY KEY (form_id, position));
CREATE TABLE parted (LIKE whole INCLUDING DEFAULTS, PRIMARY KEY (form_id, position)) PARTITION BY RANGE (form_id);
DO $$ BEGIN
    FOR i IN 0..15 LOOP
        EXECUTE format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES FROM (%s) TO (%s)', i, i * 12500, (i + 1) * 12500);
    END LOOP;
END $$;
CREATE UNLOGGED TABLE made AS
SELECT f::bigint AS form_id, p AS position, 'leaf' AS kind, '产出指标' AS level1, '指标' || p AS level3, '在职人员控制率' AS canonical,
       5.00 AS weight, '5.00' AS weight_text, 4.50 AS score, '4.50' AS score_text, repeat('说明', 20) AS analysis
FROM generate_series(0, 199999) f, generate_series(0, 19) p ORDER BY f, p;
CREATE TABLE asked AS SELECT (i * 9973 % 200000)::bigint AS id FROM generate_series(1, 50) i; -- a unit's forms of some years
ANALYZE made, asked;
\timing on
\echo insert, whole
INSERT INTO whole SELECT * FROM made;
\echo insert, parted
INSERT INTO parted SELECT * FROM made;
\echo vacuum, whole
VACUUM ANALYZE whole;
\echo vacuum, parted
VACUUM ANALYZE parted;
\timing off
\echo a form, whole
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT * FROM whole WHERE form_id = 177777;
\echo a form, parted
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT * FROM parted WHERE form_id = 177777;
\echo fifty forms, whole
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT i.* FROM whole i JOIN asked a ON a.id = i.form_id;
\echo fifty forms, parted
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT i.* FROM parted i JOIN asked a ON a.id = i.form_id;
\echo bytes of the indexes
SELECT pg_indexes_size('whole'), (SELECT sum(pg_indexes_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'parted'::regclass);
DROP SCHEMA partition_trial CASCADE;

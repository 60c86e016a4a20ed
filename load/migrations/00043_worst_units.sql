-- +goose Up

-- Two questions that took more than two seconds of a million forms: how a batch
-- stands, now counted in an index, and which units of a year are worst, now kept.

CREATE INDEX batch_documents_outcome ON batch_documents (batch, outcome);

CREATE OR REPLACE VIEW batch_view AS
SELECT b.id AS batch, b.paths, b.reader_version, b.started, b.finished,
       d.found, d.loaded, d.duplicates, d.refused, d.failed, d.queued
FROM batches b
CROSS JOIN LATERAL (
    SELECT count(*) AS found,
           count(*) FILTER (WHERE outcome = 'loaded') AS loaded,
           count(*) FILTER (WHERE outcome = 'duplicate') AS duplicates,
           count(*) FILTER (WHERE outcome = 'refused') AS refused,
           count(*) FILTER (WHERE outcome = 'failed') AS failed,
           count(*) FILTER (WHERE outcome = 'queued') AS queued
    FROM batch_documents WHERE batch = b.id
) d;

CREATE TABLE unit_years (
    unit_name             text,
    year                  integer,
    forms                 integer NOT NULL,
    mean_score            numeric,
    contradictory_forms   integer NOT NULL,
    discrepancies_by_form integer NOT NULL
);
CREATE INDEX unit_years_worst ON unit_years (year, discrepancies_by_form DESC);

COMMENT ON TABLE unit_years IS 'unit_year_view as heji_refresh() found it, for the worst of a large archive · 各单位各年度情况（汇总）';
COMMENT ON COLUMN unit_years.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN unit_years.year IS 'year evaluated · 年度';
COMMENT ON COLUMN unit_years.forms IS 'number of forms · 自评表份数';
COMMENT ON COLUMN unit_years.mean_score IS 'mean of the printed total scores · 平均得分';
COMMENT ON COLUMN unit_years.contradictory_forms IS 'forms that contradict themselves · 自相矛盾的表数';
COMMENT ON COLUMN unit_years.discrepancies_by_form IS 'discrepancies in which the form itself is wrong · 表内矛盾数';

CREATE POLICY unit_readers ON unit_years FOR SELECT USING ((SELECT heji_reads_all()) OR unit_name = ANY ((SELECT heji_read_units())::text[]));

-- One after the other: what is found between forms, and then the counts.
ALTER FUNCTION heji_refresh() RENAME TO heji_refresh_forms;
-- +goose StatementBegin
CREATE FUNCTION heji_refresh() RETURNS bigint LANGUAGE plpgsql SET work_mem = '128MB' SET jit = off AS $$
DECLARE found bigint;
BEGIN
    found := heji_refresh_forms();
    DELETE FROM unit_years;
    INSERT INTO unit_years SELECT unit_name, year, forms, mean_score, contradictory_forms, discrepancies_by_form FROM unit_year_view;
    UPDATE refreshes SET seconds = extract(epoch FROM clock_timestamp() - now());
    RETURN found;
END $$;
-- +goose StatementEnd

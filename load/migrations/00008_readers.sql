-- +goose Up

-- Row security, for an archive that people of several units read. It is off until
-- SELECT heji_guard_units(), which needs PostgreSQL 15: before that, views are read
-- with their owner's rights and would show everything.

CREATE TABLE reader_units (
    reader    name NOT NULL,
    unit_name text,
    UNIQUE (reader, unit_name)
);
COMMENT ON TABLE reader_units IS 'which roles read the forms of which units · 各角色可见单位';
COMMENT ON COLUMN reader_units.reader IS 'role of the server · 角色';
COMMENT ON COLUMN reader_units.unit_name IS 'unit as it is printed; null for all · 单位名称，空为全部';

-- Only what a role is a member of matters to it. A role may be gone by now, which
-- pg_has_role would not forgive by name.
CREATE FUNCTION heji_reads_all() RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM reader_units r JOIN pg_roles p ON p.rolname = r.reader WHERE r.unit_name IS NULL AND pg_has_role(p.oid, 'member'));

CREATE FUNCTION heji_read_units() RETURNS text[] LANGUAGE sql STABLE
RETURN ARRAY(SELECT r.unit_name FROM reader_units r JOIN pg_roles p ON p.rolname = r.reader WHERE r.unit_name IS NOT NULL AND pg_has_role(p.oid, 'member'));

CREATE POLICY unit_readers ON reader_units FOR SELECT USING (reader IN (SELECT rolname FROM pg_roles p WHERE pg_has_role(p.oid, 'member')));
CREATE POLICY unit_readers ON heji_migrations FOR SELECT USING (true);
CREATE POLICY unit_readers ON forms FOR SELECT USING ((SELECT heji_reads_all()) OR unit_name = ANY ((SELECT heji_read_units())::text[]));
CREATE POLICY unit_readers ON unit_years FOR SELECT USING ((SELECT heji_reads_all()) OR unit_name = ANY ((SELECT heji_read_units())::text[]));
-- A document is seen by those who see a form of it; one that was not read, and
-- has none, by those who see everything.
CREATE POLICY unit_readers ON documents FOR SELECT USING ((SELECT heji_reads_all()) OR EXISTS (SELECT FROM forms f WHERE f.document = sha256));

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['figures', 'fields', 'funds', 'indicators', 'evaluators', 'problems', 'discrepancies', 'form_facts', 'narratives', 'reviews', 'review_discrepancies'] LOOP
        EXECUTE format('CREATE POLICY unit_readers ON %I FOR SELECT USING ((SELECT heji_reads_all()) OR EXISTS (SELECT FROM forms f WHERE f.id = form_id))', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['near_duplicates', 'cross_findings'] LOOP
        EXECUTE format('CREATE POLICY unit_readers ON %I FOR SELECT USING ((SELECT heji_reads_all())
                        OR EXISTS (SELECT FROM forms f WHERE f.id = form_id) AND (other_id IS NULL OR EXISTS (SELECT FROM forms f WHERE f.id = other_id)))', t);
    END LOOP;
    CREATE POLICY unit_readers ON document_names FOR SELECT USING ((SELECT heji_reads_all()) OR EXISTS (SELECT FROM documents d WHERE d.sha256 = document));
    CREATE POLICY unit_readers ON corrections FOR SELECT USING ((SELECT heji_reads_all())
        OR EXISTS (SELECT FROM forms f WHERE f.document = corrections.document AND f.ordinal = corrections.ordinal));
    FOREACH t IN ARRAY ARRAY['batches', 'batch_documents', 'layouts', 'indicator_years', 'rule_years', 'refreshes'] LOOP
        EXECUTE format('CREATE POLICY unit_readers ON %I FOR SELECT USING ((SELECT heji_reads_all()))', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Turns row security on, or off again. The tables' owner, who imports, sees and
-- writes everything in any case; so do superusers. Again after an upgrade, which
-- heji migrate does by itself where it is on.
-- +goose StatementBegin
CREATE FUNCTION heji_guard_units(guard boolean DEFAULT true) RETURNS void LANGUAGE plpgsql AS $$
DECLARE c record;
BEGIN
    IF current_setting('server_version_num')::integer < 150000 THEN
        RAISE EXCEPTION 'row security by unit needs PostgreSQL 15 or later';
    END IF;
    FOR c IN
        SELECT k.relname, k.relkind FROM pg_class k
        WHERE k.relnamespace = current_schema()::regnamespace AND k.relkind IN ('r', 'v') AND obj_description(k.oid, 'pg_class') LIKE '% · %'
    LOOP
        IF c.relkind = 'v' THEN
            EXECUTE format('ALTER VIEW %I SET (security_invoker = %s)', c.relname, guard);
        -- A table that no policy speaks of shows nothing to anybody else.
        ELSIF guard THEN
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', c.relname);
        ELSE
            EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', c.relname);
        END IF;
    END LOOP;
END $$;
-- +goose StatementEnd

-- A reader's rights as a function, because only an owner of the server may make
-- roles: SELECT heji_let_read('heji_read'). Readers see what was read and found, and
-- never who may sign in to the review station or with what. A table that is added
-- later is not theirs before the function is called again.
-- +goose StatementBegin
CREATE FUNCTION heji_let_read(role text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
        EXECUTE format('CREATE ROLE %I', role);
    END IF;
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE SELECT ON TABLES FROM %I', current_schema(), role);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', current_schema(), role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role);
    -- Only what says in both languages what it is, is heji's.
    FOR name IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v')
          AND obj_description(c.oid, 'pg_class') LIKE '% · %'
          AND c.relname NOT IN ('review_users', 'review_sessions', 'review_tokens')
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO %I', name, role);
    END LOOP;
    DELETE FROM reader_units WHERE reader = role;
    INSERT INTO reader_units VALUES (role, NULL);
END $$;
-- +goose StatementEnd

-- Lets a role read only the units named; what it was allowed before is taken back.
-- +goose StatementBegin
CREATE FUNCTION heji_let_read_units(role text, units text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = 'forms'::regclass) THEN
        RAISE EXCEPTION 'row security is off, so % would read everything; SELECT heji_guard_units() first', role;
    END IF;
    PERFORM heji_let_read(role);
    DELETE FROM reader_units WHERE reader = role;
    INSERT INTO reader_units SELECT DISTINCT role, u FROM unnest(units) u WHERE u IS NOT NULL;
END $$;
-- +goose StatementEnd

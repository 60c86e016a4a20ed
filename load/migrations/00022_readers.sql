-- +goose Up

-- Readers see what was read and found, and never who may sign in to the review
-- station or with what. A table that is added later is not theirs before the
-- function is called again.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heji_let_read(role text) RETURNS void LANGUAGE plpgsql AS $$
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
END $$;
-- +goose StatementEnd

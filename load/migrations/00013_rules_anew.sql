-- +goose Up

-- The views of the rules were changed where they are made, before the first release. A database
-- whose views are older would go on computing by them without a word.
-- +goose StatementBegin
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'execution_view'::regclass AND attname = 'of_row' AND NOT attisdropped) THEN
        RAISE EXCEPTION 'the views of the rules in this database were made by an earlier build of heji; this one is left as it is. Import the documents again into another database with --db; of the private one, `heji db url` names the folder: `heji db stop`, move it away, import again';
    END IF;
END $$;
-- +goose StatementEnd

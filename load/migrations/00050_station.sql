-- +goose Up

-- What the lists of the review station ask for.
CREATE INDEX forms_year_id ON forms (year, id);
CREATE INDEX batch_documents_batch_sha256 ON batch_documents (batch, sha256) WHERE sha256 IS NOT NULL;

-- Cells that were read as the same doubtful number, to be looked over together.
CREATE INDEX figures_doubtful_number ON figures (text, form_id, position)
    WHERE doubt IS NOT NULL AND value IS NOT NULL AND length(text) <= 16;

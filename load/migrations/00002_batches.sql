-- +goose Up

-- A batch is one order to import: it ends when every document found has an
-- outcome, however often the program was killed in between.
CREATE TABLE batches (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    paths          text[] NOT NULL,
    reader_version text NOT NULL,
    started        timestamptz NOT NULL DEFAULT now(),
    finished       timestamptz
);
CREATE INDEX batches_unfinished ON batches (id) WHERE finished IS NULL;

COMMENT ON TABLE batches IS 'imports, each from its order to its end · 批次';
COMMENT ON COLUMN batches.id IS 'number of the batch · 批次号';
COMMENT ON COLUMN batches.paths IS 'files and folders asked for, absolute · 路径';
COMMENT ON COLUMN batches.reader_version IS 'version of heji that reads it · 读取程序版本';
COMMENT ON COLUMN batches.started IS 'first start · 开始时间';
COMMENT ON COLUMN batches.finished IS 'when the search for documents had come to its end; null before that · 完成时间';

-- Every document found ends in one of four ways, so that
-- found = loaded + duplicate + refused + failed once nothing is queued.
CREATE TABLE batch_documents (
    batch    bigint NOT NULL REFERENCES batches ON DELETE CASCADE,
    name     text NOT NULL,
    path     text NOT NULL,
    sha256   text,
    outcome  text NOT NULL CHECK (outcome IN ('queued', 'loaded', 'duplicate', 'refused', 'failed')),
    stage    text,
    code     text,
    message  text,
    at       timestamptz NOT NULL DEFAULT now(),
    CHECK ((outcome IN ('refused', 'failed')) = (code IS NOT NULL))
);
-- A path can be longer than an index entry may be, so its digest is indexed.
CREATE UNIQUE INDEX batch_documents_key ON batch_documents (batch, md5(name));
CREATE INDEX batch_documents_sha256 ON batch_documents (sha256);
CREATE INDEX batch_documents_unread ON batch_documents (outcome, code) WHERE outcome IN ('queued', 'refused', 'failed');
CREATE INDEX batch_documents_path ON batch_documents (md5(path), batch);
-- How a batch stands is counted here.
CREATE INDEX batch_documents_outcome ON batch_documents (batch, outcome);

COMMENT ON TABLE batch_documents IS 'every document found in a batch and what became of it · 批次内各文件';
COMMENT ON COLUMN batch_documents.batch IS 'number of the batch · 批次号';
COMMENT ON COLUMN batch_documents.name IS 'name as given or found · 文件名';
COMMENT ON COLUMN batch_documents.path IS 'absolute path, to read it again · 绝对路径';
COMMENT ON COLUMN batch_documents.sha256 IS 'SHA-256 of its bytes; null when there were none to read · 文件哈希';
COMMENT ON COLUMN batch_documents.outcome IS 'queued, loaded, duplicate (these bytes were stored already), refused (the document is at fault) or failed (the machine is) · 结果';
COMMENT ON COLUMN batch_documents.stage IS 'where it stopped: find, extract or understand; null when it did not · 阶段';
COMMENT ON COLUMN batch_documents.code IS 'why it was not read, such as encrypted · 错误代码';
COMMENT ON COLUMN batch_documents.message IS 'the same as a sentence that ends in what to do next · 错误说明';
COMMENT ON COLUMN batch_documents.at IS 'when this was written · 记录时间';

CREATE VIEW batch_view AS
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

COMMENT ON VIEW batch_view IS 'one row a batch, with its counts · 批次一览';
COMMENT ON COLUMN batch_view.batch IS 'number of the batch · 批次号';
COMMENT ON COLUMN batch_view.paths IS 'files and folders asked for, absolute · 路径';
COMMENT ON COLUMN batch_view.reader_version IS 'version of heji that reads it · 读取程序版本';
COMMENT ON COLUMN batch_view.started IS 'first start · 开始时间';
COMMENT ON COLUMN batch_view.finished IS 'when the search for documents had come to its end · 完成时间';
COMMENT ON COLUMN batch_view.found IS 'documents found · 发现文件数';
COMMENT ON COLUMN batch_view.loaded IS 'documents whose forms this batch stored · 入库数';
COMMENT ON COLUMN batch_view.duplicates IS 'documents whose bytes were stored already · 重复数';
COMMENT ON COLUMN batch_view.refused IS 'documents that cannot be read as they are · 拒收数';
COMMENT ON COLUMN batch_view.failed IS 'documents that the machine did not manage · 失败数';
COMMENT ON COLUMN batch_view.queued IS 'documents that wait for a worker · 排队数';

-- What the reader saw, so that a form can be understood again without OCR.
CREATE TABLE layouts (
    document       text NOT NULL REFERENCES documents ON DELETE CASCADE,
    reader_version text NOT NULL,
    layout         bytea NOT NULL,
    kept_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document, reader_version)
);
ALTER TABLE layouts ALTER COLUMN layout SET STORAGE EXTERNAL; -- it is compressed already

COMMENT ON TABLE layouts IS 'what was seen on the pages of a document, kept for heji replay · 版面';
COMMENT ON COLUMN layouts.document IS 'SHA-256 of the document · 文件哈希';
COMMENT ON COLUMN layouts.reader_version IS 'version of heji that saw it · 读取程序版本';
COMMENT ON COLUMN layouts.layout IS 'JSON compressed with zstd · 压缩的版面数据';
COMMENT ON COLUMN layouts.kept_at IS 'when it was kept · 保存时间';

-- A document of three hundred scanned pages takes many minutes. What was read of
-- it is kept page by page until the document is stored.
CREATE TABLE pages_in_hand (
    document       text NOT NULL CHECK (document ~ '^[0-9a-f]{64}$'),
    reader_version text NOT NULL,
    page           integer NOT NULL,
    content        bytea NOT NULL,
    kept_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document, reader_version, page)
);
ALTER TABLE pages_in_hand ALTER COLUMN content SET STORAGE EXTERNAL; -- it is compressed already
CREATE INDEX pages_in_hand_kept_at ON pages_in_hand (kept_at);

COMMENT ON TABLE pages_in_hand IS 'pages read of documents that are not stored yet, so that an import goes on at the page · 在读页面';
COMMENT ON COLUMN pages_in_hand.document IS 'SHA-256 of the document · 文件哈希';
COMMENT ON COLUMN pages_in_hand.reader_version IS 'version of heji that read the page · 读取程序版本';
COMMENT ON COLUMN pages_in_hand.page IS 'page, from 1 · 页';
COMMENT ON COLUMN pages_in_hand.content IS 'the page as it was read, compressed with zstd · 压缩的页面数据';
COMMENT ON COLUMN pages_in_hand.kept_at IS 'when it was read · 读取时间';

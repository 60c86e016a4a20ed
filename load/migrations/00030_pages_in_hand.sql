-- +goose Up

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

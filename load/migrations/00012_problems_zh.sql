-- +goose Up

-- What is in doubt was kept in English alone. What an earlier version stored is empty
-- here until its document is read again.
ALTER TABLE problems ADD COLUMN message_zh text NOT NULL DEFAULT '';
COMMENT ON COLUMN problems.message_zh IS 'one sentence in Chinese · 中文说明';

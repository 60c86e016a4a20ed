-- +goose Up

-- People who look at forms, and what they decided. A decision hangs on the
-- document's hash and not on forms, whose rows give way when a document is read
-- again.
CREATE TABLE review_users (
    name          text PRIMARY KEY CHECK (name ~ '^\S{1,64}$'),
    role          text NOT NULL CHECK (role IN ('reader', 'reviewer', 'admin')),
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE review_users IS 'people who may sign in · 用户';
COMMENT ON COLUMN review_users.name IS 'name to sign in with · 用户名';
COMMENT ON COLUMN review_users.role IS 'reader (looks), reviewer (corrects) or admin (also uploads) · 角色';
COMMENT ON COLUMN review_users.password_hash IS 'argon2id with its parameters and salt · 口令散列';
COMMENT ON COLUMN review_users.created_at IS 'when the user was made · 创建时间';

CREATE TABLE review_sessions (
    token_hash bytea PRIMARY KEY,
    user_name  text NOT NULL REFERENCES review_users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX review_sessions_expires_at ON review_sessions (expires_at);
COMMENT ON TABLE review_sessions IS 'who is signed in · 登录会话';
COMMENT ON COLUMN review_sessions.token_hash IS 'SHA-256 of the cookie · 会话散列';
COMMENT ON COLUMN review_sessions.user_name IS 'whose it is · 用户名';
COMMENT ON COLUMN review_sessions.expires_at IS 'when it ends by itself · 失效时间';

CREATE TABLE review_tokens (
    token_hash bytea PRIMARY KEY,
    user_name  text NOT NULL REFERENCES review_users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE review_tokens IS 'tokens by which programs use the API in a user''s name · 接口令牌';
COMMENT ON COLUMN review_tokens.token_hash IS 'SHA-256 of the token · 令牌散列';
COMMENT ON COLUMN review_tokens.user_name IS 'in whose name · 用户名';
COMMENT ON COLUMN review_tokens.created_at IS 'when it was made · 创建时间';

CREATE TABLE corrections (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document  text NOT NULL REFERENCES documents,
    ordinal   integer NOT NULL,
    path      text NOT NULL,
    page      integer,
    box       real[] CHECK (cardinality(box) = 4),
    from_text text NOT NULL,
    to_text   text NOT NULL,
    reason    text NOT NULL,
    user_name text NOT NULL,
    made_at   timestamptz NOT NULL DEFAULT now(),
    undoes    bigint UNIQUE REFERENCES corrections
);
CREATE INDEX corrections_document ON corrections (document, ordinal, id);
COMMENT ON TABLE corrections IS 'what people decided about readings; appended, never changed · 更正记录';
COMMENT ON COLUMN corrections.id IS 'order · 顺序';
COMMENT ON COLUMN corrections.document IS 'SHA-256 of the document · 文件哈希';
COMMENT ON COLUMN corrections.ordinal IS 'form of the document, from 1 · 文件内序号';
COMMENT ON COLUMN corrections.path IS 'path of the figure in the record · 路径';
COMMENT ON COLUMN corrections.page IS 'page of the figure, by which it is found again · 页';
COMMENT ON COLUMN corrections.box IS 'place of the figure on that page · 位置';
COMMENT ON COLUMN corrections.from_text IS 'reading that stood before · 更正前';
COMMENT ON COLUMN corrections.to_text IS 'what the person sees on the page; equal to from_text where the reading was confirmed · 更正后';
COMMENT ON COLUMN corrections.reason IS 'why, in the person''s words or by what key · 理由';
COMMENT ON COLUMN corrections.user_name IS 'who · 更正人';
COMMENT ON COLUMN corrections.made_at IS 'when · 更正时间';
COMMENT ON COLUMN corrections.undoes IS 'correction that this one takes back; null for one that corrects · 撤销的更正';

-- +goose StatementBegin
CREATE FUNCTION corrections_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'corrections are appended and never changed; take one back with another';
END $$;
-- +goose StatementEnd
CREATE TRIGGER corrections_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON corrections
    EXECUTE FUNCTION corrections_are_kept();

-- What the corrected forms come to. Made from forms and corrections, and made
-- again when either changes.
CREATE TABLE reviews (
    form_id     bigint PRIMARY KEY REFERENCES forms ON DELETE CASCADE,
    corrections integer NOT NULL,
    doubts      integer NOT NULL,
    lost        integer NOT NULL
);
COMMENT ON TABLE reviews IS 'forms that a person has corrected, as they stand now · 复核情况';
COMMENT ON COLUMN reviews.form_id IS 'form · 表号';
COMMENT ON COLUMN reviews.corrections IS 'corrections in force · 有效更正数';
COMMENT ON COLUMN reviews.doubts IS 'figures still in doubt · 仍存疑数';
COMMENT ON COLUMN reviews.lost IS 'corrections whose place this reading of the document does not have · 找不到位置的更正数';

CREATE TABLE review_discrepancies (
    form_id    bigint NOT NULL REFERENCES reviews ON DELETE CASCADE,
    position   integer NOT NULL,
    rule       text NOT NULL,
    where_path text NOT NULL,
    printed    text NOT NULL,
    computed   text NOT NULL,
    difference text NOT NULL,
    verdict    text NOT NULL,
    message    text NOT NULL,
    message_zh text NOT NULL,
    confirmed  boolean NOT NULL,
    PRIMARY KEY (form_id, position)
);
COMMENT ON TABLE review_discrepancies IS 'rules that a corrected form still breaks · 更正后的不符之处';
COMMENT ON COLUMN review_discrepancies.form_id IS 'form · 表号';
COMMENT ON COLUMN review_discrepancies.position IS 'order, from 0 · 顺序';
COMMENT ON COLUMN review_discrepancies.rule IS 'name of the rule · 规则';
COMMENT ON COLUMN review_discrepancies.where_path IS 'path of the figure · 路径';
COMMENT ON COLUMN review_discrepancies.printed IS 'what is printed there · 表列';
COMMENT ON COLUMN review_discrepancies.computed IS 'what the other figures give · 应为';
COMMENT ON COLUMN review_discrepancies.difference IS 'printed less computed · 差额';
COMMENT ON COLUMN review_discrepancies.verdict IS 'form, misread or undecided · 结论';
COMMENT ON COLUMN review_discrepancies.message IS 'one sentence in English · 英文说明';
COMMENT ON COLUMN review_discrepancies.message_zh IS 'one sentence in Chinese · 中文说明';
COMMENT ON COLUMN review_discrepancies.confirmed IS 'whether a person has seen the printed figure on the page · 是否已经人工确认';

CREATE VIEW review_view AS
SELECT x.form_id, x.position, x.rule, x.where_path, x.printed, x.computed, x.difference, x.verdict, x.message, x.message_zh,
       CASE WHEN r.form_id IS NULL THEN 'open' ELSE 'settled' END AS status
FROM discrepancies x
LEFT JOIN reviews r USING (form_id)
WHERE r.form_id IS NULL
   OR NOT EXISTS (SELECT FROM review_discrepancies y WHERE y.form_id = x.form_id AND y.rule = x.rule AND y.where_path = x.where_path)
UNION ALL
SELECT y.form_id, y.position, y.rule, y.where_path, y.printed, y.computed, y.difference, y.verdict, y.message, y.message_zh,
       CASE WHEN y.confirmed THEN 'confirmed' ELSE 'open' END
FROM review_discrepancies y;
COMMENT ON VIEW review_view IS 'discrepancies and what became of them on review · 不符及复核一览';
COMMENT ON COLUMN review_view.form_id IS 'form · 表号';
COMMENT ON COLUMN review_view.position IS 'order on the form · 顺序';
COMMENT ON COLUMN review_view.rule IS 'name of the rule · 规则';
COMMENT ON COLUMN review_view.where_path IS 'path of the figure · 路径';
COMMENT ON COLUMN review_view.printed IS 'what is printed there · 表列';
COMMENT ON COLUMN review_view.computed IS 'what the other figures give · 应为';
COMMENT ON COLUMN review_view.difference IS 'printed less computed · 差额';
COMMENT ON COLUMN review_view.verdict IS 'form, misread or undecided · 结论';
COMMENT ON COLUMN review_view.message IS 'one sentence in English · 英文说明';
COMMENT ON COLUMN review_view.message_zh IS 'one sentence in Chinese · 中文说明';
COMMENT ON COLUMN review_view.status IS 'open, confirmed (a person has seen the printed figure) or settled (corrected, and the rule holds) · 状态';

-- What the lists of the review station ask for.
CREATE INDEX documents_read_at ON documents (read_at, sha256);
CREATE INDEX batch_documents_batch_sha256 ON batch_documents (batch, sha256) WHERE sha256 IS NOT NULL;

-- Cells that were read as the same doubtful number, to be looked over together.
CREATE INDEX figures_doubtful_number ON figures (text, form_id, position)
    WHERE doubt IS NOT NULL AND value IS NOT NULL AND length(text) <= 16;

-- +goose Up

-- A document is the bytes of a file; its hash is its key, so that the same scan
-- sent twice under two names is one document.
CREATE TABLE documents (
    sha256         text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    name           text NOT NULL,
    bytes          bigint NOT NULL,
    pages          integer NOT NULL,
    reader_version text NOT NULL,
    error_code     text,
    error_message  text,
    read_at        timestamptz NOT NULL DEFAULT now(),
    CHECK ((error_code IS NULL) = (error_message IS NULL))
);
CREATE INDEX documents_error_code ON documents (error_code) WHERE error_code IS NOT NULL;

COMMENT ON TABLE documents IS 'files that were read, or that could not be read · 文件';
COMMENT ON COLUMN documents.sha256 IS 'SHA-256 of the file''s bytes, lower-case hex · 文件哈希';
COMMENT ON COLUMN documents.name IS 'name under which these rows were read; every name is in document_names · 文件名';
COMMENT ON COLUMN documents.bytes IS 'size in bytes · 字节数';
COMMENT ON COLUMN documents.pages IS 'number of pages · 页数';
COMMENT ON COLUMN documents.reader_version IS 'version of heji that read it · 读取程序版本';
COMMENT ON COLUMN documents.error_code IS 'why it could not be read, such as damaged or encrypted; null when it was read · 错误代码';
COMMENT ON COLUMN documents.error_message IS 'the same as a sentence that ends in what to do next · 错误说明';
COMMENT ON COLUMN documents.read_at IS 'when these rows were written · 入库时间';

CREATE TABLE document_names (
    document   text NOT NULL REFERENCES documents ON DELETE CASCADE,
    name       text NOT NULL,
    first_seen timestamptz NOT NULL DEFAULT now()
);
-- A path can be longer than an index entry may be, so its digest is indexed.
CREATE UNIQUE INDEX document_names_key ON document_names (document, md5(name));

COMMENT ON TABLE document_names IS 'every name a document was imported under · 文件的各个名称';
COMMENT ON COLUMN document_names.document IS 'SHA-256 of the document · 文件哈希';
COMMENT ON COLUMN document_names.name IS 'name as given · 文件名';
COMMENT ON COLUMN document_names.first_seen IS 'first import under this name · 首次入库时间';

CREATE TABLE forms (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document          text NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal           integer NOT NULL,
    pages             integer[] NOT NULL,
    kind              text NOT NULL,
    title             text NOT NULL,
    year              integer,
    unit              text,
    unit_name         text,
    total_weight      numeric,
    total_weight_text text,
    total_score       numeric,
    total_score_text  text,
    grade             text,
    record            json NOT NULL,
    fingerprint       text,
    numbers           text[],
    UNIQUE (document, ordinal)
);
-- Names are read from paper and may be of any length; a hash index takes them all.
CREATE INDEX forms_unit_name ON forms USING hash (unit_name);
-- A scan's unit is often misread by one character, so twins are looked for by the
-- numbers that few forms share: those of four figures and more.
-- Each new form is looked for at once, and the list of what is not yet in the
-- index would be read to its end for each.
CREATE INDEX forms_numbers ON forms USING gin (numbers) WITH (fastupdate = off);

COMMENT ON TABLE forms IS 'one row a self-evaluation form · 绩效自评表';
COMMENT ON COLUMN forms.id IS 'number of the form in this database · 表号';
COMMENT ON COLUMN forms.document IS 'SHA-256 of the document it is in · 文件哈希';
COMMENT ON COLUMN forms.ordinal IS 'first, second … form of the document, from 1 · 文件内序号';
COMMENT ON COLUMN forms.pages IS 'pages it is printed on, from 1 · 所在页';
COMMENT ON COLUMN forms.kind IS 'department (部门整体支出) or project (项目支出) · 表类';
COMMENT ON COLUMN forms.title IS 'printed title · 标题';
COMMENT ON COLUMN forms.year IS 'year evaluated; null when not printed · 年度';
COMMENT ON COLUMN forms.unit IS 'unit of the amounts where the form prints one for all: 万元, 元 or 亿元 · 金额单位';
COMMENT ON COLUMN forms.unit_name IS 'printed name of the unit, else of the reporting or implementing unit · 单位名称';
COMMENT ON COLUMN forms.total_weight IS 'printed total of the weights · 分值合计';
COMMENT ON COLUMN forms.total_weight_text IS 'the total of the weights as printed · 分值合计（原文）';
COMMENT ON COLUMN forms.total_score IS 'printed total score · 综合得分';
COMMENT ON COLUMN forms.total_score_text IS 'the total score as printed · 综合得分（原文）';
COMMENT ON COLUMN forms.grade IS 'printed grade, such as 优 · 等次';
COMMENT ON COLUMN forms.record IS 'the whole record as heji exports it, byte for byte · 完整记录';
COMMENT ON COLUMN forms.fingerprint IS 'SHA-256 of unit, year, kind and all numbers, in any order · 指纹';
COMMENT ON COLUMN forms.numbers IS 'its numbers of many figures, by which twins are found · 特征数字';

-- Where every figure of a form is printed and how it was read. The tables below
-- repeat the values by name, for reading; this one says where they come from.
CREATE TABLE figures (
    form_id      bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position     integer NOT NULL,
    path         text NOT NULL,
    label        text,
    text         text NOT NULL,
    value        numeric,
    unit         text,
    state        text NOT NULL,
    comparator   text,
    page         integer,
    box          real[] CHECK (cardinality(box) = 4),
    confidence   real NOT NULL,
    reader       text,
    agreed       integer NOT NULL,
    doubt        text,
    alternatives jsonb NOT NULL,
    PRIMARY KEY (form_id, position)
);

COMMENT ON TABLE figures IS 'every printed figure with its place on the page and its reader · 表内各项及其出处';
COMMENT ON COLUMN figures.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN figures.position IS 'place in the record''s order, from 0 · 顺序';
COMMENT ON COLUMN figures.path IS 'path into the record, such as indicators[7].score · 路径';
COMMENT ON COLUMN figures.label IS 'printed label; null where the place has none of its own · 标签';
COMMENT ON COLUMN figures.text IS 'as printed · 原文';
COMMENT ON COLUMN figures.value IS 'the number with its printed decimals; null when the text is not one number · 数值';
COMMENT ON COLUMN figures.unit IS 'unit printed beside it, in the label or for the form · 单位';
COMMENT ON COLUMN figures.state IS 'read, blank (nothing printed), none (—, / or 无 printed) or illegible · 状态';
COMMENT ON COLUMN figures.comparator IS 'of a target or actual: >=, <=, =, >, < or range · 比较符';
COMMENT ON COLUMN figures.page IS 'page, from 1; null when not known · 页';
COMMENT ON COLUMN figures.box IS 'x0, y0, x1, y1 in points from the top left of the page; null when not known · 位置';
COMMENT ON COLUMN figures.confidence IS 'how sure the reader was, 0 to 1 · 置信度';
COMMENT ON COLUMN figures.reader IS 'text-layer, ocr, transcript or person · 读取方式';
COMMENT ON COLUMN figures.agreed IS 'further independent readings that say the same · 相符的其他读数个数';
COMMENT ON COLUMN figures.doubt IS 'why the reading should not be relied on; null when there is no doubt · 存疑原因';
COMMENT ON COLUMN figures.alternatives IS 'readings of the same ink that differ, best first · 其他读数';

CREATE TABLE fields (
    form_id    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position   integer NOT NULL,
    key        text,
    label      text,
    text       text NOT NULL,
    value      numeric,
    unit       text,
    state      text NOT NULL,
    page       integer,
    box        real[] CHECK (cardinality(box) = 4),
    confidence real NOT NULL,
    reader     text,
    PRIMARY KEY (form_id, position)
);
CREATE INDEX fields_key ON fields (key);

COMMENT ON TABLE fields IS 'header fields, known ones by key and others by label · 表头各栏';
COMMENT ON COLUMN fields.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN fields.position IS 'place on the form, from 0 · 顺序';
COMMENT ON COLUMN fields.key IS 'key of a known field, such as executed; null for a label heji does not know · 键';
COMMENT ON COLUMN fields.label IS 'printed label · 标签';
COMMENT ON COLUMN fields.text IS 'as printed · 原文';
COMMENT ON COLUMN fields.value IS 'the number with its printed decimals; null when the text is not one number · 数值';
COMMENT ON COLUMN fields.unit IS 'unit of the number · 单位';
COMMENT ON COLUMN fields.state IS 'read, blank, none or illegible · 状态';
COMMENT ON COLUMN fields.page IS 'page, from 1; null when not known · 页';
COMMENT ON COLUMN fields.box IS 'x0, y0, x1, y1 in points from the top left of the page · 位置';
COMMENT ON COLUMN fields.confidence IS 'how sure the reader was, 0 to 1 · 置信度';
COMMENT ON COLUMN fields.reader IS 'text-layer, ocr, transcript or person · 读取方式';

CREATE TABLE funds (
    form_id       bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position      integer NOT NULL,
    source        text NOT NULL,
    label         text NOT NULL,
    initial       numeric,
    initial_text  text,
    budget        numeric,
    budget_text   text,
    executed      numeric,
    executed_text text,
    weight        numeric,
    weight_text   text,
    rate          numeric,
    rate_text     text,
    rate_unit     text,
    score         numeric,
    score_text    text,
    PRIMARY KEY (form_id, position)
);

COMMENT ON TABLE funds IS 'rows of the funds table; the provenance of funds[i] is in figures · 资金情况';
COMMENT ON COLUMN funds.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN funds.position IS 'row, from 0 · 行';
COMMENT ON COLUMN funds.source IS 'total (年度资金总额), fiscal (财政拨款), carryover (上年结转), other (其他资金) or the label · 资金来源';
COMMENT ON COLUMN funds.label IS 'printed label · 标签';
COMMENT ON COLUMN funds.initial IS 'budget at the start of the year · 年初预算数';
COMMENT ON COLUMN funds.initial_text IS 'the same as printed; null where the form has no such column · 年初预算数（原文）';
COMMENT ON COLUMN funds.budget IS 'budget for the whole year · 全年预算数';
COMMENT ON COLUMN funds.budget_text IS 'the same as printed · 全年预算数（原文）';
COMMENT ON COLUMN funds.executed IS 'amount spent · 执行数';
COMMENT ON COLUMN funds.executed_text IS 'the same as printed · 执行数（原文）';
COMMENT ON COLUMN funds.weight IS 'weight of the execution rate · 分值';
COMMENT ON COLUMN funds.weight_text IS 'the same as printed · 分值（原文）';
COMMENT ON COLUMN funds.rate IS 'execution rate as printed: 98 with rate_unit %, or 0.98 without · 执行率';
COMMENT ON COLUMN funds.rate_text IS 'the same as printed · 执行率（原文）';
COMMENT ON COLUMN funds.rate_unit IS '% where the rate is a percentage · 执行率单位';
COMMENT ON COLUMN funds.score IS 'score of the execution rate · 得分';
COMMENT ON COLUMN funds.score_text IS 'the same as printed · 得分（原文）';

CREATE TABLE indicators (
    form_id                    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position                   integer NOT NULL,
    kind                       text NOT NULL,
    level1                     text,
    level2                     text,
    level3                     text,
    canonical                  text,
    nature                     text,
    core                       text,
    reference_weight           numeric,
    reference_weight_text      text,
    weight                     numeric,
    weight_text                text,
    target                     numeric,
    target_text                text,
    target_comparator          text,
    target_unit                text,
    actual                     numeric,
    actual_text                text,
    actual_comparator          text,
    actual_unit                text,
    coefficient                numeric,
    coefficient_text           text,
    analysis                   text,
    note                       text,
    score                      numeric,
    score_text                 text,
    review_score               numeric,
    review_score_text          text,
    adjusted_target            numeric,
    adjusted_target_text       text,
    adjusted_target_comparator text,
    adjusted_target_unit       text,
    canonical_confidence       real,
    PRIMARY KEY (form_id, position)
);

COMMENT ON TABLE indicators IS 'indicator rows in printed order, section rows among them; the provenance of indicators[i] is in figures · 指标';
COMMENT ON COLUMN indicators.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN indicators.position IS 'row, from 0 · 行';
COMMENT ON COLUMN indicators.kind IS 'leaf, or section for a printed subtotal · 行类';
COMMENT ON COLUMN indicators.level1 IS 'first level name · 一级指标';
COMMENT ON COLUMN indicators.level2 IS 'second level name · 二级指标';
COMMENT ON COLUMN indicators.level3 IS 'third level name · 三级指标';
COMMENT ON COLUMN indicators.canonical IS 'full name in the standard framework; null when there is none · 规范名称';
COMMENT ON COLUMN indicators.nature IS 'printed nature of the indicator, such as 定量 · 指标性质';
COMMENT ON COLUMN indicators.core IS 'printed mark of a core indicator · 核心指标';
COMMENT ON COLUMN indicators.reference_weight IS 'weight the framework suggests · 参考分值';
COMMENT ON COLUMN indicators.reference_weight_text IS 'the same as printed; null where the form has no such column · 参考分值（原文）';
COMMENT ON COLUMN indicators.weight IS 'printed weight of the row · 分值';
COMMENT ON COLUMN indicators.weight_text IS 'the same as printed · 分值（原文）';
COMMENT ON COLUMN indicators.target IS 'number of the target · 年度指标值';
COMMENT ON COLUMN indicators.target_text IS 'the target as printed · 年度指标值（原文）';
COMMENT ON COLUMN indicators.target_comparator IS '>=, <=, =, >, < or range · 年度指标值比较符';
COMMENT ON COLUMN indicators.target_unit IS 'unit of the target, such as % · 年度指标值单位';
COMMENT ON COLUMN indicators.actual IS 'number achieved · 实际完成值';
COMMENT ON COLUMN indicators.actual_text IS 'what was achieved as printed · 实际完成值（原文）';
COMMENT ON COLUMN indicators.actual_comparator IS '>=, <=, =, >, < or range · 实际完成值比较符';
COMMENT ON COLUMN indicators.actual_unit IS 'unit of the number achieved, such as % · 实际完成值单位';
COMMENT ON COLUMN indicators.coefficient IS 'printed score coefficient · 得分系数';
COMMENT ON COLUMN indicators.coefficient_text IS 'the same as printed · 得分系数（原文）';
COMMENT ON COLUMN indicators.analysis IS 'how the score was computed, as printed · 计算分析情况';
COMMENT ON COLUMN indicators.note IS 'printed note or reason for a deviation · 备注、偏差原因';
COMMENT ON COLUMN indicators.score IS 'printed score of the row · 得分';
COMMENT ON COLUMN indicators.score_text IS 'the same as printed · 得分（原文）';
COMMENT ON COLUMN indicators.review_score IS 'score given on review · 复核分';
COMMENT ON COLUMN indicators.review_score_text IS 'the same as printed · 复核分（原文）';
COMMENT ON COLUMN indicators.adjusted_target IS 'number of the target as adjusted during the year · 调整后指标值';
COMMENT ON COLUMN indicators.adjusted_target_text IS 'the same as printed; null where the form has no such column · 调整后指标值（原文）';
COMMENT ON COLUMN indicators.adjusted_target_comparator IS '>=, <=, =, >, < or range · 调整后指标值比较符';
COMMENT ON COLUMN indicators.adjusted_target_unit IS 'unit of the adjusted target, such as % · 调整后指标值单位';
COMMENT ON COLUMN indicators.canonical_confidence IS 'how sure the match of the canonical name is, 0 to 1; 1 letter for letter · 规范名称置信度';

CREATE TABLE evaluators (
    form_id    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position   integer NOT NULL,
    name       text NOT NULL,
    title      text NOT NULL,
    department text NOT NULL,
    phone      text NOT NULL,
    PRIMARY KEY (form_id, position)
);

COMMENT ON TABLE evaluators IS 'people named at the foot of a form · 评价人员';
COMMENT ON COLUMN evaluators.form_id IS 'form they are named on · 表号';
COMMENT ON COLUMN evaluators.position IS 'row, from 0 · 行';
COMMENT ON COLUMN evaluators.name IS 'printed name · 姓名';
COMMENT ON COLUMN evaluators.title IS 'printed post or title · 职务职称';
COMMENT ON COLUMN evaluators.department IS 'printed department · 单位';
COMMENT ON COLUMN evaluators.phone IS 'printed telephone number · 联系电话';

CREATE TABLE problems (
    form_id    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position   integer NOT NULL,
    where_path text NOT NULL,
    code       text NOT NULL,
    message    text NOT NULL,
    page       integer,
    box        real[] CHECK (cardinality(box) = 4),
    PRIMARY KEY (form_id, position)
);
CREATE INDEX problems_code ON problems (code);

COMMENT ON TABLE problems IS 'places that were not read or cannot be relied on; about the reading, not the form · 读取问题';
COMMENT ON COLUMN problems.form_id IS 'form it is on · 表号';
COMMENT ON COLUMN problems.position IS 'order, from 0 · 顺序';
COMMENT ON COLUMN problems.where_path IS 'path into the record, or the page · 路径';
COMMENT ON COLUMN problems.code IS 'kind of problem, such as illegible · 代码';
COMMENT ON COLUMN problems.message IS 'one sentence · 说明';
COMMENT ON COLUMN problems.page IS 'page, from 1; null when not known · 页';
COMMENT ON COLUMN problems.box IS 'x0, y0, x1, y1 in points from the top left of the page · 位置';

CREATE TABLE discrepancies (
    form_id          bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position         integer NOT NULL,
    rule             text NOT NULL,
    where_path       text NOT NULL,
    printed          text NOT NULL,
    printed_value    numeric,
    computed         text NOT NULL,
    computed_value   numeric,
    difference       text NOT NULL,
    difference_value numeric,
    verdict          text NOT NULL,
    message          text NOT NULL,
    message_zh       text NOT NULL,
    operands         jsonb NOT NULL,
    repairs          jsonb NOT NULL,
    page             integer,
    box              real[] CHECK (cardinality(box) = 4),
    PRIMARY KEY (form_id, position)
);

COMMENT ON TABLE discrepancies IS 'figures that break a rule · 不符之处';
COMMENT ON COLUMN discrepancies.form_id IS 'form it is on · 表号';
COMMENT ON COLUMN discrepancies.position IS 'order, from 0 · 顺序';
COMMENT ON COLUMN discrepancies.rule IS 'name of the rule; heji rules lists them · 规则';
COMMENT ON COLUMN discrepancies.where_path IS 'path of the figure that is wrong if all others are right · 路径';
COMMENT ON COLUMN discrepancies.printed IS 'what is printed there · 表列';
COMMENT ON COLUMN discrepancies.printed_value IS 'the same as a number; null for a grade · 表列数值';
COMMENT ON COLUMN discrepancies.computed IS 'what the other figures give · 应为';
COMMENT ON COLUMN discrepancies.computed_value IS 'the same as a number · 应为数值';
COMMENT ON COLUMN discrepancies.difference IS 'printed less computed; empty where there is no such number · 差额';
COMMENT ON COLUMN discrepancies.difference_value IS 'the same as a number · 差额数值';
COMMENT ON COLUMN discrepancies.verdict IS 'form (the form contradicts itself), misread (a repair settles every rule) or undecided · 结论';
COMMENT ON COLUMN discrepancies.message IS 'one sentence in English · 英文说明';
COMMENT ON COLUMN discrepancies.message_zh IS 'one sentence in Chinese · 中文说明';
COMMENT ON COLUMN discrepancies.operands IS 'figures the computed one was made of · 计算所用各项';
COMMENT ON COLUMN discrepancies.repairs IS 'readings that would settle the rule; suggestions, never applied · 更正建议';
COMMENT ON COLUMN discrepancies.page IS 'page of the figure, from 1; null when not known · 页';
COMMENT ON COLUMN discrepancies.box IS 'place of the figure on that page · 位置';

-- Counts of each form, kept by triggers and so never stale: nobody reads a million
-- forms to count them.
CREATE TABLE form_facts (
    form_id   bigint PRIMARY KEY REFERENCES forms ON DELETE CASCADE,
    leaves    integer NOT NULL DEFAULT 0,
    pointed   integer NOT NULL DEFAULT 0,
    full_rows integer NOT NULL DEFAULT 0,
    problems  integer NOT NULL DEFAULT 0,
    by_form   integer NOT NULL DEFAULT 0,
    misread   integer NOT NULL DEFAULT 0,
    undecided integer NOT NULL DEFAULT 0
);
CREATE INDEX form_facts_wrong ON form_facts (form_id) WHERE by_form > 0;

COMMENT ON TABLE form_facts IS 'counts of each form, kept up to date by the database itself · 各表计数';
COMMENT ON COLUMN form_facts.form_id IS 'form they are of · 表号';
COMMENT ON COLUMN form_facts.leaves IS 'indicator rows without section rows · 指标数';
COMMENT ON COLUMN form_facts.pointed IS 'those with a weight above 0 · 有分值的指标数';
COMMENT ON COLUMN form_facts.full_rows IS 'those whose score is the whole weight · 得满分的指标数';
COMMENT ON COLUMN form_facts.problems IS 'places not read or not to be relied on · 读取问题数';
COMMENT ON COLUMN form_facts.by_form IS 'discrepancies in which the form itself is wrong · 表内矛盾数';
COMMENT ON COLUMN form_facts.misread IS 'those in which the reading probably is · 疑为误读数';
COMMENT ON COLUMN form_facts.undecided IS 'those of which it cannot be told · 未定数';

-- What comes is added; what goes or changes has the form counted anew.

-- +goose StatementBegin
CREATE FUNCTION heji_count_indicators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO form_facts AS f (form_id, leaves, pointed, full_rows)
        SELECT form_id, count(*), count(*) FILTER (WHERE weight > 0), count(*) FILTER (WHERE weight > 0 AND score = weight)
        FROM changed WHERE kind = 'leaf' GROUP BY form_id
        ON CONFLICT (form_id) DO UPDATE SET leaves = f.leaves + excluded.leaves, pointed = f.pointed + excluded.pointed, full_rows = f.full_rows + excluded.full_rows;
        RETURN NULL;
    END IF;
    INSERT INTO form_facts (form_id, leaves, pointed, full_rows)
    SELECT f.id, count(i.form_id), count(i.form_id) FILTER (WHERE i.weight > 0), count(i.form_id) FILTER (WHERE i.weight > 0 AND i.score = i.weight)
    FROM (SELECT DISTINCT form_id FROM changed) c JOIN forms f ON f.id = c.form_id LEFT JOIN indicators i ON i.form_id = f.id AND i.kind = 'leaf'
    GROUP BY f.id
    ON CONFLICT (form_id) DO UPDATE SET leaves = excluded.leaves, pointed = excluded.pointed, full_rows = excluded.full_rows;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heji_count_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO form_facts AS f (form_id, problems)
        SELECT form_id, count(*) FROM changed GROUP BY form_id
        ON CONFLICT (form_id) DO UPDATE SET problems = f.problems + excluded.problems;
        RETURN NULL;
    END IF;
    INSERT INTO form_facts (form_id, problems)
    SELECT f.id, count(p.form_id)
    FROM (SELECT DISTINCT form_id FROM changed) c JOIN forms f ON f.id = c.form_id LEFT JOIN problems p ON p.form_id = f.id
    GROUP BY f.id
    ON CONFLICT (form_id) DO UPDATE SET problems = excluded.problems;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heji_count_discrepancies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO form_facts AS f (form_id, by_form, misread, undecided)
        SELECT form_id, count(*) FILTER (WHERE verdict = 'form'), count(*) FILTER (WHERE verdict = 'misread'), count(*) FILTER (WHERE verdict NOT IN ('form', 'misread'))
        FROM changed GROUP BY form_id
        ON CONFLICT (form_id) DO UPDATE SET by_form = f.by_form + excluded.by_form, misread = f.misread + excluded.misread, undecided = f.undecided + excluded.undecided;
        RETURN NULL;
    END IF;
    INSERT INTO form_facts (form_id, by_form, misread, undecided)
    SELECT f.id, count(x.form_id) FILTER (WHERE x.verdict = 'form'), count(x.form_id) FILTER (WHERE x.verdict = 'misread'),
           count(x.form_id) FILTER (WHERE x.verdict NOT IN ('form', 'misread'))
    FROM (SELECT DISTINCT form_id FROM changed) c JOIN forms f ON f.id = c.form_id LEFT JOIN discrepancies x ON x.form_id = f.id
    GROUP BY f.id
    ON CONFLICT (form_id) DO UPDATE SET by_form = excluded.by_form, misread = excluded.misread, undecided = excluded.undecided;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE counted text;
BEGIN
    FOREACH counted IN ARRAY ARRAY['indicators', 'problems', 'discrepancies'] LOOP
        EXECUTE format('CREATE TRIGGER count_new AFTER INSERT ON %1$I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_count_%1$s()', counted);
        EXECUTE format('CREATE TRIGGER count_other AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_count_%1$s()', counted);
        EXECUTE format('CREATE TRIGGER count_gone AFTER DELETE ON %1$I REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_count_%1$s()', counted);
    END LOOP;
END $$;
-- +goose StatementEnd

-- The first rows of a view in the order of names, without sorting all of them.
CREATE INDEX documents_name ON documents (left(name, 200));

CREATE VIEW discrepancy_view AS
SELECT d.name AS document, f.ordinal AS form, f.unit_name, f.year, x.rule, x.verdict, x.where_path,
       x.printed, x.computed, x.difference_value AS difference, x.message_zh, x.message, x.page
FROM discrepancies x
JOIN forms f ON f.id = x.form_id
JOIN documents d ON d.sha256 = f.document
ORDER BY left(d.name, 200), d.name, f.ordinal, x.position;

COMMENT ON VIEW discrepancy_view IS 'every discrepancy with its document and unit · 不符一览';
COMMENT ON COLUMN discrepancy_view.document IS 'name of the document · 文件名';
COMMENT ON COLUMN discrepancy_view.form IS 'form of the document, from 1 · 文件内序号';
COMMENT ON COLUMN discrepancy_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN discrepancy_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN discrepancy_view.rule IS 'name of the rule · 规则';
COMMENT ON COLUMN discrepancy_view.verdict IS 'form, misread or undecided · 结论';
COMMENT ON COLUMN discrepancy_view.where_path IS 'path of the figure in the record · 路径';
COMMENT ON COLUMN discrepancy_view.printed IS 'what is printed · 表列';
COMMENT ON COLUMN discrepancy_view.computed IS 'what the other figures give · 应为';
COMMENT ON COLUMN discrepancy_view.difference IS 'printed less computed · 差额';
COMMENT ON COLUMN discrepancy_view.message_zh IS 'one sentence in Chinese · 中文说明';
COMMENT ON COLUMN discrepancy_view.message IS 'one sentence in English · 英文说明';
COMMENT ON COLUMN discrepancy_view.page IS 'page of the figure · 页';

CREATE VIEW form_view AS
SELECT d.name AS document, f.ordinal AS form, f.kind, f.unit_name, f.year, f.unit, f.total_weight, f.total_score, f.grade,
       coalesce(c.leaves, 0)::bigint AS indicators, coalesce(c.problems, 0)::bigint AS problems,
       coalesce(c.by_form + c.misread + c.undecided, 0)::bigint AS discrepancies, coalesce(c.by_form, 0)::bigint AS discrepancies_by_form
FROM forms f
JOIN documents d ON d.sha256 = f.document
LEFT JOIN form_facts c ON c.form_id = f.id
ORDER BY left(d.name, 200), d.name, f.ordinal;

COMMENT ON VIEW form_view IS 'one row a form with its totals and what was found · 自评表一览';
COMMENT ON COLUMN form_view.document IS 'name of the document · 文件名';
COMMENT ON COLUMN form_view.form IS 'form of the document, from 1 · 文件内序号';
COMMENT ON COLUMN form_view.kind IS 'department or project · 表类';
COMMENT ON COLUMN form_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN form_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN form_view.unit IS 'unit of the amounts · 金额单位';
COMMENT ON COLUMN form_view.total_weight IS 'printed total of the weights · 分值合计';
COMMENT ON COLUMN form_view.total_score IS 'printed total score · 综合得分';
COMMENT ON COLUMN form_view.grade IS 'printed grade · 等次';
COMMENT ON COLUMN form_view.indicators IS 'indicator rows without section rows · 指标数';
COMMENT ON COLUMN form_view.problems IS 'places not read or not to be relied on · 读取问题数';
COMMENT ON COLUMN form_view.discrepancies IS 'discrepancies of every verdict · 不符数';
COMMENT ON COLUMN form_view.discrepancies_by_form IS 'discrepancies in which the form itself is wrong · 表内矛盾数';

CREATE VIEW indicator_view AS
SELECT d.name AS document, f.ordinal AS form, f.unit_name, f.year, i.position + 1 AS row, i.kind, i.level1, i.level2, i.level3,
       i.canonical, i.weight, i.target_text AS target, i.actual_text AS actual, i.score
FROM indicators i
JOIN forms f ON f.id = i.form_id
JOIN documents d ON d.sha256 = f.document
ORDER BY left(d.name, 200), d.name, f.ordinal, i.position;

COMMENT ON VIEW indicator_view IS 'every indicator row with its document and unit · 指标一览';
COMMENT ON COLUMN indicator_view.document IS 'name of the document · 文件名';
COMMENT ON COLUMN indicator_view.form IS 'form of the document, from 1 · 文件内序号';
COMMENT ON COLUMN indicator_view.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN indicator_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN indicator_view.row IS 'row of the form, from 1 · 行';
COMMENT ON COLUMN indicator_view.kind IS 'leaf, or section for a printed subtotal · 行类';
COMMENT ON COLUMN indicator_view.level1 IS 'first level name · 一级指标';
COMMENT ON COLUMN indicator_view.level2 IS 'second level name · 二级指标';
COMMENT ON COLUMN indicator_view.level3 IS 'third level name · 三级指标';
COMMENT ON COLUMN indicator_view.canonical IS 'full name in the standard framework · 规范名称';
COMMENT ON COLUMN indicator_view.weight IS 'printed weight · 分值';
COMMENT ON COLUMN indicator_view.target IS 'target as printed · 年度指标值';
COMMENT ON COLUMN indicator_view.actual IS 'what was achieved, as printed · 实际完成值';
COMMENT ON COLUMN indicator_view.score IS 'printed score · 得分';

CREATE VIEW failure_view AS
SELECT name AS document, error_code AS code, error_message AS message, bytes, read_at
FROM documents
WHERE error_code IS NOT NULL
ORDER BY name;

COMMENT ON VIEW failure_view IS 'documents that could not be read · 未能读取的文件';
COMMENT ON COLUMN failure_view.document IS 'name of the document · 文件名';
COMMENT ON COLUMN failure_view.code IS 'error code · 错误代码';
COMMENT ON COLUMN failure_view.message IS 'what happened and what to do next · 错误说明';
COMMENT ON COLUMN failure_view.bytes IS 'size in bytes · 字节数';
COMMENT ON COLUMN failure_view.read_at IS 'when it was tried · 入库时间';

COMMENT ON TABLE heji_migrations IS 'versions of these tables · 表结构版本';
COMMENT ON COLUMN heji_migrations.id IS 'order of the entries · 顺序';
COMMENT ON COLUMN heji_migrations.version_id IS 'number of the migration · 版本号';
COMMENT ON COLUMN heji_migrations.is_applied IS 'whether it was applied · 是否已应用';
COMMENT ON COLUMN heji_migrations.tstamp IS 'when · 时间';

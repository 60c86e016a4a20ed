-- +goose Up

-- What forms say of each other. These are screens and no accusations: a form may
-- be right and the other wrong, or both right about different things. Each says on
-- how many forms it stands (compared), stays silent below its least number, and
-- where a figure that takes part was not read or is in doubt. Forms that are
-- probably the same form twice are not held against each other.

-- A sentence that two units both wrote is compared by its digest. Blanks do not
-- count, nor does the unit's own name in it.
CREATE TABLE narratives (
    form_id    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    position   integer NOT NULL,
    key        text NOT NULL,
    characters integer NOT NULL,
    digest     uuid NOT NULL,
    PRIMARY KEY (form_id, position)
);
CREATE INDEX narratives_digest ON narratives (digest);

COMMENT ON TABLE narratives IS 'long texts of a form, by digest · 文字叙述的摘要';
COMMENT ON COLUMN narratives.form_id IS 'form it is in · 表号';
COMMENT ON COLUMN narratives.position IS 'place of the text in fields · 顺序';
COMMENT ON COLUMN narratives.key IS 'key of the field, such as analysis · 键';
COMMENT ON COLUMN narratives.characters IS 'characters of the text without blanks, 50 at least · 字数';
COMMENT ON COLUMN narratives.digest IS 'MD5 of the text without blanks and without the unit''s own name · 摘要';

-- The least text that two people do not write alike by chance.
CREATE FUNCTION heji_narrative(unit_name text, printed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE coalesce(unit_name, '') WHEN '' THEN regexp_replace(printed, '\s', '', 'g')
       ELSE replace(regexp_replace(printed, '\s', '', 'g'), regexp_replace(unit_name, '\s', '', 'g'), '□') END;

-- +goose StatementBegin
CREATE FUNCTION heji_digest_narratives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO narratives (form_id, position, key, characters, digest)
    SELECT t.form_id, t.position, t.key, length(t.said), md5(t.said)::uuid
    FROM (
        SELECT c.form_id, c.position, c.key, heji_narrative(f.unit_name, c.text) AS said
        FROM changed c JOIN forms f ON f.id = c.form_id
        WHERE c.key IN ('execution_note', 'analysis', 'expected_goal', 'actual_outcome') AND length(c.text) >= 50
    ) t
    WHERE length(t.said) >= 50
    ON CONFLICT (form_id, position) DO UPDATE SET key = excluded.key, characters = excluded.characters, digest = excluded.digest;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER digest_new AFTER INSERT ON fields REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_digest_narratives();
CREATE TRIGGER digest_other AFTER UPDATE ON fields REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION heji_digest_narratives();

CREATE INDEX problems_where ON problems (form_id, where_path);

-- A header amount in 元 with its reach, or no row: not read, in doubt, or of no known unit.
-- +goose StatementBegin
CREATE FUNCTION heji_header_amount(form bigint, wanted text, OUT yuan numeric, OUT reach numeric) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT t.value * heji_yuan(t.unit), heji_reach(t.value) * heji_yuan(t.unit)
    FROM fields t JOIN forms f ON f.id = t.form_id
    WHERE t.form_id = form AND t.key = wanted AND t.value IS NOT NULL AND NOT (t.unit IS NULL AND f.unit IS NOT NULL AND t.value <> 0)
      AND NOT EXISTS (SELECT FROM problems p WHERE p.form_id = form AND p.where_path = 'fields.' || wanted)
    ORDER BY t.position LIMIT 1;
END;
-- +goose StatementEnd

-- An amount in 元 as people write it.
CREATE FUNCTION heji_money(yuan numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trim_scale(round(yuan, 2))::text || '元';

-- Carried over against what the year before left. Where a unit has several forms of
-- the year before, none of them may agree.
CREATE VIEW cross_carried_over AS
SELECT f.id AS form_id, last.form_id AS other_id, f.unit_name, f.year, c.yuan AS printed, last.yuan AS expected, c.yuan - last.yuan AS difference,
       last.forms + 1 AS compared,
       format('上年结转%s，与%s年度自评表的年末结余%s不符', heji_money(c.yuan), f.year - 1, heji_money(last.yuan)) AS message_zh,
       format('carried over %s, and the form of %s ends with %s', heji_money(c.yuan), f.year - 1, heji_money(last.yuan)) AS message
FROM forms f
CROSS JOIN LATERAL heji_header_amount(f.id, 'carried_over') c
CROSS JOIN LATERAL (
    SELECT (array_agg(g.id ORDER BY g.id DESC))[1] AS form_id, (array_agg(b.yuan ORDER BY g.id DESC))[1] AS yuan, count(*)::integer AS forms,
           bool_or(b.yuan IS NULL OR abs(c.yuan - b.yuan) <= c.reach + b.reach) AS agrees
    FROM forms g LEFT JOIN LATERAL heji_header_amount(g.id, 'year_end_balance') b ON true
    WHERE left(g.unit_name, 200) = left(f.unit_name, 200) AND g.unit_name = f.unit_name AND g.year = f.year - 1 AND g.kind = 'department'
) last
WHERE f.kind = 'department' AND c.yuan IS NOT NULL AND last.forms > 0 AND NOT last.agrees;

COMMENT ON VIEW cross_carried_over IS 'departmental forms whose carried-over amount is not what the unit''s form of the year before left · 上年结转与上年年末结余不符';
COMMENT ON COLUMN cross_carried_over.compared IS 'forms compared, two at least · 比较的表数';

-- What the projects of a unit spent, and the unit as a whole. A project that was
-- filed twice counts once, with the lesser amount; amounts that were not read can
-- only add to the sum.
CREATE VIEW cross_department_projects AS
SELECT f.id AS form_id, p.other_id, f.unit_name, f.year, e.yuan AS printed, p.yuan AS expected, e.yuan - p.yuan AS difference,
       p.projects + 1 AS compared,
       format('部门整体支出表列执行数%s，而该单位同年%s个项目表列执行数合计%s', heji_money(e.yuan), p.projects, heji_money(p.yuan)) AS message_zh,
       format('the unit spent %s as a whole, and its %s project forms of the year come to %s', heji_money(e.yuan), p.projects, heji_money(p.yuan)) AS message
FROM forms f
CROSS JOIN LATERAL heji_header_amount(f.id, 'executed') e
CROSS JOIN LATERAL (
    SELECT min(s.form_id) AS other_id, count(*)::integer AS projects, sum(s.yuan) AS yuan, sum(s.low) AS low
    FROM (
        SELECT DISTINCT ON (coalesce(n.name, g.id::text)) g.id AS form_id, (a.low + a.high) / 2 AS yuan, a.low
        FROM forms g
        JOIN fund_amount_view a ON a.form_id = g.id AND a.source = 'total' AND a.member = 'executed' AND a.known
        LEFT JOIN LATERAL (SELECT min(t.text) AS name FROM fields t WHERE t.form_id = g.id AND t.key = 'project_name' AND t.text <> '') n ON true
        WHERE left(g.unit_name, 200) = left(f.unit_name, 200) AND g.unit_name = f.unit_name AND g.year = f.year AND g.kind = 'project'
          AND NOT EXISTS (SELECT FROM problems q WHERE q.form_id = g.id AND q.where_path = 'funds[' || a.position || '].executed')
          AND NOT EXISTS (SELECT FROM near_duplicates d WHERE d.form_id = g.id)
        ORDER BY coalesce(n.name, g.id::text), a.low
    ) s
) p
WHERE f.kind = 'department' AND e.yuan IS NOT NULL AND p.projects > 0 AND p.low > e.yuan + e.reach
  AND NOT EXISTS (SELECT FROM forms o WHERE o.kind = 'department' AND left(o.unit_name, 200) = left(f.unit_name, 200) AND o.unit_name = f.unit_name
                  AND o.year = f.year AND o.id <> f.id);

COMMENT ON VIEW cross_department_projects IS 'units whose projects spent more than the unit as a whole; only units with one departmental form of the year · 项目支出之和大于部门整体支出';
COMMENT ON COLUMN cross_department_projects.compared IS 'forms compared, the departmental one among them · 比较的表数';

-- One text in two units. What more than twenty units write is a model text that
-- they were given.
CREATE VIEW cross_same_narrative AS
SELECT n.form_id, first.form_id AS other_id, f.unit_name, f.year, n.characters::numeric AS printed, NULL::numeric AS expected, NULL::numeric AS difference,
       g.units::integer AS compared,
       format('“%s”一栏的%s字与%s%s年度自评表完全相同', k.zh, n.characters, o.unit_name, o.year) AS message_zh,
       format('the %s characters of %s are those of another unit: %s, %s', n.characters, n.key, o.unit_name, o.year) AS message
FROM (
    SELECT m.digest, count(DISTINCT h.unit_name) AS units
    FROM narratives m JOIN forms h ON h.id = m.form_id
    WHERE m.digest IN (SELECT digest FROM narratives GROUP BY digest HAVING count(*) > 1)
    GROUP BY m.digest HAVING count(DISTINCT h.unit_name) BETWEEN 2 AND 20
) g
JOIN narratives n ON n.digest = g.digest
JOIN forms f ON f.id = n.form_id AND f.unit_name IS NOT NULL
JOIN (VALUES ('execution_note', '预算执行情况'), ('analysis', '绩效评价分析'), ('expected_goal', '预期目标'), ('actual_outcome', '实际完成情况')) k (key, zh) ON k.key = n.key
CROSS JOIN LATERAL (
    SELECT min(m.form_id) AS form_id
    FROM narratives m JOIN forms h ON h.id = m.form_id
    WHERE m.digest = n.digest AND h.unit_name <> f.unit_name AND h.document <> f.document
      AND NOT EXISTS (SELECT FROM near_duplicates d WHERE (d.form_id, d.other_id) IN ((h.id, f.id), (f.id, h.id)))
) first
JOIN forms o ON o.id = first.form_id;

COMMENT ON VIEW cross_same_narrative IS 'texts of fifty characters at least that two to twenty units share word for word, their own names apart · 不同单位的文字叙述雷同';
COMMENT ON COLUMN cross_same_narrative.compared IS 'units that have the text, two at least · 相同的单位数';

-- A unit that scores the same year after year.
CREATE VIEW cross_steady_score AS
SELECT s.ids[1] AS form_id, s.ids[2] AS other_id, s.unit_name, s.last_year AS year, s.score AS printed, NULL::numeric AS expected, NULL::numeric AS difference,
       s.years::integer AS compared,
       format('%s个年度的%s自评得分均为%s', s.years, CASE s.kind WHEN 'department' THEN '整体支出' ELSE '项目' END, trim_scale(s.score)) AS message_zh,
       format('the total score is %s in each of %s years', trim_scale(s.score), s.years) AS message
FROM (
    SELECT unit_name, kind, count(DISTINCT year) AS years, max(year) AS last_year, min(total_score) AS score, array_agg(id ORDER BY year DESC, id) AS ids
    FROM forms
    WHERE unit_name IS NOT NULL AND year IS NOT NULL
    GROUP BY unit_name, kind
    HAVING count(total_score) = count(*) AND min(total_score) = max(total_score) AND count(DISTINCT year) >= 4
) s;

COMMENT ON VIEW cross_steady_score IS 'units all of whose forms of a kind have one and the same total score, over four years at least · 历年得分一成不变';
COMMENT ON COLUMN cross_steady_score.compared IS 'years compared, four at least · 比较的年度数';

CREATE VIEW cross_view AS
SELECT 'carried-over' AS screen, c.* FROM cross_carried_over c
UNION ALL SELECT 'department-projects', c.* FROM cross_department_projects c
UNION ALL SELECT 'same-narrative', c.* FROM cross_same_narrative c
UNION ALL SELECT 'steady-score', c.* FROM cross_steady_score c;

COMMENT ON VIEW cross_view IS 'what forms say against each other, as it is now; over a large archive ask cross_findings · 表间核对（实时）';
COMMENT ON COLUMN cross_view.screen IS 'carried-over, department-projects, same-narrative or steady-score · 核对项';
COMMENT ON COLUMN cross_view.compared IS 'forms, units or years it stands on · 比较的个数';

-- +goose StatementBegin
DO $$
DECLARE v text;
BEGIN
    FOREACH v IN ARRAY ARRAY['cross_carried_over', 'cross_department_projects', 'cross_same_narrative', 'cross_steady_score', 'cross_view'] LOOP
        EXECUTE format('COMMENT ON COLUMN %I.form_id IS %L', v, 'the form · 表号');
        EXECUTE format('COMMENT ON COLUMN %I.other_id IS %L', v, 'a form that it is held against · 对照的表号');
        EXECUTE format('COMMENT ON COLUMN %I.unit_name IS %L', v, 'printed name of the unit · 单位名称');
        EXECUTE format('COMMENT ON COLUMN %I.year IS %L', v, 'year evaluated · 年度');
        EXECUTE format('COMMENT ON COLUMN %I.printed IS %L', v, 'what the form prints: 元, points, or characters of a text · 表列');
        EXECUTE format('COMMENT ON COLUMN %I.expected IS %L', v, 'what the other forms give; null where there is no such number · 对照值');
        EXECUTE format('COMMENT ON COLUMN %I.difference IS %L', v, 'the first less the second · 差额');
        EXECUTE format('COMMENT ON COLUMN %I.message_zh IS %L', v, 'one sentence in Chinese · 中文说明');
        EXECUTE format('COMMENT ON COLUMN %I.message IS %L', v, 'one sentence in English · 英文说明');
    END LOOP;
END $$;
-- +goose StatementEnd

-- The same, found once and kept, so that a question about a million forms need not
-- compare them all again.
CREATE TABLE cross_findings (
    screen     text NOT NULL,
    form_id    bigint NOT NULL REFERENCES forms ON DELETE CASCADE,
    other_id   bigint REFERENCES forms ON DELETE CASCADE,
    unit_name  text,
    year       integer,
    printed    numeric,
    expected   numeric,
    difference numeric,
    compared   integer NOT NULL,
    message_zh text NOT NULL,
    message    text NOT NULL
);
CREATE INDEX cross_findings_screen ON cross_findings (screen, year, abs(difference) DESC);
CREATE INDEX cross_findings_unit ON cross_findings (left(unit_name, 200));
CREATE INDEX cross_findings_form ON cross_findings (form_id);
CREATE INDEX cross_findings_other ON cross_findings (other_id);

COMMENT ON TABLE cross_findings IS 'what forms say against each other, as heji_refresh() found it · 表间核对结果';
COMMENT ON COLUMN cross_findings.screen IS 'carried-over, department-projects, same-narrative or steady-score · 核对项';
COMMENT ON COLUMN cross_findings.form_id IS 'the form · 表号';
COMMENT ON COLUMN cross_findings.other_id IS 'a form that it is held against · 对照的表号';
COMMENT ON COLUMN cross_findings.unit_name IS 'printed name of the unit · 单位名称';
COMMENT ON COLUMN cross_findings.year IS 'year evaluated · 年度';
COMMENT ON COLUMN cross_findings.printed IS 'what the form prints: 元, points, or characters of a text · 表列';
COMMENT ON COLUMN cross_findings.expected IS 'what the other forms give; null where there is no such number · 对照值';
COMMENT ON COLUMN cross_findings.difference IS 'the first less the second · 差额';
COMMENT ON COLUMN cross_findings.compared IS 'forms, units or years it stands on · 比较的个数';
COMMENT ON COLUMN cross_findings.message_zh IS 'one sentence in Chinese · 中文说明';
COMMENT ON COLUMN cross_findings.message IS 'one sentence in English · 英文说明';

-- How an indicator was scored in a year, over all units.
CREATE TABLE indicator_years (
    name       text NOT NULL,
    kind       text NOT NULL,
    year       integer NOT NULL,
    forms      integer NOT NULL,
    units      integer NOT NULL,
    full_forms integer NOT NULL,
    mean_share numeric(6,4) NOT NULL,
    least      numeric(6,4) NOT NULL,
    most       numeric(6,4) NOT NULL,
    PRIMARY KEY (name, kind, year)
);

COMMENT ON TABLE indicator_years IS 'how each standard indicator was scored in a year, as heji_refresh() found it; ten forms at least · 各指标各年度得分情况';
COMMENT ON COLUMN indicator_years.name IS 'full name in the standard framework · 规范名称';
COMMENT ON COLUMN indicator_years.kind IS 'department or project · 表类';
COMMENT ON COLUMN indicator_years.year IS 'year evaluated · 年度';
COMMENT ON COLUMN indicator_years.forms IS 'rows with a weight and a score · 指标数';
COMMENT ON COLUMN indicator_years.units IS 'units that have it · 单位数';
COMMENT ON COLUMN indicator_years.full_forms IS 'rows with the whole weight for a score · 满分数';
COMMENT ON COLUMN indicator_years.mean_share IS 'mean of score ÷ weight · 平均得分率';
COMMENT ON COLUMN indicator_years.least IS 'least of them · 最低得分率';
COMMENT ON COLUMN indicator_years.most IS 'most of them · 最高得分率';

CREATE VIEW steady_indicator_view AS
SELECT name, kind, year, forms, units, mean_share AS share
FROM indicator_years
WHERE least = most AND forms >= 30 AND units >= 10;

COMMENT ON VIEW steady_indicator_view IS 'indicators that tell no form from another: thirty forms of ten units at least, all with the same share of the weight · 无区分度的指标';
COMMENT ON COLUMN steady_indicator_view.name IS 'full name in the standard framework · 规范名称';
COMMENT ON COLUMN steady_indicator_view.kind IS 'department or project · 表类';
COMMENT ON COLUMN steady_indicator_view.year IS 'year evaluated · 年度';
COMMENT ON COLUMN steady_indicator_view.forms IS 'rows compared, thirty at least · 比较的指标数';
COMMENT ON COLUMN steady_indicator_view.units IS 'units compared, ten at least · 比较的单位数';
COMMENT ON COLUMN steady_indicator_view.share IS 'score ÷ weight on all of them · 得分率';

-- How many discrepancies there are of each rule, by year and kind.
CREATE TABLE rule_years (
    rule      text NOT NULL,
    kind      text NOT NULL,
    year      integer,
    forms     integer NOT NULL,
    by_form   integer NOT NULL,
    misread   integer NOT NULL,
    undecided integer NOT NULL
);

COMMENT ON TABLE rule_years IS 'discrepancies of each rule by year, as heji_refresh() counted them · 各规则各年度不符数';
COMMENT ON COLUMN rule_years.rule IS 'name of the rule · 规则';
COMMENT ON COLUMN rule_years.kind IS 'department or project · 表类';
COMMENT ON COLUMN rule_years.year IS 'year evaluated; null where none is printed · 年度';
COMMENT ON COLUMN rule_years.forms IS 'forms that break it · 不符的表数';
COMMENT ON COLUMN rule_years.by_form IS 'discrepancies in which the form itself is wrong · 表内矛盾数';
COMMENT ON COLUMN rule_years.misread IS 'those in which the reading probably is · 疑为误读数';
COMMENT ON COLUMN rule_years.undecided IS 'those of which it cannot be told · 未定数';

-- Which units of a year are worst.
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

CREATE TABLE refreshes (
    at      timestamptz NOT NULL,
    seconds numeric(10,1) NOT NULL,
    forms   bigint NOT NULL
);
COMMENT ON TABLE refreshes IS 'when heji_refresh() last looked at the whole archive · 汇总更新时间';
COMMENT ON COLUMN refreshes.at IS 'state of the archive that was looked at · 数据时点';
COMMENT ON COLUMN refreshes.seconds IS 'how long it took · 用时（秒）';
COMMENT ON COLUMN refreshes.forms IS 'forms there were · 表数';

-- Readers see the old findings until the new ones are complete.
-- +goose StatementBegin
CREATE FUNCTION heji_refresh() RETURNS bigint LANGUAGE plpgsql SET work_mem = '128MB' SET jit = off AS $$
DECLARE found bigint;
BEGIN
    LOCK TABLE refreshes IN EXCLUSIVE MODE; -- one at a time
    DELETE FROM cross_findings;
    INSERT INTO cross_findings
    SELECT screen, form_id, other_id, unit_name, year, printed, expected, difference, compared, message_zh, message FROM cross_view;
    GET DIAGNOSTICS found = ROW_COUNT;
    DELETE FROM indicator_years;
    INSERT INTO indicator_years
    SELECT i.canonical, f.kind, f.year, count(*), count(DISTINCT f.unit_name), count(*) FILTER (WHERE i.score = i.weight),
           avg(i.score / i.weight), min(i.score / i.weight), max(i.score / i.weight)
    FROM indicators i JOIN forms f ON f.id = i.form_id
    WHERE i.kind = 'leaf' AND i.canonical IS NOT NULL AND i.weight > 0 AND i.score BETWEEN 0 AND i.weight AND f.year IS NOT NULL
    GROUP BY i.canonical, f.kind, f.year HAVING count(*) >= 10;
    DELETE FROM rule_years;
    INSERT INTO rule_years
    SELECT x.rule, f.kind, f.year, count(DISTINCT f.id), count(*) FILTER (WHERE x.verdict = 'form'), count(*) FILTER (WHERE x.verdict = 'misread'),
           count(*) FILTER (WHERE x.verdict NOT IN ('form', 'misread'))
    FROM discrepancies x JOIN forms f ON f.id = x.form_id GROUP BY x.rule, f.kind, f.year;
    DELETE FROM unit_years;
    INSERT INTO unit_years SELECT unit_name, year, forms, mean_score, contradictory_forms, discrepancies_by_form FROM unit_year_view;
    DELETE FROM refreshes;
    INSERT INTO refreshes VALUES (now(), extract(epoch FROM clock_timestamp() - now()), (SELECT count(*) FROM forms));
    RETURN found;
END $$;
-- +goose StatementEnd

-- discrepancy_view: what was found on the forms of a unit in a year
SELECT * FROM discrepancy_view WHERE unit_name = '第0123县财政局' AND year = 2021;
-- discrepancy_view: the first page of all there are
SELECT * FROM discrepancy_view LIMIT 50;
-- form_view: a unit's forms, with what was found on each
SELECT * FROM form_view WHERE unit_name = '第0123县财政局';
-- form_view: the first page of all there are
SELECT * FROM form_view LIMIT 50;
-- indicator_view: a unit's indicator rows of a year
SELECT * FROM indicator_view WHERE unit_name = '第0123县财政局' AND year = 2021;
-- failure_view: what could not be read
SELECT code, count(*) FROM failure_view GROUP BY code;
-- batch_view: what became of the documents of a batch
SELECT batch, found, loaded, refused, failed FROM batch_view ORDER BY batch DESC LIMIT 1;
-- near_duplicate_view: forms filed or scanned twice
SELECT * FROM near_duplicate_view WHERE unit_name = '第0123县财政局';
-- unit_year_view: what a unit filed, year by year
SELECT * FROM unit_year_view WHERE unit_name = '第0123县财政局' ORDER BY year;
-- unit_years: the twenty units of a year that contradict themselves most
SELECT unit_name, forms, contradictory_forms, discrepancies_by_form FROM unit_years WHERE year = 2021 ORDER BY discrepancies_by_form DESC LIMIT 20;
-- unit_history_view: a unit's years, and whether each begins where the last ended
SELECT * FROM unit_history_view WHERE unit_name = '第0123县财政局' ORDER BY year;
-- outlier_view: total scores of a year far from the others
SELECT * FROM outlier_view WHERE year = 2021 ORDER BY total_score LIMIT 20;
-- outlier_view: how many there are in every year
SELECT year, kind, count(*) FROM outlier_view GROUP BY year, kind ORDER BY year, kind;
-- full_score_view: how many forms of a year are full marks all over
SELECT kind, count(*) FROM full_score_view WHERE year = 2021 GROUP BY kind;
-- full_score_view: those of a unit
SELECT * FROM full_score_view WHERE unit_name = '第0123县财政局';
-- review_view: what is to be looked at on a form
SELECT * FROM review_view WHERE form_id = 600000;
-- rule_view: the rules that a form breaks, computed by the database
SELECT * FROM rule_view WHERE form_id = 600000;
-- cross_findings: the largest gaps between a year's end and the next one's beginning
SELECT unit_name, year, difference, message_zh FROM cross_findings WHERE screen = 'carried-over' AND year = 2021 ORDER BY abs(difference) DESC LIMIT 20;
-- cross_findings: how many of each screen and year
SELECT screen, year, count(*) FROM cross_findings GROUP BY screen, year ORDER BY screen, year;
-- cross_findings: what the forms of a unit say against each other
SELECT * FROM cross_findings WHERE left(unit_name, 200) = '第0123县财政局';
-- cross_carried_over: the same, as it is now, for a unit
SELECT * FROM cross_carried_over WHERE unit_name = '第0123县财政局';
-- cross_department_projects: the same, for a unit
SELECT * FROM cross_department_projects WHERE unit_name = '第0123县财政局';
-- indicator_years: how an indicator was scored over the years
SELECT * FROM indicator_years WHERE name = '预算完成率' ORDER BY year;
-- steady_indicator_view: indicators that tell no form from another
SELECT * FROM steady_indicator_view;
-- rule_years: how many discrepancies of each rule, year by year
SELECT rule, year, sum(by_form) FROM rule_years GROUP BY rule, year ORDER BY rule, year;

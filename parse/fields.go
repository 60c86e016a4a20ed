package parse

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// readRow understands one row below or above the indicator table's heads.
func (r *reader) readRow(row row) {
	cells := row.printed()
	switch {
	case len(cells) == 0:
	case r.funds != nil && r.readFund(row):
	case r.readBelow(row):
	case r.readTotal(row):
	case r.columns != nil && r.readGrade(cells):
	case r.readPeopleHeads(row):
	case r.people != nil && r.readPerson(row):
	case r.columns != nil && r.readIndicator(row):
	case r.readMeasures(cells):
	case r.readLabelsAbove(row):
	default:
		r.readPairs(row)
	}
}

// readLabelsAbove keeps a row of nothing but labels, 预期目标 | 实际完成情况: their
// values stand below them.
func (r *reader) readLabelsAbove(row row) bool {
	var labels []cell
	for _, c := range row.own() {
		_, known := fieldOf(c)
		switch {
		case known && c.RowSpan == 1:
			labels = append(labels, c)
		case c.RowSpan == 1:
			return false
		}
	}
	if len(labels) < 2 || row.loose {
		return false
	}
	r.pending = labels
	return true
}

// readBelow gives the labels of the row above their values.
func (r *reader) readBelow(row row) bool {
	labels := r.pending
	r.pending = nil
	var values []cell
	for _, label := range labels {
		c, ok := under(row, label)
		if _, isLabel := fields.in(c); !ok || isLabel {
			return false
		}
		values = append(values, c)
	}
	for i, label := range labels {
		key, _ := fieldOf(label)
		r.addField(key, values[i].figure(label.text()))
	}
	return len(labels) > 0
}

// readPairs takes labels and values in turn: 单位负责人 | name | 联系电话 | number.
func (r *reader) readPairs(row row) {
	if cells := row.printed(); len(cells) == 1 {
		c := cells[0]
		key, known := fields.in(c)
		if known {
			r.addField(key, &form.Figure{Label: c.text(), Page: c.page})
		} else if !r.readLine(c.page, c.line()) && utf8.RuneCountInString(c.text()) > 24 {
			r.addField("", c.figure("")) // a paragraph without a label
		}
		return
	}
	cells := row.own()
	for i := 0; i < len(cells); i++ {
		label := cells[i]
		key, known := fields.in(label)
		switch {
		case known:
		case label.Reader != layout.ByOCR:
			key, known = fieldOf(label)
		case label.Doubt != "":
			key, known = fields.blurred(label.text())
		default:
			key, known = fields.near(label.text())
		}
		value, at, hasValue := valueAfter(cells, i, row.loose)
		switch {
		case label.empty(), isEmptyDate(label.text()):
		case !known && label.RowSpan > 1 && at < len(cells) && !hasValue:
			// A label for the whole block, beside its rows.
		case !known && r.readColons(label.page, label.line()):
		case hasValue && r.sheet.Year == 0 && yearLabel.MatchString(clean(label.text())) && yearAlone.MatchString(layout.Squeeze(value.text())):
			r.readYear(value.text())
			r.placed = append(r.placed, value.of)
			i = at
		case hasValue && moneyLabel.MatchString(clean(label.text())) && moneyUnit.MatchString(clean(value.text())):
			r.sheet.Unit = clean(value.text())
			i = at
		case hasValue && isTotal(label.text()) && r.sheet.Total.Score == nil && hasDigit(value.text()):
			r.sheet.Total.Score = value.figure(label.text())
			i = at
		case hasValue && r.sheet.Grade == nil && (isGrade(label.text()) || r.columns != nil && saysGrade(value.text())):
			r.sheet.Grade = value.figure(label.text())
			r.sheet.Grade.Text = gradeIn(r.sheet.Grade.Text)
			r.totalIn(value.text(), value)
			i = at
		case !known && hasValue && label.Reader == layout.ByOCR && (label.Doubt != "" || isNumber(value.text())):
			r.unlabelled = append(r.unlabelled, pair{label, value})
			i = at
		case (known || looksLikeLabel(label.text())) && hasValue:
			r.addField(key, value.figure(label.text()))
			i = at
		case known:
			r.addField(key, &form.Figure{Label: label.text(), Page: label.page})
		default:
			r.addField("", label.figure(""))
		}
	}
}

// fieldByPart is the key of a label that no list has, by how it ends.
func fieldByPart(text string) (string, bool) {
	s := undated(clean(text))
	for _, p := range fieldParts {
		if utf8.RuneCountInString(s) <= 12 && p.words.MatchString(s) {
			return p.key, true
		}
	}
	return "", false
}

// fieldOf is the key of a label in a place where labels stand.
func fieldOf(c cell) (string, bool) {
	if key, ok := fields.in(c); ok || c.Reader == layout.ByOCR && c.Doubt != "" {
		return key, ok
	}
	return fieldByPart(c.text())
}

// pair is a label that OCR could not read and its value.
type pair struct{ label, value cell }

// amountKeys are the header amounts that a departmental form prints together.
var amountKeys = []string{"carried_over", "initial_budget", "budget_adjustment", "other_adjustment", "executed", "year_end_balance"}

// settleUnlabelled gives values whose labels were not read their place. Where all
// but one of the header's amounts were found, and one amount has no label, it is the
// missing one, and says that this was concluded and not read. So it is where a label
// has half of the characters of one missing amount's, and of no other's. Any other goes
// to the other fields, with what is known of its label.
func (r *reader) settleUnlabelled() {
	var missing []string
	for _, key := range amountKeys {
		if (*form.Form)(&r.sheet).Field(key) == nil {
			missing = append(missing, key)
		}
	}
	amounts := 0
	for _, p := range r.unlabelled {
		if isNumber(p.value.text()) {
			amounts++
		}
	}
	var homeless []form.Figure
	for _, p := range r.unlabelled {
		f := p.value.figure(p.label.text())
		if len(missing) == 1 && amounts == 1 && isNumber(f.Text) {
			f.Doubt = layout.Unlabelled
			r.addField(missing[0], f)
			continue
		}
		if key, ok := fields.remains(p.label.text(), missing); ok && isNumber(f.Text) && !(p.label.Doubt == "" && namesPart(p.label.text())) {
			f.Doubt = layout.Unlabelled
			r.addField(key, f)
			missing = slices.DeleteFunc(missing, func(k string) bool { return k == key })
			continue
		}
		where := fmt.Sprintf("other_fields[%d]", len(r.sheet.OtherFields))
		switch {
		case p.label.Doubt == "" && len(missing) == 0: // no amount is lost
		case p.label.Doubt == "":
			r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: where, Code: form.NumberUnlabelled, Page: f.Page, Box: f.Box,
				Message:   fmt.Sprintf("%q is printed beside %q, which names nothing that is known; look at the page", f.Text, p.label.text()),
				MessageZH: fmt.Sprintf("“%s”旁的标签“%s”不在词表之中;请核对原件", f.Text, p.label.text())})
			r.say(where)
		default:
			r.sheet.Problems = append(r.sheet.Problems, doubt(where, p.label))
			r.say(where)
		}
		r.sheet.OtherFields = append(r.sheet.OtherFields, *f)
		if isNumber(f.Text) {
			homeless = append(homeless, *f)
		}
	}
	if len(homeless) == 0 || len(missing) > len(amountKeys)/2 {
		return
	}
	for _, key := range missing {
		f := homeless[0]
		r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: "fields." + key, Code: form.NumberUnlabelled, Page: f.Page, Box: f.Box,
			Message:   fmt.Sprintf("this amount was not found, and %q stands beside a label that could not be read; look at the page", f.Text),
			MessageZH: fmt.Sprintf("未找到此项金额,另有“%s”,其标签未能识读;请核对原件", f.Text)})
	}
}

// namesPart reports whether a label names a part of the spending or a source of funds, and
// so none of the header's amounts: 项目支出 is not what is left of 实际支出.
func namesPart(label string) bool {
	s := clean(label)
	return strings.HasSuffix(s, "基本支出") || strings.HasSuffix(s, "项目支出") || isSource(label)
}

// say remembers that a problem of the other field was told.
func (r *reader) say(where string) {
	if r.said == nil {
		r.said = map[string]bool{}
	}
	r.said[where] = true
}

// valueAfter is the cell that holds the value of the label at cells[i], and its
// index: the next one, unless that is a label too. In a loose row the empty cells
// between are skipped.
func valueAfter(cells []cell, i int, loose bool) (value cell, at int, ok bool) {
	at = i + 1
	for loose && at < len(cells) && cells[at].empty() {
		at++
	}
	if at >= len(cells) || isEmptyDate(cells[at].text()) {
		return cell{}, at, false
	}
	if _, isLabel := fields.in(cells[at]); isLabel {
		return cell{}, at, false
	}
	return cells[at], at, true
}

var emptyDate = regexp.MustCompile(`^年月日$`)

// isEmptyDate reports whether the text is a date that nobody filled in.
func isEmptyDate(s string) bool { return emptyDate.MatchString(layout.Squeeze(s)) }

// looksLikeLabel reports whether an unknown text may name the cell beside it.
func looksLikeLabel(s string) bool {
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= 24 && !isNumber(s) && !isDash(s) && !strings.ContainsAny(s, "。；")
}

// addField keeps a header field. The first of a key stays; a second of the same
// key, or a label without one, goes to the other fields.
func (r *reader) addField(key string, f *form.Figure) {
	s := (*form.Form)(&r.sheet)
	if old := s.Field(key); key != "" && old == nil {
		r.sheet.Fields = append(r.sheet.Fields, form.Field{Key: key, Figure: *f})
		return
	} else if old != nil && old.Text == "" && f.Text != "" {
		*old = *f
		return
	}
	if f.Text != "" || f.Doubt != "" {
		r.sheet.OtherFields = append(r.sheet.OtherFields, *f)
	}
}

// A label with its value behind a colon, in one line or cell: 填报日期：2022年6月1日.
var inline = regexp.MustCompile(`([\p{Han}/、()（）〔〕]{2,24})\s*[:：]`)

// line is the cell as a line of text.
func (c cell) line() layout.Line {
	return layout.Line{Box: c.Box, Reading: c.Reading, Others: c.Others, Doubt: c.Doubt}
}

// readLine understands a line of text outside tables: a title, a year, a unit of
// amounts, or labels with values behind colons. It reports whether it was one.
func (r *reader) readLine(page int, l layout.Line) bool {
	text := l.Flat()
	if r.goesOn(page, l) {
		return true
	}
	r.closeRunning()
	if len(r.rows) == 0 && utf8.RuneCountInString(text) <= 40 {
		if m := fiscalYear.FindString(text); r.year == "" && m != "" && !strings.ContainsAny(text, "。；") {
			r.year = m
		}
		if r.sheet.Title == "" && unitAbove.MatchString(layout.Squeeze(text)) {
			r.heading = printedLine{page, l}
		}
	}
	switch {
	case r.sheet.Title == "" && isTitle(text):
		r.sheet.Title, r.title = text, printedLine{page, l}
		r.readYear(text)
		if m := amountUnit.FindStringSubmatch(text); m != nil {
			r.sheet.Unit = m[1]
		}
		if w, _ := titleWord(text); l.Doubt != "" || !strings.Contains(clean(text), w) {
			r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: "form.title", Code: layout.Unconfirmed, Page: page, Box: l.Box,
				Message:   fmt.Sprintf("the title was read as %q, and a character may be wrong; look at the page", text),
				MessageZH: fmt.Sprintf("标题读作“%s”,个别字可能有误;请核对原件", text)})
		}
		return true
	case r.sheet.Year == 0 && r.sheet.Title == "" && placeAndYear.MatchString(layout.Squeeze(text)):
		r.readYear(text) // the title's first line
		return true
	case r.sheet.Year == 0 && isYearLine(text):
		r.readYear(text)
		r.readColons(page, l) // 单位：万元 may stand in the same line
		return true
	}
	if r.beginRunning(page, l) || r.readColons(page, l) || r.readResult(page, l) {
		return true
	}
	r.unread = append(r.unread, printedLine{page, l})
	return false
}

// running is a text outside tables, with a label before it, that takes several lines:
// 项目实施情况：截至年底，实际支出……
type running struct {
	key    string // of the header field, or ""
	figure *form.Figure
}

var runningText = regexp.MustCompile(`^\s*(\p{Han}{2,12}(?:情况|说明|成效|分析|结果|问题|措施|概况|职能|建议))\s*[:：]\s*(.{12,})$`)

// beginRunning reads the first line of such a text.
func (r *reader) beginRunning(page int, l layout.Line) bool {
	m := runningText.FindStringSubmatch(l.Flat())
	if m == nil || isFigure(m[2]) {
		return false
	}
	key, _ := fields.find(m[1])
	r.running = &running{key, lineFigure(m[1], m[2], page, l)}
	return true
}

// goesOn adds a line to the text that is being read, where that has not come to its end.
func (r *reader) goesOn(page int, l layout.Line) bool {
	if r.running == nil {
		return false
	}
	f, text := r.running.figure, l.Flat()
	if strings.HasSuffix(f.Text, "。") || f.Page != page || isTitle(text) || runningText.MatchString(text) || isPageMark(text) {
		return false
	}
	if beginsWithLabel(text) {
		return false
	}
	f.Text += text
	f.Box = f.Box.Union(l.Box)
	f.Confidence = min(f.Confidence, l.Confidence)
	if f.Doubt == "" {
		f.Doubt = l.Doubt
	}
	return true
}

// beginsWithLabel reports whether a line begins with the label of a header field, of the
// grade or of the total, and a colon.
func beginsWithLabel(text string) bool {
	m := inline.FindStringSubmatchIndex(text)
	if m == nil || strings.TrimSpace(text[:m[0]]) != "" {
		return false
	}
	name := text[m[2]:m[3]]
	_, known := fields.find(name)
	return known || isGrade(name) || isTotal(name)
}

// closeRunning puts the text into the sheet.
func (r *reader) closeRunning() {
	if r.running != nil {
		r.addField(r.running.key, r.running.figure)
		r.running = nil
	}
}

// totalRow is a row of totals that came out as a line of text: 总分 100 84.03.
var totalRow = regexp.MustCompile(`^(\p{Han}{2,8})(?:\s+(100(?:\.0+)?))?\s+([0-9]{1,3}(?:\.[0-9]+)?)$`)

// printedLine is a line of text and its page.
type printedLine struct {
	page int
	layout.Line
}

// unitInTitle is whose form it is where the title begins with that: 茶陵县文化馆2023年度部门
// 整体支出绩效自评表.
var unitInTitle = regexp.MustCompile(`^(` + unitsName + `)(?:20[0-9]{2}年度?(?:项目|财政|专项|预算|支出|绩效)|(?:20[0-9]{2}年度?)?(?:部门|单位)?\(?(?:部门|单位)?\)?整体)`)

// unitAbove is a unit in a line of its own, above the title.
var unitAbove = regexp.MustCompile(`^` + unitsName + `$`)

const unitsName = `\p{Han}{2,28}?(?:局|委员会|委|厅|办公室|办事处|办|中心|院|学校|中学|小学|幼儿园|馆|站|所|会|联社|处|部|政府|支队|大队|公司|镇|乡|街道)`

// settleUnit takes the unit's name from the title of a form that prints it nowhere else, or
// from the line above it.
func (r *reader) settleUnit() {
	s := (*form.Form)(&r.sheet)
	for _, key := range []string{"unit_name", "reporting_unit", "implementing_unit", "competent_department"} {
		if s.Field(key) != nil {
			return
		}
	}
	if m := unitInTitle.FindStringSubmatch(layout.Squeeze(r.sheet.Title)); m != nil {
		r.addField("unit_name", lineFigure("", m[1], r.title.page, r.title.Line))
	} else if r.heading.page > 0 && r.sheet.Title != "" {
		r.addField("unit_name", lineFigure("", r.heading.Flat(), r.heading.page, r.heading.Line))
	}
}

// settleYear takes the year of a form that has no place for it from the lines above its rows.
func (r *reader) settleYear() {
	if r.sheet.Year == 0 {
		r.readYear(r.year)
	}
}

// readResult reads a sentence below the rows that says the form's total or grade: 该项目自评
// 总分 88 分，评价等级为良。 What the form prints in a place of its own comes first.
func (r *reader) readResult(page int, l layout.Line) bool {
	if m := totalRow.FindStringSubmatch(strings.TrimSpace(l.Flat())); m != nil && len(r.rows) > 0 && isTotal(m[1]) && r.sheet.Total.Score == nil {
		if m[2] != "" {
			r.sheet.Total.Weight = lineFigure(m[1], m[2], page, l)
		}
		r.sheet.Total.Score = lineFigure(m[1], m[3], page, l)
		return true
	}
	text := layout.Squeeze(l.Flat())
	if len(r.rows) == 0 || !resultSaid.MatchString(text) {
		return false
	}
	c := cell{Cell: layout.Cell{Box: l.Box, Reading: l.Reading, Doubt: l.Doubt}, page: page}
	r.totalIn(text, c)
	if grade := gradeIn(text); grade != text && r.sheet.Grade == nil {
		r.sheet.Grade = lineFigure("", grade, page, l)
	}
	return true
}

var yearLine = regexp.MustCompile(`^\PL{0,2}20[0-9]{2}年度?\PL{0,2}$|^\(20[0-9]{2}年度?\)`)

var placeAndYear = regexp.MustCompile(`^\p{Han}{2,16}20[0-9]{2}年度?$`)

// isYearLine reports whether the line is a year, its brackets perhaps misread, or
// begins with one in brackets.
func isYearLine(s string) bool { return yearLine.MatchString(layout.Squeeze(s)) }

func (r *reader) readYear(s string) {
	if y, err := strconv.Atoi(year.FindString(width.Fold.String(s))); err == nil && r.sheet.Year == 0 {
		r.sheet.Year = y
	}
}

// Scans take a colon for a comma.
var unitLine = regexp.MustCompile(`^(?:金额)?单位[:：;；，,.]?(亿元|万元|元)`)

var (
	// fiscalYear is a year that a line says among other things: 填报单位：某局　2023年度.
	fiscalYear = regexp.MustCompile(`20[0-9]{2}\s*年\s*度`)
	moneyLabel = regexp.MustCompile(`^(?:金额|计量|货币|资金)?单位$`)
	moneyUnit  = regexp.MustCompile(`^(?:亿元|万元|元)$`)
	yearAlone  = regexp.MustCompile(`^20[0-9]{2}(?:年度?)?$`)
)

// yearLabel names the year that a form is about.
var yearLabel = regexp.MustCompile(`^(?:评价|自评|预算|项目|绩效|所属|填报|考核)?年[度份]$`)

// readColons reads “label：value” pairs and reports whether there was a known one.
func (r *reader) readColons(page int, l layout.Line) bool {
	text := l.Flat()
	marks := inline.FindAllStringSubmatchIndex(text, -1)
	if u := unitLine.FindStringSubmatch(layout.Squeeze(text)); u != nil && len(marks) == 0 {
		r.sheet.Unit = u[1]
		return true
	}
	found := false
	for i, m := range marks {
		label := strings.Trim(text[m[2]:m[3]], "()（）")
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		value := strings.TrimSpace(text[m[1]:end])
		if yearLabel.MatchString(label) && year.MatchString(value) {
			r.readYear(value)
			found = true
			continue
		}
		if u := unitLine.FindStringSubmatch(layout.Squeeze(text[m[2]:end])); u != nil {
			r.sheet.Unit, found = u[1], true
			continue
		}
		if isGrade(label) {
			r.sheet.Grade, found = lineFigure(text[m[2]:m[3]], strings.TrimRight(gradeIn(value), "。；;"), page, l), true
			r.totalIn(text, cell{Cell: layout.Cell{Box: l.Box, Reading: l.Reading, Doubt: l.Doubt}, page: page})
			continue
		}
		if isTotal(label) && r.sheet.Total.Score == nil && isFigure(value) {
			r.sheet.Total.Score, found = lineFigure(text[m[2]:m[3]], value, page, l), true
			continue
		}
		key, ok := fields.find(label)
		if label == "单位" && utf8.RuneCountInString(value) > 3 {
			key, ok = "unit_name", true
		}
		if ok {
			r.addField(key, lineFigure(strings.TrimSpace(text[m[2]:m[3]]), value, page, l))
			found = true
		}
	}
	return found
}

// readGrade reads 评价结果等次 | 优, or both in one cell.
func (r *reader) readGrade(cells []cell) bool {
	for i, c := range cells {
		label, value, colon := strings.Cut(strings.ReplaceAll(c.text(), "：", ":"), ":")
		if !isGrade(label) {
			continue
		}
		switch {
		case colon && strings.TrimSpace(value) != "":
			r.sheet.Grade = c.figure(label)
			r.sheet.Grade.Text = gradeIn(strings.TrimSpace(value))
			r.totalIn(value, c)
		case i+1 < len(cells):
			r.sheet.Grade = cells[i+1].figure(label)
			r.sheet.Grade.Text = gradeIn(r.sheet.Grade.Text)
			r.totalIn(cells[i+1].text(), cells[i+1])
		default:
			r.sheet.Grade = &form.Figure{Label: label, Page: c.page, Box: c.Box}
		}
		return true
	}
	return false
}

// settleGrade takes specks and the strokes of a seal off a scan's grade, ，，优, where a grade
// is left. The whole reading is kept among the others.
func (r *reader) settleGrade() {
	g := r.sheet.Grade
	if g == nil || g.Reader != layout.ByOCR {
		return
	}
	bare := strings.Trim(layout.Squeeze(g.Text), "，,。.、·'‘’“”\"-—~:：;；|")
	if bare == layout.Squeeze(g.Text) || !slices.Contains(gradeNames, bare) {
		return
	}
	g.Alternatives = append([]layout.Reading{{Text: g.Text, Confidence: g.Confidence, Reader: g.Reader}}, g.Alternatives...)
	g.Text, g.Doubt = bare, cmp.Or(g.Doubt, layout.Unconfirmed)
}

var (
	gradeSaid = regexp.MustCompile(`(?:等级|等次|档次|级别|评定|评价|结论|结果|评)[^优良中差]{0,6}?[“”"「【（(:：为]\s*(优秀?|良好?|中等?|合格|较差|差|不合格)(?:[”"」】）)（(]|[。，,；;]|$)`)
	totalSaid = regexp.MustCompile(`(?:得分|总分|评分|自评分)(?:合计|共计|总计)?\s*[为是:：]?\s*([0-9]+(?:\.[0-9]+)?)\s*分`)
	// A sentence below the table that says the form's result.
	resultSaid = regexp.MustCompile(`(?:总得分|总分|自评得分|综合得分|评价得分|得分合计|自评分)(?:合计|共计|总计)?\s*[为是:：]?\s*[0-9]|(?:自评|评价|绩效)(?:等级|等次|结论|结果)`)
)

// saysGrade reports whether the text is a grade, or the four of them with boxes, so that
// the label beside it names the grade whatever its word.
func saysGrade(text string) bool {
	if slices.Contains(gradeNames, clean(text)) {
		return true
	}
	n := 0
	for _, name := range []string{"优", "良", "中", "差"} {
		if strings.Contains(text, name) {
			n++
		}
	}
	return n >= 3 && utf8.RuneCountInString(layout.Squeeze(text)) <= 24
}

// gradeIn is the grade that a sentence says, or the whole text where it is none: 自评得分
// 96 分，评价等级为“优”.
func gradeIn(text string) string {
	if m := gradeSaid.FindAllStringSubmatch(text, -1); len(m) == 1 {
		return m[0][1]
	}
	return text
}

// totalIn takes the total score from a sentence about the form's result, where the form
// prints it nowhere else.
func (r *reader) totalIn(text string, c cell) {
	if m := totalSaid.FindAllStringSubmatch(text, -1); len(m) == 1 && r.sheet.Total.Score == nil {
		c.Text, c.Others = m[0][1], nil
		r.sheet.Total.Score = c.figure("")
	}
}

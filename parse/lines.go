package parse

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// A label with its value behind a colon, in one line or cell: 填报日期：2022年6月1日.
var inline = regexp.MustCompile(`([\p{Han}/、()（）〔〕]{2,24})\s*[:：]`)

// line is the cell as a line of text.
func (c cell) line() layout.Line {
	return layout.Line{Box: c.Box, Reading: c.Reading, Others: c.Others, Doubt: c.Doubt}
}

// readLine understands a line of text outside tables: a title, a year, a unit of
// amounts, or labels with values behind colons. It reports whether it was one.
func (r *reader) readLine(page int, l layout.Line) bool {
	l.Text = withColons(l)
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
				MessageZH: fmt.Sprintf("标题读作“%s”，个别字可能有误；请核对原件", text)})
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
	if r.beginRunning(page, l) || r.readColons(page, l) || r.readGradeLine(page, l) || r.readResult(page, l) || r.readSpaced(page, l) {
		return true
	}
	r.unread = append(r.unread, printedLine{page, l})
	return false
}

// misreadColon is what OCR makes of a label's colon: 项目总得分，98.68分.
var misreadColon = regexp.MustCompile(`(^|\s)([\p{Han}()（）]{2,12})[，；,;](\s*\S)`)

// withColons is a line's text with colons behind known labels for the commas and stops that
// OCR read there.
func withColons(l layout.Line) string {
	if l.Reader != layout.ByOCR {
		return l.Text
	}
	return misreadColon.ReplaceAllStringFunc(l.Text, func(s string) string {
		m := misreadColon.FindStringSubmatch(s)
		_, known := fields.exact(m[2])
		if known || isGrade(m[2]) || isTotal(m[2]) || yearLabel.MatchString(m[2]) || moneyLabel.MatchString(m[2]) {
			return m[1] + m[2] + "：" + m[3]
		}
		return s
	})
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

// readGradeLine reads the grade below the rows, beside its label: 评价等次 优.
func (r *reader) readGradeLine(page int, l layout.Line) bool {
	label, grade, ok := gradeLine(l.Flat())
	if !ok || len(r.rows) == 0 || r.sheet.Grade != nil {
		return false
	}
	r.sheet.Grade = lineFigure(label, grade, page, l)
	return true
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
var unitLine = regexp.MustCompile(`^[(（]?(?:金额|计量|货币|资金)?单位[:：;；，,.]?(?:人民币)?(亿元|万元|元)`)

// fullMarks is what a total is out of: 96.93分（满分100分）.
var fullMarks = regexp.MustCompile(`\s*[(（](?:满分|总分|共)[:：]?\s*[0-9.]+\s*分?[)）]$`)

var (
	// fiscalYear is a year that a line says among other things: 填报单位：某局　2023年度.
	fiscalYear = regexp.MustCompile(`20[0-9]{2}\s*年\s*度`)
	moneyLabel = regexp.MustCompile(`^(?:金额|计量|货币|资金)?单位$`)
	moneyUnit  = regexp.MustCompile(`^(?:亿元|万元|元)$`)
	yearAlone  = regexp.MustCompile(`^20[0-9]{2}(?:年度?)?$`)
)

// yearLabel names the year that a form is about.
var yearLabel = regexp.MustCompile(`^(?:评价|自评|预算|项目|绩效|所属|填报|考核)?年[度份]$`)

// readSpaced reads known labels with a value behind each, parted by nothing but paper: 联系人 陈工
// 联系电话 5550930.
func (r *reader) readSpaced(page int, l layout.Line) bool {
	words := strings.Fields(l.Flat())
	if len(words)%2 != 0 {
		return false
	}
	var keys []string
	for i, w := range words {
		key, label := fields.exact(w)
		switch {
		case label != (i%2 == 0), strings.ContainsAny(w, "。；"):
			return false
		case label:
			keys = append(keys, key)
		}
	}
	for i, key := range keys {
		r.addField(key, lineFigure(words[2*i], words[2*i+1], page, l))
	}
	return len(keys) > 0
}

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
		if isGrade(label) && saysScale(value) {
			found = true // a footnote says what the grades are
			continue
		}
		if isGrade(label) && !isProse(value) {
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

package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// readRow understands one row below or above the indicator table's heads.
func (r *reader) readRow(row row) {
	cells := row.printed()
	switch {
	case len(cells) == 0:
	case r.funds != nil && saysOutcome(cells) && r.readGroup(row):
	case r.funds != nil && r.readFund(row):
	case r.readBelow(row):
	case r.readGroup(row):
	case r.readTotal(row):
	case r.columns != nil && r.readGrade(cells):
	case r.readPeopleHeads(row):
	case r.people != nil && r.readPerson(row):
	case r.columns != nil && r.ratesFunds(cells) && r.readMeasures(cells):
	case r.columns != nil && r.readIndicator(row):
	case r.readSources(row):
	case r.readMeasures(cells):
	case r.readRateHead(cells):
	case r.readLabelsAbove(row):
	default:
		r.readPairs(row)
	}
}

// readLabelsAbove keeps a row of nothing but labels, 预期目标 | 实际完成情况: their
// values stand below them.
func (r *reader) readLabelsAbove(row row) bool {
	var labels []cell
	named := 0
	for _, c := range row.own() {
		_, listed := fields.in(c)
		_, known := fieldOf(c)
		switch {
		case c.RowSpan > 1:
		case listed, known && named > 0 && len(labels) > 1: // 较好完成 beside one label is its value
			labels = append(labels, c)
			named++
		case named >= 2 && named == len(labels) && strangeLabel.MatchString(c.text()):
			labels = append(labels, c) // the last
		default:
			return false
		}
	}
	if row.loose {
		// A side label, 年度总体目标, says what one of the others does.
		labels = lastOfEach(labels)
		named = len(labels)
	}
	if named < 2 {
		return false
	}
	r.pending = labels
	return true
}

// strangeLabel is what may be a label between others: 总体完成率.
var strangeLabel = regexp.MustCompile(`^\p{Han}{2,8}$`)

// readBelow gives the labels of the row above their values.
func (r *reader) readBelow(row row) bool {
	labels := r.pending
	if r.pending = nil; len(labels) == 0 {
		return false
	}
	values := valuesBelow(row, labels)
	if values == nil || slices.ContainsFunc(values, func(c cell) bool { _, isLabel := fields.in(c); return isLabel }) {
		return false
	}
	for i, label := range labels {
		key, _ := fieldOf(label)
		r.addField(key, values[i].figure(label.text()))
	}
	return true
}

// lastOfEach are the labels without those that say the same field as the next one.
func lastOfEach(labels []cell) (out []cell) {
	last := ""
	for _, c := range labels {
		key, _ := fieldOf(c)
		if len(out) > 0 && key == last {
			out = out[:len(out)-1]
		}
		out, last = append(out, c), key
	}
	return out
}

// valuesBelow are a row's cells below labels, one for each, or nil: of a loose row in their order, behind a side label that
// it may say once more.
func valuesBelow(row row, labels []cell) []cell {
	if row.loose {
		cells := row.printed()
		if n := len(cells) - len(labels); n == 0 || n == 1 {
			return cells[n:]
		}
		return nil
	}
	var values []cell
	for _, label := range labels {
		c, ok := under(row, label)
		if !ok {
			return nil
		}
		values = append(values, c)
	}
	return values
}

// partOfForm is the heading of a part of a form: 三、目标完成情况.
var partOfForm = regexp.MustCompile(`^[一二三四五六七八九十]{1,2}、`)

// readRateHead keeps the head of a rate that stands at the right of a part's heading, above
// measures with their figures: 二、预算安排及执行情况 | 预算执行率.
func (r *reader) readRateHead(cells []cell) bool {
	if len(cells) != 2 || !partOfForm.MatchString(cells[0].text()) {
		return false
	}
	m, ok := measureOf(cells[1])
	if !ok || m != executionRate {
		return false
	}
	r.rateHead = cells[1]
	return true
}

// readPairs takes labels and values in turn: 单位负责人 | name | 联系电话 | number.
func (r *reader) readPairs(row row) {
	if cells := row.printed(); len(cells) == 1 {
		c := cells[0]
		key, known := fields.in(c)
		if known && !partOfForm.MatchString(c.text()) {
			r.addField(key, &form.Figure{Label: c.text(), Page: c.page})
		} else if !known && r.readFigureBehind(c) {
			return
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
		value, at, hasValue := valueAfter(cells, i, row.loose || !row.ruled)
		switch {
		case label.empty(), isEmptyDate(label.text()):
		case !known && label.RowSpan > 1 && at < len(cells) && !hasValue:
			// A label for the whole block, beside its rows.
		case !known && r.readColons(label.page, label.line()):
		case !known && r.readFigureBehind(label):
		case !known && r.readSpaced(label.page, label.line()):
		case hasValue && r.readRate(label, value):
			i = at
		case hasValue && r.sheet.Year == 0 && yearLabel.MatchString(clean(label.text())) && yearAlone.MatchString(layout.Squeeze(value.text())):
			r.readYear(value.text())
			r.placed = append(r.placed, value.of)
			i = at
		case hasValue && moneyLabel.MatchString(clean(label.text())) && moneyUnit.MatchString(clean(value.text())):
			r.sheet.Unit = clean(value.text())
			i = at
		case hasValue && isTotal(label.text()) && r.sheet.Total.Score == nil && hasDigit(value.text()):
			r.sheet.Total.Score = value.figure(label.text())
			r.sheet.Total.Score.Text = fullMarks.ReplaceAllString(r.sheet.Total.Score.Text, "")
			i = at
		case hasValue && r.sheet.Grade == nil && (isGrade(label.text()) && !isProse(value.text()) || r.columns != nil && saysGrade(value.text())):
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

// figureBehind is a label and its figure in one cell: 其中：一般公共预算：90.00.
var figureBehind = regexp.MustCompile(`^(.*\p{Han}.*?)[:：]([-−]?[0-9][0-9,]*(?:\.[0-9]+)?(?:万元|元|亿元|%)?)$`)

// readFigureBehind keeps a label and its figure that stand in one cell, under a label that no
// list has: 基本支出：60.00 beside 项目支出：40.00, each has its own.
func (r *reader) readFigureBehind(c cell) bool {
	m := figureBehind.FindStringSubmatch(layout.Squeeze(c.text()))
	if m == nil {
		return false
	}
	if _, known := fields.find(m[1]); known || isTotal(m[1]) || isGrade(m[1]) {
		return false // readLine knows what these are
	}
	f := c.figure(m[1])
	f.Text = m[2]
	r.addField("", f)
	r.placed = append(r.placed, c.of)
	return true
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
				MessageZH: fmt.Sprintf("“%s”旁的标签“%s”不在词表之中；请核对原件", f.Text, p.label.text())})
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
			MessageZH: fmt.Sprintf("未找到此项金额，另有“%s”，其标签未能识读；请核对原件", f.Text)})
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
// index: the next one, unless that is a label too. Without lines the empty cells
// between are skipped.
func valueAfter(cells []cell, i int, loose bool) (value cell, at int, ok bool) {
	at = i + 1
	for loose && at < len(cells) && cells[at].empty() {
		at++
	}
	if at >= len(cells) || isEmptyDate(cells[at].text()) || at > i+1 && unitLine.MatchString(layout.Squeeze(cells[at].text())) {
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

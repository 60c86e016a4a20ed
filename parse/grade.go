package parse

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// readGrade reads 评价结果等次 | 优, or both in one cell.
func (r *reader) readGrade(cells []cell) bool {
	for i, c := range cells {
		label, value, colon := strings.Cut(strings.ReplaceAll(c.text(), "：", ":"), ":")
		if !isGrade(label) || saysScale(value) || colon && isProse(value) || !colon && i+1 < len(cells) && isProse(cells[i+1].text()) {
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
// is left, and reads boxes for what they are. The whole reading is kept among the others.
func (r *reader) settleGrade() {
	g := r.sheet.Grade
	if g == nil || g.Reader != layout.ByOCR {
		return
	}
	text := layout.Squeeze(g.Text)
	bare := strings.Trim(text, "，,。.、·'‘’“”\"-—~:：;；|")
	if bare == text || !slices.Contains(gradeNames, bare) {
		if bare = ticked(text); bare == "" {
			if !slices.ContainsFunc(gradeNames, func(name string) bool { return strings.Contains(text, name) }) {
				g.Doubt = cmp.Or(g.Doubt, layout.Unconfirmed) // 尝 is no grade
			}
			return
		}
	}
	meanInstead(g, bare)
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

// isProse reports whether a text behind a label such as 自评结论 is a conclusion in words, and says no
// grade.
func isProse(text string) bool {
	const longest = 12
	return utf8.RuneCountInString(layout.Squeeze(text)) > longest && !saysGrade(text) && gradeIn(text) == text
}

// saysScale reports whether the text says from how many points on a grade is given, of several:
// 90(含)-100分为优、80(含)-90分为良.
func saysScale(text string) bool { return len(scaled.FindAllString(layout.Squeeze(text), 2)) > 1 }

var scaled = regexp.MustCompile(`[0-9]+分?(?:[(（]含?[)）])?(?:以[上下])?分?(?:[(（]不?含.{0,5}[)）])?[,，]?(?:为|是|评为|属于?)?[“”"「【（(:：]?(?:优|良|中|差|合格|一般)`)

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

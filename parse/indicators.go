package parse

import (
	"cmp"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// draft is an indicator row by column, before its levels are settled.
type draft struct {
	page     int
	cells    map[role]cell
	columns  columns // of the heads above it, of which other pages may have others
	subtotal bool    // it adds up the rows above it, whatever its label
	group    *cell   // a name with its points over all columns, which the rows below belong to
	heads    bool    // its name stands over the levels' columns and it adds up the rows below it
	under    string  // the first level, where such a row says it
}

// name is the level's printed name; of levels 1 and 2 without the points that some
// forms put in it, which become a section row. A dash names nothing.
func (d draft) name(level role) string {
	name := nameOf(d.cells[level])
	if namesNothing(d.cells[level]) {
		return ""
	}
	if level == level1 && d.under != "" {
		return d.under
	}
	if level <= level2 {
		name, _, _ = cellPoints(d.cells[level])
	}
	return name
}

// namesNothing reports whether a cell is empty or holds a dash, or a mark that a dash was
// read as. Ink that nobody could read may be a name.
func namesNothing(c cell) bool {
	return c.empty() || c.text() != "" && !strings.ContainsFunc(c.text(), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

var hanGap = regexp.MustCompile(`(\p{Han})\s+(\p{Han})`)

// nameOf is a cell's text as a name: forms space short names out, 投 入.
func nameOf(c cell) string {
	s := c.text()
	for hanGap.MatchString(s) {
		s = hanGap.ReplaceAllString(s, "$1$2")
	}
	if c.Reader == layout.ByOCR {
		s = withoutSpecks(s)
	}
	return s
}

// withoutSpecks is a text without the marks at its ends that specks are read as: a copy
// makes ，产出指标。 of 产出指标. Quotation marks stay where they are a pair.
func withoutSpecks(s string) string {
	const marks = "，。,.、:：;；*·…'‘’\"-—_ "
	trimmed := strings.Trim(s, marks)
	if strings.Count(trimmed, "“") != strings.Count(trimmed, "”") {
		trimmed = strings.Trim(trimmed, marks+"“”")
	}
	if trimmed == "" {
		return s
	}
	return trimmed
}

// readIndicator keeps the row if it is one of the indicator table: it has points,
// or a dash where points belong, or a target or an actual beside a name.
func (r *reader) readIndicator(row row) bool {
	d := draft{page: row.page, cells: r.assign(row), columns: *r.columns}
	if !d.isIndicator() || saysBands(row) {
		r.leave(d)
		return false
	}
	r.claim(d)
	if extra.MatchString(d.name(level1)) {
		if r.sheet.Total.Score != nil {
			r.readExtra(row)
			return true
		}
		if most, ok := d.cells[weight]; ok && !most.empty() {
			// What may be given or taken is none of the hundred.
			r.addField("", most.figure(strings.TrimSpace(d.name(level2)+" "+d.name(level3))))
			delete(d.cells, weight)
		}
	}
	r.rows = append(r.rows, d)
	r.keepOthers(row, d)
	return true
}

// leave notes the names of levels that begin in a row that is none of the indicators, and may
// reach down into rows that are: forms keep empty rows for indicators that they do not set.
func (r *reader) leave(d draft) {
	for _, level := range []role{level1, level2} {
		if c, ok := d.cells[level]; ok && !c.above && c.RowSpan > 1 && c.of != nil {
			r.left = append(r.left, c.of)
		}
	}
}

// claim lets such names begin in the first row below that is an indicator.
func (r *reader) claim(d draft) {
	for _, level := range []role{level1, level2} {
		c := d.cells[level]
		if i := slices.Index(r.left, c.of); c.above && i >= 0 {
			c.above = false
			d.cells[level] = c
			r.left = slices.Delete(r.left, i, i+1)
		}
	}
}

// band is a part of the scale that grades are given by: 80（含）—90分, 60分以下.
var band = regexp.MustCompile(`^[0-9]{1,3}分?(?:[(（]不?含[0-9分]*[)）])?(?:[—–\-~～至]+[0-9]{1,3}分?(?:[(（]不?含[0-9分]*[)）])?|以[上下])分?(?:[(（]不?含.*[)）])?$`)

// saysBands reports whether the row is the scale of grades.
func saysBands(r row) bool {
	n := 0
	for _, c := range r.printed() {
		if band.MatchString(layout.Squeeze(c.text())) {
			n++
		}
	}
	return n > 2
}

// extra are points that a form gives or takes beside its hundred.
var extra = regexp.MustCompile(`^(?:附加|奖励|另行)?(?:加分|扣分|减分|奖励|惩罚|附加分)(?:项目?|指标|事项)?$`)

// afterExtra is a second total, with such points.
var afterExtra = regexp.MustCompile(`加减分|扣分后|加分后|奖惩|调整后`)

// readExtra keeps a row below the total that is none of the indicators that it adds up.
func (r *reader) readExtra(row row) {
	cells := row.printed()
	label := ""
	for _, c := range cells {
		if hasDigit(c.text()) {
			r.addField("", c.figure(label))
			r.strays = append(r.strays, stray{head: label, cell: c})
		} else if !c.above {
			label = c.text()
		}
	}
}

// keepOthers keeps what stands under heads that say nothing known.
func (r *reader) keepOthers(row row, d draft) {
	if row.loose {
		return
	}
	for _, col := range *r.columns {
		head := cell{left: col.left, right: col.right}
		if c, ok := under(row, head); ok && col.role == noRole && sameColumn(c, head) && !c.empty() {
			r.addField("", c.figure(strings.TrimSpace(d.ownName()+" "+col.head)))
			if figureFirst.MatchString(layout.Squeeze(c.text())) {
				r.strays = append(r.strays, stray{head: col.head, cell: c})
			}
		}
	}
}

// figureFirst is how a figure begins, a sign before it or none.
var figureFirst = regexp.MustCompile(`^[-≥≤><=]?[0-9]`)

// ownName is the deepest name the row has.
func (d draft) ownName() string {
	for _, level := range []role{level3, level2, level1} {
		if name := d.name(level); name != "" {
			return name
		}
	}
	return ""
}

// assign says which cell of the row stands in which column.
func (r *reader) assign(row row) map[role]cell {
	if !row.loose {
		return r.columns.assign(row)
	}
	found := r.columns.align(row.own(), r.shift)
	r.shift = r.columns.shiftOf(found)
	return found
}

func (d draft) isIndicator() bool {
	named := d.name(level1) != "" || d.name(level2) != "" || d.name(level3) != ""
	for _, points := range []role{weight, referenceWeight, score} {
		c, ok := d.cells[points]
		if !ok || c.empty() {
			continue
		}
		text := c.text()
		if isNumber(text) || c.Doubt != "" || named && (isDash(text) || hasDigit(text)) {
			return true
		}
	}
	return named && (d.cells[target].text() != "" || d.cells[actual].text() != "") && !d.cells[level3].empty()
}

// readGroup keeps a row that is one name with its points over all columns: 子项目一：路灯
// （分值45，得分41.5）.
func (r *reader) readGroup(row row) bool {
	const longest = 40
	cells := row.printed()
	if len(cells) != 1 || row.loose || cells[0].ColSpan < 3 || utf8.RuneCountInString(cells[0].text()) > longest || isTotal(cells[0].text()) {
		return false
	}
	if _, _, ok := cellPoints(cells[0]); !ok {
		return false
	}
	r.rows = append(r.rows, draft{page: row.page, group: &cells[0], cells: map[role]cell{level1: cells[0]}})
	return true
}

// saysOutcome reports whether a row names a section that is not about funds.
func saysOutcome(cells []cell) bool {
	return len(cells) == 1 && outcome.MatchString(clean(cells[0].text()))
}

// fullPoints are words of a label whose value is the points that can be had.
var fullPoints = regexp.MustCompile(`分值|满分|标准分|权重`)

// readTotalPairs reads a row of totals in which weight and score have a label each, in no column:
// 总分 | 总分值 | 100 | 总得分 | 97.4.
func (r *reader) readTotalPairs(cells []cell) bool {
	var weights, scores []int // places of the labels
	for i := range cells[:len(cells)-1] {
		switch label := clean(cells[i].text()); {
		case isFigure(cells[i].text()) || !isFigure(cells[i+1].text()):
		case fullPoints.MatchString(label):
			weights = append(weights, i)
		case earned.MatchString(label):
			scores = append(scores, i)
		}
	}
	if len(weights) != 1 || len(scores) != 1 {
		return false
	}
	r.sheet.Total.Weight = cells[weights[0]+1].figure(cells[weights[0]].text())
	r.sheet.Total.Score = cells[scores[0]+1].figure(cells[scores[0]].text())
	return true
}

var outcome = regexp.MustCompile(`产出|效益|满意|成本指标|履职|效果`)

// readTotal reads the row of the form's own sums, 综合得分 | 100 | 97.80.
func (r *reader) readTotal(row row) bool {
	cells := row.printed()
	at := 0
	for at < len(cells) && !isTotal(cells[at].text()) {
		at++
	}
	if at == len(cells) && r.isWhole(row) {
		at = 0
	}
	// A label for the whole block may stand before it, and nothing else.
	if at > 1 || at == len(cells) || r.columns == nil {
		return false
	}
	label := cells[at].text()
	if r.sheet.Total.Score != nil && afterExtra.MatchString(label) {
		r.readExtra(row)
		return true
	}
	if row.loose {
		r.readLooseTotal(label, cells[at+1:])
		r.gradeAtEnd(cells)
		return true
	}
	graded := slices.IndexFunc(cells, func(c cell) bool { return isGrade(c.text()) })
	if graded > at+1 && graded+1 < len(cells) {
		// Labels with a value each, in no column: 自评总分 | 98.7 | 评价等级 | 优.
		if r.sheet.Grade == nil {
			r.readGrade(cells[graded:])
		}
		row.cells = slices.DeleteFunc(slices.Clone(row.cells), func(c cell) bool { return c.Col >= cells[graded].Col })
		if between := cells[at+1 : graded]; len(between) == 1 && isFigure(between[0].text()) && (earned.MatchString(clean(label)) || !isHundred(between[0].text())) {
			r.sheet.Total.Score = between[0].figure(label)
			return true
		}
		cells = cells[:graded]
	}
	if r.readTotalPairs(cells[at:]) {
		return true
	}
	found := r.columns.assign(row)
	w, hasWeight := found[weight]
	if reference, ok := found[referenceWeight]; ok && (!hasWeight || w.empty()) && !reference.empty() {
		w, hasWeight = reference, true
	}
	switch {
	case !hasWeight || isTotal(w.text()):
	case !w.empty() && (!r.columns.has(score) || r.columns.over(w, score)) && (earned.MatchString(clean(label)) || !isHundred(w.text())):
		// Of a form that prints what is taken off, or set below weights and scores.
		r.sheet.Total.Score = w.figure(label)
		r.doubtGluedTotal(label, w)
	default:
		r.sheet.Total.Weight = w.figure(label)
	}
	s, ok := found[score]
	switch {
	case !hasWeight && (!ok || s.empty()) && r.sheet.Total.Score == nil:
		r.sheet.Total.Score = acrossAll(cells[at+1:], label)
	case ok && !isTotal(s.text()) && (r.sheet.Total.Score == nil || !s.empty()):
		r.sheet.Total.Score = s.figure(label)
	}
	if points, ok := pointsIn(cells[at]); ok && r.sheet.Total.Weight == nil && points.text() == "100" {
		r.sheet.Total.Weight = points.figure(label) // 自评总得分（满分100分）
	}
	if label, points, ok := totalOfHundred(label); ok && (r.sheet.Total.Weight == nil || r.sheet.Total.Weight.Text == "") {
		whole := cells[at]
		whole.Text, whole.Others = points, nil
		r.sheet.Total.Weight = whole.figure(label)
	}
	r.otherTotals(label, found, w)
	r.gradeAtEnd(cells)
	return true
}

// gradeAtEnd reads the grade that some forms print at the end of the row of totals.
func (r *reader) gradeAtEnd(cells []cell) {
	if last := cells[len(cells)-1]; r.sheet.Grade == nil && slices.Contains(gradeNames, clean(last.text())) {
		r.sheet.Grade = last.figure("")
	} else if r.sheet.Grade == nil {
		r.readGrade(cells[len(cells)-1:])
	}
}

// doubtGluedTotal doubts a scan's total over the columns of weights and of scores that no total can be: 9996.06
// is 99 and 96.06, the line between them lost, and neither was read.
func (r *reader) doubtGluedTotal(label string, c cell) {
	const most = 200
	if n, ok := numberOf(c.text()); !ok || c.Reader != layout.ByOCR || n.Cmp(big.NewRat(most, 1)) <= 0 {
		return
	}
	r.sheet.Total.Score.Doubt, r.sheet.Total.Score.Agreed = layout.Glued, 0
	r.sheet.Total.Weight = &form.Figure{Label: label, Page: c.page, Box: c.Box, Reader: layout.ByOCR, Doubt: layout.Illegible}
}

// otherTotals keeps the totals that the record has no place for: of the reference weights
// beside those of the weights, and of a reviewer's scores.
func (r *reader) otherTotals(label string, found map[role]cell, used cell) {
	for _, col := range *r.columns {
		c, ok := found[col.role]
		if (col.role != referenceWeight && col.role != reviewScore) || !ok || !isNumber(c.text()) || c.of == used.of {
			continue
		}
		if _, known := heads.exact(col.head); known {
			r.say(fmt.Sprintf("other_fields[%d]", len(r.sheet.OtherFields))) // its head says what it is
		}
		r.addField("", c.figure(label+" "+col.head))
	}
}

// acrossAll is the score that stands beside the total's label over all columns, or nil:
// 96.93分（满分100分）.
func acrossAll(cells []cell, label string) *form.Figure {
	for _, c := range cells {
		if c.Text = fullMarks.ReplaceAllString(c.text(), ""); isFigure(c.text()) {
			return c.figure(label)
		}
	}
	return nil
}

// earned are words of a total's label that mean the score.
var earned = regexp.MustCompile(`得分|评分|自评分|自评总分`)

// over reports whether the cell stands in the role's column, and perhaps in others.
func (cs columns) over(c cell, want role) bool {
	i := cs.at(want)
	return i >= 0 && min(c.right, cs[i].right)-max(c.left, cs[i].left) > 0.5*(cs[i].right-cs[i].left)
}

// hundred is what the weights of a form add up to, so that none of its points is more.
var hundred = big.NewRat(100, 1)

func isHundred(s string) bool {
	n, ok := numberOf(s)
	return ok && n.Cmp(hundred) == 0
}

// isWhole reports whether the row is the total by what it holds, whatever its label: one
// cell stands in place of the names, no target or actual is beside it, and its weight
// is a hundred or its score all that the rows have earned and more than any section.
func (r *reader) isWhole(row row) bool {
	if r.columns == nil || row.loose {
		return false
	}
	found := r.columns.assign(row)
	if len(r.rows) < 2 && !(len(r.rows) == 0 && row.printed()[0].Reader == layout.ByOCR && row.printed()[0].ColSpan > 1) {
		return false // above the rows a total is one by its label, which a scan may have misread
	}
	label := row.printed()[0]
	// Of a scan no row among others has all the weight, whatever was cut off its label: 合 | 计.
	if label.Reader == layout.ByOCR && len(r.rows) >= 2 && isHundred(found[weight].text()) && !hasDigit(found[target].text()) && !hasDigit(found[actual].text()) &&
		utf8.RuneCountInString(found[target].text()+found[actual].text()) <= 2 {
		return true
	}
	if !found[target].empty() || !found[actual].empty() {
		return false
	}
	n, ok := numberOf(found[score].text())
	all, sections := r.earnedAbove()
	if label.Reader == layout.ByOCR && ok && sections > 1 && all.Sign() > 0 && n.Cmp(all) == 0 {
		return true // and none has earned what all have
	}
	for _, col := range *r.columns {
		if col.role != noRole && col.role <= level3 && (col.left < label.left-0.01 || col.right > label.right+0.01) {
			return false
		}
	}
	for _, points := range []role{weight, referenceWeight} {
		if isHundred(found[points].text()) {
			return label.Reader == layout.ByOCR || !isSubtotal(label.text())
		}
	}
	if label.Reader == layout.ByOCR && label.ColSpan > 1 && !r.columns.weighted() && ok && len(r.rows) > 2 && all.Sign() > 0 && n.Cmp(all) >= 0 && n.Cmp(hundred) <= 0 {
		return true // over all names and values, and no row alone has earned as much
	}
	return ok && label.Reader != layout.ByOCR && !isSubtotal(label.text()) && len(r.rows) > 2 && allTogether.MatchString(clean(label.text())) && n.Cmp(all) >= 0
}

// allTogether are words of labels of totals that no list has.
var allTogether = regexp.MustCompile(`总|合计|累计|综合|最终|汇总`)

// readLooseTotal reads the numbers after the label by their order: the weight,
// where both are printed, and the score.
func (r *reader) readLooseTotal(label string, cells []cell) {
	var numbers []cell
	for _, c := range cells {
		if isNumber(c.text()) {
			numbers = append(numbers, c)
		}
	}
	if len(numbers) > 1 {
		r.sheet.Total.Weight = numbers[0].figure(label)
	}
	if len(numbers) > 0 {
		r.sheet.Total.Score = numbers[len(numbers)-1].figure(label)
	}
}

// settleIndicators gives every row its level names and tells section rows, the
// printed subtotals, from leaves.
func (r *reader) settleIndicators() {
	if r.columns == nil {
		return
	}
	kinds := r.sections()
	var one, two, group string
	for i, d := range r.rows {
		if d.group != nil {
			one, two = d.name(level1), ""
			group = one
			r.labelledSections(d, form.Indicator{Level1: one})
			continue
		}
		row := form.Indicator{Kind: kinds[i]}
		switch {
		case d.heads:
			one, two = d.under, ""
			row.Level1 = one
		case row.Kind == form.Section && r.columns.has(level1):
			if name := summedUp(d.name(level1)); name != "" {
				one = name
			} else if name := r.sumsBelow(i); name != "" {
				one = name
			}
			row.Level1 = one
			if name := d.name(level2); name != "" && !d.saysSubtotal() {
				row.Level2 = name
			}
			two = row.Level2
		case row.Kind == form.Section:
			one, two = d.name(level2), ""
			if !r.columns.has(level2) {
				one = d.name(level3)
			}
			if n := len(r.sheet.Indicators); isSubtotal(one) && n > 0 {
				one = r.sheet.Indicators[n-1].Level1
			}
			row.Level1 = one
		default:
			row.Level3 = d.name(level3)
			if name := d.name(level1); name != "" && name != one {
				one, two = name, ""
			}
			name := d.name(level2)
			if d.cells[level3].empty() && !d.cells[level2].above && !r.columns.has(level1) && r.columns.has(level3) && two != "" {
				row.Level3, name = name, "" // a name one column too far left: a section without rows is a row
			}
			if name != "" || !d.cells[level2].empty() && namesNothing(d.cells[level2]) {
				two = name
			}
			row.Level1, row.Level2 = one, two
			if group != "" && one != group && two == "" && !r.columns.has(level2) {
				row.Level1, row.Level2 = group, one
			}
		}
		r.labelledSections(d, row)
		r.besideSections(d, row)
		r.fill(&row, d)
		r.pointsInLeaf(&row, d)
		r.doubtNames(len(r.sheet.Indicators), d)
		r.tellTarget(len(r.sheet.Indicators), row, d)
		r.tellSeveral(len(r.sheet.Indicators), d)
		r.keepBlanks(len(r.sheet.Indicators), row, d)
		r.sheet.Indicators = append(r.sheet.Indicators, row)
	}
	r.settleBlanks()
	r.missPoints()
	r.doubtLongPoints()
	r.doubtShifted()
	r.doubtPointless()
}

// fill gives the row its figures. A column that is there and empty is a figure
// with nothing in it; a cell merged from above is none.
func (r *reader) fill(row *form.Indicator, d draft) {
	for _, col := range d.columns {
		c, ok := d.cells[col.role]
		if col.role <= level3 {
			continue
		}
		f := &form.Figure{Label: col.head, Page: d.page}
		if ok {
			f = c.figure(col.head)
			if col.concluded && f.Doubt == "" && hasDigit(f.Text) {
				f.Doubt = layout.Concluded
			}
			if c.Reader == layout.ByOCR && holdsSeveral(c) {
				f.Doubt = layout.Glued
			}
			if col.role.numeric() {
				readBars(f)
			}
			if n, is := numberOf(f.Text); is && f.Doubt == "" && c.Reader == layout.ByOCR && col.role.numeric() && n.Cmp(hundred) > 0 {
				f.Doubt = layout.Unconfirmed // points of several rows read as one number, or one without its point
			}
			if labels, _ := labelledParts(f.Text); labels != nil && f.Doubt == "" && hasDigit(f.Text) {
				f.Doubt = layout.Glued // 目标值：≥7个；完成值：7个, in a column that was not cut
			}
		}
		switch col.role {
		case nature:
			row.Nature = signOf(c).text()
		case core:
			row.Core = c.text()
		case referenceWeight:
			row.ReferenceWeight = f
		case weight:
			row.Weight = f
		case target:
			row.Target = f
			row.Target.Unit = d.cells[unit].text()
		case adjustedTarget:
			row.AdjustedTarget = f
			row.AdjustedTarget.Unit = d.cells[unit].text()
		case actual:
			row.Actual = f
		case coefficient:
			row.Coefficient = f
		case analysis:
			row.Analysis = f
		case note:
			row.Note = f
		case score:
			row.Score = f
		case reviewScore:
			row.ReviewScore = f
		}
	}
}

// holdsSeveral reports whether the cell's lines are figures each: those of several rows, which
// no ruling line parts.
func holdsSeveral(c cell) bool {
	n := 0
	for line := range strings.Lines(c.Text) {
		if !isFigure(line) && !isSigned(line) {
			return false
		}
		n++
	}
	return n > 1
}

// doubtNames keeps what is doubtful about a row's names: they are plain strings
// in the record, so their problems are said here.
func (r *reader) doubtNames(i int, d draft) {
	for n, level := range []role{level1, level2, level3} {
		if c, ok := d.cells[level]; ok && !c.above && c.Doubt != "" {
			r.sheet.Problems = append(r.sheet.Problems, doubt(fmt.Sprintf("indicators[%d].level%d", i, n+1), c))
		}
	}
	// A sign of its own column says how target and actual compare: 之 was ≥.
	if c, ok := d.cells[nature]; ok && c.Reader == layout.ByOCR && !c.empty() {
		if c = signOf(c); c.Doubt == "" && isNatureText(c.text()) {
			return
		}
		c.Doubt = cmp.Or(c.Doubt, layout.Unconfirmed)
		r.sheet.Problems = append(r.sheet.Problems, doubt(fmt.Sprintf("indicators[%d].nature", i), c))
	}
}

// signOf is a cell of a column of signs with the sign that a scan's reading stands for, in doubt: ≧ was read as 2, and nobody
// asks for more than something without asking for as much.
func signOf(c cell) cell {
	sign := signsLike[c.text()]
	if c.Reader != layout.ByOCR || sign == "" {
		return c
	}
	c.Others = append([]layout.Reading{c.Reading}, c.Others...)
	c.Text, c.Doubt = sign, cmp.Or(c.Doubt, layout.Unconfirmed)
	return c
}

// signsLike are the signs that a scan's readings stand for.
var signsLike = map[string]string{"2": "≥", "Z": "≥", "z": "≥", ">": "≥", "<": "≤"}

func doubt(where string, c cell) form.Problem {
	p := form.Problem{Where: where, Code: c.Doubt, Page: c.page, Box: c.Box}
	p.Message, p.MessageZH = doubtMessages(c)
	return p
}

func doubtMessages(c cell) (en, zh string) {
	if c.Doubt == layout.Illegible || c.text() == "" {
		return "something is printed here and could not be read; look at the page", "此处有印迹而未能识读；请核对原件"
	}
	var others []string
	for _, o := range c.Others {
		if s := o.Flat(); s != "" && s != c.text() {
			others = append(others, s)
		}
	}
	return form.ReadAs(c.text(), others)
}

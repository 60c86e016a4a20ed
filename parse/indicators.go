package parse

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// draft is an indicator row by column, before its levels are settled.
type draft struct {
	page     int
	cells    map[role]cell
	subtotal bool   // it adds up the rows above it, whatever its label
	group    *cell  // a name with its points over all columns, which the rows below belong to
	heads    bool   // its name stands over the levels' columns and it adds up the rows below it
	under    string // the first level, where such a row says it
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
	d := draft{page: row.page, cells: r.assign(row)}
	if !d.isIndicator() || saysBands(row) {
		return false
	}
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
	r.otherTotals(label, found, w)
	// Some forms print the grade at the end of the row of totals.
	if last := cells[len(cells)-1]; r.sheet.Grade == nil && slices.Contains(gradeNames, clean(last.text())) {
		r.sheet.Grade = last.figure("")
	} else if r.sheet.Grade == nil {
		r.readGrade(cells[len(cells)-1:])
	}
	return true
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
	return ok && label.Reader != layout.ByOCR && !isSubtotal(label.text()) && len(r.rows) > 2 && allTogether.MatchString(clean(label.text())) && n.Cmp(all) >= 0
}

// earnedAbove is the score that the rows so far have earned together, and how many sections
// have earned some of it.
func (r *reader) earnedAbove() (points *big.Rat, sections int) {
	points = new(big.Rat)
	fresh := true
	for _, d := range r.rows {
		s, ok := numberOf(d.cells[score].text())
		switch {
		case d.saysSubtotal(), d.group != nil, d.cells[level3].empty():
			fresh = true
		case ok && s.Sign() > 0:
			if one := d.cells[level1]; !one.empty() && !one.above {
				fresh = true
			}
			if fresh {
				sections++
			}
			fresh = false
			points.Add(points, s)
		}
	}
	return points, sections
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
		r.keepBlanks(len(r.sheet.Indicators), row, d)
		r.sheet.Indicators = append(r.sheet.Indicators, row)
	}
	r.settleBlanks()
}

// pointsInName are a section's points behind its name, and perhaps what it earned: （15分，得13.75分）.
var pointsInName = regexp.MustCompile(`^(.*\p{Han}.*?)\s*[(（]\s*(?:分值|权重|满分)?[:：]?\s*([0-9]+(?:\.[0-9]+)?)\s*分?\s*(?:[,，、;；]?\s*(?:自评|实际?)?得分?[:：]?\s*([0-9]+(?:\.[0-9]+)?)\s*分?\s*)?[)）]$`)

// earnedInName is the score in a section's name, or "".
func earnedInName(name string) string {
	m := pointsInName.FindStringSubmatch(width.Fold.String(name))
	if m == nil {
		return ""
	}
	return m[3]
}

// pointsBehind are points behind a level's name without brackets: 产出指标 50分.
var pointsBehind = regexp.MustCompile(`^(\p{Han}+(?:指标|度))\s*([0-9]+(?:\.[0-9]+)?)\s*分$`)

// cutPoints takes the points out of a name that holds them: 产出指标(50分).
func cutPoints(name string) (rest, points string, ok bool) {
	if m := pointsBehind.FindStringSubmatch(name); m != nil {
		return m[1], m[2], true
	}
	m := pointsInName.FindStringSubmatchIndex(width.Fold.String(name))
	if m == nil {
		return name, "", false
	}
	// Full-width characters are told by their place, and kept as they are printed.
	folded, runes := []byte(width.Fold.String(name)), []rune(name)
	at := func(i int) int { return utf8.RuneCount(folded[:i]) }
	if utf8.RuneCount(folded) != len(runes) {
		return string(folded[m[2]:m[3]]), string(folded[m[4]:m[5]]), true
	}
	return string(runes[at(m[2]):at(m[3])]), string(runes[at(m[4]):at(m[5])]), true
}

// misreadPoints are points in a name whose brackets OCR took for other marks:
// 产出指标《40分), {40分), t40分), or for a part of the number, 03分) of (13分). Without
// both brackets only 分 says that they are points.
var misreadPoints = regexp.MustCompile(`^(\p{Han}{2,}?)\s*(?:(?:[(（《〈<{\[【〔]{1,2}[A-Za-z]?|[tfrcC])\s*([0-9]+(?:\.[0-9]+)?)\s*分\s*[)）》〉>}\]】〕jJ]?|([0-9]+(?:\.[0-9]+)?)分[)）])$`)

// cellPoints is cutPoints for a cell. In a name read from pixels the brackets may be
// misread.
func cellPoints(c cell) (rest, points string, ok bool) {
	name := nameOf(c)
	rest, points, ok = cutPoints(name)
	switch {
	case c.Reader != layout.ByOCR:
		return rest, points, ok
	case ok:
		return strings.TrimRight(rest, "〈《<{[【〔(（"), withoutBracket(points), true // a bracket that was read twice
	}
	m := misreadPoints.FindStringSubmatch(name)
	if m == nil {
		return name, "", false
	}
	return m[1], withoutBracket(m[2] + m[3]), true
}

// withoutBracket is a section's points without a 1 that its bracket was read as: no section
// has more than a hundred.
func withoutBracket(points string) string {
	if len(points) == 3 && points[0] == '1' && points != "100" && !strings.Contains(points, ".") {
		return points[1:]
	}
	return points
}

// besideSections makes a section row of each name with points in columns of their own
// beside it.
func (r *reader) besideSections(d draft, row form.Indicator) {
	figure := func(want role) *form.Figure {
		c, ok := d.cells[want]
		if i := r.columns.at(want); i >= 0 && ok && !c.above && !c.empty() {
			return c.figure((*r.columns)[i].head)
		}
		return nil
	}
	for _, section := range []form.Indicator{
		{Kind: form.Section, Level1: row.Level1, Weight: figure(sectionWeight), Score: figure(sectionScore)},
		{Kind: form.Section, Level1: row.Level1, Level2: row.Level2, Weight: figure(groupWeight), Score: figure(groupScore)},
	} {
		if section.Weight != nil || section.Score != nil {
			r.sheet.Indicators = append(r.sheet.Indicators, section)
		}
	}
}

// labelledSections makes a section row of each name of level 1 or 2 with its points
// in it: the form prints the section's weight there and nowhere else.
func (r *reader) labelledSections(d draft, row form.Indicator) {
	for _, level := range []role{level1, level2} {
		c := d.cells[level]
		_, points, ok := cellPoints(c)
		if c.above || !ok {
			continue
		}
		if _, clear, ok := cutPoints(nameOf(c)); (!ok || clear != points) && c.Doubt == "" {
			c.Doubt = layout.Unconfirmed
		}
		section := form.Indicator{Kind: form.Section, Level1: row.Level1}
		if level == level2 {
			section.Level2 = row.Level2
		}
		label := nameOf(c)
		c.Text, c.Others = points, nil
		section.Weight = c.figure(label)
		if earned := earnedInName(label); earned != "" {
			c.Text = earned
			section.Score = c.figure(label)
		}
		r.sheet.Indicators = append(r.sheet.Indicators, section)
	}
}

// pointsInLeaf gives a row the weight that its name holds, where the form has no
// column of weights: 相关性（5分）.
func (r *reader) pointsInLeaf(row *form.Indicator, d draft) {
	c := d.cells[level3]
	name, points, ok := cutPoints(nameOf(c))
	if !ok || row.Kind != form.Leaf || r.columns.has(weight) || r.columns.has(referenceWeight) {
		return
	}
	label := row.Level3
	row.Level3 = name
	c.Text, c.Others = points, nil
	row.Weight = c.figure(label)
}

// sections tells which rows are printed subtotals. A row whose deeper levels are
// empty may be one; it is, when rows of its own follow it, when it stands below
// the rows whose first level it names again, or when it says 小计.
func (r *reader) sections() []form.IndicatorKind {
	kinds := make([]form.IndicatorKind, len(r.rows))
	last := -1 // the latest row that may be a section and has no rows yet
	var one string
	r.headedSections()
	for i := range r.rows {
		r.rows[i].subtotal = r.addsUp(i, kinds)
		d := r.rows[i]
		if d.group != nil {
			kinds[i], last, one = form.Section, -1, ""
			continue
		}
		kinds[i] = form.Leaf
		mayBe := r.mayBeSection(d)
		if name := d.name(level1); name != "" && !mayBe {
			one = name
		}
		switch {
		case d.heads:
			kinds[i], last, one = form.Section, -1, ""
		case d.saysSubtotal(), mayBe && one != "" && d.name(level1) == one:
			kinds[i] = form.Section
			last = -1
		case mayBe:
			last = i
		case last >= 0:
			kinds[last] = form.Section
			last = -1
		}
	}
	return kinds
}

// headedSections finds the rows whose name is what sections are called and stands in the
// second level's column, having been printed over all of them, and whose weight the rows
// below add up to, as far as the next such row. Where no lines rule the table, the cells of
// the first level that are merged reach over the wrong rows: those below are its rows.
func (r *reader) headedSections() {
	if !r.columns.has(level1) || !r.columns.has(level2) || !r.columns.has(level3) {
		return
	}
	named := func(d draft) bool {
		two := d.cells[level2]
		return d.group == nil && d.cells[level3].empty() && !two.above && levelOne.MatchString(nameOf(two))
	}
	for i := 0; i < len(r.rows); i++ {
		want, ok := numberOf(r.rows[i].cells[weight].text())
		if !ok || !named(r.rows[i]) {
			continue
		}
		sum, end := new(big.Rat), i+1
		for ; end < len(r.rows) && !named(r.rows[end]) && r.rows[end].group == nil; end++ {
			if n, ok := numberOf(r.rows[end].cells[weight].text()); ok {
				sum.Add(sum, n)
			}
		}
		const fewest = 2 // rows: a row below may have the same weight
		if end-i <= fewest || sum.Cmp(want) != 0 {
			continue
		}
		name := nameOf(r.rows[i].cells[level2])
		r.rows[i].heads = true
		for k := i; k < end; k++ {
			r.rows[k].under = name
		}
	}
}

// sumsBelow is the first level of the rows below a subtotal without a name of its own, where
// they make up its weight and the rows above it do not; else "". The name of a merged cell
// may stand further down in it.
func (r *reader) sumsBelow(i int) string {
	d := r.rows[i]
	want, ok := numberOf(d.cells[weight].text())
	if !ok || i+1 >= len(r.rows) || d.cells[level1].above {
		return ""
	}
	name := r.rows[i+1].name(level1)
	if name == "" || r.rows[i+1].cells[level1].above {
		return ""
	}
	sum := func(rows []draft, goesOn func(draft) bool) *big.Rat {
		total := new(big.Rat)
		for _, row := range rows {
			n, ok := numberOf(row.cells[weight].text())
			if !ok || row.saysSubtotal() || !goesOn(row) {
				break
			}
			total.Add(total, n)
		}
		return total
	}
	below := sum(r.rows[i+1:], func(row draft) bool { return row.name(level1) == name })
	above := slices.Clone(r.rows[:i])
	slices.Reverse(above)
	before := ""
	if len(above) > 0 {
		before = above[0].name(level1)
	}
	if below.Cmp(want) == 0 && sum(above, func(row draft) bool { return row.name(level1) == before }).Cmp(want) != 0 {
		return name
	}
	return ""
}

// addsUp reports whether a row that names no indicator, beside the same first level as
// those above it, has the weight that they add up to, or their score where its weight
// was not read: a subtotal whose label nobody knows, or that was misread.
func (r *reader) addsUp(i int, kinds []form.IndicatorKind) bool {
	d := r.rows[i]
	if !r.columns.has(level3) || !d.cells[level3].empty() || d.cells[level2].empty() || d.cells[level2].above || !d.cells[level1].above {
		return false
	}
	points := weight
	want, ok := numberOf(d.cells[points].text())
	if !ok {
		points = score
		want, ok = numberOf(d.cells[points].text())
	}
	sum, rows := new(big.Rat), 0
	for k := i - 1; ok && k >= 0 && kinds[k] == form.Leaf; k-- {
		var n *big.Rat
		if n, ok = numberOf(r.rows[k].cells[points].text()); ok {
			sum.Add(sum, n)
			rows++
		}
		if one := r.rows[k].cells[level1]; !one.empty() && !one.above {
			break
		}
	}
	return ok && rows > 0 && sum.Cmp(want) == 0
}

func (d draft) saysSubtotal() bool {
	return d.subtotal || isSubtotal(d.name(level1)) || isSubtotal(d.name(level2)) || isSubtotal(d.name(level3))
}

func (r *reader) mayBeSection(d draft) bool {
	one, two := d.cells[level1], d.cells[level2]
	none := func(level role) bool { return namesNothing(d.cells[level]) }
	switch {
	case r.columns.has(level1) && (r.columns.has(level2) || r.columns.has(level3)):
		return !none(level1) && !one.above && none(level2) && none(level3)
	case r.columns.has(level2) && r.columns.has(level3):
		return !none(level2) && !two.above && none(level3)
	case r.columns.has(level3):
		return r.isHeading(d)
	}
	return false
}

var (
	listNumeral = regexp.MustCompile(`^[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?$`)
	listed      = regexp.MustCompile(`^[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]`)
	levelOne    = regexp.MustCompile(`^(?:项目|部门|社会|资金|预算)?(?:决策|投入|管理|过程|产出|效益|效果|成本|满意度|执行|履职|效能|效率|效应|绩效|可持续性?|影响力?)(?:效能|效率|效果|执行)?(?:类|方面)?(?:指标|情况)?$`)
)

// isHeading reports whether a row of a table with names in one column alone is the heading
// of the rows below it, with their points: its number in the list is 一 or 二, or it has no
// target and is called what sections are.
func (r *reader) isHeading(d draft) bool {
	name := d.cells[level3]
	if namesNothing(name) || name.above {
		return false
	}
	if listNumeral.MatchString(layout.Squeeze(d.cells[serial].text())) || listed.MatchString(layout.Squeeze(name.text())) {
		return true
	}
	return (r.columns.has(target) || r.columns.has(actual)) && d.cells[target].empty() && d.cells[actual].empty() && levelOne.MatchString(clean(name.text()))
}

// fill gives the row its figures. A column that is there and empty is a figure
// with nothing in it; a cell merged from above is none.
func (r *reader) fill(row *form.Indicator, d draft) {
	for _, col := range *r.columns {
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
			if n, is := numberOf(f.Text); is && f.Doubt == "" && c.Reader == layout.ByOCR && col.role.numeric() && n.Cmp(hundred) > 0 {
				f.Doubt = layout.Unconfirmed // points of several rows read as one number, or one without its point
			}
			if labels, _ := labelledParts(f.Text); labels != nil && f.Doubt == "" && hasDigit(f.Text) {
				f.Doubt = layout.Glued // 目标值：≥7个；完成值：7个, in a column that was not cut
			}
		}
		switch col.role {
		case nature:
			row.Nature = c.text()
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
	if c, ok := d.cells[nature]; ok && c.Reader == layout.ByOCR && !c.empty() && (c.Doubt != "" || !isNatureText(c.text())) {
		if c.Doubt == "" {
			c.Doubt = layout.Unconfirmed
		}
		r.sheet.Problems = append(r.sheet.Problems, doubt(fmt.Sprintf("indicators[%d].nature", i), c))
	}
}

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

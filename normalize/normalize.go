// Package normalize says what printed figures mean: it turns a form.Sheet, which
// holds text as printed, into a form.Form, in which each figure also has a
// state, and a value with its unit where the text is one number.
//
// The printed text is never changed. Text that belongs in a column of numbers
// and is not one number gets no value and a problem: a value is never guessed.
package normalize

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
	"heji/layout"
)

// NotANumber is the problem code of text that stands where a number belongs.
const NotANumber = "not-a-number"

// UnitInDoubt is the problem code of an amount whose unit was read unlike all
// others'.
const UnitInDoubt = "unit-in-doubt"

// Normalize gives the sheet's figures their states, values, units and
// comparators, its indicators their canonical names, and lists what cannot be
// relied on as problems.
func Normalize(sheet form.Sheet) form.Form {
	f := form.Form(sheet)
	if f.Unit == "" {
		f.Unit = unitOfLabels(&f)
	}
	for where, figure := range f.Figures() {
		if placeOf(where) == money {
			doubtUnit(figure, f.Unit)
		}
		settle(figure, placeOf(where), f.Unit)
	}
	for i := range f.Indicators {
		doubtLostDigits(&f.Indicators[i])
	}
	for where, figure := range f.Figures() {
		if p, ok := problem(where, figure); ok {
			f.Problems = append(f.Problems, p)
		}
	}
	if f.Unit == "" {
		f.Unit = unitOfAmounts(&f)
	}
	for i := range f.Indicators {
		row := &f.Indicators[i]
		row.Canonical, row.CanonicalBy = canonical(*row)
		for _, goal := range []*form.Figure{row.Target, row.AdjustedTarget} {
			if goal != nil && goal.Comparator == "" {
				// Some forms have a column for the sign alone.
				goal.Comparator, _ = cutComparator(layout.Squeeze(row.Nature))
			}
		}
	}
	readBlanks(&f)
	f.Kind = kindOf(&f)
	return f
}

// doubtLostDigits puts a doubt on what was achieved where a scan gives it the unit of its target
// and no number: 工册 beside ≥1册 was 1册.
func doubtLostDigits(row *form.Indicator) {
	a, goal := row.Actual, row.Target
	if a == nil || goal == nil || a.Reader != layout.ByOCR || a.State != form.Read || a.Value != nil || a.Doubt != "" || goal.Value == nil || goal.Unit == "" {
		return
	}
	rest, ok := strings.CutSuffix(layout.Squeeze(a.Text), goal.Unit)
	if n := len([]rune(rest)); ok && n > 0 && n <= 2 && !strings.ContainsAny(rest, "0123456789") {
		a.Doubt = layout.Unconfirmed
	}
}

// readBlanks names the reader of figures where nothing is printed: whoever read the page saw so.
func readBlanks(f *form.Form) {
	byPage, first := map[int]layout.Reader{}, layout.Reader("")
	for _, g := range f.Figures() {
		if g.Reader != "" && byPage[g.Page] == "" {
			byPage[g.Page] = g.Reader
			first = cmp.Or(first, g.Reader)
		}
	}
	for _, g := range f.Figures() {
		if g.Reader == "" && g.State == form.Blank {
			g.Reader, g.Confidence = cmp.Or(byPage[g.Page], first), 1
		}
	}
}

// place is what a figure's place in the record lets it be.
type place int

const (
	anything place = iota // a name, a narrative, a target
	money
	weight
	points
	percent
	identifier // a phone number, a date: digits that are no figure
)

var (
	moneyFields = []string{"carried_over", "initial_budget", "budget_adjustment", "other_adjustment", "executed", "year_end_balance"}
	identifiers = []string{"phone", "fill_date", "unit_name", "reporting_unit", "head", "contact", "project_head"}
)

func placeOf(where string) place {
	group, member, _ := strings.Cut(where, ".")
	switch {
	case group == "fields" && slices.Contains(moneyFields, member):
		return money
	case group == "fields" && slices.Contains(identifiers, member):
		return identifier
	case group == "fields", group == "grade":
		return anything
	case strings.HasPrefix(group, "other_fields"):
		return anything
	}
	switch member {
	case "initial", "budget", "executed":
		return money
	case "rate":
		return percent
	case "weight", "reference_weight":
		return weight
	case "score", "review_score", "coefficient":
		return points
	}
	return anything
}

// settle gives one figure its state and, where its text is one number, its value.
func settle(f *form.Figure, p place, formUnit string) {
	f.State = stateOf(f)
	if f.State != form.Read || p == identifier {
		return
	}
	n, ok := Parse(f.Text)
	if !ok && f.Reader == layout.ByOCR {
		// A speck beside a number, ，6 or 48元，, is no part of it: the number is what is left, in doubt.
		if bare := strings.TrimRight(strings.TrimLeft(layout.Squeeze(f.Text), specksBefore), specksAfter); bare != layout.Squeeze(f.Text) {
			if cut, fits := Parse(bare); fits {
				n, ok = cut, true
				if f.Doubt == "" {
					f.Doubt = layout.Unconfirmed
				}
			}
		}
	}
	f.Comparator = n.Comparator
	if !ok {
		if p == anything && f.Reader == layout.ByOCR && f.Doubt == "" && (len([]rune(f.Text)) <= 6 && strings.ContainsAny(f.Text, "?？") || strayMark.MatchString(layout.Squeeze(f.Text))) {
			f.Doubt = layout.Unconfirmed // 委?次 was ≤2次
		}
		return
	}
	switch p {
	case money:
		n.Unit = moneyUnit(n.Unit, printedUnit(f), formUnit)
		ok = n.Unit == "" || slices.Contains(moneyUnits, n.Unit)
	case weight, points:
		ok = n.Unit == "" || n.Unit == "分" || n.Unit == "%"
	case percent:
		if n.Unit == "" && strings.ContainsAny(f.Label, "%％") {
			n.Unit = "%" // 执行率（%）
		}
		ok = n.Unit == "" || n.Unit == "%"
	}
	// A minus that the readers do not agree on is a speck more often than a sign, and
	// one before a weight or a rate always is.
	if n.Value.Decimal().Sign() < 0 && f.Reader == layout.ByOCR && (f.Doubt != "" || p == weight || p == percent) {
		ok = false
	}
	// 00 was 100: no number begins so, and what stood before is lost.
	if p != anything && f.Reader == layout.ByOCR && leadingZero.MatchString(layout.Squeeze(f.Text)) {
		ok = false
	}
	if !ok {
		return
	}
	f.Value = &n.Value
	if p != anything && agreed(f) {
		f.Doubt = ""
	}
	if n.Unit != "" {
		f.Unit = n.Unit // else the unit that the form has a column for
	}
	if p == money && f.Reader == layout.ByOCR && f.Doubt == "" && f.Unit == "元" && n.Value.Scale() > 2 {
		f.Doubt = layout.Unconfirmed // there is nothing smaller than 分
	}
	if p == anything && f.Reader == layout.ByOCR && f.Doubt == "" {
		switch {
		case !countable(n.Unit):
			f.Doubt = UnitInDoubt
		case n.Value.Scale() == 3 && n.Unit != "" && (!finelyMeasured.MatchString(n.Unit) || strings.Contains(f.Text, ".000")):
			f.Doubt = layout.Unconfirmed // 115.489件 is 115,489件, 1.600元/人 is 1,600元/人, and 1.000公里 is 1,000公里
		case n.Unit == "%" && n.Value.Decimal().Cmp(manyPercent) > 0:
			f.Doubt = layout.Unconfirmed // ≧62.3% was read as 262.3%
		case n.Value.Decimal().Sign() < 0:
			f.Doubt = layout.Unconfirmed // and a minus before 91.1% a speck
		}
	}
}

// counted are the characters that alone are a unit of what forms count and measure.
const counted = "个名人位户家村项次件份套台辆部座处所间栋幢条段公里米亩顷吨斤克升桶袋箱盒本册篇幅期刊批宗起场届轮年月周天日时分秒元角度级类种株棵头只匹羽尾口眼面片块张枚支根把艘架门组队班节课例岁倍成万亿千百站点路井池渠坝桥"

// specksBefore and specksAfter are marks that no number has at that end; behind one a point
// may have lost a digit.
const (
	specksBefore = "，,.。、:;'’‘\"“”*·`|"
	specksAfter  = "，,、:;'’‘\"“”*·`|"
)

// finelyMeasured are units of which forms print thousandths; there is nothing smaller than 分 of 元.
var finelyMeasured = regexp.MustCompile(`^(?:[%‰]|[^元].*元.*|.*(?:万|亿|吨|克|升|公里|千米|亩|公顷|平方.*|立方.*))$`)

// leadingZero is a number whose first digit is none of its own.
var leadingZero = regexp.MustCompile(`^0[0-9]`)

// strayMark is a number and its unit with a mark that belongs to neither: 48元，, ]1%, 8.]万元.
var strayMark = regexp.MustCompile(`^[≥≤=<>]?[-−]?(?:[0-9][0-9,.]*[^0-9,.]{0,4}[，。；：,;:|!'’\]\[]|[0-9][0-9,.]*[|!'’\]\[][^0-9]{1,4}|[|!'’\]\[][0-9][0-9,.]*[^0-9]{0,4})$`)

// manyPercent is more than rates are, but for what grew many times.
var manyPercent = apd.New(200, 0)

// metric is what 公 begins as a unit.
const metric = "里斤顷升分尺亩"

// countable reports whether a unit may be one: of several characters any may but 公 with
// what is no measure, and of one those of counted. 2793调 is 2793亩 misread, 116公申 is 116公里.
func countable(unit string) bool {
	r := []rune(unit)
	if len(r) == 2 && r[0] == '公' {
		return strings.ContainsRune(metric, r[1])
	}
	return len(r) != 1 || !unicode.Is(unicode.Han, r[0]) || strings.ContainsRune(counted, r[0])
}

// agreed reports whether readings that differ leave no doubt in a column of numbers:
// what differs is no number, such as 5:5 and 12,00 beside 5.5 and 12.00, and three
// readings say the same, so that two kinds of readers do (none reads more than twice).
func agreed(f *form.Figure) bool {
	if f.Doubt != layout.Disagree || f.Reader != layout.ByOCR || f.Agreed < 2 {
		return false
	}
	return !slices.ContainsFunc(f.Alternatives, func(r layout.Reading) bool {
		_, number := Parse(r.Text)
		return number
	})
}

// stateOf tells nothing printed from a dash that says there is nothing, and both
// from ink that was not read.
func stateOf(f *form.Figure) form.State {
	switch {
	case f.Text == "" && f.Doubt != "":
		return form.Unread
	case f.Text == "":
		return form.Blank
	case isNone(f.Text):
		return form.None
	}
	return form.Read
}

func isNone(s string) bool {
	s = layout.Squeeze(s)
	return s == "无" || s != "" && strings.Trim(s, "-—–―─－_/") == ""
}

var moneyUnits = []string{"万元", "元", "亿元"}

// moneyUnit is the unit of an amount: the cell's own, else its label's, else the
// form's.
func moneyUnit(own, label, formUnit string) string {
	switch own {
	case "万", "亿":
		return own + "元"
	case "":
		if label != "" {
			return label
		}
		return formUnit
	}
	return own
}

var unitInLabel = regexp.MustCompile(`(亿元|万元|元)[)\]}〕】]?$`)

// labelUnit is the unit of amounts that a label prints: 年初预算金额 (万元).
func labelUnit(label string) string {
	if m := unitInLabel.FindStringSubmatch(layout.Squeeze(label)); m != nil {
		return m[1]
	}
	return ""
}

// blurredUnit is two characters in brackets at a label's end, of which the first
// says which unit they were: OCR makes (万才) and (万7) of a faxed (万元).
var blurredUnit = regexp.MustCompile(`[(\[{〔【<](万|亿).[)\]}〕】>]?$`)

// printedUnit is the unit of the figure's label, also where pixels gave only half
// of it.
func printedUnit(f *form.Figure) string {
	if u := labelUnit(f.Label); u != "" {
		return u
	}
	if m := blurredUnit.FindStringSubmatch(layout.Squeeze(f.Label)); m != nil && f.Reader == layout.ByOCR {
		return m[1] + "元"
	}
	return ""
}

// unitOfLabels is the unit that most of the form's labels name, or "".
func unitOfLabels(f *form.Form) string { return mostCommon(f, printedUnit) }

// unitOfAmounts is the unit that most amounts have of their own, or "".
func unitOfAmounts(f *form.Form) string {
	return mostCommon(f, func(g *form.Figure) string { return g.Unit })
}

// mostCommon is the unit that more than half of the amounts with one have.
func mostCommon(f *form.Form, unit func(*form.Figure) string) string {
	count := map[string]int{}
	all, best := 0, ""
	for where, figure := range f.Figures() {
		if u := unit(figure); placeOf(where) == money && u != "" {
			all++
			if count[u]++; count[u] > count[best] {
				best = u
			}
		}
	}
	if count[best]*2 <= all {
		return ""
	}
	return best
}

// doubtUnit marks an amount whose label, read from pixels, names another unit than
// the form's others: a character lost from 万元 is a factor of ten thousand.
func doubtUnit(f *form.Figure, formUnit string) {
	if own := printedUnit(f); f.Reader == layout.ByOCR && f.Doubt == "" && own != "" && formUnit != "" && own != formUnit {
		f.Doubt = UnitInDoubt
	}
}

// problem is what a reader of the record should know before relying on the
// figure.
func problem(where string, f *form.Figure) (form.Problem, bool) {
	p := form.Problem{Where: where, Code: f.Doubt, Page: f.Page, Box: f.Box}
	switch expected := placeOf(where); {
	case f.State == form.Unread:
		p.Code = layout.Illegible
		p.Message = "something is printed here and could not be read; look at the page"
		p.MessageZH = "此处有印迹而未能识读；请核对原件"
	case f.State == form.Read && f.Value == nil && (expected == money || expected == weight || expected == points || expected == percent):
		p.Code = NotANumber
		p.Message = fmt.Sprintf("a number belongs here and %q is not one; look at the page", f.Text)
		p.MessageZH = fmt.Sprintf("此处应为数字，而读作“%s”；请核对原件", f.Text)
	case f.Doubt != "":
		p.Message, p.MessageZH = doubtMessages(f)
	case f.State == form.Read && signAlone(f.Text) && (strings.HasSuffix(where, ".target") || strings.HasSuffix(where, ".actual")):
		p.Code = NotANumber
		p.Message = fmt.Sprintf("%q asks for a number, and none is read beside it; look at the page", f.Text)
		p.MessageZH = fmt.Sprintf("“%s”之后应有数字而未读到；请核对原件", f.Text)
	default:
		return form.Problem{}, false
	}
	return p, true
}

// signAlone reports whether a text is a comparator and nothing else.
func signAlone(text string) bool {
	sign, rest := cutComparator(layout.Squeeze(text))
	return sign != "" && rest == ""
}

// doubtMessages says what is doubtful about a figure, in English and Chinese.
func doubtMessages(f *form.Figure) (en, zh string) {
	var others []string
	for _, a := range f.Alternatives {
		others = append(others, a.Flat())
	}
	switch {
	case f.Doubt == layout.Glued && f.Reader != layout.ByTranscript:
		return fmt.Sprintf("one cell holds what belongs in two, or in several rows, and reads %q as a whole; look at the page", f.Text),
			fmt.Sprintf("一格之中有应属两格或数行的内容，合读作“%s”；请核对原件", f.Text)
	case len(others) > 0:
	case f.Doubt == layout.Unlabelled:
		return fmt.Sprintf("the label beside %q could not be read, and every other amount of the header was found; look at the page", f.Text),
			fmt.Sprintf("“%s”旁的标签未能识读，由表头其余金额推知；请核对原件", f.Text)
	case f.Doubt == layout.Concluded:
		return fmt.Sprintf("nothing that is known stands over %q (%q), and what it is was concluded from its place; look at the page", f.Text, f.Label),
			fmt.Sprintf("“%s”的表头“%s”不在词表之中，由所在位置推知；请核对原件", f.Text, f.Label)
	case f.Doubt == layout.Glued:
		return fmt.Sprintf("a lost tab ran this cell and its neighbour together; it was cut so that this one reads %q; look at the original", f.Text),
			fmt.Sprintf("因缺少制表符，此格与相邻格并在一起，切分后读作“%s”；请核对原文", f.Text)
	case f.Doubt == UnitInDoubt && !countable(f.Unit):
		return fmt.Sprintf("read as %q, and nothing is counted in %s; look at the page", f.Text, f.Unit),
			fmt.Sprintf("读作“%s”，而“%s”不是计量单位；请核对原件", f.Text, f.Unit)
	case f.Doubt == UnitInDoubt:
		return fmt.Sprintf("the label was read as %q, and the form's other amounts have another unit; look at the page", f.Label),
			fmt.Sprintf("标签读作“%s”，单位与表内其余金额不同；请核对原件", f.Label)
	case f.Doubt == layout.Distrusted:
		return fmt.Sprintf("the PDF's text says %q and cannot be trusted here; look at the page", f.Text),
			fmt.Sprintf("PDF 文本层为“%s”，此处不可信；请核对原件", f.Text)
	}
	return form.ReadAs(f.Text, others)
}

// kindOf tells the two families apart: by the title, else by what the header
// names.
func kindOf(f *form.Form) form.Kind {
	switch {
	case strings.Contains(f.Title, "整体"):
		return form.Department
	case strings.Contains(f.Title, "项目"), strings.Contains(f.Title, "专项"), strings.Contains(f.Title, "转移支付"):
		return form.Project
	case f.Field("project_name") != nil:
		return form.Project
	}
	return form.Department
}

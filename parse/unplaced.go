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

// place is where a cell is printed. Without geometry it is the text alone.
type place struct {
	page int
	box  layout.Box
	text string
}

func (c cell) place() place {
	p := place{page: c.page, box: c.Box}
	if c.Box.IsZero() {
		p.text = c.text()
	}
	return p
}

// settleUnplaced says of every number in the form's tables that became no part of
// the record that it did not. Silence would look like a form that has no such
// number.
func (r *reader) settleUnplaced() {
	known := map[place]bool{}
	used := map[*layout.Cell]bool{}
	for _, c := range r.placed {
		used[c] = true
	}
	labels := map[string]bool{}
	for _, f := range (*form.Form)(&r.sheet).Figures() {
		p := place{page: f.Page, box: f.Box}
		if f.Box.IsZero() {
			p.text = f.Text
		}
		known[p] = true
		labels[f.Label] = true
	}
	for _, d := range r.rows {
		for _, c := range d.cells {
			used[c.of] = true
		}
	}
	for _, f := range r.sheet.Funds {
		labels[f.Label] = true // 1.中央资金
	}
	for i, f := range r.sheet.OtherFields {
		p := form.Problem{Where: fmt.Sprintf("other_fields[%d]", i), Code: form.NumberUnlabelled, Page: f.Page, Box: f.Box}
		switch {
		case !isFigure(f.Text) || r.said[p.Where] || r.isStray(f):
			continue
		case f.Label == "":
			p.Message = fmt.Sprintf("%q is printed here and nothing says what it is; look at the page", f.Text)
			p.MessageZH = fmt.Sprintf("此处印有“%s”，没有标签说明是何数；请核对原件", f.Text)
		case isNumber(f.Label), len(r.sheet.Funds) == 0 && namesSource(f.Label):
			p.Message = fmt.Sprintf("%q is printed beside %q, as in a table of funds whose heads were not found; look at the page", f.Text, shortened(f.Label))
			p.MessageZH = fmt.Sprintf("“%s”旁为“%s”，疑属资金表，而其列标题未能识别；请核对原件", f.Text, shortened(f.Label))
		case countsInRules.MatchString(f.Label):
			p.Message = fmt.Sprintf("%q is printed beside %q, which names nothing that is known; look at the page", f.Text, shortened(f.Label))
			p.MessageZH = fmt.Sprintf("“%s”旁的标签“%s”不在词表之中；请核对原件", f.Text, shortened(f.Label))
		default:
			continue
		}
		r.sheet.Problems = append(r.sheet.Problems, p)
	}
	for _, row := range r.seen {
		var lost []string
		var box layout.Box
		for _, c := range row.printed() {
			if hasDigit(c.text()) && !known[c.place()] && !used[c.of] && !labels[c.text()] {
				lost = append(lost, shortened(c.text()))
				box = box.Union(c.Box)
			}
		}
		if len(lost) > 0 {
			p := form.Problem{Where: fmt.Sprintf("page %d", row.page), Code: form.NumberUnplaced, Page: row.page, Box: box}
			p.Message, p.MessageZH = form.Unplaced(lost)
			r.sheet.Problems = append(r.sheet.Problems, p)
		}
	}
}

// comparedIn is a target that stands in a row's name: 满意度 ≥90%.
var comparedIn = regexp.MustCompile(`\s[≥≤≧≦＞＜><=＝]\s*[0-9]`)

// countsInRules are words of labels whose figures might be ones that the rules add up.
var countsInRules = regexp.MustCompile(`资金|预算|经费|收入|支出|拨款|金额|执行|到位|决算|结转|结余|分值|权重|得分|评分|总分|率$|万元|合计|总计`)

// isStray reports whether settleStrays speaks of the figure.
func (r *reader) isStray(f form.Figure) bool {
	return slices.ContainsFunc(r.strays, func(s stray) bool { return s.page == f.Page && s.Box == f.Box && s.text() == f.Text })
}

// stray is a number in an indicator row, under a head that says nothing known or says
// what another says.
type stray struct {
	head string
	cell
	free bool // of a table that the record has no place for
}

// allRows is the place of a problem with a column of the indicator table.
const allRows = "indicators[]"

// settleStrays says, once a head and page, which numbers of the indicator table are
// among the other fields and not in their rows: it may be that the head was misread.
func (r *reader) settleStrays() {
	type column struct {
		page int
		free bool
		head string
	}
	var order []column
	boxes, counts := map[column]layout.Box{}, map[column]int{}
	for _, s := range r.strays {
		c := column{s.page, s.free, s.head}
		if counts[c] == 0 {
			order = append(order, c)
		}
		counts[c]++
		boxes[c] = boxes[c].Union(s.Box)
	}
	for _, c := range order {
		if c.free {
			r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: "other_fields[]", Code: form.NumberUnplaced, Page: c.page, Box: boxes[c],
				Message:   fmt.Sprintf("a table stands here that the record has no place for: its %d numbers are in other_fields; look at the page", counts[c]),
				MessageZH: fmt.Sprintf("此处有一张表不属于已知的各表，表内 %d 个数字列入其他项目(other_fields)；请核对原件", counts[c])})
			continue
		}
		code, why, whyZH := form.NumberUnplaced, "a head that is not known", "不在词表之中"
		if found, ok := heads.exact(c.head); ok && r.columns.has(found) {
			code, why, whyZH = form.ColumnTwice, "a head that another column has too", "与另一列的表头相同"
		}
		r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: allRows, Code: code, Page: c.page, Box: boxes[c],
			Message:   fmt.Sprintf("numbers stand under %q, %s: %d of them are in other_fields and not in their rows; look at the page", shortened(c.head), why, counts[c]),
			MessageZH: fmt.Sprintf("表头“%s”%s，其下 %d 个数字列入其他项目(other_fields)，未归入各行；请核对原件", shortened(c.head), whyZH, counts[c])})
	}
}

// pointsColumn counts the leaf rows of a column of points, and those where OCR saw
// nothing.
type pointsColumn struct {
	filled int
	blanks []form.Problem
}

// tellTarget says that a row's target may stand in its name: the paper between the two
// was no edge.
func (r *reader) tellTarget(i int, row form.Indicator, d draft) {
	if row.Kind != form.Leaf || !d.columns.has(target) || !d.cells[target].empty() || !d.cells[actual].empty() || !comparedIn.MatchString(row.Level3) {
		return
	}
	name := d.cells[level3]
	r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: fmt.Sprintf("indicators[%d].target", i), Code: form.NumberUnplaced, Page: name.page, Box: name.Box,
		Message:   fmt.Sprintf("the row has neither target nor actual, and numbers stand in its name, %q; look at the page", shortened(row.Level3)),
		MessageZH: fmt.Sprintf("此行没有目标值和完成值，而名称“%s”中有数字；请核对原件", shortened(row.Level3))})
}

// keepBlanks counts the row's weight and score. A cell merged from above is neither
// blank nor filled.
func (r *reader) keepBlanks(i int, row form.Indicator, d draft) {
	if row.Kind != form.Leaf || row.Level3 == "" || d.cells[level3].Reader != layout.ByOCR {
		return
	}
	if r.points == nil {
		r.points = map[role]*pointsColumn{weight: {}, score: {}, target: {}, actual: {}}
	}
	for to, name := range map[role]string{weight: "weight", score: "score", target: "target", actual: "actual"} {
		c, ok := d.cells[to]
		points := to == weight || to == score
		switch {
		case ok && (c.text() != "" || c.Doubt != ""):
			r.points[to].filled++
		case ok && points:
			r.points[to].blanks = append(r.points[to].blanks, form.Problem{Where: fmt.Sprintf("indicators[%d].%s", i, name), Code: form.BlankAmongFigures, Page: c.page, Box: c.Box,
				Message:   "nothing was seen here, and nearly every other row has a number; look at the page",
				MessageZH: "此格未见字迹，而其余各行几乎都有数字；请核对原件"})
		case !ok && d.columns.has(to):
			// A line above the row may be lost, and its print gone to the cell there.
			at := d.cells[level3]
			r.points[to].blanks = append(r.points[to].blanks, form.Problem{Where: fmt.Sprintf("indicators[%d].%s", i, name), Code: form.BlankAmongFigures, Page: at.page, Box: at.Box,
				Message:   "the row has no cell of its own here, as nearly every other row has; look at the page",
				MessageZH: "此行在此栏没有单独的一格，而其余各行几乎都有；请核对原件"})
		}
	}
}

// settleBlanks says which weights and scores of a scan are blank, and which targets and
// actuals have no cell, where nearly all others are not: a number may have gone with a line or a stain. Text pages hold what
// they hold, and forms do leave scores blank.
func (r *reader) settleBlanks() {
	const nearlyAll = 4 // filled rows for each blank
	for _, to := range []role{weight, score, target, actual} {
		if c := r.points[to]; c != nil && c.filled >= nearlyAll*len(c.blanks) {
			r.sheet.Problems = append(r.sheet.Problems, c.blanks...)
		}
	}
}

// namesSource reports whether a label is a source of funds.
func namesSource(label string) bool {
	_, known := sources.exact(label)
	return known
}

func shortened(s string) string {
	const most = 24
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// readFree reads a table of amounts that is none the record knows, such as the year's
// tasks with their budgets, and returns how many rows it takes. Each number goes to
// the other fields under the name of its row and the heads above it.
func (r *reader) readFree(part []block) int {
	if r.columns != nil || r.funds != nil || len(r.pending) > 0 {
		return 0
	}
	var open []head
	n := 0
	for ; n < len(part) && n < mostHeadRows; n++ {
		if b := part[n].row; b == nil || b.loose || b.table != part[0].row.table || !couldBeFreeHeads(*b) {
			break
		}
		if _, heads := headsOf(part[n:], false); heads > 0 || isFunds(part[n:]) {
			return 0
		}
		open = lower(open, *part[n].row)
	}
	if n == 0 || len(part[0].row.printed()) < 3 || isFunds(part) || n == len(part) || n == mostHeadRows || part[n].row == nil || len(freeNumbers(open, *part[n].row)) < 2 {
		return 0
	}
	for ; n < len(part) && part[n].row != nil && part[n].row.table == part[0].row.table; n++ {
		numbers := freeNumbers(open, *part[n].row)
		if len(numbers) == 0 {
			break
		}
		name := freeName(*part[n].row)
		for _, at := range numbers {
			r.readFundUnit(*part[0].row)
			r.addField("", at.figure(strings.TrimSpace(name+" "+at.heads)))
			r.strays = append(r.strays, stray{cell: at.cell, free: true})
		}
	}
	return n
}

// couldBeFreeHeads reports whether the row may be heads of amounts: words, and among
// the labels that the header has too only those of amounts, and never nothing else.
func couldBeFreeHeads(r row) bool {
	others := 0
	for _, c := range r.printed() {
		key, label := fields.exact(c.text())
		switch {
		case label && !slices.Contains(amountKeys, key), utf8.RuneCountInString(c.text()) > 16:
			return false
		case !label:
			others++
		}
	}
	return couldBeHeads(r) && others > 0
}

// isFunds reports whether the blocks begin with the heads of a funds table and a
// source below them.
func isFunds(part []block) bool {
	var r reader
	n := r.readFundHeads(part)
	return n > 0 && len(part) > n && part[n].row != nil && r.readFund(*part[n].row)
}

// freeNumber is a number with what its column's heads say.
type freeNumber struct {
	cell
	heads string
}

// freeNumbers are the row's numbers that stand under a head as wide as they are. It is
// none of such a table when a label of the header or a source of funds is in it.
func freeNumbers(open []head, row row) []freeNumber {
	var found []freeNumber
	for _, c := range row.printed() {
		if _, label := fields.exact(c.text()); label {
			return nil
		}
		i := slices.IndexFunc(open, func(h head) bool { return sameColumn(h.cell, c) })
		if !isNumber(c.text()) || i < 0 {
			continue
		}
		words := append(slices.Clone(open[i].under), open[i].text())
		found = append(found, freeNumber{c, strings.Join(words, " ")})
	}
	return found
}

// freeName is the first text of the row.
func freeName(row row) string {
	for _, c := range row.printed() {
		if !isNumber(c.text()) && c.RowSpan == 1 {
			return c.text()
		}
	}
	return ""
}

// sameColumn reports whether two cells begin and end at the same edges.
func sameColumn(a, b cell) bool {
	const hair = 0.01
	return a.left-b.left < hair && b.left-a.left < hair && a.right-b.right < hair && b.right-a.right < hair
}

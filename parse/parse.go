// Package parse finds which cell is what: it turns a layout.Document into
// form.Sheets, one a self-evaluation form.
//
// Nothing depends on a template being known. A table's rows are read from top
// to bottom, over page breaks, and each is recognised by what its own labels and
// the column heads above it say:
//
//	单位名称 | 某某局 | …                 a row of labels and values   → fields
//	二级指标 | 三级指标 | 分值 | 得分      column heads                 → the roles of the columns below
//	投入     |          | 16  | 16.00   a section row               → indicator, kind section
//	目标设定 | 目标合理性 | 3   | 3.00    an indicator row            → indicator, kind leaf
//	综合得分 |          | 100 | 97.80   the total                   → total
//	评价人员 | 姓名 | 职务 | 联系电话      heads of a list of people   → evaluators
//
// The words that labels and heads use are data: see words.go. A new synonym is
// one more word in its list.
//
// Figures leave here as printed. What they mean is normalize's work.
package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"heji/form"
	"heji/layout"
)

// Parse finds the self-evaluation forms of a document, in printed order. The
// error is a *form.Error with code not-a-form when there is none, and its
// message says what the document looks like instead.
func Parse(doc layout.Document) ([]form.Sheet, error) {
	var sheets []form.Sheet
	var passed []form.Problem // titled tables that are no form
	for _, part := range split(flow(doc)) {
		s, used := read(part)
		if !isForm(&s) || s.Title == "" && anotherKind(used, executedAndScored(&s)) || titledElsewhere(used) {
			passed = append(passed, unreadForm(part)...)
			continue
		}
		s.Ordinal = len(sheets) + 1
		if i := slices.IndexFunc(used, func(b block) bool { return b.row != nil }); i >= 0 && s.Title == "" {
			used = slices.DeleteFunc(slices.Clone(used), func(b block) bool { return b.flow < used[i].flow }) // covers
		}
		s.Pages = pagesOf(used)
		for _, n := range s.Pages {
			s.Problems = append(s.Problems, pageProblems(doc, n)...)
		}
		sheets = append(sheets, s)
	}
	if len(sheets) == 0 {
		return nil, notAForm(doc)
	}
	for _, p := range passed {
		// The form before it says so, or the first.
		at := 0
		for i := range sheets {
			if sheets[i].Pages[0] <= p.Page {
				at = i
			}
		}
		sheets[at].Problems = append(sheets[at].Problems, p)
	}
	return sheets, nil
}

// unreadForm is the problem of a title of a form with a scanned table below it whose heads were not
// read: beside forms that were, it would be passed over like any other page.
func unreadForm(part []block) []form.Problem {
	const rows, numbers = 4, 2 // a table of fewer rows with so many numbers each may be any
	title, filled := "", 0
	page := 0
	for _, b := range part {
		switch {
		case b.row == nil && isTitle(b.whole()):
			title, page, filled = b.whole(), b.page, 0
		case b.row != nil && title != "" && b.page == page:
			n := 0
			for _, c := range b.row.printed() {
				if c.Reader == layout.ByOCR && isFigure(c.text()) {
					n++
				}
			}
			if n >= numbers {
				filled++
			}
		}
	}
	if filled < rows {
		return nil
	}
	return []form.Problem{{Where: fmt.Sprintf("page %d", page), Code: form.NumberUnplaced, Page: page,
		Message:   fmt.Sprintf("a form's title stands here, %q, and what is below it could not be read as one: none of its numbers is in a record; look at the page", shortened(title)),
		MessageZH: fmt.Sprintf("此页有自评表标题“%s”，其下的表未能识别，所印各数均未录入；请核对原件", shortened(title))}}
}

// read goes down the rows of one form, and returns the blocks up to its end: in
// an annex other pages follow.
func read(part []block) (form.Sheet, []block) {
	r := reader{}
	i := 0
	for ; i < len(part); i++ {
		b := part[i]
		switch {
		case i > 0 && b.flow != part[i-1].flow && r.ended(part[i:]):
			r.doubtEnd(part[i:])
			r.settle()
			return r.sheet, part[:i]
		case b.line != nil:
			if isTableLine(b.line.Flat()) {
				r.tableLine = b.page
			}
			r.doubtFigures(b.page, *b.line)
			r.readLine(b.page, *b.line)
		default:
			r.closeRunning()
			if n := r.readHeads(part[i:]); n > 0 {
				i += n - 1
				continue
			}
			if n := r.readFundHeads(part[i:]); n > 0 {
				i += n - 1
				continue
			}
			if r.readLowerHeads(*b.row) {
				continue
			}
			r.seen = append(r.seen, *b.row)
			if n := r.readFree(part[i:]); n > 0 {
				i += n - 1
				continue
			}
			r.readRow(*b.row)
		}
	}
	r.settle()
	return r.sheet, part
}

// settle decides what only the whole form can tell.
func (r *reader) settle() {
	r.closeRunning()
	r.closeFunds()
	r.settleSaid()
	r.settleUnit()
	r.settleYear()
	r.settleUnlabelled()
	r.settleGrade()
	r.settleBoxes()
	r.settleIndicators()
	r.settleUnplaced()
	r.doubtLines()
	r.settleStrays()
}

// ended reports whether the form ended before a new page. A form goes on in a
// table at the top of the page; text there, once the total has been read below the
// rows, or a page without any table, is something else.
func (r *reader) ended(rest []block) bool {
	if len(r.rows) == 0 {
		return false
	}
	page, line, rows := rest[0].flow, false, 0
	for i, b := range rest {
		if b.flow != page {
			break
		}
		switch {
		case b.row != nil:
			rows++
		case i == 0:
			line = !isPageMark(b.line.Flat()) && !isTitle(b.line.Flat()) && !isDirt(*b.line)
		}
	}
	done := r.belowRows(r.sheet.Total.Score) || r.belowRows(r.sheet.Grade)
	if rows == 0 && (!done && saysResult(rest) || r.sheet.Grade == nil && line && isGradeLine(rest[0].line.Flat())) {
		return false // pushed over the page
	}
	return rows == 0 || done && line && !r.repeatsHeads(rest)
}

// doubtEnd says so where the page behind the form is a scan of which nothing could be read: as
// the form's result is not printed below its rows, more of them may stand there. A row of a
// table among its lines is kept for doubtLines.
func (r *reader) doubtEnd(rest []block) {
	if r.belowRows(r.sheet.Total.Score) || r.belowRows(r.sheet.Grade) {
		return
	}
	lines, doubted := 0, 0
	for _, b := range rest {
		if b.flow != rest[0].flow || b.row != nil {
			break
		}
		if isTableLine(b.line.Flat()) {
			r.tableLine = b.page
			return
		}
		lines++
		if b.line.Reader == layout.ByOCR && (b.line.Doubt != "" || b.line.Confidence < unreadable) {
			doubted++
		}
	}
	if 2*doubted > lines {
		r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: fmt.Sprintf("page %d", rest[0].page), Code: layout.GridInDoubt, Page: rest[0].page,
			Message:   "nothing on the page behind the form could be read, and the form's result does not stand below its rows: some of them may be on that page; look at it",
			MessageZH: "表后一页未能识读，而表的合计或等级不在各行之下，该页可能还有指标行；请核对原件"})
	}
}

// doubtLines says so where lines on a page of the form, or right behind it, are rows of its
// table, of which none was found there.
func (r *reader) doubtLines() {
	if n := len(r.rows); n == 0 || r.tableLine <= r.rows[n-1].page || r.belowRows(r.sheet.Total.Score) || r.belowRows(r.sheet.Grade) {
		return
	}
	r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: fmt.Sprintf("page %d", r.tableLine), Code: layout.GridInDoubt, Page: r.tableLine,
		Message:   "the form's table seems to continue on this page, where no table was found: its rows and its result are not in the record; look at the page",
		MessageZH: "此页似为表的续页，但未找到表格，所印的指标行与合计未列入；请核对原件"})
}

// doubtFigures says so where a line outside the tables of a form is a row of figures, which no table
// has.
func (r *reader) doubtFigures(page int, l layout.Line) {
	const most = 20 // such problems
	if !isFigureRow(l.Flat()) || r.figureRows == most || len(r.sheet.Funds)+len(r.rows)+len(r.sheet.Fields) == 0 && r.sheet.Title == "" {
		return
	}
	r.figureRows++
	r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: fmt.Sprintf("page %d", page), Code: layout.GridInDoubt, Page: page, Box: l.Box,
		Message:   fmt.Sprintf("a row of figures stands outside the tables and is not in the record: %q; look at the page", l.Flat()),
		MessageZH: fmt.Sprintf("表格之外有一行数字，未列入：“%s”；请核对原件", l.Flat())})
}

// isFigureRow reports whether a line is a label and three numbers or more, one beside the other.
func isFigureRow(text string) bool {
	const least, longest = 3, 16 // words
	words := strings.Fields(text)
	if len(words) > longest || len(words) == 0 || isFigure(words[0]) || strings.ContainsAny(text, "。；") {
		return false
	}
	n := 0
	for _, w := range words {
		if n++; !isNumber(w) && !isFigure(w) {
			n = 0
		}
		if n == least {
			return true
		}
	}
	return false
}

// isTableLine reports whether a line is a row of an indicator table: a total or subtotal with
// its points, three heads, or a row of figures.
func isTableLine(text string) bool {
	if isFigureRow(text) {
		return true
	}
	words := strings.Fields(text)
	known, label := 0, ""
	for i, w := range words {
		if _, ok := heads.exact(w); ok {
			known++
		}
		if isNumber(w) && (isSubtotal(label) || isTotal(label)) {
			return !slices.ContainsFunc(words[i:], func(w string) bool { return !isNumber(w) && !isDash(w) })
		}
		label += w
	}
	return known >= 3
}

// unreadable is the belief in a line below which it is nothing that was read.
const unreadable = 0.5

// belowRows reports whether a figure stands below the indicator rows so far: a total in the
// header says nothing of where the form ends.
func (r *reader) belowRows(f *form.Figure) bool {
	if f == nil {
		return false
	}
	last := r.rows[len(r.rows)-1]
	top := 0.0
	for _, c := range last.cells {
		if c.page == last.page && !c.above {
			top = max(top, c.Box.Y0)
		}
	}
	return f.Page > last.page || f.Page == last.page && f.Box.Y0 >= top
}

// isDirt reports whether a line of a scan is what specks or a staple were read as: a few
// marks and letters, which its reader doubts.
func isDirt(l layout.Line) bool {
	const few = 4 // characters
	text := layout.Squeeze(l.Text)
	return l.Reader == layout.ByOCR && l.Doubt != "" && utf8.RuneCountInString(text) <= few && !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// repeatsHeads reports whether the first row on a page is the heads of the table at hand:
// the table goes on there, though its total stands above it and dirt, read as a line,
// above the heads.
func (r *reader) repeatsHeads(rest []block) bool {
	first := slices.IndexFunc(rest, func(b block) bool { return b.row != nil })
	if r.columns == nil || rest[first].flow != rest[0].flow {
		return false
	}
	cs, n := headsOf(rest[first:], false)
	return n > 0 && slices.EqualFunc(cs, *r.columns, func(a, b column) bool { return a.role == b.role })
}

// isGradeLine reports whether a line is nothing but the form's grade behind its label:
// 评价等级：□优 □良 □中 ☑差.
func isGradeLine(s string) bool {
	_, _, ok := gradeLine(s)
	return ok
}

// gradeLine is the label and the grade of such a line, with a colon or nothing but paper between
// them: the last row of a table that has no lines around it.
func gradeLine(s string) (label, grade string, ok bool) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "：", ":"))
	if label, grade, ok = strings.Cut(s, ":"); !ok {
		label, grade, ok = strings.Cut(s, " ")
	}
	return label, strings.TrimSpace(grade), ok && isGrade(label) && saysGrade(grade)
}

// saysResult reports whether one of the next lines on the page says the form's result, in
// a sentence or as a row of totals without its table.
func saysResult(rest []block) bool {
	const few = 4
	for _, b := range rest[:min(few, len(rest))] {
		if b.line == nil || b.flow != rest[0].flow || isTitle(b.line.Flat()) {
			return false
		}
		if resultSaid.MatchString(layout.Squeeze(b.line.Flat())) || totalRow.MatchString(strings.TrimSpace(b.line.Flat())) {
			return true
		}
	}
	return false
}

var pageMark = regexp.MustCompile(`^[-—–第\s]*[0-9]{1,4}[-—–页/共\s0-9]*$`)

func isPageMark(s string) bool { return pageMark.MatchString(s) }

// reader holds what was learnt from the rows above the one at hand.
type reader struct {
	sheet      form.Sheet
	columns    *columns               // of the indicator table, once its heads were seen
	shift      int                    // of the row before, in tables without geometry: see columns.align
	rows       []draft                // indicator rows, before levels and sections are settled
	left       []*layout.Cell         // names of levels that begin in rows that were none
	funds      *fundTable             // the funds table, while in it
	unlabelled []pair                 // values whose labels OCR could not read
	fundPairs  []fundPair             // measures with a figure beside each, which rows of sources may follow
	rateHead   cell                   // the head of the rate above these
	strays     []stray                // numbers of indicator rows whose columns nobody knows
	points     map[role]*pointsColumn // of the leaf rows of scans
	pending    []cell                 // labels that stand above their values
	seen       []row                  // rows below or above the heads, to ask in the end what became of their numbers
	placed     []*layout.Cell         // of them, those that became names of people, or figures of another text
	said       map[string]bool        // places of other fields of which a problem was told
	people     peopleColumns          // the columns of the list of evaluators, once its heads were seen
	title      printedLine            // the line of the title
	heading    printedLine            // a unit's name in the line above it
	year       string                 // a year said above the rows, in passing
	unread     []printedLine          // lines that nothing is known of: sentences, perhaps
	tableLine  int                    // page of the last line that is a row of an indicator table
	figureRows int                    // lines outside tables that are rows of figures
	running    *running               // a text outside tables that goes on in the next line
}

// isForm reports whether enough was found to call it a self-evaluation form: an
// indicator table with at least one number in it, and a title that says so or a
// column of what was achieved. A declaration of targets has neither.
func isForm(s *form.Sheet) bool {
	achieved, numbers := false, false
	for _, row := range s.Indicators {
		achieved = achieved || row.Score != nil || row.Actual != nil
		for _, f := range []*form.Figure{row.Weight, row.ReferenceWeight, row.Score, row.Target, row.Actual} {
			numbers = numbers || f != nil && hasDigit(f.Text)
		}
	}
	return numbers && (achieved || s.Title != "")
}

// executedAndScored reports whether a form holds what no other document has together: funds and
// rows with scores.
func executedAndScored(s *form.Sheet) bool {
	scored := func(r form.Indicator) bool { return r.Score != nil && r.Actual != nil && isNumber(r.Score.Text) }
	return len(s.Funds) > 0 && slices.ContainsFunc(s.Indicators, scored)
}

// anotherKind reports whether a line above the first table says that the blocks are
// something else: a report has tables with scores too. Of what has all that a form has, whose
// title was lost, only a line on the page of the table says so: reports have forms behind them.
func anotherKind(part []block, hasAll bool) bool {
	said := 0 // the page of the line
	for _, b := range part {
		if b.row != nil && len(b.row.printed()) > 1 {
			return said > 0 && (!hasAll || said == b.flow)
		}
		if text := clean(b.whole()); utf8.RuneCountInString(text) <= 40 && lookalike(text) != "" {
			said = b.flow
		}
	}
	return said > 0
}

// titledElsewhere reports whether the title stands on a page without a table, such as one of
// contents, and right above the first table another kind of document is named.
func titledElsewhere(part []block) bool {
	title := 0
	for i, b := range part {
		switch text := clean(b.whole()); {
		case b.row != nil && len(b.row.printed()) > 1:
			return false
		case isTitle(b.whole()):
			title = b.flow
		case title > 0 && b.flow > title && utf8.RuneCountInString(text) <= 40 && lookalike(text) != "":
			return slices.ContainsFunc(part[i:], func(o block) bool { return o.flow == b.flow && o.row != nil && len(o.row.printed()) > 1 })
		}
	}
	return false
}

func pagesOf(part []block) []int {
	var pages []int
	add := func(page int) {
		if !slices.Contains(pages, page) {
			pages = append(pages, page)
		}
	}
	for _, b := range part {
		add(b.page)
		if b.row != nil {
			for _, c := range b.row.cells {
				add(c.page)
			}
		}
	}
	slices.Sort(pages)
	return pages
}

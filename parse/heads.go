package parse

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"heji/layout"
)

// columns are the columns of an indicator table, left to right. A column whose
// head says nothing known has noRole: what stands in it is in no other column.
type columns []column

type column struct {
	role        role
	head        string  // as printed
	left, right float64 // as in cell
	concluded   bool    // the role follows from what the column holds, and nothing confirms it
	past        bool    // its head says an earlier year than another one does
}

func (cs columns) has(want role) bool {
	return slices.ContainsFunc(cs, func(c column) bool { return c.role == want })
}

// weighted reports whether a column holds the rows' weights.
func (cs columns) weighted() bool { return cs.has(weight) || cs.has(referenceWeight) }

// readHeads reads the heads of an indicator table when the blocks begin with
// them, and returns how many rows they take: 指标分值 may stand above 参考分值 and
// 设定分值.
func (r *reader) readHeads(part []block) int {
	if r.inSection(*part[0].row) {
		return 0
	}
	cs, n := headsOf(part, len(r.pending) > 0)
	if n == 0 || holdsFunds(part) {
		return 0
	}
	if r.people != nil && r.columns != nil {
		return n // heads that every page repeats, above the rest of the evaluators
	}
	below := bodyOf(part[n:])
	cs = cs.split(below)
	if old := r.columns; old != nil && old.sameHeads(cs) {
		cs = old.movedTo(cs) // heads that a new page repeats say what they said
	} else {
		cs = cs.settled(below)
	}
	if i := slices.IndexFunc(cs, func(c column) bool { return c.role == referenceWeight }); i >= 0 && !cs.has(weight) {
		cs[i].role = weight // there is no other that it is the reference of
	}
	r.columns = &cs
	r.closeFunds()
	r.pending = nil
	if above := *part[0].row; n > 1 && saysOutcome(above.printed()) {
		r.readGroup(above) // 产出指标（50分） over the heads of its rows
	}
	return n
}

// inSection reports whether a cell of the rows above reaches down into the row in a column of
// levels: it is one of a section's rows, and no heads, whatever its words: 成本指标 | 补助标准 |
// 按文件标准执行.
func (r *reader) inSection(row row) bool {
	if r.columns == nil || !row.ruled || len(r.rows) == 0 || r.rows[len(r.rows)-1].page != row.page {
		return false
	}
	for role, c := range r.columns.assign(row) {
		if (role == level1 || role == level2) && c.above && !c.empty() && !isHead(c) {
			return true
		}
	}
	return false
}

// readLowerHeads reads a row of heads that a page break has cut from the heads above them,
// 参考分值 and 设定分值 from their 指标分值: two or more heads and nothing else, all below one.
func (r *reader) readLowerHeads(row row) bool {
	const hair = 0.01 // of the table's width
	cells := row.printed()
	cells = slices.DeleteFunc(slices.Clone(cells), func(c cell) bool { return c.Row+c.RowSpan > bottomOf(cells) }) // a label beside the rows
	if r.columns == nil || !row.ruled || len(cells) < 2 {
		return false
	}
	left, right := cells[0].left, cells[len(cells)-1].right
	i := slices.IndexFunc(*r.columns, func(c column) bool { return c.left-hair < left && right < c.right+hair })
	if i < 0 {
		return false
	}
	var lower columns
	for _, c := range cells {
		role, ok := headOf(c)
		if !ok || lower.has(role) || role != (*r.columns)[i].role && r.columns.has(role) {
			return false
		}
		lower = append(lower, column{role: role, head: c.text(), left: c.left, right: c.right})
	}
	cs := slices.Replace(slices.Clone(*r.columns), i, i+1, lower...)
	r.columns = &cs
	return true
}

// sameHeads reports whether two tables have the same heads in the same order.
func (cs columns) sameHeads(other columns) bool {
	return slices.EqualFunc(cs, other, func(a, b column) bool { return a.head == b.head })
}

// movedTo keeps the roles and takes the places of the other columns.
func (cs columns) movedTo(other columns) columns {
	out := slices.Clone(cs)
	for i := range out {
		out[i].left, out[i].right = other[i].left, other[i].right
	}
	return out
}

// mostHeadRows is how many rows the heads of a table may take.
const mostHeadRows = 4

// head is the lowest head of a column, with those it stands under, top first.
type head struct {
	cell
	under []string
}

// headsOf are the columns that the rows at the beginning of the blocks are the heads
// of, and how many rows that are. The heads of groups of columns, 指标体系 over the
// three levels, may stand in rows of their own above; not so where the first row must
// hold the values of labels above it.
func headsOf(part []block, valuesFirst bool) (columns, int) {
	var open []head
	var found columns
	rows := 0
	for n := 0; n < len(part) && n < mostHeadRows; n++ {
		row := part[n].row
		if row == nil || row.table != part[0].row.table {
			break
		}
		if rows > 0 && isNumbering(*row) {
			return found, n + 1
		}
		if row = completed(open, row); len(row.printed()) == 0 && n > 0 {
			found, rows = columnsOf(open), n+1
			continue
		}
		if !couldBeHeads(*row) {
			break
		}
		parts := rows > 0 && dividesGroups(open, *row)
		if rows > 0 && !parts && belowKnown(open, *row) {
			return found, rows
		}
		open = lower(open, *row)
		cs := columnsOf(open)
		if row.loose {
			// Where cells have no place of their own, a head that says nothing takes none.
			cs = slices.DeleteFunc(cs, func(c column) bool { return c.role == noRole })
		}
		switch {
		case parts:
			found, rows = cs, n+1
		case rows > 0 && !allHeads(open, *row):
			return found, rows
		case enough(cs), rows == 0 && !row.loose && looksIndicated(cs, part[n:]):
			found, rows = cs, n+1
		case rows > 0 || valuesFirst || !groupsHeads(*row):
			return found, rows
		}
	}
	return found, rows
}

// completed gives the heads the rest of their words that stands in the row below, 一级指 and 标,
// where no lines rule the table, and is the row without it.
func completed(open []head, r *row) *row {
	if r.ruled || r.loose {
		return r
	}
	rest := *r
	rest.cells = slices.DeleteFunc(slices.Clone(r.cells), func(c cell) bool {
		i := slices.IndexFunc(open, func(o head) bool { return o.Row+o.RowSpan == c.Row && o.left == c.left && o.right == c.right })
		if i < 0 || c.empty() || c.above {
			return false
		}
		whole := open[i].text() + c.text()
		_, own := heads.exact(c.text())
		if _, known := heads.exact(whole); !known || own {
			return false
		}
		open[i].Text, open[i].RowSpan = whole, open[i].RowSpan+c.RowSpan
		return true
	})
	return &rest
}

// dividesGroups reports whether everything that the row prints stands below heads over
// several columns: 一季度 to 四季度 below 季度累计完成.
func dividesGroups(open []head, r row) bool {
	printed := r.printed()
	for _, c := range printed {
		if !slices.ContainsFunc(open, func(o head) bool {
			return o.ColSpan > c.ColSpan && o.Row+o.RowSpan == c.Row && o.left <= c.left+0.001 && c.right <= o.right+0.001
		}) {
			return false
		}
	}
	return len(printed) > 1
}

// belowKnown reports whether most of a row's cells stand each right below one head that is known
// and as wide: they are the first row, whatever their words: 数量指标 | 年度工作任务完成情况 | 已全部完成.
func belowKnown(open []head, r row) bool {
	below, others := 0, 0
	printed := r.printed()
	for _, c := range printed {
		own, said := heads.exact(c.text())
		for _, o := range open {
			if above, known := heads.exact(o.text()); known && o.left == c.left && o.right == c.right {
				if said && own != above {
					others++
				} else {
					below++
				}
			}
		}
	}
	return r.ruled && below >= 3 && 2*below > len(printed) && others == 0
}

// couldBeHeads reports whether no cell of the row is a figure. An aside may hold
// points, and a year says which year's column it is. Under a seal a head may be read as
// anything, and an aside lose its bracket, 分值100分): one such cell does not matter
// among heads.
func couldBeHeads(r row) bool {
	known, unread := 0, 0
	cells := r.printed()
	if len(cells) > 0 && isSmudge(cells[0]) && headsAmong(cells[1:]) >= 2 {
		cells = cells[1:]
	}
	for _, c := range cells {
		if _, ok := headOf(c); ok {
			known++
		}
		if hasDigit(withoutYear(c.text())) && !isNumbered(c.text()) && !(c.RowSpan > 1 && (c.Doubt != "" || c.Col == 0)) {
			if isFigure(c.text()) {
				return false
			}
			unread++
		}
		text := c.text()
		if c.Reader == layout.ByOCR {
			text = withoutSpecks(text)
		}
		if isDash(text) || strings.ContainsAny(text, "。；") {
			return false
		}
	}
	return unread == 0 || unread == 1 && known >= 4
}

// withoutYear is a cleaned text without the year in it. 20.00 is none.
func withoutYear(text string) string {
	if isFigure(text) && strings.Contains(text, ".") {
		return clean(text)
	}
	return ofYear.ReplaceAllString(clean(text), "")
}

// isSmudge reports whether a scanned cell at the left edge has a sign or two that were not
// surely read: a part of what is printed down the side of the table.
func isSmudge(c cell) bool {
	return c.Reader == layout.ByOCR && c.Doubt != "" && c.Col == 0 && utf8.RuneCountInString(layout.Squeeze(c.text())) <= 2 && headsAmong([]cell{c}) == 0
}

// headsAmong is how many of the cells are heads.
func headsAmong(cells []cell) int {
	n := 0
	for _, c := range cells {
		if _, ok := headOf(c); ok {
			n++
		}
	}
	return n
}

// numberedLabel is a label with its number in a list before it: 1.年度目标.
var numberedLabel = regexp.MustCompile(`^[0-9]{1,2}[.、．]\s*\p{Han}[^0-9]*$`)

func isNumbered(text string) bool { return numberedLabel.MatchString(text) }

// isNumbering reports whether the row counts the columns, 1 to 9 or A to I: some
// forms print such a row below their heads.
func isNumbering(r row) bool {
	cells := r.printed()
	for i, c := range cells {
		s := strings.Trim(layout.Squeeze(c.text()), "()")
		if s == "" || s != string(rune('1'+i)) && s != string(rune('A'+i)) {
			return false
		}
	}
	return len(cells) > 2 && len(cells) < 10
}

// lower puts the row's cells under the heads above them.
func lower(open []head, r row) []head {
	covered := make([]bool, len(open))
	var added []head
	for _, c := range r.printed() {
		h := head{cell: c}
		for i, o := range open {
			if middle := (c.left + c.right) / 2; o.left <= middle && middle <= o.right {
				h.under = append(slices.Clone(o.under), o.text())
				covered[i] = true
			}
		}
		added = append(added, h)
	}
	var kept []head
	for i, o := range open {
		if !covered[i] {
			kept = append(kept, o)
		}
	}
	return append(kept, added...)
}

// columnsOf gives every head its column.
func columnsOf(open []head) columns {
	var cells []cell
	for _, h := range open {
		cells = append(cells, h.cell)
	}
	numbered := hasNumberedLevels(cells)
	bottom, latest := bottomOf(cells), 0
	for _, c := range cells {
		if y, ok := yearOf(c.text()); ok {
			latest = max(latest, y)
		}
	}
	slices.SortStableFunc(open, func(a, b head) int { return cmp.Compare(a.left, b.left) })
	var cs columns
	var kept []head
	for _, h := range open {
		if isSideLabel(h.cell) && (h.Row+h.RowSpan > bottom && h.left < 0.01 || numbered && (leftOfLevels(cells, h.left) && (h.Reader == layout.ByOCR || anotherName(cells, h.left)) || h.Row+h.RowSpan > bottom || names(cells, "三级"))) {
			continue
		}
		found, ok := headOf(h.cell)
		said, dated := yearOf(h.text())
		past := dated && said < latest
		ok = ok && !past
		for ok && found < level3 && cs.has(found) {
			found++ // 三级指标 read as 二级指标: levels stand in order
		}
		if i := len(cs) - 1; ok && found == level3 && i >= 0 && cs[i].role == level3 && !cs.has(level2) && strings.Contains(cs[i].head, "级") {
			cs[i].role = level2 // and the other way round
		}
		if !ok || cs.has(found) {
			found = noRole
		}
		cs = append(cs, column{role: found, head: h.text(), left: h.left, right: h.right, past: past})
		kept = append(kept, h)
	}
	// What a head says itself comes before what the head above it says.
	for i, h := range kept {
		if cs[i].role != noRole || cs[i].past {
			continue
		}
		if found, ok := h.role(); ok && !cs.has(found) {
			cs[i].role = found
		}
	}
	return withSections(withPoints(withReference(cs, kept), kept))
}

// withSections tells the points of sections from those of rows where both have columns:
// 一级指标 | 分值 | 得分 | 二级指标 | 三级指标 | 分值 | 得分. Those that stand between the
// names are the sections'.
func withSections(cs columns) columns {
	for i := range cs {
		if cs[i].role != noRole {
			continue
		}
		found, ok := headWith(cs[i].head)
		first := cs.at(found)
		if !ok || first < 0 || first > i || cs.levelLeftOf(first) == noRole || cs.levelLeftOf(i) <= cs.levelLeftOf(first) {
			continue
		}
		of := map[role]role{weight: sectionWeight, score: sectionScore}
		if cs.levelLeftOf(first) == level2 {
			of = map[role]role{weight: groupWeight, score: groupScore}
		}
		if beside, ok := of[found]; ok && !cs.has(beside) {
			cs[first].role, cs[i].role = beside, found
		}
	}
	return cs
}

// headWith is the role that a head's words give a column.
func headWith(head string) (role, bool) {
	if found, ok := heads.exact(head); ok {
		return found, true
	}
	return roleByPart(undated(clean(head)))
}

// levelLeftOf is the deepest level whose names stand to the left of the column, or noRole.
func (cs columns) levelLeftOf(i int) role {
	deepest := noRole
	for _, c := range cs[:i] {
		if c.role <= level3 {
			deepest = max(deepest, c.role)
		}
	}
	return deepest
}

// split gives each column of names its own place where one head stands over several:
// 考核指标 over 数量指标 and 建设面积. The names of indicators are the last of them.
func (cs columns) split(of body) columns {
	out := make(columns, 0, len(cs))
	for _, c := range cs {
		edges := c.edgesWithin(of)
		if len(edges) == 0 || c.role == noRole || c.role > level3 {
			out = append(out, c)
			continue
		}
		for i, left := range append([]float64{c.left}, edges...) {
			part := column{head: c.head, left: left, right: c.right}
			if i < len(edges) {
				part.right = edges[i]
			}
			if c.role == level3 && i == len(edges) || c.role != level3 && i == 0 {
				part.role = c.role
			}
			out = append(out, part)
		}
	}
	return out
}

// edgesWithin are where most rows are divided within the column, from left to right.
func (c column) edgesWithin(of body) []float64 {
	const near = 0.005
	var edges []float64
	count := map[float64]int{}
	for _, row := range of.rows {
		if !row.ruled {
			continue // without lines a cell begins where its print does
		}
		for _, cell := range row.cells {
			if cell.left <= c.left+near || cell.left >= c.right-near || cell.right > c.right+near {
				continue
			}
			i := slices.IndexFunc(edges, func(e float64) bool { return math.Abs(e-cell.left) < near })
			if i < 0 {
				i, edges = len(edges), append(edges, cell.left)
			}
			count[edges[i]]++
		}
	}
	edges = slices.DeleteFunc(edges, func(e float64) bool { return float64(count[e]) < most*float64(len(of.rows)) })
	slices.Sort(edges)
	return edges
}

// yearOf is the year that a head says: 2022年完成值.
func yearOf(head string) (int, bool) {
	y, err := strconv.Atoi(year.FindString(ofYear.FindString(width.Fold.String(head))))
	return y, err == nil
}

// withPoints gives weights and scores their column where OCR misread one of the two
// characters of its head, 得匣, and no other head says the same. Longer heads are
// found near their words; of two characters one is too little, unless the form has to
// have the column.
func withPoints(cs columns, open []head) columns {
	for i := range cs {
		if cs[i].role != noRole || open[i].Reader != layout.ByOCR {
			continue
		}
		letters := []rune(clean(open[i].text()))
		var found []role
		for _, want := range []role{weight, score} {
			near := func(w string) bool { return differing(letters, w) <= 1 }
			if len(letters) == 2 && !cs.has(want) && slices.ContainsFunc(headWords[want], near) {
				found = append(found, want)
			}
		}
		if len(found) == 1 {
			cs[i].role = found[0]
		}
	}
	return cs
}

// withReference gives the reference weights their column where OCR could not read
// its head: under one head with the column of weights and nothing else, on its left.
func withReference(cs columns, open []head) columns {
	for i := 0; i+1 < len(cs); i++ {
		own, next := open[i], open[i+1]
		if cs[i].role == noRole && cs[i+1].role == weight && !cs.has(referenceWeight) && own.Reader == layout.ByOCR &&
			len(own.under) > 0 && slices.Equal(own.under, next.under) && (i+2 == len(open) || !slices.Equal(open[i+2].under, own.under)) {
			cs[i].role = referenceWeight
		}
	}
	return cs
}

// role is what the column holds: what its head says, or with the head above it says:
// 自评 under 得分.
func (h head) role() (role, bool) {
	if found, ok := headOf(h.cell); ok {
		return found, true
	}
	for _, above := range slices.Backward(h.under) {
		for _, joined := range []string{above + h.text(), h.text() + above} {
			if found, ok := heads.exact(joined); ok {
				return found, true
			}
		}
		if found, ok := roleByPart(clean(h.text()) + clean(above)); ok {
			return found, true
		}
	}
	return noRole, false
}

// allHeads reports whether every cell that begins in the row is a head: by its own words or,
// where a head above stands over several, by those.
func allHeads(open []head, r row) bool {
	for _, h := range open {
		if h.page != r.page || !slices.ContainsFunc(r.printed(), func(c cell) bool { return c.Row == h.Row && c.Col == h.Col }) {
			continue
		}
		if isSmudge(h.cell) {
			continue
		}
		if _, ok := h.role(); !ok {
			return false
		}
		if _, own := headOf(h.cell); !own && h.alone(open) {
			return false
		}
	}
	return len(r.printed()) > 0
}

// alone reports whether no other head stands below the same one.
func (h head) alone(open []head) bool {
	if len(h.under) == 0 {
		return false
	}
	above, n := h.under[len(h.under)-1], 0
	for _, o := range open {
		if o.Row == h.Row && len(o.under) > 0 && o.under[len(o.under)-1] == above {
			n++
		}
	}
	return n < 2
}

var groupWords = regexp.MustCompile(`指标|目标|完成|评分|得分|分值|自评|绩效|评价`)

// groupsHeads reports whether the row may be heads over groups of columns: short
// words, some of them about indicators, that are no labels with values beside them.
// Without lines the heads of one row stand at two or three heights, and none is merged.
func groupsHeads(r row) bool {
	said, wide := false, false
	for _, c := range r.printed() {
		_, label := fields.exact(c.text())
		_, alsoHead := heads.exact(c.text())
		if label && !alsoHead || utf8.RuneCountInString(clean(c.text())) > 12 {
			return false
		}
		said = said || groupWords.MatchString(c.text())
		wide = wide || c.ColSpan > 1
	}
	return said && (wide || !r.ruled)
}

// bottomOf is the row below the first of the heads to end: a cell that reaches further
// is a label beside the rows.
func bottomOf(cells []cell) int {
	bottom := math.MaxInt
	for _, c := range cells {
		bottom = min(bottom, c.Row+c.RowSpan)
	}
	return bottom
}

// names reports whether one of the heads has the word in it.
func names(cells []cell, word string) bool {
	return slices.ContainsFunc(cells, func(c cell) bool { return strings.Contains(clean(c.text()), word) })
}

// hasNumberedLevels reports whether the heads number the levels: 三级指标.
func hasNumberedLevels(cells []cell) bool {
	return slices.ContainsFunc(cells, func(c cell) bool {
		r, ok := heads.find(c.text())
		return ok && r <= level3 && strings.Contains(clean(c.text()), "级") || levelUnread.MatchString(clean(c.text()))
	})
}

// leftOfLevels reports whether all heads that number the levels stand further right.
func leftOfLevels(cells []cell, left float64) bool {
	return !slices.ContainsFunc(cells, func(c cell) bool { return strings.Contains(clean(c.text()), "级") && c.left < left })
}

// anotherName reports whether a head further right names the indicators without a number of
// its level: 指标名称 beside 二级指标.
func anotherName(cells []cell, left float64) bool {
	return slices.ContainsFunc(cells, func(c cell) bool { return c.left > left && isSideLabel(c) })
}

// isSideLabel reports whether the cell names the whole table beside it, 绩效指标,
// where the columns of names have numbered heads of their own.
func isSideLabel(c cell) bool {
	s := undated(clean(c.text()))
	r, ok := heads.find(strings.TrimPrefix(s, "年度"))
	return ok && r == level3 && !strings.Contains(s, "级")
}

// headOf is the role that a head gives its column. Where OCR may have mistaken a
// character, words that are near come before words that it holds. In a scan, specks
// around the head may have become lines of their own, and the head is one of the
// lines.
func headOf(c cell) (role, bool) {
	if found, ok := heads.exact(c.text()); ok {
		return found, true
	}
	if otherYears.MatchString(c.text()) {
		return noRole, false
	}
	if c.Reader != layout.ByOCR {
		if found, ok := roleByPart(undated(clean(c.text()))); ok {
			return found, true
		}
		return heads.in(c)
	}
	if found, ok := heads.find(c.text()); ok {
		return found, true
	}
	if levelUnread.MatchString(clean(c.text())) {
		return level1, true // or the next that no column has: see columnsOf
	}
	// Before its lines: of 部门复核 over 得分 the second alone says another thing.
	if found, ok := roleByPart(undated(clean(c.text()))); ok {
		return found, true
	}
	for line := range strings.Lines(c.Text) {
		if found, ok := heads.find(line); ok {
			return found, true
		}
	}
	return heads.near(c.text())
}

// levelUnread is 一级指标 without its first character, or with another for it: the one
// stroke of 一 is the first thing that a copy loses, and 二 and 三 become = and “.
var levelUnread = regexp.MustCompile(`^.?级指标$`)

// roleByPart is the role of a head that no list has, by a word in it.
func roleByPart(head string) (role, bool) {
	if utf8.RuneCountInString(head) > 16 {
		return noRole, false
	}
	for _, p := range headParts {
		if p.words.MatchString(head) {
			return p.role, true
		}
	}
	return noRole, false
}

// enough heads make an indicator table: the name of an indicator, and its points
// or its target.
func enough(cs columns) bool {
	named := cs.has(level1) || cs.has(level2) || cs.has(level3)
	valued := cs.has(weight) || cs.has(score) || cs.has(referenceWeight) || cs.has(target) || cs.has(actual)
	known := 0
	for _, c := range cs {
		if c.role != noRole {
			known++
		}
	}
	return named && valued && known >= 3
}

// looksIndicated reports whether what the columns hold makes an indicator table of heads
// that say too little: one must name an indicator, or the weights and scores below must
// be beyond doubt.
func looksIndicated(cs columns, part []block) bool {
	if t, ok := fundHeadsOf(part, 1); ok && t.enough(part[1:]) && t.goesOn(part[1:]) {
		return false
	}
	known := 0
	named := false
	for _, c := range part[0].row.printed() {
		if _, label := fields.exact(c.text()); label && !isHead(c) {
			return false
		}
	}
	for _, c := range cs {
		if c.role != noRole {
			known++
		}
		named = named || c.role != noRole && c.role <= level3 || strings.Contains(c.head, "指标")
	}
	if len(cs) < 4 {
		return false
	}
	below := bodyOf(part[1:])
	cs = cs.settled(below)
	w := cs.at(weight)
	if len(below.rows) > 0 && !cs.beginsWith(below.rows[0]) {
		return false
	}
	sure := w >= 0 && !cs[w].concluded && cs.has(score)
	return enough(cs) && (known >= 2 && (named || w >= 0 && cs.has(score)) || sure)
}

// isHead reports whether the cell's text is a head too: 完成情况.
func isHead(c cell) bool { _, ok := headOf(c); return ok }

// beginsWith reports whether the first row below the heads has points or a target where
// the heads' columns are: heads stand right above what they name.
func (cs columns) beginsWith(first row) bool {
	found := cs.assign(first)
	return isPoints(found[weight].text()) || isPoints(found[score].text()) || found[target].text() != "" && !cs.has(weight) && !cs.has(score)
}

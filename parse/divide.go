package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/layout"
)

// Forms put two columns in one: 得分/分值 over 9.5/10, 指标完成情况 over 目标值：≥7个；完成值：7个,
// 绩效指标（一级/二级/三级） over three lines. Here such a column becomes as many as it holds,
// each with a head of its own, before the heads are read.

// division is what a column holds.
type division struct {
	heads []string // left to right
	cut   func(c cell) ([]string, bool)
	whole int // the part that takes a text which cannot be cut
	least int // cells that must be cut before the head is believed

	points bool // a score, which is the whole text where there is one number, and its weight
}

// divide cuts the columns that hold several, where their heads or all their cells say so.
func divide(blocks []block) {
	for i, b := range blocks {
		if b.row == nil || b.row.loose {
			continue
		}
		for k := 0; k < len(b.row.cells); k++ {
			h := b.row.cells[k]
			if h.above || h.empty() || utf8.RuneCountInString(h.text()) > 24 {
				continue
			}
			for _, d := range divisionsOf(h, blocks[i+1:]) {
				if column := columnBelow(h, blocks[i+1:]); d.fits(column) {
					for _, row := range column.rows {
						row.divide(h, d)
					}
					b.row.cutCell(k, d.heads, "")
					break
				}
			}
		}
	}
}

// cellColumn is a head's cells in the rows below, as far as the next head.
type cellColumn struct {
	rows  []*row
	cells []cell
}

func columnBelow(h cell, below []block) cellColumn {
	var found cellColumn
	for n, b := range below {
		if n == mostBody || b.row != nil && b.row.loose || isTitle(b.whole()) {
			break
		}
		if b.row == nil {
			continue
		}
		i := slices.IndexFunc(b.row.cells, func(c cell) bool { return sameColumn(c, h) })
		if i >= 0 && !b.row.cells[i].above {
			c := b.row.cells[i]
			if c.text() == h.text() || allNamed(b.row.printed()) {
				break // other heads, or those that a page repeats, which have their own turn
			}
			found.cells = append(found.cells, c)
		}
		found.rows = append(found.rows, b.row)
	}
	return found
}

// allNamed reports whether the cells are heads, of indicators or of funds, nearly all of them.
func allNamed(cells []cell) bool {
	n := 0
	for _, c := range cells {
		_, known := heads.exact(c.text())
		if _, money := measures.exact(c.text()); known || money {
			n++
		}
	}
	return n > 2 || n == 2 && len(cells) <= 3
}

// fits reports whether the cells of the column are what the division says: nearly all that
// hold a figure.
func (d division) fits(column cellColumn) bool {
	const most = 0.7
	cut, not, over := 0, 0, 0
	for _, c := range column.cells {
		switch parts, ok := d.cut(c); {
		case ok:
			cut++
			if d.points && more(parts[d.whole], parts[1-d.whole]) {
				over++
			}
		case hasDigit(c.text()):
			not++
		}
	}
	return cut >= d.least && float64(cut) >= most*float64(cut+not) && (cut < 2 || over*2 < cut)
}

// more reports whether a score is more than its weight, as in nearly all rows it cannot be.
func more(score, weight string) bool {
	a, ok := numberOf(score)
	b, is := numberOf(weight)
	return ok && is && a.Cmp(b) > 0
}

// divide cuts the row's cells below the head.
func (r *row) divide(h cell, d division) {
	for k := 0; k < len(r.cells); k++ {
		c := r.cells[k]
		if !sameColumn(c, h) {
			continue
		}
		parts, ok := d.cut(c)
		doubt := ""
		switch {
		case ok:
		case isDash(c.text()):
			parts = slices.Repeat([]string{c.text()}, len(d.heads))
		case c.empty():
			parts = make([]string, len(d.heads))
		case isTotal(c.text()), isSubtotal(c.text()):
			continue // over all of them
		default:
			parts = make([]string, len(d.heads))
			parts[d.whole] = c.text()
			if hasDigit(c.text()) {
				doubt = layout.Glued
			}
		}
		r.cutCell(k, parts, doubt)
		k += len(parts) - 1
	}
}

// cutCell puts cells with the parts of a cell's text in its place. Each takes an even share
// of its width, and is printed somewhere in its box.
func (r *row) cutCell(k int, parts []string, doubt string) {
	c := r.cells[k]
	var cells []cell
	for i, text := range parts {
		part := c
		step := (c.right - c.left) / float64(len(parts))
		part.left, part.right = c.left+float64(i)*step, c.left+float64(i+1)*step
		part.Text, part.Others, part.Ink = text, nil, c.Ink && text != ""
		for _, o := range c.Others {
			if layout.Squeeze(o.Text) == layout.Squeeze(c.Text) {
				o.Text = text // a witness of the whole is one of each part
				part.Others = append(part.Others, o)
			}
		}
		if doubt != "" && part.Doubt == "" {
			part.Doubt = doubt
		}
		if text == "" && doubt == "" {
			part.Doubt = ""
		}
		own := part.Cell
		part.of = &own
		cells = append(cells, part)
	}
	r.cells = slices.Replace(r.cells, k, k+1, cells...)
}

// divisionsOf are what the column below a head may hold.
func divisionsOf(h cell, below []block) []division {
	s := layout.Squeeze(h.text())
	if names := headsBeside(h); names != nil {
		return []division{{heads: names, least: 1, cut: func(c cell) ([]string, bool) { return figuresBeside(c, len(names)) }}}
	}
	switch {
	case scoreAndWeight.MatchString(s):
		m := scoreAndWeight.FindStringSubmatch(s)
		return []division{{heads: []string{m[1], m[2]}, cut: cutPair, least: 1, points: true}}
	case weightAndScore.MatchString(s):
		m := weightAndScore.FindStringSubmatch(s)
		return []division{{heads: []string{m[1], m[2]}, cut: cutPair, whole: 1, least: 1, points: true}}
	case allLevels.MatchString(s):
		return []division{{heads: []string{"一级指标", "二级指标", "三级指标"}, cut: cutLevels, whole: 2, least: 2}}
	case hasDigit(s), strings.ContainsAny(s, ":："):
		return nil
	}
	// Labels in the cells themselves.
	for _, c := range columnBelow(h, below).cells {
		if labels, _ := labelledParts(c.text()); labels != nil {
			return []division{{heads: labels, least: 2, cut: func(c cell) ([]string, bool) {
				own, parts := labelledParts(c.text())
				return parts, slices.Equal(own, labels)
			}}}
		}
	}
	return nil
}

// headsBeside are the heads of columns of figures that a scan shows beside each other in one cell, the line between them lost
// all the way down: 年初预算数 全年预算数.
func headsBeside(h cell) []string {
	names := strings.Fields(h.text())
	if h.Reader != layout.ByOCR || len(names) < 2 || slices.ContainsFunc(names, func(s string) bool {
		_, money := measures.exact(s)
		r, known := heads.exact(s)
		return !money && !(known && r.numeric())
	}) {
		return nil
	}
	return names
}

// figuresBeside are the figures, or the dashes for none, that stand beside each other in a cell.
func figuresBeside(c cell, n int) ([]string, bool) {
	parts := strings.Fields(c.text())
	return parts, len(parts) == n && !slices.ContainsFunc(parts, func(s string) bool { return !isFigure(s) && !isDash(s) })
}

var (
	scoreAndWeight = regexp.MustCompile(`^((?:自评|评价|实际|指标)?(?:得分|评分))[/／、与和(（]((?:指标|标准)?(?:分值|满分|权重|标准分))[)）]?$`)
	weightAndScore = regexp.MustCompile(`^((?:指标|标准)?(?:分值|满分|权重|标准分))[/／、与和(（]((?:自评|评价|实际|指标)?(?:得分|评分))[)）]?$`)
	allLevels      = regexp.MustCompile(`一级.*二级.*三级`)

	// twoPoints are points beside others: 9.5/10, 得9.5分（10分）.
	twoPoints = regexp.MustCompile(`^得?([0-9]+(?:\.[0-9]+)?)分?(?:[/／]|[(（](?:满分|分值|标准分|得)?[:：]?)([0-9]+(?:\.[0-9]+)?)分?[)）]?$`)
)

// cutPair cuts one number of points from the other behind it.
func cutPair(c cell) ([]string, bool) {
	m := twoPoints.FindStringSubmatch(layout.Squeeze(c.text()))
	if m == nil {
		return nil, false
	}
	return m[1:], true
}

// cutLevels cuts the names of three levels that stand one below another, or beside one
// another with strokes between them. Where a name takes more lines, 指标 is the end of the first two.
func cutLevels(c cell) ([]string, bool) {
	const levels = 3
	lines := strings.Split(strings.TrimSpace(c.Text), "\n")
	if len(lines) == 1 {
		lines = strings.FieldsFunc(c.text(), func(r rune) bool { return strings.ContainsRune("/／—>→", r) })
	}
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if len(lines) == levels {
		return lines, true
	}
	var parts []string
	name := ""
	for _, l := range lines {
		name += l
		if len(parts) < levels-1 && strings.HasSuffix(name, "指标") {
			parts, name = append(parts, name), ""
		}
	}
	return append(parts, name), len(parts) == levels-1 && name != ""
}

// labelledParts are the texts that stand behind heads of the indicator table in one cell, and
// those heads: 目标值：≥7个；完成值：7个. Nil where there are not two of them or anything else is there.
func labelledParts(text string) (labels, parts []string) {
	marks := inline.FindAllStringSubmatchIndex(text, -1)
	seen := map[role]bool{}
	for i, m := range marks {
		label := text[m[2]:m[3]]
		found, ok := heads.exact(label)
		if !ok || found <= level3 || seen[found] || i == 0 && strings.TrimSpace(text[:m[0]]) != "" {
			return nil, nil
		}
		seen[found] = true
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		labels = append(labels, label)
		parts = append(parts, strings.Trim(text[m[1]:end], " \n；;，,、。"))
	}
	if len(labels) < 2 {
		return nil, nil
	}
	return labels, parts
}

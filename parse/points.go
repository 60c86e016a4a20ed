package parse

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

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
// both brackets only 分 says that they are points, or a name that ends in them, (25.
var misreadPoints = regexp.MustCompile(`^(\p{Han}{2,}?)\s*(?:(?:[(（《〈<{\[【〔\\/]{1,2}([A-Za-z])?|[tfrcC])\s*([0-9]+(?:\.[0-9]+)?)\s*[分仿份兮]\s*[)）》〉>}\]】〕jJ]?|([0-9]+(?:\.[0-9]+)?)[分仿份兮][)）1lI|，,、。]?|[(（〈《]([0-9]+(?:\.[0-9]+)?))$`)

// tailOfName is what stands behind a section's name and was read as no points: 数量指标06).
var tailOfName = regexp.MustCompile(`^\p{Han}{2,}([^\p{Han}]*[0-9][^\p{Han}]*(?:[分仿份兮][^\p{Han}]{0,2})?)$`)

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
	points = withoutBracket(m[3] + m[4] + m[5])
	if len(points) == 1 {
		points = m[2] + points // (G0分) of (40分) is no 0: the letter may be the other digit
	}
	return m[1], points, true
}

// withoutBracket is a section's points without a 1 or a 0 that its bracket was read as: no section
// has more than a hundred.
func withoutBracket(points string) string {
	if len(points) == 3 && points[0] <= '1' && points != "100" && !strings.Contains(points, ".") {
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
		switch {
		case c.above:
			continue
		case !ok:
			r.tellTail(c)
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

// tellTail says that a section's points may stand in its name, which OCR read as something else.
func (r *reader) tellTail(c cell) {
	m := tailOfName.FindStringSubmatch(nameOf(c))
	if c.Reader != layout.ByOCR || m == nil || isNumber(m[1]) {
		return
	}
	r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: fmt.Sprintf("page %d", c.page), Code: form.NumberUnplaced, Page: c.page, Box: c.Box,
		Message:   fmt.Sprintf("%q behind the name in %q may be the points of the section, and became no figure of the record; look at the page", m[1], nameOf(c)),
		MessageZH: fmt.Sprintf("“%s”中名称后的“%s”可能是该节的分值，未归入任何一项；请核对原件", nameOf(c), m[1])})
}

// severalPoints are the points of two names or more that were read as one, the lines between them lost.
var severalPoints = regexp.MustCompile(`[(（〈《<]\s*[0-9]+(?:\.[0-9]+)?\s*\p{Han}?\s*[)）〉》>][^0-9]*[(（〈《<]\s*[0-9]+(?:\.[0-9]+)?\s*\p{Han}?\s*[)）〉》>]`)

// tellSeveral says that the points of several rows stand in the name of one.
func (r *reader) tellSeveral(i int, d draft) {
	c := d.cells[level3]
	if c.above || c.Reader != layout.ByOCR || !severalPoints.MatchString(layout.Squeeze(c.text())) {
		return
	}
	r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: fmt.Sprintf("indicators[%d].level3", i), Code: form.NumberUnplaced, Page: c.page, Box: c.Box,
		Message:   fmt.Sprintf("the names of several rows were read as one, %q, and their points became no figures of the record; look at the page", shortened(c.text())),
		MessageZH: fmt.Sprintf("几行的名称被读作一个“%s”，其中的分值未归入任何一项；请核对原件", shortened(c.text()))})
}

// pointsInLeaf gives a row the weight that its name holds, where the form has no
// column of weights: 相关性（5分）.
func (r *reader) pointsInLeaf(row *form.Indicator, d draft) {
	c := d.cells[level3]
	name, points, ok := cutPoints(nameOf(c))
	if !ok || row.Kind != form.Leaf || r.columns.weighted() {
		return
	}
	label := row.Level3
	row.Level3 = name
	c.Text, c.Others = points, nil
	row.Weight = c.figure(label)
}

// missPoints gives a scan's rows an unread weight where their names hold no points, those of other
// rows do, and no column holds any: a sum without them is no sum.
func (r *reader) missPoints() {
	const several = 2
	if r.columns == nil || r.columns.weighted() {
		return
	}
	named := 0
	var missing []*form.Indicator
	for i := range r.sheet.Indicators {
		row := &r.sheet.Indicators[i]
		switch {
		case row.Kind != form.Leaf:
		case row.Weight == nil:
			missing = append(missing, row)
		case row.Weight.Text != "":
			named++
		}
	}
	if named < several {
		return
	}
	for _, row := range missing {
		for _, f := range []*form.Figure{row.Score, row.Target} {
			if f != nil && f.Reader == layout.ByOCR {
				row.Weight = &form.Figure{Label: row.Level3, Page: f.Page, Doubt: layout.Illegible, Reader: layout.ByOCR}
				break
			}
		}
	}
}

// barForOne is a bar or a bracket before the last figure of points: 11 was read as ]1.
var barForOne = regexp.MustCompile(`^[\]\[|lI!]([0-9](?:\.[0-9]{1,2})?)$`)

// readBars reads bars in points of a scan as the ones that they may be, in doubt: what is left of a ruling line looks
// like one as well.
func readBars(f *form.Figure) {
	if m := barForOne.FindStringSubmatch(layout.Squeeze(f.Text)); m != nil && f.Reader == layout.ByOCR {
		meanInstead(f, "1"+m[1])
	}
}

// unconfirm puts a doubt on a number of a scan that has none, whoever agreed on it.
func unconfirm(f *form.Figure) {
	if f != nil && f.Reader == layout.ByOCR && f.Doubt == "" && hasDigit(f.Text) {
		f.Doubt, f.Agreed = layout.Unconfirmed, 0
	}
}

// doubtLongPoints doubts points of a scan that have three decimals or more where no others
// of their column have: 5.00 and a tick was read as 5.007.
func (r *reader) doubtLongPoints() {
	const long, others = 3, 3
	for _, points := range []func(*form.Indicator) *form.Figure{
		func(row *form.Indicator) *form.Figure { return row.Weight },
		func(row *form.Indicator) *form.Figure { return row.Score },
	} {
		var odd []*form.Figure
		usual := 0
		for i := range r.sheet.Indicators {
			f := points(&r.sheet.Indicators[i])
			if f == nil || !isNumber(f.Text) {
				continue
			}
			if _, decimals, _ := strings.Cut(f.Text, "."); len(decimals) < long {
				usual++
			} else if f.Reader == layout.ByOCR && f.Doubt == "" {
				odd = append(odd, f)
			}
		}
		if len(odd)*others > usual {
			continue
		}
		for _, f := range odd {
			unconfirm(f)
		}
	}
}

// doubtShifted doubts the figures of a scanned row whose weight or score is what no points are,
// 96%以上: its columns are not those of the heads.
func (r *reader) doubtShifted() {
	for i := range r.sheet.Indicators {
		row := &r.sheet.Indicators[i]
		shifted := false
		for _, f := range []*form.Figure{row.Weight, row.Score} {
			shifted = shifted || f != nil && f.Reader == layout.ByOCR && noPoints.MatchString(layout.Squeeze(f.Text))
		}
		if !shifted {
			continue
		}
		for _, f := range []*form.Figure{row.ReferenceWeight, row.Weight, row.Target, row.AdjustedTarget, row.Actual, row.Coefficient, row.Score, row.ReviewScore} {
			unconfirm(f)
		}
	}
}

// doubtPointless doubts all figures of a scanned page on which several points have lost their
// decimal point, 4.00 read as 400: print so small or faint loses them in amounts and targets
// too, where nothing shows it, and more than points.
func (r *reader) doubtPointless() {
	const several = 3
	lost := map[int]int{}
	for _, row := range r.sheet.Indicators {
		for _, f := range []*form.Figure{row.Weight, row.Score} {
			if f == nil || f.Reader != layout.ByOCR {
				continue
			}
			if n, ok := numberOf(f.Text); ok && n.Cmp(hundred) > 0 {
				lost[f.Page]++
			}
		}
	}
	for _, f := range (*form.Form)(&r.sheet).Figures() {
		if lost[f.Page] >= several {
			unconfirm(f)
		}
	}
}

// noPoints is a target, or what was achieved.
var noPoints = regexp.MustCompile(`^[≥≤><]|[0-9](?:%|％)?(?:以上|以下|以内|及以上)$|[0-9](?:个|件|次|人|天|户|亩|公里|万元|台|套|项|起|家|场|年)$`)

package parse

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/layout"
)

// content is what a column of the indicator table holds, by row of its body. A row
// that has nothing of its own in the column has "".
type content struct {
	texts []string
	total string // in the row of totals
	ocr   bool
}

// mostBody is how many rows below the heads are looked at.
const mostBody = 400

// body is the rows below the heads of an indicator table, and the row of totals that
// ends them.
type body struct {
	rows  []row
	total *row
}

func bodyOf(below []block) body {
	var found body
	for _, b := range below {
		if b.row == nil {
			if isTitle(b.whole()) {
				break
			}
			continue
		}
		cells := b.row.printed()
		if b.row.loose || len(found.rows) == mostBody || len(found.rows) > 0 && saysHeads(cells) || len(cells) > 0 && isGrade(cells[0].text()) {
			break
		}
		if len(cells) > 0 && (isTotal(cells[0].text()) || sumsUp(cells)) {
			found.total = b.row
			break
		}
		if len(cells) > 2 {
			found.rows = append(found.rows, *b.row)
		}
	}
	return found
}

// sumsUp reports whether the row is a label over several columns and nothing but points
// behind it, a hundred among them.
func sumsUp(cells []cell) bool {
	found := false
	for _, c := range cells[1:] {
		n, ok := numberOf(c.text())
		if !ok || strings.ContainsAny(c.text(), "%％") {
			return false
		}
		found = found || n.Cmp(hundred) == 0
	}
	return found && len(cells) <= 4 && cells[0].ColSpan > 1 && utf8.RuneCountInString(cells[0].text()) <= 8
}

// saysHeads reports whether three of the cells are heads of an indicator table.
func saysHeads(cells []cell) bool {
	n := 0
	for _, c := range cells {
		if _, ok := heads.exact(c.text()); ok {
			n++
		}
	}
	return n > 2
}

// contents are what the columns hold. A cell that stands below two heads is in none.
func (cs columns) contents(of body) []content {
	all := make([]content, len(cs))
	for i := range all {
		all[i].texts = make([]string, len(of.rows))
		if of.total != nil {
			c, _ := under(*of.total, cell{left: cs[i].left, right: cs[i].right})
			all[i].total = c.text()
		}
	}
	for n, row := range of.rows {
		for _, c := range row.own() {
			at := -1
			for i, col := range cs {
				if overlap := min(c.right, col.right) - max(c.left, col.left); overlap > 0.5*(col.right-col.left) {
					if at >= 0 {
						at = -1
						break
					}
					at = i
				}
			}
			if at >= 0 {
				all[at].texts[n] = c.text()
				all[at].ocr = all[at].ocr || c.Reader == layout.ByOCR
			}
		}
	}
	return all
}

// share is how many of the texts that are there are such.
func (c content) share(such func(string) bool) float64 {
	printed, n := 0, 0
	for _, t := range c.texts {
		if t == "" {
			continue
		}
		printed++
		if such(t) {
			n++
		}
	}
	if printed == 0 {
		return 0
	}
	return float64(n) / float64(printed)
}

// filled is the share of rows that have a text.
func (c content) filled() float64 {
	n := 0
	for _, t := range c.texts {
		if t != "" {
			n++
		}
	}
	return float64(n) / float64(max(1, len(c.texts)))
}

// most is the share that says what a column holds.
const most = 0.7

var (
	natureText = regexp.MustCompile(`^(?:定[量性](?:指标)?|正向(?:指标)?|[反逆负]向(?:指标)?|[≥≤=＝><＞＜≧≦═]|>=|<=|大于等于|小于等于|等于|大于|小于)$`)
	unitText   = regexp.MustCompile(`^(?:%|％|‰|[\p{Han}/²³㎡℃A-Za-z]{1,4})$`)
	unitWord   = regexp.MustCompile(`[个次人户台套件份项场条篇期天月年吨米亩元%％‰座处宗批辆册株头只所家名里]`)
	signText   = regexp.MustCompile(`^(?:[≥≤=＝><＞＜≧≦═]|不低于|不超过|不少于|不高于|大于|小于).*[0-9０-９]|[0-9０-９].*(?:以上|以下|以内)$`)
	levelWords = regexp.MustCompile(`指标|产出|效益|满意|投入|过程|效果|管理|履职`)
)

func isPoints(s string) bool { return isNumber(s) || isDash(s) }

func isNatureText(s string) bool { return natureText.MatchString(layout.Squeeze(s)) }

func isUnitText(s string) bool {
	return unitText.MatchString(layout.Squeeze(s)) && unitWord.MatchString(s)
}

func isSigned(s string) bool { return signText.MatchString(layout.Squeeze(s)) }

// isQuantity reports whether the text is what a target or an actual is, and no name.
func isQuantity(s string) bool {
	return isSigned(s) || figureFirst.MatchString(layout.Squeeze(s)) && !isNumbered(s)
}

func isWords(s string) bool { return !isFigure(s) && !isDash(s) }

// settled is the columns with what their heads leave open, and what heads say that
// the column cannot hold, decided by what it does hold.
func (cs columns) settled(below body) columns {
	if len(below.rows) == 0 {
		return cs
	}
	cs = slices.Clone(cs)
	all := cs.contents(below)
	cs.dropContradicted(all)
	cs.settleKinds(all)
	cs.settleLevels(all)
	cs.settlePoints(all)
	cs.settleGoals(all)
	return cs
}

// dropContradicted takes the role from columns of points that hold words, of words
// that hold nothing but points, and of natures that hold names.
func (cs columns) dropContradicted(all []content) {
	for i, c := range all {
		words := c.share(isWords)
		switch role := cs[i].role; {
		case c.ocr:
		case i == 0 && role > level3 && c.filled() == 0:
			cs[i].role = noRole // a label beside all rows
		case role.numeric() && role != serial && words > most && c.filled() > 0.3:
			cs[i].role = noRole
			if role == score || role == weight {
				cs[i].role = cs.free(analysis)
			}
		case role == analysis && !cs.sure(i) && (c.share(isSigned) > 0.4 || c.share(isQuantity) > 0.4 && c.filled() > 0.5):
			cs[i].role = noRole // 年度标准 is what is to be reached
		case (role == analysis || role == note) && c.filled() > 0.5 && c.share(isNumber) > 0.9:
			cs[i].role = noRole
			cs.passOn(role, i)
		case role == nature && c.share(isNatureText) < 0.3 && i+1 < len(cs) && cs.namesAfter(i) && c.share(levelWords.MatchString) > 0:
			cs[i].role = noRole
		}
	}
}

// sure reports whether the words of the column's role have its head letter for letter.
func (cs columns) sure(i int) bool {
	found, ok := heads.exact(cs[i].head)
	return ok && found == cs[i].role
}

// passOn gives the role that a column lost to another whose head says the same.
func (cs columns) passOn(to role, from int) {
	for i := range cs {
		if found, ok := roleByPart(undated(clean(cs[i].head))); ok && i != from && cs[i].role == noRole && found == to {
			cs[i].role = to
			return
		}
	}
}

// free is the role if no column has it.
func (cs columns) free(want role) role {
	if cs.has(want) {
		return noRole
	}
	return want
}

// namesAfter reports whether names of indicators stand to the right of the column.
func (cs columns) namesAfter(i int) bool {
	return slices.ContainsFunc(cs[i+1:], func(c column) bool { return c.role != noRole && c.role <= level3 })
}

// settleKinds finds natures, units, and columns that count the rows.
func (cs columns) settleKinds(all []content) {
	for i, c := range all {
		if cs[i].role != noRole {
			continue
		}
		switch {
		case c.share(isNatureText) > most:
			cs[i].role = cs.free(nature)
		case c.share(isUnitText) > most && c.share(func(s string) bool { return utf8.RuneCountInString(s) <= 3 }) > most && cs.valuedBefore(i):
			cs[i].role = cs.free(unit)
		case i == 0 && counts(c.texts):
			cs[i].role = cs.free(serial)
		}
	}
}

// valuedBefore reports whether a target or its sign stands to the left of the column.
func (cs columns) valuedBefore(i int) bool {
	return slices.ContainsFunc(cs[:i], func(c column) bool {
		return c.role == target || c.role == actual || c.role == nature || c.role == level3 || c.role == weight
	})
}

// counts reports whether the texts are 1, 2, 3 and so on.
func counts(texts []string) bool {
	n := 0
	for _, t := range texts {
		if t == "" {
			continue
		}
		n++
		if v, ok := numberOf(t); !ok || v.Cmp(big.NewRat(int64(n), 1)) != 0 {
			return false
		}
	}
	return n > 2
}

// settleLevels gives columns of words on the left of all figures the level that is
// missing: the names of indicators stand last, what they are grouped by before them.
func (cs columns) settleLevels(all []content) {
	var texts []int
	last := -1
	for i, c := range all {
		if r := cs[i].role; r != noRole && r > level3 && r != nature && r != serial && r != core {
			break
		}
		if cs[i].role == noRole && (c.share(isWords) < most || c.share(isQuantity) > 0.3) {
			if len(texts) > 0 {
				break
			}
			continue
		}
		if cs[i].role <= level3 {
			texts = append(texts, i)
			if cs[i].role != noRole {
				last = len(texts) - 1
			}
		}
	}
	if len(texts) == 0 {
		return
	}
	if !cs.has(level3) {
		at := len(texts) - 1
		for at > last+1 && all[texts[at]].filled() < 0.5 {
			at--
		}
		if at > last && all[texts[at]].filled() > 0.5 {
			cs[texts[at]].role = level3
			last = at
		}
	}
	var open []int // unnamed columns on the left of the names
	for n, i := range texts {
		if cs[i].role == noRole && n < last && all[i].share(isWords) > most {
			open = append(open, i)
		}
	}
	for _, i := range open {
		for _, want := range []role{level1, level2} {
			if !cs.has(want) && !slices.ContainsFunc(cs[:i], func(c column) bool { return c.role == level3 || want == level1 && c.role == level2 }) {
				cs[i].role = want
				break
			}
		}
	}
}

// settlePoints finds the columns of weights and of scores among those of points that no
// head names. A weight column that adds up to what forms add up to is sure; of scores
// it is asked that they are no more than their weights.
func (cs columns) settlePoints(all []content) {
	cs.settleSwapped(all)
	if !cs.has(weight) {
		if i, sure := cs.weights(all); i >= 0 {
			cs[i].role, cs[i].concluded = weight, !sure
		} else if i := cs.at(referenceWeight); i >= 0 {
			cs[i].role = weight // the only weights that the form has
		}
	}
	w := cs.at(weight)
	if w < 0 || cs.has(score) {
		return
	}
	for i := range cs {
		if cs[i].role == noRole && !cs[i].barred() && all[i].isScoreOf(all[w]) {
			cs[i].role = score
			return
		}
	}
}

// settleSwapped takes a column of scores for the weights where it adds up to a hundred,
// no column is called weights, and another that no head names holds its scores: 应得 and
// 实得.
func (cs columns) settleSwapped(all []content) {
	s := cs.at(score)
	if w := cs.at(weight); w >= 0 && s >= 0 && !(cs.sure(w) && cs.sure(s)) && all[w].isScoreOf(all[s]) && cs.sum(all, w).Cmp(cs.sum(all, s)) < 0 &&
		slices.Contains(roundSums, cs.sum(all, s).RatString()) {
		cs[w].role, cs[s].role = score, weight
		return
	}
	if s < 0 || cs.weighted() {
		return
	}
	for i := range cs {
		if cs[i].role == noRole && !cs[i].barred() && all[i].isScoreOf(all[s]) && cs.sum(all, s).Cmp(cs.sum(all, i)) > 0 {
			cs[s].role, cs[i].role = weight, score
			return
		}
	}
}

// barred reports whether the head says that the column is about another year.
func (c column) barred() bool { return c.past || otherYears.MatchString(c.head) }

func (cs columns) at(want role) int {
	return slices.IndexFunc(cs, func(c column) bool { return c.role == want })
}

// weights is the unnamed column of points whose scores another column can be, and
// that adds up to what forms add up to or to the hundred that is printed below it; or
// else the only one that has scores beside it; -1 where there is none.
func (cs columns) weights(all []content) (at int, sure bool) {
	var with, without []int // scores beside them
	for i, c := range all {
		if cs[i].role != noRole || cs[i].barred() || c.filled() < 0.5 || c.share(isPoints) < most || counts(c.texts) {
			continue
		}
		if cs.hasScores(all, i) {
			with = append(with, i)
		} else {
			without = append(without, i)
		}
	}
	for _, i := range append(slices.Clone(with), without...) {
		n, ok := numberOf(all[i].total)
		sum := cs.sum(all, i)
		if slices.Contains(roundSums, sum.RatString()) || ok && n.Cmp(hundred) == 0 && sum.Cmp(big.NewRat(70, 1)) > 0 {
			return i, true
		}
	}
	if len(with) == 1 {
		return with[0], false
	}
	return -1, false
}

// roundSums are what the weights of a form's rows add up to, as a rule.
var roundSums = []string{"100", "90", "80", "85", "70", "95"}

// hasScores reports whether another column can be the scores of this one.
func (cs columns) hasScores(all []content, at int) bool {
	for i, c := range all {
		if i != at && (cs[i].role == noRole || cs[i].role == score || cs[i].role == reviewScore) && !cs[i].barred() && c.isScoreOf(all[at]) && cs.sum(all, i).Cmp(cs.sum(all, at)) <= 0 {
			return true
		}
	}
	return false
}

// sum adds up the column over the rows that name an indicator.
func (cs columns) sum(all []content, at int) *big.Rat {
	sum, names := new(big.Rat), cs.at(level3)
	for n, t := range all[at].texts {
		if names >= 0 && (all[names].texts[n] == "" || isSubtotal(all[names].texts[n])) {
			continue
		}
		if v, ok := numberOf(t); ok {
			sum.Add(sum, v)
		}
	}
	return sum
}

// isScoreOf reports whether the column can be the scores of the weights: points in
// nearly every row that has a weight, most of them all that there is to earn, and none
// more, but for mistakes of the form.
func (c content) isScoreOf(weights content) bool {
	both, full, more := 0, 0, 0
	for n, t := range c.texts {
		s, ok := numberOf(t)
		w, weighed := numberOf(weights.texts[n])
		if !ok || !weighed {
			continue
		}
		both++
		switch s.Cmp(w) {
		case 0:
			full++
		case 1:
			more++
		}
	}
	return more*4 <= both && both >= 3 && float64(both) > most*float64(len(c.texts)) && full*3 >= both && c.share(isPoints) > most
}

// settleGoals finds the targets, by their signs, and what was achieved, by the figures
// and words that resemble the targets'. Two columns that resemble each other without
// any sign are in this order, which nothing confirms.
func (cs columns) settleGoals(all []content) {
	if a := cs.at(actual); !cs.has(target) && a >= 0 && all[a].share(isSigned) > 0.5 {
		cs[a].role = target // what is to be reached has signs
	}
	free := func(i int) bool {
		return cs[i].role == noRole && !cs[i].barred() && all[i].filled() > 0.5 && (all[i].share(isQuantity) > 0.2 || all[i].share(isWords) > most)
	}
	if !cs.has(target) {
		for i, c := range all {
			signs := i > 0 && cs[i-1].role == nature && all[i-1].share(isSign) > 0.3
			if free(i) && (c.share(isSigned) > 0.3 || signs) {
				cs[i].role = target
				break
			}
		}
	}
	t := cs.at(target)
	if t < 0 && !cs.has(actual) {
		cs.settlePair(all, free)
		return
	}
	if t < 0 {
		a := cs.at(actual)
		for i := range a {
			if free(i) && all[a].resembles(all[i]) > 0.5 {
				cs[i].role = target
				return
			}
		}
		return
	}
	if cs.has(actual) {
		return
	}
	for i := t + 1; i < len(cs); i++ {
		if free(i) && all[i].resembles(all[t]) > 0.5 {
			cs[i].role = actual
			return
		}
	}
}

// settlePair takes the first two unnamed columns that resemble each other for target
// and actual.
func (cs columns) settlePair(all []content, free func(int) bool) {
	for i := range cs {
		for j := i + 1; j < len(cs); j++ {
			if free(i) && free(j) && all[i].share(isQuantity) > 0.2 && all[j].resembles(all[i]) > 0.6 {
				cs[i].role, cs[i].concluded = target, true
				cs[j].role, cs[j].concluded = actual, true
				return
			}
		}
	}
}

var signOnly = regexp.MustCompile(`^(?:[≥≤=＝><＞＜≧≦═]|>=|<=)$`)

func isSign(s string) bool { return signOnly.MatchString(layout.Squeeze(s)) }

// resembles is the share of rows in which both columns hold figures, or both words.
func (c content) resembles(targets content) float64 {
	n, alike := 0, 0
	for i, t := range c.texts {
		if t == "" || targets.texts[i] == "" {
			continue
		}
		n++
		if hasDigit(t) == hasDigit(targets.texts[i]) && tail(t) == tail(targets.texts[i]) {
			alike++
		}
	}
	return float64(alike) / float64(max(1, n))
}

var tailText = regexp.MustCompile(`[^0-9]*$`)

// tail is what follows a text's last digit, the unit of a figure; of words it is "".
func tail(s string) string {
	s = layout.Squeeze(s)
	if !hasDigit(s) {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(tailText.FindString(s), "以上"), "以下")
}

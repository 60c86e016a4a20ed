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
	ocr   bool
}

// mostBody is how many rows below the heads are looked at.
const mostBody = 400

// bodyOf are the rows below the heads of an indicator table, to the row of totals.
func bodyOf(below []block) []row {
	var rows []row
	for _, b := range below {
		if b.row == nil {
			if isTitle(b.whole()) {
				break
			}
			continue
		}
		cells := b.row.printed()
		if b.row.loose || len(rows) == mostBody || len(rows) > 0 && saysHeads(cells) || len(cells) > 0 && (isTotal(cells[0].text()) || isGrade(cells[0].text())) {
			break
		}
		if len(cells) > 2 {
			rows = append(rows, *b.row)
		}
	}
	return rows
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
func (cs columns) contents(body []row) []content {
	all := make([]content, len(cs))
	for i := range all {
		all[i].texts = make([]string, len(body))
	}
	for n, row := range body {
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

func isWords(s string) bool { return !isFigure(s) && !isDash(s) }

// settled is the columns with what their heads leave open, and what heads say that
// the column cannot hold, decided by what it does hold.
func (cs columns) settled(body []row) columns {
	if len(body) == 0 {
		return cs
	}
	cs = slices.Clone(cs)
	all := cs.contents(body)
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
		case role.numeric() && role != serial && words > most && c.filled() > 0.3:
			cs[i].role = noRole
			if role == score || role == weight {
				cs[i].role = cs.free(analysis)
			}
		case (role == analysis || role == note) && c.filled() > 0.5 && c.share(isNumber) > 0.9:
			cs[i].role = noRole
			cs.passOn(role, i)
		case role == nature && c.share(isNatureText) < 0.3 && i+1 < len(cs) && cs.namesAfter(i) && c.share(levelWords.MatchString) > 0:
			cs[i].role = noRole
		}
	}
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
		if cs[i].role == noRole && c.share(isWords) < most {
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
	if s < 0 || cs.has(weight) || cs.has(referenceWeight) {
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
func (c column) barred() bool { return otherYears.MatchString(c.head) }

func (cs columns) at(want role) int {
	return slices.IndexFunc(cs, func(c column) bool { return c.role == want })
}

// weights is the first unnamed column of points that adds up to a round sum, or else
// the only one; -1 where there is none.
func (cs columns) weights(all []content) (at int, sure bool) {
	at = -1
	n := 0
	for i, c := range all {
		if cs[i].role != noRole || cs[i].barred() || c.filled() < 0.5 || c.share(isPoints) < most || counts(c.texts) {
			continue
		}
		sum := cs.sum(all, i)
		switch sum.RatString() {
		case "100", "90", "80", "85", "70", "95", "200", "1":
			return i, true
		}
		if n++; n == 1 && sum.Cmp(big.NewRat(200, 1)) <= 0 {
			at = i
		} else {
			at = -1
		}
	}
	return at, false
}

// sum adds up the column over the rows that name an indicator.
func (cs columns) sum(all []content, at int) *big.Rat {
	sum, names := new(big.Rat), cs.at(level3)
	for n, t := range all[at].texts {
		if names >= 0 && all[names].texts[n] == "" {
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
// more.
func (c content) isScoreOf(weights content) bool {
	both, full := 0, 0
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
			return false
		}
	}
	return both >= 3 && float64(both) > most*float64(len(c.texts)) && full*2 > both && c.share(isPoints) > most
}

// settleGoals finds the targets, by their signs, and what was achieved, by the figures
// and words that resemble the targets'.
func (cs columns) settleGoals(all []content) {
	if a := cs.at(actual); !cs.has(target) && a >= 0 && all[a].share(isSigned) > 0.5 {
		cs[a].role = target // what is to be reached has signs
	}
	if !cs.has(target) {
		for i, c := range all {
			if cs[i].role == noRole && !cs[i].barred() && c.share(isSigned) > 0.3 {
				cs[i].role = target
				break
			}
		}
	}
	t := cs.at(target)
	if t < 0 || cs.has(actual) {
		return
	}
	for i, c := range all {
		if cs[i].role == noRole && !cs[i].barred() && i > t && c.filled() > 0.5 && c.resembles(all[t]) > 0.5 {
			cs[i].role = actual
			return
		}
	}
}

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

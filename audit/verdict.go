package audit

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
	"heji/layout"
)

// discrepancies are the broken equations with their verdicts. One that is broken only
// because another's printed figure is wrong names that one as its cause.
func (j *judge) discrepancies() []form.Discrepancy {
	out := make([]form.Discrepancy, len(j.broken))
	for _, group := range j.groups() {
		cause, follows := j.cause(group)
		one, explains := j.culprit(group)
		j.verdicts(group, follows || explains || len(group) == 1, out)
		switch {
		case follows:
			follow(group, cause, out)
		case explains:
			for _, i := range group {
				out[i].Message += fmt.Sprintf("; one figure explains all %d broken rules: %s, printed %s, were it %s", len(group), one.where, one.from, one.to)
				out[i].MessageZH += fmt.Sprintf("；%d 条不成立的规则可由一个数解释：%s 印为 %s，若为 %s 则全部成立", len(group), one.where, one.from, one.to)
			}
		}
	}
	return out
}

// follow says that the other discrepancies of the group are consequences of one.
func follow(group []int, cause int, out []form.Discrepancy) {
	for _, i := range group {
		if i != cause {
			out[i].ConsequenceOf = &form.Finding{Rule: out[cause].Rule, Where: out[cause].Where}
			out[cause].Consequences = append(out[cause].Consequences, form.Finding{Rule: out[i].Rule, Where: out[i].Where})
		}
	}
}

// cause is the identity of the group whose printed figure, were it what is computed,
// would settle the whole group. Two such are a tie, which is not broken.
func (j *judge) cause(group []int) (int, bool) {
	if len(group) < 2 {
		return 0, false
	}
	found, n := 0, 0
	for _, i := range group {
		id := j.broken[i]
		g := j.figures[id.Where]
		if g == nil || g.Value == nil {
			continue
		}
		v, err := form.NewAmount(id.Computed)
		if err == nil && id.Difference != "" && j.settles([]move{{where: id.Where, to: v}}, group) {
			found, n = i, n+1
		}
	}
	return found, n == 1
}

// culprit is the one figure, none of those that the rules compute, that with another
// value would settle the whole group: a score that is in two sums, both of which are
// short of the same.
func (j *judge) culprit(group []int) (found move, ok bool) {
	if len(group) < 2 {
		return move{}, false
	}
	shares := map[string]int{}
	var wheres []string
	for _, i := range group {
		for _, w := range j.broken[i].figures() {
			if shares[w]++; shares[w] == len(group) {
				wheres = append(wheres, w)
			}
		}
	}
	n := 0
	for _, w := range wheres {
		g := j.figures[w]
		off, err := form.NewAmount(j.broken[group[0]].Difference)
		if g == nil || g.Value == nil || err != nil {
			continue
		}
		for _, to := range nearby(*g.Value, off) {
			if m := (move{w, g.Text, to}); j.settles([]move{m}, group) {
				found, n = m, n+1
			}
		}
	}
	return found, n == 1
}

// verdicts writes the discrepancies of a group of broken equations. Once says that one
// wrong figure would explain the group.
func (j *judge) verdicts(group []int, once bool, out []form.Discrepancy) {
	for i, a := range j.explain(group, once) {
		out[i] = j.verdict(j.broken[i], a)
	}
}

// explain finds what would settle the equations of a group: all of them together or,
// where nothing does, each. A misreading beyond doubt answers for every equation that
// it settles, so that a fault of the form does not hide it.
func (j *judge) explain(group []int, once bool) map[int]answer {
	out := map[int]answer{}
	together := j.answer(group, once, false)
	for _, i := range group {
		out[i] = together
	}
	if len(together.sets) > 0 || len(group) == 1 {
		return out
	}
	for _, i := range group {
		if out[i].sure() {
			continue
		}
		a := j.answer([]int{i}, true, false)
		if len(a.sets) == 0 && !a.cut {
			a = j.answer([]int{i}, true, true)
		}
		out[i] = a
		for _, k := range group {
			if a.sure() && !out[k].sure() && j.mends(a.sets[0].moves(), k) {
				out[k] = a
			}
		}
	}
	return out
}

// mends reports whether a broken equation holds with the changes.
func (j *judge) mends(moves []move, i int) bool {
	return !slices.ContainsFunc(j.left(moves, []int{i}, true).left, j.broken[i].same)
}

// verdict of one equation, given what would settle it.
func (j *judge) verdict(id Identity, a answer) form.Discrepancy {
	d := form.Discrepancy{Rule: id.Rule, Where: id.Where, Printed: id.Printed, Computed: id.Computed, Difference: id.Difference, From: id.From}
	switch {
	case a.sure():
		d.Verdict = form.Misread
	case len(a.sets) == 0 && (!j.inDoubt(id, !a.cut) || !a.cut && j.unlike(id)) && id.open == "" && !id.cutOff() && !j.glimpsed(id) && !j.elsewhere(id):
		d.Verdict = form.ByForm
	default:
		d.Verdict = form.Undecided
	}
	for _, set := range a.worthTelling() {
		for _, c := range set {
			for _, m := range c.moves {
				d.Repairs = append(d.Repairs, form.Repair{Where: m.where, From: m.from, To: m.to.String(), Reason: c.reason, ReasonZH: c.reasonZH, Cost: fmt.Sprint(c.cost)})
			}
		}
	}
	en, zh := id.interval()
	d.Message, d.MessageZH = id.en+en, id.zh+zh
	if d.Verdict == form.Undecided && j.elsewhere(id) {
		d.Message += "; the difference may be points of the execution that stand elsewhere on the form"
		d.MessageZH += "；差额可能是表中别处所印的预算执行得分"
	}
	if len(d.Repairs) > 0 {
		en, zh := a.odds()
		d.Message, d.MessageZH = d.Message+en, d.MessageZH+zh
	}
	return d
}

// inDoubt reports whether the reading of a figure that takes part is in doubt, or a
// row may be missing. Where only a decimal mark is in doubt and none put back settles
// the equation, it is not.
func (j *judge) inDoubt(id Identity, searched bool) bool {
	return j.gaps && !ofOneRow[id.Rule] && !j.complete(id) || j.misplaced(id) || j.beyond(id) || j.shifted(id) || j.astray(id) || j.noPart(id) || slices.ContainsFunc(id.figures(), func(w string) bool {
		text := w == id.Where && id.proven
		return j.figures[w] != nil && !text && !j.vouched(w) && !(searched && j.onlyMark(w))
	})
}

// astray reports whether a number that found no place in the record is just what the
// sum is off by: points of the execution under a head that nobody knows are a part that
// was not counted.
func (j *judge) astray(id Identity) bool {
	off, err := form.NewAmount(id.Difference)
	if err != nil || ofOneRow[id.Rule] {
		return false
	}
	return slices.ContainsFunc(j.strays, func(n form.Amount) bool {
		return n.Cmp(off) == 0 || new(apd.Decimal).Neg(off.Decimal()).Cmp(n.Decimal()) == 0
	})
}

// noPart reports whether a row whose name was not surely read is just what the sum is off by:
// the total's own row, 总分 cut in two, is none of its parts. A row that is a part of another
// sum, which holds, is a part, and so is one with a target of its own.
func (j *judge) noPart(id Identity) bool {
	off, err := form.NewAmount(id.Difference)
	if err != nil || ofOneRow[id.Rule] {
		return false
	}
	return slices.ContainsFunc(id.figures(), func(w string) bool {
		g := j.figures[w]
		row, ok := rowOf(w)
		if g == nil || g.Value == nil || w == id.Where || !ok {
			return false
		}
		same := g.Value.Cmp(off) == 0 || new(apd.Decimal).Neg(off.Decimal()).Cmp(g.Value.Decimal()) == 0
		return same && !j.isPart(w) && !hasTarget(j.rows[row]) && nameInDoubt(j.problems, row)
	})
}

// hasTarget reports whether a row has a target and what was achieved, as no total has.
func hasTarget(row form.Indicator) bool {
	return row.Target != nil && row.Target.Text != "" && row.Actual != nil && row.Actual.Text != ""
}

// isPart reports whether the row of a figure is one of two or more of a section, whose weights or
// scores add up.
func (j *judge) isPart(where string) bool {
	row, _, _ := strings.Cut(where, ".")
	return slices.ContainsFunc(j.all, func(o Identity) bool {
		return o.State == Holds && o.sum && parts(o) > 1 && (o.Rule == "weight-section" || o.Rule == "score-section") &&
			!strings.HasPrefix(o.Where, row+".") && slices.ContainsFunc(o.figures(), func(w string) bool { return strings.HasPrefix(w, row+".") })
	})
}

// unlike reports whether the only figure in doubt was read as one number alone, and
// would have to be another that is like nothing that any reader saw there: for what is
// wrong it does not matter then.
func (j *judge) unlike(id Identity) bool {
	if id.Rule == "grade" {
		return j.plainGrade() && j.vouched("total.score")
	}
	if bounds[id.Rule] {
		return false // which many numbers keep
	}
	doubtful := ""
	for _, w := range id.figures() {
		if g := j.figures[w]; g != nil && !j.vouched(w) && !j.onlyMark(w) {
			if doubtful != "" || g.Value == nil || cutFromName(g) || g.Doubt == layout.Disagree && g.Agreed == 0 || !doubtSettles(g.Doubt) || g.Confidence < hardlyRead {
				return false
			}
			doubtful = w
		}
	}
	off, err := form.NewAmount(id.Difference)
	if g := j.figures[doubtful]; g == nil || err != nil || g.Reader != layout.ByOCR || j.gaps && !ofOneRow[id.Rule] && !j.complete(id) {
		return false
	}
	at := slices.IndexFunc(j.broken, id.same)
	if id.Rule == "execution-rate" && doubtful != id.Where {
		return !j.likeAmount(doubtful, id) && !j.likeTogether(doubtful, at)
	}
	needed, ok := j.needed(doubtful, off, at)
	return ok && !j.like(doubtful, needed) && !j.likeTogether(doubtful, at)
}

// likeTogether reports whether a broken equation would hold with another reading of the figure in doubt and a number that
// looks like what was read of one other figure of the scan. What spoils one figure spoils its neighbours, for two readers
// that agree as well: a fax leaves of every 4 a 1.
func (j *judge) likeTogether(doubtful string, at int) bool {
	id, g := j.broken[at], j.figures[doubtful]
	for _, c := range readings(doubtful, g) {
		left := j.left(c.moves, []int{at}, true).left
		open := slices.IndexFunc(left, id.same)
		if open < 0 {
			return true
		}
		off, err := form.NewAmount(left[open].Difference)
		if err != nil {
			continue
		}
		for _, w := range id.figures() {
			f := j.figures[w]
			if w == doubtful || f == nil || f.Reader != layout.ByOCR || f.Value == nil {
				continue
			}
			for _, to := range nearby(*f.Value, off) {
				if j.like(w, to) && j.mends(append(slices.Clip(c.moves), move{w, f.Text, to}), at) {
					return true
				}
			}
		}
	}
	return false
}

// cutFromName reports whether a figure is a part of what was read as its name, a section's
// points, and has no brackets around it: where the bracket ends and it begins is in doubt with
// it. 43分) was (8分).
func cutFromName(g *form.Figure) bool {
	before, after, ok := strings.Cut(layout.Squeeze(g.Label), layout.Squeeze(g.Text))
	return ok && g.Text != "" && !(opened.MatchString(before) && closed.MatchString(after))
}

var (
	opened = regexp.MustCompile(`[(（](?:分值|权重|满分)?[:：]?$`)
	closed = regexp.MustCompile(`^分?[)）]$`)
)

// hardlyRead is the confidence below which what was read says nothing of what else may be
// printed there: letters on which a signature lies.
const hardlyRead = 0.5

// misplaced reports whether a section's rows may be counted in another one, as the second
// level of a row of the form says: 社会效益指标 is none of 产出指标. On a scan the line between
// the two was lost.
func (j *judge) misplaced(id Identity) bool {
	if id.Rule != "weight-section" && id.Rule != "score-section" {
		return false
	}
	if j.namedAlike() || j.namedOn() || j.unnamed(id) {
		return true
	}
	return slices.ContainsFunc(j.rows, func(row form.Indicator) bool {
		return row.Weight != nil && row.Weight.Reader == layout.ByOCR &&
			(strings.HasPrefix(row.Level1, "产出") && effects.MatchString(row.Level2) || strings.HasPrefix(row.Level1, "效益") && outputs.MatchString(row.Level2))
	})
}

// unnamed reports whether the name of a scanned section was not surely read and is none that forms give
// sections: a subtotal's row whose 小计 was read as 小寺 sums up the rows above it.
func (j *judge) unnamed(id Identity) bool {
	g := j.figures[id.Where]
	i, ok := rowOf(id.Where)
	return ok && g != nil && g.Reader == layout.ByOCR && !sectionWords.MatchString(j.rows[i].Level1+j.rows[i].Level2) && nameInDoubt(j.problems, i)
}

// sectionWords are words of which one is in the name of nearly every section.
var sectionWords = regexp.MustCompile(`指标|产出|效益|效果|满意|成本|履职|投入|过程|决策|管理|预算|资产|目标|绩效|项目|资金|部门|配置|执行|质量|数量|时效`)

// namedAlike reports whether two sections of a scan have one name, as no form's do: what was read of
// their names does not tell their rows apart.
func (j *judge) namedAlike() bool {
	seen := map[string]bool{}
	for _, row := range j.rows {
		if row.Kind != form.Section || row.Level2 != "" || row.Weight == nil || row.Weight.Reader != layout.ByOCR {
			continue
		}
		if seen[row.Level1] {
			return true
		}
		seen[row.Level1] = true
	}
	return false
}

// namedOn reports whether the name of a section of a scan goes on in that of other rows, 过程 and
// 过程绩效指标: what stands beside it was read with it, and the rows are one section's.
func (j *judge) namedOn() bool {
	for _, row := range j.rows {
		if row.Kind != form.Section || row.Level1 == "" || row.Weight == nil || row.Weight.Reader != layout.ByOCR {
			continue
		}
		if slices.ContainsFunc(j.rows, func(o form.Indicator) bool {
			return o.Kind == form.Leaf && o.Level1 != row.Level1 && (strings.HasPrefix(o.Level1, row.Level1) || strings.HasSuffix(o.Level1, row.Level1))
		}) {
			return true
		}
	}
	return false
}

// beyond reports whether points that were read from pixels add up to more than any form has, or a rate is many times
// what its amounts give: no form is that wrong, and marks or figures were lost.
func (j *judge) beyond(id Identity) bool {
	computed, err := form.NewAmount(id.Computed)
	if err != nil || !slices.ContainsFunc(id.figures(), func(w string) bool {
		g := j.figures[w]
		return g != nil && g.Reader == layout.ByOCR
	}) {
		return false
	}
	if id.Rule == "execution-rate" {
		printed, err := form.NewAmount(id.Printed)
		return err == nil && (manyTimes(printed, computed) || manyTimes(computed, printed))
	}
	return pointSums[id.Rule] && computed.Cmp(anyForm) > 0
}

// manyTimes reports whether a number is at least twenty times another.
func manyTimes(a, b form.Amount) bool {
	var least apd.Decimal
	do(down.Mul(&least, b.Decimal(), apd.New(20, 0)))
	return a.Decimal().Sign() > 0 && a.Decimal().Cmp(&least) >= 0
}

// shifted reports whether points of a scan stand in another column than their own: no form gives
// two rows more than twice their weight.
func (j *judge) shifted(id Identity) bool {
	if id.Rule != "score-exceeds-weight" && !pointSums[id.Rule] {
		return false
	}
	const most = 2 // rows
	n := 0
	for i := range j.rows {
		score, ok1 := read(j.rows[i].Score)
		weight, ok2 := read(j.rows[i].Weight)
		if !ok1 || !ok2 || j.rows[i].Kind != form.Leaf || j.rows[i].Score.Reader != layout.ByOCR {
			continue
		}
		var twice apd.Decimal
		do(down.Add(&twice, weight.Decimal(), weight.Decimal()))
		n += btoi(score.Decimal().Cmp(&twice) > 0)
	}
	return n >= most
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// anyForm is more points than any form has: a hundred, and what is given besides.
var anyForm = form.MustAmount("150")

var pointSums = map[string]bool{"weight-total": true, "score-total": true, "weight-section": true, "score-section": true}

// effects and outputs are the second levels of the two sections of 财预〔2020〕10号.
var (
	effects = regexp.MustCompile(`^(?:经济|社会|生态)效益|^可持续`)
	outputs = regexp.MustCompile(`^(?:数量|质量|时效)指标`)
)

var hanSeen = regexp.MustCompile(`\p{Han}`)

// plainGrade reports whether the grade is one word that a reader is sure of and no other
// reader took for another grade or another word: 优, 良, 中 and 差 are not like each other, and
// a reader of Latin letters who sees a p says nothing of 中. A tick is a mark of pixels, and no word.
func (j *judge) plainGrade() bool {
	const surely = 0.95
	g := j.figures["grade"]
	return g != nil && (g.Doubt == "" || doubtSettles(g.Doubt) && !slices.ContainsFunc(g.Alternatives, func(a layout.Reading) bool { return hanSeen.MatchString(a.Text) })) &&
		g.Confidence >= surely && !boxFirst.MatchString(g.Text) &&
		!slices.ContainsFunc(g.Alternatives, func(a layout.Reading) bool {
			return slices.ContainsFunc(bands, func(b band) bool {
				return slices.ContainsFunc(b.also, func(s string) bool { return strings.Contains(a.Text, s) && gradeOf(g.Text) != b.name })
			})
		})
}

// glimpsed reports whether a figure of the equation is one where a reader of pixels saw the
// number that would make a broken equation hold, this one or another, or that number with
// one digit too many: two others may agree on what a blurred 4 is not.
func (j *judge) glimpsed(id Identity) bool {
	if j.glimpses == nil {
		j.glimpses = map[string]bool{}
		for i := range j.broken {
			for _, w := range j.broken[i].figures() {
				j.glimpses[w] = j.glimpses[w] || j.seenOtherwise(w, i)
			}
		}
	}
	return slices.ContainsFunc(id.figures(), func(w string) bool { return j.glimpses[w] })
}

// seenOtherwise reports whether the i-th broken equation would hold with what another
// reader saw of a figure.
func (j *judge) seenOtherwise(where string, i int) bool {
	g := j.figures[where]
	off, err := form.NewAmount(j.broken[i].Difference)
	if err != nil || bounds[j.broken[i].Rule] || g == nil || g.Reader != layout.ByOCR || g.Value == nil || len(g.Alternatives) == 0 {
		return false
	}
	to, ok := j.needed(where, off, i)
	return ok && slices.ContainsFunc(g.Alternatives, func(a layout.Reading) bool {
		n, ok := plainNumber(a.Text)
		seen, want := n.String(), to.String()
		return ok && (n.Cmp(to) == 0 || len(want) > 4 && len(seen) == len(want)+1 && distance(seen, want) == 1)
	})
}

// needed is the value that a figure would have to have for a broken equation to hold,
// which is off by so much.
func (j *judge) needed(where string, off form.Amount, i int) (form.Amount, bool) {
	g := j.figures[where]
	for _, to := range nearby(*g.Value, off) {
		if j.mends([]move{{where, g.Text, to}}, i) {
			return to, true
		}
	}
	return form.Amount{}, false
}

// nearby are the two values that are off by so much.
func nearby(v, off form.Amount) [2]form.Amount {
	var more, less apd.Decimal
	do(down.Add(&more, v.Decimal(), off.Decimal()))
	do(down.Sub(&less, v.Decimal(), off.Decimal()))
	return [2]form.Amount{form.FromDecimal(&more), form.FromDecimal(&less)}
}

// like reports whether a value may be what is printed where a figure was read: it or a
// number that looks like it is among the readings.
func (j *judge) like(where string, v form.Amount) bool {
	g := j.figures[where]
	if v.Decimal().Sign() < 0 {
		return false
	}
	seen := []form.Amount{*g.Value}
	for _, a := range g.Alternatives {
		if n, ok := plainNumber(a.Text); ok {
			seen = append(seen, n)
		} else if longAlike(layout.Squeeze(a.Text), v.String()) {
			return true // 43.413.19.62 was 4341349.62
		}
	}
	return slices.ContainsFunc(seen, func(n form.Amount) bool {
		a, b := n.String(), v.String()
		dropped := len(a) != len(b) && distance(a, b) == 1 // a digit too many or too few, wherever
		return dropped || longAlike(a, b) || n.Cmp(v) == 0 || slices.ContainsFunc(slips(n), func(s slip) bool { return s.to.Cmp(v) == 0 })
	})
}

// likeAmount reports whether digits that look like what was read of an amount, one of them other,
// missing or too many and the marks wherever, would give the rate that is printed.
func (j *judge) likeAmount(where string, id Identity) bool {
	g := j.figures[where]
	printed, err1 := strconv.ParseFloat(id.Printed, 64)
	computed, err2 := strconv.ParseFloat(id.Computed, 64)
	read, err3 := strconv.ParseFloat(g.Value.String(), 64)
	if err1 != nil || err2 != nil || err3 != nil || printed <= 0 || computed <= 0 || read <= 0 {
		return true
	}
	needed := read * printed / computed
	if strings.HasSuffix(where, ".budget") {
		needed = read * computed / printed
	}
	reach := func(s string) float64 { // of half a last digit, as a share
		v, _ := strconv.ParseFloat(s, 64)
		_, decimals, _ := strings.Cut(s, ".")
		return math.Pow10(-len(decimals)) / 2 / v
	}
	room := reach(id.Printed) + reach(id.Computed)
	for _, from := range id.From {
		if v, err := strconv.ParseFloat(from.Value, 64); err == nil && v > 0 {
			room += reach(from.Value)
		}
	}
	gives := func(digits string) bool {
		v, err := strconv.ParseFloat(digits, 64)
		if err != nil || v == 0 {
			return false
		}
		share := v / needed
		return math.Abs(share/math.Pow(10, math.Round(math.Log10(share)))-1) <= room
	}
	seen := []string{g.Value.String()}
	for _, a := range g.Alternatives {
		seen = append(seen, layout.Squeeze(a.Text))
	}
	return slices.ContainsFunc(seen, func(s string) bool {
		s = notDigits.ReplaceAllString(s, "")
		if gives(s) {
			return true
		}
		for i := range len(s) + 1 {
			for d := '0'; d <= '9'; d++ {
				if gives(s[:i]+string(d)+s[i:]) || i < len(s) && gives(s[:i]+string(d)+s[i+1:]) {
					return true
				}
			}
			if i < len(s) && gives(s[:i]+s[i+1:]) {
				return true
			}
		}
		return false
	})
}

var notDigits = regexp.MustCompile(`[^0-9]`)

// longAlike reports whether two numbers of five digits or more are the same but for their
// marks and a digit: 1,131.01 was read as 113191, its point a part of the digit behind it.
func longAlike(a, b string) bool {
	const long = 5
	a, b = unmarked.Replace(a), unmarked.Replace(b)
	return len(a) >= long && len(b) >= long && distance(a, b) <= 1
}

var unmarked = strings.NewReplacer(".", "", ",", "")

// onlyMark reports whether readers agree on a figure's digits, so that nothing but a
// lost decimal mark is in doubt. An amount that is odd may be so for more than its mark.
func (j *judge) onlyMark(where string) bool {
	g := j.figures[where]
	return j.lost[where] && j.odd != where && g.Agreed > 0 && (g.Doubt == "" || g.Doubt == layout.Unconfirmed)
}

// complete reports whether no row is missing from a sum, whatever found no place on
// the page: the weights of the same rows add up. Those of the sections say nothing of
// the rows within them.
func (j *judge) complete(id Identity) bool {
	if id.Rule == "weight-total" {
		return id.Computed != "" && form.MustAmount(id.Computed).Cmp(hundredPoints) == 0
	}
	if id.Rule == "weight-section" {
		return j.sameRowsScore(id) && j.allWeighed(id)
	}
	if id.Rule == "score-total" && j.wholeByWeight(id) {
		return true
	}
	if id.Rule == "funds-total" {
		return j.otherColumns(id)
	}
	return slices.ContainsFunc(j.all, func(o Identity) bool {
		if o.State != Holds || o.Rule != "weight-total" && o.Rule != "weight-section" {
			return false
		}
		weighed := o.figures()
		return !slices.ContainsFunc(id.figures(), func(w string) bool {
			return !slices.Contains(weighed, strings.TrimSuffix(strings.TrimSuffix(w, "score"), "weight")+"weight")
		})
	})
}

// otherColumns reports whether the same rows of the funds table add up in other columns: in two,
// or in one where the sources are more than their total, as no source that is missing explains.
func (j *judge) otherColumns(id Identity) bool {
	rows := func(o Identity) []string {
		var out []string
		for _, w := range o.figures() {
			row, _, _ := strings.Cut(w, ".")
			out = append(out, row)
		}
		return out
	}
	own := rows(id)
	least := 2
	if strings.HasPrefix(id.Difference, "-") {
		least = 1
	}
	n := 0
	for _, o := range j.all {
		if o.Rule == "funds-total" && o.State == Holds && parts(o) > 1 && slices.Equal(rows(o), own) {
			n++
		}
	}
	return n >= least
}

// sameRowsScore reports whether the scores of the same rows add up to the same section's,
// exactly and with more than 0 in each: then they are its rows, none less and none more.
// Two readers agree on each; that a line was lost does not matter then.
func (j *judge) sameRowsScore(id Identity) bool {
	var rows []string
	for _, w := range id.figures() {
		rows = append(rows, strings.TrimSuffix(w, "weight")+"score")
	}
	return slices.ContainsFunc(j.all, func(o Identity) bool {
		return o.Rule == "score-section" && o.State == Holds && o.sum && slices.Equal(o.figures(), rows) &&
			!slices.ContainsFunc(rows, func(w string) bool {
				return j.figures[w].Value.Decimal().Sign() <= 0 || j.figures[w].Agreed == 0 && !j.vouched(w)
			})
	})
}

// wholeByWeight reports whether the weights of the sections or rows whose scores are added up
// make up the form's, which two readers agree on: none is missing.
func (j *judge) wholeByWeight(id Identity) bool {
	whole := hundredPoints
	if w, ok := read(j.figures["total.weight"]); ok {
		whole = w
	}
	var sum apd.Decimal
	for _, o := range id.From {
		w := strings.TrimSuffix(o.Where, "score") + "weight"
		g := j.figures[w]
		if v, ok := read(g); !ok || g.Agreed == 0 && !j.vouched(w) {
			return false
		} else {
			do(down.Add(&sum, &sum, v.Decimal()))
		}
	}
	return sum.Cmp(whole.Decimal()) == 0
}

// allWeighed reports whether the weights of all rows, those of the section among them, add
// up to their total: none is missing from the form.
func (j *judge) allWeighed(id Identity) bool {
	return slices.ContainsFunc(j.all, func(o Identity) bool {
		weighed := o.figures()
		return o.Rule == "weight-total" && o.State == Holds && o.sum && !slices.ContainsFunc(id.From, func(x form.Operand) bool { return !slices.Contains(weighed, x.Where) })
	})
}

// ofOneRow are the rules that a row lost from the page does not break.
var ofOneRow = map[string]bool{"weight-assigned": true, "score-exceeds-weight": true, "indicator-score": true,
	"execution-rate": true, "execution-score": true, "narrative-breakdown": true, "narrative-header": true, "grade": true}

// interval says what the two sides may be, where they are more than points, and
// which rounding would explain a near miss.
func (id Identity) interval() (en, zh string) {
	if id.PrintedIn == nil || id.ComputedIn == nil || id.open != "" {
		return "", ""
	}
	in, of := *id.PrintedIn, *id.ComputedIn
	if in.Low.Cmp(&in.High) != 0 || of.Low.Cmp(&of.High) != 0 {
		en = fmt.Sprintf(" (printed stands for %s, computed for %s)", in.words(" to "), of.words(" to "))
		zh = fmt.Sprintf("（印出的数表示 %s，核计得 %s）", in.words(" 至 "), of.words(" 至 "))
	}
	if id.cutOff() {
		en += "; it would be so if digits were cut off and not rounded"
		zh += "；若为舍去尾数而非四舍五入则相符"
	}
	return en, zh
}

// cutOff reports whether the printed number would be right if digits were cut off and
// not rounded: then it is the lower end of what it stands for.
func (id Identity) cutOff() bool {
	printed, err := form.NewAmount(id.Printed)
	if err != nil || id.ComputedIn == nil || id.sum || id.full {
		return false // points are awarded as printed
	}
	of := *id.ComputedIn
	cut := Interval{*printed.Decimal(), *new(apd.Decimal)}
	do(up.Add(&cut.High, printed.Decimal(), apd.New(1, int32(-printed.Scale()))))
	return cut.Meets(of) && cut.High.Cmp(&of.Low) != 0 && cut.Low.Cmp(&of.High) != 0
}

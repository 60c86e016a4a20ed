package samples

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"heji/form"
)

// Form is one made form: what is printed, how it looks and what is wrong with it.
type Form struct {
	truth Truth
	look  Look
	seal  bool
	// where the seal's left and top are: percent of the foot's width, points above it
	sealX, sealY int
	made         *sheet // laid out already; nil for a department's form
}

// Truth is what a reader has to find in the form.
func (f Form) Truth() Truth { return f.truth }

// Look is how the form is laid out.
func (f Form) Look() Look { return f.look }

// Sealed is the form with its unit's red round seal over the foot.
func (f Form) Sealed() Form {
	f.seal = true
	return f
}

// Generate makes form i of the endless series that belongs to seed. About half
// of a series is consistent; the rest breaks one to three rules.
func Generate(seed int64, i int) Form {
	r := source(seed, i)
	l := drawLook(r)
	var plants []string
	if chance(r, 50) {
		plants = append(plants, drawPlants(r, 1+r.IntN(3))...)
	}
	f := build(r, l, drawQuality(r), plants)
	f.truth.Made = Made{Seed: seed, I: i, Look: l}
	return f
}

// Build makes form i of seed's series in a given look, breaking the given rules.
// A rule that the look leaves no room for, such as a section rule on a form
// without section rows, is left whole: Truth says what was planted.
func Build(seed int64, i int, l Look, plants ...string) Form {
	r := source(seed, i)
	f := build(r, l, drawQuality(r), plants)
	f.truth.Made = Made{Seed: seed, I: i, Look: l}
	return f
}

// DrawLook is the look of form i of seed's series.
func DrawLook(seed int64, i int) Look { return drawLook(source(seed, i)) }

func source(seed int64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), uint64(i)))
}

// drawQuality is high for most forms, as self-evaluations are.
func drawQuality(r *rand.Rand) float64 {
	switch n := r.IntN(100); {
	case n < 60:
		return 0.8 + 0.2*r.Float64()
	case n < 80:
		return 0.6
	case n < 93:
		return 0.3
	}
	return 0
}

// funds are the header's amounts.
type funds struct {
	carried, initial, adjustment, other, executed, balance money
}

// available is everything that could be spent.
func (f funds) available() money { return f.carried + f.initial + f.adjustment + f.other }

// draft is a form while it is made.
type draft struct {
	r        *rand.Rand
	look     Look
	year     int
	place    string
	office   office
	staff    staff
	funds    funds
	sections []section
	refs     map[string]points // reference weights that differ from the assigned ones, by leaf
	weightAt map[int]points    // section weights that are printed wrong
	total    points
	weights  points // the printed total weight
	grade    string
	plants   []string
	note     note
	rates    map[string]string // printed rates by leaf
	found    []Discrepancy
}

func build(r *rand.Rand, l Look, quality float64, plants []string) Form {
	d := &draft{r: r, look: l, year: 2018 + r.IntN(7), place: pick(r, places()...), office: pick(r, offices()...),
		staff: drawStaff(r), plants: plants, refs: map[string]points{}, weightAt: map[int]points{}, weights: 10000, rates: map[string]string{}}
	d.funds = drawFunds(r, l)
	d.sections = drawSections(r, l, quality)
	d.plantFunds()
	d.plantPoints()
	d.writeNote()
	d.writeRates()
	return Form{truth: d.truth(), look: l, sealX: 15 + r.IntN(85), sealY: 40 + r.IntN(110)}
}

// quantum is the finest step of an amount that the look prints exactly.
func quantum(l Look) money {
	if l.Rounded {
		return 1
	}
	in := wanYuan
	if l.Unit == "元" {
		in = yuan
	}
	return max(1, in/money(power(l.Scale)))
}

func drawFunds(r *rand.Rand, l Look) funds {
	q := quantum(l)
	// between 80 and 6,000 万元, small offices being the most
	size := 80 * wanYuan
	for range r.IntN(6) {
		size *= 2
	}
	upTo := func(m money) money { return money(r.Int64N(int64(m/q)+1)) * q }
	f := funds{initial: size + upTo(size)}
	if chance(r, 75) {
		f.carried = upTo(f.initial / 30)
	}
	if chance(r, 85) {
		f.adjustment = upTo(f.initial / 8)
		if chance(r, 20) {
			f.adjustment = -f.adjustment / 2 / q * q
		}
	}
	if chance(r, 15) {
		f.other = upTo(f.initial / 40)
	}
	f.executed = f.available()
	if chance(r, 90) {
		f.executed -= upTo(f.initial / 16)
	}
	f.balance = f.available() - f.executed
	return f
}

// amount prints a header amount.
func (d *draft) amount(m money) string {
	if m == 0 {
		return d.look.Zero
	}
	s := amountText(m, d.look.Unit, d.look.Scale)
	if d.look.Trim {
		s = trimZeros(s)
	}
	if d.look.Grouped {
		s = groupDigits(s)
	}
	if d.look.UnitPlace == "cell" {
		s += d.look.Unit
	}
	return s
}

// printed is m as a reader of the header sees it: rounded as printed.
func (d *draft) printed(m money) money {
	in := wanYuan
	if d.look.Unit == "元" {
		in = yuan
	}
	step := int64(in) / power(d.look.Scale)
	return money(roundDiv(int64(m), max(1, step)) * max(1, step))
}

func (d *draft) printedFunds() funds {
	f := d.funds
	return funds{d.printed(f.carried), d.printed(f.initial), d.printed(f.adjustment), d.printed(f.other), d.printed(f.executed), d.printed(f.balance)}
}

// allPrinted reports whether no header amount is left empty or dashed: only
// then is a rule over them sure to have its operands.
func (d *draft) allPrinted() bool {
	f := d.funds
	return d.look.Zero == "0.00" || d.look.Zero == "0" ||
		!slices.Contains([]money{f.carried, f.initial, f.adjustment, f.other, f.executed, f.balance}, 0)
}

func (d *draft) wants(rule string) bool { return slices.Contains(d.plants, rule) }

func (d *draft) find(rule, row, printed, computed string, consequence bool) {
	d.found = append(d.found, Discrepancy{rule, row, printed, computed, consequence})
}

// truth prints the draft.
func (d *draft) truth() Truth {
	l := d.look
	unitName := d.place + d.office.name
	t := Truth{
		Kind: form.Department, Title: d.place + l.Words.Title, Year: d.year, Unit: l.Unit,
		Fields: map[string]string{
			"head": drawPerson(d.r), "phone": drawPhone(d.r),
			"carried_over": d.amount(d.funds.carried), "initial_budget": d.amount(d.funds.initial),
			"budget_adjustment": d.amount(d.funds.adjustment), "other_adjustment": d.amount(d.funds.other),
			"executed": d.amount(d.funds.executed), "year_end_balance": d.amount(d.funds.balance),
			"functions": d.office.functions, "staffing": staffingText(d.year, d.staff),
			"execution_note": d.note.text,
			"analysis":       analysisText(d.r, d.office, l.Length), "other": otherText(d.r, l.Length),
		},
		Total:         Total{Weight: pointsText(d.weights, -1), Score: pointsText(d.total, l.ScoreScale)},
		Grade:         d.grade,
		Evaluators:    drawEvaluators(d.r, l),
		Discrepancies: d.found,
	}
	if l.NoTotal {
		t.Total.Weight = ""
	}
	if t.Discrepancies == nil {
		t.Discrepancies = []Discrepancy{}
	}
	if l.Words.UnitName == "填报单位" {
		t.Fields["reporting_unit"] = unitName
	} else {
		t.Fields["unit_name"] = unitName
	}
	if l.Boxes {
		t.GradeText = tick(d.grade)
	}
	for i, s := range d.sections {
		t.Indicators = append(t.Indicators, d.sectionRows(i, s)...)
	}
	return t
}

func (d *draft) sectionRows(i int, s section) []Indicator {
	l := d.look
	head := Indicator{Kind: form.Section, Level1: s.name, Weight: pointsText(s.weight, -1), Analysis: l.Dash, Score: pointsText(s.score, l.ScoreScale)}
	if w, wrong := d.weightAt[i]; wrong {
		head.Weight = pointsText(w, -1)
	}
	if l.TwoWeights {
		head.ReferenceWeight = head.Weight
	}
	var rows []Indicator
	if l.Sections == "above" {
		rows = append(rows, head)
	}
	for _, f := range s.leaves {
		row := Indicator{Kind: form.Leaf, Level1: s.name, Level2: f.group, Level3: cut(f.name, l.Cut),
			Weight: pointsText(f.weight, l.WeightScale), Score: pointsText(f.score, l.ScoreScale)}
		if l.TwoWeights {
			reference := f.weight
			if w, differs := d.refs[f.name]; differs {
				reference = w
			}
			row.ReferenceWeight = pointsText(reference, -1)
		}
		if rate, quoted := d.rates[f.name]; quoted {
			row.Analysis = rate
		} else if row.Analysis = reasonText(d.r, f.name, f.score == f.weight); l.Cut > 0 {
			row.Analysis = cut(row.Analysis, l.Cut+3)
		}
		rows = append(rows, row)
	}
	if l.Sections == "below" {
		rows = append(rows, head)
	}
	return rows
}

// tick writes the grades as boxes with one ticked.
func tick(grade string) string {
	var b strings.Builder
	for i, g := range []string{"优", "良", "中", "差"} {
		if i > 0 {
			b.WriteByte(' ')
		}
		if g == grade {
			b.WriteString("☑" + g)
		} else {
			b.WriteString("□" + g)
		}
	}
	return b.String()
}

// note is the sentence on execution, which quotes the header.
type note struct{ text string }

// noteAmount prints an amount inside a sentence, without its unit.
func (d *draft) noteAmount(m money) string {
	scale := d.look.Scale
	if d.look.NoteUnit != d.look.Unit {
		scale = 2
	}
	s := amountText(m, d.look.NoteUnit, scale)
	if d.look.NoteTrim {
		s = trimZeros(s)
	}
	return s
}

// writeNote writes the execution note from the printed header, with a wrong
// breakdown or a wrong quotation where one is planted.
func (d *draft) writeNote() {
	r, f := d.r, d.funds
	unit := d.look.NoteUnit
	initial, executed := f.initial, f.executed
	breakdown := d.wants("narrative-breakdown")
	if d.wants("narrative-header") && unit == d.look.Unit {
		wrong := max(d.printed(f.initial/money(20+r.IntN(60))), quantum(d.look)*100, 3*wanYuan)
		wrong = d.printed(wrong)
		if chance(r, 50) {
			initial += wrong
			d.find("narrative-header", "", d.noteAmount(initial), ungroup(strings.TrimSuffix(d.amount(f.initial), unit)), false)
		} else {
			executed -= wrong
			d.find("narrative-header", "", d.noteAmount(executed), ungroup(strings.TrimSuffix(d.amount(f.executed), unit)), false)
		}
	}
	whole := executed
	if breakdown {
		// Parts of the initial budget beside the executed amount is the
		// commonest mistake; a slip in one part is the other.
		whole = f.initial
		if diff := whole - executed; chance(r, 50) || (diff < 5*wanYuan && diff > -5*wanYuan) {
			whole = executed + d.printed(5*wanYuan+money(r.Int64N(int64(executed/10))))
		}
	}
	basic := d.roundNote(whole / 100 * money(40+r.IntN(35)))
	project := d.roundNote(whole) - basic
	staffCost := d.roundNote(basic / 100 * money(70+r.IntN(20)))
	publicCost := basic - staffCost
	a := func(m money) string { return d.noteAmount(m) + unit }
	var parts string
	switch wording := r.IntN(6); {
	case wording == 0 && !breakdown:
		parts = "，资金支付严格执行国库集中支付制度。"
	case wording <= 1:
		parts = fmt.Sprintf("，其中：基本支出%s，项目支出%s。", a(basic), a(project))
	case wording == 2:
		parts = fmt.Sprintf("，由基本支出%s和项目支出%s构成。", a(basic), a(project))
	case wording == 3:
		parts = fmt.Sprintf("，包括人员经费%s、公用经费%s和项目支出%s。", a(staffCost), a(publicCost), a(project))
	default:
		parts = fmt.Sprintf("，包括基本支出%s和项目支出%s。", a(basic), a(project))
	}
	if breakdown {
		d.find("narrative-breakdown", "", d.noteAmount(executed), d.noteScale(d.roundNote(whole)), false)
	}
	opening := fmt.Sprintf(pick(r, "%d年年初预算%s", "本单位%d年年初预算为%s", "%d年度批复年初预算%s"), d.year, a(initial))
	d.note.text = opening + pick(r, "，全年实际执行", "，年度决算金额", "，当年支出决算") + a(executed) + parts
	if d.look.Length > 1 {
		d.note.text += "各项支出均按照批复的用途和进度办理，没有挤占、挪用的情况。"
	}
}

// roundNote is m as the note prints it.
func (d *draft) roundNote(m money) money {
	scale := d.look.Scale
	if d.look.NoteUnit != d.look.Unit {
		scale = 2
	}
	in := wanYuan
	if d.look.NoteUnit == "元" {
		in = yuan
	}
	step := max(1, int64(in)/power(scale))
	return money(roundDiv(int64(m), step) * step)
}

// noteScale prints a computed amount with all of the note's decimals.
func (d *draft) noteScale(m money) string {
	scale := d.look.Scale
	if d.look.NoteUnit != d.look.Unit {
		scale = 2
	}
	return amountText(m, d.look.NoteUnit, scale)
}

// writeRates quotes, in some rows' analysis, the rate that follows from the
// printed header; one of them wrongly where that is planted.
func (d *draft) writeRates() {
	f := d.printedFunds()
	type rate struct{ of, by money }
	rates := map[string][]rate{
		"预算完成率":   {{f.executed, f.initial + f.adjustment}, {f.executed, f.available()}},
		"预算调整率":   {{max(f.adjustment, -f.adjustment), f.initial}},
		"结转结余率":   {{f.balance, f.initial + f.adjustment}, {f.balance, f.available()}, {f.balance, f.executed}},
		"结转结余变动率": {{f.balance - f.carried, f.carried}},
		"在职人员控制率": {{money(d.staff.filled + d.staff.careerFilled), money(d.staff.posts + d.staff.careerPosts)}},
	}
	planted := !d.wants("indicator-rate") || !d.allPrinted()
	for _, s := range d.sections {
		for _, leaf := range s.leaves {
			choices := rates[leaf.name]
			wrong := !planted && len(choices) > 0 && leaf.name != "在职人员控制率" && leaf.name != "结转结余变动率"
			if len(choices) == 0 || (!wrong && chance(d.r, 45)) {
				continue
			}
			way := pick(d.r, choices...)
			if way.by == 0 || (leaf.name == "结转结余变动率" && !d.allPrinted()) {
				continue
			}
			right := percentText(way.of, way.by, 2)
			text := right
			if wrong {
				text = d.wrongRate(way.of, way.by)
				d.find("indicator-rate", cut(leaf.name, d.look.Cut), text, right, false)
				planted = true
			}
			d.rates[leaf.name] = pick(d.r, "%s%s%%", "%s为%s%%", "%s%s%%，符合要求")
			if d.look.Cut > 0 {
				d.rates[leaf.name] = "%s%s%%"
			}
			d.rates[leaf.name] = fmt.Sprintf(d.rates[leaf.name], leaf.name, text)
		}
	}
}

// wrongRate is a rate near of/by that no denominator in use explains, be it read
// as a percentage or as a ratio.
func (d *draft) wrongRate(of, by money) string {
	f := d.printedFunds()
	for width := 1200; ; width += 50 {
		bp := roundDiv(int64(of)*10000, int64(by)) + int64(d.r.IntN(width)) - 300
		if bp < 20 {
			continue
		}
		explained := false
		for _, by := range []money{f.initial, f.initial + f.adjustment, f.initial + f.adjustment + f.other, f.carried + f.initial,
			f.carried + f.initial + f.adjustment, f.available(), f.executed, f.initial - f.carried} {
			for _, of := range []money{of, of + f.carried, of - f.carried, of + f.other, of + f.adjustment, of - f.adjustment, f.available() - f.balance} {
				explained = explained || near(bp, roundDiv(int64(of)*10000, int64(by)))
			}
		}
		if !explained {
			return decimalText(bp, 2)
		}
	}
}

func near(a, b int64) bool { return a-b < 15 && b-a < 15 }

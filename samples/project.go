package samples

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"heji/form"
)

// GenerateProject makes form i of the endless series of project forms
// (项目支出绩效自评表) and their relatives that belongs to seed. About half of a
// series is consistent; the rest breaks one or two rules.
func GenerateProject(seed int64, i int) Form {
	r := projectSource(seed, i)
	l := drawProjectLook(r)
	moveExecution(&l, executionSource(seed, i))
	var plants []string
	if chance(r, 50) {
		all := ProjectPlants()
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		plants = all[:1+r.IntN(2)]
	}
	return buildProject(r, seed, i, l, plants)
}

// BuildProject makes form i of seed's series of project forms in a given look,
// breaking the given rules where the look has room for them.
func BuildProject(seed int64, i int, l Look, plants ...string) Form {
	return buildProject(projectSource(seed, i), seed, i, l, plants)
}

// projectSource is apart from source, so that the two series of one seed are
// not the same draws.
func projectSource(seed int64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed)^0x9e3779b97f4a7c15, uint64(i)))
}

// executionSource decides where a form has its execution rate.
func executionSource(seed int64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed)^0xc2b2ae3d27d4eb4f, uint64(i)))
}

// projectDraft is a project form while it is made.
type projectDraft struct {
	r        *rand.Rand
	look     Look
	p        ProjectLook
	year     int
	unit     string // who carries the project out
	project  project
	funds    []fund // the total first, as printed
	sections []projectSection
	marks    map[int]points // points printed in section names, where they are wrong
	exec     execution
	total    points
	weights  points
	grade    string
	plants   []string
	found    []Discrepancy
}

// fund is a source with its amounts; in the total row they are what is printed,
// which a plant makes differ from the sum.
type fund struct {
	source, label             string
	initial, budget, executed money
}

// execution is what the total row says of it.
type execution struct {
	weight, score points
	rate          string // printed, with its sign where the look has one
}

type projectSection struct {
	name   string
	weight points
	rows   []projectRow
}

// projectRow is an indicator row before it is printed.
type projectRow struct {
	metric
	target, actual int64 // tenths of the metric's unit
	weight, score  points
	empty          bool   // a level-2 name with nothing beside it
	execution      bool   // the execution rate, whose target is all of the budget
	banded         string // what the row says of how it is scored, where not by its rate
}

// met reports whether the actual value reaches the target.
func (x projectRow) met() bool {
	switch x.sign {
	case atLeast:
		return x.actual >= x.target
	case atMost:
		return x.actual <= x.target
	case exactly:
		return x.actual == x.target
	}
	return true
}

func buildProject(r *rand.Rand, seed int64, i int, l Look, plants []string) Form {
	place := pick(r, places()...)
	d := &projectDraft{r: r, look: l, p: *l.Project, year: 2018 + r.IntN(7), unit: place + pick(r, offices()...).name,
		project: pick(r, projects()...), marks: map[int]points{}, plants: plants}
	d.drawFunds()
	d.drawSections()
	d.plantFunds()
	d.execute()
	d.plantPoints()
	t := d.truth(place)
	t.Made = Made{Seed: seed, I: i, Look: l}
	return Form{truth: t, look: l, made: d.sheet(t)}
}

func (d *projectDraft) wants(rule string) bool { return slices.Contains(d.plants, rule) }

func (d *projectDraft) find(rule, row, printed, computed string, consequence bool) {
	d.found = append(d.found, Discrepancy{rule, row, printed, computed, consequence})
}

func (d *projectDraft) has(column string) bool { return slices.Contains(d.p.Columns, column) }

func (d *projectDraft) hasFund(column string) bool {
	return d.p.Funds != "none" && slices.Contains(d.p.FundColumns, column)
}

// drawFunds draws what every source gave and what was spent of it. All amounts
// are whole in the last printed digit, so that printing rounds nothing.
func (d *projectDraft) drawFunds() {
	r, q := d.r, quantum(d.look)
	size := 3 * wanYuan
	for range r.IntN(8) {
		size *= 2
	}
	upTo := func(m money) money { return money(r.Int64N(int64(m/q)+1)) * q }
	total := fund{source: "total", label: d.p.TotalFund}
	for i, s := range d.p.Sources {
		f := fund{source: s.Source, label: s.Label}
		if i == 0 || chance(r, s.Percent) {
			f.budget = (size + upTo(size)) / money(1+3*i) / q * q
			f.initial = f.budget
			if chance(r, 40) {
				f.initial -= upTo(f.budget / 5)
			}
			f.executed = f.budget
			if chance(r, 55) {
				f.executed -= upTo(f.budget / 4)
			}
		}
		total.initial, total.budget, total.executed = total.initial+f.initial, total.budget+f.budget, total.executed+f.executed
		d.funds = append(d.funds, f)
	}
	d.funds = append([]fund{total}, d.funds...)
}

// drawSections picks the project's indicators, weighs them and says how each
// came out.
func (d *projectDraft) drawSections() {
	left := points(10000) - d.p.ExecutionWeight
	for _, part := range d.p.Sections {
		s := projectSection{name: part.Name, weight: part.Weight}
		if part.Weight == 0 {
			s.weight = left
		}
		left -= s.weight
		second := ""
		for _, m := range d.project.metrics {
			if !slices.Contains(part.Holds, m.level2) {
				continue
			}
			if m.level2 == second && chance(d.r, 35) {
				continue // the group has a row already
			}
			if m.level2 != second && second != "" && chance(d.r, d.p.Empty) {
				s.rows = append(s.rows, projectRow{metric: metric{level2: m.level2}, empty: true})
				second = m.level2
				continue
			}
			second = m.level2
			s.rows = append(s.rows, d.drawOutcome(m))
		}
		if len(part.Fixed) > 0 {
			for _, name := range part.Fixed {
				s.rows = append(s.rows, d.drawOutcome(metric{name: name, sign: inWords, words: [2]string{"符合规定", "符合规定"}}))
			}
		}
		s.weigh(d.r)
		for i := range s.rows {
			d.score(&s.rows[i])
		}
		d.sections = append(d.sections, s)
	}
}

// weigh spreads the section's weight over the rows that have one.
func (s *projectSection) weigh(r *rand.Rand) {
	var leaves []leaf
	for _, x := range s.rows {
		if !x.empty {
			leaves = append(leaves, leaf{})
		}
	}
	n := points(len(leaves))
	if chance(r, 30) && s.weight%(50*n) == 0 {
		for i := range leaves {
			leaves[i].weight = s.weight / n // all the same, if in halves: 22.5
		}
	} else {
		weigh(r, leaves, s.weight)
	}
	for i := range s.rows {
		if !s.rows[i].empty {
			s.rows[i].weight, leaves = leaves[0].weight, leaves[1:]
		}
	}
}

// drawOutcome draws a target and what became of it. A fifth of the quantities
// fall short, by a tenth or more, so that no rounding hides it.
func (d *projectDraft) drawOutcome(m metric) projectRow {
	x := projectRow{metric: m}
	r := d.r
	if m.cost {
		// a bound above the budget, in the unit of the form
		x.target = int64((d.funds[0].budget+wanYuan-1)/wanYuan) * 10
		x.actual = roundDiv(int64(d.funds[0].executed)*10, int64(wanYuan))
		return x
	}
	if m.sign == inWords {
		return x
	}
	x.target = int64(m.from+r.IntN(m.to-m.from+1)) * 10
	if m.unit == "%" {
		x.target = x.target / 50 * 50
	}
	x.actual = x.target
	switch n := r.IntN(100); {
	case m.sign == atLeast && n < 20:
		x.actual = x.target * int64(60+r.IntN(30)) / 100 / 10 * 10
	case m.sign == atLeast && m.unit != "%" && n < 60:
		x.actual += x.target * int64(r.IntN(20)) / 100 / 10 * 10
	case m.sign == atLeast && m.unit == "%" && n < 60:
		x.actual += (1000 - x.target) * int64(r.IntN(11)) / 10
	case m.sign == atMost && n < 50:
		x.actual = x.target * int64(70+r.IntN(30)) / 100 / 10 * 10
	}
	return x
}

// score gives full points for a target met, the share reached for one that is
// not, and now and then less for a matter of words.
func (d *projectDraft) score(x *projectRow) {
	x.score = x.weight
	switch {
	case x.empty:
	case x.sign == inWords && chance(d.r, 15):
		x.score = d.share(x.weight, pick(d.r, int64(80), 90), 100)
	case !x.met():
		x.score = d.share(x.weight, x.actual, x.target)
	}
}

// share is a/b of the points, rounded once, to what the look prints.
func (d *projectDraft) share(of points, a, b int64) points {
	step := int64(1)
	if d.look.ScoreScale == 1 {
		step = 10
	}
	return points(roundDiv(int64(of)*a, b*step) * step)
}

// execute says at what rate the printed total was spent, and what that earns.
func (d *projectDraft) execute() {
	t := d.funds[0]
	wrong := d.wants("execution-rate") && (d.hasFund("rate") || d.p.ExecutionRow != "")
	rate := percentText(t.executed, t.budget, d.p.RateScale)
	if d.p.RateTrim {
		rate = trimZeros(rate)
	}
	spent, of := int64(t.executed), int64(t.budget)
	if wrong {
		// in whole percent, several below the right one or, where that is low, above
		spent, of = spent*100/of-int64(2+d.r.IntN(20)), 100
		if spent < 10 {
			spent += 50
		}
		told := decimalText(spent, 0)
		d.find("execution-rate", d.executionRow(!d.hasFund("rate")), told, rate, false)
		rate = told
	}
	if d.p.RateSign {
		rate += "%"
	}
	d.exec = execution{weight: d.p.ExecutionWeight, rate: rate}
	d.exec.score = d.share(d.exec.weight, min(spent, of), of)
	if d.p.ExecutionRow == "" {
		return
	}
	if !d.p.RateSign {
		d.exec.rate += "%"
	}
	row := projectRow{metric: metric{level2: d.p.ExecutionRow, name: "预算执行率", unit: "%", sign: exactly}, target: 1000, weight: d.exec.weight, score: d.exec.score, execution: true}
	if d.has("note") && !d.wants("execution-score") && spent*100 >= of*90 && chance(d.r, 50) {
		d.exec.score, row.score, row.banded = row.weight, row.weight, "执行率90%以上得满分"
	}
	d.sections = append([]projectSection{{name: "预算执行率", weight: d.exec.weight, rows: []projectRow{row}}}, d.sections...)
}

// executionRow is the name of the indicator row that has the execution's points, where the
// form has such a row and what is asked for is not in the funds table.
func (d *projectDraft) executionRow(there bool) string {
	if d.p.ExecutionRow != "" && there {
		return "预算执行率"
	}
	return ""
}

// truth prints the draft.
func (d *projectDraft) truth(place string) Truth {
	l, p := d.look, d.p
	kind := form.Project
	if p.Department {
		kind = form.Department
	}
	t := Truth{
		Kind: kind, Title: d.title(place), Year: d.year, Unit: l.Unit, Fields: map[string]string{}, Other: map[string]string{},
		Grade: d.grade, Evaluators: []Evaluator{}, Discrepancies: d.found,
	}
	if t.Discrepancies == nil {
		t.Discrepancies = []Discrepancy{}
	}
	if p.UnitAt == "none" {
		t.Unit = "" // there is no amount that it would be of
	}
	values := map[string]string{
		"project_name": d.project.name, "competent_department": place + d.project.department, "implementing_unit": d.unit,
		"unit_name": d.unit, "project_head": drawPerson(d.r), "phone": drawPhone(d.r), "contact": drawPerson(d.r),
		"fill_date": fmt.Sprintf("%d年%d月%d日", d.year+1, 1+d.r.IntN(9), 1+d.r.IntN(28)),
		"项目属性":      "□新增性 ☑延续性 □一次性", "专项实施期": fmt.Sprintf("%d年3月-%d年11月", d.year, d.year), "财政处室": "",
	}
	for _, row := range p.Header {
		for _, key := range row {
			value, made := values[key]
			switch {
			case !made: // the total and the grade stand in their own members
			case key[0] < 'a' || key[0] > 'z':
				t.Other[p.Labels[key]] = value
			default:
				t.Fields[key] = value
			}
		}
	}
	t.Fields["expected_goal"] = d.project.goal
	if p.Goals != "one" {
		t.Fields["actual_outcome"] = d.project.outcome
	}
	t.Funds = d.printFunds()
	for i, s := range d.sections {
		t.Indicators = append(t.Indicators, d.printSection(i, s)...)
	}
	if d.has("weight") && p.TotalAt == "row" {
		t.Total.Weight = pointsText(d.weights, -1)
	}
	if d.has("score") && p.TotalAt != "none" {
		t.Total.Score = pointsText(d.total, l.ScoreScale)
		if p.TotalAt == "header" {
			t.Total.Score += p.TotalSign
		}
	}
	if p.GradeAt == "none" || !d.has("score") {
		t.Grade = ""
	} else if l.Boxes && p.GradeAt == "line" {
		t.GradeText = tick(d.grade)
	}
	return t
}

func (d *projectDraft) title(place string) string {
	title := strings.ReplaceAll(d.p.Title, "PLACE", place)
	title = strings.ReplaceAll(title, "PROJECT", d.project.name)
	return strings.ReplaceAll(title, "YEAR", fmt.Sprint(d.year))
}

// amount prints an amount; nothing at all is printed as the look has it.
func (d *projectDraft) amount(m money) string {
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
	return s
}

// printFunds are the rows of the funds table, as printed.
func (d *projectDraft) printFunds() []Fund {
	if d.p.Funds == "none" {
		return nil
	}
	var out []Fund
	for i, f := range d.funds {
		row := Fund{Source: f.source, Label: f.label}
		if d.p.Funds == "columns" {
			row.Budget = d.amount(f.budget)
			if i > 0 {
				out = append(out, row)
				continue
			}
		}
		mark := d.p.SourceMark
		for _, column := range d.p.FundColumns {
			switch column {
			case "initial":
				row.Initial = d.amount(f.initial)
			case "budget":
				row.Budget = d.amount(f.budget)
			case "executed":
				row.Executed = d.amount(f.executed)
			case "rate":
				switch {
				case i == 0:
					row.Rate = d.exec.rate
				case mark == "repeat" && f.budget > 0:
					row.Rate = percentText(f.executed, f.budget, d.p.RateScale)
					if d.p.RateSign {
						row.Rate += "%"
					}
				default:
					row.Rate = strings.TrimPrefix(mark, "repeat")
				}
			case "weight", "score":
				text := pointsText(d.exec.weight, -1)
				if column == "score" {
					text = pointsText(d.exec.score, d.look.ScoreScale)
				}
				if i > 0 && (mark != "repeat" || i > 1) {
					text = strings.TrimPrefix(mark, "repeat")
				}
				if column == "weight" {
					row.Weight = text
				} else {
					row.Score = text
				}
			}
		}
		out = append(out, row)
		if d.p.Funds == "line" {
			break
		}
	}
	return out
}

// printSection are the section's rows, as a record has them: a name with points
// in it is a section row of its own, and a row with nothing in it is none.
func (d *projectDraft) printSection(i int, s projectSection) []Indicator {
	var out []Indicator
	if d.p.Points != "" {
		weight := s.weight
		if w, wrong := d.marks[i]; wrong {
			weight = w
		}
		out = append(out, Indicator{Kind: form.Section, Level1: s.name, Weight: pointsText(weight, -1)})
	}
	for _, x := range s.rows {
		if !x.empty {
			out = append(out, d.printRow(s, x))
		}
	}
	return splitPoints(out)
}

// splitPoints makes section rows of the points that names of level 2 hold, as a
// record has them.
func splitPoints(rows []Indicator) []Indicator {
	var out []Indicator
	one, two := "", ""
	for _, x := range rows {
		if m := inName.FindStringSubmatch(x.Level2); m != nil && x.Kind == form.Leaf {
			if x.Level1 != one || x.Level2 != two {
				out = append(out, Indicator{Kind: form.Section, Level1: x.Level1, Level2: m[1], Weight: m[2]})
			}
			one, two = x.Level1, x.Level2
			x.Level2 = m[1]
		}
		out = append(out, x)
	}
	return out
}

func (d *projectDraft) printRow(s projectSection, x projectRow) Indicator {
	row := Indicator{Kind: form.Leaf, Level1: s.name, Level2: d.secondName(s, x.level2), Level3: x.name}
	if !d.has("level1") {
		row.Level1, row.Level2 = "", ""
	}
	sign := map[sign]string{atLeast: d.p.AtLeast, atMost: "≤", exactly: d.p.Exactly}[x.sign]
	unit := x.unit
	if x.cost && d.look.Unit == "元" {
		unit = "元"
	}
	target, actual := d.quantity(x, x.target), d.quantity(x, x.actual)
	if x.execution {
		actual = strings.TrimSuffix(d.exec.rate, "%")
	}
	if x.sign == inWords {
		target, actual = x.words[0], x.words[1]
		if x.score < x.weight {
			actual = "基本" + actual
		}
	}
	quantified := x.sign != inWords
	for _, column := range d.p.Columns {
		switch column {
		case "nature":
			row.Nature = sign
			if !quantified {
				row.Nature = d.p.Qualitative
			}
			if d.p.NatureWords {
				row.Nature = map[bool]string{true: "定量指标", false: "定性指标"}[quantified]
			}
		case "unit":
			if quantified {
				row.Unit = unit
			}
		case "target":
			row.Target = target
			if quantified && (!d.has("nature") || d.p.NatureWords) {
				row.Target = sign + row.Target
			}
			if quantified && !d.has("unit") {
				row.Target += d.unitText(unit)
			}
		case "actual":
			row.Actual = actual
			if quantified && (d.p.ActualUnit || unit == "%") {
				row.Actual += unit
			}
		case "weight":
			row.Weight = pointsText(x.weight, d.look.WeightScale)
		case "score":
			row.Score = pointsText(x.score, d.look.ScoreScale)
		case "coefficient":
			row.Coefficient = trimZeros(percentText(money(x.score), money(x.weight), 1)) + "%"
		case "note":
			row.Note = x.banded
			if (!x.met() || x.score < x.weight) && !x.execution {
				row.Note = pick(d.r, "受天气影响进度略有延后，已安排补做", "基础数据收集不全，下年度加强", "部分事项转入下一年度")
			}
		case "analysis":
			row.Analysis = pick(d.r, "按完成比例计分", "达到目标得满分，未达到按比例扣分", "依据台账和验收资料")
		case "core":
			row.Core = pick(d.r, "是", "否")
		}
	}
	return row
}

// secondName is the level-2 name; some forms print points in it, too.
func (d *projectDraft) secondName(s projectSection, name string) string {
	if d.p.Points != "both" || name == "" {
		return name
	}
	var sum points
	for _, x := range s.rows {
		if x.level2 == name {
			sum += x.weight
		}
	}
	return name + fmt.Sprintf(d.p.PointsMark, pointsText(sum, -1))
}

// quantity prints tenths plainly; a cost in 元 is ten thousand times as many.
func (d *projectDraft) quantity(x projectRow, tenths int64) string {
	if x.cost && d.look.Unit == "元" {
		tenths *= 10_000
	}
	return trimZeros(decimalText(tenths, 1))
}

func (d *projectDraft) unitText(unit string) string {
	if unit == "%" && d.p.PercentWord {
		return "百分比"
	}
	return unit
}

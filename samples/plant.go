package samples

import "math/rand/v2"

// Plants are the rules that a form can be made to break.
func Plants() []string {
	return []string{"weight-section", "weight-total", "weight-assigned", "score-section", "score-total", "score-exceeds-weight",
		"funds-balance", "narrative-breakdown", "narrative-header", "indicator-rate", "grade"}
}

func drawPlants(r *rand.Rand, n int) []string {
	all := Plants()
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:n]
}

// plantFunds misprints the year-end balance, by more than rounding explains.
func (d *draft) plantFunds() {
	if !d.wants("funds-balance") || !d.allPrinted() {
		return
	}
	right := d.printedFunds()
	computed := right.available() - right.executed
	step := max(quantum(d.look), wanYuan/100)
	wrong := d.printed(step * money(d.r.IntN(9)+1) * pick(d.r, 10, money(100), 1000))
	if d.look.Trim || d.look.Zero == "0" {
		wrong += 5 * wanYuan // 0 and 1540 may stand for anything within half of one
	}
	if chance(d.r, 40) && d.funds.balance > wrong {
		wrong = -wrong
	}
	d.funds.balance += wrong
	d.find("funds-balance", "", amountText(d.printed(d.funds.balance), d.look.Unit, d.look.Scale), amountText(computed, d.look.Unit, d.look.Scale), false)
}

// plantPoints misprints weights, scores, totals and the grade, in the order in
// which they follow from each other, so that each mistake is carried on as the
// person who made it would have.
func (d *draft) plantPoints() {
	d.plantExcess()
	d.plantAssigned()
	d.plantSectionWeight()
	d.plantSectionScore()
	d.total = totalScore(d.sections)
	d.plantTotals()
	d.plantGrade()
}

// plantExcess gives one leaf more than its weight.
func (d *draft) plantExcess() {
	if !d.wants("score-exceeds-weight") {
		return
	}
	s := &d.sections[d.r.IntN(len(d.sections))]
	over := &s.leaves[d.r.IntN(len(s.leaves))]
	over.score = over.weight + pick(d.r, points(50), 100, 20)
	// Enough is lost elsewhere in the section that it stays within its own weight.
	settle(d.sections)
	excess := s.score - s.weight
	for i := range s.leaves {
		if f := &s.leaves[i]; f != over && excess > 0 {
			lost := min(excess, f.score)
			f.score -= lost
			excess -= lost
		}
	}
	settle(d.sections)
	d.find("score-exceeds-weight", cut(over.name, d.look.Cut), pointsText(over.score, d.look.ScoreScale), pointsText(over.weight, d.look.WeightScale), false)
}

// plantAssigned moves a point of reference weight from one leaf to another of
// the same section, so that the sums hold.
func (d *draft) plantAssigned() {
	if !d.wants("weight-assigned") || !d.look.TwoWeights {
		return
	}
	s := d.sections[d.r.IntN(len(d.sections))]
	i := d.r.IntN(len(s.leaves))
	j := (i + 1) % len(s.leaves)
	if s.leaves[j].weight <= 100 {
		i, j = j, i // a reference weight of nothing is not printed
	}
	if s.leaves[j].weight <= 100 {
		return
	}
	for k, by := range map[int]points{i: 100, j: -100} {
		d.refs[s.leaves[k].name] = s.leaves[k].weight + by
	}
	for _, f := range s.leaves {
		if reference, differs := d.refs[f.name]; differs {
			d.find("weight-assigned", cut(f.name, d.look.Cut), pointsText(f.weight, d.look.WeightScale), pointsText(reference, -1), false)
		}
	}
}

// plantSectionWeight misprints a section's weight, in half of the forms together
// with another's that makes up for it in the total.
func (d *draft) plantSectionWeight() {
	if !d.wants("weight-section") || d.look.Sections == "none" {
		return
	}
	by := pick(d.r, points(100), 200, 300)
	i := d.r.IntN(len(d.sections))
	wrong := map[int]points{i: by}
	if chance(d.r, 50) || d.wants("weight-total") {
		wrong[(i+1)%len(d.sections)] = -by
	}
	for k := range d.sections {
		if by, is := wrong[k]; is {
			d.weightAt[k] = d.sections[k].weight + by
			d.find("weight-section", d.sections[k].name, pointsText(d.weightAt[k], -1), pointsText(d.sections[k].weight, -1), false)
			if d.sections[k].score > d.weightAt[k] {
				d.find("score-exceeds-weight", d.sections[k].name, pointsText(d.sections[k].score, d.look.ScoreScale), pointsText(d.weightAt[k], -1), true)
			}
		}
	}
	if len(wrong) == 1 && !d.look.NoTotal {
		d.find("weight-total", "", "100", pointsText(10000+by, -1), true)
	}
}

// plantSectionScore misprints a section's score; the total goes with it.
func (d *draft) plantSectionScore() {
	if !d.wants("score-section") || d.look.Sections == "none" {
		return
	}
	for _, i := range d.r.Perm(len(d.sections)) {
		s := &d.sections[i]
		limit := s.weight
		if w, wrong := d.weightAt[i]; wrong {
			limit = min(limit, w)
		}
		by := d.slip()
		if s.score+by > limit {
			by = -by
		}
		if s.score > limit || s.score+by < 0 {
			continue
		}
		d.find("score-section", s.name, pointsText(s.score+by, d.look.ScoreScale), pointsText(s.score, d.look.ScoreScale), false)
		s.score += by
		return
	}
}

// slip is a mistake in points that the form's decimals can show.
func (d *draft) slip() points { return pick(d.r, points(10), 20, 50, 100, 100, 200, 500) }

func (d *draft) plantTotals() {
	if d.wants("weight-total") && !d.look.NoTotal {
		wrong := pick(d.r, points(9900), 9800, 10100, 10500, 11000)
		if d.total <= wrong {
			d.weights = wrong
			d.find("weight-total", "", pointsText(wrong, -1), "100", false)
		}
	}
	if d.wants("score-total") {
		by := d.slip()
		if d.total+by > d.weights {
			by = -by
		}
		d.find("score-total", "", pointsText(d.total+by, d.look.ScoreScale), pointsText(d.total, d.look.ScoreScale), false)
		d.total += by
	}
}

func (d *draft) plantGrade() {
	d.grade = gradeOf(d.total)
	if !d.wants("grade") {
		return
	}
	wrong := map[string]string{"优": "良", "良": "优", "中": "良", "差": "中"}[d.grade]
	d.find("grade", "", wrong, d.grade, false)
	d.grade = wrong
}

// Faulty makes a form that breaks one rule, each in turn: form i of the series of
// seed breaks rule i of Plants, and project forms rule i of ProjectPlants. Looks that
// leave no room for the rule are passed over.
func Faulty(seed int64, i int, project bool) Form {
	plants := Plants()
	if project {
		plants = ProjectPlants()
	}
	rule := plants[i%len(plants)]
	const looks = 200 // each rule has room in one look of five or more
	for k := range looks {
		n := i + k*1_000_003
		var f Form
		if project {
			r := projectSource(seed, n)
			l := drawProjectLook(r)
			moveExecution(&l, executionSource(seed, n))
			f = buildProject(r, seed, n, l, []string{rule})
		} else {
			r := source(seed, n)
			l := drawLook(r)
			f = build(r, l, drawQuality(r), []string{rule})
			f.truth.Made = Made{Seed: seed, I: n, Look: l}
		}
		for _, d := range f.truth.Discrepancies {
			if d.Rule == rule && !d.Consequence {
				return f
			}
		}
	}
	panic("samples: no look has room for " + rule)
}

package samples

// ProjectPlants are the rules that a project form can be made to break.
func ProjectPlants() []string {
	return []string{"weight-section", "weight-total", "score-total", "score-exceeds-weight", "grade",
		"funds-total", "execution-rate", "execution-score", "indicator-score"}
}

// plantFunds misprints one column of the total row. The rate is then worked out
// from what is printed, as the person who filled the form in would have.
func (d *projectDraft) plantFunds() {
	if !d.wants("funds-total") || d.p.Funds == "none" || d.p.Funds == "line" {
		return
	}
	var columns []string
	for _, c := range []string{"initial", "budget", "executed"} {
		if d.hasFund(c) && (d.p.Funds == "rows" || c == "budget") {
			columns = append(columns, c)
		}
	}
	t := &d.funds[0]
	at := map[string]*money{"initial": &t.initial, "budget": &t.budget, "executed": &t.executed}
	column := pick(d.r, columns...)
	right := *at[column]
	// Far more than rounding explains, even where zeros were dropped.
	wrong := quantum(d.look) * money(1+d.r.IntN(9)) * pick(d.r, 10, money(100))
	wrong = max(wrong, 3*wanYuan) / quantum(d.look) * quantum(d.look)
	if chance(d.r, 40) && right > 4*wrong {
		wrong = -wrong
	}
	*at[column] = right + wrong
	d.find("funds-total", "", amountText(*at[column], d.look.Unit, d.look.Scale), amountText(right, d.look.Unit, d.look.Scale), false)
}

// plantPoints misprints points and the grade in the order in which they follow
// from each other, so that each mistake is carried on.
func (d *projectDraft) plantPoints() {
	d.plantIndicator()
	d.plantExcess()
	d.plantExecutionScore()
	d.plantSections()
	d.plantTotals()
}

// plantIndicator gives a row that clearly misses its target all its points.
func (d *projectDraft) plantIndicator() {
	if !d.wants("indicator-score") || !d.has("score") || !d.has("weight") {
		return
	}
	for i := range d.sections {
		for j := range d.sections[i].rows {
			x := &d.sections[i].rows[j]
			if x.empty || x.cost || x.sign != atLeast {
				continue
			}
			x.actual = x.target * 7 / 10 / 10 * 10
			if x.actual >= x.target || x.actual == 0 {
				continue
			}
			x.score = x.weight
			computed := points(roundDiv(int64(x.weight)*x.actual, x.target))
			d.find("indicator-score", x.name, pointsText(x.score, d.look.ScoreScale), pointsText(computed, 2), false)
			return
		}
	}
}

// plantExcess gives a row in words more points than it has.
func (d *projectDraft) plantExcess() {
	if !d.wants("score-exceeds-weight") || !d.has("score") || !d.has("weight") {
		return
	}
	for i := range d.sections {
		for j := range d.sections[i].rows {
			x := &d.sections[i].rows[j]
			if x.empty || x.sign != inWords || x.weight >= 1000 {
				continue
			}
			x.score = x.weight + pick(d.r, points(100), 50, 200)
			d.find("score-exceeds-weight", x.name, pointsText(x.score, d.look.ScoreScale), pointsText(x.weight, d.look.WeightScale), false)
			return
		}
	}
}

func (d *projectDraft) plantExecutionScore() {
	if !d.wants("execution-score") || !d.hasFund("score") && d.p.ExecutionRow == "" {
		return
	}
	right := d.exec.score
	if d.p.ExecutionRow != "" {
		d.plantExecutionRow(right)
		return
	}
	wrong := right - pick(d.r, points(50), 100, 200, 300)
	if right < 500 {
		wrong = d.exec.weight
	}
	d.exec.score = wrong
	d.find("execution-score", "", pointsText(wrong, d.look.ScoreScale), pointsText(right, 2), false)
}

// plantExecutionRow misprints the score of the row that is the execution rate. A round score
// may come from bands, and one in tenths from points taken off for each point of the rate,
// which nobody tells from a mistake: the slip is of hundredths, or of anything where all was
// spent.
func (d *projectDraft) plantExecutionRow(right points) {
	wrong := right - pick(d.r, points(50), 100, 200)
	if right < d.exec.weight {
		if d.look.ScoreScale == 1 {
			return
		}
		wrong = right - pick(d.r, points(133), 167, 211)
		if wrong < 0 || wrong%10 == 0 {
			wrong = right + 17
		}
	}
	d.exec.score, d.sections[0].rows[0].score = wrong, wrong
	d.find("execution-score", d.executionRow(true), pointsText(wrong, d.look.ScoreScale), pointsText(right, 2), false)
}

// plantSections misprints the points inside a section's name, in half of the
// forms together with another's that makes up for it.
func (d *projectDraft) plantSections() {
	if !d.wants("weight-section") || d.p.Points == "" || len(d.sections) < 2 || !d.has("weight") {
		return
	}
	i := d.r.IntN(len(d.sections))
	j := (i + 1) % len(d.sections)
	by := pick(d.r, points(100), 200, 500)
	wrong := map[int]points{i: by}
	if chance(d.r, 50) && d.sections[j].weight > by {
		wrong[j] = -by
	}
	for k, s := range d.sections {
		if by, is := wrong[k]; is {
			d.marks[k] = s.weight + by
			d.find("weight-section", s.name, pointsText(s.weight+by, -1), pointsText(s.weight, -1), false)
		}
	}
	if len(wrong) == 1 && d.p.TotalAt == "row" {
		d.find("weight-total", "", "100", pointsText(10000+by, -1), true)
	}
}

func (d *projectDraft) plantTotals() {
	d.total, d.weights = 0, 10000
	if d.hasFund("score") {
		d.total = d.exec.score
	}
	for _, s := range d.sections {
		for _, x := range s.rows {
			d.total += x.score
		}
	}
	if d.wants("weight-total") && d.has("weight") && d.p.TotalAt == "row" && len(d.marks) == 0 {
		wrong := pick(d.r, points(9900), 9800, 10100, 10500, 11000)
		if d.total <= wrong {
			d.weights = wrong
			d.find("weight-total", "", pointsText(wrong, -1), "100", false)
		}
	}
	if d.wants("score-total") && d.has("score") && d.p.TotalAt != "none" {
		by := pick(d.r, points(10), 20, 50, 100, 200, 500)
		if d.total+by > d.weights {
			by = -by
		}
		d.find("score-total", "", pointsText(d.total+by, d.look.ScoreScale), pointsText(d.total, d.look.ScoreScale), false)
		d.total += by
	}
	if d.total > d.weights && d.has("weight") && d.p.TotalAt == "row" {
		d.find("score-exceeds-weight", "", pointsText(d.total, d.look.ScoreScale), pointsText(d.weights, -1), true)
	}
	d.grade = gradeOf(d.total)
	if d.wants("grade") && d.has("score") && d.p.GradeAt != "none" && d.p.TotalAt != "none" {
		wrong := map[string]string{"优": "良", "良": "优", "中": "良", "差": "中"}[d.grade]
		d.find("grade", "", wrong, d.grade, false)
		d.grade = wrong
	}
}

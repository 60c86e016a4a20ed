package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
	"heji/layout"
)

// What a repair costs: the likelier a change, the cheaper. What the pixels say comes
// first, then what is known of how digits are misread, then what happens to whole
// cells. A set of changes costs the sum, so that one confusion of digits is dearer
// than two other readings, and a set that is much dearer than what it settles is no
// explanation at all.
const (
	costReading = 2 // another reading of the same ink
	costDigit   = 5 // a digit that looks like another, one too many or one too few
	costMark    = 6 // a decimal mark or a sign
	costCells   = 7 // two cells changed places, or a row moved by a column
	costUnit    = 7 // 万元 for 元

	costAllowed = 6  // what may be spent on each broken equation
	costMost    = 14 // and on all together
)

// Bounds on the search for repairs. Trials are counted rather than timed, so that
// the same form always gets the same verdict.
const (
	mostTrials       = 400  // for one group of broken equations
	allTrials        = 1200 // for a form
	mostChanges      = 3
	mostAlternatives = 6
	mostSlips        = 400 // of all figures of a group together
)

// move gives a figure another value.
type move struct {
	where string
	from  string
	to    form.Amount
}

// change is one thing that may have gone wrong in reading: a figure was misread, or
// some cells changed places.
type change struct {
	moves            []move
	reason, reasonZH string
	cost             int
}

func (c change) touches(where string) bool {
	return slices.ContainsFunc(c.moves, func(m move) bool { return m.where == where })
}

// solution is a set of changes, no two of the same figure.
type solution []change

func (s solution) cost() int {
	sum := 0
	for _, c := range s {
		sum += c.cost
	}
	return sum
}

func (s solution) moves() []move {
	var out []move
	for _, c := range s {
		out = append(out, c.moves...)
	}
	return out
}

// key tells sets apart, in whatever order their changes were found.
func (s solution) key() string {
	var out []string
	for _, m := range s.moves() {
		var value apd.Decimal
		value.Reduce(m.to.Decimal())
		out = append(out, m.where+"="+value.Text('f'))
	}
	slices.Sort(out)
	return strings.Join(out, ";")
}

// left are the equations left broken by the changes, of those that they must
// settle: the group's, those that a changed figure takes part in, and any that were
// not broken before. Spoken is whether an equation, and not only a bound, holds with
// a changed figure in it.
func (j *judge) left(moves []move, group []int) (open []Identity, spoken bool) {
	j.nodes++
	rules := map[string]bool{}
	changed := map[string]bool{}
	for _, m := range moves {
		g := j.trial.figures[m.where]
		old, state := g.Value, g.State
		to := m.to
		g.Value, g.State = &to, form.Read
		defer func() { g.Value, g.State = old, state }()
		changed[m.where] = true
		maps.Copy(rules, j.rules[m.where])
	}
	rows := map[int]bool{}
	for w := range changed {
		addRow(rows, w)
	}
	for _, i := range group {
		rules[j.broken[i].Rule] = true
		addRow(rows, j.broken[i].Where)
	}
	j.trial.rows = rows
	for _, id := range j.trial.all(rules) {
		touched := slices.ContainsFunc(id.figures(), func(w string) bool { return changed[w] })
		k := slices.IndexFunc(j.broken, id.same)
		member := k >= 0 && slices.Contains(group, k)
		switch id.State {
		case Holds:
			spoken = spoken || touched && !bounds[id.Rule]
		case Broken:
			if touched || member || k < 0 && !id.usual {
				open = append(open, id)
			}
		case Unchecked:
			if member {
				open = append(open, id)
			}
		}
	}
	return open, spoken
}

// addRow adds the indicator row of a figure.
func addRow(rows map[int]bool, where string) {
	var i int
	if _, err := fmt.Sscanf(where, "indicators[%d].", &i); err == nil {
		rows[i] = true
	}
}

// bounds are the rules that many values keep: that one does so says little for it.
var bounds = map[string]bool{"score-exceeds-weight": true, "indicator-score": true, "grade": true}

// settles reports whether the form with the moves keeps the group's rules, keeps
// every rule that a changed figure takes part in, and breaks none anew.
func (j *judge) settles(moves []move, group []int) bool {
	open, _ := j.left(moves, group)
	return len(open) == 0
}

// solve is every cheapest set of changes that settles the group. A set must mend
// something in each equation that is broken, so the search tries only the figures of
// the first that is: all sets within a cost, then within the next higher one, until
// one is found. Sure is false when nothing was found but bounds, which many values
// keep, or when there were more trials to make than are allowed.
func (j *judge) solve(group []int, candidates []change) (best []solution, sure bool) {
	limit := min(j.nodes+mostTrials, allTrials)
	most := min(costMost, costAllowed*len(group))
	spoken := false
	for cost := costReading; cost <= most; cost++ {
		seen := map[string]bool{}
		var try func(taken solution, open []Identity)
		try = func(taken solution, open []Identity) {
			if len(taken) == mostChanges || j.nodes >= limit {
				return
			}
			for _, c := range candidates {
				if j.nodes >= limit {
					return
				}
				next := append(slices.Clip(taken), c)
				if next.cost() > cost || !slices.ContainsFunc(c.moves, func(m move) bool { return slices.Contains(open[0].figures(), m.where) }) ||
					slices.ContainsFunc(taken.moves(), func(m move) bool { return c.touches(m.where) }) {
					continue
				}
				if k := next.key(); seen[k] {
					continue
				} else {
					seen[k] = true
				}
				left, speaks := j.left(next.moves(), group)
				if len(left) > 0 {
					try(next, left)
				} else if next.cost() == cost {
					best, spoken = append(best, next), spoken || speaks
				}
			}
		}
		var broken []Identity
		for _, i := range group {
			broken = append(broken, j.broken[i])
		}
		try(nil, broken)
		if j.nodes >= limit {
			return best, false // there may be others
		}
		if len(best) > 0 {
			return best, spoken
		}
	}
	return nil, true
}

// doubtful are the figures of the group whose reading is open, by path.
func (j *judge) doubtful(group []int) []string {
	var out []string
	for _, i := range group {
		for _, w := range j.broken[i].figures() {
			if g := j.trial.figures[w]; g != nil && g.Value != nil && !j.vouched[w] && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// candidates are the changes that may settle the group. Only figures whose reading
// is open are changed: never one that a person has confirmed, that two readings
// agree on or that a text layer has with nothing against it.
func (j *judge) candidates(group []int) []change {
	var out []change
	doubtful := j.doubtful(group)
	for _, w := range doubtful {
		out = append(out, readings(w, j.trial.figures[w])...)
	}
	pixels := len(out)
	for _, w := range doubtful {
		g := j.trial.figures[w]
		if g.Reader != layout.ByOCR {
			continue
		}
		for _, c := range slips(*g.Value) {
			m := move{w, g.Text, c.to}
			if !slices.ContainsFunc(out[:pixels], func(o change) bool { return o.moves[0].where == w && o.moves[0].to.Cmp(c.to) == 0 }) {
				out = append(out, change{[]move{m}, c.reason, c.reasonZH, c.cost})
			}
		}
	}
	out = out[:min(len(out), pixels+mostSlips)]
	return append(out, j.moved(group)...)
}

// readings are the other readings of the same ink.
func readings(where string, g *form.Figure) []change {
	var out []change
	for i, alternative := range g.Alternatives {
		v, ok := plainNumber(alternative.Text)
		if i >= mostAlternatives || !ok || v.Cmp(*g.Value) == 0 || slices.ContainsFunc(out, func(c change) bool { return c.moves[0].to.Cmp(v) == 0 }) {
			continue
		}
		out = append(out, change{[]move{{where, g.Text, v}}, strings.TrimRight("another reading of the same ink: "+alternative.By, ": "),
			strings.TrimRight("同一处墨迹的另一读数:"+alternative.By, ":"), costReading})
	}
	return out
}

// moved are cells that changed places: two neighbours of a row, or all of a row
// that moved by a column when its first cell was lost. Only readers that put cells
// in order by themselves lose them so.
func (j *judge) moved(group []int) []change {
	var out []change
	seen := map[string]bool{}
	for _, i := range group {
		for _, w := range j.broken[i].figures() {
			row, _, ok := strings.Cut(w, ".")
			if !ok || !strings.HasPrefix(row, "indicators[") || seen[row] {
				continue
			}
			seen[row] = true
			var cells []string
			open := false
			for _, member := range []string{"reference_weight", "weight", "score"} {
				w := row + "." + member
				g := j.trial.figures[w]
				if g == nil || confirmed(g) || g.Value == nil && g.State != form.Blank {
					continue
				}
				cells = append(cells, w)
				open = open || !j.vouched[w] || g.Reader == layout.ByTranscript
			}
			if open {
				out = append(out, j.swaps(cells)...)
				out = append(out, j.shift(cells)...)
			}
		}
	}
	return out
}

func (j *judge) swaps(cells []string) []change {
	var out []change
	for k := 1; k < len(cells); k++ {
		a, b := j.trial.figures[cells[k-1]], j.trial.figures[cells[k]]
		if a.Value != nil && b.Value != nil && a.Value.Cmp(*b.Value) != 0 {
			out = append(out, change{[]move{{cells[k-1], a.Text, *b.Value}, {cells[k], b.Text, *a.Value}},
				"two cells of the row changed places; look at the page", "同一行两格互换;请核对原件", costCells})
		}
	}
	return out
}

// shift moves the weight and the score back by a column, the first of three cells
// having been lost.
func (j *judge) shift(cells []string) []change {
	if len(cells) < 3 {
		return nil
	}
	a, b, last := j.trial.figures[cells[0]], j.trial.figures[cells[1]], j.trial.figures[cells[2]]
	if a.Value == nil || b.Value == nil {
		return nil
	}
	return []change{{[]move{{cells[1], b.Text, *a.Value}, {cells[2], last.Text, *b.Value}},
		"the row moved by a column; look at the page", "整行错位一列;请核对原件", costCells}}
}

// confirmed reports whether a person has looked at the figure.
func confirmed(g *form.Figure) bool { return g.Reader == layout.ByPerson }

// Digits that look alike when print is poor.
var alike = map[byte]string{'0': "68", '1': "74", '2': "7", '3': "85", '5': "36", '6': "058", '7': "12", '8': "0356", '9': "4", '4': "91"}

// slip is a value that a number may have been before it was misread.
type slip struct {
	to               form.Amount
	reason, reasonZH string
	cost             int
}

// slips are the values that a number may have been before it was misread, the
// likeliest first.
func slips(v form.Amount) []slip {
	var out []slip
	add := func(s, reason, reasonZH string, cost int) {
		a, err := form.NewAmount(s)
		if err == nil && a.Cmp(v) != 0 && !slices.ContainsFunc(out, func(o slip) bool { return o.to.Cmp(a) == 0 }) {
			out = append(out, slip{a, reason + "; look at the page", reasonZH + ";请核对原件", cost})
		}
	}
	s := v.String()
	for i := range len(s) {
		for _, d := range []byte(alike[s[i]]) {
			add(s[:i]+string(d)+s[i+1:], fmt.Sprintf("%c and %c look alike", s[i], d), fmt.Sprintf("%c 与 %c 形近", s[i], d), costDigit)
		}
	}
	whole, decimals, point := strings.Cut(s, ".")
	bare := strings.TrimPrefix(whole, "-")
	if len(bare) > 1 {
		add(strings.TrimPrefix(s, bare[:1]), "a first digit that is none", "首位多读一位", costDigit)
	}
	if !strings.HasPrefix(s, "-") && bare != "0" {
		add("1"+s, "a lost first digit", "首位漏读 1", costDigit)
	}
	if point {
		add(whole+decimals, "a decimal mark that is none", "误读出小数点", costMark)
	} else {
		for i := 1; i < len(s); i++ {
			if s[i-1] != '-' {
				add(s[:i]+"."+s[i:], "a lost decimal mark", "漏读小数点", costMark)
			}
		}
	}
	if strings.HasPrefix(s, "-") {
		add(s[1:], "a sign that is none", "误读出负号", costMark)
	} else {
		add("-"+s, "a lost sign", "漏读负号", costMark)
	}
	for _, u := range []struct {
		shift            int32
		reason, reasonZH string
	}{{4, "万元 read as 元", "万元误作元"}, {-4, "元 read as 万元", "元误作万元"}} {
		d := v.Decimal()
		d.Exponent += u.shift
		out = append(out, slip{form.FromDecimal(d), u.reason + "; look at the unit", u.reasonZH + ";请核对单位", costUnit})
	}
	slices.SortStableFunc(out, func(a, b slip) int { return cmp.Or(cmp.Compare(a.cost, b.cost), a.to.Cmp(b.to)) })
	return out
}

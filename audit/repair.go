package audit

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
)

// What a repair costs: the likelier a change, the cheaper. What the pixels say comes
// first, then what is known of how digits are misread, then what happens to whole
// cells. A set of changes costs the sum, so that one confusion of digits is dearer
// than two other readings, and a set that is much dearer than what it settles is no
// explanation at all.
const (
	costReading = 2 // what another reader read of the same ink
	costSecond  = 3 // what a reader thought of, and did not take
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

func (c change) touchesAny(wheres []string) bool { return slices.ContainsFunc(wheres, c.touches) }

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

// includes reports whether all moves of another set are among these.
func (s solution) includes(o solution) bool {
	moves := s.moves()
	return !slices.ContainsFunc(o.moves(), func(m move) bool {
		return !slices.ContainsFunc(moves, func(n move) bool { return n.where == m.where && n.to.Cmp(m.to) == 0 })
	})
}

// outcome is what some changes lead to.
type outcome struct {
	left   []Identity // equations left broken, of those that the changes must settle
	spoken bool       // an equation, and not only a bound, holds with a changed figure in it
	gained int        // differences that equations could have shown that could not be checked before, and hold now
}

// left is what the changes lead to. They must settle the group's equations, those that
// a changed figure takes part in, and any that were not broken before. Alone says that the
// group is judged apart from others that share its figures: what else was broken may stay so.
func (j *judge) left(moves []move, group []int, alone bool) outcome {
	j.trials++
	rules := map[string]bool{}
	changed := map[string]bool{}
	every := false
	for _, m := range moves {
		g := j.trial.figures[m.where]
		old, state := g.Value, g.State
		to := m.to
		every = every || old == nil // what could not be checked before can be now
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
	if j.trial.rows = rows; every {
		j.trial.rows, rules = nil, nil
	}
	out := outcome{gained: 1}
	for _, id := range j.trial.all(rules) {
		touched := slices.ContainsFunc(id.figures(), func(w string) bool { return changed[w] })
		k := slices.IndexFunc(j.broken, id.same)
		member := k >= 0 && slices.Contains(group, k)
		switch id.State {
		case Holds:
			out.spoken = out.spoken || touched && !bounds[id.Rule]
			if touched && j.unchecked(id) {
				out.gained *= id.room()
			}
		case Broken:
			if member || k < 0 && (touched || !id.usual) || touched && !alone {
				out.left = append(out.left, id)
			}
		case Unchecked:
			if member {
				out.left = append(out.left, id)
			}
		}
	}
	return out
}

// unchecked reports whether an equation could not be checked with what was read.
func (j *judge) unchecked(id Identity) bool {
	return slices.ContainsFunc(j.all, func(o Identity) bool { return o.State == Unchecked && o.same(id) })
}

// addRow adds the indicator row of a figure.
func addRow(rows map[int]bool, where string) {
	if i, ok := rowOf(where); ok {
		rows[i] = true
	}
}

// rowOf is the indicator row that a figure stands in.
func rowOf(where string) (row int, ok bool) {
	rest, ok := strings.CutPrefix(where, "indicators[")
	number, _, closed := strings.Cut(rest, "]")
	row, err := strconv.Atoi(number)
	return row, ok && closed && err == nil
}

// bounds are the rules that many values keep: that one does so says little for it.
var bounds = map[string]bool{"score-exceeds-weight": true, "indicator-score": true, "grade": true}

// settles reports whether the form with the moves keeps the group's rules, keeps
// every rule that a changed figure takes part in, and breaks none anew.
func (j *judge) settles(moves []move, group []int) bool {
	return len(j.left(moves, group, false).left) == 0
}

// answer is what would settle some broken equations, and how much it says that it
// does.
type answer struct {
	sets   []solution // all that do so most cheaply
	spoken bool       // an equation, and not only a bound, holds with a changed figure in it
	cut    bool       // the search came to its bound: there may be others
	tried  int        // sets of changes as cheap that no other equation rules out
	room   int        // differences that the equations could have shown if the form were wrong
}

// answer searches every cheapest set of changes that settles the group. A set must
// mend something in each equation that is broken, so the search tries only the
// figures of the first that is: all sets within a cost, then within the next higher
// one, until one is found. Once says that one wrong figure would explain the group, alone
// that it is judged apart.
func (j *judge) answer(group []int, once, alone bool) (a answer) {
	candidates, gained := j.candidates(group), 1
	var broken []Identity
	for _, i := range group {
		broken = append(broken, j.broken[i])
	}
	limit := min(j.trials+mostTrials, allTrials)
	results := map[string]outcome{} // by the key of the set
	for cost := costReading; cost <= min(costMost, costAllowed*len(group)) && len(a.sets) == 0; cost++ {
		seen := map[string]bool{}
		a.tried = 0
		var try func(taken solution, open []Identity)
		try = func(taken solution, open []Identity) {
			for _, c := range candidates {
				if taken.cost()+c.cost > cost || !c.touchesAny(open[0].figures()) || slices.ContainsFunc(taken.moves(), func(m move) bool { return c.touches(m.where) }) {
					continue
				}
				next := append(slices.Clip(taken), c)
				if k := next.key(); seen[k] || slices.ContainsFunc(a.sets, next.includes) {
					continue // the same, or more than is needed
				} else {
					seen[k] = true
				}
				r, known := results[next.key()]
				switch {
				case !known && j.trials >= limit:
					a.cut = true
					return
				case !known:
					r = j.left(next.moves(), group, alone)
					results[next.key()] = r
				}
				if j.onlyOf(group, r.left) {
					a.tried++
				}
				switch {
				case len(r.left) == 0 && next.cost() == cost:
					a.sets, a.spoken, gained = append(a.sets, next), a.spoken || r.spoken, r.gained
				case len(r.left) > 0 && len(next) < mostChanges:
					try(next, r.left)
				}
			}
		}
		try(nil, broken)
		if a.cut {
			break
		}
	}
	a.room = j.room(group, once) * gained
	return a
}

// onlyOf reports whether the equations are all of the group.
func (j *judge) onlyOf(group []int, open []Identity) bool {
	return !slices.ContainsFunc(open, func(id Identity) bool {
		return !slices.ContainsFunc(group, func(i int) bool { return j.broken[i].same(id) })
	})
}

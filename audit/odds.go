package audit

import (
	"fmt"
	"slices"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
)

// A reading that settles what is broken may do so by chance: where a form is wrong,
// its difference is some number, and of many other readings one will make up for it.
// What decides is how many were tried against how many differences there could have
// been, for each broken equation that agrees independently of the others.
//
// A difference that people leave behind is seldom finer than a unit of the last
// digit and seldom more than some dozens of steps: mostRoom is what one equation can
// tell apart at most. Where one wrong figure would explain several equations, the
// form need be wrong only once, and they count as one.
//
// The chance that any of the sets tried settles a form that is wrong is then tried
// in room. A number that another reader read is believed up to one in
// chanceOfReading, for a reading in doubt is wrong far oftener than a form is; what a
// reader thought of and did not take, up to one in chanceOfThought; and what is only
// known of digits in general up to that, where two equations bear it out that agree
// independently.
const (
	mostRoom        = 50
	chanceOfReading = 4
	chanceOfThought = 50
)

// sure reports whether the answer is a misreading beyond reasonable doubt.
func (a answer) sure() bool {
	if len(a.sets) != 1 || a.cut || !a.spoken {
		return false
	}
	switch set := a.sets[0]; {
	case all(set, func(c change) bool { return c.cost == costReading }):
		return a.tried*chanceOfReading <= a.room
	case all(set, change.seen) || a.room > mostRoom:
		return a.tried*chanceOfThought <= a.room
	}
	return false
}

func all(s solution, is func(change) bool) bool {
	return !slices.ContainsFunc(s, func(c change) bool { return !is(c) })
}

// seen reports whether a change is something that a reader saw in the ink.
func (c change) seen() bool { return c.cost <= costSecond }

// worthTelling are the sets to suggest: readings of the pixels always, guesses
// only where chance would not have come up with one as well.
func (a answer) worthTelling() []solution {
	var out []solution
	for _, s := range a.sets {
		if len(out) < mostSuggestions && (all(s, change.seen) || !a.cut && a.spoken && a.tried <= a.room) {
			out = append(out, s)
		}
	}
	return out
}

// mostSuggestions bounds how many sets of changes are told that cost the same.
const mostSuggestions = 4

// odds says what speaks against chance, for people.
func (a answer) odds() (en, zh string) {
	n, most := len(a.sets), 100
	percent := min(most, (a.tried*most+a.room-1)/a.room)
	en = fmt.Sprintf("; of %d possible misreadings tried %d settles it", a.tried, n)
	if n > 1 {
		en = fmt.Sprintf("; of %d possible misreadings tried %d settle it", a.tried, n)
	}
	return en + fmt.Sprintf(", and one in a wrong form would by chance in %d %% of cases", percent),
		fmt.Sprintf("；试过 %d 种可能的误读，其中 %d 种可使其成立；若表格本身有误，碰巧成立的可能约 %d%%", a.tried, n, percent)
}

// room is how many differences the group's equations could have shown.
func (j *judge) room(group []int, once bool) int {
	product, least := 1, mostRoom
	for _, i := range group {
		if n := j.broken[i].room(); n > 1 {
			product, least = min(product*n, mostRoom*mostRoom*mostRoom), min(least, n)
		}
	}
	if product > 1 && once {
		return least
	}
	return product
}

// room is how many differences one equation could have shown: of both signs, no larger
// than the number itself, in steps of the finest digit printed or of what rounding
// hides, if that is more. A bound shows none.
func (id Identity) room() int {
	if bounds[id.Rule] {
		return 1
	}
	scale := 0
	var largest apd.Decimal
	for _, s := range []string{id.Printed, id.Computed} {
		if a, err := form.NewAmount(s); err == nil {
			if d := new(apd.Decimal).Abs(a.Decimal()); d.Cmp(&largest) > 0 {
				largest.Set(d)
			}
		}
	}
	for _, o := range append([]form.Operand{{Value: id.Printed}}, id.From...) {
		if a, err := form.NewAmount(o.Value); err == nil {
			scale = max(scale, a.Scale())
		}
	}
	step := apd.New(1, int32(-scale))
	if hidden := id.hidden(); hidden.Cmp(step) > 0 {
		step = hidden
	}
	n := 1
	for reach := new(apd.Decimal).Set(step); n < mostRoom && reach.Cmp(&largest) <= 0; n += 2 { // of both signs
		do(up.Add(reach, reach, step))
	}
	return min(n, mostRoom)
}

// hidden is how much the two sides may differ by rounding alone.
func (id Identity) hidden() *apd.Decimal {
	var sum apd.Decimal
	for _, i := range []*Interval{id.PrintedIn, id.ComputedIn} {
		if i != nil {
			var width apd.Decimal
			do(up.Sub(&width, &i.High, &i.Low))
			do(up.Add(&sum, &sum, &width))
		}
	}
	return &sum
}

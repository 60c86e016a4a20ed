package audit

import (
	"slices"

	"heji/form"
	"heji/layout"
)

// vouched reports whether the reading of a figure is beyond doubt.
func (j *judge) vouched(where string) bool {
	_, settled := j.settled[where]
	return settled || j.witnessed(where)
}

// witnessed reports whether a figure's reading is beyond doubt without arithmetic: a
// person's, a text layer's or a transcript's that nothing contradicts, or OCR that
// two independent readings agree on, in a scan that does not lose decimal marks.
func (j *judge) witnessed(where string) bool {
	g := j.figures[where]
	switch {
	case g == nil:
		return false
	case g.Reader == layout.ByPerson:
		return true
	case g.Doubt != "" || j.lost[where]:
		return false
	}
	return g.Reader != layout.ByOCR || g.Agreed > 0
}

// settle finds the figures that sums of points settle, from one to the next: a
// settled figure helps to settle others. A figure is settled that was read with
// nothing to confirm it or with readings that differ, where an exact sum of points,
// all other figures of which are vouched for, holds with the reading that is
// believed. Any other number would break it.
//
// What it takes is strict, because a doubt that is dropped must never hide a wrong
// number. Two doubtful figures in one sum may be wrong by the same amount, so they
// settle nothing; a sum of one part is printed twice in the same digits and may be
// misread twice in the same way, so it settles nothing either; nor does an amount
// or a rate, whose interval leaves room for a wrong last digit.
func (j *judge) settle() {
	broken := map[string]bool{} // figures that take part in a broken equation
	for _, id := range j.all {
		if id.State == Broken {
			for _, w := range id.figures() {
				broken[w] = true
			}
		}
	}
	j.settled = map[string]form.Finding{}
	for again := true; again; {
		again = false
		for _, id := range j.all {
			if w, ok := j.alone(id); ok && !broken[w] && doubtSettles(j.figures[w].Doubt) {
				j.settled[w], again = form.Finding{Rule: id.Rule, Where: id.Where}, true
			}
		}
	}
}

// doubtSettles reports whether arithmetic can answer such a doubt.
func doubtSettles(doubt string) bool {
	return doubt == "" || doubt == layout.Unconfirmed || doubt == layout.Disagree
}

// alone is the only figure of an equation for whose reading nothing vouches, where
// the equation holds and leaves it no other value.
func (j *judge) alone(id Identity) (where string, ok bool) {
	if id.State != Holds || !j.twice(id) && (!id.sum || parts(id) < 2) {
		return "", false
	}
	n := 0
	for _, w := range id.figures() {
		if j.figures[w] != nil && !j.vouched(w) {
			where, n = w, n+1
		}
	}
	return where, n == 1
}

// twice reports whether two figures say the same and two readers agree on one: a
// reference weight vouches for the assigned one.
func (j *judge) twice(id Identity) bool {
	return id.Rule == "weight-assigned" && slices.ContainsFunc(id.figures(), j.witnessed)
}

// parts counts the addends that are not zero.
func parts(id Identity) int {
	n := 0
	for _, o := range id.From {
		if a, err := form.NewAmount(o.Value); err == nil && !a.Decimal().IsZero() {
			n++
		}
	}
	return n
}

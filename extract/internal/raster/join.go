package raster

import (
	"cmp"
	"math"
	"slices"
)

// joinPieces makes lines of pieces that go on from one another. Between merged
// cells a line rightly stops, but then it stops at a line of the other direction:
// a longer gap is closed only where both ends hang in the air, and not with a
// piece so short that it may be a stroke of a character that happens to lie there.
func joinPieces(along, other []piece, dpi float64) []line {
	mm := dpi / 25.4
	order := slices.Clone(along)
	slices.SortFunc(order, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.centre[0], b.centre[0]))
	})
	held := func(x int, y float64) bool { // a line of the other direction is here
		for _, o := range other {
			if y < float64(o.from)-reach*mm || y > float64(o.to)+reach*mm {
				continue
			}
			i := min(max(int(y)-o.from, 0), len(o.centre)-1)
			if math.Abs(float64(o.centre[i])-float64(x)) <= reach*mm {
				return true
			}
		}
		return false
	}
	var lines []line
	for _, p := range order {
		best, bestGap := -1, math.Inf(1)
		for i, l := range lines {
			last := l.pieces[len(l.pieces)-1]
			gap := float64(p.from - last.to)
			if gap > lostGap*mm || p.to <= l.to {
				continue
			}
			end, start := last.near(true, int(4*mm)), p.near(false, int(4*mm))
			if math.Abs(end-start) > 0.6*mm+0.01*max(gap, 0) || gap < -2*mm && math.Abs(end-start) > 0.4*mm {
				continue
			}
			if gap > breakGap*mm && (held(last.to, end) || held(p.from, start)) {
				continue
			}
			if shorter := min(last.length(), p.length()); gap > breakGap*mm && (float64(shorter) < strokeLong*mm || float64(shorter) < gap) {
				continue
			}
			if gap < bestGap {
				best, bestGap = i, gap
			}
		}
		if best < 0 {
			lines = append(lines, line{from: p.from, to: p.to, pieces: []piece{p}})
			continue
		}
		l := &lines[best]
		l.to = p.to
		l.pieces = append(l.pieces, p)
	}
	for i := range lines {
		l := &lines[i]
		var sum, thickness, weight float64
		for _, p := range l.pieces {
			n := float64(p.length())
			sum, thickness, weight = sum+p.mean()*n, thickness+p.thickness*n, weight+n
		}
		l.at, l.thickness = sum/weight, thickness/weight
	}
	return lines
}

// place is where l lies at x, by the nearest of its pieces.
func (l line) place(x int) float64 {
	best, distance := 0.0, math.MaxInt
	for _, p := range l.pieces {
		i := min(max(x, p.from), p.to)
		if d := abs(x - i); d < distance {
			best, distance = float64(p.centre[i-p.from]), d
		}
	}
	return best
}

// withoutParts is the pieces with torn lines in place of their parts. Of one that others cross a
// part is left from one such place with a hole beside it to the next: where lines cross, their ends
// say what goes on.
func withoutParts(along, other []piece, dpi float64) []piece {
	mm := dpi / 25.4
	crossed := func(at int, y float64) bool {
		return slices.ContainsFunc(other, func(o piece) bool {
			return math.Abs(o.mean()-float64(at)) <= reach*mm && float64(o.from)-reach*mm <= y && y <= float64(o.to)+reach*mm
		})
	}
	var whole, rest []piece
	for _, p := range along {
		if !p.torn {
			rest = append(rest, p)
			continue
		}
		from := p.from
		for _, hole := range append(slices.Clip(p.holes), [2]int{p.to + 1, p.to + 1}) {
			if hole[0] <= p.to && !crossed(hole[0], p.mean()) && !crossed(hole[1], p.mean()) {
				continue
			}
			if float64(hole[0]-from) >= longLine*mm {
				part := p
				part.from, part.to, part.centre = from, hole[0]-1, p.centre[from-p.from:hole[0]-p.from]
				whole = append(whole, part)
			}
			from = hole[1] + 1
		}
	}
	rest = slices.DeleteFunc(rest, func(p piece) bool {
		return slices.ContainsFunc(whole, func(o piece) bool {
			return o.from <= p.from && p.to <= o.to && math.Abs(o.mean()-p.mean()) <= sameCourse*mm
		})
	})
	return append(rest, whole...)
}

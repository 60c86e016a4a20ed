// Package grid turns ruling lines into tables of cells.
//
// It is geometry and nothing else: it knows neither PDF nor pixels. The lines of
// a text PDF and those found in a scan come in as the same Segments and go out as
// the same layout.Tables, so a form reads alike whichever way it was archived.
//
// Printed lines are never tidy. A line is drawn in pieces, one for each cell it
// borders; twice, once for the cell above and once for the cell below; as a filled
// rectangle; a hair beside its continuation. The table itself may have no lines at
// its sides, or be cut by the page's end in the middle of a merged cell. The steps
// are
//
//	rules      segments sorted into horizontal and vertical
//	join       pieces of one printed line made one line
//	components lines that touch, directly or by way of others
//	build      edges, slots, and cells of slots that no line divides
//	unnest     frames around tables and boxes inside cells dropped
package grid

import (
	"cmp"
	"math"
	"slices"

	"heji/layout"
)

// Segment is a ruling line or a piece of one, horizontal or vertical, in points
// from the top left of the page. X0 <= X1 and Y0 <= Y1. A thin filled rectangle
// may be given as its four sides: the longer side says which way it runs.
type Segment struct {
	X0, Y0, X1, Y1 float64
	Thickness      float64 // points; 0 where not known
}

// Tolerance is the distance, in points, within which two lines of a form are
// meant to be one. Double lines are set closer than this, and no row of a form is
// as low.
const Tolerance = 2.5

const (
	solid     = 0.6 // share of a slot's side that a line must cover to divide it from the next
	minWidth  = 30  // points; anything smaller is a box to tick
	minHeight = 14  // points
	maxRules  = 20000
	maxSlots  = 250000
)

// Tables finds the tables that the segments rule, top to bottom. Lines closer
// than tolerance (points; Tolerance suits forms) are taken for one. Cells have
// their place, their spans and their box; nothing is read yet.
//
// A side of the table that is not drawn is completed from the extent of the lines
// that run up to it; at the top and the bottom the table is marked as open there,
// since that is how a table cut by a page break looks.
func Tables(segments []Segment, tolerance float64) []layout.Table {
	horizontal, vertical := rules(segments, tolerance)
	if len(horizontal) > maxRules || len(vertical) > maxRules {
		return nil // a drawing, not a form
	}
	horizontal, vertical = join(horizontal, tolerance), join(vertical, tolerance)
	var tables []layout.Table
	for _, c := range adopt(components(horizontal, vertical, tolerance), tolerance) {
		if t, ok := build(c, tolerance); ok {
			tables = append(tables, t)
		}
	}
	tables = unnest(tables)
	slices.SortStableFunc(tables, func(a, b layout.Table) int {
		return cmp.Or(cmp.Compare(a.Box.Y0, b.Box.Y0), cmp.Compare(a.Box.X0, b.Box.X0))
	})
	return tables
}

// rule is a straight line seen along itself: at is where it lies across its
// direction, from and to are its ends. A horizontal rule has at = y.
type rule struct{ at, from, to float64 }

func (r rule) length() float64 { return r.to - r.from }

// rules sorts segments by direction and drops what is neither.
func rules(segments []Segment, tolerance float64) (horizontal, vertical []rule) {
	for _, s := range segments {
		w, h := s.X1-s.X0, s.Y1-s.Y0
		switch {
		case math.IsNaN(w+h) || math.IsInf(w+h, 0) || w < 0 || h < 0 || w == h:
		case w > h && h <= 2*tolerance:
			horizontal = append(horizontal, rule{(s.Y0 + s.Y1) / 2, s.X0, s.X1})
		case h > w && w <= 2*tolerance:
			vertical = append(vertical, rule{(s.X0 + s.X1) / 2, s.Y0, s.Y1})
		}
	}
	return horizontal, vertical
}

// join makes one rule of pieces that lie on one line, within tolerance, and
// overlap or leave a gap no wider than tolerance.
func join(pieces []rule, tolerance float64) []rule {
	slices.SortFunc(pieces, func(a, b rule) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from))
	})
	var joined []rule
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n].at-pieces[n-1].at <= tolerance {
			n++
		}
		joined = append(joined, joinBand(pieces[:n], tolerance)...)
		pieces = pieces[n:]
	}
	return joined
}

// joinBand joins pieces of about the same height on the page.
func joinBand(pieces []rule, tolerance float64) []rule {
	band := slices.Clone(pieces)
	slices.SortFunc(band, func(a, b rule) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.at, b.at))
	})
	var lines []rule
	var weights []float64
	open := 0 // lines before this one end too far left to be continued
next:
	for _, p := range band {
		for open < len(lines) && lines[open].to < p.from-tolerance {
			open++
		}
		for i := open; i < len(lines); i++ {
			l := &lines[i]
			if math.Abs(l.at-p.at) <= tolerance && p.from <= l.to+tolerance {
				// The mean, so that neither line of a double one is preferred.
				w := p.length() + 0.01
				l.at = (l.at*weights[i] + p.at*w) / (weights[i] + w)
				weights[i] += w
				l.to = max(l.to, p.to)
				continue next
			}
		}
		lines = append(lines, p)
		weights = append(weights, p.length()+0.01)
	}
	return lines
}

// component is a set of rules that hang together.
type component struct{ horizontal, vertical []rule }

// extent is the box around all rules of c.
func (c component) extent() layout.Box {
	b := layout.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, h := range c.horizontal {
		b.X0, b.X1, b.Y0, b.Y1 = min(b.X0, h.from), max(b.X1, h.to), min(b.Y0, h.at), max(b.Y1, h.at)
	}
	for _, v := range c.vertical {
		b.Y0, b.Y1, b.X0, b.X1 = min(b.Y0, v.from), max(b.Y1, v.to), min(b.X0, v.at), max(b.X1, v.at)
	}
	return b
}

// components groups rules that cross or touch, within tolerance. The order is
// that of the horizontal rules; groups of one rule are kept for adopt.
func components(horizontal, vertical []rule, tolerance float64) []component {
	slices.SortFunc(vertical, func(a, b rule) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from))
	})
	sets := newSets(len(horizontal) + len(vertical))
	for i, h := range horizontal {
		first, _ := slices.BinarySearchFunc(vertical, h.from-tolerance, func(v rule, x float64) int {
			return cmp.Compare(v.at, x)
		})
		for j := first; j < len(vertical) && vertical[j].at <= h.to+tolerance; j++ {
			if v := vertical[j]; h.at >= v.from-tolerance && h.at <= v.to+tolerance {
				sets.unite(i, len(horizontal)+j)
			}
		}
	}
	place := map[int]int{}
	var found []component
	at := func(i int) *component {
		root := sets.find(i)
		n, ok := place[root]
		if !ok {
			n = len(found)
			place[root] = n
			found = append(found, component{})
		}
		return &found[n]
	}
	for i, h := range horizontal {
		c := at(i)
		c.horizontal = append(c.horizontal, h)
	}
	for j, v := range vertical {
		c := at(len(horizontal) + j)
		c.vertical = append(c.vertical, v)
	}
	return found
}

// How far from a table a line still belongs to it that touches none of its lines
// but is as wide, or as high, as all of it (points). A full-width row of a table
// without side lines is bounded so, and the outermost merged column of a page on
// which that cell neither begins nor ends.
const (
	adoptLine  = 120
	adoptTable = 30
)

// adopt gives tables the lines that nothing but their equal width or height
// connects with the rest, and drops all other lone rules.
func adopt(found []component, tolerance float64) []component {
	var tables, loose []component
	var upright []rule
	for _, c := range found {
		switch {
		case len(c.horizontal) > 0 && len(c.vertical) > 0:
			tables = append(tables, c)
		case len(c.horizontal) > 0:
			loose = append(loose, c)
		default:
			upright = append(upright, c.vertical...)
		}
	}
	for i := range tables {
		e := tables[i].extent()
		upright = slices.DeleteFunc(upright, func(v rule) bool {
			if math.Abs(v.from-e.Y0) > 2*tolerance || math.Abs(v.to-e.Y1) > 2*tolerance ||
				v.at < e.X0-adoptLine || v.at > e.X1+adoptLine {
				return false
			}
			tables[i].vertical = append(tables[i].vertical, v)
			return true
		})
	}
	for i := 0; i < len(tables); i++ {
		if !openSided(tables[i], tolerance) {
			continue
		}
		for grown := true; grown; {
			grown = false
			e := tables[i].extent()
			loose = slices.DeleteFunc(loose, func(l component) bool {
				if !sameWidth(e, l.extent(), tolerance) || apart(e, l.extent()) > adoptLine {
					return false
				}
				tables[i].horizontal = append(tables[i].horizontal, l.horizontal...)
				grown = true
				return true
			})
			e = tables[i].extent()
			for j := len(tables) - 1; j > i; j-- {
				t := tables[j]
				if sameWidth(e, t.extent(), tolerance) && apart(e, t.extent()) <= adoptTable && openSided(t, tolerance) {
					tables[i].horizontal = append(tables[i].horizontal, t.horizontal...)
					tables[i].vertical = append(tables[i].vertical, t.vertical...)
					tables = slices.Delete(tables, j, j+1)
					grown = true
				}
			}
		}
	}
	return tables
}

// openSided reports whether c's horizontal rules run past its outermost vertical
// ones on both sides.
func openSided(c component, tolerance float64) bool {
	e := c.extent()
	for _, v := range c.vertical {
		if v.at-e.X0 < 3*tolerance || e.X1-v.at < 3*tolerance {
			return false
		}
	}
	return true
}

func sameWidth(a, b layout.Box, tolerance float64) bool {
	return math.Abs(a.X0-b.X0) <= 2*tolerance && math.Abs(a.X1-b.X1) <= 2*tolerance
}

// apart is the vertical distance between two boxes.
func apart(a, b layout.Box) float64 { return max(0, a.Y0-b.Y1, b.Y0-a.Y1) }

// unnest drops frames around tables and small grids inside a cell of a larger
// one. Whatever is printed there is then part of the cell or the page around it.
func unnest(tables []layout.Table) []layout.Table {
	drop := make([]bool, len(tables))
	for i, outer := range tables {
		for j, inner := range tables {
			if i == j || !inside(inner.Box, outer.Box) {
				continue
			}
			if len(outer.Cells) < len(inner.Cells) {
				drop[i] = true
			} else {
				drop[j] = true
			}
		}
	}
	var kept []layout.Table
	for i, t := range tables {
		if !drop[i] {
			kept = append(kept, t)
		}
	}
	return kept
}

func inside(a, b layout.Box) bool {
	return a.X0 >= b.X0 && a.X1 <= b.X1 && a.Y0 >= b.Y0 && a.Y1 <= b.Y1
}

// sets is a union-find forest.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// unite joins the two sets under the smaller root, so that a set is named by its
// first member.
func (s sets) unite(i, j int) {
	i, j = s.find(i), s.find(j)
	s[max(i, j)] = min(i, j)
}

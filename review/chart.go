package review

import (
	"net/url"

	"heji/load"
)

// chart is horizontal bars of counts, each split by verdict.
type chart struct {
	Title string
	Bars  []bar
	High  int // of the drawing
}

type bar struct {
	Label string
	Link  string
	Total int64
	Y     int
	Parts []barPart
	key   string
}

type barPart struct {
	Kind  string // a verdict, or "" where bars are not split
	X, W  int
	Count int64
}

// Geometry of a chart's drawing, in its own units.
const (
	barHeight = 22
	barLeft   = 190
	barLong   = 260
)

// chartOf draws shares, which come bar by bar. Bars lead to the discrepancies that
// the filter finds for them.
func chartOf(title string, shares []load.Share, name func(string) string, filter string) chart {
	c := chart{Title: title}
	for _, s := range shares {
		if n := len(c.Bars); n == 0 || c.Bars[n-1].key != s.Label {
			c.Bars = append(c.Bars, bar{key: s.Label, Label: name(s.Label), Y: n * barHeight})
		}
		b := &c.Bars[len(c.Bars)-1]
		b.Total += s.Count
		b.Parts = append(b.Parts, barPart{Kind: s.Kind, Count: s.Count})
	}
	var most int64 = 1
	for _, b := range c.Bars {
		most = max(most, b.Total)
	}
	for i := range c.Bars {
		b := &c.Bars[i]
		x := barLeft
		for k := range b.Parts {
			p := &b.Parts[k]
			p.X, p.W = x, max(2, int(p.Count*barLong/most))
			x += p.W
		}
		if filter != "" && b.key != "—" {
			b.Link = "/discrepancies?" + url.Values{filter: {b.key}}.Encode()
		}
	}
	c.High = len(c.Bars)*barHeight + 4
	return c
}

// End is where the bar's number stands.
func (b bar) End() int {
	p := b.Parts[len(b.Parts)-1]
	return p.X + p.W + 6
}

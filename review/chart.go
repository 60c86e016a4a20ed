package review

import (
	"fmt"
	"net/url"
	"strconv"

	"heji/load"
)

// chart is horizontal bars of counts, each split by verdict.
type chart struct {
	Title string
	Bars  []bar
	High  int // of the drawing
	Left  int // where bars begin
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

// Geometry of a chart's drawing, in its own units: it is 500 wide, of which labels
// take what the longest needs.
const (
	barHeight = 22
	barEnd    = 450 // leaves room for a number
	mostLabel = 235
)

// chartOf draws shares, which come bar by bar. Bars lead to the discrepancies that
// the filter finds for them.
func chartOf(title string, shares []load.Share, name func(string) string, filter string) chart {
	c := chart{Title: title}
	wide := 0
	for _, s := range shares {
		if n := len(c.Bars); n == 0 || c.Bars[n-1].key != s.Label {
			c.Bars = append(c.Bars, bar{key: s.Label, Label: name(s.Label), Y: n * barHeight})
			wide = max(wide, width(name(s.Label)))
		}
		b := &c.Bars[len(c.Bars)-1]
		b.Total += s.Count
		b.Parts = append(b.Parts, barPart{Kind: s.Kind, Count: s.Count})
	}
	var most int64 = 1
	for _, b := range c.Bars {
		most = max(most, b.Total)
	}
	c.Left = min(wide, mostLabel) + 8
	for i := range c.Bars {
		b := &c.Bars[i]
		b.Label = cut(b.Label, mostLabel)
		x := c.Left
		for k := range b.Parts {
			p := &b.Parts[k]
			p.X, p.W = x, max(2, int(p.Count*int64(barEnd-c.Left)/most))
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

// width is about how much room a label takes at twelve units a Chinese character.
func width(label string) int {
	w := 0
	for _, r := range label {
		if w += 12; r < 0x2e80 {
			w -= 5
		}
	}
	return w
}

// cut shortens a label to the room there is.
func cut(label string, room int) string {
	if width(label) <= room {
		return label
	}
	runes := []rune(label)
	for len(runes) > 0 && width(string(runes))+12 > room {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// moneyChart has for each year what there was to spend, and over it what was spent.
type moneyChart struct {
	Title string
	Bars  []moneyBar
	High  int
}

type moneyBar struct {
	Year     int
	Y        int
	Budget   int // lengths
	Executed int
	Rate     string
	Text     string // the figures, and how many forms they stand on
}

// moneyLeft is where the bars begin, after a year.
const moneyLeft = 44

func moneyChartOf(w *words, years []load.YearMoney) moneyChart {
	c := moneyChart{Title: w.ByMoney, High: len(years)*barHeight + 4}
	var most int64 = 1
	for _, y := range years {
		most = max(most, y.Budget, y.Executed)
	}
	long := func(n int64) int { return max(2, int(n*(barEnd-moneyLeft)/most)) }
	for i, y := range years {
		c.Bars = append(c.Bars, moneyBar{
			Year: y.Year, Y: i * barHeight, Budget: long(y.Budget), Executed: long(y.Executed), Rate: percentOf(y.Executed, y.Budget),
			Text: fmt.Sprintf(w.MoneyOf, y.Forms, grouped(y.Budget), grouped(y.Executed)),
		})
	}
	return c
}

// percentOf is a quotient as a percentage with one decimal.
func percentOf(over, under int64) string {
	if under <= 0 {
		return ""
	}
	tenths := (over*1000 + under/2) / under
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

// grouped is a whole number with commas, as forms print amounts.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

package parse

import (
	"math/big"
	"regexp"
	"slices"

	"heji/form"
	"heji/layout"
)

// earnedAbove is the score that the rows so far have earned together, and how many sections
// have earned some of it.
func (r *reader) earnedAbove() (points *big.Rat, sections int) {
	points = new(big.Rat)
	fresh := true
	for _, d := range r.rows {
		s, ok := numberOf(d.cells[score].text())
		switch {
		case d.saysSubtotal(), d.group != nil, d.cells[level3].empty():
			fresh = true
		case ok && s.Sign() > 0:
			if one := d.cells[level1]; !one.empty() && !one.above {
				fresh = true
			}
			if fresh {
				sections++
			}
			fresh = false
			points.Add(points, s)
		}
	}
	return points, sections
}

// sections tells which rows are printed subtotals. A row whose deeper levels are
// empty may be one; it is, when rows of its own follow it, when it stands below
// the rows whose first level it names again, or when it says 小计.
func (r *reader) sections() []form.IndicatorKind {
	kinds := make([]form.IndicatorKind, len(r.rows))
	last := -1 // the latest row that may be a section and has no rows yet
	var one string
	r.headedSections()
	r.turnedSections()
	for i := range r.rows {
		r.rows[i].subtotal = r.addsUp(i, kinds)
		d := r.rows[i]
		if d.group != nil {
			kinds[i], last, one = form.Section, -1, ""
			continue
		}
		kinds[i] = form.Leaf
		mayBe := r.mayBeSection(d)
		if name := d.name(level1); name != "" && !mayBe {
			one = name
		}
		switch {
		case d.heads:
			kinds[i], last, one = form.Section, -1, ""
		case d.saysSubtotal(), mayBe && one != "" && d.name(level1) == one:
			kinds[i] = form.Section
			last = -1
		case mayBe:
			last = i
		case last >= 0:
			kinds[last] = form.Section
			last = -1
		}
	}
	return kinds
}

// headedSections finds the rows whose name is what sections are called and stands in the
// second level's column, or the third's, having been printed over all of them, and whose weight the
// rows below add up to, as far as the next such row. Where no lines rule the table, the cells of
// the first level that are merged reach over the wrong rows: those below are its rows.
func (r *reader) headedSections() {
	if !r.columns.has(level1) || !r.columns.has(level2) || !r.columns.has(level3) {
		return
	}
	over := func(d draft) cell { // the name that was printed over all levels
		if three := d.cells[level3]; !three.empty() && d.cells[level1].empty() && d.cells[level2].empty() {
			return three
		}
		return d.cells[level2]
	}
	named := func(d draft) bool {
		c := over(d)
		return d.group == nil && (d.cells[level3].empty() || c.Col == d.cells[level3].Col) && !c.above && levelOne.MatchString(nameOf(c))
	}
	for i := 0; i < len(r.rows); i++ {
		want, ok := numberOf(r.rows[i].cells[weight].text())
		if !ok || !named(r.rows[i]) {
			continue
		}
		sum, end := new(big.Rat), i+1
		for ; end < len(r.rows) && !named(r.rows[end]) && r.rows[end].group == nil; end++ {
			if n, ok := numberOf(r.rows[end].cells[weight].text()); ok {
				sum.Add(sum, n)
			}
		}
		const fewest = 2 // rows: a row below may have the same weight
		if end-i <= fewest || sum.Cmp(want) != 0 {
			continue
		}
		name := nameOf(over(r.rows[i]))
		r.rows[i].heads = true
		for k := i; k < end; k++ {
			r.rows[k].under = name
		}
	}
}

// turnedSections lets a section whose name holds its points, and is printed at the top of a page,
// begin in the rows at the foot of the page before whose level is empty, where the points of the
// section above, which are in its name too, are not those of its rows with them and are without:
// the name stands in the middle of a cell that the page break cut.
func (r *reader) turnedSections() {
	points := func(d draft) *big.Rat {
		if c, ok := d.cells[level1]; ok && !c.above && d.group == nil {
			if _, p, ok := cellPoints(c); ok {
				n, _ := numberOf(p)
				return n
			}
		}
		return nil
	}
	var over *big.Rat // of the section at hand: what its points leave for the rows below
	for i, d := range r.rows {
		if p := points(d); p != nil {
			if over != nil && over.Sign() < 0 && d.page != r.rows[i-1].page {
				r.beginAbove(i, new(big.Rat).Neg(over))
			}
			over = new(big.Rat).Set(p)
		}
		if n, ok := numberOf(d.cells[weight].text()); ok && over != nil {
			over.Sub(over, n)
		}
	}
}

// beginAbove gives a row's names of levels to the rows above it whose levels are empty and
// whose weights make up the points; where none do, to none.
func (r *reader) beginAbove(i int, points *big.Rat) {
	sum := new(big.Rat)
	for k := i - 1; k >= 0 && r.rows[k].page == r.rows[i-1].page; k-- {
		one, two := r.rows[k].cells[level1], r.rows[k].cells[level2]
		n, ok := numberOf(r.rows[k].cells[weight].text())
		if !ok || one.of == nil || one.above || !one.empty() || !two.empty() {
			return
		}
		if sum.Add(sum, n).Cmp(points) != 0 {
			continue
		}
		for _, level := range []role{level1, level2} {
			c, ok := r.rows[i].cells[level]
			if !ok || c.above {
				continue
			}
			r.rows[k].cells[level] = c
			c.above = true
			r.rows[i].cells[level] = c
		}
		return
	}
}

// sumsBelow is the first level of the rows below a subtotal without a name of its own, where
// they make up its weight and the rows above it do not; else "". The name of a merged cell
// may stand further down in it.
func (r *reader) sumsBelow(i int) string {
	d := r.rows[i]
	want, ok := numberOf(d.cells[weight].text())
	if !ok || i+1 >= len(r.rows) || d.cells[level1].above {
		return ""
	}
	name := r.rows[i+1].name(level1)
	if name == "" || r.rows[i+1].cells[level1].above {
		return ""
	}
	sum := func(rows []draft, goesOn func(draft) bool) *big.Rat {
		total := new(big.Rat)
		for _, row := range rows {
			n, ok := numberOf(row.cells[weight].text())
			if !ok || row.saysSubtotal() || !goesOn(row) {
				break
			}
			total.Add(total, n)
		}
		return total
	}
	below := sum(r.rows[i+1:], func(row draft) bool { return row.name(level1) == name })
	above := slices.Clone(r.rows[:i])
	slices.Reverse(above)
	before := ""
	if len(above) > 0 {
		before = above[0].name(level1)
	}
	if below.Cmp(want) == 0 && sum(above, func(row draft) bool { return row.name(level1) == before }).Cmp(want) != 0 {
		return name
	}
	return ""
}

// addsUp reports whether a row that names no indicator, beside the same first level as
// those above it, has the weight that they add up to, or their score where its weight
// was not read: a subtotal whose label nobody knows, or that was misread.
func (r *reader) addsUp(i int, kinds []form.IndicatorKind) bool {
	d := r.rows[i]
	if !r.columns.has(level3) || !d.cells[level3].empty() || d.cells[level2].empty() || d.cells[level2].above || !d.cells[level1].above {
		return false
	}
	points := weight
	want, ok := numberOf(d.cells[points].text())
	if !ok {
		points = score
		want, ok = numberOf(d.cells[points].text())
	}
	sum, rows := new(big.Rat), 0
	for k := i - 1; ok && k >= 0 && kinds[k] == form.Leaf; k-- {
		var n *big.Rat
		if n, ok = numberOf(r.rows[k].cells[points].text()); ok {
			sum.Add(sum, n)
			rows++
		}
		if one := r.rows[k].cells[level1]; !one.empty() && !one.above {
			break
		}
	}
	return ok && rows > 0 && sum.Cmp(want) == 0
}

func (d draft) saysSubtotal() bool {
	return d.subtotal || isSubtotal(d.name(level1)) || isSubtotal(d.name(level2)) || isSubtotal(d.name(level3))
}

func (r *reader) mayBeSection(d draft) bool {
	one, two := d.cells[level1], d.cells[level2]
	none := func(level role) bool { return namesNothing(d.cells[level]) }
	switch {
	case r.columns.has(level1) && (r.columns.has(level2) || r.columns.has(level3)):
		return !none(level1) && !one.above && none(level2) && none(level3)
	case r.columns.has(level2) && r.columns.has(level3):
		return !none(level2) && !two.above && none(level3)
	case r.columns.has(level3):
		return r.isHeading(d)
	}
	return false
}

var (
	listNumeral = regexp.MustCompile(`^[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?$`)
	listed      = regexp.MustCompile(`^[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]`)
	levelOne    = regexp.MustCompile(`^(?:项目|部门|社会|资金|预算)?(?:决策|投入|管理|过程|产出|效益|效果|成本|满意度|执行|履职|效能|效率|效应|绩效|可持续性?|影响力?)(?:效能|效率|效果|执行)?(?:类|方面)?(?:指标|情况)?$`)
)

// isHeading reports whether a row of a table with names in one column alone is the heading
// of the rows below it, with their points: its number in the list is 一 or 二, or it has no
// target and is called what sections are.
func (r *reader) isHeading(d draft) bool {
	name := d.cells[level3]
	if namesNothing(name) || name.above {
		return false
	}
	if listNumeral.MatchString(layout.Squeeze(d.cells[serial].text())) || listed.MatchString(layout.Squeeze(name.text())) {
		return true
	}
	return (r.columns.has(target) || r.columns.has(actual)) && d.cells[target].empty() && d.cells[actual].empty() && levelOne.MatchString(clean(name.text()))
}

package samples

import (
	"fmt"
	"slices"
)

// sheet is a form laid out: what stands above, in and below its tables.
type sheet struct {
	year        string // a line under the title; "" for none
	left, right string // of the caption
	grids       []grid
	foot        string // a line under the tables
}

// A band is a part of a form with columns of its own. Bands make a table each or,
// where all are in one, a table with every band's edges.
type band struct {
	widths     []int // in parts of the band's
	head, rows []gridRow
}

func (d *projectDraft) sheet(t Truth) *sheet {
	s := &sheet{left: d.p.FormNumber, foot: d.p.Foot}
	if d.p.YearLine {
		s.year = fmt.Sprintf("（%d年度）", d.year)
	}
	if d.p.UnitAt == "caption" || (d.p.UnitAt == "funds" && d.p.FundSide == "") {
		s.right = "单位：" + d.look.Unit
	}
	bands := []band{d.headerBand(t)}
	if d.p.Funds != "none" {
		bands = append(bands, d.fundsBand(t))
	}
	bands = append(bands, d.goalsBand(t), d.indicatorBand(t))
	if d.look.OneTable {
		s.grids = []grid{join(bands)}
		return s
	}
	for i, b := range bands {
		g := grid{widths: b.widths, head: b.head, body: b.rows}
		if !d.look.RepeatHead || i < len(bands)-1 {
			g.head, g.body = nil, append(slices.Clone(b.head), b.rows...)
		}
		s.grids = append(s.grids, g)
	}
	return s
}

func (d *projectDraft) headerBand(t Truth) band {
	b := band{widths: []int{15, 35, 15, 35}}
	cells := func(key string, cols int) []gridCell {
		text, long := t.Fields[key], cols
		switch key {
		case "total":
			text = t.Total.Score
		case "grade":
			text = t.Grade
		}
		if other, is := t.Other[d.p.Labels[key]]; is {
			text = other
		}
		return []gridCell{label(d.p.Labels[key], 1), value(text, long)}
	}
	for _, keys := range d.p.Header {
		if len(keys) == 1 {
			b.rows = append(b.rows, cells(keys[0], 3))
			continue
		}
		b.rows = append(b.rows, append(cells(keys[0], 1), cells(keys[1], 1)...))
	}
	return b
}

func (d *projectDraft) fundsBand(t Truth) band {
	if d.p.Funds == "columns" {
		return d.sourcesBand(t)
	}
	var b band
	var head gridRow
	if d.p.FundSide != "" {
		b.widths = append(b.widths, 9)
		side := d.p.FundSide
		if d.p.UnitAt == "funds" {
			side += "（" + d.look.Unit + "）"
		}
		head = append(head, gridCell{text: side, rows: 1 + len(t.Funds), class: "label"})
	}
	b.widths = append(b.widths, 20)
	head = append(head, gridCell{text: d.p.Heads["fund"], class: "label"})
	for _, c := range d.p.FundColumns {
		name := c
		if c == "weight" || c == "score" {
			name = "fund_" + c
		}
		head = append(head, label(d.p.Heads[name], 1))
		b.widths = append(b.widths, map[string]int{"weight": 8, "score": 8, "rate": 10}[c])
		if b.widths[len(b.widths)-1] == 0 {
			b.widths[len(b.widths)-1] = 15
		}
	}
	b.head = []gridRow{head}
	for _, f := range t.Funds {
		row := gridRow{label(f.Label, 1)}
		for _, c := range d.p.FundColumns {
			text := map[string]string{"initial": f.Initial, "budget": f.Budget, "executed": f.Executed, "weight": f.Weight, "rate": f.Rate, "score": f.Score}[c]
			row = append(row, number(text, 1))
		}
		b.rows = append(b.rows, row)
	}
	return b
}

// sourcesBand has the sources side by side, then their sum and what was spent.
func (d *projectDraft) sourcesBand(t Truth) band {
	b := band{widths: []int{12}}
	head, row := gridRow{label(d.p.Heads["fund"], 1)}, gridRow{label(t.Funds[0].Label, 1)}
	column := func(name, text string) {
		b.widths = append(b.widths, 12)
		head, row = append(head, label(name, 1)), append(row, number(text, 1))
	}
	for _, f := range t.Funds[1:] {
		column(f.Label, f.Budget)
	}
	column(d.p.Heads["budget"], t.Funds[0].Budget)
	column(d.p.Heads["executed"], t.Funds[0].Executed)
	column(d.p.Heads["rate"], t.Funds[0].Rate)
	b.head, b.rows = []gridRow{head}, []gridRow{row}
	return b
}

func (d *projectDraft) goalsBand(t Truth) band {
	goal, outcome := d.p.Labels["expected_goal"], d.p.Labels["actual_outcome"]
	long := func(text string, cols int) gridCell { return gridCell{text: text, cols: cols, class: "long"} }
	if d.p.Goals == "below" {
		return band{widths: []int{9, 46, 45}, rows: []gridRow{
			{{text: d.p.Labels["goals"], rows: 2, class: "label side"}, label(goal, 1), label(outcome, 1)},
			{long(t.Fields["expected_goal"], 1), long(t.Fields["actual_outcome"], 1)},
		}}
	}
	b := band{widths: []int{15, 85}, rows: []gridRow{{label(goal, 1), long(t.Fields["expected_goal"], 1)}}}
	if d.p.Goals == "beside" {
		b.rows = append(b.rows, gridRow{label(outcome, 1), long(t.Fields["actual_outcome"], 1)})
	}
	return b
}

// columnWidths are parts of the table's width.
func columnWidths() map[string]int {
	return map[string]int{"level1": 11, "level2": 12, "level3": 18, "nature": 9, "target": 13, "unit": 9, "actual": 13,
		"coefficient": 11, "weight": 11, "score": 11, "review": 9, "note": 17, "analysis": 20, "core": 9}
}

func (d *projectDraft) indicatorBand(t Truth) band {
	var b band
	if d.p.Side != "" {
		b.widths = append(b.widths, 6)
	}
	for _, c := range d.p.Columns {
		b.widths = append(b.widths, columnWidths()[c])
	}
	b.head = d.indicatorHeads()
	b.rows = d.indicatorRows(t)
	if d.p.Side != "" {
		n := len(b.rows)
		if d.look.RepeatHead && !d.look.OneTable {
			b.head[0] = append(gridRow{{rows: len(b.head), class: "label"}}, b.head[0]...)
			b.rows[0] = append(gridRow{{text: d.p.Side, rows: n, class: "label side"}}, b.rows[0]...)
		} else {
			b.head[0] = append(gridRow{{text: d.p.Side, rows: len(b.head) + n, class: "label side"}}, b.head[0]...)
		}
	}
	b.rows = append(b.rows, d.totalRows(t)...)
	return b
}

func (d *projectDraft) indicatorHeads() []gridRow {
	at := slices.Index(d.p.Columns, "target")
	deep := d.p.TwoHeads && at >= 0 && at+1 < len(d.p.Columns) && d.p.Columns[at+1] == "actual"
	var first, second gridRow
	for _, c := range d.p.Columns {
		switch {
		case deep && c == "target":
			first = append(first, label("指标完成情况", 2))
			second = append(second, label(d.p.Heads[c], 1))
		case deep && c == "actual":
			second = append(second, label(d.p.Heads[c], 1))
		case deep:
			first = append(first, gridCell{text: d.p.Heads[c], rows: 2, class: "label"})
		default:
			first = append(first, label(d.p.Heads[c], 1))
		}
	}
	if deep {
		return []gridRow{first, second}
	}
	return []gridRow{first}
}

// indicatorRows are the rows with their names merged, and those that hold
// nothing but a name.
func (d *projectDraft) indicatorRows(t Truth) []gridRow {
	leaves := slices.DeleteFunc(slices.Clone(t.Indicators), func(x Indicator) bool { return x.Kind != "leaf" })
	var out []gridRow
	for i, s := range d.sections {
		for j, x := range s.rows {
			printed := Indicator{Level1: s.name, Level2: x.level2}
			if !x.empty {
				printed, leaves = leaves[0], leaves[1:]
			}
			var row gridRow
			for _, c := range d.p.Columns {
				switch c {
				case "level1":
					if j == 0 {
						row = append(row, gridCell{text: d.sectionName(i), rows: len(s.rows), class: "label"})
					}
				case "level2":
					n := 1
					for j+n < len(s.rows) && s.rows[j+n].level2 == x.level2 {
						n++
					}
					if j == 0 || s.rows[j-1].level2 != x.level2 {
						name := printed.Level2
						if !x.empty {
							name = d.secondName(s, name)
						}
						row = append(row, gridCell{text: name, rows: n})
					}
				default:
					row = append(row, d.indicatorCell(c, printed))
				}
			}
			out = append(out, row)
		}
	}
	return out
}

func (d *projectDraft) indicatorCell(column string, x Indicator) gridCell {
	switch column {
	case "level3":
		return value(x.Level3, 1)
	case "nature":
		return value(x.Nature, 1)
	case "unit":
		return value(x.Unit, 1)
	case "target":
		return number(x.Target, 1)
	case "actual":
		return number(x.Actual, 1)
	case "coefficient":
		return number(x.Coefficient, 1)
	case "weight":
		return number(x.Weight, 1)
	case "score":
		return number(x.Score, 1)
	case "note":
		return gridCell{text: x.Note, class: "reason"}
	case "analysis":
		return gridCell{text: x.Analysis, class: "reason"}
	case "core":
		return value(x.Core, 1)
	}
	return value("", 1) // the reviewer has not written yet
}

// sectionName is the level-1 name as printed, with its points where the look
// puts them there.
func (d *projectDraft) sectionName(i int) string {
	name, weight := d.sections[i].name, d.sections[i].weight
	if d.p.Points == "" {
		return name
	}
	if w, wrong := d.marks[i]; wrong {
		weight = w
	}
	return name + fmt.Sprintf(d.p.PointsMark, pointsText(weight, -1))
}

// totalRows are the row of sums, with the grade at its end where it stands
// there, and a row for the grade.
func (d *projectDraft) totalRows(t Truth) []gridRow {
	all := len(d.p.Columns)
	if d.p.Side != "" {
		all++
	}
	var out []gridRow
	at := slices.Index(d.p.Columns, "weight")
	if d.p.TotalAt == "row" && at >= 0 {
		before := at
		if d.p.Side != "" {
			before++
		}
		row := gridRow{label(d.p.TotalWord, before)}
		for _, c := range d.p.Columns[at:] {
			switch {
			case c == "weight":
				row = append(row, number(t.Total.Weight, 1))
			case c == "score":
				row = append(row, number(t.Total.Score, 1))
			case c == "note" && d.p.GradeAt == "end":
				row = append(row, value(t.Grade, 1))
			default:
				row = append(row, gridCell{})
			}
		}
		out = append(out, row)
	}
	if d.p.GradeAt == "line" && t.Grade != "" {
		grade := t.Grade
		if t.GradeText != "" {
			grade = t.GradeText
		}
		out = append(out, gridRow{label(d.p.Labels["grade"], 3), value(grade, all-3)})
	}
	return out
}

// join puts bands into one grid that has an edge wherever one of them has.
// Edges that all but meet are one.
func join(bands []band) grid {
	const whole, near = 240, 4
	edges := []int{0, whole}
	places := make([][]int, len(bands))
	for i, b := range bands {
		sum, at := 0, 0
		for _, w := range b.widths {
			sum += w
		}
		places[i] = []int{0}
		for _, w := range b.widths {
			at += w
			edge := at * whole / sum
			for _, e := range edges {
				if e-edge <= near && edge-e <= near {
					edge = e
					break
				}
			}
			if !slices.Contains(edges, edge) {
				edges = append(edges, edge)
			}
			places[i] = append(places[i], edge)
		}
	}
	slices.Sort(edges)
	var g grid
	for i := range edges[1:] {
		g.widths = append(g.widths, edges[i+1]-edges[i])
	}
	for i, b := range bands {
		rows := append(slices.Clone(b.head), b.rows...)
		starts := columnsOf(rows, len(b.widths))
		for y, row := range rows {
			wide := make(gridRow, len(row))
			for x, c := range row {
				from, to := places[i][starts[y][x]], places[i][starts[y][x]+max(1, c.cols)]
				c.cols = slices.Index(edges, to) - slices.Index(edges, from)
				wide[x] = c
			}
			g.body = append(g.body, wide)
		}
	}
	return g
}

// columnsOf says in which column each cell begins.
func columnsOf(rows []gridRow, columns int) [][]int {
	out := make([][]int, len(rows))
	taken := make([][]bool, len(rows))
	for i := range rows {
		taken[i] = make([]bool, columns)
	}
	for y, row := range rows {
		x := 0
		for _, c := range row {
			for x < columns && taken[y][x] {
				x++
			}
			out[y] = append(out[y], x)
			for dy := range max(1, c.rows) {
				for dx := range max(1, c.cols) {
					if y+dy < len(rows) && x+dx < columns {
						taken[y+dy][x+dx] = true
					}
				}
			}
		}
	}
	return out
}

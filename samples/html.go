package samples

import (
	"fmt"
	"html"
	"strings"

	"heji/form"
)

// A grid is a table before it is written: rows of cells that span rows and
// columns to the right and below.
type grid struct {
	widths []int // of the columns, in parts
	head   []gridRow
	body   []gridRow
}

type gridRow []gridCell

type gridCell struct {
	text       string
	cols, rows int // 0 means 1
	class      string
}

// label, value and long cells of the form.
func label(text string, cols int) gridCell { return gridCell{text: text, cols: cols, class: "label"} }
func value(text string, cols int) gridCell { return gridCell{text: text, cols: cols} }
func number(text string, cols int) gridCell {
	return gridCell{text: text, cols: cols, class: "number"}
}

// spread shares n columns among k cells, the later ones getting what is over.
func spread(n, k int) []int {
	out := make([]int, k)
	for i := range out {
		out[i] = n / k
		if k-i <= n%k {
			out[i]++
		}
	}
	return out
}

// columns are the indicator table's columns from left to right.
func (f Form) columns() (names []string, widths []int) {
	add := func(name string, width int) { names, widths = append(names, name), append(widths, width) }
	if f.look.Side != "" {
		add("side", 5)
	}
	if f.look.Sections != "above" {
		add("level1", 9)
	}
	add("level2", 14)
	add("level3", 18)
	if f.look.TwoWeights {
		add("reference", 10)
	}
	add("weight", 10)
	add("analysis", 26)
	add("score", 11)
	return names, widths
}

// nameColumns is how many columns stand before the first weight.
func (f Form) nameColumns() int {
	n := 2
	if f.look.Side != "" {
		n++
	}
	if f.look.Sections != "above" {
		n++
	}
	return n
}

// headerRows are the label and value pairs and the narratives over n columns.
func (f Form) headerRows(n int) []gridRow {
	w, t := f.look.Words, f.truth.Fields
	s := spread(n, 4)
	money := func(text string) string {
		if f.look.UnitPlace == "label" {
			return text + "(" + f.look.Unit + ")"
		}
		return text
	}
	pair := func(a, akey, b, bkey string) gridRow {
		return gridRow{label(money(a), s[0]), number(t[akey], s[1]), label(money(b), s[2]), number(t[bkey], s[3])}
	}
	long := func(name, key string) gridRow {
		return gridRow{label(name, s[0]), {text: t[key], cols: n - s[0], class: "long"}}
	}
	unit := t["unit_name"]
	if unit == "" {
		unit = t["reporting_unit"]
	}
	return []gridRow{
		{label(w.UnitName, s[0]), value(unit, n-s[0])},
		{label(w.Head, s[0]), value(t["head"], s[1]), label(w.Phone, s[2]), value(t["phone"], s[3])},
		pair(w.Carried, "carried_over", w.Initial, "initial_budget"),
		pair(w.Adjustment, "budget_adjustment", w.Other, "other_adjustment"),
		pair(w.Executed, "executed", w.Balance, "year_end_balance"),
		long(w.Functions, "functions"),
		long(w.Staffing, "staffing"),
		long(w.Note, "execution_note"),
		long(w.Analysis, "analysis"),
		long("其他", "other"),
	}
}

// columnHeads are the one or two rows of heads over the indicators.
func (f Form) columnHeads() []gridRow {
	names, _ := f.columns()
	w := f.look.Words
	deep := 1
	if f.look.TwoWeights && f.look.TwoHeads {
		deep = 2
	}
	var first, second gridRow
	for _, name := range names {
		c := gridCell{rows: deep, class: "label"}
		switch name {
		case "side":
			continue // its own text stands beside the heads, too
		case "level1":
			c.text = "一级指标"
		case "level2":
			c.text = "二级指标"
		case "level3":
			c.text = "三级指标"
		case "reference":
			if deep == 2 {
				first = append(first, label("指标分值", 2))
				second = append(second, label("参考分值", 1), label("设定分值", 1))
				continue
			}
			c.text = "参考分值"
		case "weight":
			if deep == 2 {
				continue
			}
			c.text = w.Weight
			if f.look.TwoWeights {
				c.text = "设定分值"
			}
		case "analysis":
			c.text = w.Reasoning
		case "score":
			c.text = w.Score
		}
		first = append(first, c)
	}
	if deep == 2 {
		return []gridRow{first, second}
	}
	return []gridRow{first}
}

// indicatorRows are the rows under the heads, with names merged over the rows
// they hold for.
func (f Form) indicatorRows() []gridRow {
	rows := f.truth.Indicators
	var out []gridRow
	for i, x := range rows {
		var row gridRow
		newSection := i == 0 || rows[i-1].Level1 != x.Level1
		if f.look.Sections != "above" && newSection {
			row = append(row, gridCell{text: x.Level1, rows: f.run(i, func(y Indicator) string { return y.Level1 }), class: "label"})
		}
		switch {
		case x.Kind == form.Section && f.look.Sections == "above":
			row = append(row, gridCell{text: x.Level1, class: "label"}, gridCell{})
		case x.Kind == form.Section:
			row = append(row, gridCell{text: "小计", cols: 2, class: "label"})
		default:
			if newSection || rows[i-1].Kind == form.Section || rows[i-1].Level2 != x.Level2 {
				row = append(row, gridCell{text: x.Level2, rows: f.run(i, func(y Indicator) string { return string(y.Kind) + y.Level1 + y.Level2 })})
			}
			row = append(row, value(x.Level3, 1))
		}
		if f.look.TwoWeights {
			row = append(row, number(x.ReferenceWeight, 1))
		}
		row = append(row, number(x.Weight, 1), gridCell{text: x.Analysis, class: "reason"}, number(x.Score, 1))
		out = append(out, row)
	}
	return out
}

// run is how many rows from i on have the same key.
func (f Form) run(i int, key func(Indicator) string) int {
	n := 1
	for n < len(f.truth.Indicators)-i && key(f.truth.Indicators[i+n]) == key(f.truth.Indicators[i]) {
		n++
	}
	return n
}

// footRows are the total, the grade, the evaluators and the signature.
func (f Form) footRows() []gridRow {
	names, _ := f.columns()
	n, before := len(names), f.nameColumns()
	t := f.truth
	total := gridRow{label(f.look.Words.Total, before), number(t.Total.Weight, 1)}
	if f.look.TwoWeights {
		total = append(total, number("", 1))
	}
	total = append(total, gridCell{}, number(t.Total.Score, 1))
	grade := t.Grade
	if t.GradeText != "" {
		grade = t.GradeText
	}
	out := []gridRow{total, {label(f.look.Words.Grade, before), value(grade, n-before)}}
	if len(t.Evaluators) > 0 {
		s := spread(n, 5)
		out = append(out, gridRow{{text: "评价人员", cols: s[0], rows: 1 + len(t.Evaluators), class: "label"},
			label("姓名", s[1]), label("职称/职务", s[2]), label("科室", s[3]), label("联系电话", s[4])})
		for _, e := range t.Evaluators {
			out = append(out, gridRow{value(e.Name, s[1]), value(e.Title, s[2]), value(e.Department, s[3]), value(e.Phone, s[4])})
		}
	}
	seal := ""
	if f.seal {
		seal = "seal"
	}
	return append(out, gridRow{{text: "单位负责人(签章)：", cols: n - 2, class: "sign " + seal}, {text: "年  月  日", cols: 2}})
}

// grids are the form's tables: one, or the header's and the indicators'.
func (f Form) grids() []grid {
	if f.made != nil {
		return f.made.grids
	}
	names, widths := f.columns()
	rows := f.indicatorRows()
	heads := f.columnHeads()
	if f.look.Side != "" {
		// Under repeated heads the side cell begins below them; else it runs
		// beside them, as in a spreadsheet.
		side := gridCell{text: f.look.Side, class: "label side"}
		if f.look.RepeatHead && !f.look.OneTable {
			heads[0] = append(gridRow{{rows: len(heads), class: "label"}}, heads[0]...)
			side.rows = len(rows)
			rows[0] = append(gridRow{side}, rows[0]...)
		} else {
			side.rows = len(heads) + len(rows)
			heads[0] = append(gridRow{side}, heads[0]...)
		}
	}
	rows = append(rows, f.footRows()...)
	if f.look.OneTable {
		g := grid{widths: widths, body: f.headerRows(len(names))}
		g.body = append(append(g.body, heads...), rows...)
		return []grid{g}
	}
	upper := grid{widths: []int{20, 30, 20, 30}, body: f.headerRows(4)}
	if f.look.RepeatHead {
		return []grid{upper, {widths: widths, head: heads, body: rows}}
	}
	return []grid{upper, {widths: widths, body: append(heads, rows...)}}
}

// caption is the line between title and table; right is what stands at its end.
func (f Form) caption() (left, right string) {
	if f.made != nil {
		return f.made.left, f.made.right
	}
	if f.truth.Fields["unit_name"] != "" {
		left = "填报单位(公章)："
		if f.truth.Fields["reporting_unit"] != "" {
			left += f.truth.Fields["reporting_unit"]
		}
	}
	if f.look.UnitPlace == "title" {
		right = "金额单位：" + f.look.Unit
	}
	return left, right
}

// HTML is the form as a page for print, complete with its style.
func (f Form) HTML() string {
	return fmt.Sprintf(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>%s</title><style>
@page { size: %s; margin: 18mm 15mm 16mm 15mm }
%s</style>%s</html>
`, html.EscapeString(f.truth.Title), paper(f.look), f.style("body"), f.body())
}

func paper(l Look) string {
	if l.Landscape {
		return "297mm 210mm"
	}
	return "210mm 297mm"
}

// style is the look in CSS; root selects what holds the form, and the rest is
// nested in it.
func (f Form) style(root string) string {
	l := f.look
	align := "center"
	if l.NumberRight {
		align = "right"
	}
	line := l.Ruling
	if line == "" || line == "open" || line == "gaps" {
		line = "solid"
	}
	ink := l.Ink
	if ink == "" {
		ink = "#000"
	}
	open := ""
	if l.Ruling == "open" {
		open = "table { border-left: hidden; border-right: hidden }\n"
	}
	return fmt.Sprintf(`%s { margin: 0; font: %gpt/1.35 "%s", "Noto Serif CJK SC", serif; color: #000;
h1 { font-size: 17pt; font-weight: bold; text-align: center; margin: 0 0 6pt }
.year { text-align: center; margin: 0 0 6pt }
.caption { display: flex; justify-content: space-between; margin: 0 0 3pt }
.below { margin: 3pt 0 0 }
table { border-collapse: collapse; width: 100%%; table-layout: fixed }
td { border: %gpt %s %s; padding: 1pt 3pt; text-align: center; vertical-align: middle; height: %gpt; overflow-wrap: anywhere }
tr.short { break-inside: avoid }
td:not([rowspan], .long) { break-inside: avoid }
table + table { margin-top: -%gpt }
table.page { break-before: page; margin-top: 0 }
.number { text-align: %s }
.long { text-align: justify; text-indent: 2em; padding: 3pt }
.sign { text-align: left; position: relative; height: 28pt }
.label.shade { background: #eee }
.gap { border-right-style: hidden }
svg { position: absolute; left: %d%%; top: -%dpt; width: 118pt; height: 118pt; mix-blend-mode: multiply; overflow: visible }
%s}
`, root, l.Size, l.Font, l.Border, line, ink, l.RowHeight, l.Border, align, f.sealX, f.sealY, open)
}

// body is the form without its style.
func (f Form) body() string {
	var b strings.Builder
	l := f.look
	year := fmt.Sprintf("（%d年度）", f.truth.Year)
	foot := ""
	if f.made != nil {
		year, foot = f.made.year, f.made.foot
	}
	fmt.Fprintf(&b, "<h1>%s</h1>", html.EscapeString(f.truth.Title))
	if year != "" {
		fmt.Fprintf(&b, "<p class=year>%s</p>", html.EscapeString(year))
	}
	if left, right := f.caption(); left != "" || right != "" {
		fmt.Fprintf(&b, "<div class=caption><span>%s</span><span>%s</span></div>\n", html.EscapeString(left), html.EscapeString(right))
	}
	for i, g := range f.grids() {
		class := ""
		if i > 0 && l.NewPage && f.made == nil {
			class = " class=page"
		}
		fmt.Fprintf(&b, "<table%s><colgroup>", class)
		sum := 0
		for _, w := range g.widths {
			sum += w
		}
		for _, w := range g.widths {
			fmt.Fprintf(&b, `<col style="width:%.2f%%">`, float64(w)*100/float64(sum))
		}
		b.WriteString("</colgroup>\n")
		if len(g.head) > 0 {
			b.WriteString("<thead>\n")
			f.writeRows(&b, g.head)
			b.WriteString("</thead>\n")
		}
		b.WriteString("<tbody>\n")
		f.writeRows(&b, g.body)
		b.WriteString("</tbody></table>\n")
	}
	if foot != "" {
		fmt.Fprintf(&b, "<p class=below>%s</p>\n", html.EscapeString(foot))
	}
	return b.String()
}

func (f Form) writeRows(b *strings.Builder, rows []gridRow) {
	for y, row := range rows {
		class := " class=short"
		if f.look.CutMerged || (len(row) > 1 && row[1].class == "long") {
			class = "" // a narrative may always run over the end of the page
		}
		fmt.Fprintf(b, "<tr%s>", class)
		for x, c := range row {
			class := c.class
			if f.look.Ruling == "gaps" && x < len(row)-1 && (7*y+3*x)%19 == 4 {
				class += " gap" // the line to the next cell was never drawn
			}
			if f.look.Shade && strings.HasPrefix(class, "label") {
				class += " shade"
			}
			seal := ""
			if strings.HasSuffix(class, "seal") {
				seal = sealSVG(f.truth.Fields["unit_name"] + f.truth.Fields["reporting_unit"])
			}
			fmt.Fprintf(b, `<td class="%s"%s%s>%s%s</td>`, class, span("colspan", c.cols), span("rowspan", c.rows), html.EscapeString(c.text), seal)
		}
		b.WriteString("</tr>\n")
	}
}

func span(name string, n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(" %s=%d", name, n)
}

// sealSVG draws the round seal of a unit: a ring, the name along it, a star.
func sealSVG(unit string) string {
	// The name takes two thirds of the ring, whatever its length.
	return fmt.Sprintf(`<svg viewBox="-50 -50 100 100" fill="#d8232a" stroke="none"><circle r="47.5" fill="none" stroke="#d8232a" stroke-width="2.4"/>`+
		`<path id="arc" d="M -27.6 23.1 A 36 36 0 1 1 27.6 23.1" fill="none"/><text font-family="Noto Serif CJK SC" font-weight="bold" font-size="10.5">`+
		`<textPath href="#arc" startOffset="50%%" text-anchor="middle" textLength="%d" lengthAdjust="spacing">%s</textPath></text>`+
		`<path d="M0 -14 L3.14 -4.33 L13.31 -4.33 L5.08 1.65 L8.23 11.33 L0 5.35 L-8.23 11.33 L-5.08 1.65 L-13.31 -4.33 L-3.14 -4.33 Z"/></svg>`,
		min(155, 15*len([]rune(unit))), html.EscapeString(unit))
}

package samples

import (
	"fmt"
	"strings"
)

// expand lays merged cells out over every row and column they take; their text
// stands in the first.
func expand(rows []gridRow, columns int) [][]string {
	out := make([][]string, len(rows))
	taken := make([][]bool, len(rows))
	for i := range out {
		out[i], taken[i] = make([]string, columns), make([]bool, columns)
	}
	for i, row := range rows {
		at := 0
		for _, c := range row {
			for at < columns && taken[i][at] {
				at++
			}
			if at == columns {
				break
			}
			out[i][at] = c.text
			for y := range max(1, c.rows) {
				for x := range max(1, c.cols) {
					if i+y < len(rows) && at+x < columns {
						taken[i+y][at+x] = true
					}
				}
			}
		}
	}
	return out
}

// lines are the form's tables as rows of cells.
func (f Form) lines() [][]string {
	var out [][]string
	for _, g := range f.grids() {
		out = append(out, expand(append(g.head[:len(g.head):len(g.head)], g.body...), len(g.widths))...)
	}
	return out
}

// Text writes the form as a tool that saves tables with tabs does, with the
// slips of such tools: a row that lost its leading tab, a score glued to the
// text before it, narratives still in their <p>.
func (f Form) Text() string {
	r := source(f.truth.Made.Seed, f.truth.Made.I)
	left, right := f.caption()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n(%d 年度)\n\n%s\n\n", f.truth.Title, f.truth.Year, strings.TrimSpace(left+"\t"+right))
	var leaves []int
	lines := f.lines()
	for i, cells := range lines {
		// A leaf has a weight before its text; text that ends in a figure would
		// swallow the score for good.
		n := len(cells)
		if n > 5 && cells[0] == "" && isNumber(cells[n-3]) && isNumber(cells[n-1]) && strings.HasSuffix(strings.TrimRight(cells[n-2], "%0123456789."), cells[n-2]) && cells[n-2] != "" {
			leaves = append(leaves, i)
		}
	}
	shifted, glued := -1, -1
	if f.look.Side != "" && len(leaves) > 3 {
		shifted, glued = leaves[len(leaves)/2+r.IntN(2)], leaves[len(leaves)-1]
	}
	for i, cells := range lines {
		if i == shifted {
			cells = cells[1:]
		}
		for j, c := range cells {
			if len([]rune(c)) > 40 {
				cells[j] = "<p>" + c + "</p>"
			}
		}
		text := strings.Join(cells, "\t")
		if i == glued {
			last := strings.LastIndexByte(text, '\t')
			text = text[:last] + text[last+1:]
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}

// Markdown writes the form as a tool that saves tables with bars does.
func (f Form) Markdown() string {
	left, right := f.caption()
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n（%d年度）\n\n%s %s\n\n", f.truth.Title, f.truth.Year, left, right)
	columns := 0
	for _, cells := range f.lines() {
		if len(cells) != columns {
			columns = len(cells)
			b.WriteString("\n|" + strings.Repeat("   |", columns) + "\n|" + strings.Repeat("---|", columns) + "\n")
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789.") == "" }

package parse

import (
	"regexp"
	"slices"
	"strings"

	"heji/layout"
)

// Some forms have the names of all levels in one column and number them: 1 产出指标, 1.1 数量指标,
// 1.1.1 补助企业数. The numbers say which are whose.

// leveledName is a name behind its number.
var leveledName = regexp.MustCompile(`^([0-9]{1,2}(?:[.．][0-9]{1,2}){0,2})[.．、]?\s*(\p{Han}.*)$`)

// leveled is a numbered name of a row: the row's place among the blocks, the numbers, the name.
type leveled struct {
	at     int
	number []string
	alone  bool // in its row
	name   string
	cell   cell
}

// divideNumbered gives such names a column a level, and leaves out rows that hold nothing but
// the name of a level.
func divideNumbered(blocks []block) []block {
	for i := 0; i < len(blocks); i++ {
		b := blocks[i]
		if b.row == nil || b.row.loose || !saysHeads(b.row.printed()) && !allNamed(b.row.printed()) {
			continue
		}
		k := slices.IndexFunc(b.row.cells, func(c cell) bool {
			return !c.above && strings.Contains(c.text(), "指标") && !strings.Contains(c.text(), "级")
		})
		if k < 0 || slices.ContainsFunc(b.row.cells, func(c cell) bool { return strings.Contains(c.text(), "级指标") }) {
			continue
		}
		h := b.row.cells[k]
		names := numberedBelow(h, blocks, i+1)
		if !inOrder(names) {
			continue
		}
		blocks = append(blocks[:i:i], leveledRows(h, blocks[i:], i, names)...)
	}
	return blocks
}

// numberedBelow are the numbered names that begin where the head does, down to the next title.
func numberedBelow(h cell, blocks []block, from int) []leveled {
	const hair = 0.01
	var found []leveled
	for n := from; n < len(blocks) && n < from+mostBody; n++ {
		b := blocks[n]
		if isTitle(b.whole()) || b.row != nil && b.row.loose {
			break
		}
		if b.row == nil {
			continue
		}
		for _, c := range b.row.printed() {
			if m := leveledName.FindStringSubmatch(strings.TrimSpace(c.text())); m != nil && c.left > h.left-hair && c.left < h.left+hair &&
				(sameColumn(c, h) || len(b.row.printed()) == 1) {
				number := strings.Split(strings.ReplaceAll(m[1], "．", "."), ".")
				found = append(found, leveled{at: n, number: number, alone: len(b.row.printed()) == 1, name: m[2], cell: c})
			}
		}
	}
	return found
}

// inOrder reports whether every name but those of the first level stands below the one that its
// number belongs to, and none between the first level and the deepest has figures of its own.
func inOrder(names []leveled) bool {
	if len(names) < 3 {
		return false
	}
	deepest := deepestOf(names)
	var open []string
	for _, n := range names {
		d := len(n.number)
		if d > 1 && d < deepest && !n.alone || d-1 > len(open) || !slices.Equal(open[:d-1], n.number[:d-1]) {
			return false
		}
		open = append(slices.Clone(open[:d-1]), n.number[d-1])
	}
	return deepest > 1
}

func deepestOf(names []leveled) int {
	deepest := 0
	for _, n := range names {
		deepest = max(deepest, len(n.number))
	}
	return deepest
}

// leveledRows are the blocks with a column a level in place of the head's. The blocks are those
// from the head on; first is the place of the first of them.
func leveledRows(h cell, blocks []block, first int, names []leveled) []block {
	heads := []string{"一级指标", "二级指标", "三级指标"}
	deepest := deepestOf(names)
	if deepest == 2 {
		heads = []string{"一级指标", "三级指标"}
	}
	above := make([]cell, deepest)
	var out []block
	for i, b := range blocks {
		if b.row == nil {
			out = append(out, b)
			continue
		}
		k := slices.IndexFunc(names, func(n leveled) bool { return n.at == first+i })
		if k < 0 {
			for j := 0; j < len(b.row.cells); j++ {
				if c := b.row.cells[j]; sameColumn(c, h) && c.text() == h.text() {
					b.row.cutCell(j, heads, "")
				}
			}
			out = append(out, b)
			continue
		}
		n := names[k]
		level := len(n.number) - 1
		if level < deepest-1 {
			above[level] = named(n.cell, n.name)
			for deeper := level + 1; deeper < deepest; deeper++ {
				above[deeper] = named(n.cell, "")
			}
			if len(b.row.printed()) == 1 {
				continue // it names the rows below
			}
		}
		j := slices.IndexFunc(b.row.cells, func(c cell) bool { return c.of == n.cell.of })
		parts := make([]string, deepest)
		parts[level] = n.name
		if level == deepest-1 {
			parts[level] = n.cell.text()
		}
		b.row.cutCell(j, parts, "")
		for l := range level {
			c := &b.row.cells[j+l]
			c.Reading, c.Ink, c.page, c.Box, c.Doubt, c.above = above[l].Reading, above[l].Ink, above[l].page, above[l].Box, above[l].Doubt, true
		}
		out = append(out, b)
	}
	return out
}

// named is the cell with the name for its text.
func named(c cell, name string) cell {
	c.Text, c.Others, c.Ink = name, []layout.Reading(nil), name != ""
	return c
}

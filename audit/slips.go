package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// doubtful are the figures of the group whose reading is open, by path.
func (j *judge) doubtful(group []int) []string {
	var out []string
	for _, i := range group {
		for _, w := range j.broken[i].figures() {
			if j.open(w) && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// candidates are the changes that may settle the group. Only figures whose reading
// is open are changed: never one that a person has confirmed, that two readings
// agree on or that a text layer has with nothing against it.
func (j *judge) candidates(group []int) []change {
	var out []change
	doubtful := j.doubtful(group)
	for _, w := range doubtful {
		out = append(out, readings(w, j.figures[w])...)
		out = append(out, j.misreadAlike(w)...)
	}
	pixels := len(out)
	for _, w := range doubtful {
		g := j.figures[w]
		if g.Reader != layout.ByOCR {
			continue
		}
		for _, c := range slips(*g.Value) {
			m := move{w, g.Text, c.to}
			if !slices.ContainsFunc(out[:pixels], func(o change) bool { return o.moves[0].where == w && o.moves[0].to.Cmp(c.to) == 0 }) {
				out = append(out, change{[]move{m}, c.reason, c.reasonZH, c.cost})
			}
		}
	}
	out = out[:min(len(out), pixels+mostSlips)]
	return slices.Concat(out, j.remarked(group), j.moved(group), j.minus(group))
}

// open reports whether a number was read whose reading is open.
func (j *judge) open(where string) bool {
	g := j.figures[where]
	return g != nil && g.Value != nil && !j.vouched(where)
}

// misreadAlike are the other readings of a number that the row prints twice or three times, as
// reference weight, weight and score, where the others were misread in the same way: one
// misreading that mends them together.
func (j *judge) misreadAlike(where string) []change {
	row, member, _ := strings.Cut(where, "].")
	var same []string
	for _, m := range []string{"reference_weight", "weight", "score"} {
		if w := row + "]." + m; m != member && j.open(w) && j.figures[w].Value.Cmp(*j.figures[where].Value) == 0 {
			same = append(same, w)
		}
	}
	var out []change
	for n := range same {
		for _, c := range readings(where, j.figures[where]) {
			for _, w := range same[:n+1] {
				for _, o := range readings(w, j.figures[w]) {
					if o.moves[0].to.Cmp(c.moves[0].to) == 0 {
						c.moves, c.cost = append(c.moves, o.moves[0]), max(c.cost, o.cost)
					}
				}
			}
			if len(c.moves) == n+2 {
				out = append(out, c)
			}
		}
	}
	return out
}

// minus are the minus signs of scores that may be specks: no score is below 0,
// whoever agrees on the sign.
func (j *judge) minus(group []int) []change {
	var out []change
	for _, i := range group {
		w := j.broken[i].Where
		if g := j.figures[w]; j.broken[i].Rule == "score-exceeds-weight" && g.Reader == layout.ByOCR && g.Value.Decimal().Sign() < 0 && j.vouched(w) {
			d := g.Value.Decimal()
			out = append(out, change{[]move{{w, g.Text, form.FromDecimal(d.Abs(d))}}, "a sign that is none; look at the page", "误读出负号；请核对原件", costSecond})
		}
	}
	return out
}

// readings are the other readings of the same ink.
func readings(where string, g *form.Figure) []change {
	var out []change
	for i, alternative := range g.Alternatives {
		v, ok := plainNumber(alternative.Text)
		if i >= mostAlternatives || !ok || v.Cmp(*g.Value) == 0 || slices.ContainsFunc(out, func(c change) bool { return c.moves[0].to.Cmp(v) == 0 }) {
			continue
		}
		c := change{[]move{{where, g.Text, v}}, strings.TrimRight("another reading of the same ink: "+alternative.By, ": "),
			strings.TrimRight("同一处墨迹的另一读数："+alternative.By, ":"), costReading}
		if strings.HasSuffix(alternative.By, layout.SecondThought) {
			c.cost = costSecond
		}
		out = append(out, c)
	}
	return out
}

// moved are cells that changed places: two neighbours of a row, or all of a row
// that moved by a column when its first cell was lost. Only readers that put cells
// in order by themselves lose them so.
func (j *judge) moved(group []int) []change {
	var out []change
	seen := map[string]bool{}
	for _, i := range group {
		for _, w := range j.broken[i].figures() {
			row, _, ok := strings.Cut(w, ".")
			if !ok || !strings.HasPrefix(row, "indicators[") || seen[row] {
				continue
			}
			seen[row] = true
			var cells []string
			open := true // a cell that two readers agree on stands where they saw it
			for _, member := range []string{"reference_weight", "weight", "score"} {
				w := row + "." + member
				g := j.figures[w]
				if g == nil || confirmed(g) || g.Value == nil && g.State != form.Blank {
					continue
				}
				cells = append(cells, w)
				open = open && (g.Value == nil || !j.vouched(w) || g.Reader == layout.ByTranscript)
			}
			if open {
				out = append(out, j.swaps(cells)...)
				out = append(out, j.shift(cells)...)
			}
		}
	}
	return out
}

func (j *judge) swaps(cells []string) []change {
	var out []change
	for k := 1; k < len(cells); k++ {
		a, b := j.figures[cells[k-1]], j.figures[cells[k]]
		if a.Value != nil && b.Value != nil && a.Value.Cmp(*b.Value) != 0 {
			out = append(out, change{[]move{{cells[k-1], a.Text, *b.Value}, {cells[k], b.Text, *a.Value}},
				"two cells of the row changed places; look at the page", "同一行两格互换；请核对原件", costCells})
		}
	}
	return out
}

// shift moves the weight and the score back by a column, the first of three cells
// having been lost.
func (j *judge) shift(cells []string) []change {
	if len(cells) < 3 {
		return nil
	}
	a, b, last := j.figures[cells[0]], j.figures[cells[1]], j.figures[cells[2]]
	if a.Value == nil || b.Value == nil {
		return nil
	}
	return []change{{[]move{{cells[1], b.Text, *a.Value}, {cells[2], last.Text, *b.Value}},
		"the row moved by a column; look at the page", "整行错位一列；请核对原件", costCells}}
}

// confirmed reports whether a person has looked at the figure.
func confirmed(g *form.Figure) bool { return g.Reader == layout.ByPerson }

// Digits that look alike when print is poor, both ways.
var alike = map[byte]string{'0': "689", '1': "47", '2': "7", '3': "589", '4': "19", '5': "3689", '6': "058", '7': "12", '8': "03569", '9': "03458"}

// slip is a value that a number may have been before it was misread.
type slip struct {
	to               form.Amount
	reason, reasonZH string
	cost             int
}

// slips are the values that a number may have been before it was misread, the
// likeliest first.
func slips(v form.Amount) []slip {
	var out []slip
	add := func(s, reason, reasonZH string, cost int) {
		a, err := form.NewAmount(s)
		if err == nil && a.Cmp(v) != 0 && !slices.ContainsFunc(out, func(o slip) bool { return o.to.Cmp(a) == 0 }) {
			out = append(out, slip{a, reason + "; look at the page", reasonZH + "；请核对原件", cost})
		}
	}
	s := v.String()
	for i := range len(s) {
		for _, d := range []byte(alike[s[i]]) {
			add(s[:i]+string(d)+s[i+1:], fmt.Sprintf("%c and %c look alike", s[i], d), fmt.Sprintf("%c 与 %c 形近", s[i], d), costDigit)
		}
	}
	whole, decimals, point := strings.Cut(s, ".")
	bare := strings.TrimPrefix(whole, "-")
	if len(bare) > 1 {
		add(strings.TrimPrefix(s, bare[:1]), "a first digit that is none", "首位多读一位", costDigit)
	}
	if !strings.HasPrefix(s, "-") && bare != "0" {
		add("1"+s, "a lost first digit", "首位漏读 1", costDigit)
	}
	if point {
		add(whole+decimals, "a decimal mark that is none", "误读出小数点", costMark)
	} else {
		for i := 1; i < len(s); i++ {
			if s[i-1] != '-' {
				add(s[:i]+"."+s[i:], "a lost decimal mark", "漏读小数点", costMark)
			}
		}
	}
	if strings.HasPrefix(s, "-") {
		add(s[1:], "a sign that is none", "误读出负号", costMark)
	} else {
		add("-"+s, "a lost sign", "漏读负号", costMark)
	}
	for _, u := range []struct {
		shift            int32
		reason, reasonZH string
	}{{4, "万元 read as 元", "万元误作元"}, {-4, "元 read as 万元", "元误作万元"}} {
		d := v.Decimal()
		d.Exponent += u.shift
		out = append(out, slip{form.FromDecimal(d), u.reason + "; look at the unit", u.reasonZH + "；请核对单位", costUnit})
	}
	slices.SortStableFunc(out, func(a, b slip) int { return cmp.Or(cmp.Compare(a.cost, b.cost), a.to.Cmp(b.to)) })
	return out
}

// plainNumber reads an alternative: digits with grouping, and nothing else.
func plainNumber(s string) (form.Amount, bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ',' {
			return -1
		}
		return r
	}, width.Fold.String(s))
	s = strings.TrimRight(s, "%分")
	if s == "" || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") {
		return form.Amount{}, false
	}
	a, err := form.NewAmount(s)
	return a, err == nil
}

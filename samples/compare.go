package samples

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"heji/form"
)

// Tally is how well a record tells what is printed on a form.
type Tally struct {
	Numbers        int // figures of the truth: amounts, weights, scores, totals, telephone numbers
	Right          int // of them, read as printed
	Flagged        int // wrong or unread, and named in a problem or a discrepancy, or the document was refused
	Unflagged      int // wrong or unread, and nobody is told; those of a lost row, unless a line is said to be missing
	Texts          int // names, titles, grades
	TextsRight     int
	Characters     int // of narratives
	CharacterEdits int // insertions, deletions and substitutions that mend the narratives
	Planted        int // rules that the form breaks, consequences left out
	Found          int // of them, reported with the printed figure
	False          int // reported as the form's or as undecided, and not so
	Problems       int // figures and names flagged, right or wrong
}

// Add sums two tallies.
func (t Tally) Add(o Tally) Tally {
	t.Numbers += o.Numbers
	t.Right += o.Right
	t.Flagged += o.Flagged
	t.Unflagged += o.Unflagged
	t.Texts += o.Texts
	t.TextsRight += o.TextsRight
	t.Characters += o.Characters
	t.CharacterEdits += o.CharacterEdits
	t.Planted += o.Planted
	t.Found += o.Found
	t.False += o.False
	t.Problems += o.Problems
	return t
}

// CompareAnnex holds the records of a document against its forms, in printed
// order. A record too many is a note, and so are pages that are not the form's.
func CompareAnnex(truth AnnexTruth, records []form.Record) (Tally, []string) {
	var sum Tally
	var notes []string
	if len(records) != len(truth.Forms) {
		notes = append(notes, fmt.Sprintf("%d forms were read, want %d", len(records), len(truth.Forms)))
	}
	for i, t := range truth.Forms {
		var record form.Record
		if i < len(records) {
			record = records[i]
		}
		tally, differences := Compare(t, record)
		if record.Form != nil && t.Pages != nil && !slices.Equal(record.Form.Pages, t.Pages) {
			differences = append(differences, fmt.Sprintf("on pages %v, want %v", record.Form.Pages, t.Pages))
		}
		for _, d := range differences {
			if len(truth.Forms) > 1 {
				d = fmt.Sprintf("form %d: %s", i+1, d)
			}
			notes = append(notes, d)
		}
		sum = sum.Add(tally)
	}
	return sum, notes
}

// Compare holds a record against the truth. The second result names every
// difference, one a line. White space does not count.
func Compare(truth Truth, record form.Record) (Tally, []string) {
	c := comparison{flagged: map[string]bool{}}
	f := record.Form
	if f == nil {
		f = &form.Form{}
		c.refused = true
		c.note("no form was read: %v", record.Err)
	}
	for _, p := range f.Problems {
		c.flagged[p.Where] = true
	}
	for _, d := range record.Discrepancies {
		c.flagged[d.Where] = true
		for _, o := range d.From {
			c.flagged[o.Where] = true
		}
	}
	if c.flagged["indicators[]"] {
		c.lost = lostColumns(f)
	}
	c.tally.Problems = len(f.Problems)
	c.head(truth, f)
	c.funds(truth, f)
	c.indicators(truth, f)
	c.evaluators(truth, f)
	if !truth.Unchecked {
		c.discrepancies(truth, f, record.Discrepancies)
	}
	return c.tally, c.notes
}

// lostColumns are the members of indicator rows that not one row has.
func lostColumns(f *form.Form) map[string]bool {
	lost := map[string]bool{"reference_weight": true, "weight": true, "score": true, "target": true, "actual": true}
	for _, row := range f.Indicators {
		for member, figure := range map[string]*form.Figure{
			"reference_weight": row.ReferenceWeight, "weight": row.Weight, "score": row.Score, "target": row.Target, "actual": row.Actual,
		} {
			if printed(figure) != "" {
				lost[member] = false
			}
		}
	}
	return lost
}

type comparison struct {
	tally   Tally
	notes   []string
	flagged map[string]bool
	lost    map[string]bool // members that no indicator row has, where a column is said to be missing from the rows
	refused bool            // the whole document was, and says so
}

func (c *comparison) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

func (c *comparison) number(where, want, got string) {
	c.tally.Numbers++
	switch {
	case sameSigns.Replace(bare(want)) == sameSigns.Replace(bare(got)):
		c.tally.Right++
		return
	case c.flagged[where] || c.refused || c.lost[where[strings.LastIndex(where, ".")+1:]] && strings.HasPrefix(where, "indicators["):
		c.tally.Flagged++
	default:
		c.tally.Unflagged++
	}
	c.note("%s is %q, read as %q (flagged: %t)", where, want, got, c.flagged[where])
}

// sameSigns are the shapes of comparators that mean the same: the record has one word for
// ≧ and ≥, and typefaces give one code either shape.
var sameSigns = strings.NewReplacer("≧", "≥", "⩾", "≥", "≦", "≤", "⩽", "≤", "═", "=", "＝", "=")

func (c *comparison) text(where, want, got string) {
	c.tally.Texts++
	if bare(want) == bare(got) {
		c.tally.TextsRight++
		return
	}
	c.note("%s is %q, read as %q", where, short(want), short(got))
}

func (c *comparison) narrative(where, want, got string) {
	w, g := []rune(bare(want)), []rune(bare(got))
	c.tally.Characters += len(w)
	if n := edits(w, g); n > 0 {
		c.tally.CharacterEdits += n
		c.note("%s: %d of %d characters differ", where, n, len(w))
	}
}

var (
	figureText = regexp.MustCompile(`^[-(△]?[0-9][0-9,.]*[%)]?(?:万元|元)?$`)
	narratives = []string{"functions", "staffing", "execution_note", "analysis", "other", "expected_goal", "actual_outcome"}
)

func (c *comparison) head(truth Truth, f *form.Form) {
	c.text("form.kind", string(truth.Kind), string(f.Kind))
	c.text("form.title", truth.Title, f.Title)
	c.text("form.year", fmt.Sprint(truth.Year), fmt.Sprint(f.Year))
	c.text("form.unit", truth.Unit, f.Unit)
	for _, key := range sortedKeys(truth.Fields) {
		want, got, where := truth.Fields[key], "", "fields."+key
		if g := f.Field(key); g != nil {
			got = g.Text
		}
		switch {
		case slices.Contains(narratives, key):
			c.narrative(where, want, got)
		case figureText.MatchString(want):
			c.number(where, want, got)
		default:
			c.text(where, want, got)
		}
	}
	for _, name := range sortedKeys(truth.Other) {
		if want := truth.Other[name]; want != "" {
			c.text("other_fields "+name, want, labelledText(f.OtherFields, name))
		}
	}
	if truth.Total.Weight != "" {
		c.number("total.weight", truth.Total.Weight, printed(f.Total.Weight))
	}
	if truth.Total.Score != "" {
		c.number("total.score", truth.Total.Score, printed(f.Total.Score))
	}
	if truth.Grade != "" {
		want := truth.Grade
		if truth.GradeText != "" {
			want = truth.GradeText
		}
		c.text("grade", want, printed(f.Grade))
	}
}

// figure compares a printed thing that the truth has, as a number where it has
// digits.
func (c *comparison) figure(where, want string, got *form.Figure) {
	switch {
	case want == "":
	case strings.ContainsFunc(want, unicode.IsDigit):
		c.number(where, want, printed(got))
	default:
		c.text(where, want, printed(got))
	}
}

// funds compares the rows of the funds table. A cell that is empty must be read
// as empty: an amount there would belong to another row.
func (c *comparison) funds(truth Truth, f *form.Form) {
	if len(f.Funds) != len(truth.Funds) {
		c.note("%d rows of funds, want %d", len(f.Funds), len(truth.Funds))
	}
	for i, want := range truth.Funds {
		var got form.Fund
		if i < len(f.Funds) {
			got = f.Funds[i]
		}
		where := func(member string) string { return fmt.Sprintf("funds[%d].%s", i, member) }
		c.text(where("source"), want.Source, got.Source)
		c.text(where("label"), want.Label, got.Label)
		for _, n := range []struct {
			member, want string
			got          *form.Figure
		}{{"initial", want.Initial, got.Initial}, {"budget", want.Budget, got.Budget}, {"executed", want.Executed, got.Executed},
			{"weight", want.Weight, got.Weight}, {"rate", want.Rate, got.Rate}, {"score", want.Score, got.Score}} {
			if n.want == "" && printed(n.got) != "" {
				c.number(where(n.member), "", printed(n.got))
			}
			c.figure(where(n.member), n.want, n.got)
		}
	}
}

func (c *comparison) indicators(truth Truth, f *form.Form) {
	if len(f.Indicators) != len(truth.Indicators) {
		c.note("%d indicator rows, want %d", len(f.Indicators), len(truth.Indicators))
	}
	doubted := linesInDoubt(f)
	rows := matchRows(truth.Indicators, f.Indicators)
	for i, want := range truth.Indicators {
		var got form.Indicator
		if rows[i] >= 0 {
			got = f.Indicators[rows[i]]
		}
		where := func(member string) string {
			path := c.where(i, rows[i], member)
			if rows[i] < 0 && doubted {
				c.flagged[path] = true
			}
			return path
		}
		c.text(where("kind"), string(want.Kind), string(got.Kind))
		c.text(where("level1"), want.Level1, got.Level1)
		c.text(where("level2"), want.Level2, got.Level2)
		c.text(where("level3"), want.Level3, got.Level3)
		if want.Analysis != "" {
			c.text(where("analysis"), want.Analysis, printed(got.Analysis))
		}
		if want.Note != "" {
			c.text(where("note"), want.Note, printed(got.Note))
		}
		if want.Nature != "" {
			c.text(where("nature"), want.Nature, got.Nature)
		}
		if want.Core != "" {
			c.text(where("core"), want.Core, got.Core)
		}
		c.figure(where("target"), want.Target, got.Target)
		c.figure(where("adjusted_target"), want.AdjustedTarget, got.AdjustedTarget)
		c.figure(where("actual"), want.Actual, got.Actual)
		c.figure(where("coefficient"), want.Coefficient, got.Coefficient)
		c.figure(where("review_score"), want.ReviewScore, got.ReviewScore)
		if want.Unit != "" && got.Target != nil {
			c.text(where("target.unit"), want.Unit, got.Target.Unit)
		}
		for _, n := range []struct {
			member, want string
			got          *form.Figure
		}{{"reference_weight", want.ReferenceWeight, got.ReferenceWeight}, {"weight", want.Weight, got.Weight}, {"score", want.Score, got.Score}} {
			if n.want != "" {
				c.number(where(n.member), n.want, printed(n.got))
			}
		}
	}
}

func (c *comparison) evaluators(truth Truth, f *form.Form) {
	for i, want := range truth.Evaluators {
		var got form.Evaluator
		if i < len(f.Evaluators) {
			got = f.Evaluators[i]
		}
		where := fmt.Sprintf("evaluators[%d].", i)
		c.text(where+"name", want.Name, got.Name)
		c.text(where+"title", want.Title, got.Title)
		c.text(where+"department", want.Department, got.Department)
		if want.Phone != "" {
			if i >= len(f.Evaluators) && c.flagged["evaluators[]"] {
				c.flagged[where+"phone"] = true
			}
			c.number(where+"phone", want.Phone, got.Phone)
		}
	}
}

// discrepancies matches reports with what is so, by rule, printed figure and row.
func (c *comparison) discrepancies(truth Truth, f *form.Form, reported []form.Discrepancy) {
	used := make([]bool, len(reported))
	for _, want := range truth.Discrepancies {
		found := -1
		for i, got := range reported {
			if !used[i] && got.Rule == want.Rule && SameValue(got.Printed, want.Printed) && InRow(want.Row, got.Where, f) {
				found = i
				break
			}
		}
		if found >= 0 {
			used[found] = true
		}
		if want.Consequence {
			continue
		}
		c.tally.Planted++
		if found < 0 {
			c.note("not reported: %s %s, printed %s, computed %s", want.Rule, want.Row, want.Printed, want.Computed)
			continue
		}
		c.tally.Found++
	}
	for i, got := range reported {
		if !used[i] && got.Verdict != form.Misread {
			c.tally.False++
			c.note("reported and not so: %s at %s, printed %s, computed %s (%s)", got.Rule, got.Where, got.Printed, got.Computed, got.Verdict)
		}
	}
}

// InRow reports whether the path is in an indicator row of the name; any path
// will do where the truth names none.
func InRow(name, where string, f *form.Form) bool {
	if name == "" {
		return true
	}
	var i int
	if _, err := fmt.Sscanf(where, "indicators[%d].", &i); err != nil || i >= len(f.Indicators) {
		return false
	}
	row := f.Indicators[i]
	return slices.Contains([]string{bare(row.Level1), bare(row.Level2), bare(row.Level3)}, bare(name))
}

// SameValue compares figures without grouping and without zeros at the end.
func SameValue(a, b string) bool { return plainValue(a) == plainValue(b) }

func plainValue(s string) string {
	s = strings.Trim(strings.ReplaceAll(bare(s), ",", ""), "%")
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// labelledText is what stands beside the label.
func labelledText(figures []form.Figure, label string) string {
	for _, g := range figures {
		if bare(g.Label) == bare(label) {
			return g.Text
		}
	}
	return ""
}

func printed(f *form.Figure) string {
	if f == nil {
		return ""
	}
	return f.Text
}

// bare is text without white space.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// edits is the edit distance between two texts, in characters (Wagner and
// Fischer, 1974).
func edits(a, b []rune) int {
	line := make([]int, len(b)+1)
	for j := range line {
		line[j] = j
	}
	for i, r := range a {
		diagonal := line[0]
		line[0] = i + 1
		for j, q := range b {
			cost := diagonal
			if r != q {
				cost++
			}
			diagonal = line[j+1]
			line[j+1] = min(cost, line[j]+1, line[j+1]+1)
		}
	}
	return line[len(b)]
}

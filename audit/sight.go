package audit

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// A number in running text has no cell of its own that two readers could agree on: of
// a paragraph they agree on some words. It is proven when another reading of the same
// text has it too, and a digit that one reader alone saw accuses nobody: where a number
// that is read like it would be right, the rule is silent and says why.

var numberToken = regexp.MustCompile(`[0-9][0-9,]*(?:\.[0-9]+)?`)

// proven reports whether a number in running text was seen by two readers, or the
// text is trusted.
func proven(f *form.Figure, number string) bool {
	return trusted(f) || slices.ContainsFunc(f.Alternatives, func(a layout.Reading) bool { return slices.Contains(numbersIn(a.Text), plain(number)) })
}

// readAs reports whether another reading of a running text has the needed number where this
// one has the other.
func readAs(f *form.Figure, number string, needed form.Amount) bool {
	count := func(text string, same func(form.Amount) bool) (n int) {
		for _, s := range numbersIn(text) {
			if v, err := form.NewAmount(s); err == nil && same(v) {
				n++
			}
		}
		return n
	}
	printed, err := form.NewAmount(plain(number))
	isPrinted := func(v form.Amount) bool { return v.Cmp(printed) == 0 }
	isNeeded := func(v form.Amount) bool { return v.Cmp(needed) == 0 }
	return err == nil && !trusted(f) && slices.ContainsFunc(f.Alternatives, func(a layout.Reading) bool {
		return count(a.Text, isNeeded) > count(f.Text, isNeeded) && count(a.Text, isPrinted) < count(f.Text, isPrinted)
	})
}

// named reports whether the words before a number were seen by two readers.
func named(f *form.Figure, label string) bool {
	const enough = 6 // runes next to the number
	r := []rune(label)
	tail := string(r[max(0, len(r)-enough):])
	return trusted(f) || slices.ContainsFunc(f.Alternatives, func(a layout.Reading) bool { return strings.Contains(layout.Squeeze(a.Text), tail) })
}

func trusted(f *form.Figure) bool {
	return f.Reader == layout.ByPerson || f.Doubt == "" && (f.Reader != layout.ByOCR || f.Agreed > 0)
}

func plain(number string) string { return strings.ReplaceAll(number, ",", "") }

// numbersIn are the numbers in a text without grouping.
func numbersIn(text string) []string {
	var out []string
	for _, n := range numberToken.FindAllString(layout.Squeeze(width.Fold.String(text)), -1) {
		out = append(out, plain(n))
	}
	return out
}

// likeness is how many digits and marks of a long number may be misread at once.
const likeness = 2

// mistakable reports whether one number may be a misreading of another: a digit or a mark
// is another, missing or one too many; two in a number of six digits or more.
func mistakable(a, b form.Amount) bool {
	s, t := a.String(), b.String()
	most := 1
	if min(len(s), len(t)) > 6 {
		most = likeness
	}
	return distance(s, t) <= most
}

// distance is the number of characters to change, add or drop (Wagner and Fischer,
// 1974).
func distance(a, b string) int {
	line := make([]int, len(b)+1)
	for j := range line {
		line[j] = j
	}
	for i := range len(a) {
		diagonal := line[0]
		line[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = line[j+1]
			line[j+1] = min(cost, line[j]+1, line[j+1]+1)
		}
	}
	return line[len(b)]
}

// unprove makes a broken identity over running text one that cannot be checked: only
// one reader saw the number, or others saw another, and one that is like it would keep
// the rule.
func (id *Identity) unprove(number string) {
	id.State, id.unproven = Unchecked, true
	id.Why = "not all readers saw " + number + ", and a number that is read like it would be right; look at the page"
	id.WhyZH = "并非各读数都见到 " + number + "，而与之形近的数即可成立；请核对原件"
}

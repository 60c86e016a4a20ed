package review

import "slices"

// part is a run of a reading. In two seconds nobody finds the one character by which
// two readings of a long sentence differ, so it is marked, and what they have in
// common is left out but for a few characters around the mark.
type part struct {
	Text    string
	Differs bool
}

// Lengths in characters.
const (
	mostMarked = 1500 // of a reading; longer ones are shown as they are
	around     = 9    // of what is shown beside a mark
)

// markChoices marks in each reading what the first one has not, and in the first what
// any other has not.
func markChoices(choices []choice) {
	if len(choices) == 0 {
		return
	}
	first := []rune(choices[0].Text)
	inFirst := make([]bool, len(first))
	for i := range choices[1:] {
		c := &choices[i+1]
		other := []rune(c.Text)
		a, b := differing(first, other)
		for k := range a {
			inFirst[k] = inFirst[k] || a[k]
		}
		c.Parts = parts(other, b)
	}
	choices[0].Parts = parts(first, inFirst)
}

// differing says of the characters of two texts which are not in their longest common
// subsequence.
func differing(a, b []rune) (inA, inB []bool) {
	inA, inB = make([]bool, len(a)), make([]bool, len(b))
	if len(a) > mostMarked || len(b) > mostMarked {
		return inA, inB
	}
	// longest[i][j] is that of a[i:] and b[j:].
	longest := make([][]int16, len(a)+1)
	for i := range longest {
		longest[i] = make([]int16, len(b)+1)
	}
	for i, x := range slices.Backward(a) {
		for j, y := range slices.Backward(b) {
			if x == y {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			inA[i] = true
			i++
		default:
			inB[j] = true
			j++
		}
	}
	for ; i < len(a); i++ {
		inA[i] = true
	}
	for ; j < len(b); j++ {
		inB[j] = true
	}
	return inA, inB
}

// parts cuts a text into runs that differ and runs that do not. Where something
// differs, a long run that does not is shortened.
func parts(text []rune, differs []bool) []part {
	marked := slices.Contains(differs, true)
	var out []part
	for from := 0; from < len(text); {
		to := from + 1
		for to < len(text) && differs[to] == differs[from] {
			to++
		}
		run := text[from:to]
		if !differs[from] && marked {
			run = shortened(run, from > 0, to < len(text))
		}
		out = append(out, part{string(run), differs[from]})
		from = to
	}
	return out
}

// shortened leaves of a run what is beside the marks before and after it.
func shortened(run []rune, before, after bool) []rune {
	head, tail := 0, 0
	if before {
		head = around
	}
	if after {
		tail = around
	}
	if len(run) <= head+tail+around {
		return run
	}
	return slices.Concat(run[:head], []rune("…"), run[len(run)-tail:])
}

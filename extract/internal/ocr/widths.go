package ocr

import (
	"slices"
	"strings"

	"heji/extract/internal/ocr/lstm"
)

// A mark set wide takes the room of a Han character, one set narrow less than half of
// it. Tesseract's data know most wide marks as narrow ones; where its neighbours stand
// tells which it is. As shares of the way from one Han character to the next:
const (
	wideMark    = 1.5 // from the character before a wide mark to the one after it, at least
	widestStep  = 12  // along the line, from one Han character to the next
	closestStep = 7
	usualStep   = 9 // and at least, where there are few of them
	fewSteps    = 3
)

// narrowOf and wideOf are the two widths of the marks that forms set in both.
var (
	narrowOf = strings.NewReplacer("（", "(", "）", ")", "：", ":", "；", ";")
	wideOf   = strings.NewReplacer("(", "（", ")", "）", ":", "：", ";", "；")
)

// widths is text with its brackets, colons and semicolons as wide as they are printed.
// Symbols are those of the line, of this or another reading of it. A mark that has no
// neighbours to measure by stays as it was read, a bracket as its partner.
func widths(text string, symbols []lstm.Symbol) string {
	symbols = slices.DeleteFunc(slices.Clone(symbols), func(s lstm.Symbol) bool { return strings.TrimSpace(s.Char) == "" })
	pitch := pitchOf(symbols)
	if pitch == 0 {
		return text
	}
	var kinds []rune
	var ways []float64 // 0: not known
	var open []int
	chars := make([]string, len(symbols))
	for i, s := range symbols {
		chars[i] = s.Char
	}
	for i, char := range rounded(chars) {
		kind := markKind(char)
		if kind == 0 {
			continue
		}
		way := 0.0
		if i > 0 && i+1 < len(symbols) {
			before, after := symbols[i-1], symbols[i+1]
			if isHan(before.Char) && (isHan(after.Char) || kind == '(') || kind == ')' && isHan(after.Char) {
				way = float64(after.Step-before.Step) / pitch
			}
		}
		kinds, ways = append(kinds, kind), append(ways, way)
		n := len(kinds) - 1
		switch {
		case kind == '(':
			open = append(open, n)
		case kind == ')' && len(open) > 0:
			o := open[len(open)-1]
			open = open[:len(open)-1]
			switch {
			case ways[o] == 0:
				ways[o] = ways[n]
			case ways[n] == 0:
				ways[n] = ways[o]
			default:
				mean := (ways[o] + ways[n]) / 2
				ways[o], ways[n] = mean, mean
			}
		}
	}
	var b strings.Builder
	n := 0
	for _, char := range rounded(strings.Split(text, "")) {
		kind := markKind(char)
		if kind == 0 {
			b.WriteString(char)
			continue
		}
		if n == len(kinds) || kinds[n] != kind {
			return text // marks that were not measured
		}
		switch {
		case ways[n] == 0:
			b.WriteString(char)
		case ways[n] >= wideMark:
			b.WriteString(wideOf.Replace(string(kind)))
		default:
			b.WriteRune(kind)
		}
		n++
	}
	if n != len(kinds) {
		return text
	}
	return b.String()
}

// pitchOf is how far it is along the line from a Han character to the next; 0 where
// there are no two.
func pitchOf(symbols []lstm.Symbol) float64 {
	var steps []int
	for i := 1; i < len(symbols); i++ {
		if d := symbols[i].Step - symbols[i-1].Step; isHan(symbols[i-1].Char) && isHan(symbols[i].Char) && d >= closestStep && d <= widestStep {
			steps = append(steps, d)
		}
	}
	if len(steps) == 0 {
		return 0
	}
	slices.Sort(steps)
	middle := float64(steps[(len(steps)-1)/2]+steps[len(steps)/2]) / 2
	if len(steps) < fewSteps {
		return max(middle, usualStep)
	}
	return middle
}

// rounded are the characters with a round bracket for one of another kind that a round
// one closes: a wide bracket misread.
func rounded(chars []string) []string {
	chars = slices.Clone(chars)
	open := -1
	for i, c := range chars {
		switch c {
		case "〈", "《", "【":
			open = i
		case "(", "（", "〉", "》", "】":
			open = -1
		case ")", "）":
			if open >= 0 {
				chars[open] = "("
			}
			open = -1
		}
	}
	return chars
}

// markKind is the narrow form of a mark that is set in both widths; 0 for any other.
func markKind(char string) rune {
	switch narrow := narrowOf.Replace(char); narrow {
	case "(", ")", ":", ";":
		return rune(narrow[0])
	}
	return 0
}

package ocr

import (
	_ "embed"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"heji/extract/internal/ocr/lstm"
)

// vocabulary.txt holds what forms say in the same words, one a line: labels, heads,
// standard indicators, grades, sources. It can be added to.
//
//go:embed vocabulary.txt
var vocabulary string

// confusions.txt holds characters that are taken for each other, a line each group.
//
//go:embed confusions.txt
var confusions string

// lexicon is a set of words of two characters or more, for choosing between texts that
// a line may say: 固定资产利用率, and not 国定资产利用率.
type lexicon struct {
	words   map[string]bool
	longest int               // in characters
	labels  map[int][]string  // those of vocabulary.txt that are long enough to be told by most of their characters, by length
	quoted  map[string]string // labels with quotes in them, by their characters without
	alike   map[[2]rune]bool

	likeness map[rune][]rune // the same by character
}

// The shortest label of which a character may be wrong.
const shortestLabel = 4

// newLexicon is a lexicon of the vocabulary and of other words.
func newLexicon(vocabulary, confusions string, others []string) lexicon {
	x := lexicon{words: map[string]bool{}, labels: map[int][]string{}, quoted: map[string]string{}, alike: map[[2]rune]bool{}, likeness: map[rune][]rune{}}
	for _, w := range append(entries(vocabulary), others...) {
		if n := utf8.RuneCountInString(w); n > 1 {
			x.words[w] = true
			x.longest = max(x.longest, n)
		}
	}
	for _, w := range entries(vocabulary) {
		bare := quotes.Replace(w)
		if bare != w {
			x.quoted[bare] = w
		}
		if n := utf8.RuneCountInString(bare); n >= shortestLabel {
			x.labels[n] = append(x.labels[n], bare)
		}
	}
	for _, group := range entries(confusions) {
		for _, a := range group {
			for _, b := range group {
				x.alike[[2]rune{a, b}] = true
				if a != b {
					x.likeness[a] = append(x.likeness[a], b)
				}
			}
		}
	}
	return x
}

// entries are the lines of a list without its remarks.
func entries(list string) []string {
	return slices.DeleteFunc(strings.Fields(remark.ReplaceAllString(list, "")), func(l string) bool { return l == "" })
}

var remark = regexp.MustCompile(`(?m)^#.*$`)

// quotes are what a quotation mark may be read as; none is no loss.
var quotes = strings.NewReplacer("“", "", "”", "", "‘", "", "’", "", "\"", "", "'", "", "「", "", "」", "")

// label is the label that the text begins with but for a character, or two of a long
// one, that look like what was read, with the rest of the text. A text that begins with
// a word of the lexicon as long as that is left as it is, and so is one that may be two labels.
// Quotes are set as the label has them, where any were read.
func (x lexicon) label(text string) (string, bool) {
	if bare := quotes.Replace(text); bare != text {
		return x.inQuotes(text, bare)
	}
	head := []rune(text)
	if n := slices.IndexFunc(head, func(r rune) bool { return !unicode.Is(unicode.Han, r) }); n >= 0 {
		head = head[:n]
	}
	if x.words[string(head)] {
		return "", false
	}
	found := ""
	for _, l := range x.labels[len(head)] {
		wrong, i := 0, 0
		for _, r := range l {
			if r != head[i] {
				wrong++
				if !x.alike[[2]rune{r, head[i]}] {
					wrong = len(head)
				}
			}
			i++
		}
		if wrong > 1+len(head)/8 {
			continue
		}
		if found != "" {
			return "", false
		}
		found = l
	}
	if found == "" || found == string(head) {
		return "", false
	}
	return found + strings.TrimPrefix(text, string(head)), true
}

// inQuotes is the label with quotes that the text is, which without any says bare.
func (x lexicon) inQuotes(text, bare string) (string, bool) {
	if mended, ok := x.label(bare); ok {
		bare = mended
	}
	label := x.quoted[bare]
	if label == text {
		return "", false
	}
	return label, label != ""
}

// joined is how many pairs of neighbouring characters of the text stand in one word, at
// most, when it is cut into words.
func (x lexicon) joined(text string) int {
	runes := []rune(text)
	most := make([]int, len(runes)+1)
	for end := 1; end <= len(runes); end++ {
		most[end] = most[end-1]
		for start := max(0, end-x.longest); start+1 < end; start++ {
			if n := most[start] + end - start - 1; n > most[end] && x.words[string(runes[start:end])] {
				most[end] = n
			}
		}
	}
	return most[len(runes)]
}

// A pair of characters that stand in one word speaks for a text as much as this many
// times the belief, as a logarithm.
const pairWorth = 1.5

// prefer makes the text of a reading the likeliest of those that the line may say by
// the belief in them and by their words. The figures in it stay as they were read.
func (x lexicon) prefer(r lstm.Reading) lstm.Reading {
	if !strings.ContainsFunc(r.Text, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		return r
	}
	worth := func(text string, belief float64) float64 {
		return math.Log(max(belief, 1e-9)) + pairWorth*float64(x.joined(text))
	}
	best, at := worth(r.Text, r.Confidence), -1
	for i, o := range r.Others {
		if o.Confidence < likely || figures(tidy(o.Text)) != figures(tidy(r.Text)) {
			continue
		}
		if w := worth(o.Text, o.Confidence); w > best {
			best, at = w, i
		}
	}
	if at >= 0 {
		r.Others[at], r.Text, r.Confidence = lstm.Other{Text: r.Text, Confidence: r.Confidence}, r.Others[at].Text, r.Others[at].Confidence
	}
	return x.spelt(r)
}

// unsure is the belief in a character below which one that looks like it and makes a
// word with its neighbours is taken for it: 问卷 was read as 间卷.
const unsure = 0.9

// spelt is a reading with such a character put right, where there is one.
func (x lexicon) spelt(r lstm.Reading) lstm.Reading {
	chars := make([]string, len(r.Symbols))
	for i, s := range r.Symbols {
		chars[i] = s.Char
	}
	if strings.Join(chars, "") != r.Text {
		return r
	}
	most, text := x.joined(r.Text), r.Text
	for i, s := range r.Symbols {
		if s.Share >= unsure || !isHan(s.Char) {
			continue
		}
		was, _ := utf8.DecodeRuneInString(s.Char)
		for _, now := range x.likeness[was] {
			chars[i] = string(now)
			if t := strings.Join(chars, ""); x.joined(t) > most {
				most, text = x.joined(t), t
			}
		}
		chars[i] = s.Char
	}
	r.Text = text
	return r
}

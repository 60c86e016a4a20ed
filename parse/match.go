package parse

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"heji/layout"
)

var (
	// An aside in a label: (万元), （公章）, 〔2021〕.
	aside = regexp.MustCompile(`[(\[{〔【<〈〖「][^)\]}〕】>〉〗」]*[)\]}〕】>〉〗」]?`)
	year  = regexp.MustCompile(`20[0-9]{2}`)
)

// clean is a label without what varies from form to form: widths, white space,
// its number in a list, asides in brackets, quotation marks, colons and separators.
func clean(label string) string {
	s := aside.ReplaceAllString(width.Fold.String(numbered.ReplaceAllString(label, "$1")), "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return -1
		}
		return r
	}, s)
	// The unit of an aside whose bracket was misread.
	for _, unit := range []string{"万元", "亿元"} {
		if rest, ok := strings.CutSuffix(s, unit); ok && utf8.RuneCountInString(rest) >= 3 {
			return rest
		}
	}
	return s
}

// trimYear removes a trailing year, which some titles put last.
func trimYear(s string) string {
	s = strings.TrimSuffix(s, "年度")
	s = strings.TrimSuffix(s, "年")
	if n := len(s); n > 4 && year.MatchString(s[n-4:]) {
		return s[:n-4]
	}
	return s
}

var (
	numbered = regexp.MustCompile(`^\s*[(（]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）]?[、.．]\s*(\p{Han})`)
	ofYear   = regexp.MustCompile(`20[0-9]{2}年?度?`)
	listMark = regexp.MustCompile(`^(?:[0-9]{1,2}|[①-⑳⑴-⒇])`)
)

// undated is a cleaned label without the year it is about and the number it has in
// a list: 2023年预算数, 1.年度目标.
func undated(label string) string {
	return ofYear.ReplaceAllString(listMark.ReplaceAllString(label, ""), "")
}

func hasDigit(s string) bool { return strings.ContainsFunc(width.Fold.String(s), isDigit) }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

var pointsText = regexp.MustCompile(`^[-+]?[0-9][0-9,]*(\.[0-9]*)?(%|分)?$`)

// isNumber reports whether the text has the shape of a figure.
func isNumber(s string) bool { return pointsText.MatchString(layout.Squeeze(s)) }

// isDash reports whether the text says that there is nothing: —, --, /, 无.
func isDash(s string) bool {
	s = layout.Squeeze(s)
	return s != "" && (strings.Trim(s, "-—–―─－_一/") == "" || s == "无")
}

// vocabulary finds the key of a printed word. Word lists are small, and each is
// searched once a label.
type vocabulary[K comparable] struct {
	keys  map[string]K
	words []string
}

func newVocabulary[K comparable](lists map[K][]string) vocabulary[K] {
	v := vocabulary[K]{keys: map[string]K{}}
	for key, words := range lists {
		for _, w := range words {
			v.keys[w] = key
			v.words = append(v.words, w)
		}
	}
	return v
}

// exact is the key of the label, letter for letter but for what clean and undated
// take away.
func (v vocabulary[K]) exact(label string) (K, bool) {
	s := clean(label)
	key, ok := v.keys[s]
	if !ok {
		key, ok = v.keys[undated(s)]
	}
	return key, ok
}

// find is the key of the label. A label that OCR read with a character wrong is
// found too, when it is long enough and only one key is near. Characters may be
// wrong, but none may be missing or added: 同预期目标 is not 预期目标.
func (v vocabulary[K]) find(label string) (K, bool) {
	if key, ok := v.exact(label); ok {
		return key, true
	}
	var none, found K
	letters := []rune(clean(label))
	best, unique := allowed(len(letters))+1, false
	for _, w := range v.words {
		d := differing(letters, w)
		switch {
		case d < best:
			best, found, unique = d, v.keys[w], true
		case d == best && v.keys[w] != found:
			unique = false
		}
	}
	if best > allowed(len(letters)) || !unique {
		return none, false
	}
	return found, true
}

// in is the key of a cell's text: letter for letter where a text layer gave it, which
// does not mistake characters, and else find's. 考核目标 is not 考核指标.
func (v vocabulary[K]) in(c cell) (K, bool) {
	if c.Reader == layout.ByTextLayer {
		return v.exact(c.text())
	}
	return v.find(c.text())
}

// near is find for a label read from pixels: a third of its characters may be
// wrong, missing or added, as long as no other key is as near. It is for cells that
// stand where a label must; a value may well be that near to one.
func (v vocabulary[K]) near(label string) (K, bool) {
	if key, ok := v.find(label); ok {
		return key, true
	}
	var none, found K
	letters := []rune(clean(label))
	if len(letters) < 4 {
		return none, false
	}
	most := len(letters) / 3
	best, unique := most+1, false
	for _, w := range v.words {
		if utf8.RuneCountInString(w) < 4 {
			continue
		}
		d := distance(letters, []rune(w), most)
		switch {
		case d < best:
			best, found, unique = d, v.keys[w], true
		case d == best && v.keys[w] != found:
			unique = false
		}
	}
	if best > most || !unique {
		return none, false
	}
	return found, true
}

// blurred is near for a label that OCR itself doubts: most of its characters, in
// their order, are those of one word and of no other. Narrow labels are set one
// character a line, and OCR makes 上年45转人金额 of 上年结转金额.
func (v vocabulary[K]) blurred(label string) (K, bool) {
	if key, ok := v.near(label); ok {
		return key, true
	}
	const (
		alike  = 0.66 // share of the characters of both
		margin = 0.1  // to the next key
	)
	var none, found K
	letters := []rune(clean(label))
	best, second := 0.0, 0.0
	for _, w := range v.words {
		word := []rune(w)
		n := layout.InOrder(letters, word)
		if len(word) < 4 || n < 3 {
			continue
		}
		share := 2 * float64(n) / float64(len(letters)+len(word))
		switch {
		case share > best && v.keys[w] == found:
			best = share
		case share > best:
			best, second, found = share, best, v.keys[w]
		case share > second && v.keys[w] != found:
			second = share
		}
	}
	if best < alike || best-second < margin {
		return none, false
	}
	return found, true
}

// remains is the one of the keys that half of the label's characters, in their order,
// are left of, where no other of them is as near: 年访访算金笑 of 年初预算金额.
func (v vocabulary[K]) remains(label string, keys []K) (K, bool) {
	const half = 0.5
	var none, found K
	letters := []rune(clean(label))
	best, unique := 0.0, false
	for _, w := range v.words {
		word := []rune(w)
		if len(word) < 4 || !slices.Contains(keys, v.keys[w]) {
			continue
		}
		share := 2 * float64(layout.InOrder(letters, word)) / float64(len(letters)+len(word))
		switch {
		case share > best:
			best, found, unique = share, v.keys[w], true
		case share == best && v.keys[w] != found:
			unique = false
		}
	}
	if best < half || !unique {
		return none, false
	}
	return found, true
}

// distance is the edit distance between two words in characters, or more than most
// (Wagner and Fischer, 1974).
func distance(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
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

// allowed is how many characters of n may be wrong.
func allowed(n int) int {
	switch {
	case n >= 8:
		return 2
	case n >= 4:
		return 1
	}
	return 0
}

// differing is how many characters differ between two words of one length; for
// others it is more than is ever allowed.
func differing(a []rune, b string) int {
	if utf8.RuneCountInString(b) != len(a) {
		return math.MaxInt
	}
	n, i := 0, 0
	for _, r := range b {
		if a[i] != r {
			n++
		}
		i++
	}
	return n
}

var (
	heads    = newVocabulary(headWords)
	fields   = newVocabulary(fieldWords)
	peoples  = newVocabulary(personWords)
	totals   = newVocabulary(map[bool][]string{true: totalWords})
	grades   = newVocabulary(map[bool][]string{true: gradeWords})
	measures = newVocabulary(measureWords)
	sources  = newVocabulary(sourceWords)
)

func isTotal(s string) bool {
	if label, _, ok := totalOfHundred(s); ok {
		s = label
	}
	_, ok := totals.find(s)
	return ok
}

// totalOfHundred parts a label from the points of the whole form, where the paper between the
// two was no edge: 总分 100.
func totalOfHundred(s string) (label, points string, ok bool) {
	label, points, ok = strings.Cut(s, " ")
	return label, points, ok && isHundred(points)
}
func isGrade(s string) bool { _, ok := grades.find(s); return ok }
func isSubtotal(s string) bool {
	s = clean(s)
	return slices.Contains(subtotalWords, s) || strings.HasSuffix(s, "小计")
}

// summedUp is the name of what a subtotal's label sums up: 履职效能 of 履职效能小计, and ""
// of 小计.
func summedUp(s string) string {
	if slices.Contains(subtotalWords, clean(s)) {
		return ""
	}
	return strings.TrimSpace(strings.TrimSuffix(s, "小计"))
}

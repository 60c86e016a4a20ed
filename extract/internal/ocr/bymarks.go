package ocr

import (
	"image"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"heji/extract/internal/ocr/numeral"
	"heji/layout"
)

// Here a reading is held against the marks of its line: what Tesseract makes of signs, edges
// and brackets that the marks show otherwise.

// signWidth is how wide a comparator is at most with the paper behind it, in heights of a
// digit: some typefaces give it a whole em.
const signWidth = 1.85

// heightBefore is how high the marks before a place reach together, in pixels.
func heightBefore(marks []numeral.Mark, from int) int {
	var all image.Rectangle
	for _, m := range marks {
		if m.Box.Min.X < from {
			all = all.Union(m.Box)
		}
	}
	return all.Dy()
}

// tallAndNarrow reports whether a mark may be a bracket.
func tallAndNarrow(m numeral.Mark) bool { return m.Box.Dx()*2 < m.Box.Dy() }

// broadStart reports whether the first mark of a line is wider than a digit, and not as
// wide as two that touch. The widest digits are three quarters of their height.
func broadStart(marks []numeral.Mark) bool {
	if len(marks) < 2 {
		return false
	}
	share := float64(marks[0].Box.Dx()) / float64(marks[1].Box.Dy())
	return share > 0.95 && share < 1.35
}

// compared is a reading with the comparators that the marks show: Tesseract reads
// ≥ as 2, as a Han character, as > or not at all.
func (w *witnesses) compared(text string) string {
	shown := w.figures
	for i, r := range w.readings {
		if w.families[i] == byMarks {
			shown = []string{r.Text}
		}
	}
	from := 0
	for i, f := range shown {
		sign, number := cutSign(f)
		at := strings.Index(text[from:], number)
		if sign == "" || len(number) < 2 || at < 0 {
			continue
		}
		at += from
		head, tail := text[:at], text[at:]
		last, size := utf8.DecodeLastRuneInString(head)
		switch {
		case strings.HasSuffix(head, sign):
		case i == 0 && w.leading: // nothing is printed before the sign
			head = sign
		case afterRate(head):
			head = head[:len(head)-size] + sign
		case strings.ContainsRune(misreadSigns, last), w.narrow && size > 0:
			head = head[:len(head)-size] + sign
		default:
			head += sign
		}
		text, from = head+tail, len(head)+len(number)
	}
	return text
}

// unticked is a reading without the tick that a pen made behind its number, where the marks
// spell that number: 4.5v and 11/ on a fax, which has no colours.
func (w *witnesses) unticked(text string) string {
	m := tickBehind.FindStringSubmatch(text)
	if m == nil || !w.leading || len(w.figures) != 1 || w.figures[0] != m[1] {
		return text
	}
	return m[1]
}

var tickBehind = regexp.MustCompile(`^([≥≤]?[0-9][0-9,.]*%?)[vVwWyY/~一√]{1,3}$`)

// points is a reading of a section's points that are a line alone with the bracket and
// the digits that the marks show: (51分) was read as 人51分) and as 人1分), for the bracket
// stands near. Digits that the reading does not have are a doubt.
func (w *witnesses) points(text string) string {
	inner, ok := strings.CutSuffix(text, "分)")
	if !ok || !w.bracketed || len(w.figures) != 1 || strings.HasPrefix(text, "(") && figures(text) == w.figures[0] {
		return text
	}
	if n := w.figures[0]; inner != n && wholePoints.MatchString(n) && utf8.RuneCountInString(inner) <= len(n)+1 {
		return "(" + n + "分)"
	}
	return text
}

var wholePoints = regexp.MustCompile(`^[1-9][0-9]?$`)

// presume is a reading with ≥ for > and ≤ for <, which is how Tesseract's data, that do
// not know them, read them when they come near; forms ask for no more than something. A
// Han character that nobody prints before a figure is taken for ≥ too: 率之90, or for ≤.
// It is a guess, and leaves a doubt, unless the marks show the sign that was read. No sign
// is so wide: 标( before 29 was read as one character.
func (w *witnesses) presume(text string) string {
	for _, odd := range []*regexp.Regexp{oddInRate, oddInFigure} {
		m := odd.FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		char := text[m[2]:m[3]]
		alone := m[2] == 0 && len(w.figures) == 1 && figures(text) == w.figures[0] // all that stands before the figure
		if !strings.Contains(joining, char) && !(alone && w.wide) {
			w.presumed = true
			text = text[:m[2]] + w.likelier(char, alone) + text[m[3]:]
		}
	}
	if m := oddRate.FindStringSubmatch(text); m != nil {
		w.presumed = true
		text = "≥" + m[1]
	}
	text = strict.ReplaceAllStringFunc(text, func(f string) string {
		m := strict.FindStringSubmatch(f)
		if slices.ContainsFunc(w.figures, func(s string) bool { return strings.HasPrefix(s, m[1][:1]) }) {
			return doubledSign.ReplaceAllString(f, "$1") // of full width, read twice
		}
		w.presumed = true
		if strings.Contains(m[1], "<") {
			return "≤" + m[2]
		}
		return "≥" + m[2]
	})
	if m := flatSign.FindStringSubmatch(text); m != nil && w.tall {
		w.presumed = true
		text = "≥" + m[1] // ≧
	}
	if m := besideSign.FindStringSubmatch(text); m != nil && !strings.Contains(joining, m[1]) {
		w.presumed = true
		text = m[2] + text[len(m[0]):]
	}
	return text
}

// settleSign settles a line of one sign that the marks show and Tesseract's data, believing in
// it less, read as something else. What the sign was seen read as before is no doubt.
func (w *witnesses) settleSign(sign layout.Reading) lineReading {
	if w.same(sign.Text) == 0 {
		w.add(byMarks, sign)
	}
	known := func(text string) bool {
		less := strings.Contains(lessLike, text)
		switch {
		case text == sign.Text:
			return true
		case utf8.RuneCountInString(text) != 1:
			return false
		case sign.Text == "≤":
			return less
		}
		return sign.Text == "≥" && !less && strings.Contains(misreadSigns, text)
	}
	if slices.ContainsFunc(w.readings, func(r layout.Reading) bool { return !known(r.Text) }) {
		return w.settle(sign.Text, layout.Unconfirmed)
	}
	return w.settle(sign.Text, "")
}

// flatSign is an = before a figure, or what else the lower half of a ≧ is read as.
var flatSign = regexp.MustCompile(`^[:>]?[=:]([0-9].*)$`)

// besideSign is a part of a comparator that was read beside it.
var besideSign = regexp.MustCompile(`^([2Z><]|\p{Han})([≥≤])`)

// likelier is the comparator that a character was read for: the one that its mark looks
// clearly more like, where it stands alone before the figure, and else the one it is known for.
func (w *witnesses) likelier(char string, alone bool) string {
	const clearly = 30
	switch {
	case alone && w.sign != 0 && w.odds >= clearly:
		return string(w.sign)
	case strings.Contains(lessLike, char), w.leading && len(w.figures) > 0 && strings.HasPrefix(w.figures[0], "≤"):
		return "≤"
	}
	return "≥"
}

var doubledSign = regexp.MustCompile(`^([<>])[<>]+`)

var strict = regexp.MustCompile(`([<>=]*[<>][<>=]*)([0-9])`)

// edged is a reading without the small marks at its ends that no ink accounts for.
// The white beside a line, and a fax's specks, are read as a minus, a comma or a
// quotation mark by both of Tesseract's languages alike, and -64.97 is a number.
func (w *witnesses) edged(text string) string {
	for range 2 {
		first, size := utf8.DecodeRuneInString(text)
		if w.starts.Denies(first) && len(text) > size {
			text = text[size:]
		}
		last, size := utf8.DecodeLastRuneInString(text)
		if w.ends.Denies(last) && len(text) > size {
			text = text[:len(text)-size]
		}
	}
	return text
}

// percents is a reading with the percent signs that the marks show. The rings of one
// are read as digits, letters or quotation marks, before it or in its place.
func (w *witnesses) percents(text string) string {
	text = ringed.ReplaceAllStringFunc(text, func(f string) string {
		if cut := f[:len(f)-1]; slices.Contains(w.figures, cut) {
			return cut
		}
		return f
	})
	for _, f := range w.figures {
		_, number := cutSign(f)
		digits, isRate := strings.CutSuffix(number, "%")
		from := strings.LastIndex(text, digits)
		if !isRate || len(digits) < 2 || from < 0 || strings.Contains(text, number) || isName(text) {
			continue
		}
		rest := text[from+len(digits):]
		if before, _ := utf8.DecodeLastRuneInString(text[:from]); !strings.ContainsRune("0123456789.,", before) && ringsOnly.MatchString(rest) {
			text = text[:from] + number
		}
	}
	return text
}

// afterRate reports whether a text ends in one character behind the name of a rate,
// which is what a sign there was read as.
func afterRate(text string) bool {
	m := rated.FindStringSubmatch(text)
	return m != nil && !strings.Contains(joining, m[1])
}

// misreadSigns is what ≥ and ≤ were seen read as, beside digits.
const misreadSigns = "2之乏这盖工三二乙Z><^Q》《zs=≥≤加芝逢空笠和系科冬各盆"

// lessLike are the characters that ≤ was seen read as, and never ≥.
const lessLike = "艾系和私迄乞挟去云泉汞反KS"

// cutSign cuts ≥ or ≤ off a number.
func cutSign(number string) (sign, rest string) {
	for _, s := range []string{"≥", "≤"} {
		if rest, ok := strings.CutPrefix(number, s); ok {
			return s, rest
		}
	}
	return "", number
}

// confirmed reports whether every figure that was read is also spelt by marks, in
// the same order.
func confirmed(read string, spelt []string) bool {
	for _, f := range strings.Fields(read) {
		i := slices.IndexFunc(spelt, func(s string) bool { return strings.TrimRight(s, "%") == strings.TrimRight(f, "%") })
		if i < 0 {
			return false
		}
		spelt = spelt[i+1:]
	}
	return read != ""
}

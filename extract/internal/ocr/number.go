package ocr

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// grammatical is what a number in a form's cell looks like: digits with proper
// groups, at most one point, and around them a comparator, a sign, a unit.
// Telephone numbers are numbers too; dates and ranges are two.
var grammatical = regexp.MustCompile(`^[≥≤><=≧≦]?[-−△¥]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:%|‰)?$`)

// isNumber reports whether a reading, as tidied by tidy, is one number and
// nothing besides.
func isNumber(text string) bool { return grammatical.MatchString(text) }

// isFigure reports whether a reading is one number, or numbers joined to a date, a
// range or a telephone number with its code, or the slash that stands for none.
func isFigure(text string) bool {
	return isNumber(text) || composite.MatchString(text) || text == "/"
}

// figures is what of a text takes part in arithmetic: its runs of digits, each
// with the points within it and the signs at its ends. Two readings whose figures
// are the same mean the same numbers, whatever they make of the words.
func figures(text string) string {
	return strings.Join(figure.FindAllString(text, -1), " ")
}

var figure = regexp.MustCompile(`[≥≤><=]?[-−△]?[0-9](?:[0-9.,:]*[0-9])?[%‰]?`)

// malformed reports whether a text holds a figure that is none.
func malformed(text string) bool {
	return barred.MatchString(text) || ringed.MatchString(text) || unopened.MatchString(text) || unclosed.MatchString(text)
}

// suspect reports whether a text that is not one number looks as if it should be
// one, or holds a figure that nobody would print so: 1.106.52万元, ]1, ws, 率之95%, >这年.
func suspect(text string) bool {
	if !hasDigit(text) {
		return len(text) > 0 && strings.ContainsRune("≥≤><", []rune(text)[0]) && utf8.RuneCountInString(text) > 1 || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) || unicode.IsUpper(r) }) &&
			strings.Trim(text, "—-/、,. ") != "" && len(text) < 5
	}
	if malformed(text) || shared.MatchString(text) || lettered.MatchString(text) {
		return true
	}
	if m := odd.FindStringSubmatch(text); m != nil && !strings.Contains(joining, m[1]) {
		return true
	}
	for _, f := range figure.FindAllString(text, -1) {
		if !isNumber(f) && !composite.MatchString(f) {
			return true
		}
	}
	return !strings.ContainsFunc(text, unicode.IsLetter) && !composite.MatchString(text) && !listed.MatchString(text)
}

var (
	// Dates, times, ranges, shares: numbers beside numbers.
	composite = regexp.MustCompile(`^[≥≤><=]?[0-9][0-9,]*(?:\.[0-9]+)?[%‰]?(?:[-~—–/:×][≥≤><=]?[0-9][0-9,]*(?:\.[0-9]+)?[%‰]?)*$|^(?:19|20)[0-9]{2}(?:\.[0-9]{1,2}){1,2}$`)

	// The number of an item in a list.
	listed = regexp.MustCompile(`^(?:[(（][0-9]{1,2}[)）]|[0-9]{1,2}、)$`)

	// A number with what it counts.
	measured = regexp.MustCompile(`^[≥≤><=]?[0-9][0-9,]*(?:\.[0-9]+)?[%‰]?(?:万元|亿元|元|亿|万|个|人|件|次|项|名|年|月|日|天|户|亩|公里|台|套|份|家|期|场|分|以上|以下|以内)+$`)

	// A share of what is counted whole: 199%户 is 199户 with something over it.
	shared = regexp.MustCompile(`^[≥≤><=]?[0-9.,]+[%‰](?:元|万元|个|人|件|次|项|名|年|月|日|天|户|亩|公里|台|套|份|家|期|场)$`)

	// A letter right before a figure that has a point or counts something, K4.40万元: ≤.
	lettered = regexp.MustCompile(`^[A-Za-z][0-9][0-9,]*(?:\.[0-9]+|[%\p{Han}])`)

	// A % and a digit: the second ring of the %.
	ringed = regexp.MustCompile(`[≥≤]?[0-9][0-9.,]*(?:%[0-9]|[\]|])`)

	// What the rings of a % were read as, with or without the %.
	ringsOnly = regexp.MustCompile(`^[0-9oOuUgGvV$"'”’，,.]{0,2}%?[0-9oOuUgGvV$"'”’，,.]{0,2}$`)

	// What a cell has no room for of an amount: 27744334 and .20 below it.
	decimals = regexp.MustCompile(`^\.[0-9]{1,6}%?$`)

	// A mark that stands behind no figure: 94$以上 is 94%以上.
	behind = regexp.MustCompile(`([0-9])[$&§]($|以上|以下|以内|左右)`)

	// The first ring of a % read as a 9: 969% is 96% if a reading says so.
	ringBefore = regexp.MustCompile(`^([≥≤]?[0-9]{1,3}(?:\.[0-9]+)?)9%6?$`)

	// A bracket or bar inside or right behind a figure, or behind its point: a 1.
	barred  = regexp.MustCompile(`([0-9][.,]?)[\]|]`)
	doubled = regexp.MustCompile(`([0-9])[\]|]1|1[\]|]`)

	// One character between a rate's name and its value, or before a value that
	// stands alone: ≥ more often than what it was read as.
	odd       = regexp.MustCompile(`(?:率|度|例|性|效益|^)(\p{Han}|[2Z>][≥≤])[0-9]`)
	oddInRate = regexp.MustCompile(`(?:率|度|例|性|效益)(\p{Han})[0-9]`)
	// 299% and 2100%: ≥ or ≧ before a rate, read as a 2.
	oddRate     = regexp.MustCompile(`^2((?:100|[89][0-9])(?:\.[0-9]+)?[%％])$`)
	oddInFigure = regexp.MustCompile(`^(\p{Han}|[KS])[0-9][0-9,]*(?:\.[0-9]+)?(?:%|‰|[百千万亿]{0,2}(?:元|个|人|件|次|项|户|亩|台|套|份|家|场|人次|公里?|千米|平方米?|吨|起|天|年|个月|个?工作日?|月|日|小时?|期|批|篇|名|米|处|座|辆|栋|册|条|公顷|立方米?)?|百分比?)(?:/\p{Han}{0,3})?$`)
	rated       = regexp.MustCompile(`(?:率|度|例|性|效益)([^0-9])$`)

	phrased = regexp.MustCompile(`^\p{Han}{4}`)

	// A 1 that was read as a bracket or a bar where no digit stands before it.
	unopened = regexp.MustCompile(`^[^\[(（]*[\]|]`)

	// A bracket between digits that is not closed: 28(0万元 is 280万元.
	unclosed = regexp.MustCompile(`[0-9][(（][0-9][^)）]*$`)

	// The same before money for each of something, 生万元/公里, which is no word whatever else reads it.
	unpriced = regexp.MustCompile(`^[^0-9年月日一二三四五六七八九十两几半每多万千百亿](?:万|亿)?元/\p{Han}{1,3}$`)

	// One character before what is counted: 11年 was read as 卫年.
	miscounted = regexp.MustCompile(`^[^0-9年月日一二三四五六七八九十两几半每多](?:年|月|日|天|元|个|人|次|件|项|户|亩|台|套|份|家|名|场|起|处|辆|个月|个工作日|工作日|小时|人次|公里)$`)
)

// joining are the characters that do stand there.
const joining = "为达约在是到超占计仅近按从由共第低高少多于至每满含前后上下附表图款条口"

func isHan(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

// isName reports whether a text is of Han characters, two or more, or of Latin
// letters: what a line of narrow marks may rightly be if it is not a number. A
// lone Han character there is a digit misread more often than not.
func isName(text string) bool {
	han, letters := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r):
			letters++
		default:
			return false
		}
	}
	return han >= 2 || letters >= 3 && han == 0
}

// latin reports whether a text is of Latin letters, with or without digits and marks, and
// of no Han characters.
func latin(text string) bool {
	return strings.ContainsFunc(text, unicode.IsLetter) && !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x250 && unicode.IsLetter(r) })
}

func hasDigit(text string) bool { return strings.ContainsAny(text, "0123456789") }

// tidy brings a reading to how it is printed. Tesseract puts spaces between Han
// characters and inside numbers, and knows some marks by two codes.
func tidy(text string) string {
	runes := []rune(folded.Replace(text))
	var b strings.Builder
	for i, r := range runes {
		if unicode.IsSpace(r) && r != '\n' {
			if i == 0 || i == len(runes)-1 || !apart(runes[i-1], next(runes[i:])) {
				continue
			}
			r = ' '
		}
		// Full-width digits and letters are the printed ones set wider.
		if k := width.LookupRune(r).Folded(); k != 0 && (unicode.IsDigit(k) || unicode.IsLetter(k) || strings.ContainsRune("%.-+=<>/", k)) {
			r = k
		}
		b.WriteRune(r)
	}
	s := bracketTwice.ReplaceAllString(strings.TrimSpace(b.String()), "(")
	s = bracketed.ReplaceAllString(s, "($1$2)")
	s = dated.ReplaceAllStringFunc(s, ones.Replace)
	s = perTwo.ReplaceAllString(s, "$1·$2")
	s = strings.ReplaceAll(s, "%%", "%")
	s = grouped(strings.ReplaceAll(withoutStops(s), ";，", ";"))
	s = ofWhich.ReplaceAllStringFunc(s, colons.Replace)
	return perMille.ReplaceAllString(ofHundred.ReplaceAllString(s, "(%)"), "$1‰")
}

// grouped is a text with commas between the thousands of an amount that has cents, where one
// of them was read as a point: 1.047,865.36元 has one decimal point, which is the last.
func grouped(text string) string {
	return pointed.ReplaceAllStringFunc(text, func(s string) string {
		i := strings.LastIndexByte(s, '.')
		if !strings.Contains(s, ",") {
			return s // 2.377.39 says nothing about what its marks are
		}
		return strings.ReplaceAll(s[:i], ".", ",") + s[i:]
	})
}

var pointed = regexp.MustCompile(`^[0-9]{1,3}(?:[.,][0-9]{3})+\.[0-9]{1,2}(?:$|[^0-9.,])`)

// withoutStops is a text without marks that no text begins with: they are the white
// before a line, or what a seal left.
func withoutStops(text string) string {
	rest := strings.TrimLeft(text, "，、。")
	if r, _ := utf8.DecodeRuneInString(rest); unicode.Is(unicode.Han, r) {
		return rest
	}
	return text
}

var (
	// A bracket that was read twice: 23台〔(套).
	bracketTwice = regexp.MustCompile(`[(（〔\[【{]{2}`)

	// A bracket of one kind that is closed by another: 〈分), 《%).
	bracketed = regexp.MustCompile(`[〈《【(\\]([^〈《【(（〉》】)）\n]*)[)）]|[(（]([^〈《【(（〉》】)）\n]*)[〉》】]`)

	// A day or a month in which a 1 was read as what looks like one: 2025年]月l8日.
	dated = regexp.MustCompile(`年[0-9\]lI|!]{1,2}月(?:[0-9\]lI|!]{1,2}日)?|月[0-9\]lI|!]{1,2}日`)

	// The point of a unit per two things, 元/人·天, read as other marks.
	perTwo = regexp.MustCompile(`(元/\p{Han}{1,2})[…:：;；，,.'‘’]{1,2}(天|日|次|月|年|晚|期)$`)

	// A % alone in brackets, and ‰, by data that take their rings for letters.
	ofHundred = regexp.MustCompile(`[(（](?:o[o0]?6|0o6|o0|o|9o)[)）]`)
	// The colon of a label of funds, read as another mark: 其中；中央补助, 年度资金总额;
	ofWhich = regexp.MustCompile(`^(其中|\p{Han}{2,4}总额)[;；](\p{Han}|$)`)

	perMille = regexp.MustCompile(`([0-9])%[o0]{1,2}$`)
)

var ones = strings.NewReplacer("]", "1", "l", "1", "I", "1", "|", "1", "!", "1")

var colons = strings.NewReplacer(";", ":", "；", "：")

// folded are marks that Tesseract gives in more than one code.
var folded = strings.NewReplacer("≧", "≥", "⩾", "≥", "≦", "≤", "⩽", "≤", "﹪", "%", "﹣", "-", "−", "-", "\u2010", "-", "\u2011", "-", "\u200b", "")

func next(runes []rune) rune {
	for _, r := range runes {
		if !unicode.IsSpace(r) {
			return r
		}
	}
	return 0
}

// apart reports whether a space between two characters may be a printed one: only
// between Latin words.
func apart(a, b rune) bool {
	latin := func(r rune) bool { return r < 0x250 && unicode.IsLetter(r) }
	return latin(a) && latin(b)
}

// punctuated is a reading's text, or where that is no number for its points and
// commas alone, the likeliest other text with the same digits that is one: 1.586.78
// can only be 1,586.78.
func punctuated(text string, others []string) string {
	if isNumber(text) || !hasDigit(text) {
		return text
	}
	for _, o := range others {
		if o = tidy(o); isNumber(o) && unmarked.Replace(o) == unmarked.Replace(text) {
			return o
		}
	}
	return text
}

var unmarked = strings.NewReplacer(".", "", ",", "")

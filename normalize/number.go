package normalize

import (
	"regexp"
	"strings"

	"heji/form"
	"heji/layout"
)

// Number is printed text that is one number.
type Number struct {
	Value      form.Amount
	Unit       string // printed with it: %, 万元, 个; "" for none
	Comparator string // >=, <=, =, >, < before or 以上, 以下 after it; range for two numbers
}

// Parse reads printed text as one number, keeping the printed scale:
//
//	1,586.78   1586.78          ９５％      95 %
//	≥90.5%     90.5 %, >=        95%以上    95 %, >=
//	1540.3万元  1540.3 万元       △13.27     -13.27
//
// The second result is false when the text is not one number, as with "7,00.0,77"
// and "0-10%"; of a range the comparator is still set. A group of digits that is
// not three long, a mark without a digit beside it, or a letter among the digits
// is never repaired: it is what OCR and typing errors look like. Nor are figures
// with a space between joined, 100 100, which are those of two columns; digits that
// are spaced out one by one are a number, and so are those of two lines.
func Parse(text string) (Number, bool) {
	if apart.MatchString(text) && !spacedOut.MatchString(text) {
		return Number{}, false
	}
	s := layout.Squeeze(text)
	if span.MatchString(s) {
		return Number{Comparator: "range"}, false
	}
	comparator, s := cutComparator(s)
	negative, s := cutSign(s)
	m := plain.FindStringSubmatch(s)
	if m == nil || m[2] != "" && strings.Trim(m[2], digitLike) == "" {
		return Number{}, false
	}
	digits := strings.ReplaceAll(m[1], ",", "")
	if negative {
		digits = "-" + digits
	}
	value, err := form.NewAmount(digits)
	if err != nil {
		return Number{}, false
	}
	unit := m[2]
	if tail, ok := tails[unit]; ok && comparator == "" {
		unit, comparator = "", tail
	}
	for _, t := range tailWords {
		if rest, ok := strings.CutSuffix(unit, t); ok && comparator == "" {
			unit, comparator = rest, tails[t]
		}
	}
	if unit == "百分比" || unit == "％" {
		unit = "%"
	}
	return Number{value, unit, comparator}, true
}

// digitLike are letters that are digits read wrong more often than units.
const digitLike = "OoDQIlSsBZz"

var (
	// Grouped or plain digits, then a unit without digits.
	plain     = regexp.MustCompile(`^([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)((?:%|‰|[\p{Han}A-Za-z/²³℃]{1,8}(?:\([\p{Han}/]{1,4}\))?)?(?:以上|以下|以内)?)$`)
	apart     = regexp.MustCompile(`[0-9][ \t\x{3000}\x{a0}]+[0-9]`)
	spacedOut = regexp.MustCompile(`^\D*[0-9](?:[ \t\x{3000}\x{a0}]+[0-9.,]){2,}\D*$`)
	span      = regexp.MustCompile(`^[0-9][0-9.,]*[^0-9.,]{0,4}[-~—–至][0-9][0-9.,]*[^0-9]*$`)

	tailWords = []string{"及以上", "以上", "及以下", "以下", "以内"}
	tails     = map[string]string{"及以上": ">=", "以上": ">=", "及以下": "<=", "以下": "<=", "以内": "<="}

	comparators = []struct{ printed, sign string }{
		{">=", ">="}, {"≥", ">="}, {"≧", ">="}, {"⩾", ">="}, {"大于等于", ">="}, {"不低于", ">="}, {"不少于", ">="}, {"不小于", ">="},
		{"<=", "<="}, {"≤", "<="}, {"≦", "<="}, {"⩽", "<="}, {"小于等于", "<="}, {"不高于", "<="}, {"不超过", "<="}, {"不大于", "<="}, {"不多于", "<="},
		{"=", "="}, {"═", "="}, {"等于", "="},
		{">", ">"}, {"大于", ">"}, {"超过", ">"}, {"高于", ">"},
		{"<", "<"}, {"小于", "<"}, {"低于", "<"}, {"少于", "<"},
	}
	signs = []string{"-", "−", "△", "▲", "负"}
)

func cutComparator(s string) (sign, rest string) {
	for _, c := range comparators {
		if rest, ok := strings.CutPrefix(s, c.printed); ok {
			return c.sign, rest
		}
	}
	return "", s
}

// cutSign knows the minus signs of accounts: -, △, 负, and brackets around a
// number with decimals. Whole numbers in brackets are more often a list's.
func cutSign(s string) (negative bool, rest string) {
	s = strings.TrimLeft(s, "¥")
	for _, sign := range signs {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return true, rest
		}
	}
	if inner, ok := strings.CutPrefix(s, "("); ok && strings.Contains(inner, ".") {
		if inner, ok := strings.CutSuffix(inner, ")"); ok {
			return true, inner
		}
	}
	return false, s
}

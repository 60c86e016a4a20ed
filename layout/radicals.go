package layout

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Ideographs is a text with the characters that are printed for radicals: a PDF whose font has one glyph for 人 and for the
// radical ⼈ may say either, and no form prints a radical by itself. The Kangxi radicals (U+2F00 to U+2FD5) have
// compatibility mappings; those of the supplement (U+2E80 to U+2EF3) that are whole characters are
// in EquivalentUnifiedIdeograph.txt of the Unicode Character Database.
func Ideographs(text string) string {
	if !strings.ContainsFunc(text, isRadical) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch whole := supplement[r]; {
		case whole != 0:
			b.WriteRune(whole)
		case isRadical(r):
			b.WriteString(norm.NFKC.String(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isRadical(r rune) bool { return r >= 0x2E80 && r <= 0x2FD5 }

// Two of the Kangxi radicals have the older form of their character for a mapping.
var supplement = pairs("⼾户⾭青⺊卜⺌小⺎兀⺒巳⺓幺⺛旡⺝月⺞歹⺟母⺠民⺩王⻁虎⻄西⻅见⻆角⻇角⻉贝⻋车⻑長⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟")

// pairs maps every other character of a text to the one behind it.
func pairs(text string) map[rune]rune {
	m := map[rune]rune{}
	runes := []rune(text)
	for i := 0; i+1 < len(runes); i += 2 {
		m[runes[i]] = runes[i+1]
	}
	return m
}

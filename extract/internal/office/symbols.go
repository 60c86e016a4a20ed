package office

import (
	"strconv"
	"strings"
	"unicode"
)

const (
	ticked   = "☑"
	unticked = "☐"
)

// Fonts of signs print something else for each code than Unicode says. Word
// writes their codes above U+F000. Here are the signs that forms use: of
// comparison, for numbers, and boxes and ticks.
func signsOf(font string) map[rune]string {
	switch strings.ToLower(font) {
	case "symbol":
		return map[rune]string{
			0x2d: "-", 0xa3: "≤", 0xb3: "≥", 0xb9: "≠", 0xbb: "≈", 0xb1: "±", 0xb4: "×", 0xb8: "÷",
			0xb0: "°", 0xd6: "√", 0xb7: "•", 0xa5: "∞", 0xa2: "′", 0xb2: "″",
		}
	case "wingdings":
		return map[rune]string{
			0xfe: ticked, 0xfd: "☒", 0xa8: unticked, 0x6f: unticked, 0x70: unticked, 0x71: unticked, 0x72: unticked,
			0xfc: "✓", 0xfb: "✗", 0x6c: "●", 0x6e: "■", 0xa1: "○", 0x9f: "•", 0xa7: "▪", 0x75: "◆", 0xd8: "➢", 0x76: "❖",
			0x81: "①", 0x82: "②", 0x83: "③", 0x84: "④", 0x85: "⑤", 0x86: "⑥", 0x87: "⑦", 0x88: "⑧", 0x89: "⑨", 0x8a: "⑩",
		}
	case "wingdings 2":
		return map[rune]string{0x52: ticked, 0x53: "☒", 0x54: "☒", 0xa3: unticked, 0x2a: unticked, 0x50: "✓", 0x4f: "✗"}
	}
	return nil
}

// symbol is a w:sym: the character that a font shows for a hexadecimal code. One
// that is not known is the replacement character, ink that was not read.
func symbol(font, code string) string {
	n, err := strconv.ParseUint(code, 16, 32)
	switch {
	case err != nil:
		return string(unicode.ReplacementChar)
	case n >= 0xf000 && n <= 0xf0ff:
		return sign(font, rune(n-0xf000))
	case n < 0x100 && signsOf(font) != nil:
		return sign(font, rune(n))
	}
	return character(code)
}

// sign is what a font shows for a code. The Symbol font has digits and the
// common marks where ASCII has them.
func sign(font string, code rune) string {
	if s, ok := signsOf(font)[code]; ok {
		return s
	}
	if strings.EqualFold(font, "symbol") && code >= ' ' && code <= '?' && !strings.ContainsRune(`"$'*`, code) {
		return string(code)
	}
	return string(unicode.ReplacementChar)
}

// character is the one with a hexadecimal code of Unicode.
func character(code string) string {
	n, err := strconv.ParseUint(code, 16, 32)
	if err != nil || n < ' ' || n > unicode.MaxRune || n >= 0xd800 && n < 0xf900 {
		return string(unicode.ReplacementChar)
	}
	return string(rune(n))
}

// plain is text with the codes of a font of signs as what they show.
func plain(font, s string) string {
	private := func(r rune) bool { return r >= 0xf000 && r <= 0xf0ff }
	if !strings.ContainsFunc(s, private) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if private(r) {
			b.WriteString(sign(font, r-0xf000))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// raise writes a superscript as one where it is digits: 10 and a raised 4 are
// not 104.
func raise(s string) string {
	return strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "-", "⁻").Replace(s)
}

package pdf

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Old Chinese programs name a font such as SimSun as a simple one, with the
// encoding of Western text, and write GBK into it. A reader that goes by the file
// finds Ä¿Â¼ where 目录 is meant, and viewers find the font and show 目录.
//
// A run is taken for GBK only where the bytes say so clearly: pairs of the common
// Chinese block are rare in Western text, which has single accented letters.
const (
	minPairs = 4   // in a page
	hanShare = 0.8 // of what does not stay ASCII

	softHyphen = 0xAD
)

// recode replaces the characters of such runs. A pair becomes one character in the
// place of both.
func recode(chars []Char) []Char {
	high := 0
	for _, ch := range chars {
		if b, ok := westernByte(ch.Text); ok && b >= 0x80 {
			high++
		}
	}
	if high < minPairs {
		return chars
	}
	var out []Char
	pairs, han, others := 0, 0, 0
	for start := 0; start < len(chars); {
		end := start
		var raw []byte
		for end < len(chars) {
			b, ok := westernByte(chars[end].Text)
			if !ok {
				break
			}
			if b == '-' && len(raw) > 0 && raw[len(raw)-1] >= 0x81 {
				b = softHyphen // PDFium makes a plain hyphen of it
			}
			raw = append(raw, b)
			end++
		}
		if end == start {
			out = append(out, chars[start])
			start++
			continue
		}
		for i := 0; i < len(raw); {
			ch := chars[start+i]
			// Lead bytes of the common block are letters in Western encodings. Below
			// it they are marks, and two dashes in a row would be a rare character.
			if raw[i] < 0xA1 || i+1 == len(raw) || raw[i+1] < 0x40 {
				if raw[i] >= 0x80 {
					others++
				}
				out = append(out, ch)
				i++
				continue
			}
			decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(raw[i : i+2])
			r, _ := utf8.DecodeRune(decoded)
			if err != nil || r == utf8.RuneError {
				others++
				out = append(out, ch)
				i++
				continue
			}
			pairs++
			if unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF {
				han++
			}
			ch.Text = string(r)
			ch.Box = ch.Box.Union(chars[start+i+1].Box)
			ch.Flags = ch.Flags&^BadCode | Recoded
			out = append(out, ch)
			i += 2
		}
		start = end
	}
	if pairs < minPairs || float64(han) < hanShare*float64(pairs+others) {
		return chars
	}
	return out
}

// westernByte is the byte that Western encoding has for a character.
func westernByte(s string) (byte, bool) {
	r, size := utf8.DecodeRuneInString(s)
	if size != len(s) || r == utf8.RuneError {
		return 0, false
	}
	if r < 0x100 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

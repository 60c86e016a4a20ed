package pdf

import (
	"fmt"
	"math"
	"unicode"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium/requests"

	"heji/form"
	"heji/layout"
)

// chars reads the page's characters in the order of the file.
func (c *child) chars(page requests.Page, display matrix, drawn *drawing) ([]Char, error) {
	loaded, err := c.instance.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, err
	}
	text := loaded.TextPage
	defer func() { _, _ = c.instance.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text}) }()
	count, err := c.instance.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil {
		return nil, err
	}
	if count.Count > maxChars {
		return nil, &form.Error{Code: form.TooLarge,
			Message: fmt.Sprintf("A page has %d characters and at most %d are read; print the file to a new PDF and try that.", count.Count, maxChars)}
	}
	if count.Count == 0 {
		return nil, nil
	}
	structured, err := c.instance.GetPageTextStructured(&requests.GetPageTextStructured{
		Page: page, Mode: requests.GetPageTextStructuredModeChars,
	})
	if err != nil {
		return nil, err
	}
	chars := make([]Char, 0, len(structured.Chars))
	gap := false
	for i := 0; i < len(structured.Chars); i++ {
		s := structured.Chars[i]
		if blank(s.Text) {
			generated, err := c.instance.FPDFText_IsGenerated(&requests.FPDFText_IsGenerated{TextPage: text, Index: i})
			if err != nil {
				return nil, err
			}
			if generated.IsGenerated {
				gap = s.Text == " "
				continue
			}
		}
		ch := Char{Text: s.Text}
		at := i
		if s.Text == "" || s.Text == string(unicode.ReplacementChar) {
			// Halves of a character beyond U+FFFF come one by one.
			r, used, err := c.codePoint(requests.FPDFText_GetUnicode{TextPage: text, Index: i}, len(structured.Chars))
			if err != nil {
				return nil, err
			}
			ch.Text = string(r)
			i += used - 1
		}
		if ch.Text == "\x02" || ch.Text == "\ufffe" {
			// PDFium's mark for a hyphen at the end of a line. A minus or the dash of
			// a telephone number looks the same to it.
			ch.Text = "-"
		}
		ch.Text = layout.Ideographs(ch.Text)
		if r := []rune(ch.Text)[0]; badCode(r) {
			ch.Flags |= BadCode
		}
		if gap {
			ch.Flags |= SpaceGap
			gap = false
		}
		mapped, err := c.instance.FPDFText_HasUnicodeMapError(&requests.FPDFText_HasUnicodeMapError{TextPage: text, Index: at})
		if err != nil {
			return nil, err
		}
		if mapped.HasUnicodeMapError {
			ch.Flags |= MapError
		}
		p := s.PointPosition
		ch.Box = display.box(p.Left, p.Bottom, p.Right, p.Top)
		origin, err := c.instance.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: text, Index: at})
		if err != nil {
			return nil, err
		}
		ch.X, ch.Y = display.point(origin.X, origin.Y)
		size, err := c.instance.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: text, Index: at})
		if err != nil {
			return nil, err
		}
		ch.Size, ch.Wide = math.Abs(size.FontSize), math.Abs(size.FontSize)
		if m, err := c.instance.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: text, Index: at}); err == nil {
			set := fromPDFium(m.Matrix).after(display)
			if size.FontSize < 0 {
				set.a, set.b, set.c, set.d = -set.a, -set.b, -set.c, -set.d
			}
			ch.Wide *= math.Hypot(set.a, set.b)
			ch.Size *= math.Hypot(set.c, set.d)
			ch.Turn = quarter(set.a, set.b)
		}
		if ch.noBox() && !isSpace(ch.Text) {
			// An empty glyph that the file calls a figure or a letter.
			ch.Flags |= Hidden
		}
		if !finite(ch.X, ch.Y, ch.Size, ch.Wide, ch.Box.X0, ch.Box.Y0, ch.Box.X1, ch.Box.Y1) {
			continue
		}
		if err := c.hidden(&ch, text, at, display, drawn); err != nil {
			return nil, err
		}
		chars = append(chars, ch)
	}
	return foreign(recode(chars)), nil
}

// foreign flags accented letters on a Chinese page. No form has them; they are
// what broken encodings give for full-width figures and brackets.
func foreign(chars []Char) []Char {
	han := 0
	accented := func(r rune) bool { return r >= 0xC0 && r <= 0x24F && r != 0xD7 && r != 0xF7 }
	for _, ch := range chars {
		if unicode.Is(unicode.Han, []rune(ch.Text)[0]) {
			han++
		}
	}
	if han < 20 {
		return chars
	}
	for i := range chars {
		if accented([]rune(chars[i].Text)[0]) {
			chars[i].Flags |= BadCode
		}
	}
	return chars
}

func blank(s string) bool { return s == " " || s == "\r" || s == "\n" || s == "\t" }

// codePoint is the character at an index, with the two halves of a surrogate pair
// joined, and how many indexes it takes.
func (c *child) codePoint(q requests.FPDFText_GetUnicode, count int) (r rune, used int, err error) {
	high, err := c.instance.FPDFText_GetUnicode(&q)
	if err != nil {
		return 0, 0, err
	}
	r = rune(uint32(high.Unicode))
	if !utf16.IsSurrogate(r) {
		return r, 1, nil
	}
	if q.Index++; q.Index < count {
		low, err := c.instance.FPDFText_GetUnicode(&q)
		if err != nil {
			return 0, 0, err
		}
		if joined := utf16.DecodeRune(r, rune(uint32(low.Unicode))); joined != unicode.ReplacementChar {
			return joined, 2, nil
		}
	}
	return unicode.ReplacementChar, 1, nil
}

// badCode reports whether r stands for no character that can be printed.
func badCode(r rune) bool {
	if r == '\t' || r == '\n' || r == '\r' {
		return false
	}
	return r == unicode.ReplacementChar || unprintable(r) || unicode.Is(unicode.Co, r)
}

package pdf

import (
	"strings"

	second "github.com/ledongthuc/pdf"
)

// transcribe is the text that the second reader decodes from a page, with a line break
// wherever the next character does not follow on the one before. The library's own
// walk looks a font up again for every string that is set in it, which on a page of
// many small fonts is nearly all of its time; this one keeps them. Like that, it
// panics at a content stream that it does not understand, and at one that says more
// than a page can.
func transcribe(page second.Page) string {
	t := transcriber{
		named: page.Resources().Key("Font"),
		left:  maxChars,
		fonts: map[string]*knownFont{},
		state: textState{scale: 1, page: unmoved, font: &knownFont{}},
	}
	second.Interpret(page.V.Key("Contents"), t.obey)
	return t.text.String()
}

type transcriber struct {
	named second.Value
	fonts map[string]*knownFont
	state textState
	saved []textState
	text  strings.Builder

	endX, endY float64 // where the last character ended, on the page
	left       int     // characters that the page may still have
}

// textState is what q saves and Q brings back.
type textState struct {
	font                                *knownFont
	size, scale, rise, spacing, leading float64
	page                                matrix // of the contents on the page
	next, line                          matrix // of the next character, and of its line's start
}

var unmoved = matrix{a: 1, d: 1}

func moved(x, y float64) matrix { return matrix{1, 0, 0, 1, x, y} }

// knownFont is a font with what does not change from string to string.
type knownFont struct {
	encoding second.TextEncoding // nil for none: the bytes stand for themselves
	first    int
	widths   []float64 // thousandths of an em, from the first code on
}

func (f *knownFont) decode(s string) string {
	if f.encoding == nil {
		return s
	}
	return f.encoding.Decode(s)
}

func (f *knownFont) width(code byte) float64 {
	if i := int(code) - f.first; i >= 0 && i < len(f.widths) {
		return f.widths[i]
	}
	return 0
}

func (t *transcriber) font(name string) *knownFont {
	if f, known := t.fonts[name]; known {
		return f
	}
	font := second.Font{V: t.named.Key(name)}
	f := &knownFont{encoding: font.Encoder(), first: font.FirstChar(), widths: font.Widths()}
	t.fonts[name] = f
	return f
}

// obey carries out one operator of the content stream.
func (t *transcriber) obey(stack *second.Stack, op string) {
	args := make([]second.Value, stack.Len())
	for i := len(args) - 1; i >= 0; i-- {
		args[i] = stack.Pop()
	}
	s := &t.state
	number := func(i int) float64 { return args[i].Float64() }
	six := func() matrix { return matrix{number(0), number(1), number(2), number(3), number(4), number(5)} }
	move := func(x, y float64) {
		s.line = moved(x, y).after(s.line)
		s.next = s.line
	}
	switch op {
	case "q":
		t.saved = append(t.saved, *s)
	case "Q":
		t.state = t.saved[len(t.saved)-1]
		t.saved = t.saved[:len(t.saved)-1]
	case "cm":
		s.page = six().after(s.page)
	case "BT":
		s.line, s.next = unmoved, unmoved
	case "Tm":
		s.line = six()
		s.next = s.line
	case "Td":
		move(number(0), number(1))
	case "TD":
		s.leading = -number(1)
		move(number(0), number(1))
	case "T*":
		move(0, -s.leading)
	case "Tf":
		s.font, s.size = t.font(args[0].Name()), number(1)
	case "Tc":
		s.spacing = number(0)
	case "TL":
		s.leading = number(0)
	case "Ts":
		s.rise = number(0)
	case "Tz":
		s.scale = number(0) / 100
	case "Tj":
		t.show(args[0].RawString())
	case "'":
		move(0, -s.leading)
		t.show(args[0].RawString())
	case "\"":
		s.spacing = number(1)
		move(0, -s.leading)
		t.show(args[2].RawString())
	case "TJ":
		for i := range args[0].Len() {
			if part := args[0].Index(i); part.Kind() == second.String {
				t.show(part.RawString())
			} else {
				s.next = moved(-part.Float64()/1000*s.size*s.scale, 0).after(s.next)
			}
		}
	}
}

// show decodes a string and sets it. No widths are known of Chinese fonts: only a jump
// to another line, or back, or far ahead, is sure to be the end of a word.
func (t *transcriber) show(raw string) {
	s := &t.state
	if t.left -= len(raw) / 2; t.left < 0 { // Chinese has two bytes a character, or more
		panic("a page with too many characters")
	}
	n := 0
	for _, r := range s.font.decode(raw) {
		w := 0.0
		if n < len(raw) {
			w = s.font.width(raw[n]) / 1000
		}
		n++
		set := matrix{s.size * s.scale, 0, 0, s.size, 0, s.rise}.after(s.next).after(s.page)
		if ahead := set.e - t.endX; t.text.Len() > 0 && (set.f != t.endY || ahead < -1 || ahead > 2*set.a) {
			t.text.WriteByte('\n')
		}
		t.text.WriteRune(r)
		t.endX, t.endY = set.e+w*set.a, set.f
		s.next = moved((w*s.size+s.spacing)*s.scale, 0).after(s.next)
	}
}

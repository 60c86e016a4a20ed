package pdf

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"heji/layout"
)

// Line is one line of characters, left to right as read.
type Line struct {
	Box   layout.Box
	Chars []Char
	Text  string
}

// Text is what is printed in the box, top to bottom, lines joined by "\n". A
// character belongs to the box if its middle lies in it; the zero box is the page.
func Text(chars []Char, box layout.Box) string {
	lines := Lines(Within(chars, box))
	texts := make([]string, 0, len(lines))
	for _, l := range lines {
		texts = append(texts, l.Text)
	}
	return strings.Join(texts, "\n")
}

// Within are the characters whose middle lies in the box; the zero box has all.
func Within(chars []Char, box layout.Box) []Char {
	if box.IsZero() {
		return chars
	}
	var in []Char
	for _, ch := range chars {
		if x, y := ch.center(); box.Contains(x, y) {
			in = append(in, ch)
		}
	}
	return in
}

// Outside are the characters whose middle lies in none of the boxes.
func Outside(chars []Char, boxes []layout.Box) []Char {
	var out []Char
	for _, ch := range chars {
		x, y := ch.center()
		if !slices.ContainsFunc(boxes, func(b layout.Box) bool { return b.Contains(x, y) }) {
			out = append(out, ch)
		}
	}
	return out
}

// Visible are the characters that leave ink: none that are Hidden or Invisible.
func Visible(chars []Char) []Char {
	var seen []Char
	for _, ch := range chars {
		if ch.Flags&(Hidden|Invisible) == 0 {
			seen = append(seen, ch)
		}
	}
	return seen
}

// Turn is the way most of the characters are set, in quarter turns clockwise from
// upright: a page of 1 must be turned by three more to be read.
func Turn(chars []Char) int {
	var n [4]int
	for _, ch := range chars {
		if !isSpace(ch.Text) {
			n[ch.Turn&3]++
		}
	}
	most := 0
	for turn := range n {
		if n[turn] > n[most] {
			most = turn
		}
	}
	return most
}

// glyph is a character with its place turned upright.
type glyph struct {
	Char
	x, y        float64 // origin
	left, right float64 // of the ink, or for a blank the origin
}

// Lines sorts characters into lines as a reader sees them, whatever order the file
// has them in. Characters set sideways are read in their own direction, the one
// most of them have.
//
// Lines of blanks are left out, and so are blanks at the ends.
func Lines(chars []Char) []Line {
	turn := Turn(chars)
	glyphs := make([]glyph, 0, len(chars))
	for _, ch := range chars {
		if ch.Text != "" && !ignored(ch.Text) {
			glyphs = append(glyphs, upright(ch, turn))
		}
	}
	var lines []Line
	for _, row := range rows(glyphs) {
		slices.SortStableFunc(row, func(a, b glyph) int { return cmp.Compare(a.x, b.x) })
		row = trim(row)
		if len(row) == 0 {
			continue
		}
		l := Line{Text: spell(row)}
		for _, g := range row {
			l.Chars = append(l.Chars, g.Char)
			if !g.noBox() {
				l.Box = l.Box.Union(g.Box)
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// ignored are characters that print nothing and take no room.
func ignored(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r == 0x00AD, r == 0x200B, r == 0x200C, r == 0x200D, r == 0xFEFF, r == '\n', r == '\r':
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F:
		return true
	}
	return false
}

// upright turns a character's place back by the quarter turns, about the origin.
func upright(ch Char, turn int) glyph {
	g := glyph{Char: ch, x: ch.X, y: ch.Y, left: ch.Box.X0, right: ch.Box.X1}
	switch turn {
	case 1:
		g.x, g.y, g.left, g.right = ch.Y, -ch.X, ch.Box.Y0, ch.Box.Y1
	case 2:
		g.x, g.y, g.left, g.right = -ch.X, -ch.Y, -ch.Box.X1, -ch.Box.X0
	case 3:
		g.x, g.y, g.left, g.right = -ch.Y, ch.X, -ch.Box.Y1, -ch.Box.Y0
	}
	if ch.noBox() {
		g.left, g.right = g.x, g.x
	}
	return g
}

// How far apart baselines of one line may be, in ems. Chinese lines are set at
// least a full em apart; a raised or lowered figure is smaller and shifted by less
// than half.
const (
	sameLine   = 0.4
	smallShift = 0.62
	small      = 0.8 // of the size around it: a raised or lowered character
)

// rows groups glyphs by baseline, top to bottom. Characters of full size make the
// rows; small ones then join the row they are nearest to, so that a footnote mark
// between two lines does not become a line of its own.
func rows(glyphs []glyph) [][]glyph {
	if len(glyphs) == 0 {
		return nil
	}
	type row struct {
		y, size float64
		glyphs  []glyph
	}
	var rows []*row
	nearest := func(g glyph, reach float64) *row {
		var best *row
		for _, r := range rows {
			d := math.Abs(r.y - g.y)
			if d <= reach*max(r.size, g.Size) && (best == nil || d < math.Abs(best.y-g.y)) {
				best = r
			}
		}
		return best
	}
	order := slices.Clone(glyphs)
	slices.SortStableFunc(order, func(a, b glyph) int { return cmp.Compare(a.y, b.y) })
	typical := medianSize(order)
	var raised []glyph
	for _, g := range order {
		if g.Size < small*typical {
			raised = append(raised, g)
			continue
		}
		if r := nearest(g, sameLine); r != nil {
			r.glyphs = append(r.glyphs, g)
			r.size = max(r.size, g.Size)
			continue
		}
		rows = append(rows, &row{g.y, g.Size, []glyph{g}})
	}
	for _, g := range raised {
		r := nearest(g, smallShift)
		if r != nil && (g.Size >= small*r.size && math.Abs(r.y-g.y) > sameLine*r.size || far(r.glyphs, g)) {
			r = nearest(g, sameLine)
		}
		if r == nil {
			rows = append(rows, &row{g.y, g.Size, []glyph{g}})
			continue
		}
		r.glyphs = append(r.glyphs, g)
	}
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(a.y, b.y) })
	sorted := make([][]glyph, len(rows))
	for i, r := range rows {
		sorted[i] = r.glyphs
	}
	return sorted
}

// far reports whether no character of the row is near g: then g is a line of small
// print beside it and no index of it.
func far(row []glyph, g glyph) bool {
	for _, o := range row {
		if math.Abs(o.x-g.x) < 4*o.Wide {
			return false
		}
	}
	return true
}

func medianSize(glyphs []glyph) float64 {
	sizes := make([]float64, len(glyphs))
	for i, g := range glyphs {
		sizes[i] = g.Size
	}
	slices.Sort(sizes)
	return sizes[len(sizes)/2]
}

func trim(row []glyph) []glyph {
	for len(row) > 0 && isSpace(row[0].Text) {
		row = row[1:]
	}
	for len(row) > 0 && isSpace(row[len(row)-1].Text) {
		row = row[:len(row)-1]
	}
	return row
}

// spell writes a row of glyphs as text, with a space where they stand apart.
func spell(row []glyph) string {
	gaps := make([]bool, len(row)) // before the glyph
	for i := 1; i < len(row); i++ {
		gaps[i] = apart(row[i-1], row[i]) || i > 1 && sentenceEnds(row[i-2], row[i-1], row[i])
	}
	closeSpaced(row, gaps)
	var b strings.Builder
	for i, g := range row {
		if gaps[i] {
			b.WriteByte(' ')
		}
		if r, _ := utf8.DecodeRuneInString(g.Text); unprintable(r) {
			b.WriteRune(unicode.ReplacementChar)
			continue
		}
		b.WriteString(g.Text)
	}
	return b.String()
}

// unprintable are controls, line separators and codes that are no characters: a
// terminal would obey them and a database refuse them. Their Chars are BadCode.
func unprintable(r rune) bool {
	return r != '\t' && unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE
}

// A run of Western characters is one word set wide if it has this many gaps of one
// size, and they are no larger than this, in ems.
const (
	evenGaps  = 3
	evenPitch = 1.3
)

// closeSpaced takes the gaps out of words that are set wide: some programs give
// figures the width of Chinese characters. Separate figures do not stand evenly.
func closeSpaced(row []glyph, gaps []bool) {
	even := func(i int) bool {
		pitch := row[i].x - row[i-1].x
		return gaps[i] && !wide(row[i-1].Text) && !wide(row[i].Text) && pitch <= evenPitch*row[i].Wide
	}
	for i := 1; i < len(row); {
		if !even(i) {
			i++
			continue
		}
		end := i + 1
		for end < len(row) && even(end) && math.Abs(row[end].x-row[end-1].x-(row[i].x-row[i-1].x)) < 0.08*row[i].Wide {
			end++
		}
		if end-i >= evenGaps {
			clear(gaps[i:end])
		}
		i = end
	}
}

// Gaps, in ems, that are a space. Chinese is set without spaces and stretched to
// fill its line, so the gap must be as wide as a character there. Between figures
// a gap of a third of an em is one; where PDFium, who knows the font's widths, sees
// a space too, less is enough.
const (
	gapChinese  = 0.8
	gapMixed    = 0.6
	gapWestern  = 0.33
	gapSeen     = 0.12
	gapSentence = 0.2
	halfEm      = 0.5 // the width of a figure
)

func apart(p, g glyph) bool {
	if isSpace(p.Text) || isSpace(g.Text) {
		return false
	}
	em := max(p.Wide, g.Wide)
	end := p.right
	switch {
	case wide(p.Text):
		end = max(end, p.x+p.Wide)
	case !letter(p.Text):
		// A point or a 1 leaves much of its width empty.
		end = max(end, p.x+halfEm*p.Wide)
	}
	gap := (min(g.left, g.x+halfEm*g.Wide) - end) / em
	if wide(g.Text) || !letter(g.Text) {
		gap = (g.x - end) / em
	}
	switch {
	case wide(p.Text) && wide(g.Text):
		return gap > gapChinese
	case wide(p.Text) || wide(g.Text):
		return gap > gapMixed
	case g.Flags&SpaceGap != 0:
		return gap > gapSeen
	}
	return gap > gapWestern
}

// sentenceEnds reports whether a space stands after a mark that ends a sentence: one that PDFium
// sees, and that what comes before the mark does not have, as where a line is stretched.
func sentenceEnds(before, p, g glyph) bool {
	gap := func(a, b glyph) float64 { return (b.x - a.x - a.Wide) / a.Wide }
	return g.Flags&SpaceGap != 0 && wide(before.Text) && strings.Contains("。；：！？", p.Text) && wide(g.Text) &&
		gap(p, g) > gapSentence && gap(p, g) > 2*gap(before, p)
}

// wide reports whether the character takes a full em: Chinese and its punctuation.
func wide(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x2E80 && r <= 0xFFDF && !(r >= 0xFB00 && r <= 0xFDFF) && !(r >= 0xE000 && r <= 0xF8FF) || r >= 0x20000
}

func letter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

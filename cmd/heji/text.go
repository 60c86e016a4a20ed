package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// wide knows how many columns a character takes. Ambiguous ones, such as … and
// ≥, are taken as narrow whatever the locale, as today's terminals draw them.
var wide = &runewidth.Condition{StrictEmojiNeutral: true}

// printable makes text safe to print on one line: control characters, which can
// drive a terminal, and characters that reorder what stands beside them become
// escapes. A file may have any name, and a form may print anything.
func printable(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteByte(' ')
		case unsafe(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// jsonLine is v on a line of its own. JSON allows the control characters beyond
// ASCII to stand unescaped; a terminal need not see them.
func jsonLine(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is no HTML, and ≥ is written >= in it
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
	}
	line := strings.TrimSuffix(b.String(), "\n")
	if strings.ContainsFunc(line, unsafe) {
		line = printable(line)
	}
	return line + "\n", nil
}

// column is a column of a table.
type column struct {
	right bool // numbers
	least int  // what it may be cut down to where the table is too wide; 0 for never
	tail  bool // cut at the front: the end of a path says more than its beginning
}

// gap stands between columns.
const gap = "  "

// table aligns rows, the first of which are the headings. Where they are wider
// than width, columns that may be are cut, the widest first; width 0 is no
// limit.
func table(columns []column, rows [][]string, width int) string {
	sizes := make([]int, len(columns))
	for _, row := range rows {
		for i, s := range row {
			sizes[i] = max(sizes[i], wide.StringWidth(s))
		}
	}
	if width > 0 {
		fit(sizes, columns, width-len(gap)*(len(columns)-1))
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, s := range row {
			if i > 0 {
				line.WriteString(gap)
			}
			s = cut(s, sizes[i], columns[i].tail)
			pad := strings.Repeat(" ", sizes[i]-wide.StringWidth(s))
			if columns[i].right {
				line.WriteString(pad + s)
			} else {
				line.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// cut shortens text to a number of columns, with … where something is gone.
func cut(s string, size int, tail bool) string {
	over := wide.StringWidth(s) - size
	switch {
	case over <= 0:
		return s
	case tail:
		return wide.TruncateLeft(s, over+1, "…")
	}
	return wide.Truncate(s, size, "…")
}

// fit takes from the widest column that may be cut until the sum is total, or
// until none may be cut further.
func fit(sizes []int, columns []column, total int) {
	for {
		sum, widest := 0, -1
		for i, n := range sizes {
			sum += n
			if columns[i].least > 0 && n > columns[i].least && (widest < 0 || n > sizes[widest]) {
				widest = i
			}
		}
		if sum <= total || widest < 0 {
			return
		}
		sizes[widest]--
	}
}

// hang is text on a line of its own, indented, and broken at width 0 (never) or where a
// word ends or a Chinese character stands; what follows the first line stands further
// to the right.
func hang(text string, indent, width int) string {
	pad := strings.Repeat(" ", indent)
	if width < indent+30 {
		return pad + text + "\n"
	}
	var lines []string
	line, n := "", 0
	for _, word := range breakable(text) {
		w := wide.StringWidth(strings.TrimRight(word, " "))
		if n > 0 && n+w > width-indent-len(gap) {
			lines = append(lines, strings.TrimRight(line, " "))
			line, n = "", 0
		}
		line += word
		n += wide.StringWidth(word)
	}
	return pad + strings.Join(append(lines, line), "\n"+pad+gap) + "\n"
}

// breakable cuts text where a line may end: behind blanks and around Chinese
// characters, but not between these and their punctuation.
func breakable(text string) []string {
	const closing, opening = "，。；：、）》”,.;:!?)]%", "（《“(["
	var words []string
	word, last := "", ' '
	for _, r := range text {
		free := last == ' ' || wide.RuneWidth(last) == 2 || wide.RuneWidth(r) == 2
		if word != "" && free && r != ' ' && !strings.ContainsRune(closing, r) && !strings.ContainsRune(opening, last) {
			words = append(words, word)
			word = ""
		}
		word += string(r)
		last = r
	}
	return append(words, word)
}

// middle shortens text to a number of columns, with … where its middle is gone: what a
// sentence asks for stands at its end. A number is left out whole, for what is left of
// it would be another.
func middle(s string, size int) string {
	total := wide.StringWidth(s)
	if total <= size {
		return s
	}
	front := size * 2 / 3
	head, tail := wide.Truncate(s, front-1, ""), wide.TruncateLeft(s, total-(size-front), "")
	return strings.TrimRight(head, digits) + "…" + strings.TrimLeft(tail, " "+digits) // half a Chinese character becomes a blank
}

// digits are the characters of a number.
const digits = "0123456789.,"

// wrap breaks text into lines of at most width columns. Chinese has no spaces
// to break at, so it is broken anywhere.
func wrap(s string, width int) []string {
	var lines []string
	for part := range strings.SplitSeq(s, "\n") {
		line, n := "", 0
		for _, r := range part {
			w := wide.RuneWidth(r)
			if n+w > width && n > 0 {
				lines = append(lines, line)
				line, n = "", 0
			}
			line += string(r)
			n += w
		}
		lines = append(lines, line)
	}
	return lines
}

package transcript

import (
	"html"
	"regexp"
	"strings"
)

var (
	heading = regexp.MustCompile(`^\s{0,3}#{1,6}\s+`)
	strong  = regexp.MustCompile(`\*\*([^*\n]+)\*\*`)
	escape  = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]()#+\\-.!|<>~%&])")
	formula = regexp.MustCompile(`\$([^$\n]{1,60})\$`)

	// Tags are taken out by name: "<5%" and "a<b" are print.
	breaks = regexp.MustCompile(`(?i)</?(?:p|br|div|li|ul|ol|tr|table|h[1-6])(?:\s[^<>]*)?/?>`)
	tags   = regexp.MustCompile(`(?i)</?(?:b|i|u|s|em|strong|span|sub|sup|font|small|center|a|td|th|thead|tbody|tfoot|caption|colgroup|col|html|head|body|meta|img|section|article|details|summary)(?:\s[^<>]*)?/?>`)

	separator = regexp.MustCompile(`^\s*:?-+:?\s*$`)
	drawn     = regexp.MustCompile(`^\s*(?::?-{2,}:?)?\s*$`)
	ruler     = regexp.MustCompile(`^\s*(?:[-=_*+|\s]*[-=_*]{3,}[-=_*+|\s]*)$`)
)

// symbols are the few formula commands that tools write in cells of a form.
var symbols = strings.NewReplacer(
	`\geqslant`, "≥", `\geq`, "≥", `\ge`, "≥", `\leqslant`, "≤", `\leq`, "≤", `\le`, "≤",
	`\times`, "×", `\%`, "%", `\sim`, "~", `\pm`, "±", `\square`, "□", `\surd`, "√", " ", "",
)

// clean is what a cell or line prints: without markup, entities decoded, line
// breaks as "\n".
func (r *reader) clean(raw string) string {
	if !strings.ContainsAny(raw, "<&$*\\") { // as nearly every cell
		return tidy(strings.Map(visible, raw))
	}
	s := breaks.ReplaceAllString(raw, "\n")
	s = tags.ReplaceAllString(s, "")
	s = formula.ReplaceAllStringFunc(s, plainFormula)
	s = strong.ReplaceAllString(s, "$1")
	if r.markdown {
		s = escape.ReplaceAllString(s, "$1")
	}
	return tidy(strings.Map(visible, html.UnescapeString(s)))
}

// plainFormula is "≥90%" for "$\geq 90\%$". A formula with more to it stays.
func plainFormula(s string) string {
	if p := symbols.Replace(strings.Trim(s, "$")); !strings.ContainsAny(p, `\{}^_`) {
		return p
	}
	return s
}

// tidy trims every line of the text and drops empty ones.
func tidy(s string) string {
	var lines []string
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// isRule reports whether a line is one that the tool drew: nothing but dashes,
// at least two to each cell that has any. A row of single dashes says that the
// form prints no figures there.
func isRule(line string) bool {
	if !strings.Contains(line, "\t") {
		return ruler.MatchString(line)
	}
	found := false
	for field := range strings.SplitSeq(line, "\t") {
		if !drawn.MatchString(field) {
			return false
		}
		found = found || strings.Contains(field, "--")
	}
	return found
}

// isPiped reports whether a line is a Markdown table row by itself.
func isPiped(line string) bool {
	s := strings.TrimSpace(line)
	return strings.HasPrefix(s, "|") && strings.Count(s, "|") >= 2
}

// isPipeRule reports whether a line is the |---|:--:| below a Markdown table's head.
func isPipeRule(line string) bool {
	if !strings.Contains(line, "|") {
		return false
	}
	for _, field := range pipeCells(line) {
		if !separator.MatchString(field) {
			return false
		}
	}
	return true
}

// pipeCells cuts a Markdown table row; \| is a bar that is printed.
func pipeCells(line string) []string {
	s := strings.TrimSpace(line)
	s = strings.TrimPrefix(s, "|")
	var cells []string
	var cell strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '|':
			cell.WriteByte('|')
			i++
		case s[i] == '|':
			cells = append(cells, cell.String())
			cell.Reset()
		default:
			cell.WriteByte(s[i])
		}
	}
	if cell.Len() > 0 || len(cells) == 0 {
		cells = append(cells, cell.String())
	}
	return cells
}

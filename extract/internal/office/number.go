package office

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/xuri/excelize/v2"

	"heji/layout"
)

// numbers prints numbers as the formats of their cells say. A format prints
// fewer digits than the file stores, and what is printed is what the form says.
//
// Numbers are formatted here and not by a library: Excel rounds the decimal of
// fifteen digits half up (1.005 is 1.01), and formats such as 0!.0,"万" must not
// go wrong by a power of ten.
type numbers struct {
	codes     []string // of the cell styles, by number
	formats   map[int]*format
	date1904  bool
	dates     *excelize.File // made when the first date is met
	dateStyle map[string]int // its styles, by code
}

// shown is a stored number as its cell prints it, and a doubt where the format
// is one that is not known.
func (n *numbers) shown(stored string, style int) (text, doubt string) {
	v, ok := decimal(stored)
	if !ok {
		return stored, ""
	}
	f := n.format(style)
	text, how := f.print(v)
	switch how {
	case asDate:
		if text, ok = n.date(stored, f.code); ok {
			return text, ""
		}
		return general(v), layout.Unconfirmed
	case unknown:
		return general(v), layout.Unconfirmed
	}
	return text, ""
}

func (n *numbers) format(style int) *format {
	if style < 0 || style >= len(n.codes) {
		return &format{}
	}
	f := n.formats[style]
	if f == nil {
		f = newFormat(n.codes[style])
		if n.formats == nil {
			n.formats = map[int]*format{}
		}
		n.formats[style] = f
	}
	return f
}

// date prints a number that stands for a time.
func (n *numbers) date(stored, code string) (text string, ok bool) {
	defer func() { // the format is the file's, and the library may choke on it
		if recover() != nil {
			text, ok = "", false
		}
	}()
	if n.dates == nil {
		n.dateStyle = map[string]int{}
		n.dates = excelize.NewFile(excelize.Options{CultureInfo: excelize.CultureNameZhCN})
		if err := n.dates.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &n.date1904}); err != nil {
			return "", false
		}
	}
	const sheet, cell = "Sheet1", "A1"
	style, known := n.dateStyle[code]
	if !known {
		var err error
		if style, err = n.dates.NewStyle(&excelize.Style{CustomNumFmt: &code}); err != nil || len(n.dateStyle) > maxDateStyles {
			return "", false
		}
		n.dateStyle[code] = style
	}
	if n.dates.SetCellDefault(sheet, cell, stored) != nil || n.dates.SetCellStyle(sheet, cell, cell, style) != nil {
		return "", false
	}
	text, err := n.dates.GetCellValue(sheet, cell)
	return strings.TrimSpace(text), err == nil && text != stored
}

const maxDateStyles = 500

// decimal is a stored number with the fifteen digits that Excel shows at most.
func decimal(stored string) (*apd.Decimal, bool) {
	stored = strings.TrimSpace(stored)
	f, err := strconv.ParseFloat(stored, 64)
	if err != nil || len(stored) > 400 || f-f != 0 {
		return nil, false
	}
	if f == 0 {
		return new(apd.Decimal), true
	}
	v, _, err := apd.NewFromString(stored)
	if err != nil || v.Form != apd.Finite {
		return nil, false
	}
	if _, err := rounding(15).Round(v, v); err != nil {
		return nil, false
	}
	return v, true
}

func rounding(digits uint32) *apd.Context {
	c := apd.BaseContext.WithPrecision(digits)
	c.Rounding = apd.RoundHalfUp
	return c
}

// toPlaces is v with exactly so many digits after the point, rounded half up.
func toPlaces(v *apd.Decimal, places int) *apd.Decimal {
	var r apd.Decimal
	if _, err := rounding(800).Quantize(&r, v, int32(-places)); err != nil {
		return v
	}
	return &r
}

// general is a number without a format. Excel shows eleven characters at most,
// without the sign: 0.0900000762939453 is 0.090000076. (In a narrow column it
// shows fewer; the file does not say what was seen.)
func general(v *apd.Decimal) string {
	sign, abs := "", new(apd.Decimal).Abs(v)
	if v.Sign() < 0 {
		sign = "-"
	}
	const most = 11
	whole := max(int(abs.NumDigits())+int(abs.Exponent), 1) // digits before the point
	switch {
	case abs.Sign() == 0:
		return "0"
	case whole <= most:
		places := max(most-1-whole, 0)
		text := strip(toPlaces(abs, places).Text('f'))
		// Numbers below 0.0001 are shown whole or with an exponent.
		small := int(abs.NumDigits())+int(abs.Exponent) <= -4
		if len(text) <= most && (!small || len(strip(abs.Text('f'))) <= most) {
			return sign + text
		}
	}
	return sign + scientific(abs, 5, 2, true)
}

// scientific is abs as 1.23E+05.
func scientific(abs *apd.Decimal, places, exponentDigits int, stripped bool) string {
	var r apd.Decimal
	if _, err := rounding(uint32(places+1)).Round(&r, abs); err != nil {
		return abs.Text('f')
	}
	exponent := int(r.NumDigits()) + int(r.Exponent) - 1
	if r.Sign() == 0 {
		exponent = 0
	}
	var mantissa apd.Decimal
	mantissa.Set(&r)
	mantissa.Exponent -= int32(exponent)
	text := toPlaces(&mantissa, places).Text('f')
	if stripped {
		text = strip(text)
	}
	sign := "+"
	if exponent < 0 {
		sign, exponent = "-", -exponent
	}
	digits := strconv.Itoa(exponent)
	return text + "E" + sign + strings.Repeat("0", max(0, exponentDigits-len(digits))) + digits
}

// strip takes off zeros at the end of a fraction.
func strip(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// outcome says how a format goes with a number.
type outcome int

const (
	printed outcome = iota
	asDate
	unknown
)

// format is a code such as #,##0.00_);[Red](#,##0.00), taken apart. The zero
// format is that of a cell without one.
type format struct {
	code     string
	sections []section
}

// section is what a code has for some numbers, such as negative ones.
type section struct {
	when  string       // a comparison, or ""
	limit *apd.Decimal // what is compared with
	parts []part
	how   outcome
}

// maxCode is longer than any code that Excel takes.
const maxCode = 300

func newFormat(code string) *format {
	f := &format{code: code}
	if len(code) > maxCode {
		f.sections = []section{{how: unknown}}
		return f
	}
	if code == "" {
		return f
	}
	for _, text := range cut(code) {
		s := section{}
		if m := condition.FindStringSubmatch(text); m != nil {
			s.when = m[1]
			limit, _, err := apd.NewFromString(m[2])
			if err != nil {
				s.how = unknown
			}
			s.limit = limit
		}
		if s.how == printed {
			s.parts, s.how = takeApart(text)
		}
		f.sections = append(f.sections, s)
	}
	return f
}

// print is v as the format shows it.
func (f *format) print(v *apd.Decimal) (string, outcome) {
	if len(f.sections) == 0 {
		return general(v), printed
	}
	s, signed := choose(f.sections, v)
	if s.how != printed {
		return "", s.how
	}
	return render(v, s.parts, signed && v.Sign() < 0)
}

// part is one piece of a format's section. Kind is 'L' for a literal, '0', '#'
// or '?' for a digit's place, '.', ',', '%', 'E' for an exponent, 'G' for the
// number as if without a format.
type part struct {
	kind rune
	text string
}

// cut divides a code at its semicolons.
func cut(code string) []string {
	var sections []string
	start, quoted, bracket := 0, false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"' && !bracket:
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '!' || c == '_' || c == '*':
			i++ // what follows stands for itself
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case c == ';' && !bracket:
			sections = append(sections, code[start:i])
			start = i + 1
		}
	}
	return append(sections, code[start:])
}

var condition = regexp.MustCompile(`^\s*(?:\[[^\]<>=]*\])*\[(<=|>=|<>|=|<|>)\s*(-?[0-9]+(?:\.[0-9]+)?)\]`)

// choose finds the section for v. signed says that the section does not itself
// print the sign of a negative number.
func choose(sections []section, v *apd.Decimal) (s section, signed bool) {
	conditional := false
	for i, s := range sections {
		switch {
		case s.when == "" && !conditional:
		case s.how == unknown, s.when != "" && i > 1:
			return section{how: unknown}, false
		case s.when == "" && (i == len(sections)-1 || i == 2), s.when != "" && holds(v.Cmp(s.limit), s.when):
			return s, true
		default:
			conditional = true
		}
	}
	switch {
	case conditional:
		return section{how: unknown}, false
	case len(sections) == 1, v.Sign() > 0, v.Sign() == 0 && len(sections) == 2:
		return sections[0], true
	case v.Sign() < 0:
		return sections[1], false
	}
	return sections[2], false
}

// holds reports whether a comparison that came out as order is what sign says.
func holds(order int, sign string) bool {
	switch sign {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "=":
		return order == 0
	}
	return order != 0
}

var (
	generalCode = regexp.MustCompile(`(?i)^(?:general|g/通用格式)`)
	elapsed     = regexp.MustCompile(`(?i)^\[(?:h+|m+|s+)\]`)
	currency    = regexp.MustCompile(`^\[\$([^\]-]*)(?:-[^\]]*)?\]`)
	bracketed   = regexp.MustCompile(`^\[[^\]]*\]`)
	exponent    = regexp.MustCompile(`^[Ee][+-]0+`)
	halfDay     = regexp.MustCompile(`(?i)^(?:am/pm|a/p|上午/下午)`)
)

// takeApart is what a section is made of.
func takeApart(section string) ([]part, outcome) {
	var parts []part
	literal := func(s string) { parts = append(parts, part{'L', s}) }
	how := printed
	for s := section; s != ""; {
		switch r, size := firstRune(s); {
		case r == '"':
			text, rest, closed := strings.Cut(s[1:], `"`)
			if !closed {
				return nil, unknown
			}
			literal(text)
			s = rest
			continue
		case r == '\\' || r == '!':
			next, n := firstRune(s[size:])
			if n > 0 {
				literal(string(next))
			}
			s = s[size+n:]
			continue
		case r == '_' || r == '*': // room as wide as a character; a character as often as there is room
			_, n := firstRune(s[size:])
			literal(" ")
			s = s[size+n:]
			continue
		case r == '[':
			m := currency.FindStringSubmatch(s)
			all := bracketed.FindString(s)
			switch {
			case all == "" || strings.HasPrefix(strings.ToUpper(all), "[DBNUM"):
				return nil, unknown
			case elapsed.MatchString(s):
				how = asDate
			case m != nil:
				literal(m[1])
			}
			s = s[len(all):]
			continue
		case generalCode.MatchString(s):
			parts = append(parts, part{kind: 'G'})
			s = s[len(generalCode.FindString(s)):]
			continue
		case halfDay.MatchString(s):
			how = asDate
			s = s[len(halfDay.FindString(s)):]
			continue
		case exponent.MatchString(s) && hasDigits(parts):
			parts = append(parts, part{'E', exponent.FindString(s)})
			s = s[len(exponent.FindString(s)):]
			continue
		case strings.ContainsRune("0#?.,%", r):
			parts = append(parts, part{kind: r})
			s = s[size:]
		case r == '@':
			parts = append(parts, part{kind: 'G'})
			s = s[size:]
		case strings.ContainsRune("yYmMdDhHsSeEgGbBaA", r):
			how = asDate
			s = s[size:]
		case r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '1' && r <= '9' && hasDigits(parts):
			return nil, unknown
		case r == '/' && hasDigits(parts) && how == printed: // a fraction
			return nil, unknown
		default:
			literal(string(r))
			s = s[size:]
		}
	}
	return parts, how
}

func firstRune(s string) (rune, int) {
	for _, r := range s {
		return r, len(string(r))
	}
	return 0, 0
}

func isDigit(p part) bool { return p.kind == '0' || p.kind == '#' || p.kind == '?' }

func hasDigits(parts []part) bool {
	for _, p := range parts {
		if isDigit(p) {
			return true
		}
	}
	return false
}

// render fills a section's places with v's digits.
func render(v *apd.Decimal, parts []part, minus bool) (string, outcome) {
	abs := new(apd.Decimal).Abs(v)
	var whole, fraction int // places before and after the point
	point, exp := -1, -1
	for i, p := range parts {
		switch {
		case p.kind == '.' && point >= 0, p.kind == 'E' && exp >= 0, isDigit(p) && exp >= 0:
			return "", unknown
		case p.kind == '.':
			point = i
		case p.kind == 'E':
			exp = i
		case isDigit(p) && point < 0:
			whole++
		case isDigit(p):
			fraction++
		}
	}
	grouped := false
	for i, p := range parts {
		switch {
		case p.kind == '%':
			abs.Exponent += 2
		case p.kind != ',':
		case point < 0 && hasDigits(parts[i:]) || point > i && hasDigits(parts[i:point]):
			grouped = grouped || hasDigits(parts[:i])
		case i > 0 && (isDigit(parts[i-1]) || parts[i-1].kind == ','): // shown in thousands
			abs.Exponent -= 3
		default:
			return "", unknown
		}
	}
	if exp >= 0 {
		if whole != 1 || grouped {
			return "", unknown
		}
		return renderScientific(abs, parts, fraction, minus), printed
	}
	before, after, _ := strings.Cut(toPlaces(abs, fraction).Text('f'), ".")
	if before == "0" {
		before = ""
	}
	filled := fillWhole(parts, before, whole, grouped)
	var b strings.Builder
	if minus {
		b.WriteByte('-')
	}
	for i, p := range parts {
		switch {
		case p.kind == 'L':
			b.WriteString(p.text)
		case p.kind == 'G':
			b.WriteString(general(abs))
		case p.kind == '.' && i == point:
			b.WriteString(filled[-1] + ".")
		case p.kind == '%':
			b.WriteByte('%')
		case isDigit(p) && (point < 0 || i < point):
			b.WriteString(filled[i])
		case isDigit(p):
			digit := after[:1]
			switch {
			case p.kind == '0' || strings.Trim(after, "0") != "":
				b.WriteString(digit)
			case p.kind == '?':
				b.WriteByte(' ')
			}
			after = after[1:]
		}
	}
	return strings.TrimSpace(b.String()), printed
}

// fillWhole gives the digits before the point to their places, by index into
// parts, from the right; the first place takes all that are left.
func fillWhole(parts []part, digits string, places int, grouped bool) map[int]string {
	var at []int // the places, left to right
	for i, p := range parts {
		if isDigit(p) && len(at) < places {
			at = append(at, i)
		}
	}
	filled := map[int]string{}
	position := 0 // digits to the right of the next one
	put := func(i int, digit string) {
		if grouped && position > 0 && position%3 == 0 {
			digit += ","
		}
		filled[i] = digit + filled[i]
		position++
	}
	last := func() string {
		d := digits[len(digits)-1:]
		digits = digits[:len(digits)-1]
		return d
	}
	for k := len(at) - 1; k >= 0; k-- {
		switch i := at[k]; {
		case digits != "":
			put(i, last())
		case parts[i].kind == '0':
			put(i, "0")
		case parts[i].kind == '?':
			filled[i] = " "
		}
	}
	for len(at) > 0 && digits != "" {
		put(at[0], last())
	}
	if len(at) == 0 && digits != "" { // as .00 for 12.5
		filled[-1] = digits
	}
	return filled
}

// renderScientific is for a format with an exponent and one place before the
// point.
func renderScientific(abs *apd.Decimal, parts []part, places int, minus bool) string {
	var b strings.Builder
	if minus {
		b.WriteByte('-')
	}
	written := false
	for _, p := range parts {
		switch {
		case p.kind == 'L':
			b.WriteString(p.text)
		case p.kind == 'E':
			text := scientific(abs, places, len(p.text)-2, false)
			if p.text[1] == '-' { // only a negative exponent has its sign shown
				text = strings.Replace(text, "+", "", 1)
			}
			b.WriteString(text)
			written = true
		case p.kind == '%' && written:
			b.WriteByte('%')
		}
	}
	return strings.TrimSpace(b.String())
}

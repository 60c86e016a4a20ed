package ocr

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"heji/extract/internal/ocr/numeral"
	"heji/layout"
)

// witnesses are the readings of one line so far.
type witnesses struct {
	read         recogniser
	piece        piece
	narrow       bool        // no mark is as wide as a Han character
	starts       numeral.End // what the line begins with, and ends with
	ends         numeral.End
	column       bool     // one of several lines
	figures      []string // the numbers that the marks spell
	leading      bool     // the first of them is what the line begins with
	bracketed    bool     // it stands behind one tall and narrow mark
	wide         bool     // what stands before it is wider than a comparator
	sign         rune     // which comparator that looks more like, 0 where there is none
	odds         float64  // and how much more than like the other
	tall         bool     // what stands before it is higher than an = is
	broad        bool     // its first mark is wider than a digit, and not as wide as two
	unsigned     int      // readings of a number that lost a minus of which there is no ink
	presumed     bool     // a comparator was read as another than is said
	presumedRate bool     // a mark behind digits was taken for a percent sign
	ticked       bool     // a reading had a tick behind the number
	rebuilt      bool     // digits of a reading were put right by the marks
	asked        []setting
	readings     []layout.Reading
	families     []family             // of each reading
	lines        int                  // of the cell
	least        map[string]float64   // of a text as Chinese data read it, the belief in its least sure Han character
	joined       map[string]int       // of a text as Chinese data read it, its pairs of characters in words
	beliefs      []map[string]float64 // of each reading by Chinese data, in its text and in others
	likely       []layout.Reading     // numbers that a reading took for possible, and labels as they were read
}

func (w *witnesses) add(f family, r layout.Reading) {
	w.readings = append(w.readings, r)
	w.families = append(w.families, f)
}

// ask reads the line by further settings; one asked before is not asked again.
func (w *witnesses) ask(settings ...setting) error {
	for _, s := range settings {
		if slices.Contains(w.asked, s) {
			continue
		}
		result, err := w.read(NewRequest(w.piece.framed(s.fill), s.language, Raw))
		if err != nil {
			return err
		}
		w.asked = append(w.asked, s)
		if s.language == Chinese {
			w.believe(result)
			w.least[tidy(result.Text)] = max(w.least[tidy(result.Text)], result.Least)
		}
		r := layout.Reading{Text: tidy(result.Text), Reader: layout.ByOCR, Confidence: result.Confidence, By: s.String()}
		if result.Label != "" {
			w.likely = append(w.likely, r)
			r.Text, r.By = result.Label, r.By+", a label by vocabulary"
		}
		if text := w.edged(r.Text); text != r.Text {
			if strings.HasPrefix(r.Text, "-") && amount(text) {
				w.unsigned++
				w.likely = append(w.likely, r)
			}
			r.Text, r.By = text, r.By+", ends by shape"
		}
		if text := w.percents(r.Text); text != r.Text {
			r.Text, r.By = text, r.By+", % by shape"
		}
		if text := behind.ReplaceAllString(r.Text, "$1%$2"); text != r.Text {
			w.likely = append(w.likely, r)
			w.presumedRate = true
			r.Text, r.By = text, r.By+", % presumed"
		}
		if text := punctuated(r.Text, result.Others); text != r.Text {
			r.Text, r.By = text, r.By+", marks by grammar"
		}
		for _, o := range result.Others {
			if o = tidy(o); isFigure(o) {
				w.likely = append(w.likely, layout.Reading{Text: o, Reader: layout.ByOCR, By: s.String() + layout.SecondThought})
			}
		}
		if text := w.compared(r.Text); text != r.Text {
			r.Text, r.By = text, r.By+", signs by shape"
		}
		if text := w.unticked(r.Text); text != r.Text {
			w.ticked = true
			r.Text, r.By = text, r.By+", without a tick"
		}
		if text := w.points(r.Text); text != r.Text {
			w.rebuilt = w.rebuilt || figures(text) != figures(r.Text)
			r.Text, r.By = text, r.By+", bracket by shape"
		}
		if text := w.presume(r.Text); text != r.Text {
			r.Text, r.By = text, r.By+", sign presumed"
		}
		w.add(s.family(), r)
	}
	return nil
}

// A digit read with less belief than guess, by data that know no Han, is no digit
// where data that do believe in Han characters with more than surely.
const (
	guess   = 0.5
	surely  = 0.8
	certain = 0.95
)

// guessed reports whether no number has been read but by English data that hardly
// believe in it.
func (w *witnesses) guessed() bool {
	for i, r := range w.readings {
		if isFigure(r.Text) && (w.families[i] != byEnglish || r.Confidence >= guess) {
			return false
		}
	}
	return true
}

// forgetGuess drops such numbers where the line is sure to be of Han characters: 标
// alone on the second line of a head was read as 7.
func (w *witnesses) forgetGuess() {
	if w.guessed() && w.saw(isHan) {
		w.forgetFigures()
	}
}

// saw reports whether Chinese data surely read such a text.
func (w *witnesses) saw(is func(string) bool) bool {
	for i, r := range w.readings {
		if w.families[i] == byChinese && r.Confidence >= surely && is(r.Text) {
			return true
		}
	}
	return false
}

// counted reports whether the line is a number and what it counts. Data that know no
// Han make digits of 株 and % of 名; the marks do not.
func (w *witnesses) counted() bool {
	for i, r := range w.readings {
		if w.families[i] == byMarks && isFigure(r.Text) {
			return false
		}
	}
	return w.saw(measured.MatchString)
}

// forgetFigures drops the figures that were read, and those that may have been.
func (w *witnesses) forgetFigures() {
	var readings []layout.Reading
	var families []family
	for i, r := range w.readings {
		if !isFigure(r.Text) {
			readings, families = append(readings, r), append(families, w.families[i])
		}
	}
	w.readings, w.families = readings, families
	w.likely = nil
}

// number settles a line that one reading at least takes for a number. It asks
// until the witnesses agree or there is nobody left.
func (w *witnesses) number() (lineReading, error) {
	for _, s := range []setting{digits, otherDigits, words, otherWords} {
		if w.agreed() {
			break
		}
		if err := w.ask(s); err != nil {
			return lineReading{}, err
		}
		if w.counted() {
			w.forgetFigures()
			return w.words()
		}
	}
	best := w.best()
	switch {
	case w.agreed() && w.signed(best):
		w.likely = append(w.likely, layout.Reading{Text: "≥" + best[1:], Reader: layout.ByOCR, By: "shape" + layout.SecondThought})
		return w.settle(best, layout.Unconfirmed), nil
	case w.agreed(), w.barredOnes(best) && !w.dissent(best):
		return w.settle(best, ""), nil
	case w.dissent(best):
		return w.settle(best, layout.Disagree), nil
	}
	return w.settle(best, layout.Unconfirmed), nil
}

// agreed reports whether a number is settled: two families read it, and no
// reading says another number.
func (w *witnesses) agreed() bool {
	best := w.best()
	if !w.isFigure(best) || w.dissent(best) {
		return false
	}
	var seen [3]bool
	families := 0
	for i, r := range w.readings {
		if f := w.families[i]; r.Text == best && !seen[f] {
			seen[f] = true
			families++
		}
	}
	return families > 1
}

// barredOnes reports whether Chinese data read bars and digits, ]1, at both their sizes where the marks are surely the ones
// of a number, 11. A bar alone may be what is left of a ruling line.
func (w *witnesses) barredOnes(best string) bool {
	sure, read := false, 0
	for i, r := range w.readings {
		switch {
		case w.families[i] == byMarks:
			sure = r.Text == best && isNumber(best) && r.Confidence >= certain
		case w.families[i] == byChinese && hasDigit(r.Text) && bars.Replace(r.Text) == best:
			read++
		}
	}
	return sure && read > 1
}

var bars = strings.NewReplacer("]", "1", "|", "1")

// isFigure reports whether a reading is one number, or the decimals of one that its first line
// has no room for.
func (w *witnesses) isFigure(text string) bool {
	return isFigure(text) || w.piece.line > 0 && decimals.MatchString(text)
}

// signed reports whether the first digit of a number may be a comparator: the mark is as
// wide as no digit is. Both of Tesseract's data read ≥ of some typefaces as 2 or 3.
func (w *witnesses) signed(best string) bool {
	for i, r := range w.readings {
		if w.families[i] == byMarks && r.Text == best {
			return false
		}
	}
	return w.broad && len(best) > 1 && (best[0] == '2' || best[0] == '3')
}

// dissent reports whether a reading is a number other than best, or the marks spell
// its digits with more points.
func (w *witnesses) dissent(best string) bool {
	for i, r := range w.readings {
		if r.Text != best && (w.isFigure(r.Text) || w.families[i] == byMarks && unmarked.Replace(r.Text) == unmarked.Replace(best) && len(r.Text) > len(best)) {
			return true
		}
	}
	return false
}

// best is the number that most readings give, and of those the one read first, with
// the point that the marks show; where none gives a number, the words. Points set
// close to their digits are lost on Tesseract at any size, so that its readings
// outnumber the one that sees them.
func (w *witnesses) best() string {
	best, most := "", 0.0
	for _, r := range w.readings {
		if n := w.worth(r.Text); w.isFigure(r.Text) && n > most {
			best, most = r.Text, n
		}
	}
	for i, r := range w.readings {
		if w.families[i] == byMarks && w.isFigure(r.Text) && strings.Contains(r.Text, ".") &&
			!strings.Contains(best, ".") && unmarked.Replace(r.Text) == unmarked.Replace(best) {
			best = r.Text
		}
	}
	if m := ringBefore.FindStringSubmatch(best); m != nil {
		switch rate := m[1] + "%"; {
		case w.thought(rate):
			return rate
		case strings.Trim(m[1], "≥≤") == "100": // whatever it was, 1009% it was not
			w.likely = append(w.likely, layout.Reading{Text: rate, Reader: layout.ByOCR, By: "a ring of % presumed in " + best})
			return rate
		}
	}
	if best != "" {
		return best
	}
	for i, r := range w.readings {
		if w.families[i] == byChinese && r.Text != "" {
			for _, o := range w.readings { // a grade alone, and not a mark besides
				if strings.Contains(alone, o.Text) && o.Text != r.Text && o.Text != "" && len(r.Text) == 2*len(o.Text) && strings.HasSuffix(r.Text, o.Text) {
					return o.Text
				}
			}
			return r.Text
		}
	}
	for _, r := range w.readings {
		if r.Text != "" {
			return r.Text
		}
	}
	return ""
}

// thought reports whether a reading is a text, or took it for possible.
func (w *witnesses) thought(text string) bool {
	is := func(r layout.Reading) bool { return r.Text == text }
	return slices.ContainsFunc(w.readings, is) || slices.ContainsFunc(w.likely, is)
}

// worth is how many families read a text, and by as little as breaks a tie the most belief
// that one of them has in it: two readings by the same data err alike.
func (w *witnesses) worth(text string) float64 {
	seen := [3]float64{-1, -1, -1}
	sum := 0.0
	for i, r := range w.readings {
		if r.Text == text {
			seen[w.families[i]] = max(seen[w.families[i]], r.Confidence)
		}
	}
	for _, c := range seen {
		if c >= 0 {
			sum += 1 + c/10
		}
	}
	return sum
}

// count is how many readings are so.
func (w *witnesses) count(is func(string) bool) int {
	n := 0
	for _, r := range w.readings {
		if is(r.Text) {
			n++
		}
	}
	return n
}

func (w *witnesses) same(text string) int {
	return w.count(func(s string) bool { return s == text })
}

// words settles a line that is not one number. The figures in it are read twice.
func (w *witnesses) words() (lineReading, error) {
	if w.rebuilt {
		if err := w.ask(otherWords); err != nil {
			return lineReading{}, err
		}
	}
	best := w.best()
	if (miscounted.MatchString(best) || unpriced.MatchString(best)) && !w.column {
		if err := w.ask(digits); err != nil {
			return lineReading{}, err
		}
		if w.count(hasDigit) > 0 || unpriced.MatchString(best) {
			return w.settle(best, layout.Unconfirmed), nil
		}
	}
	if best != "" && w.confidence(best) < doubtful {
		if err := w.ask(otherWords); err != nil {
			return lineReading{}, err
		}
		best = w.surest()
	}
	switch {
	case best == "":
		return w.settle("", layout.Illegible), nil
	case w.narrow && !malformed(best) && !isName(best) && !w.phrase(best) && !measured.MatchString(best) && !(w.column && isHan(best)) && !w.lone(best), suspect(best) && !malformed(best), w.confidence(best) < doubtful:
		return w.settle(best, layout.Unconfirmed), nil // may be a number that nobody could read
	case latin(best):
		if err := w.ask(digits); err != nil {
			return lineReading{}, err
		}
		if w.same(best) < 2 {
			return w.settle(best, layout.Unconfirmed), nil // a spoiled number as like as not
		}
		return w.settle(best, ""), nil
	case w.count(hasDigit) == 0 && len(w.figures) == 0 && !malformed(best), confirmed(figures(best), w.figures):
		return w.name(best)
	}
	if err := w.ask(otherWords); err != nil {
		return lineReading{}, err
	}
	if malformed(best) {
		return w.rewritten(best), nil
	}
	for i, r := range w.readings {
		if w.families[i] == byChinese && figures(r.Text) != figures(best) {
			if confirmed(figures(r.Text), w.figures) { // and best is not
				best = r.Text
			}
			return w.settle(best, layout.Disagree), nil
		}
	}
	if len(strings.Fields(figures(best))) == len(w.figures) {
		return w.settle(best, layout.Disagree), nil // with what the marks spell
	}
	return w.settle(best, ""), nil
}

// surest is the text that Chinese data believe in most; of one line of print at two
// heights they may know one by heart and not the other: (万元) was read as 食者.
func (w *witnesses) surest() string {
	most, text := 0.0, w.best()
	for i, r := range w.readings {
		if w.families[i] == byChinese && r.Text != "" && r.Confidence > most {
			most, text = r.Confidence, r.Text
		}
	}
	return text
}

// phrase reports whether a text begins with words, and the Chinese data believe in it:
// whatever the marks look like, that is no number.
func (w *witnesses) phrase(text string) bool {
	return phrased.MatchString(text) && w.confidence(text) >= surely
}

// name settles a line whose words are to be told. Where a character of a short text is
// hardly believed in, it is read again: such a one is right when both readings say it
// and one believes in it, and else a person must look.
func (w *witnesses) name(best string) (lineReading, error) {
	if w.lines > fewLines || w.least[best] >= believed || !strings.ContainsFunc(best, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return w.settle(best, ""), nil
	}
	if _, read := w.least[best]; !read { // put right by the vocabulary
		return w.settle(best, ""), nil
	}
	if err := w.ask(otherWords); err != nil {
		return lineReading{}, err
	}
	if w.count(func(s string) bool { return narrowOf.Replace(s) == narrowOf.Replace(best) }) < 2 {
		return w.settle(w.likeliest(best), layout.Disagree), nil
	}
	if w.least[best] < believed {
		return w.settle(best, layout.Unconfirmed), nil
	}
	return w.settle(best, ""), nil
}

// believe notes how far a reading by Chinese data believes in which texts.
func (w *witnesses) believe(r Result) {
	w.joined[tidy(r.Text)] = r.Joined
	in := map[string]float64{narrowOf.Replace(tidy(r.Text)): r.Sure}
	for i, o := range r.Others {
		in[narrowOf.Replace(tidy(o))] += r.Shares[i]
	}
	w.beliefs = append(w.beliefs, in)
}

// likeliest is the one of the texts read by Chinese data that their readings together
// believe in most, words counting for it; in doubt, text. What one takes for the second best by a hair, and the
// other for the best, is likelier than what the other does not think of.
func (w *witnesses) likeliest(text string) string {
	const unthought = 0.01 // belief in a text that a reading did not name
	worth := func(t string) float64 {
		product := math.Exp(pairWorth * float64(w.joined[t]))
		for _, in := range w.beliefs {
			product *= max(in[narrowOf.Replace(t)], unthought)
		}
		return product
	}
	best := worth(text)
	for i, r := range w.readings {
		if v := worth(r.Text); w.families[i] == byChinese && r.Text != "" && v > best {
			best, text = v, r.Text
		}
	}
	return text
}

// Of a text of so many lines at most each character counts: it is a name. One read with
// less belief than believed may be one that Tesseract's data do not know.
const (
	fewLines = 2
	believed = 0.6
)

// alone are characters that stand alone in cells, grades and what is counted, and
// have too many strokes for a digit.
const alone = "优良差是否无有次件项份户名年家套台亩篇期场组例"

// lone reports whether a text is one such character: nobody reads a number there, and
// the Chinese data believe in it.
func (w *witnesses) lone(text string) bool {
	return text != "" && strings.Contains(alone, text) && w.count(isFigure) == 0 && w.confidence(text) >= certain
}

// rewritten settles a line whose first reading has a bracket in a figure. Nothing is in
// doubt where the marks spell the figures of a reading with its brackets put right, or
// where another reading has none and says the same.
func (w *witnesses) rewritten(first string) lineReading {
	put := func(i int, text, doubt string) lineReading {
		w.readings[i].Text, w.readings[i].By = text, w.readings[i].By+", without bars"
		return w.settle(text, doubt)
	}
	for i, r := range w.readings {
		for _, text := range []string{unbarred(r.Text), barred.ReplaceAllString(r.Text, "${1}1")} {
			text = w.presume(w.compared(text))
			if w.families[i] == byChinese && !malformed(text) && confirmed(figures(text), w.figures) {
				return put(i, text, "")
			}
		}
	}
	for i, r := range w.readings {
		text := w.presume(unbarred(r.Text))
		if w.families[i] != byChinese || r.Text == first || malformed(text) {
			continue
		}
		if text == r.Text && figures(text) == figures(unbarred(first)) {
			return w.settle(text, "")
		}
		return put(i, text, layout.Disagree)
	}
	for i, r := range w.readings {
		if text := unbarred(first); r.Text == first && !malformed(text) && !doubled.MatchString(first) {
			return put(i, text, layout.Unconfirmed)
		}
	}
	return w.settle(first, layout.Unconfirmed)
}

// unbarred is a text with 1 for the brackets and bars in its figures. Beside a 1 they
// are that 1, read twice.
func unbarred(text string) string {
	return barred.ReplaceAllString(doubled.ReplaceAllString(text, "${1}1"), "${1}1")
}

// doubtful is the confidence below which Tesseract's words are a guess. It says
// nothing of numbers, and nothing good of what is above it.
const doubtful = 0.3

// confidence is the highest that a reading of this text has.
func (w *witnesses) confidence(text string) float64 {
	most := 0.0
	for _, r := range w.readings {
		if r.Text == text {
			most = max(most, r.Confidence)
		}
	}
	return most
}

// settle makes text the reading believed, and the readings the others.
func (w *witnesses) settle(text, doubt string) lineReading {
	if doubt == "" && w.presumed && strings.ContainsAny(text, "≥≤") {
		doubt = layout.Unconfirmed
	}
	if doubt == "" && w.presumedRate && strings.Contains(text, "%") {
		doubt = layout.Unconfirmed
	}
	if doubt == "" && w.ticked {
		doubt = layout.Unconfirmed // the tick may be a correction
	}
	if doubt == "" && w.rebuilt && strings.HasSuffix(text, "分)") && w.same(text) < 2 {
		doubt = layout.Unconfirmed
	}
	// A minus that runs into the first digit has no ink of its own. Where every reading
	// has it, it may be one.
	if doubt == "" && w.unsigned > 0 && w.unsigned == len(w.asked) && amount(text) {
		doubt = layout.Unconfirmed
	}
	l := lineReading{doubt: doubt}
	chosen := -1
	for i, r := range w.readings {
		if r.Text == text && (chosen < 0 || r.Confidence > w.readings[chosen].Confidence) {
			chosen = i
		}
	}
	for i, r := range w.readings {
		switch {
		case i == chosen:
			l.best = r
		case r.Text != "":
			l.others = append(l.others, r)
		}
	}
	if i := slices.IndexFunc(w.likely, func(r layout.Reading) bool { return r.Text == text }); chosen < 0 && i >= 0 {
		l.best = w.likely[i]
	}
	slices.SortStableFunc(l.others, func(a, b layout.Reading) int { return w.same(b.Text) - w.same(a.Text) })
	for _, r := range w.likely {
		known := func(o layout.Reading) bool { return o.Text == r.Text }
		if r.Text != l.best.Text && !slices.ContainsFunc(l.others, known) {
			l.others = append(l.others, r)
		}
	}
	return l
}

// amount reports whether a text is one number, or one and what it counts.
func amount(text string) bool { return isNumber(text) || measured.MatchString(text) }

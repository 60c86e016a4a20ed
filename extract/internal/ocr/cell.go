package ocr

import (
	"fmt"
	"image"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"heji/extract/internal/ocr/numeral"
	"heji/layout"
)

// family is a kind of reader. Readers of different families share neither trained
// data nor, for shapes, a program: they do not make the same mistakes.
type family int

const (
	byEnglish family = iota // Tesseract with English data: good at digits, knows no Han
	byChinese               // Tesseract with Chinese data: better at small digits than at large ones
	byMarks                 // package numeral: knows whole, separate digits and nothing else
)

// setting is a way of reading a line with Tesseract's data: how much of the
// picture's height the print takes is what makes one reading differ from another.
type setting struct {
	language Language
	fill     float64
}

func (s setting) String() string { return fmt.Sprintf("tesseract %s × %g", s.language, s.fill) }

func (s setting) family() family {
	if s.language == English {
		return byEnglish
	}
	return byChinese
}

var (
	digits      = setting{English, 0.5} // where each data reads most rightly
	otherDigits = setting{English, 0.6}
	words       = setting{Chinese, 0.53}
	otherWords  = setting{Chinese, 0.6}
)

// readCells reads crops: line by line, each line by as many settings as it takes to
// be sure. The first readings of all lines are made together, then the second.
func readCells(read manyRecogniser, crops []Crop) ([]Cell, error) {
	lines := make([][]lineReading, len(crops))
	var tasks []task
	for i, c := range crops {
		found := pieces(c)
		lines[i] = make([]lineReading, len(found))
		for j, p := range found {
			tasks = append(tasks, func(read recogniser) (err error) {
				lines[i][j], err = readLine(read, p, found[len(found)-1].line+1)
				lines[i][j].line = p.line
				return err
			})
		}
	}
	if err := together(tasks, read); err != nil {
		return nil, err
	}
	cells := make([]Cell, len(crops))
	for i := range cells {
		// Where the caller saw ink that forms no line the cell is illegible.
		cells[i] = join(withoutRules(lines[i]))
	}
	return cells, nil
}

// withoutRules are the lines that say something. A level stroke on a line of its own
// above or below print is what is left of a ruling line, and no minus.
//
// What is hardly believed in there, as one character, is no print as like as not: a seal's
// remains. It is left out of the text, and in doubt.
func withoutRules(lines []lineReading) []lineReading {
	printed := slices.ContainsFunc(lines, func(l lineReading) bool { return !l.stroke && l.best.Text != "" && !l.hardly() })
	for i, l := range lines {
		if printed && l.hardly() {
			lines[i].others = append(l.others, l.best)
			lines[i].best.Text = ""
		}
	}
	return slices.DeleteFunc(lines, func(l lineReading) bool {
		return l.stroke && printed || l.best.Text == "" && l.doubt == ""
	})
}

// lineReading is what was read in one line.
type lineReading struct {
	line   int  // of the cell, from the top
	stroke bool // it is nothing but a level stroke
	best   layout.Reading
	others []layout.Reading
	doubt  string
}

// hardly reports whether a line is one character that its reader hardly believes in.
func (l lineReading) hardly() bool {
	return l.doubt != "" && l.best.Confidence < hardlyBelieved && utf8.RuneCountInString(l.best.Text) == 1
}

const hardlyBelieved = 0.1

// readLine reads one line of print. In a column of several lines a lone Han
// character is likely: labels are set downwards in narrow cells.
func readLine(read recogniser, p piece, lines int) (lineReading, error) {
	marks := numeral.Marks(p.picture)
	if text, ok := numeral.Dash(marks, p.dpi); ok {
		return lineReading{stroke: true, best: byShape(text, 0.95)}, nil
	}
	spelt, belief := numeral.Read(p.picture, marks)
	if spelt == "/" && numeral.Slash(p.picture, marks) {
		return lineReading{best: byShape("/", belief)}, nil
	}
	if numeral.Equals(marks) {
		return lineReading{best: byShape("=", 0.95)}, nil
	}
	if len(marks) <= 3 && strings.Contains(signs, spelt) && spelt != "" && belief >= certain {
		return lineReading{best: byShape(spelt, belief)}, nil
	}
	w := witnesses{read: read, piece: p, narrow: numeral.Narrow(marks), column: lines > 1, lines: lines, least: map[string]float64{}, joined: map[string]int{}}
	w.starts, w.ends = numeral.Ends(marks)
	w.broad = broadStart(marks)
	spelled, from := numeral.Figures(p.picture, marks)
	w.figures = strings.Fields(figures(strings.Join(spelled, " ")))
	if len(spelled) > 0 {
		ahead := from - marks[0].Box.Min.X
		digit := marks[slices.IndexFunc(marks, func(m numeral.Mark) bool { return m.Box.Min.X == from })].Box.Dy()
		w.leading, w.wide = ahead == 0, float64(ahead) > signWidth*float64(digit)
		w.bracketed = len(marks) > 1 && marks[1].Box.Min.X == from && tallAndNarrow(marks[0])
		w.sign, w.odds = numeral.Comparator(p.picture, marks, from)
		w.tall = heightBefore(marks, from)*5 > digit*3
	}
	if w.narrow || isFigure(spelt) {
		w.narrow = true
		if spelt != "" {
			w.add(byMarks, byShape(spelt, belief))
		}
		if err := w.ask(digits); err != nil {
			return lineReading{}, err
		}
		if w.count(isFigure) > 0 && !w.guessed() {
			return w.number()
		}
	}
	if err := w.ask(words); err != nil {
		return lineReading{}, err
	}
	w.forgetGuess()
	if w.counted() {
		w.forgetFigures()
	}
	if w.count(isFigure) > 0 {
		return w.number()
	}
	if w.best() == "" {
		if err := w.ask(otherWords, digits); err != nil {
			return lineReading{}, err
		}
	}
	return w.words()
}

// signWidth is how wide a comparator is at most with the paper behind it, in heights of a
// digit: some typefaces give it a whole em.
const signWidth = 1.85

// heightBefore is how high the marks before a place reach together, in pixels.
func heightBefore(marks []numeral.Mark, from int) int {
	var all image.Rectangle
	for _, m := range marks {
		if m.Box.Min.X < from {
			all = all.Union(m.Box)
		}
	}
	return all.Dy()
}

// tallAndNarrow reports whether a mark may be a bracket.
func tallAndNarrow(m numeral.Mark) bool { return m.Box.Dx()*2 < m.Box.Dy() }

// broadStart reports whether the first mark of a line is wider than a digit, and not as
// wide as two that touch. The widest digits are three quarters of their height.
func broadStart(marks []numeral.Mark) bool {
	if len(marks) < 2 {
		return false
	}
	share := float64(marks[0].Box.Dx()) / float64(marks[1].Box.Dy())
	return share > 0.95 && share < 1.35
}

// signs are what stands alone in a column of comparators or of units, and that no data
// of Tesseract's knows: ≥ is read as 2, as > or as a Han character.
const signs = "≥≤%=><"

func byShape(text string, confidence float64) layout.Reading {
	return layout.Reading{Text: text, Reader: layout.ByOCR, Confidence: confidence, By: "shape"}
}

// witnesses are the readings of one line so far.
type witnesses struct {
	read      recogniser
	piece     piece
	narrow    bool        // no mark is as wide as a Han character
	starts    numeral.End // what the line begins with, and ends with
	ends      numeral.End
	column    bool     // one of several lines
	figures   []string // the numbers that the marks spell
	leading   bool     // the first of them is what the line begins with
	bracketed bool     // it stands behind one tall and narrow mark
	wide      bool     // what stands before it is wider than a comparator
	sign      rune     // which comparator that looks more like, 0 where there is none
	tall      bool     // what stands before it is higher than an = is
	odds      float64  // and how much more than like the other
	broad     bool     // its first mark is wider than a digit, and not as wide as two
	unsigned  int      // readings of a number that lost a minus of which there is no ink
	presumed  bool     // a comparator was read as another than is said
	ticked    bool     // a reading had a tick behind the number
	rebuilt   bool     // digits of a reading were put right by the marks
	asked     []setting
	readings  []layout.Reading
	families  []family             // of each reading
	lines     int                  // of the cell
	least     map[string]float64   // of a text as Chinese data read it, the belief in its least sure Han character
	joined    map[string]int       // of a text as Chinese data read it, its pairs of characters in words
	beliefs   []map[string]float64 // of each reading by Chinese data, in its text and in others
	likely    []layout.Reading     // numbers that a reading took for possible, and labels as they were read
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
	case w.agreed():
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
	if !isFigure(best) || w.dissent(best) {
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
		if r.Text != best && (isFigure(r.Text) || w.families[i] == byMarks && unmarked.Replace(r.Text) == unmarked.Replace(best) && len(r.Text) > len(best)) {
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
		if n := w.worth(r.Text); isFigure(r.Text) && n > most {
			best, most = r.Text, n
		}
	}
	for i, r := range w.readings {
		if w.families[i] == byMarks && isNumber(r.Text) && strings.Contains(r.Text, ".") &&
			!strings.Contains(best, ".") && unmarked.Replace(r.Text) == unmarked.Replace(best) {
			best = r.Text
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
	if miscounted.MatchString(best) && !w.column {
		if err := w.ask(digits); err != nil {
			return lineReading{}, err
		}
		if w.count(hasDigit) > 0 {
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
		text := w.presume(w.compared(unbarred(r.Text)))
		if w.families[i] == byChinese && !malformed(text) && confirmed(figures(text), w.figures) {
			return put(i, text, "")
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

// compared is a reading with the comparators that the marks show: Tesseract reads
// ≥ as 2, as a Han character, as > or not at all.
func (w *witnesses) compared(text string) string {
	shown := w.figures
	for i, r := range w.readings {
		if w.families[i] == byMarks {
			shown = []string{r.Text}
		}
	}
	from := 0
	for i, f := range shown {
		sign, number := cutSign(f)
		at := strings.Index(text[from:], number)
		if sign == "" || len(number) < 2 || at < 0 {
			continue
		}
		at += from
		head, tail := text[:at], text[at:]
		last, size := utf8.DecodeLastRuneInString(head)
		switch {
		case strings.HasSuffix(head, sign):
		case i == 0 && w.leading: // nothing is printed before the sign
			head = sign
		case afterRate(head):
			head = head[:len(head)-size] + sign
		case strings.ContainsRune(misreadSigns, last), w.narrow && size > 0:
			head = head[:len(head)-size] + sign
		default:
			head += sign
		}
		text, from = head+tail, len(head)+len(number)
	}
	return text
}

// unticked is a reading without the tick that a pen made behind its number, where the marks
// spell that number: 4.5v and 11/ on a fax, which has no colours.
func (w *witnesses) unticked(text string) string {
	m := tickBehind.FindStringSubmatch(text)
	if m == nil || !w.leading || len(w.figures) != 1 || w.figures[0] != m[1] {
		return text
	}
	return m[1]
}

var tickBehind = regexp.MustCompile(`^([≥≤]?[0-9][0-9,.]*%?)[vVwWyY/~一√]{1,3}$`)

// points is a reading of a section's points that are a line alone with the bracket and
// the digits that the marks show: (51分) was read as 人51分) and as 人1分), for the bracket
// stands near. Digits that the reading does not have are a doubt.
func (w *witnesses) points(text string) string {
	inner, ok := strings.CutSuffix(text, "分)")
	if !ok || !w.bracketed || len(w.figures) != 1 || strings.HasPrefix(text, "(") && figures(text) == w.figures[0] {
		return text
	}
	if n := w.figures[0]; inner != n && wholePoints.MatchString(n) && utf8.RuneCountInString(inner) <= len(n)+1 {
		return "(" + n + "分)"
	}
	return text
}

var wholePoints = regexp.MustCompile(`^[1-9][0-9]?$`)

// presume is a reading with ≥ for > and ≤ for <, which is how Tesseract's data, that do
// not know them, read them when they come near; forms ask for no more than something. A
// Han character that nobody prints before a figure is taken for ≥ too: 率之90, or for ≤.
// It is a guess, and leaves a doubt, unless the marks show the sign that was read. No sign
// is so wide: 标( before 29 was read as one character.
func (w *witnesses) presume(text string) string {
	for _, form := range []*regexp.Regexp{oddInRate, oddInFigure} {
		if m := form.FindStringSubmatchIndex(text); m != nil && !strings.Contains(joining, text[m[2]:m[3]]) && !(m[2] == 0 && w.wide && len(w.figures) == 1 && figures(text) == w.figures[0]) {
			w.presumed = true
			text = text[:m[2]] + w.likelier(text[m[2]:m[3]], m[2] == 0 && len(w.figures) == 1 && figures(text) == w.figures[0]) + text[m[3]:]
		}
	}
	if m := oddRate.FindStringSubmatch(text); m != nil {
		w.presumed = true
		text = "≥" + m[1]
	}
	text = strict.ReplaceAllStringFunc(text, func(f string) string {
		m := strict.FindStringSubmatch(f)
		if slices.ContainsFunc(w.figures, func(s string) bool { return strings.HasPrefix(s, m[1][:1]) }) {
			return doubledSign.ReplaceAllString(f, "$1") // of full width, read twice
		}
		w.presumed = true
		if strings.Contains(m[1], "<") {
			return "≤" + m[2]
		}
		return "≥" + m[2]
	})
	if m := flatSign.FindStringSubmatch(text); m != nil && w.tall {
		w.presumed = true
		text = "≥" + m[1] // ≧
	}
	if m := besideSign.FindStringSubmatch(text); m != nil && !strings.Contains(joining, m[1]) {
		w.presumed = true
		text = m[2] + text[len(m[0]):]
	}
	return text
}

// flatSign is an = before a figure, or what else the lower half of a ≧ is read as.
var flatSign = regexp.MustCompile(`^[:>]?[=:]([0-9].*)$`)

// besideSign is a part of a comparator that was read beside it.
var besideSign = regexp.MustCompile(`^([2Z><]|\p{Han})([≥≤])`)

// likelier is the comparator that a character was read for: the one that its mark looks
// clearly more like, where it stands alone before the figure, and else the one it is known for.
func (w *witnesses) likelier(char string, alone bool) string {
	const clearly = 30
	switch {
	case alone && w.sign != 0 && w.odds >= clearly:
		return string(w.sign)
	case strings.Contains(lessLike, char), w.leading && len(w.figures) > 0 && strings.HasPrefix(w.figures[0], "≤"):
		return "≤"
	}
	return "≥"
}

var doubledSign = regexp.MustCompile(`^([<>])[<>]+`)

var strict = regexp.MustCompile(`([<>=]*[<>][<>=]*)([0-9])`)

// edged is a reading without the small marks at its ends that no ink accounts for.
// The white beside a line, and a fax's specks, are read as a minus, a comma or a
// quotation mark by both of Tesseract's languages alike, and -64.97 is a number.
func (w *witnesses) edged(text string) string {
	for range 2 {
		first, size := utf8.DecodeRuneInString(text)
		if w.starts.Denies(first) && len(text) > size {
			text = text[size:]
		}
		last, size := utf8.DecodeLastRuneInString(text)
		if w.ends.Denies(last) && len(text) > size {
			text = text[:len(text)-size]
		}
	}
	return text
}

// percents is a reading with the percent signs that the marks show. The rings of one
// are read as digits, letters or quotation marks, before it or in its place.
func (w *witnesses) percents(text string) string {
	text = ringed.ReplaceAllStringFunc(text, func(f string) string {
		if cut := f[:len(f)-1]; slices.Contains(w.figures, cut) {
			return cut
		}
		return f
	})
	for _, f := range w.figures {
		_, number := cutSign(f)
		digits, isRate := strings.CutSuffix(number, "%")
		from := strings.LastIndex(text, digits)
		if !isRate || len(digits) < 2 || from < 0 || strings.Contains(text, number) || isName(text) {
			continue
		}
		rest := text[from+len(digits):]
		if before, _ := utf8.DecodeLastRuneInString(text[:from]); !strings.ContainsRune("0123456789.,", before) && ringsOnly.MatchString(rest) {
			text = text[:from] + number
		}
	}
	return text
}

// afterRate reports whether a text ends in one character behind the name of a rate,
// which is what a sign there was read as.
func afterRate(text string) bool {
	m := rated.FindStringSubmatch(text)
	return m != nil && !strings.Contains(joining, m[1])
}

// misreadSigns is what ≥ and ≤ were seen read as, beside digits.
const misreadSigns = "2之乏这盖工三二乙Z><^Q》《zs=≥≤加芝逢空笠和系科冬各盆"

// lessLike are the characters that ≤ was seen read as, and never ≥.
const lessLike = "艾系和私迄乞挟去云泉汞反KS"

// cutSign cuts ≥ or ≤ off a number.
func cutSign(number string) (sign, rest string) {
	for _, s := range []string{"≥", "≤"} {
		if rest, ok := strings.CutPrefix(number, s); ok {
			return s, rest
		}
	}
	return "", number
}

// confirmed reports whether every figure that was read is also spelt by marks, in
// the same order.
func confirmed(read string, spelt []string) bool {
	for _, f := range strings.Fields(read) {
		i := slices.IndexFunc(spelt, func(s string) bool { return strings.TrimRight(s, "%") == strings.TrimRight(f, "%") })
		if i < 0 {
			return false
		}
		spelt = spelt[i+1:]
	}
	return read != ""
}

// settle makes text the reading believed, and the readings the others.
func (w *witnesses) settle(text, doubt string) lineReading {
	if doubt == "" && w.presumed && strings.ContainsAny(text, "≥≤") {
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

// join makes a cell of its lines and their parts. Another reading of one is another
// reading of the cell, with the others as believed.
func join(lines []lineReading) Cell {
	cell := Cell{Ink: true}
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.best.Text
	}
	whole := func(r layout.Reading, i int) layout.Reading {
		var b strings.Builder
		for j, text := range texts {
			switch {
			case j > 0 && lines[j].line == lines[j-1].line:
				b.WriteByte(' ')
			case j > 0:
				b.WriteByte('\n')
			}
			if j == i {
				text = r.Text
			}
			b.WriteString(text)
		}
		r.Text = strings.Trim(b.String(), " \n")
		return r
	}
	for i, l := range lines {
		if r := whole(l.best, i); cell.Text == "" && (l.best.Text != "" || len(lines) == 1) || l.best.Text != "" && r.Confidence < cell.Confidence {
			cell.Reading = r
		}
		if len(lines) == 1 || l.doubt != "" {
			for _, o := range l.others {
				cell.Others = append(cell.Others, whole(o, i))
			}
		}
		if worse(l.doubt, cell.Doubt) {
			cell.Doubt = l.doubt
		}
	}
	if cell.Text == "" {
		cell.Doubt = layout.Illegible
	}
	return cell
}

// worse orders doubts.
func worse(a, b string) bool {
	order := []string{"", layout.Unconfirmed, layout.Disagree, layout.Illegible}
	return slices.Index(order, a) > slices.Index(order, b)
}

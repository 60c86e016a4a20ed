package ocr

import (
	"fmt"
	"slices"
	"strings"

	"heji/layout"
)

// recogniser reads a picture once.
type recogniser func(Request) (Result, error)

// setting is a way of reading. Readings in different families share neither
// trained data nor program.
type setting struct {
	language Language
	scale    float64
}

func (s setting) String() string {
	return fmt.Sprintf("tesseract %s psm %d × %g", s.language, Line, s.scale)
}

// What a family of settings is good at was measured on some thousand cells:
// English data reads digits best and knows no Han; Chinese data reads small
// digits better than large ones.
var (
	digits      = setting{English, 1}
	smallDigits = setting{English, 0.75}
	words       = setting{Chinese, 1}
	smallWords  = setting{Chinese, 0.75}
)

// readCell reads one crop: line by line, each line by as many settings as it
// takes to be sure.
func readCell(read recogniser, c Crop) (Cell, error) {
	cell := Cell{}
	lines := pieces(c)
	if len(lines) == 0 {
		// The caller saw ink, and it forms no line.
		return Cell{Ink: true, Doubt: layout.Illegible}, nil
	}
	read1 := make([]lineReading, 0, len(lines))
	for _, p := range lines {
		l, err := readLine(read, p)
		if err != nil {
			return cell, err
		}
		if l.best.Text != "" || l.doubt != "" {
			read1 = append(read1, l)
		}
	}
	return join(read1), nil
}

// lineReading is what was read in one line.
type lineReading struct {
	best   layout.Reading
	others []layout.Reading
	doubt  string
}

// readLine reads one line of print.
func readLine(read recogniser, p piece) (lineReading, error) {
	marks := marksOf(p.picture)
	if text, ok := dash(marks, p.dpi); ok {
		return lineReading{best: byShape(text)}, nil
	}
	if slash(p.picture, marks) {
		return lineReading{best: byShape("/")}, nil
	}
	w := witnesses{read: read, piece: p}
	if narrow(marks) {
		if err := w.ask(digits); err != nil {
			return lineReading{}, err
		}
		if isNumber(w.first()) {
			return w.number()
		}
	}
	if err := w.ask(words); err != nil {
		return lineReading{}, err
	}
	text := w.last()
	switch {
	case isNumber(text):
		if err := w.ask(digits); err != nil {
			return lineReading{}, err
		}
		return w.number()
	case text == "":
		if err := w.ask(smallWords, digits); err != nil {
			return lineReading{}, err
		}
		return w.number()
	}
	return w.text()
}

func byShape(text string) layout.Reading {
	return layout.Reading{Text: text, Reader: layout.ByOCR, Confidence: 0.95, By: "shape"}
}

// witnesses are the readings of one line so far.
type witnesses struct {
	read     recogniser
	piece    piece
	settings []setting
	readings []layout.Reading
}

// ask reads the line by further settings; one asked before is not asked again.
func (w *witnesses) ask(settings ...setting) error {
	for _, s := range settings {
		if slices.Contains(w.settings, s) {
			continue
		}
		result, err := w.read(NewRequest(w.piece.sized(s.scale), s.language, Line))
		if err != nil {
			return err
		}
		w.settings = append(w.settings, s)
		w.readings = append(w.readings, layout.Reading{
			Text: tidy(result.Text), Reader: layout.ByOCR, Confidence: result.Confidence, By: s.String(),
		})
	}
	return nil
}

func (w *witnesses) first() string { return w.readings[0].Text }
func (w *witnesses) last() string  { return w.readings[len(w.readings)-1].Text }

// number settles a line that one reading at least takes for a number.
func (w *witnesses) number() (lineReading, error) {
	if err := w.ask(digits, smallWords); err != nil {
		return lineReading{}, err
	}
	if !w.agreed() {
		if err := w.ask(smallDigits, words); err != nil {
			return lineReading{}, err
		}
	}
	best := w.best()
	if best == "" {
		return w.settle("", layout.Illegible), nil
	}
	switch {
	case !isNumber(best):
		return w.text()
	case w.agreed():
		return w.settle(best, ""), nil
	case w.dissent(best):
		return w.settle(best, layout.Disagree), nil
	}
	return w.settle(best, layout.Unconfirmed), nil
}

// agreed reports whether the line is settled: both families read the same number,
// and no reading a different one.
func (w *witnesses) agreed() bool {
	best := w.best()
	families := map[Language]bool{}
	for i, r := range w.readings {
		if r.Text == best {
			families[w.settings[i].language] = true
		}
	}
	return isNumber(best) && len(families) > 1 && !w.dissent(best)
}

// dissent reports whether a reading is a number other than best.
func (w *witnesses) dissent(best string) bool {
	return slices.ContainsFunc(w.readings, func(r layout.Reading) bool {
		return isNumber(r.Text) && r.Text != best
	})
}

// best is the number that most readings give, and of those the one read first;
// where none gives a number, the words.
func (w *witnesses) best() string {
	best, most := "", 0
	for _, r := range w.readings {
		if n := w.count(r.Text); isNumber(r.Text) && n > most {
			best, most = r.Text, n
		}
	}
	if best != "" {
		return best
	}
	for i, r := range w.readings {
		if w.settings[i].language == Chinese && r.Text != "" {
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

func (w *witnesses) count(text string) int {
	n := 0
	for _, r := range w.readings {
		if r.Text == text {
			n++
		}
	}
	return n
}

// text settles a line of words. Its figures are read twice.
func (w *witnesses) text() (lineReading, error) {
	if err := w.ask(words); err != nil {
		return lineReading{}, err
	}
	best := w.best()
	if !hasDigit(best) {
		return w.settle(best, ""), nil
	}
	if err := w.ask(smallWords); err != nil {
		return lineReading{}, err
	}
	for i, r := range w.readings {
		if w.settings[i].language == Chinese && figures(r.Text) != figures(best) {
			return w.settle(best, layout.Disagree), nil
		}
	}
	return w.settle(best, ""), nil
}

// settle makes text the reading believed, and the readings the others.
func (w *witnesses) settle(text, doubt string) lineReading {
	l := lineReading{doubt: doubt}
	found := false
	for _, r := range w.readings {
		switch {
		case r.Text == text && !found:
			l.best, found = r, true
		case r.Text != "":
			l.others = append(l.others, r)
		}
	}
	slices.SortStableFunc(l.others, func(a, b layout.Reading) int { return w.count(b.Text) - w.count(a.Text) })
	return l
}

// join makes a cell of its lines. Another reading of one line is another reading
// of the cell, with the other lines as believed.
func join(lines []lineReading) Cell {
	cell := Cell{Ink: true}
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.best.Text
	}
	whole := func(r layout.Reading, i int) layout.Reading {
		changed := slices.Clone(texts)
		changed[i] = r.Text
		r.Text = strings.Join(changed, "\n")
		return r
	}
	for i, l := range lines {
		r := whole(l.best, i)
		if i == 0 || r.Confidence < cell.Confidence {
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

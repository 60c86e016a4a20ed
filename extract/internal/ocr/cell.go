package ocr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
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

// presumable is the belief in a sign of which the marks show a part.
const presumable = 0.7

// readLine reads one line of print. In a column of several lines a lone Han
// character is likely: labels are set downwards in narrow cells.
func readLine(read recogniser, p piece, lines int) (lineReading, error) {
	marks := numeral.Marks(p.picture)
	if numeral.Equals(marks) {
		return lineReading{best: byShape("=", 0.95)}, nil
	}
	if text, ok := numeral.Dash(marks, p.dpi); ok {
		return lineReading{stroke: true, best: byShape(text, 0.95)}, nil
	}
	spelt, belief := numeral.Read(p.picture, marks)
	if spelt == "" && numeral.Rings(marks) {
		spelt, belief = "%", presumable
	}
	if spelt == "/" && numeral.Slash(p.picture, marks) {
		return lineReading{best: byShape("/", belief)}, nil
	}
	signAlone := len(marks) <= 3 && spelt != "" && strings.Contains(signs, spelt)
	if signAlone && belief >= certain {
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
	if signAlone && (belief > w.confidence(w.best()) || strings.Contains("><", w.best()) && strings.Contains("≥≤", spelt)) { // which the data do not know
		return w.settleSign(byShape(spelt, belief)), nil
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

// signs are what stands alone in a column of comparators or of units, and that no data
// of Tesseract's knows: ≥ is read as 2, as > or as a Han character.
const signs = "≥≤%=><"

func byShape(text string, confidence float64) layout.Reading {
	return layout.Reading{Text: text, Reader: layout.ByOCR, Confidence: confidence, By: "shape"}
}

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
		r.Text = mixedBrackets.ReplaceAllString(strings.Trim(b.String(), " \n"), "（$1）")
		r.Text = yearEnd.ReplaceAllString(r.Text, "年${1}末$2")
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

// mixedBrackets are a wide bracket that is closed by a narrow one, around Han: （万元).
var mixedBrackets = regexp.MustCompile(`（(\p{Han}[^()（）]*)\)`)

// yearEnd is the end of a year, 年末完成值, whose 末 is taken for 未: its column was one of reasons for what was not done.
var yearEnd = regexp.MustCompile(`年(\n?)未(\n?完\n?成\n?[值数]|\n?实\n?际|\n?结\n?[余转]|\n?余\n?额|\n?决\n?算)`)

// worse orders doubts.
func worse(a, b string) bool {
	order := []string{"", layout.Unconfirmed, layout.Disagree, layout.Illegible}
	return slices.Index(order, a) > slices.Index(order, b)
}

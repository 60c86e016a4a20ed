package batch

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"heji/audit"
	"heji/extract"
	"heji/form"
	"heji/layout"
)

// confirm judges each form, after another look at the pixels of the figures that take
// part in a broken rule: of those of a text layer, which can be dense, valid and wrong,
// and of those that were read from pixels with nothing to vouch for them. Where the
// pixels agree, the figure has a witness. Where they differ, it has a doubt and all
// readings are kept. Doubts that arithmetic settles are dropped.
func (r *Result) confirm(ctx context.Context, reader Reader, data []byte) error {
	for i := range r.Forms {
		f := &r.Forms[i]
		judged := audit.Judge(&f.Form)
		if figures := accused(f, judged); len(figures) > 0 {
			if err := r.look(ctx, reader, data, f, figures); err != nil {
				return fmt.Errorf("look at the figures of a broken rule: %w", err)
			}
			judged = audit.Judge(&f.Form)
		}
		f.doubtMarks(judged.LostMarks)
		f.settle(judged.Settled)
		f.Discrepancies = judged.Discrepancies
	}
	return nil
}

// look holds what the pixels show now against what was read.
func (r *Result) look(ctx context.Context, reader Reader, data []byte, f *Form, figures []placed) error {
	places := make([]extract.Place, len(figures))
	for k, a := range figures {
		places[k] = r.placeOf(a.figure)
	}
	cells, err := reader.Look(ctx, data, places)
	if err != nil {
		return err
	}
	for k, a := range figures {
		if a.figure.Reader == layout.ByOCR {
			f.lookAgain(a, cells[k])
		} else if doubt := weigh(a.figure, cells[k]); doubt != "" {
			f.Form.Problems = append(f.Form.Problems, form.Problem{
				Where: a.where, Code: a.figure.Doubt, Message: doubt, Page: a.figure.Page, Box: a.figure.Box,
				MessageZH: fmt.Sprintf("PDF 文本层为“%s”，原件所见为“%s”；请核对原件", a.figure.Text, cells[k].Flat()),
			})
		}
	}
	return nil
}

// placeOf is where a figure is, and how its page was read.
func (r *Result) placeOf(g *form.Figure) extract.Place {
	p := extract.Place{Page: g.Page, Box: g.Box}
	for _, page := range r.Layout.Pages {
		if page.Number == g.Page {
			p.Scan, p.Turn = page.Source == layout.Scan, page.Turn
		}
	}
	return p
}

// lookAgain holds a second look at the pixels, which were scaled anew for it, against
// a reading that nothing vouches for. What is seen now as it was read before is
// confirmed; anything else is one more reading.
func (f *Form) lookAgain(a placed, seen layout.Cell) {
	g := a.figure
	if g.Doubt == layout.Glued {
		return // what belongs in two cells is not made surer by another look
	}
	same := sameNumber(g, seen)
	if g.Value == nil {
		same = sameText(g, seen)
	}
	if same {
		g.Agreed++
		f.trust(a)
		return
	}
	for _, other := range append([]layout.Reading{seen.Reading}, seen.Others...) {
		text := layout.Squeeze(other.Text)
		known := func(r layout.Reading) bool { return layout.Squeeze(r.Text) == text }
		if numberText.MatchString(text) && text != layout.Squeeze(g.Text) && !slices.ContainsFunc(g.Alternatives, known) {
			g.Alternatives = append(g.Alternatives, other)
		}
	}
}

// sameText reports whether a look shows the running text that was read, of which only
// the numbers count: the look is sure of it, or two of its readings have them.
func sameText(g *form.Figure, seen layout.Cell) bool {
	n := figuresIn(g.Text)
	same := func(text string) bool {
		return len(n) > 0 && slices.Equal(n, figuresIn(text)) || layout.Squeeze(text) == layout.Squeeze(g.Text)
	}
	return same(seen.Text) && (g.Doubt == "" || seen.Doubt == "" || slices.ContainsFunc(seen.Others, func(r layout.Reading) bool { return same(r.Text) }))
}

// otherInName reports whether a number that stands in a name, 满意度指标(120分), was read as
// another one beside the same words, (20分): a bracket makes a digit in every look alike.
func otherInName(g *form.Figure, seen []layout.Reading) bool {
	return slices.ContainsFunc(slices.Concat(g.Alternatives, seen), func(r layout.Reading) bool {
		n := figuresIn(r.Text)
		return strings.ContainsFunc(r.Text, isHan) && strings.Contains(layout.Squeeze(r.Text), "分") && len(n) > 0 && !slices.Equal(n, figuresIn(g.Text))
	})
}

// sameNumber reports whether a look shows the number that was read: the look is sure
// of it, or it has words beside it, which are all that is in doubt, or readers of two
// kinds see it, if with another mark or a speck.
func sameNumber(g *form.Figure, seen layout.Cell) bool {
	readings := slices.Concat(g.Alternatives, []layout.Reading{seen.Reading}, seen.Others)
	if g.Value == nil || strings.Contains(seen.Text, "-") != strings.Contains(g.Value.String(), "-") || markUnsure(g) || endsInUnit(g.Text, readings) {
		return false
	}
	// The points of a section may stand in its name: 产出指标(50分).
	if (seen.Doubt == "" || strings.ContainsFunc(seen.Text, isHan)) && slices.Equal(figuresIn(seen.Text), figuresIn(g.Text)) {
		return !otherInName(g, append([]layout.Reading{seen.Reading}, seen.Others...))
	}
	if surelyAlone(g.Text, g.Confidence, g.Alternatives) && surelyAlone(g.Text, seen.Confidence, append([]layout.Reading{seen.Reading}, seen.Others...)) {
		return true
	}
	kinds := map[string]bool{}
	for _, r := range append([]layout.Reading{seen.Reading}, seen.Others...) {
		kind, _, _ := strings.Cut(r.By, " ×")
		if !strings.HasSuffix(r.By, layout.SecondThought) && slices.Equal(digitsOf(r.Text), digitsOf(g.Text)) {
			kinds[kind] = true
		}
	}
	return len(kinds) > 1
}

// endsInUnit reports whether a reading has what is counted where the number's last digits
// are: 312万 beside 3127, whose 7 is 万. No other look by the same readers tells which.
func endsInUnit(number string, readings []layout.Reading) bool {
	digits := strings.Join(digitsOf(number), "")
	return slices.ContainsFunc(readings, func(r layout.Reading) bool {
		m := counted.FindStringSubmatch(layout.Squeeze(r.Text))
		if m == nil {
			return false
		}
		short := strings.Join(digitsOf(m[1]), "")
		return len(short) < len(digits) && strings.HasPrefix(digits, short)
	})
}

var counted = regexp.MustCompile(`^[≥≤><=]?([0-9][0-9,.]*)(?:万|亿|元|个|人|件|次|项|户|亩|台|套|份|家|名|天|年|月)`)

// surelyAlone reports whether a number was read with hardly a doubt, and no other number
// beside it by any reader. Small single digits are read so at 150 dpi: by English data
// alone, for Chinese data see a character in them that they do not believe in.
func surelyAlone(number string, confidence float64, readings []layout.Reading) bool {
	const hardlyADoubt = 0.99
	digits := figuresIn(number)
	return confidence >= hardlyADoubt && !slices.ContainsFunc(readings, func(r layout.Reading) bool {
		other := figuresIn(r.Text)
		return len(other) > 0 && !slices.Equal(other, digits)
	})
}

// markUnsure reports whether readers saw the same digits, one with a comma where another
// has a point before three digits: 44,098 and 44.098, 1,305.544 and 1,305,544. Another look
// by the same readers does not tell which.
func markUnsure(g *form.Figure) bool {
	text := layout.Squeeze(g.Text)
	if !groupedOnce.MatchString(text) {
		return false
	}
	bare := strings.NewReplacer(",", "", ".", "")
	return slices.ContainsFunc(g.Alternatives, func(r layout.Reading) bool {
		other := layout.Squeeze(r.Text)
		return !strings.HasSuffix(r.By, layout.SecondThought) && other != text && strings.Contains(other, ".") != strings.Contains(text, ".") &&
			bare.Replace(other) == bare.Replace(text)
	})
}

// groupedOnce is a number whose last mark stands before three digits, so that it may be a
// comma or a point.
var groupedOnce = regexp.MustCompile(`^-?[0-9]{1,3}(?:,[0-9]{3})*[,.][0-9]{3}$`)

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

var markText = regexp.MustCompile(`[.,]+`)

// digitsOf are the groups of digits in a text, as marks of any kind part them: 4,00
// and 4,.00 are 4.00 to a reader that takes a point for a comma.
func digitsOf(s string) []string {
	return markText.Split(strings.TrimFunc(layout.Squeeze(width.Fold.String(s)), func(r rune) bool { return r < '0' || r > '9' }), -1)
}

// doubtMarks casts doubt on the whole numbers of a scan that seems to lose decimal
// marks, whatever another look saw: it sees no more.
func (f *Form) doubtMarks(lost []string) {
	figures := maps.Collect(f.Form.Figures())
	for _, w := range lost {
		g := figures[w]
		if g.Doubt != "" {
			continue
		}
		g.Doubt = layout.Unconfirmed
		f.Form.Problems = append(f.Form.Problems, form.Problem{
			Where: w, Code: g.Doubt, Page: g.Page, Box: g.Box,
			Message:   fmt.Sprintf("read as %q, and decimal marks seem to be lost in this scan, or taken for commas or commas for them; look at the page", g.Text),
			MessageZH: fmt.Sprintf("读作“%s”，而此扫描件似有小数点漏读，或小数点与逗号相混；请核对原件", g.Text),
		})
	}
}

// settle drops the doubts that arithmetic settles and says which equation does.
func (f *Form) settle(settled map[string]form.Finding) {
	for where, g := range f.Form.Figures() {
		if by, ok := settled[where]; ok {
			f.trust(placed{where, g})
			g.SettledBy = &by
		}
	}
}

// trust drops what was doubtful about the reading of a figure.
func (f *Form) trust(a placed) {
	doubts := []string{layout.Unconfirmed, layout.Disagree}
	if slices.Contains(doubts, a.figure.Doubt) {
		a.figure.Doubt = ""
	}
	f.Form.Problems = slices.DeleteFunc(f.Form.Problems, func(p form.Problem) bool {
		return p.Where == a.where && slices.Contains(doubts, p.Code)
	})
}

// mostLooks bounds how many figures of one form are looked at.
const mostLooks = 200

type placed struct {
	where  string
	figure *form.Figure
}

// accused are the figures that take part in a broken rule and are known from a text
// layer alone, or from pixels with nothing to vouch for them.
func accused(f *Form, judged audit.Judgement) []placed {
	var out []placed
	for where, figure := range f.Form.Figures() {
		open := figure.Reader == layout.ByTextLayer && figure.Doubt == "" ||
			figure.Reader == layout.ByOCR && figure.State == form.Read && !judged.Vouched(where)
		if open && slices.Contains(judged.Weighed, where) && figure.Page > 0 && !figure.Box.IsZero() && len(out) < mostLooks {
			out = append(out, placed{where, figure})
		}
	}
	return out
}

// weigh holds what the pixels say against a figure of the text layer, and returns
// why it is in doubt now, or "". Of running text only the numbers count: a single
// reading of a paragraph has slips in it that are no evidence.
func weigh(f *form.Figure, seen layout.Cell) string {
	switch {
	case f.Value == nil:
		if n := figuresIn(f.Text); len(n) > 0 && slices.Equal(n, figuresIn(seen.Text)) {
			f.Agreed++
		}
		return ""
	case slices.Equal(figuresIn(f.Text), figuresIn(seen.Text)), quotedIn(f.Text, seen.Text):
		f.Agreed++
		return ""
	case seen.Doubt != "":
		return "" // the pixels say nothing sure
	}
	f.Alternatives = append(f.Alternatives, seen.Reading)
	f.Doubt = layout.Disagree
	if seen.Text == "" {
		return fmt.Sprintf("the PDF's text says %q and nothing is seen on the page; look at the page", f.Text)
	}
	return fmt.Sprintf("the PDF's text says %q and the page shows %q; look at the page", f.Text, seen.Flat())
}

// quotedIn reports whether a sentence that was seen has the one number that was taken out
// of it: 总得分81.5分, of a total that the form prints nowhere else. So does a cell with
// several numbers and what they are called, 分值：10 得分：9.41, or with a score and its
// weight, 9.5/10.
func quotedIn(number, sentence string) bool {
	n, words := figuresIn(number), 0
	for _, r := range sentence {
		if isHan(r) {
			words++
		}
	}
	said := figuresIn(sentence)
	return len(n) == 1 && (words > 4 || words > 1 && len(said) > 1 || pairText.MatchString(layout.Squeeze(sentence))) && slices.Contains(said, n[0])
}

var pairText = regexp.MustCompile(`^得?[0-9.]+分?[/(（][0-9.]+分?[)）]?$`)

var numberText = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)

// figuresIn are the numbers in a text, in order, without grouping.
func figuresIn(s string) []string {
	s = strings.ReplaceAll(width.Fold.String(s), "\n", "")
	return numberText.FindAllString(strings.NewReplacer(",", "", " ", "").Replace(s), -1)
}

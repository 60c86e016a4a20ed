package review

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"heji/audit"
	"heji/form"
	"heji/layout"
	"heji/load"
	"heji/normalize"
)

// desk is a form as it stands: as it was read, with what people said about it, and
// what is still to be asked.
type desk struct {
	Stored    *load.StoredForm
	Form      form.Form // with the corrections
	Broken    []broken
	Settled   []form.Discrepancy // broken as read, and holding now
	Silent    []form.Discrepancy // broken as read, and now without the figures it needs
	Lost      []load.Correction  // in force, but this reading of the document has no such place
	Questions []question         // those first whose answer settles most
	Doubts    int

	figures   map[string]*form.Figure // of Form
	corrected map[string]load.Correction
	held      map[equation]int // equations that hold as the form stands
	broke     map[equation]int // and those that do not
}

// equation is a rule at the figure that is wrong if all others are right.
type equation struct{ rule, where string }

// broken is a rule that the form breaks as it stands.
type broken struct {
	form.Discrepancy
	Confirmed bool // a person has seen the printed figure on the page
}

// question asks what is printed in one place.
type question struct {
	Where   string
	Figure  *form.Figure
	Choices []choice // the reading that stands is the first
	Rules   []string // broken ones that the figure takes part in
	best    int
}

// choice is a possible answer.
type choice struct {
	Text    string `json:"text"`
	By      string `json:"by"`
	Settles int    `json:"settles"` // broken rules that hold with it; below 0, rules that it breaks
	Parts   []part `json:"-"`       // the text, with what tells it from the others marked
}

// stand is what a stored form comes to.
func stand(f *load.StoredForm) load.Standing {
	d := newDesk(f)
	s := load.Standing{Doubts: d.Doubts, Lost: len(d.Lost)}
	for _, b := range d.Broken {
		s.Discrepancies = append(s.Discrepancies, b.Discrepancy)
		s.Confirmed = append(s.Confirmed, b.Confirmed)
	}
	return s
}

func newDesk(f *load.StoredForm) *desk {
	d := &desk{Stored: f, Form: clone(f.Form), corrected: map[string]load.Correction{}}
	for _, c := range load.InForce(f.Corrections) {
		where := place(&d.Form, c)
		if where == "" {
			d.Lost = append(d.Lost, c)
			continue
		}
		d.Form, _ = corrected(d.Form, where, c.To)
		d.corrected[where] = c
	}
	d.figures = maps.Collect(d.Form.Figures())
	for _, g := range d.figures {
		if doubtful(g) {
			d.Doubts++
		}
	}
	found := f.Discrepancies
	if len(d.corrected) > 0 {
		found = audit.Check(&d.Form)
	}
	for _, x := range found {
		g := d.figures[x.Where]
		d.Broken = append(d.Broken, broken{x, g != nil && g.Reader == layout.ByPerson})
	}
	d.held, d.broke = hold(&d.Form)
	for _, x := range f.Discrepancies {
		switch {
		case slices.ContainsFunc(d.Broken, func(b broken) bool { return b.Rule == x.Rule && b.Where == x.Where }):
		case d.held[equation{x.Rule, x.Where}] > 0:
			d.Settled = append(d.Settled, x)
		default:
			d.Silent = append(d.Silent, x)
		}
	}
	return d
}

// hold counts the equations of a form that hold, and those that are broken.
func hold(f *form.Form) (held, broken map[equation]int) {
	held, broken = map[equation]int{}, map[equation]int{}
	for _, id := range audit.Identities(f) {
		switch id.State {
		case audit.Holds:
			held[equation{id.Rule, id.Where}]++
		case audit.Broken:
			broken[equation{id.Rule, id.Where}]++
		}
	}
	return held, broken
}

// Open is how many rules are broken that nobody has confirmed.
func (d *desk) Open() int {
	n := 0
	for _, b := range d.Broken {
		if !b.Confirmed {
			n++
		}
	}
	return n
}

func doubtful(g *form.Figure) bool { return g.Doubt != "" || g.State == form.Unread }

// mostTried bounds how many answers are tried out on the rules.
const mostTried = 120

// ask finds what to ask, and in which order: the smallest question first, whose
// answer settles most.
func (d *desk) ask() *desk {
	tried := 0
	for where, g := range d.Form.Figures() {
		if g.Reader == layout.ByPerson {
			continue
		}
		q := question{Where: where, Figure: g}
		asked := doubtful(g)
		for _, b := range d.Broken {
			takesPart := b.Where == where || slices.ContainsFunc(b.From, func(o form.Operand) bool { return o.Where == where })
			if b.Confirmed || !takesPart {
				continue
			}
			q.Rules = append(q.Rules, b.Rule)
			asked = asked || b.Where == where || b.Verdict != form.ByForm && g.Reader == layout.ByOCR && len(g.Alternatives) > 0
		}
		if !asked {
			continue
		}
		q.Choices = d.choices(where, g)
		for i := range q.Choices {
			if i > 0 && len(d.Broken) > 0 && tried < mostTried {
				tried++
				q.Choices[i].Settles = d.settles(where, q.Choices[i].Text)
				q.best = max(q.best, q.Choices[i].Settles)
			}
		}
		d.Questions = append(d.Questions, q)
	}
	for i := range d.Questions {
		markChoices(d.Questions[i].Choices)
	}
	slices.SortStableFunc(d.Questions, func(a, b question) int {
		return cmp.Or(cmp.Compare(b.best, a.best), cmp.Compare(len(b.Rules), len(a.Rules)))
	})
	return d
}

// choices are the readings of a figure that somebody or something suggests.
func (d *desk) choices(where string, g *form.Figure) []choice {
	var out []choice
	add := func(text, by string) {
		text = strings.TrimSpace(strings.ReplaceAll(text, "\n", ""))
		if len(out) > 0 {
			if _, ok := corrected(d.Form, where, text); !ok {
				return
			}
		}
		if len(out) < 9 && text != "" && !slices.ContainsFunc(out, func(c choice) bool { return same(c.Text, text) }) {
			out = append(out, choice{Text: text, By: by})
		}
	}
	add(g.Text, string(g.Reader))
	for _, b := range d.Broken {
		for _, r := range b.Repairs {
			if r.Where == where {
				add(r.To, "rule")
			}
		}
	}
	for _, a := range g.Alternatives {
		add(a.Text, a.By)
	}
	return out
}

// settles is how many broken rules hold when the figure reads text, or, negative,
// how many that held it breaks. A rule that only falls silent, because the text is
// no longer a number or a sum, is not settled.
func (d *desk) settles(where, text string) int {
	f, ok := corrected(d.Form, where, text)
	if !ok {
		return 0
	}
	held, broke := hold(&f)
	settled, breaks := 0, 0
	for _, b := range d.Broken {
		if e := (equation{b.Rule, b.Where}); broke[e] == 0 && held[e] > d.held[e] {
			settled++
		}
	}
	for e, n := range broke {
		breaks += max(0, n-d.broke[e])
	}
	if breaks > 0 {
		return -breaks
	}
	return settled
}

// place is the path of the figure that a correction is about, or "". The printed
// place counts: a newer reader may number rows in another way.
func place(f *form.Form, c load.Correction) string {
	best, most := "", 0.5
	for where, g := range f.Figures() {
		if c.Box.IsZero() || g.Box.IsZero() { // a transcript has no places
			if where == c.Path && c.Box.IsZero() && g.Box.IsZero() && (same(g.Text, c.From) || g.Reader == layout.ByPerson) {
				return where
			}
			continue
		}
		if g.Page != c.Page {
			continue
		}
		o := overlap(g.Box, c.Box)
		if where == c.Path && o > 0.5 {
			return where
		}
		if o > most {
			best, most = where, o
		}
	}
	return best
}

// overlap is the common area of two boxes as a share of what they cover together.
func overlap(a, b layout.Box) float64 {
	w := min(a.X1, b.X1) - max(a.X0, b.X0)
	h := min(a.Y1, b.Y1) - max(a.Y0, b.Y0)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (a.Width()*a.Height() + b.Width()*b.Height() - w*h)
}

// corrected is the form with a figure as a person reads it. The reading that stood
// is kept beside it. Ok is false where a number belongs and the new text is none: the
// rules would fall silent for want of an operand, which must not pass for holding.
func corrected(f form.Form, where, to string) (_ form.Form, ok bool) {
	f = clone(f)
	g := maps.Collect(f.Figures())[where]
	if g == nil {
		return f, false
	}
	was := *g
	g.Reader, g.Confidence, g.Doubt = layout.ByPerson, 1, ""
	f.Problems = slices.DeleteFunc(f.Problems, func(p form.Problem) bool { return p.Where == where })
	if to == was.Text && was.State != form.Unread {
		return f, true
	}
	if was.Text != "" {
		g.Alternatives = append([]layout.Reading{{Text: was.Text, Reader: was.Reader, Confidence: was.Confidence, By: "before"}}, g.Alternatives...)
	}
	g.Text, g.Value, g.Comparator, g.Agreed = to, nil, "", 0
	if g.Unit != "" && strings.Contains(was.Text, g.Unit) {
		g.Unit = "" // it was printed in the text, and is or is not in the new one
	}
	// What the text means depends on its place, which normalize knows. Of the form
	// that it makes only this figure is taken.
	understood := normalize.Normalize(form.Sheet(clone(f)))
	*g = *maps.Collect(understood.Figures())[where]
	return f, !slices.ContainsFunc(understood.Problems, func(p form.Problem) bool {
		return p.Where == where && p.Code == normalize.NotANumber
	})
}

// clone is a copy whose figures can be changed.
func clone(f form.Form) form.Form {
	f.Fields, f.OtherFields, f.Problems = slices.Clone(f.Fields), slices.Clone(f.OtherFields), slices.Clone(f.Problems)
	f.Funds, f.Indicators = slices.Clone(f.Funds), slices.Clone(f.Indicators)
	fresh := func(gs ...**form.Figure) {
		for _, g := range gs {
			if *g != nil {
				c := **g
				*g = &c
			}
		}
	}
	for i := range f.Funds {
		r := &f.Funds[i]
		fresh(&r.Initial, &r.Budget, &r.Executed, &r.Weight, &r.Rate, &r.Score)
	}
	for i := range f.Indicators {
		r := &f.Indicators[i]
		fresh(&r.ReferenceWeight, &r.Weight, &r.Target, &r.Actual, &r.Coefficient, &r.Analysis, &r.Note, &r.Score, &r.ReviewScore)
	}
	fresh(&f.Total.Weight, &f.Total.Score, &f.Grade)
	return f
}

// same compares texts without white space and widths.
func same(a, b string) bool { return layout.Squeeze(a) == layout.Squeeze(b) }

// correction is what to append when a person says what is printed at a place.
func (d *desk) correction(user, where, to, reason string) (load.Correction, error) {
	g := d.figures[where]
	if g == nil {
		return load.Correction{}, fmt.Errorf("%s: %w", where, load.ErrNotStored)
	}
	if _, ok := corrected(d.Form, where, to); !ok {
		return load.Correction{}, fail(http.StatusBadRequest, "这里应当是一个数；请按印刷填写数字，没有印就留空或填“—”", "a number belongs here; type the number as it is printed, or — where there is none")
	}
	return load.Correction{
		Document: d.Stored.Document.SHA256, Ordinal: d.Form.Ordinal, Path: where, Page: g.Page, Box: g.Box,
		From: g.Text, To: to, Reason: reason, User: user,
	}, nil
}

// undoing takes back the last correction in force; ok is false where there is none.
func (d *desk) undoing(user string) (c load.Correction, ok bool) {
	list := load.InForce(d.Stored.Corrections)
	if len(list) == 0 {
		return c, false
	}
	return undoingOf(list[len(list)-1], user), true
}

// undoingOf takes back a correction.
func undoingOf(c load.Correction, user string) load.Correction {
	return load.Correction{Document: c.Document, Ordinal: c.Ordinal, Path: c.Path, Page: c.Page, Box: c.Box,
		From: c.To, To: c.From, Reason: "undo", User: user, Undoes: c.ID}
}

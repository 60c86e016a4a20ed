package review

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"heji/form"
	"heji/layout"
	"heji/load"
)

// view is a desk as its template shows it.
type view struct {
	*desk
	Unit      string // whose form it is
	Seen      int64
	Pages     []viewPage
	Broken    []viewBroken
	Fields    []cell
	FundHeads []string
	Funds     []viewRow
	Heads     []string
	Rows      []viewRow
	Totals    []cell
	Asked     []viewQuestion
	History   []viewCorrection
	CanUndo   bool
	Here      string // who else has the form open, in a sentence, or ""
	Previous  string // addresses of the document's other forms, or ""
	Next      string
	Onward    string // address of the next form with an open discrepancy
}

// viewPage is a page and the outlines over its picture.
type viewPage struct {
	Number int
	Boxes  []cell
}

// cell is a figure in the record, or its outline on the page.
type cell struct {
	Where  string
	Name   string
	Text   string
	Class  string // what is special about it: doubt, broken, confirmed, corrected
	Figure *form.Figure
	Blank  bool
}

// Placed reports whether it is known where on a page the figure is.
func (c cell) Placed() bool { return c.Figure.Page > 0 && !c.Figure.Box.IsZero() }

// Long reports whether it is running text.
func (c cell) Long() bool { return isLong(c.Text) }

func isLong(text string) bool { return len([]rune(text)) > 24 }

type viewRow struct {
	Name    string
	Section bool
	Cells   []*cell // nil where the form has no such column
	More    []cell  // narratives, under the row
}

type viewBroken struct {
	broken
	Text    string
	Figures string // paths of those that take part, divided by blanks
	Parts   []cell
}

type viewQuestion struct {
	question
	Name string
	Why  []string
}

// Long reports whether running text is asked about, which is mended and not typed anew.
func (q viewQuestion) Long() bool { return isLong(q.Figure.Text) }

type viewCorrection struct {
	load.Correction
	Name   string
	Undone bool
}

// mask stands for what a reader may not see.
const mask = "＊＊＊"

func newView(d *desk, v *visit) view {
	w := v.Words
	hide := v.Role < Reviewer
	out := view{desk: d, Unit: unitOf(d.Stored), Seen: d.Stored.Seen()}
	show := func(where string, g *form.Figure) cell {
		c := cell{Where: where, Name: nameOf(w, &d.Form, where), Text: g.Text, Class: d.class(where, g), Figure: g, Blank: g.State == form.Blank}
		if hide && private(where, g) && g.Text != "" {
			c.Text = mask
		}
		return c
	}
	for _, n := range d.Form.Pages {
		out.Pages = append(out.Pages, viewPage{Number: n})
	}
	for where, g := range d.Form.Figures() {
		c := show(where, g)
		if i := slices.Index(d.Form.Pages, g.Page); i >= 0 && c.Placed() {
			out.Pages[i].Boxes = append(out.Pages[i].Boxes, c)
		}
		switch {
		case strings.HasPrefix(where, "fields."), strings.HasPrefix(where, "other_fields"):
			out.Fields = append(out.Fields, c)
		case strings.HasPrefix(where, "total."), where == "grade":
			out.Totals = append(out.Totals, c)
		}
	}
	if hide {
		people := slices.Clone(d.Form.Evaluators)
		for i := range people {
			people[i].Name, people[i].Phone = mask, mask
		}
		d.Form.Evaluators = people
	}
	out.FundHeads, out.Funds = tableOf(w, len(d.Form.Funds), "funds", []string{"initial", "budget", "executed", "weight", "rate", "score"}, d.figures, show)
	for i := range out.Funds {
		out.Funds[i].Name = d.Form.Funds[i].Label
	}
	out.Heads, out.Rows = tableOf(w, len(d.Form.Indicators), "indicators",
		[]string{"reference_weight", "weight", "target", "actual", "coefficient", "score", "review_score"}, d.figures, show)
	for i := range out.Rows {
		row := d.Form.Indicators[i]
		out.Rows[i].Name, out.Rows[i].Section = row.Name(), row.Kind == form.Section
		for _, member := range []string{"analysis", "note"} {
			where := fmt.Sprintf("indicators[%d].%s", i, member)
			if g := d.figures[where]; g != nil && g.Text != "" {
				out.Rows[i].More = append(out.Rows[i].More, show(where, g))
			}
		}
	}
	for _, b := range d.Broken {
		out.Broken = append(out.Broken, d.viewBroken(w, b, show))
	}
	if !hide {
		for _, q := range d.Questions {
			out.Asked = append(out.Asked, viewQuestion{q, nameOf(w, &d.Form, q.Where), d.why(w, q)})
		}
	}
	inForce := load.InForce(d.Stored.Corrections)
	out.CanUndo = len(inForce) > 0
	for _, c := range slices.Backward(d.Stored.Corrections) {
		in := slices.ContainsFunc(inForce, func(o load.Correction) bool { return o.ID == c.ID })
		name := nameOf(w, &d.Form, c.Path)
		if hide {
			hidden(&c)
		}
		out.History = append(out.History, viewCorrection{c, name, c.Undoes == 0 && !in})
	}
	address := func(n int) string {
		if n < 1 || n > d.Stored.Forms {
			return ""
		}
		return fmt.Sprintf("/f/%s/%d", d.Stored.Document.SHA256, n)
	}
	out.Previous, out.Next = address(d.Form.Ordinal-1), address(d.Form.Ordinal+1)
	return out
}

// unitOf is whose form it is, or else the document's name.
func unitOf(f *load.StoredForm) string {
	for _, key := range []string{"unit_name", "reporting_unit", "implementing_unit"} {
		if g := f.Form.Field(key); g != nil && g.Text != "" {
			return g.Text
		}
	}
	return path.Base(f.Document.Name)
}

// hidden masks a correction of what may be a person's name: of other fields only the
// path is known, so all of them are masked.
func hidden(c *load.Correction) {
	if mayBePerson(c.Path) {
		c.From, c.To = mask, mask
	}
}

// tableOf is a table of the record with the columns that the form has.
func tableOf(w *words, n int, group string, members []string, figures map[string]*form.Figure, show func(string, *form.Figure) cell) (heads []string, rows []viewRow) {
	at := func(i int, member string) string { return fmt.Sprintf("%s[%d].%s", group, i, member) }
	members = slices.DeleteFunc(slices.Clone(members), func(member string) bool {
		for i := range n {
			if figures[at(i, member)] != nil {
				return false
			}
		}
		return true
	})
	for _, member := range members {
		heads = append(heads, w.Member(member))
	}
	for i := range n {
		var row viewRow
		for _, member := range members {
			var c *cell
			if g := figures[at(i, member)]; g != nil {
				shown := show(at(i, member), g)
				c = &shown
			}
			row.Cells = append(row.Cells, c)
		}
		rows = append(rows, row)
	}
	return heads, rows
}

func (d *desk) viewBroken(w *words, b broken, show func(string, *form.Figure) cell) viewBroken {
	out := viewBroken{broken: b, Text: w.Pick(b.MessageZH, b.Message)}
	wheres := []string{b.Where}
	for _, o := range b.From {
		if !slices.Contains(wheres, o.Where) {
			wheres = append(wheres, o.Where)
		}
	}
	out.Figures = strings.Join(wheres, " ")
	for _, where := range wheres {
		g := d.figures[where]
		if g == nil {
			continue
		}
		c := show(where, g)
		if g.Value != nil {
			c.Text = g.Value.String()
		} else if r := []rune(c.Text); len(r) > 16 {
			c.Text = string(r[:16]) + "…"
		}
		out.Parts = append(out.Parts, c)
	}
	return out
}

func (d *desk) class(where string, g *form.Figure) string {
	var classes []string
	if slices.ContainsFunc(d.Broken, func(b broken) bool { return b.Where == where }) {
		classes = append(classes, "broken")
	}
	if doubtful(g) {
		classes = append(classes, "doubt")
	}
	if c, ok := d.corrected[where]; ok && g.Reader == layout.ByPerson {
		if c.From == c.To {
			classes = append(classes, "confirmed")
		} else {
			classes = append(classes, "corrected")
		}
	}
	return strings.Join(classes, " ")
}

// why says why a figure is asked about.
func (d *desk) why(w *words, q question) []string {
	var out []string
	if q.Figure.Doubt != "" {
		out = append(out, w.Doubt(q.Figure.Doubt))
	}
	for i, r := range q.Rules {
		if !slices.Contains(q.Rules[:i], r) {
			out = append(out, w.TakesPart+w.Rule(r))
		}
	}
	return out
}

var rowPath = regexp.MustCompile(`^(funds|indicators)\[(\d+)\]\.(\w+)$`)

// nameOf is what to call the figure at a path: the form's own words where it has some.
func nameOf(w *words, f *form.Form, where string) string {
	if m := rowPath.FindStringSubmatch(where); m != nil {
		i, _ := strconv.Atoi(m[2])
		name := ""
		if m[1] == "funds" && i < len(f.Funds) {
			name = f.Funds[i].Label
		}
		if m[1] == "indicators" && i < len(f.Indicators) {
			name = f.Indicators[i].Name()
		}
		return strings.TrimSpace(name) + " · " + w.Member(m[3])
	}
	switch where {
	case "total.weight":
		return w.TotalWeight
	case "total.score":
		return w.TotalScore
	case "grade":
		return w.Grade
	}
	for path, g := range f.Figures() {
		if path == where && g.Label != "" {
			return g.Label
		}
	}
	return where
}

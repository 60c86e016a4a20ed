package batch

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"heji/audit"
	"heji/extract"
	"heji/form"
	"heji/layout"
)

// confirm looks at the pixels of every figure of a text layer that takes part in a
// broken rule, before the form is accused: a text layer can be dense, valid and
// wrong. Where the pixels agree, the figure has a witness. Where they differ, it has
// a doubt and both readings are kept, and the rules run again.
func (r *Result) confirm(ctx context.Context, reader Reader, data []byte) error {
	for i := range r.Forms {
		f := &r.Forms[i]
		figures := accused(f)
		if len(figures) == 0 {
			continue
		}
		places := make([]extract.Place, len(figures))
		for k, a := range figures {
			places[k] = extract.Place{Page: a.figure.Page, Box: a.figure.Box}
		}
		cells, err := reader.Look(ctx, data, places)
		if err != nil {
			return fmt.Errorf("look at the figures of a broken rule: %w", err)
		}
		for k, a := range figures {
			if doubt := weigh(a.figure, cells[k]); doubt != "" {
				f.Form.Problems = append(f.Form.Problems, form.Problem{
					Where: a.where, Code: a.figure.Doubt, Message: doubt, Page: a.figure.Page, Box: a.figure.Box,
				})
			}
		}
		f.Discrepancies = audit.Check(&f.Form)
	}
	return nil
}

// mostLooks bounds how many figures of one form are looked at.
const mostLooks = 200

type placed struct {
	where  string
	figure *form.Figure
}

// accused are the figures that take part in a discrepancy and are known from a text
// layer alone.
func accused(f *Form) []placed {
	var wheres []string
	for _, d := range f.Discrepancies {
		wheres = append(wheres, d.Where)
		for _, o := range d.From {
			wheres = append(wheres, o.Where)
		}
	}
	var out []placed
	for where, figure := range f.Form.Figures() {
		if slices.Contains(wheres, where) && figure.Reader == layout.ByTextLayer && figure.Doubt == "" &&
			figure.Page > 0 && !figure.Box.IsZero() && len(out) < mostLooks {
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
	case slices.Equal(figuresIn(f.Text), figuresIn(seen.Text)):
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

var numberText = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)

// figuresIn are the numbers in a text, in order, without grouping.
func figuresIn(s string) []string {
	s = strings.ReplaceAll(width.Fold.String(s), "\n", "")
	return numberText.FindAllString(strings.NewReplacer(",", "", " ", "").Replace(s), -1)
}

package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"heji/audit"
	"heji/batch"
	"heji/extract"
	"heji/form"
	"heji/layout"
)

// evidenceDPI is enough to read a figure by, and no more bytes than that.
const evidenceDPI = 150

func (p *program) evidenceCommand() *cobra.Command {
	out := ""
	cmd := &cobra.Command{
		Use:   "evidence PATH --out FILE|-",
		Short: "Write what an auditor needs to see a discrepancy with their own eyes, as one HTML file",
		Long: `Reads a document and writes one HTML file: for every discrepancy the sentence, the
equation, both intervals, the readings, and a picture of every figure that takes
part, cut from the page. The file has all of it inside and opens without a network.

Exit status: 0 nothing to show, 3 discrepancies shown, 4 the document could not be
read, 1 heji could not run, 2 wrong usage.`,
		Example: "  heji evidence 2021/form.pdf --out evidence.html",
		Args:    cobra.ExactArgs(1),
		PreRunE: func(*cobra.Command, []string) error {
			if out == "" {
				return errors.New("evidence needs --out: a file, or - for standard output")
			}
			return nil
		},
		RunE: p.does(func(ctx context.Context, args []string) (int, error) { return p.evidence(ctx, args[0], out) }),
	}
	cmd.Flags().StringVar(&out, "out", "", "a `file`, or - for standard output")
	return cmd
}

func (p *program) evidence(ctx context.Context, path, out string) (status int, err error) {
	src := batch.Source{Name: path}
	data, ferr := src.Read(ctx, extract.DefaultLimits.FileBytes)
	if ferr != nil {
		p.note("%s: %s", printable(path), printable(ferr.Error()))
		return unreadable, nil
	}
	reader, err := extract.Open(extract.Options{Jobs: p.jobs})
	if err != nil {
		return couldNotRun, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	result := batch.Process(ctx, reader, src)
	if result.Err != nil {
		p.note("%s: %s", printable(path), printable(result.Err.Error()))
		return unreadable, nil
	}
	cut := cutter{above: around, beside: around, pages: map[int]image.Image{}, draw: func(page int) (image.Image, error) { return reader.Picture(ctx, data, page, evidenceDPI) }}
	page := evidencePage{Name: filepath.ToSlash(path), SHA256: result.Document.SHA256, Version: version() + ", reader " + extract.Version, Chinese: p.words() == &chinese}
	for _, f := range result.Forms {
		page.Exhibits = append(page.Exhibits, exhibits(f, p.words(), &cut)...)
		for _, problem := range f.Form.Problems {
			if page.InDoubt++; page.InDoubt > mostDoubts {
				continue
			}
			page.Doubts = append(page.Doubts, evidenceDoubt{problem.Code, p.words().problem(problem), problem.Where, problem.Page})
		}
	}
	var b bytes.Buffer
	if err := evidenceTemplate.Execute(&b, page); err != nil {
		return couldNotRun, err
	}
	if err := p.writeFile(out, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }); err != nil {
		return couldNotRun, err
	}
	if len(page.Exhibits) > 0 {
		return discrepancies, nil
	}
	return done, nil
}

// evidencePage is what the template shows.
type evidencePage struct {
	Name, SHA256, Version string
	Chinese               bool
	Exhibits              []exhibit
	InDoubt               int             // figures and pages that are not to be relied on
	Doubts                []evidenceDoubt // the first of them
}

// mostDoubts is how many doubts the page lists: a page that nobody could read has one in
// every cell.
const mostDoubts = 50

// evidenceDoubt is a problem of the record.
type evidenceDoubt struct {
	Code, Says, Where string
	Page              int
}

// exhibit is one discrepancy.
type exhibit struct {
	form.Discrepancy
	Ordinal               int
	Follows               bool   // it stands beneath its cause
	Says, Verdict, Doc    string // Doc is what the rule says
	Equation              string
	PrintedIn, ComputedIn string
	Figures               []exhibitFigure
}

// exhibitFigure is a figure that takes part. Picture is a data URL, or "" where the
// document has no pages to look at.
type exhibitFigure struct {
	Where, Name, Label, Text, Reader, Doubt string
	Page, Agreed                            int
	Alternatives                            []string
	Picture                                 template.URL
}

func exhibits(f batch.Form, w *words, cut *cutter) []exhibit {
	figures := map[string]*form.Figure{}
	for where, g := range f.Form.Figures() {
		figures[where] = g
	}
	identities := audit.Identities(&f.Form)
	called := names(&f.Form)
	var out []exhibit
	for _, d := range withFollowers(f.Discrepancies) {
		e := exhibit{Discrepancy: d.Discrepancy, Ordinal: f.Form.Ordinal, Follows: d.follows, Says: w.message(d.Discrepancy), Verdict: w.verdicts[d.Verdict], Doc: w.rule(d.Rule)}
		for _, id := range identities {
			if id.State == audit.Broken && id.Rule == d.Rule && id.Where == d.Where && id.Printed == d.Printed {
				e.Equation = id.Equation
				if id.PrintedIn != nil && id.ComputedIn != nil {
					e.PrintedIn, e.ComputedIn = w.interval(*id.PrintedIn), w.interval(*id.ComputedIn)
				}
			}
		}
		wheres := []string{d.Where}
		for _, o := range d.From {
			wheres = append(wheres, o.Where)
		}
		for _, where := range wheres {
			g := figures[where]
			if g == nil {
				continue
			}
			x := exhibitFigure{Where: where, Label: g.Label, Text: g.Text, Reader: cmp.Or(w.readers[g.Reader], string(g.Reader)), Doubt: w.doubt(g.Doubt), Page: g.Page, Agreed: g.Agreed, Picture: cut.picture(g)}
			if called[where] != g.Label {
				x.Name = called[where]
			}
			for _, a := range g.Alternatives {
				x.Alternatives = append(x.Alternatives, strings.TrimSpace(a.Flat()+" "+a.By))
			}
			e.Figures = append(e.Figures, x)
		}
		out = append(out, e)
	}
	return out
}

// rule is what a rule says.
func (w *words) rule(name string) string {
	for _, r := range audit.Rules {
		switch {
		case r.Name == name && w == &chinese:
			return r.DocZH
		case r.Name == name:
			return r.Doc
		}
	}
	return ""
}

// interval is an interval for people.
func (w *words) interval(i audit.Interval) string {
	return strings.Replace(i.String(), english.to, w.to, 1)
}

// doubt is why a figure is in doubt, or "".
func (w *words) doubt(code string) string {
	e, ok := form.Explained(code)
	switch {
	case !ok:
		return code
	case w == &chinese:
		return e.SaysZH
	}
	return strings.TrimSuffix(e.Says, ".")
}

// ordered is a discrepancy in the order in which they are shown.
type ordered struct {
	form.Discrepancy
	follows bool
}

// withFollowers puts each discrepancy's consequences right behind it.
func withFollowers(all []form.Discrepancy) []ordered {
	var out []ordered
	for _, f := range byCause(all) {
		out = append(out, ordered{f.Discrepancy, false})
		for _, d := range f.follow {
			out = append(out, ordered{d, true})
		}
	}
	return out
}

// cutter cuts figures out of pages, each of which is drawn once.
type cutter struct {
	draw          func(page int) (image.Image, error)
	pages         map[int]image.Image
	above, beside float64 // how much of the page is shown around a figure, in points
}

// around is how much of the page evidence shows on each side of a figure, in points.
const around = 24

// picture is a figure's place as a data URL, or "".
func (c *cutter) picture(g *form.Figure) template.URL {
	if data := c.cut(g.Page, g.Box); data != nil {
		return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(data))
	}
	return ""
}

// cut is a place with a frame around it and some of the page beside it, so that its
// row can be told, as PNG; nil where there is no such place to be seen.
func (c *cutter) cut(number int, b layout.Box) []byte {
	if number == 0 || b.IsZero() {
		return nil
	}
	page, seen := c.pages[number]
	if !seen {
		page, _ = c.draw(number) // a page that cannot be drawn has no pictures
		c.pages[number] = page
	}
	if page == nil {
		return nil
	}
	const scale = evidenceDPI / 72.0
	at := func(beside, above float64) image.Rectangle {
		return image.Rect(int((b.X0-beside)*scale), int((b.Y0-above)*scale), int((b.X1+beside)*scale), int((b.Y1+above)*scale))
	}
	bounds := at(c.beside, c.above).Intersect(page.Bounds())
	if bounds.Empty() {
		return nil
	}
	out := image.NewRGBA(bounds)
	draw.Draw(out, bounds, page, bounds.Min, draw.Src)
	frame := at(1, 1)
	inner := frame.Inset(2)
	for y := frame.Min.Y; y < frame.Max.Y; y++ {
		for x := frame.Min.X; x < frame.Max.X; x++ {
			if !(image.Point{X: x, Y: y}).In(inner) {
				out.Set(x, y, color.RGBA{R: 0xc0, A: 0xff})
			}
		}
	}
	var data bytes.Buffer
	if png.Encode(&data, out) != nil {
		return nil
	}
	return data.Bytes()
}

//go:embed evidence.html
var evidenceHTML string

var evidenceTemplate = template.Must(template.New("evidence").Funcs(template.FuncMap{
	"ordinal": func(w bool, n int) string {
		if w {
			return fmt.Sprintf(chinese.formNumber, n)
		}
		return fmt.Sprintf(english.formNumber, n)
	},
}).Parse(evidenceHTML))

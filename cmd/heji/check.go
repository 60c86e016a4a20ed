package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/form"
)

func (p *program) checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check PATH…",
		Short: "Read and audit forms, without a database",
		Long: `Reads documents and recomputes what they add up to.

PATH is a file, a folder (with the folders in it), a bucket's address (s3:// or
azblob://), or - for a list of paths on standard input. Documents are PDFs, images (PNG, JPEG, TIFF) and transcripts
(.txt, .md).

Exit status: 0 nothing found, 3 discrepancies found, 4 some documents could not
be read, 1 heji could not run, 2 wrong usage.`,
		Example: `  heji check 2021/
  heji check --json 2021/ | jq -r '.discrepancies[].message'
  find . -name '*.pdf' | heji check -`,
		Args: somePath,
		RunE: p.does(p.check),
	}
	cmd.Flags().BoolVar(&p.asJSON, "json", false, "one record per line, for programs")
	p.limitFlags(cmd)
	return cmd
}

func (p *program) check(ctx context.Context, paths []string) (int, error) {
	var t tally
	report := p.newReport()
	err := p.read(ctx, paths, batch.Process, func(r batch.Result, out io.Writer) error {
		t.add(r)
		if p.asJSON {
			return writeRecords(out, r)
		}
		return report.add(r, out)
	})
	// What was read before an interrupt is told too.
	if (err == nil || errors.Is(err, context.Canceled)) && !p.asJSON {
		err = cmp.Or(p.print(report.flush()+t.summary(report.words)+"\n"), err)
	}
	switch {
	case err != nil:
		return couldNotRun, err
	case t.unread > 0:
		return unreadable, nil
	case t.discrepancies > 0:
		return discrepancies, nil
	}
	return done, nil
}

func writeRecords(out io.Writer, r batch.Result) error {
	for _, record := range r.Records() {
		line, err := jsonLine(record)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, line); err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
	}
	return nil
}

// blockSize is after how many documents the table is printed, and another
// begun: a table can be aligned only when all of it is there, and a batch of a
// hundred thousand must not be kept in memory for that.
const blockSize = 500

// report prints results for people, a block of documents at a time: the table,
// then what was found in them, then what could not be read.
type report struct {
	words *words
	paint paint
	width int

	rows     [][]string
	found    []string // discrepancies
	unsure   []string // problems
	unread   []string // errors
	document int      // in the block
}

func (p *program) newReport() *report {
	return &report{words: p.words(), paint: p.paint(), width: p.width()}
}

func (r *report) add(result batch.Result, out io.Writer) error {
	r.rows = append(r.rows, documentRows(result)...)
	name := printable(result.Document.Name)
	if result.Err != nil {
		r.unread = append(r.unread, fmt.Sprintf("  %s\n    %s: %s\n",
			r.paint(bold, name), r.paint(red, string(result.Err.Code)), printable(r.words.errorText(result.Err))))
	}
	for i := range result.Forms {
		f := &result.Forms[i]
		heading := "  " + r.paint(bold, name)
		if len(result.Forms) > 1 {
			heading += ", " + fmt.Sprintf(r.words.formNumber, f.Form.Ordinal)
		}
		if len(f.Discrepancies) > 0 {
			r.found = append(r.found, heading+"\n"+r.discrepancies(f))
		}
		if len(f.Form.Problems) > 0 {
			r.unsure = append(r.unsure, heading+"\n"+r.problems(&f.Form))
		}
	}
	if r.document++; r.document < blockSize {
		return nil
	}
	if _, err := io.WriteString(out, r.flush()); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

// flush is the block so far, and begins another.
func (r *report) flush() string {
	if len(r.rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(table(documentColumns, append([][]string{r.words.headings[:]}, r.rows...), r.width) + "\n")
	for _, s := range []struct {
		heading, colour string
		entries         []string
	}{
		{r.words.found, red, r.found},
		{r.words.unsure, yellow, r.unsure},
		{r.words.unread, red, r.unread},
	} {
		if len(s.entries) > 0 {
			b.WriteString(r.paint(s.colour, s.heading) + "\n" + strings.Join(s.entries, "") + "\n")
		}
	}
	*r = report{words: r.words, paint: r.paint, width: r.width}
	return b.String()
}

var documentColumns = []column{
	{least: 12, tail: true}, {least: 10}, {}, {right: true}, {right: true}, {}, {right: true}, {right: true},
}

// documentRows are a document's rows in the table, one a form.
func documentRows(r batch.Result) [][]string {
	name := printable(r.Document.Name)
	if r.Err != nil {
		return [][]string{{name, "", "", "", "", "", "", string(r.Err.Code)}}
	}
	var rows [][]string
	for i := range r.Forms {
		f := &r.Forms[i].Form
		doubted := map[string]bool{}
		for _, problem := range f.Problems {
			doubted[problem.Where] = true
		}
		rows = append(rows, []string{
			name, printable(subject(f)), year(f.Year), fmt.Sprint(leaves(f)),
			brief(f.Total.Score, doubted["total.score"]), brief(f.Grade, doubted["grade"]), fmt.Sprint(len(f.Problems)), fmt.Sprint(len(r.Forms[i].Discrepancies)),
		})
	}
	return rows
}

// subject is what the form is about: the project, or else the unit.
func subject(f *form.Form) string {
	keys := []string{"unit_name", "reporting_unit", "implementing_unit", "competent_department"}
	if f.Kind == form.Project {
		keys = slices.Insert(keys, 0, "project_name")
	}
	for _, key := range keys {
		if figure := f.Field(key); figure != nil && figure.Text != "" {
			return figure.Text
		}
	}
	return ""
}

func year(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// leaves counts the indicator rows without the printed subtotals.
func leaves(f *form.Form) int {
	n := 0
	for _, row := range f.Indicators {
		if row.Kind != form.Section {
			n++
		}
	}
	return n
}

// brief is a figure in a table: as printed, with a question mark where the
// reading is not to be relied on, or a problem says so.
func brief(f *form.Figure, doubted bool) string {
	switch {
	case f == nil:
		return ""
	case f.State == form.Unread:
		return "?"
	case f.Doubt != "" || doubted:
		return printable(f.Text) + "?"
	}
	return printable(f.Text)
}

// discrepancies are a form's findings: each a sentence and, under it, the
// figures, the place and the verdict.
func (r *report) discrepancies(f *batch.Form) string {
	pages := pagesOf(&f.Form)
	var b strings.Builder
	for _, d := range byCause(f.Discrepancies) {
		details := []string{r.words.printed + " " + d.Printed}
		if d.Computed != "" { // what a score ought to have been is for people to say
			details = append(details, r.words.computed+" "+d.Computed)
		}
		if d.Difference != "" {
			details = append(details, r.words.difference+" "+d.Difference)
		}
		place := d.Where
		if n := pages[d.Where]; n > 0 {
			place += ", " + fmt.Sprintf(r.words.onPage, n)
		}
		details = append(details, place, cmp.Or(r.words.verdicts[d.Verdict], string(d.Verdict)))
		b.WriteString(r.entry(red, d.Rule, printable(r.words.message(d.Discrepancy))))
		b.WriteString(hang(printable(strings.Join(details, " · ")), 6, r.width))
		for _, repair := range d.Repairs {
			b.WriteString(hang(r.words.repair(repair), 6, r.width))
		}
		for _, o := range d.follow {
			b.WriteString(hang(fmt.Sprintf("%s %s: %s", r.words.follows(), o.Rule, printable(r.words.message(o))), 6, r.width))
		}
	}
	return b.String()
}

// entry is a sentence beneath a document's name, after the rule or code it is about.
func (r *report) entry(colour, about, sentence string) string {
	return strings.Replace(hang(about+": "+sentence, 4, r.width), about, r.paint(colour, about), 1)
}

// errorText says why a document could not be read.
func (w *words) errorText(e *form.Error) string {
	if w == &chinese {
		return e.MessageZH()
	}
	return e.Message
}

// problem says what is wrong with a reading.
func (w *words) problem(p form.Problem) string {
	if w == &chinese {
		return cmp.Or(p.MessageZH, p.Message)
	}
	return p.Message
}

// repair is what to look for on the page.
func (w *words) repair(r form.Repair) string {
	reason := r.Reason
	if w == &chinese {
		reason = cmp.Or(r.ReasonZH, r.Reason)
	}
	return printable(fmt.Sprintf("%s: %s → %s? %s", r.Where, r.From, r.To, reason))
}

// caused is a discrepancy with those that are there only because of it.
type caused struct {
	form.Discrepancy
	follow []form.Discrepancy
}

// byCause puts consequences beneath their cause.
func byCause(all []form.Discrepancy) []caused {
	var out []caused
	under := func(d form.Discrepancy) int {
		return slices.IndexFunc(all, func(o form.Discrepancy) bool {
			return d.ConsequenceOf != nil && o.ConsequenceOf == nil && o.Rule == d.ConsequenceOf.Rule && o.Where == d.ConsequenceOf.Where
		})
	}
	for i, d := range all {
		if under(d) >= 0 {
			continue
		}
		f := caused{Discrepancy: d}
		for _, o := range all {
			if under(o) == i {
				f.follow = append(f.follow, o)
			}
		}
		out = append(out, f)
	}
	return out
}

// follows introduces a finding that is there only because of another.
func (w *words) follows() string {
	if w == &chinese {
		return "└ 由此引起"
	}
	return "└ and so"
}

// pagesOf is the page of each figure by its path.
func pagesOf(f *form.Form) map[string]int {
	pages := map[string]int{}
	for where, figure := range f.Figures() {
		pages[where] = figure.Page
	}
	return pages
}

// mostProblems is how many problems of a form are printed: a page that was not
// read at all has one in every cell.
const mostProblems = 8

// problemColumns is how wide a problem is printed: two readings of a paragraph are
// no help on a terminal, where they differ is; the record has them.
const problemColumns = 160

func (r *report) problems(f *form.Form) string {
	figures := map[string]*form.Figure{}
	for where, g := range f.Figures() {
		figures[where] = g
	}
	var b strings.Builder
	for i, problem := range f.Problems {
		if i == mostProblems {
			fmt.Fprintf(&b, "    "+r.words.more+"\n", len(f.Problems)-i)
			break
		}
		place := problem.Where
		if problem.Page > 0 {
			page := fmt.Sprintf(r.words.onPage, problem.Page)
			if strings.HasPrefix(place, "page ") {
				place = page
			} else {
				place += ", " + page
			}
		}
		sentence := r.words.problem(problem)
		if g := figures[problem.Where]; g != nil && len(g.Alternatives) > 0 && wide.StringWidth(sentence) > problemColumns {
			one, other := differing(g.Text, g.Alternatives[0].Flat())
			sentence = fmt.Sprintf(r.words.readAs, one, other)
		}
		b.WriteString(r.entry(yellow, problem.Code, fmt.Sprintf("%s (%s)", middle(printable(sentence), problemColumns), printable(place))))
	}
	return b.String()
}

// beside is how many characters are shown on both sides of a difference.
const beside = 8

// differing are two readings without what they begin and end with alike.
func differing(a, b string) (string, string) {
	one, other := []rune(a), []rune(b)
	shorter := min(len(one), len(other))
	front, back := 0, 0
	for front < shorter && one[front] == other[front] {
		front++
	}
	for back < shorter-front && one[len(one)-1-back] == other[len(other)-1-back] {
		back++
	}
	show := func(s []rune) string {
		from, to := max(front-beside, 0), min(len(s)-back+beside, len(s))
		for from > 0 && strings.ContainsRune(digits, s[from-1]) { // a number is shown whole
			from--
		}
		for to < len(s) && strings.ContainsRune(digits, s[to]) {
			to++
		}
		text := string(s[from:to])
		if from > 0 {
			text = "…" + text
		}
		if to < len(s) {
			text += "…"
		}
		return text
	}
	return show(one), show(other)
}

package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/load"
)

// certifying is what the flags of certificate ask for.
type certifying struct {
	out, seed, answers string
	size               int
}

func (p *program) certificateCommand() *cobra.Command {
	var c certifying
	cmd := &cobra.Command{
		Use:   "certificate BATCH --out DIR",
		Short: "Prove that a batch is complete, and bound the errors that are left in it",
		Long: `Writes certificate.json and certificate.html: that every document found was
loaded, is a duplicate, was refused or failed, by name and hash.

It also draws figures at random into sample.csv. A person compares each with the
page and fills in the column "right" with y or n; run again with --answers, the
certificate bounds the share of wrong figures at 95 % confidence. The same
--seed draws the same figures.

Exit status: 0 complete, 4 documents are missing, failed or still queued, 1 heji
could not run, 2 wrong usage.`,
		Example: `  heji certificate 7 --out file/
  heji certificate 7 --out file/ --answers file/sample.csv`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("certificate needs a BATCH, a number that heji import said or batch_view lists")
			}
			return batchNumber(cmd, args)
		},
		PreRunE: func(*cobra.Command, []string) error {
			switch {
			case c.out == "":
				return errors.New("certificate needs --out, a folder for its files")
			case c.size < 1:
				return fmt.Errorf("--sample is a number of figures, not %d", c.size)
			}
			return nil
		},
		RunE: p.does(func(ctx context.Context, args []string) (int, error) {
			return p.certificate(ctx, numberOf(args), c)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&c.out, "out", "", "folder to write to")
	flags.StringVar(&c.seed, "seed", "1", "any `text`; the same one draws the same figures")
	flags.IntVar(&c.size, "sample", 300, "how many `figures` to draw; 300 without a fault bound the errors at 1 %")
	flags.StringVar(&c.answers, "answers", "", "the filled in sample.csv")
	return cmd
}

// confidence is the level of every bound.
const confidence = 0.95

// certificate is what is certified; its JSON is certificate.json without the
// lines.
type certificate struct {
	Schema   string     `json:"schema"`
	Heji     string     `json:"heji"`
	Made     time.Time  `json:"made"`
	Batch    int64      `json:"batch"`
	Paths    []string   `json:"paths"`
	Reader   string     `json:"reader"`
	Started  time.Time  `json:"started"`
	Finished *time.Time `json:"finished"` // null while it goes on

	Found      int64    `json:"found"`
	Loaded     int64    `json:"loaded"`
	Duplicates int64    `json:"duplicates"`
	Refused    int64    `json:"refused"`
	Failed     int64    `json:"failed"`
	Queued     int64    `json:"queued"`
	Complete   bool     `json:"complete"`
	Unproved   []string `json:"unproved"` // documents whose line the database does not bear out

	load.Population
	Seed       string  `json:"seed"`
	Sample     int     `json:"sample"`  // figures drawn
	Checked    *int    `json:"checked"` // null before a person looked
	Wrong      *int    `json:"wrong"`
	Confidence float64 `json:"confidence"`
	// ErrorBound is the share of wrong figures that is not exceeded; null before
	// a person looked.
	ErrorBound *float64 `json:"error_bound"`
	Method     string   `json:"method"`
}

func (p *program) certificate(ctx context.Context, number int64, c certifying) (int, error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	b, err := store.Batch(ctx, number)
	if err != nil {
		return couldNotRun, err
	}
	sample, population, err := store.Draw(ctx, number, c.seed, c.size)
	if err != nil {
		return couldNotRun, err
	}
	made := certificateOf(b, population, c.seed, len(sample))
	if c.answers != "" {
		checked, wrong, err := readAnswers(c.answers, sample)
		if err != nil {
			return couldNotRun, err
		}
		bound := batch.ErrorBound(wrong, checked, population.Figures, confidence)
		made.Checked, made.Wrong, made.ErrorBound = &checked, &wrong, &bound
	}
	if err := os.MkdirAll(c.out, 0o755); err != nil {
		return couldNotRun, fmt.Errorf("make the folder: %w; give --out another place", err)
	}
	lines := func(each func(load.Line) error) error { return store.Lines(ctx, number, each) }
	// First what proves each line, for both files tell it.
	if err := made.prove(lines); err != nil {
		return couldNotRun, err
	}
	write := map[string]func(io.Writer) error{
		"certificate.json": func(w io.Writer) error { return writeCertificate(w, made, lines) },
		"certificate.html": func(w io.Writer) error { return writePage(w, made, lines) },
	}
	if c.answers == "" { // what a person filled in is not written over
		write["sample.csv"] = func(w io.Writer) error { return writeSample(w, sample) }
	}
	for _, name := range []string{"certificate.json", "certificate.html", "sample.csv"} {
		if write[name] == nil {
			continue
		}
		path := filepath.Join(c.out, name)
		if name == "sample.csv" && exists(path) {
			p.note(p.words().sampleKept, printable(path))
			continue
		}
		if err := writeFile(path, write[name]); err != nil {
			return couldNotRun, err
		}
	}
	if err := p.print(made.summary(p.words()) + "\n"); err != nil {
		return couldNotRun, err
	}
	if !made.Complete || made.Failed > 0 {
		return unreadable, nil
	}
	return done, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func certificateOf(b load.Batch, population load.Population, seed string, sample int) *certificate {
	return &certificate{
		Schema: "heji-certificate/1", Heji: version(), Made: time.Now().UTC().Truncate(time.Second),
		Batch: b.ID, Paths: b.Paths, Reader: b.Reader, Started: b.Started, Finished: b.Finished,
		Found: b.Found, Loaded: b.Loaded, Duplicates: b.Duplicates, Refused: b.Refused, Failed: b.Failures, Queued: b.Queued,
		Unproved: []string{}, Population: population, Seed: seed, Sample: sample, Confidence: confidence,
		Method: "one-sided exact bound for a lot of so many figures (hypergeometric), after Clopper and Pearson, Biometrika 26 (1934) 404–413",
	}
}

// prove holds every line against the database.
func (c *certificate) prove(lines func(func(load.Line) error) error) error {
	n := int64(0)
	err := lines(func(l load.Line) error {
		n++
		if !l.Proved() && len(c.Unproved) < 1000 {
			c.Unproved = append(c.Unproved, l.Name)
		}
		return nil
	})
	c.Complete = err == nil && c.Finished != nil && len(c.Unproved) == 0 && n == c.Found &&
		c.Found == c.Loaded+c.Duplicates+c.Refused+c.Failed
	return err
}

func (c *certificate) summary(w *words) string {
	text := fmt.Sprintf(w.certified, c.Batch, c.Found, c.Loaded, c.Duplicates, c.Refused, c.Failed)
	if !c.Complete {
		text += "\n" + fmt.Sprintf(w.incomplete, c.Queued, len(c.Unproved))
	}
	if c.ErrorBound == nil {
		return text + "\n" + fmt.Sprintf(w.unchecked, c.Sample, c.Figures)
	}
	return text + "\n" + fmt.Sprintf(w.bounded, *c.Wrong, *c.Checked, 100**c.ErrorBound)
}

var sampleHead = []string{"id", "document", "form", "page", "path", "label", "read", "right", "note"}

func writeSample(w io.Writer, sample []load.Drawn) error {
	// The mark by which Excel knows that Chinese is in UTF-8.
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	_ = out.Write(sampleHead) // its error is kept for Error
	for _, d := range sample {
		_ = out.Write([]string{d.ID, unformula(d.Document), fmt.Sprint(d.Form), fmt.Sprint(d.Page), d.Path, unformula(d.Label), unformula(d.Text), "", ""})
	}
	out.Flush()
	return out.Error()
}

// unformula keeps a spreadsheet from running what is printed on a form. A number
// with a sign stays one.
func unformula(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if s[0] == '-' && strings.Trim(s[1:], "0123456789.,%") == "" {
		return s
	}
	return "'" + s
}

// readAnswers counts what a person found. Every figure that was drawn must be
// answered and no other: a bound on the convenient ones would be none.
func readAnswers(path string, sample []load.Drawn) (checked, wrong int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, 0, fmt.Errorf("open the answers: %w", err)
	}
	defer func() { _ = file.Close() }()
	in := bufio.NewReader(file)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\uFEFF" {
		_, _ = in.Discard(3)
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return 0, 0, fmt.Errorf("read the answers: %w; save the sample as CSV with commas, in UTF-8", err)
	}
	if len(rows) == 0 {
		return 0, 0, errors.New("the file of answers is empty; fill in sample.csv")
	}
	id, right := slices.Index(rows[0], "id"), slices.Index(rows[0], "right")
	if id < 0 || right < 0 {
		return 0, 0, errors.New(`the answers have no columns "id" and "right"; fill in sample.csv and keep its first line`)
	}
	answers := map[string]string{}
	for _, row := range rows[1:] {
		answers[row[id]] = strings.ToLower(strings.TrimSpace(row[right]))
	}
	for _, d := range sample {
		switch answers[d.ID] {
		case "y", "yes", "1", "true", "是", "对":
		case "n", "no", "0", "false", "否", "错":
			wrong++
		case "":
			if _, there := answers[d.ID]; !there {
				return 0, 0, fmt.Errorf("the answers are to another sample: %s of %s is not among them; give the --seed and --sample with which it was drawn", d.Path, d.Document)
			}
			return 0, 0, fmt.Errorf("%s of %s has no answer; fill in y or n for every figure", d.Path, d.Document)
		default:
			return 0, 0, fmt.Errorf("the answer %q to %s of %s is neither y nor n", answers[d.ID], d.Path, d.Document)
		}
		checked++
	}
	return checked, wrong, nil
}

// writeCertificate writes one JSON object, its documents one a line, so that a
// hundred thousand need no memory.
func writeCertificate(w io.Writer, c *certificate, lines func(func(load.Line) error) error) error {
	head, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, strings.TrimSuffix(string(head), "\n}")+",\n  \"documents\": ["); err != nil {
		return err
	}
	comma := ""
	if err := lines(func(l load.Line) error {
		line, err := jsonLine(l)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, comma+"\n    "+strings.TrimSuffix(line, "\n"))
		comma = ","
		return err
	}); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n  ]\n}\n")
	return err
}

//go:embed certificate.html
var certificatePage string

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"percent": func(f *float64) string { return fmt.Sprintf("%.2f %%", 100**f) },
	"date": func(t any) string {
		switch t := t.(type) {
		case time.Time:
			return t.Local().Format("2006-01-02 15:04")
		case *time.Time:
			if t != nil {
				return t.Local().Format("2006-01-02 15:04")
			}
		}
		return "—"
	},
	"outcome": func(s string) string {
		return map[string]string{load.Loaded: "入库", load.Duplicate: "重复", load.Refused: "拒收", load.Failed: "失败", load.Queued: "排队"}[s]
	},
}).Parse(certificatePage))

// writePage writes the page for the file: head, a row a document, foot.
func writePage(w io.Writer, c *certificate, lines func(func(load.Line) error) error) error {
	if err := pages.ExecuteTemplate(w, "head", c); err != nil {
		return err
	}
	if err := lines(func(l load.Line) error { return pages.ExecuteTemplate(w, "line", l) }); err != nil {
		return err
	}
	return pages.ExecuteTemplate(w, "foot", c)
}

// writeFile writes a file beside its place and then puts it there, so that what
// is there is whole.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".heji-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(file.Name()) }() // nothing, once it is renamed
	out := bufio.NewWriter(file)
	err = write(out)
	err = errors.Join(err, out.Flush(), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

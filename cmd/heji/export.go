package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heji/audit"
	"heji/export"
	"heji/form"
	"heji/load"
)

// exporting is what the flags of export ask for.
type exporting struct {
	format, out string
	tables      []string
	filter      load.Filter
}

var exportFormats = []string{"csv", "xlsx", "parquet", "jsonl", "pdf"}

func (p *program) exportCommand() *cobra.Command {
	var e exporting
	cmd := &cobra.Command{
		Use:   "export --format csv|xlsx|parquet|jsonl|pdf --out DIR|FILE|-",
		Short: "Write what is stored as CSV, Excel, Parquet, JSON lines or annotated PDF",
		Long: `Writes what is stored, as it was at one moment, row by row.

csv, parquet  one file a table in DIR, or one table in FILE or on standard
              output: that of --table, or else the discrepancies
xlsx          one workbook, a sheet a table; discrepancies are coloured
jsonl         the records as heji check --json prints them, one a line
pdf           the original PDFs that have discrepancies, each of these outlined
              and explained in a note; the files must be where they were imported

The tables are ` + strings.Join(load.ExportTables(), ", ") + `.
--rule and --verdict choose discrepancies and, in the other tables, the forms
that have such a discrepancy. Text that a spreadsheet would run as a formula
gets an apostrophe in CSV.

Exit status: 0 done, 1 heji could not run, 2 wrong usage, 4 some documents could
not be annotated.`,
		Example: `  heji export --format xlsx --out 2021.xlsx --year 2021
  heji export --format csv --out tables/
  heji export --format parquet --out found.parquet --verdict form
  heji export --format jsonl --out - --unit 教育局
  heji export --format pdf --out marked/ --verdict form`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return e.check() },
		RunE: p.does(func(ctx context.Context, _ []string) (int, error) {
			return p.export(ctx, e)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&e.format, "format", "", "`csv|xlsx|parquet|jsonl|pdf`")
	flags.StringVar(&e.out, "out", "", "a file, a folder, or - for standard output")
	flags.StringSliceVar(&e.tables, "table", nil, "only these `tables`")
	flags.StringVar(&e.filter.Unit, "unit", "", "only units whose name holds this `text`")
	flags.IntVar(&e.filter.Year, "year", 0, "only this `year`")
	flags.StringVar(&e.filter.Kind, "kind", "", "only `department|project` forms")
	flags.StringVar(&e.filter.Rule, "rule", "", "only what breaks this `rule`; heji rules lists them")
	flags.StringVar(&e.filter.Verdict, "verdict", "", "only what has this verdict, `form|misread|undecided`")
	return cmd
}

// check says what is wrong with the flags.
func (e *exporting) check() error {
	if e.out == "" {
		return errors.New("export needs --out: a file, a folder, or - for standard output")
	}
	if !slices.Contains(exportFormats, e.format) {
		return fmt.Errorf("--format is one of %s, not %q", strings.Join(exportFormats, ", "), e.format)
	}
	for _, t := range e.tables {
		if !slices.Contains(load.ExportTables(), t) {
			return fmt.Errorf("--table is one of %s, not %q", strings.Join(load.ExportTables(), ", "), t)
		}
	}
	if e.format == "jsonl" && len(e.tables) > 0 {
		return errors.New("a record holds all tables; leave --table out for jsonl")
	}
	if e.format == "pdf" && (e.out == "-" || len(e.tables) > 0) {
		return errors.New("pdf is written as one file a document; give a folder with --out, and no --table")
	}
	if e.single() && e.format != "xlsx" && len(e.tables) > 1 {
		return fmt.Errorf("a %s file holds one table; name one with --table, or a folder with --out", e.format)
	}
	return e.checkFilter()
}

// checkFilter says what is wrong with the flags that choose forms.
func (e *exporting) checkFilter() error {
	if v := e.filter.Verdict; v != "" && v != string(form.ByForm) && v != string(form.Misread) && v != string(form.Undecided) {
		return fmt.Errorf("--verdict is form, misread or undecided, not %q", v)
	}
	if k := e.filter.Kind; k != "" && k != string(form.Department) && k != string(form.Project) {
		return fmt.Errorf("--kind is department or project, not %q", k)
	}
	if r := e.filter.Rule; r != "" && !slices.ContainsFunc(audit.Rules, func(a audit.Rule) bool { return a.Name == r }) {
		return fmt.Errorf("there is no rule %q; `heji rules` lists them", r)
	}
	return nil
}

// single reports whether all goes to one file: standard output, or a name that
// ends as such files do. Any other name is a folder's.
func (e *exporting) single() bool {
	return e.out == "-" || strings.EqualFold(filepath.Ext(e.out), "."+e.format)
}

func (p *program) export(ctx context.Context, e exporting) (status int, err error) {
	if e.out == "-" && e.format != "jsonl" && e.format != "csv" && isTerminal(p.stdout) {
		return couldNotRun, fmt.Errorf("%s is not for a terminal; name a file with --out", e.format)
	}
	store, err := p.openToRead(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	// What is held is one group of rows, the same from beginning to end. Collecting what was
	// thrown away more often than by default keeps the process near that.
	debug.SetGCPercent(50)
	err = store.Snapshot(ctx, e.filter, func(s *load.Snapshot) error {
		if e.format == "pdf" {
			var err error
			status, err = p.exportAnnotated(ctx, s, e)
			return err
		}
		for _, f := range e.files() {
			if err := p.writeFile(f.name, func(w io.Writer) error { return f.write(ctx, s, w, p.words()) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return couldNotRun, err
	}
	return status, nil
}

// openToRead connects to the database. Tables that are up to date are left alone,
// so that a reader's rights are enough.
func (p *program) openToRead(ctx context.Context) (*load.Store, error) {
	url, err := p.startDatabase(ctx)
	if err != nil {
		return nil, err
	}
	store, err := load.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	if _, _, err := store.Migrate(ctx); err != nil {
		store.Close()
		return nil, err
	}
	return store, nil
}

// exportFile is one file of an export.
type exportFile struct {
	name  string
	write func(context.Context, *load.Snapshot, io.Writer, *words) error
}

func (e *exporting) files() []exportFile {
	tables := e.tables
	if len(tables) == 0 {
		tables = load.ExportTables()
	}
	name := func(base string) string {
		if e.single() {
			return e.out
		}
		return filepath.Join(e.out, base+"."+e.format)
	}
	switch {
	case e.format == "jsonl":
		return []exportFile{{name("records"), exportRecords}}
	case e.format == "xlsx":
		return []exportFile{{name("heji"), exportTables(export.NewXLSX, tables)}}
	case e.single() && len(e.tables) == 0:
		tables = []string{"discrepancies"}
	}
	newWriter := export.NewCSV
	if e.format == "parquet" {
		newWriter = export.NewParquet
	}
	var files []exportFile
	for _, t := range tables {
		files = append(files, exportFile{name(t), exportTables(newWriter, []string{t})})
	}
	return files
}

func exportRecords(ctx context.Context, s *load.Snapshot, w io.Writer, _ *words) error {
	return s.Records(ctx, func(record json.RawMessage) error {
		_, err := w.Write(append(record, '\n'))
		return err
	})
}

func exportTables(newWriter func(io.Writer) export.Writer, tables []string) func(context.Context, *load.Snapshot, io.Writer, *words) error {
	return func(ctx context.Context, s *load.Snapshot, w io.Writer, words *words) error {
		out := newWriter(w)
		for _, name := range tables {
			err := s.Table(ctx, name, func(t load.Table) error { return out.Table(tableOf(t, words)) }, out.Row)
			if err != nil {
				return errors.Join(err, out.Close())
			}
		}
		return out.Close()
	}
}

// tableOf is a table of the database with labels in the language of words.
func tableOf(t load.Table, w *words) export.Table {
	out := export.Table{Name: t.Name, Label: t.Name}
	notes := []string{"messages", "message"}
	if w == &chinese {
		out.Label, notes = t.LabelZH, []string{"messages_zh", "message_zh"}
	}
	for _, c := range t.Columns {
		if slices.Contains(notes, c.Name) {
			out.Notes = c.Name
		}
		label := c.Name
		if w == &chinese && c.LabelZH != "" {
			label = c.LabelZH
		}
		out.Columns = append(out.Columns, export.Column{Name: c.Name, Label: label, Type: export.Type(c.Type)})
	}
	return out
}

// writeFile writes a file that is there whole or not at all; - is standard
// output. Folders on the way are made.
func (p *program) writeFile(name string, write func(io.Writer) error) error {
	if name == "-" {
		return buffered(p.stdout, write)
	}
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder for the export: %w", err)
	}
	f, err := os.CreateTemp(dir, ".heji-*")
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	err = buffered(f, write)
	if e := f.Chmod(0o644); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}

func buffered(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 1<<20)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

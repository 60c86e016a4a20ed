package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"heji/audit"
	"heji/export"
	"heji/extract"
	"heji/form"
	"heji/load"
)

func (p *program) reportCommand() *cobra.Command {
	e := exporting{format: "html"}
	cmd := &cobra.Command{
		Use:   "report --out FILE|-",
		Short: "Write a report for people as one HTML file",
		Long: `Writes what was found in what is stored: how many forms, how many of them
contradict themselves and by how much, by rule, unit and year, the worst first.
The worst are shown as they are printed, where the documents still are where they
were imported from. The report is one file in Chinese and English that needs no
network.

Exit status: 0 done, 1 heji could not run, 2 wrong usage.`,
		Example: `  heji report --out report.html
  heji report --out 2021.html --year 2021`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if e.out == "" {
				return fmt.Errorf("report needs --out: a file, or - for standard output")
			}
			return e.checkFilter()
		},
		RunE: p.does(func(ctx context.Context, _ []string) (int, error) {
			return couldNotRunUnless(p.report(ctx, e))
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&e.out, "out", "", "a `file`, or - for standard output")
	flags.StringVar(&e.filter.Unit, "unit", "", "only units whose name holds this `text`")
	flags.IntVar(&e.filter.Year, "year", 0, "only this `year`")
	flags.StringVar(&e.filter.Kind, "kind", "", "only `department|project` forms")
	return cmd
}

func (p *program) report(ctx context.Context, e exporting) error {
	store, err := p.openToRead(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Snapshot(ctx, e.filter, func(s *load.Snapshot) error {
		r, err := s.Report(ctx)
		if err != nil {
			return err
		}
		if err := illustrate(ctx, r.Money, r.Points); err != nil {
			return err
		}
		return p.writeFile(e.out, func(w io.Writer) error {
			return export.WriteReport(w, r, export.About{Made: time.Now(), Of: choice(e.filter), Rules: ruleNotes()})
		})
	})
}

// illustrate gives findings the pictures of their places, as far as the originals are
// where they were imported from.
func illustrate(ctx context.Context, lists ...[]form.ReportFinding) (err error) {
	reader, err := extract.Open(extract.Options{Jobs: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	cutters := map[string]*cutter{}
	for _, list := range lists {
		for i := range list {
			f := &list[i]
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if cutters[f.SHA256] == nil {
				data, _ := original(load.Annotated{SHA256: f.SHA256, Name: f.Document, Paths: f.Paths}) // gone: no picture
				cutters[f.SHA256] = &cutter{above: 16, beside: 130, pages: map[int]image.Image{}, draw: func(page int) (image.Image, error) {
					if data == nil {
						return nil, nil
					}
					return reader.Picture(ctx, data, page, evidenceDPI)
				}}
			}
			f.Picture = cutters[f.SHA256].cut(int(f.Page), f.Box)
		}
	}
	return nil
}

// ruleNotes are what each rule says, by its name.
func ruleNotes() map[string]string {
	notes := map[string]string{}
	for _, r := range audit.Rules {
		notes[r.Name] = r.DocZH
	}
	return notes
}

// choice is the filter in words.
func choice(f load.Filter) string {
	var words []string
	if f.Unit != "" {
		words = append(words, "单位含“"+f.Unit+"”")
	}
	if f.Year != 0 {
		words = append(words, fmt.Sprintf("%d 年度", f.Year))
	}
	if f.Kind != "" {
		words = append(words, map[string]string{"department": "部门整体支出", "project": "项目支出"}[f.Kind])
	}
	return strings.Join(words, "，")
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/layout"
)

func (p *program) layoutCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "layout PATH…",
		Short: "Show what is printed where, before anything is understood",
		Long: `Shows each page's lines and tables as they were read, and which readings are
in doubt. With --json, one layout document per line.`,
		Args: somePath,
		RunE: p.does(p.layout),
	}
	p.limitFlags(cmd)
	cmd.Flags().BoolVar(&p.asJSON, "json", false, "one layout document per line, for programs")
	return cmd
}

func (p *program) layout(ctx context.Context, paths []string) (int, error) {
	unread := 0
	width := cmp.Or(p.width(), 120)
	err := p.read(ctx, paths, batch.Layout, func(r batch.Result, out io.Writer) error {
		if r.Err != nil {
			unread++
		}
		text, err := layoutText(r, p.asJSON, width)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, text); err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
		return nil
	})
	switch {
	case err != nil:
		return couldNotRun, err
	case unread > 0:
		return unreadable, nil
	}
	return done, nil
}

func layoutText(r batch.Result, asJSON bool, width int) (string, error) {
	switch {
	case r.Err != nil && asJSON:
		// As in the contract's record of a document that is not read.
		var b strings.Builder
		err := writeRecords(&b, r)
		return b.String(), err
	case r.Err != nil:
		return fmt.Sprintf("%s\n  %s: %s\n\n", printable(r.Document.Name), r.Err.Code, printable(r.Err.Message)), nil
	case asJSON:
		return jsonLine(r.Layout)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %d bytes, %d pages\n\n", printable(r.Layout.Name), r.Layout.Bytes, len(r.Layout.Pages))
	for _, page := range r.Layout.Pages {
		b.WriteString(pageText(page, width))
	}
	return b.String(), nil
}

// pageText shows a page from top to bottom.
func pageText(page layout.Page, width int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "page %d: %s", page.Number, page.Source)
	if page.Width > 0 {
		fmt.Fprintf(&b, ", %.0f × %.0f pt", page.Width, page.Height)
	}
	if page.DPI > 0 {
		fmt.Fprintf(&b, ", %.0f dpi, turned back by %.2f°", page.DPI, page.Skew)
	}
	fmt.Fprintf(&b, ", %d lines, %d tables", len(page.Lines), len(page.Tables))
	if readers := readersOf(page); len(readers) > 0 {
		fmt.Fprintf(&b, ", read by %s", strings.Join(readers, ", "))
	}
	b.WriteString("\n")

	lines := page.Lines
	for i, t := range page.Tables {
		// Without geometry lines and tables have no common order.
		for len(lines) > 0 && !t.Box.IsZero() && lines[0].Box.Y0 < t.Box.Y0 {
			b.WriteString("  " + printable(lines[0].Flat()) + "\n")
			lines = lines[1:]
		}
		fmt.Fprintf(&b, "  table %d: %d rows × %d columns%s%s\n", i+1, t.Rows, t.Cols,
			when(t.OpenTop, ", open at the top"), when(t.OpenBottom, ", open at the bottom"))
		b.WriteString(drawTable(t, width))
	}
	for _, l := range lines {
		b.WriteString("  " + printable(l.Flat()) + "\n")
	}
	for i, t := range page.Tables {
		for _, c := range t.Cells {
			if c.Doubt != "" {
				fmt.Fprintf(&b, "  doubt in table %d, row %d, column %d: %s: %s\n", i+1, c.Row+1, c.Col+1, c.Doubt, readings(c.Reading, c.Others))
			}
		}
	}
	for _, l := range page.Lines {
		if l.Doubt != "" {
			fmt.Fprintf(&b, "  doubt in a line: %s: %s\n", l.Doubt, readings(l.Reading, l.Others))
		}
	}
	for _, problem := range page.Problems {
		fmt.Fprintf(&b, "  problem: %s: %s\n", problem.Code, printable(problem.Message))
	}
	return b.String() + "\n"
}

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

// readersOf are the readers whose readings stand on the page, sorted.
func readersOf(page layout.Page) []string {
	var names []string
	add := func(r layout.Reading) {
		if name := cmp.Or(r.By, string(r.Reader)); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, l := range page.Lines {
		add(l.Reading)
	}
	for _, t := range page.Tables {
		for _, c := range t.Cells {
			add(c.Reading)
		}
	}
	slices.Sort(names)
	return names
}

// readings are all readings of some ink, the one believed first.
func readings(believed layout.Reading, others []layout.Reading) string {
	var s []string
	for _, r := range append([]layout.Reading{believed}, others...) {
		s = append(s, fmt.Sprintf("%q by %s (%.2f)", printable(r.Flat()), cmp.Or(r.By, string(r.Reader), "nothing"), r.Confidence))
	}
	return strings.Join(s, " · ")
}

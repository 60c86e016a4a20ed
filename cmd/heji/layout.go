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
	"heji/form"
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
		text, err := layoutText(r, p.asJSON, width, p.words())
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

// layoutWords are what the layout of a document is told in, in one language.
type layoutWords struct {
	size    string // with bytes and pages
	page    string // with its number and source
	sources map[layout.Source]string
	paper   string // with width and height
	scanned string // with dots an inch and degrees
	holds   string // with lines and tables
	readBy  string // with the readers
	table   string // with its number, rows, columns
	openTop string
	openEnd string
	inCell  string // with table, row, column, code, readings
	inLine  string // with code, readings
	problem string // with code, sentence
}

var layoutEnglish = layoutWords{
	size:    "%d bytes, %d pages",
	page:    "page %d: %s",
	sources: map[layout.Source]string{layout.TextLayer: "text-layer", layout.Scan: "scan", layout.Mixed: "mixed", layout.Transcript: "transcript"},
	paper:   ", %.0f × %.0f pt",
	scanned: ", %.0f dpi, turned back by %.2f°",
	holds:   ", %d lines, %d tables",
	readBy:  ", read by %s",
	table:   "table %d: %d rows × %d columns",
	openTop: ", open at the top",
	openEnd: ", open at the bottom",
	inCell:  "doubt in table %d, row %d, column %d: %s: %s",
	inLine:  "doubt in a line: %s: %s",
	problem: "problem: %s: %s",
}

var layoutChinese = layoutWords{
	size:    "%d 字节，%d 页",
	page:    "第%d页：%s",
	sources: map[layout.Source]string{layout.TextLayer: "文字层", layout.Scan: "扫描", layout.Mixed: "文字层与扫描", layout.Transcript: "转写文本"},
	paper:   "，%.0f × %.0f 点",
	scanned: "，%.0f dpi，已回转 %.2f°",
	holds:   "，表外文字 %d 行，表格 %d 张",
	readBy:  "，识读者：%s",
	table:   "表格 %d：%d 行 × %d 列",
	openTop: "，上端无表格线",
	openEnd: "，下端无表格线",
	inCell:  "表格 %d 第 %d 行第 %d 列存疑：%s：%s",
	inLine:  "表外文字存疑：%s：%s",
	problem: "存疑：%s：%s",
}

func layoutText(r batch.Result, asJSON bool, width int, w *words) (string, error) {
	switch {
	case r.Err != nil && asJSON:
		// As in the contract's record of a document that is not read.
		var b strings.Builder
		err := writeRecords(&b, r)
		return b.String(), err
	case r.Err != nil:
		return fmt.Sprintf("%s\n  %s: %s\n\n", printable(r.Document.Name), r.Err.Code, printable(w.errorText(r.Err))), nil
	case asJSON:
		return jsonLine(r.Layout)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  "+w.layout.size+"\n\n", printable(r.Layout.Name), r.Layout.Bytes, len(r.Layout.Pages))
	for _, page := range r.Layout.Pages {
		b.WriteString(pageText(page, width, w))
	}
	return b.String(), nil
}

// pageText shows a page from top to bottom.
func pageText(page layout.Page, width int, words *words) string {
	w := words.layout
	var b strings.Builder
	fmt.Fprintf(&b, w.page, page.Number, w.sources[page.Source])
	if page.Width > 0 {
		fmt.Fprintf(&b, w.paper, page.Width, page.Height)
	}
	if page.DPI > 0 {
		fmt.Fprintf(&b, w.scanned, page.DPI, page.Skew)
	}
	fmt.Fprintf(&b, w.holds, len(page.Lines), len(page.Tables))
	if readers := readersOf(page); len(readers) > 0 {
		fmt.Fprintf(&b, w.readBy, strings.Join(readers, ", "))
	}
	b.WriteString("\n")

	lines := page.Lines
	for i, t := range page.Tables {
		// Without geometry lines and tables have no common order.
		for len(lines) > 0 && !t.Box.IsZero() && lines[0].Box.Y0 < t.Box.Y0 {
			b.WriteString("  " + printable(lines[0].Flat()) + "\n")
			lines = lines[1:]
		}
		fmt.Fprintf(&b, "  "+w.table+"%s%s\n", i+1, t.Rows, t.Cols, when(t.OpenTop, w.openTop), when(t.OpenBottom, w.openEnd))
		b.WriteString(drawTable(t, width))
	}
	for _, l := range lines {
		b.WriteString("  " + printable(l.Flat()) + "\n")
	}
	for i, t := range page.Tables {
		for _, c := range t.Cells {
			if c.Doubt != "" {
				fmt.Fprintf(&b, "  "+w.inCell+"\n", i+1, c.Row+1, c.Col+1, c.Doubt, readings(c.Reading, c.Others))
			}
		}
	}
	for _, l := range page.Lines {
		if l.Doubt != "" {
			fmt.Fprintf(&b, "  "+w.inLine+"\n", l.Doubt, readings(l.Reading, l.Others))
		}
	}
	for _, q := range page.Problems {
		said := words.problem(form.Problem{Message: q.Message, MessageZH: q.MessageZH})
		fmt.Fprintf(&b, "  "+w.problem+"\n", q.Code, printable(said))
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
		name, _, _ := strings.Cut(cmp.Or(r.By, string(r.Reader)), ", ") // without how it read
		if name != "" && !slices.Contains(names, name) {
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

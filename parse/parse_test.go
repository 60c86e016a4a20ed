package parse

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"heji/form"
	"heji/layout"
)

var update = flag.Bool("update", false, "rewrite the wanted sheets")

// Each case is a drawing of pages and the sheets they hold. In a drawing, | parts
// cells, ¶ breaks a line in one, < merges a cell with the one to its left and ^ with the one above;
// “loose” tables have no geometry, as in transcripts, “aligned” ones no lines, and “ocr” ones are scanned; ?text has a doubt, and ??
// is ink without a reading.
func TestParse(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var pages, want []byte
			for _, f := range archive.Files {
				switch f.Name {
				case "pages":
					pages = f.Data
				case "want":
					want = f.Data
				}
			}
			sheets, err := Parse(draw(t, string(pages)))
			for _, s := range sheets {
				for _, p := range s.Problems {
					if p.Message == "" || p.MessageZH == "" {
						t.Errorf("%s %s is not said in both languages: %q, %q", p.Where, p.Code, p.Message, p.MessageZH)
					}
				}
			}
			got := describe(sheets, err)
			if *update {
				archive.Files = []txtar.File{{Name: "pages", Data: pages}, {Name: "want", Data: []byte(got)}}
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func draw(t *testing.T, text string) layout.Document {
	t.Helper()
	var doc layout.Document
	var page *layout.Page
	y := 0.0
	var rows [][]string
	loose, aligned, by := false, false, layout.ByTextLayer
	flush := func() {
		if len(rows) > 0 {
			page.Tables = append(page.Tables, drawTable(rows, y, loose, by))
			page.Tables[len(page.Tables)-1].Aligned = aligned
			y += float64(20 * len(rows))
			rows = nil
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "page" || page == nil:
			if page != nil {
				flush()
			}
			doc.Pages = append(doc.Pages, layout.Page{Number: len(doc.Pages) + 1, Width: 600, Height: 800})
			page, y, loose, aligned = &doc.Pages[len(doc.Pages)-1], 0, false, false
		case line == "loose":
			flush()
			loose = true
		case line == "aligned":
			aligned = true
		case line == "ocr":
			by = layout.ByOCR
		case line == "":
			flush()
		case strings.Contains(line, "|"):
			var cells []string
			for c := range strings.SplitSeq(line, "|") {
				cells = append(cells, strings.ReplaceAll(strings.TrimSpace(c), "¶", "\n"))
			}
			rows = append(rows, cells)
		default:
			flush()
			l := layout.Line{Reading: layout.Reading{Text: line, Reader: by, Confidence: 1}}
			if strings.HasPrefix(line, "?") {
				l.Text, l.Doubt = line[1:], layout.Unconfirmed
			}
			if !loose {
				l.Box = layout.Box{X0: 50, Y0: y, X1: 500, Y1: y + 15}
			}
			page.Lines = append(page.Lines, l)
			y += 20
		}
	}
	flush()
	return doc
}

func drawTable(rows [][]string, y float64, loose bool, by layout.Reader) layout.Table {
	table := layout.Table{Rows: len(rows)}
	for _, r := range rows {
		table.Cols = max(table.Cols, len(r))
	}
	if !loose {
		table.Box = layout.Box{X0: 50, Y0: y, X1: 50 + float64(100*table.Cols), Y1: y + float64(20*len(rows))}
		for i := range table.Cols + 1 {
			table.ColEdges = append(table.ColEdges, 50+float64(100*i))
		}
	}
	for i, r := range rows {
		for j, text := range r {
			if text == "<" || text == "^" {
				continue
			}
			c := layout.Cell{Row: i, Col: j, RowSpan: 1, ColSpan: 1, Ink: text != ""}
			for j+c.ColSpan < len(r) && r[j+c.ColSpan] == "<" {
				c.ColSpan++
			}
			for i+c.RowSpan < len(rows) && j < len(rows[i+c.RowSpan]) && rows[i+c.RowSpan][j] == "^" {
				c.RowSpan++
			}
			if !loose {
				c.Box = layout.Box{X0: 50 + float64(100*j), Y0: y + float64(20*i), X1: 50 + float64(100*(j+c.ColSpan)), Y1: y + float64(20*(i+c.RowSpan))}
			}
			c.Reading = layout.Reading{Text: text, Reader: by, Confidence: 1}
			switch {
			case text == "??":
				c.Text, c.Doubt = "", layout.Illegible
			case strings.HasPrefix(text, "?"):
				c.Text, c.Doubt = text[1:], layout.Unconfirmed
			}
			table.Cells = append(table.Cells, c)
		}
	}
	return table
}

func describe(sheets []form.Sheet, err error) string {
	var b strings.Builder
	if err != nil {
		var e *form.Error
		if errors.As(err, &e) {
			return fmt.Sprintf("error %s: %s\n", e.Code, e.Message)
		}
		return err.Error() + "\n"
	}
	for _, s := range sheets {
		f := (*form.Form)(&s)
		fmt.Fprintf(&b, "form %d pages %v %q year %d unit %q\n", s.Ordinal, s.Pages, s.Title, s.Year, s.Unit)
		for _, d := range s.Fields {
			fmt.Fprintf(&b, "field %s: %s = %s\n", d.Key, d.Label, d.Text)
		}
		for _, d := range s.OtherFields {
			fmt.Fprintf(&b, "other %s = %s\n", d.Label, d.Text)
		}
		for i, fund := range s.Funds {
			fmt.Fprintf(&b, "fund %s: %s", fund.Source, fund.Label)
			for where, g := range f.Figures() {
				if member, ok := strings.CutPrefix(where, fmt.Sprintf("funds[%d].", i)); ok {
					fmt.Fprintf(&b, " %s=%s", member, g.Text)
				}
			}
			fmt.Fprintln(&b)
		}
		for i, row := range s.Indicators {
			fmt.Fprintf(&b, "%s %s/%s/%s", row.Kind, row.Level1, row.Level2, row.Level3)
			if row.Nature != "" {
				fmt.Fprintf(&b, " nature=%s", row.Nature)
			}
			for where, g := range f.Figures() {
				if member, ok := strings.CutPrefix(where, fmt.Sprintf("indicators[%d].", i)); ok && (g.Text != "" || g.Doubt != "") {
					fmt.Fprintf(&b, " %s=%s", member, g.Text)
					if g.Doubt != "" {
						fmt.Fprintf(&b, "(%s)", g.Doubt)
					}
				}
			}
			fmt.Fprintln(&b)
		}
		if s.Total.Weight != nil {
			fmt.Fprintf(&b, "total weight %s\n", s.Total.Weight.Text)
		}
		if s.Total.Score != nil {
			fmt.Fprintf(&b, "total score %s\n", s.Total.Score.Text)
		}
		if s.Grade != nil {
			fmt.Fprintf(&b, "grade %s", s.Grade.Text)
			if s.Grade.Doubt != "" {
				fmt.Fprintf(&b, " (%s)", s.Grade.Doubt)
			}
			fmt.Fprintln(&b)
		}
		for _, e := range s.Evaluators {
			fmt.Fprintf(&b, "evaluator %s, %s, %s, %s\n", e.Name, e.Title, e.Department, e.Phone)
		}
		for _, p := range s.Problems {
			fmt.Fprintf(&b, "problem %s %s\n", p.Where, p.Code)
		}
	}
	return b.String()
}

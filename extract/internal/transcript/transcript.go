// Package transcript reads the text files that other OCR tools leave: plain text
// and Markdown with tables in it.
//
// Three ways of writing a table are known, and one file may mix them with lines
// of plain text:
//
//	单位名称<TAB>某某局<TAB>              tabs between the cells
//	| 单位名称 | 某某局 |                 Markdown, with or without its |---| line
//	<table><tr><td colspan=2>…</table>   HTML, merged cells honoured
//
// What such a tool wrote is taken as it stands: cells keep the place in the row
// that they were written in, rows keep their own lengths, and a table ends where
// the text says so, even if the printed one goes on. A transcript has no
// geometry, so boxes are zero, and every reading is the tool's own with nothing
// beside it to check it by.
package transcript

import (
	"path"
	"strings"

	"heji/form"
	"heji/layout"
)

// What a transcript may hold. A form's transcript is a few dozen kilobytes.
const (
	maxText  = 4 << 20 // bytes, once decoded
	maxRows  = 20_000
	maxCells = 200_000
	maxSpan  = 200 // columns or rows that one HTML cell may cover
)

// Read turns a transcript into pages: one, and a further one at each form feed
// and at each title of a form that comes after a table. Within a page the lines
// and the tables are each in the order of the text.
//
// name is the file's; a name in .md says that a backslash escapes what follows.
// The error is a *form.Error: not-a-document for what is not text, too-large, or
// no-pages for a file without a word in it.
func Read(name string, data []byte) ([]layout.Page, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	r := reader{markdown: isMarkdown(name)}
	for sheet := range strings.SplitSeq(text, "\f") {
		r.turnPage()
		for _, part := range cutTables(sheet) {
			if part.table {
				r.readHTML(part.text)
			} else {
				r.readText(part.text)
			}
			if r.tooLarge() {
				return nil, &form.Error{Code: form.TooLarge, Message: "the transcript's tables are larger than any form's; split the file and read the parts"}
			}
		}
	}
	r.turnPage()
	if len(r.pages) == 0 {
		return nil, &form.Error{Code: form.NoPages, Message: "the transcript holds no text; check that the tool that made it wrote its output here"}
	}
	return r.pages, nil
}

func isMarkdown(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown":
		return true
	}
	return false
}

// reader collects the pages.
type reader struct {
	markdown    bool
	pages       []layout.Page
	page        layout.Page
	table       [][]string // rows of the table being read
	rows, cells int        // read so far, in the whole file
}

// turnPage ends the page. A page with nothing on it is not kept.
func (r *reader) turnPage() {
	r.endTable()
	if len(r.page.Lines)+len(r.page.Tables) > 0 {
		r.page.Number = len(r.pages) + 1
		r.pages = append(r.pages, r.page)
	}
	r.page = layout.Page{Source: layout.Transcript}
}

// readText reads lines and the tables of tabs and pipes among them.
func (r *reader) readText(text string) {
	lines := strings.Split(text, "\n")
	piped := false // the line before was a row of a Markdown table
	for i, line := range lines {
		if r.tooLarge() {
			return
		}
		if isPiped(line) || strings.Contains(line, "|") && (piped || i+1 < len(lines) && isPipeRule(lines[i+1])) {
			if !piped {
				r.endTable()
			}
			piped = true
			if !isPipeRule(line) {
				r.addRow(pipeCells(line))
			}
			continue
		}
		if piped {
			r.endTable()
			piped = false
		}
		switch {
		case isRule(line): // drawn by the tool, not printed
		case strings.Contains(line, "\t"):
			r.addRow(strings.Split(strings.TrimSuffix(line, "\r"), "\t"))
		default:
			r.endTable()
			r.addLine(line)
		}
	}
	r.endTable()
}

func (r *reader) tooLarge() bool { return r.rows > maxRows || r.cells > maxCells }

func (r *reader) addRow(cells []string) {
	r.rows++
	r.cells += len(cells)
	r.table = append(r.table, cells)
}

// endTable makes a table of the rows since the last one ended.
func (r *reader) endTable() {
	if len(r.table) == 0 || r.tooLarge() {
		return
	}
	t := layout.Table{Rows: len(r.table)}
	printed := false
	for i, row := range r.table {
		t.Cols = max(t.Cols, len(row))
		for j, raw := range row {
			c := r.cell(i, j, 1, 1, r.clean(raw))
			printed = printed || c.Ink
			t.Cells = append(t.Cells, c)
		}
	}
	if printed { // else tabs and nothing between them
		r.page.Tables = append(r.page.Tables, t)
	}
	r.table = nil
}

// addLine takes a line of plain text. The title of a further form begins a page:
// within a page nothing says which lines stand above which table.
func (r *reader) addLine(raw string) {
	for text := range strings.SplitSeq(r.clean(heading.ReplaceAllString(raw, "")), "\n") {
		if text == "" {
			continue
		}
		if len(r.page.Tables) > 0 && isTitle(text) {
			r.turnPage()
		}
		r.page.Lines = append(r.page.Lines, layout.Line{Reading: reading(text), Doubt: doubt(text)})
	}
}

func (r *reader) cell(row, col, rowSpan, colSpan int, text string) layout.Cell {
	return layout.Cell{
		Row: row, Col: col, RowSpan: rowSpan, ColSpan: colSpan,
		Reading: reading(text), Ink: text != "", Doubt: doubt(text),
	}
}

func reading(text string) layout.Reading {
	return layout.Reading{Text: layout.Ideographs(text), Reader: layout.ByTranscript, Confidence: 1}
}

// doubt is for text with a character that the file's bytes do not give.
func doubt(text string) string {
	if strings.ContainsRune(text, '\uFFFD') {
		return layout.Unconfirmed
	}
	return ""
}

// isTitle reports whether a line is the title of a form, with or without the
// year after it.
func isTitle(line string) bool {
	s := strings.Join(strings.Fields(line), "")
	if i := strings.LastIndexAny(s, "(（"); i > 0 && strings.Contains(s[i:], "年") {
		s = s[:i]
	}
	return strings.HasSuffix(s, "自评表") || strings.HasSuffix(s, "评价表")
}

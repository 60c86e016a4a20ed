package export

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/xuri/excelize/v2"

	"heji/form"
)

// limits of a worksheet.
const (
	mostRows  = 1 << 20 // the head is one of them
	mostRunes = 32767   // in a cell
)

// exactDigits is how many decimal digits a cell's binary number holds for sure.
const exactDigits = 15

// discrepancyColumn is the column whose text names the cells of its row that
// break a rule: "score:form weight:misread".
const discrepancyColumn = "discrepancies"

// colours by verdict: red for the form's own mistakes, amber where the reading is
// probably at fault, yellow where it is not known.
var colours = map[string]string{
	string(form.ByForm): "F8CBC6", string(form.Misread): "FFE0B2", string(form.Undecided): "FFF6BF",
}

// style is how a cell looks: its number format, "" for text, the verdict on it, and
// whether its text goes on in a second line.
type style struct {
	format  string
	verdict string
	wrap    bool
}

type xlsxWriter struct {
	out    io.Writer
	file   *excelize.File
	sheet  *excelize.StreamWriter
	styles map[style]int
	heads  [2]int // styles, of text and of numbers
	table  Table
	part   int // of a table that one sheet cannot hold, from 1
	row    int // last written
	wrong  int // index of the discrepancy column, or -1
	notes  int // index of the column that notes are made of, or -1
	noted  int // notes on this sheet
	cells  []any
}

// NewXLSX writes an Excel workbook, a sheet a table, with the columns' labels in
// a head that stays in sight. Numbers are numbers with the decimals that were
// printed; those of more digits than Excel can hold are text, as is all text. It
// prints across the paper, with the head on every page.
// Cells that break a rule are coloured by verdict, and a note says what is printed
// and what is wrong. A table of more rows than a
// sheet holds goes on in a second sheet.
func NewXLSX(w io.Writer) Writer {
	return &xlsxWriter{out: w, file: excelize.NewFile(), styles: map[style]int{}}
}

func (w *xlsxWriter) Table(t Table) error {
	w.table, w.part = t, 0
	w.cells = make([]any, len(t.Columns))
	column := func(name string) int {
		return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	}
	w.wrong, w.notes = column(discrepancyColumn), column(t.Notes)
	return w.begin()
}

// begin starts a sheet for the table, or for the next part of it.
func (w *xlsxWriter) begin() error {
	if err := w.flush(); err != nil {
		return err
	}
	w.part++
	w.noted = 0
	name := w.sheetName()
	if _, err := w.file.NewSheet(name); err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	err := w.setUpPrint(name) // some of it stands at the beginning of what is streamed
	if err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	if w.sheet, err = w.file.NewStreamWriter(name); err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	// The last first: each is written before those that are there, and Excel wants
	// them in order.
	for i := len(w.table.Columns); i > 0; i-- {
		width, _ := widthOf(w.table.Columns[i-1])
		if err := w.sheet.SetColWidth(i, i, width); err != nil {
			return err
		}
	}
	if err := w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return w.writeHead()
}

// Sizes of paper, and how many characters a line holds across it at full size, with
// margins.
const (
	paperA4, acrossA4 = 9, 145
	paperA3, acrossA3 = 8, 210
)

// smallest is to what a sheet may be scaled down in print: letters of 11 points become
// 5.5 points high, which is small print and can be read.
const smallest = 0.5

// setUpPrint has the sheet printed across the paper, all columns on one page, if its
// letters remain large enough for that: on A4, or else on A3. A table too wide even
// for A3 takes as few pages side by side as will do, each with the columns that say
// which form it is. The head is on every page, and the sheet's name and the page's
// number at its foot.
func (w *xlsxWriter) setUpPrint(name string) error {
	total, year, again := 0.0, -1, 0.0 // how wide all columns are, and those up to the year
	for i, c := range w.table.Columns {
		width, _ := widthOf(c)
		total += width
		if c.Name == "year" {
			year, again = i, total
		}
	}
	paper, pages := paperA4, 1
	if total > acrossA4/smallest {
		paper = paperA3
	}
	titles := "$1:$1"
	if total > acrossA3/smallest {
		pages = int(math.Ceil((total - again) / (acrossA3/smallest - again)))
		if year >= 0 {
			last, err := excelize.ColumnNumberToName(year + 1)
			if err != nil {
				return err
			}
			titles = "$A:$" + last + "," + titles
		}
	}
	quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'!"
	fit, unscaled, across, tall, narrow, low := true, false, "landscape", 0, 0.4, 0.6
	return cmp.Or(
		w.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		w.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &across, FitToWidth: &pages, FitToHeight: &tall}),
		w.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &narrow, Right: &narrow, Top: &narrow, Bottom: &low, Footer: &narrow, Header: &narrow}),
		w.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{ScaleWithDoc: &unscaled, OddFooter: "&L&A&R&P / &N"}),
		w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name,
			RefersTo: quoted + strings.Replace(titles, ",", ","+quoted, 1)}),
	)
}

// sheetName is the table's label, numbered where it goes on.
func (w *xlsxWriter) sheetName() string {
	if w.part > 1 {
		return w.table.Label + " " + strconv.Itoa(w.part)
	}
	return w.table.Label
}

func (w *xlsxWriter) writeHead() error {
	for i, align := range []excelize.Alignment{{}, {Horizontal: "right", Indent: 1}} {
		if w.heads[i] != 0 {
			continue
		}
		align.Vertical, align.WrapText = "center", true
		var err error
		w.heads[i], err = w.file.NewStyle(&excelize.Style{
			Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"2F4B66"}},
			Alignment: &align,
		})
		if err != nil {
			return err
		}
	}
	for i, c := range w.table.Columns {
		head := w.heads[0]
		if c.Type == Integer || c.Type == Decimal {
			head = w.heads[1]
		}
		w.cells[i] = excelize.Cell{StyleID: head, Value: c.Label}
	}
	w.row = 1
	return w.sheet.SetRow("A1", w.cells, excelize.RowOpts{Height: 32})
}

func (w *xlsxWriter) Row(values []any) error {
	if w.row == mostRows {
		if err := w.begin(); err != nil {
			return err
		}
	}
	verdicts := w.verdicts(values)
	lines := 1
	for i, v := range values {
		c := w.table.Columns[i]
		width, wraps := widthOf(c)
		s := style{verdict: verdicts[c.Name], wrap: wraps}
		cell, err := w.cell(v, s)
		if err != nil {
			return err
		}
		w.cells[i] = cell
		if text, ok := v.(string); ok && wraps {
			lines = max(lines, linesOf(text, width))
		}
	}
	w.row++
	if err := w.writeNotes(values, verdicts); err != nil {
		return err
	}
	// The height is given, for not every program works it out when it opens a file.
	return w.sheet.SetRow("A"+strconv.Itoa(w.row), w.cells, excelize.RowOpts{Height: lineHeight * float64(min(lines, mostLines))})
}

// A row is no higher than mostLines lines, of lineHeight points each: a narrative of a
// page would leave little else in sight. Its cell has all of it.
const (
	mostLines  = 12
	lineHeight = 15
)

// linesOf is how many lines a text takes in a column of a width in digits, twice as
// much as which a Chinese character takes.
func linesOf(s string, width float64) int {
	lines := 0
	for line := range strings.SplitSeq(s, "\n") {
		lines += max(1, int(math.Ceil(float64(runewidth.StringWidth(line))*1.2/width)))
	}
	return lines
}

// mostNotes bounds the notes of a sheet, which are held in memory until it ends. A
// sheet with more has them on its first rows; all have the column they are made of.
const mostNotes = 4000

// writeNotes puts a note on the row's numbers that break a rule: the text as it is
// printed, and what is wrong with it.
func (w *xlsxWriter) writeNotes(values []any, verdicts map[string]string) error {
	if w.notes < 0 || len(verdicts) == 0 {
		return nil
	}
	sentences, _ := values[w.notes].(string)
	for i, c := range w.table.Columns {
		if c.Type != Decimal || verdicts[c.Name] == "" || w.noted == mostNotes {
			continue
		}
		text := w.printed(values, c.Name)
		for line := range strings.SplitSeq(sentences, "\n") {
			member, sentence, named := strings.Cut(line, ": ")
			switch {
			case w.wrong < 0:
				text += "\n" + line
			case named && strings.ReplaceAll(member, ".", "_") == c.Name:
				text += "\n" + sentence
			}
		}
		cell, err := excelize.CoordinatesToCellName(i+1, w.row)
		if err != nil {
			return err
		}
		w.noted++
		lines := uint(2 + utf8.RuneCountInString(text)/18)
		if err := w.file.AddComment(w.sheetName(), excelize.Comment{Cell: cell, Author: "heji", Text: clip(text), Width: 260, Height: 18 * lines}); err != nil {
			return fmt.Errorf("note on %s: %w", cell, err)
		}
	}
	return nil
}

// printed is the text of a number's cell as the form has it.
func (w *xlsxWriter) printed(values []any, name string) string {
	for i, c := range w.table.Columns {
		if c.Name == name+"_text" || name == "value" && c.Name == "text" || name == "printed_value" && c.Name == "printed" {
			return "“" + plain(values[i]) + "”"
		}
	}
	return ""
}

// verdicts are those on the row's cells, by column name. A table that has one
// discrepancy a row has its verdict in a column of its own.
func (w *xlsxWriter) verdicts(values []any) map[string]string {
	found := map[string]string{}
	if w.wrong >= 0 {
		text, _ := values[w.wrong].(string)
		for pair := range strings.SplitSeq(text, " ") {
			path, verdict, ok := strings.Cut(pair, ":")
			if !ok {
				continue
			}
			worst(found, discrepancyColumn, verdict)
			member := strings.ReplaceAll(path, ".", "_") // total.score is the column total_score of the forms
			worst(found, member, verdict)
			worst(found, member+"_text", verdict)
		}
	}
	for i, c := range w.table.Columns {
		if verdict, ok := values[i].(string); ok && c.Name == "verdict" {
			for _, name := range []string{"verdict", "printed", "printed_value"} {
				worst(found, name, verdict)
			}
		}
	}
	return found
}

// worst keeps the gravest verdict on a cell.
func worst(found map[string]string, name, verdict string) {
	gravity := map[string]int{string(form.Undecided): 1, string(form.Misread): 2, string(form.ByForm): 3}
	if gravity[verdict] > gravity[found[name]] {
		found[name] = verdict
	}
}

func (w *xlsxWriter) cell(v any, s style) (any, error) {
	switch x := v.(type) {
	case form.Amount:
		number, ok := binary(x)
		if !ok {
			v = x.String()
			break
		}
		v = number
		s.format = "#,##0"
		if n := x.Scale(); n > 0 {
			s.format += "." + strings.Repeat("0", n)
		}
	case int64:
		s.format = "0"
	case time.Time:
		v = x.Format("2006-01-02 15:04:05")
	case string:
		v = clip(x)
	}
	id, err := w.style(s)
	return excelize.Cell{StyleID: id, Value: v}, err
}

// binary is the number that a cell holds, if that is the decimal and no other.
func binary(a form.Amount) (float64, bool) {
	if a.Decimal().NumDigits() > exactDigits || a.Scale() > exactDigits {
		return 0, false
	}
	f, err := strconv.ParseFloat(a.String(), 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// clip is text without what XML cannot hold and no longer than a cell may be.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if utf8.RuneCountInString(s) <= mostRunes {
		return s
	}
	return string([]rune(s)[:mostRunes-1]) + "…"
}

func (w *xlsxWriter) style(s style) (int, error) {
	if id, ok := w.styles[s]; ok {
		return id, nil
	}
	look := excelize.Style{
		Alignment: &excelize.Alignment{Vertical: "top", WrapText: s.wrap},
		Border:    []excelize.Border{{Type: "bottom", Style: 4, Color: "C3CCD5"}}, // grid lines are not printed
	}
	if s.format != "" {
		look.CustomNumFmt = &s.format
		look.Alignment.Horizontal, look.Alignment.Indent = "right", 1 // a little off the text in the next column
	}
	if colour, ok := colours[s.verdict]; ok {
		look.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	id, err := w.file.NewStyle(&look)
	if err == nil {
		w.styles[s] = id
	}
	return id, err
}

func (w *xlsxWriter) flush() error {
	if w.sheet == nil {
		return nil
	}
	return w.sheet.Flush()
}

func (w *xlsxWriter) Close() (err error) {
	defer func() {
		if e := w.file.Close(); err == nil { // removes the temporary files
			err = e
		}
	}()
	if err := w.flush(); err != nil {
		return err
	}
	if w.sheet != nil {
		if err := w.file.DeleteSheet("Sheet1"); err != nil { // which every new file has
			return err
		}
	}
	w.file.SetActiveSheet(0)
	// Left to itself it makes the whole file in memory first.
	w.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w.out) }
	return w.file.Write(io.Discard)
}

// widthOf is how wide a column is, in digits, and whether its text goes on in a
// second line there: enough for what usually stands in it.
func widthOf(c Column) (width float64, wraps bool) {
	switch c.Name {
	case "unit_name", "title", "where_path", "discrepancies":
		return 28, true
	case "document", "sha256", "other_sha256":
		return 34, true // a hash takes two lines
	case "message", "message_zh", "messages", "messages_zh", "analysis", "note", "text", "target_text", "actual_text":
		return 40, true
	case "level3", "canonical", "key", "label", "code", "rule", "printed", "computed":
		return 22, true
	case "kind", "unit", "grade", "state", "reader", "verdict":
		return 11, false
	}
	if c.Type == Integer {
		return 9, false
	}
	return 13, c.Type == Text
}

package office

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"heji/form"
	"heji/layout"
)

// readXlsx reads a workbook: every sheet that is shown is a page, and what is
// printed on it one table.
//
// Rows and columns in which nothing is printed are left out: a stray cell far
// from the form must not make a table of millions.
func readXlsx(a archive) ([]layout.Page, error) {
	main, err := a.mainPart("xl/workbook.xml")
	if err != nil {
		if a.has("xl/workbook.bin") {
			return nil, &form.Error{Code: form.NotADocument, Message: "the workbook is a binary one (.xlsb); open it and save it as .xlsx, then read that"}
		}
		return nil, err
	}
	if strings.HasSuffix(main, ".bin") {
		return nil, &form.Error{Code: form.NotADocument, Message: "the workbook is a binary one (.xlsb); open it and save it as .xlsx, then read that"}
	}
	b, err := readBook(a, main)
	if err != nil {
		return nil, err
	}
	s := stack{by: "xlsx"}
	s.turn()
	cells := 0
	for _, part := range b.sheets {
		sh, err := b.readSheet(a, part)
		if err != nil {
			return nil, err
		}
		t, ok := sh.table(s.by)
		if cells += t.Rows * t.Cols; t.Rows > maxRows || t.Cols > maxCols || cells > maxCells {
			return nil, tooLarge(fmt.Sprintf("a sheet of %d rows by %d columns is larger than any form", t.Rows, t.Cols))
		}
		if ok {
			s.addTable(t)
			s.turn()
		}
	}
	if len(s.pages) == 0 {
		return nil, noPages("no sheet of the workbook that is shown holds text; check that it is the right file")
	}
	return s.pages, nil
}

// book is what the sheets share.
type book struct {
	sheets  []string  // parts, in the order of their tabs; hidden ones left out
	strings []passage // texts, by number
	struck  []bool    // cell styles that cross out, by number
	numbers numbers
}

func readBook(a archive, main string) (*book, error) {
	relations, err := a.relations(main)
	if err != nil {
		return nil, err
	}
	data, err := a.read(main)
	if err != nil {
		return nil, err
	}
	b := &book{}
	w := walk(data)
	w.each(func(e element) {
		w.each(func(e element) {
			switch e.Name.Local {
			case "workbookPr":
				b.numbers.date1904 = isTrue(e.attr("date1904"))
			case "sheets":
				w.each(func(e element) {
					to := relations[e.relation()]
					if state := e.attr("state"); to.kind == "worksheet" && state != "hidden" && state != "veryHidden" {
						b.sheets = append(b.sheets, to.target)
					}
				})
			}
		})
	})
	if err := w.failure(); err != nil {
		return nil, err
	}
	for _, r := range relations {
		switch r.kind {
		case "styles":
			err = b.readStyles(a, r.target)
		case "sharedStrings":
			err = b.readStrings(a, r.target)
		}
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

// relation is the id of what the element refers to; a sheet has another id of
// its own beside it.
func (e element) relation() string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }

func (b *book) readStyles(a archive, part string) error {
	data, err := a.read(part)
	if err != nil {
		return err
	}
	codes := map[int]string{}
	var fonts []bool // those that cross out
	w := walk(data)
	w.each(func(e element) {
		w.each(func(e element) {
			switch e.Name.Local {
			case "numFmts":
				w.each(func(e element) {
					if id, err := strconv.Atoi(e.attr("numFmtId")); err == nil {
						codes[id] = e.attr("formatCode")
					}
				})
			case "fonts":
				w.each(func(element) {
					struck := false
					w.each(func(e element) { struck = struck || e.Name.Local == "strike" && e.on() })
					fonts = append(fonts, struck)
				})
			case "cellXfs":
				w.each(func(e element) {
					id, _ := strconv.Atoi(e.attr("numFmtId"))
					code, ok := codes[id]
					if !ok {
						code = builtIn(id)
					}
					font, err := strconv.Atoi(e.attr("fontId"))
					b.numbers.codes = append(b.numbers.codes, code)
					b.struck = append(b.struck, err == nil && font >= 0 && font < len(fonts) && fonts[font])
				})
			}
		})
	})
	return w.failure()
}

// builtIn is the code of a format that files name by number only, as Excel in
// Chinese has it (ECMA-376 part 1, 18.8.30).
func builtIn(id int) string {
	const (
		yearMonth = `yyyy"年"m"月"`
		monthDay  = `m"月"d"日"`
		hours     = `上午/下午h"时"mm"分"`
		seconds   = `上午/下午h"时"mm"分"ss"秒"`
	)
	switch id {
	case 1:
		return "0"
	case 2:
		return "0.00"
	case 3:
		return "#,##0"
	case 4:
		return "#,##0.00"
	case 5, 6:
		return `"¥"#,##0;"¥"-#,##0`
	case 7, 8:
		return `"¥"#,##0.00;"¥"-#,##0.00`
	case 9:
		return "0%"
	case 10:
		return "0.00%"
	case 11:
		return "0.00E+00"
	case 12:
		return "# ?/?"
	case 13:
		return "# ??/??"
	case 14:
		return "yyyy/m/d"
	case 15:
		return "d-mmm-yy"
	case 16:
		return "d-mmm"
	case 17:
		return "mmm-yy"
	case 18:
		return "h:mm AM/PM"
	case 19:
		return "h:mm:ss AM/PM"
	case 20:
		return "h:mm"
	case 21:
		return "h:mm:ss"
	case 22:
		return "yyyy/m/d h:mm"
	case 27, 36, 50, 52, 57:
		return yearMonth
	case 28, 29, 51, 53, 54, 58:
		return monthDay
	case 30:
		return "m-d-yy"
	case 31:
		return yearMonth + `d"日"`
	case 32:
		return `h"时"mm"分"`
	case 33:
		return `h"时"mm"分"ss"秒"`
	case 34, 55:
		return hours
	case 35, 56:
		return seconds
	case 37, 38:
		return "#,##0;-#,##0"
	case 39, 40:
		return "#,##0.00;-#,##0.00"
	case 41, 42:
		return `_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ `
	case 43, 44:
		return `_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `
	case 45:
		return "mm:ss"
	case 46:
		return "[h]:mm:ss"
	case 47:
		return "mm:ss.0"
	case 48:
		return "##0.0E+0"
	}
	return ""
}

const maxStrings = 1_000_000

func (b *book) readStrings(a archive, part string) error {
	data, err := a.read(part)
	if err != nil {
		return err
	}
	w := walk(data)
	w.each(func(element) {
		w.each(func(e element) {
			if e.Name.Local == "si" {
				b.strings = append(b.strings, richText(w))
			}
			if len(b.strings) > maxStrings {
				w.stop(tooLarge("the workbook holds more texts than any form"))
			}
		})
	})
	return w.failure()
}

// richText reads a text of one or more runs. How it is pronounced is not
// printed; what is crossed out is not what the form says.
func richText(w *walker) passage {
	var text strings.Builder
	var p passage
	w.each(func(e element) {
		switch e.Name.Local {
		case "t":
			text.WriteString(w.text())
		case "r":
			struck, raised := false, false
			w.each(func(e element) {
				switch e.Name.Local {
				case "rPr":
					w.each(func(e element) {
						struck = struck || e.Name.Local == "strike" && e.on()
						raised = raised || e.Name.Local == "vertAlign" && e.attr("val") == "superscript"
					})
				case "t":
					s := w.text()
					switch {
					case struck && strings.TrimSpace(s) != "":
						p.doubt = layout.Unconfirmed
					case raised:
						text.WriteString(raise(s))
					default:
						text.WriteString(s)
					}
				}
			})
		}
	})
	p.text = tidy(unescape(text.String()))
	if d := doubtOf(p.text); d != "" {
		p.doubt = d
	}
	return p
}

var escaped = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescape decodes _x000D_, as characters are written that XML does not have.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 16)
		if err != nil {
			return m
		}
		return string(rune(n))
	})
}

// sheet is one sheet as the file has it.
type sheet struct {
	cells      []sheetCell // with something in them, in the file's order
	merges     []area
	hiddenRows []area // in rows only
	columns    []columnWidth
	heights    map[int]float64 // of rows with something in them, points
	usual      float64         // width of a column, characters
	hideZeros  bool
}

// sheetCell is a cell; row and column count from 0.
type sheetCell struct {
	row, col int
	passage
}

// area is of rows and columns from 0, the last ones included.
type area struct{ row0, col0, row1, col1 int }

type columnWidth struct {
	first, last int
	width       float64 // characters
	hidden      bool
}

// The size of a sheet, by the format.
const (
	sheetRows = 1 << 20
	sheetCols = 1 << 14

	maxStretches = 1000 // of columns with a width of their own
)

func (b *book) readSheet(a archive, part string) (sheet, error) {
	s := sheet{heights: map[int]float64{}, usual: 8.43}
	data, err := a.read(part)
	if err != nil {
		return s, err
	}
	w := walk(data)
	w.each(func(element) {
		w.each(func(e element) {
			switch e.Name.Local {
			case "sheetViews":
				w.each(func(e element) {
					s.hideZeros = s.hideZeros || e.attr("showZeros") == "0" || e.attr("showZeros") == "false"
				})
			case "sheetFormatPr":
				if f := number(e.attr("defaultColWidth")); f > 0 {
					s.usual = f
				}
			case "cols":
				w.each(func(e element) { s.addColumns(e) })
			case "sheetData":
				row := -1
				w.each(func(e element) { row = s.readRow(w, b, e, row+1) })
			case "mergeCells":
				w.each(func(e element) {
					if m, ok := parseArea(e.attr("ref")); ok && len(s.merges) < maxCells {
						s.merges = append(s.merges, m)
					}
				})
			}
		})
	})
	return s, w.failure()
}

func (s *sheet) addColumns(e element) {
	first, err := strconv.Atoi(e.attr("min"))
	last, err2 := strconv.Atoi(e.attr("max"))
	if err != nil || err2 != nil || first < 1 || last < first || len(s.columns) >= maxStretches {
		return
	}
	width := s.usual
	if given := e.attr("width"); given != "" {
		width = min(number(given), 255)
	}
	s.columns = append(s.columns, columnWidth{first - 1, last - 1, width, isTrue(e.attr("hidden")) || width == 0})
}

// readRow reads a row, which says which one it is or is the expected one.
func (s *sheet) readRow(w *walker, b *book, e element, expected int) int {
	row := expected
	if n, err := strconv.Atoi(e.attr("r")); err == nil && n >= 1 && n <= sheetRows {
		row = n - 1
	}
	if isTrue(e.attr("hidden")) {
		if n := len(s.hiddenRows); n > 0 && s.hiddenRows[n-1].row1 == row-1 {
			s.hiddenRows[n-1].row1 = row
		} else {
			s.hiddenRows = append(s.hiddenRows, area{row0: row, row1: row})
		}
	}
	before, col := len(s.cells), -1
	w.each(func(e element) {
		col++
		if r, c, ok := parseRef(e.attr("r")); ok && r == row {
			col = c
		}
		if p := s.readCell(w, b, e); !p.empty() && row < sheetRows && col < sheetCols {
			s.cells = append(s.cells, sheetCell{row, col, p})
			if len(s.cells) > maxCells {
				w.stop(tooLarge("a sheet of the workbook holds more than any form"))
			}
		}
	})
	if height := number(e.attr("ht")); len(s.cells) > before && height > 0 {
		s.heights[row] = min(height, 409)
	}
	return row
}

// readCell is what a cell shows.
func (s *sheet) readCell(w *walker, b *book, e element) passage {
	style, err := strconv.Atoi(e.attr("s"))
	if err != nil {
		style = 0
	}
	var value string
	var inline passage
	formula := false
	w.each(func(e element) {
		switch e.Name.Local {
		case "f":
			formula = true
		case "v":
			value = w.text()
		case "is":
			inline = richText(w)
		}
	})
	p := passage{}
	switch kind := e.attr("t"); {
	case kind == "inlineStr":
		p = inline
	case kind == "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err == nil && n >= 0 && n < len(b.strings) {
			p = b.strings[n]
		} else {
			p.doubt = layout.Illegible
		}
	case kind == "str":
		p.text = tidy(unescape(value))
		p.doubt = doubtOf(p.text)
	case strings.TrimSpace(value) == "":
		if formula { // written by a program and never calculated: Excel would show a value
			p.doubt = layout.Illegible
		}
	case kind == "b":
		p.text = "FALSE"
		if isTrue(strings.TrimSpace(value)) {
			p.text = "TRUE"
		}
	case kind == "e", kind == "d":
		p.text = tidy(value)
	default:
		p.text, p.doubt = b.numbers.shown(strings.TrimSpace(value), style)
		if v, ok := decimal(value); ok && v.Sign() == 0 && s.hideZeros {
			p = passage{}
		}
	}
	if p.text != "" && style >= 0 && style < len(b.struck) && b.struck[style] {
		return passage{doubt: layout.Unconfirmed}
	}
	return p
}

var ref = regexp.MustCompile(`^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$`)

// parseRef reads a cell's name, such as AB12.
func parseRef(s string) (row, col int, ok bool) {
	m := ref.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, false
	}
	for _, r := range strings.ToUpper(m[1]) {
		col = col*26 + int(r-'A') + 1
	}
	row, err := strconv.Atoi(m[2])
	return row - 1, col - 1, err == nil && row >= 1 && row <= sheetRows && col <= sheetCols
}

func parseArea(s string) (area, bool) {
	from, to, found := strings.Cut(s, ":")
	if !found {
		to = from
	}
	r0, c0, ok0 := parseRef(from)
	r1, c1, ok1 := parseRef(to)
	return area{min(r0, r1), min(c0, c1), max(r0, r1), max(c0, c1)}, ok0 && ok1
}

// table is what is printed on the sheet; there is none on an empty one. Where it
// is too large it has its size only.
//
// A row is kept if a cell with something in it begins there, or would if the
// rows above were not hidden; columns likewise.
func (s *sheet) table(by string) (layout.Table, bool) {
	merged := map[[2]int]area{}
	for _, m := range s.merges {
		merged[[2]int{m.row0, m.col0}] = m
	}
	s.sortHidden()
	widths := s.widths()
	shownCol := make([]int, sheetCols) // the first that is not hidden, from each one on
	for c, next := sheetCols-1, sheetCols; c >= 0; c-- {
		if widths[c] > 0 {
			next = c
		}
		shownCol[c] = next
	}
	var rows, cols []int
	areas := make([]area, len(s.cells)) // where each cell shows; none has row1 before row0
	for i, c := range s.cells {
		at, ok := merged[[2]int{c.row, c.col}]
		if !ok {
			at = area{c.row, c.col, c.row, c.col}
		}
		at.row0 = s.shownRow(at.row0)
		at.col0 = shownCol[at.col0]
		if at.row0 > at.row1 || at.col0 > at.col1 {
			areas[i] = area{row1: -1}
			continue
		}
		areas[i] = at
		rows, cols = append(rows, at.row0), append(cols, at.col0)
	}
	slices.Sort(rows)
	slices.Sort(cols)
	rows, cols = slices.Compact(rows), slices.Compact(cols)
	t := layout.Table{Rows: len(rows), Cols: len(cols)}
	if len(rows) == 0 || len(rows) > maxRows || len(cols) > maxCols || len(rows)*len(cols) > maxCells {
		return t, false
	}
	t.RowEdges, t.ColEdges = []float64{0}, []float64{0}
	for i, r := range rows {
		t.RowEdges = append(t.RowEdges, t.RowEdges[i]+max(s.heights[r], usualHeight))
	}
	for i, c := range cols {
		// A character is seven pixels and each side has room; a pixel is 3/4 point.
		t.ColEdges = append(t.ColEdges, t.ColEdges[i]+(widths[c]*7+5)*0.75)
	}
	t.Box = layout.Box{X1: t.ColEdges[len(cols)], Y1: t.RowEdges[len(rows)]}

	g := grid{t: &t, rows: rows, cols: cols, taken: make([]bool, len(rows)*len(cols)), patience: 10 * maxCells}
	for i, c := range s.cells {
		if areas[i].row1 >= areas[i].row0 {
			g.put(areas[i], c.cell(by)) // nothing where a merged cell covers it
		}
	}
	blank := layout.Cell{Reading: reading("", by)}
	for _, m := range s.merges {
		g.put(m, blank)
	}
	for _, r := range rows {
		for _, c := range cols {
			g.put(area{r, c, r, c}, blank)
		}
	}
	slices.SortFunc(t.Cells, func(a, b layout.Cell) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	return t, true
}

const usualHeight = 15 // points, of a row

// grid is a table being filled; rows and cols are the sheet's, by the table's.
type grid struct {
	t          *layout.Table
	rows, cols []int
	taken      []bool // slots, row by row
	patience   int    // slots that may still be looked at: merged areas of a hostile file overlap
}

// put adds a cell where its area is free.
func (g *grid) put(at area, c layout.Cell) {
	row, _ := slices.BinarySearch(g.rows, at.row0)
	col, _ := slices.BinarySearch(g.cols, at.col0)
	below, _ := slices.BinarySearch(g.rows, at.row1+1)
	right, _ := slices.BinarySearch(g.cols, at.col1+1)
	if row >= below || col >= right || g.taken[row*len(g.cols)+col] {
		return
	}
	if n := (below - row) * (right - col); n > 1 {
		if g.patience -= n; g.patience < 0 || !g.free(row, col, below, right) {
			below, right = row+1, col+1
		}
	}
	for y := row; y < below; y++ {
		for x := col; x < right; x++ {
			g.taken[y*len(g.cols)+x] = true
		}
	}
	c.Row, c.Col, c.RowSpan, c.ColSpan = row, col, below-row, right-col
	c.Box = layout.Box{X0: g.t.ColEdges[col], Y0: g.t.RowEdges[row], X1: g.t.ColEdges[right], Y1: g.t.RowEdges[below]}
	g.t.Cells = append(g.t.Cells, c)
}

func (g *grid) free(row, col, below, right int) bool {
	for y := row; y < below; y++ {
		if slices.Contains(g.taken[y*len(g.cols)+col:y*len(g.cols)+right], true) {
			return false
		}
	}
	return true
}

// sortHidden puts the stretches of hidden rows in order and joins them.
func (s *sheet) sortHidden() {
	slices.SortFunc(s.hiddenRows, func(a, b area) int { return a.row0 - b.row0 })
	var joined []area
	for _, h := range s.hiddenRows {
		if n := len(joined); n > 0 && h.row0 <= joined[n-1].row1+1 {
			joined[n-1].row1 = max(joined[n-1].row1, h.row1)
		} else {
			joined = append(joined, h)
		}
	}
	s.hiddenRows = joined
}

// shownRow is the first row from this one down that is not hidden.
func (s *sheet) shownRow(row int) int {
	i, found := slices.BinarySearchFunc(s.hiddenRows, row, func(h area, row int) int { return h.row0 - row })
	if !found {
		i--
	}
	if i >= 0 && row <= s.hiddenRows[i].row1 {
		return s.hiddenRows[i].row1 + 1
	}
	return row
}

// widths are those of all columns, in characters; 0 for hidden ones.
func (s *sheet) widths() []float64 {
	widths := slices.Repeat([]float64{s.usual}, sheetCols)
	for _, c := range s.columns {
		for i := c.first; i <= min(c.last, sheetCols-1); i++ {
			widths[i] = c.width
			if c.hidden {
				widths[i] = 0
			}
		}
	}
	return widths
}

package office

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"heji/form"
	"heji/layout"
)

// pack makes a zip archive of names and contents in turn.
func pack(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// draw shows pages as text: lines and tables from top to bottom, tables as rows
// of [cell], with the column and the spans where they say something.
func draw(t testing.TB, pages []layout.Page) string {
	t.Helper()
	var b strings.Builder
	for _, p := range pages {
		check(t, p)
		fmt.Fprintf(&b, "page %d\n", p.Number)
		type part struct {
			y    float64
			text string
		}
		var parts []part
		for _, l := range p.Lines {
			parts = append(parts, part{l.Box.Y0, l.Text + mark(l.Doubt) + "\n"})
		}
		for _, table := range p.Tables {
			parts = append(parts, part{table.Box.Y0, drawTable(table)})
		}
		slices.SortStableFunc(parts, func(a, b part) int { return int(a.y - b.y) })
		for _, p := range parts {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

func mark(doubt string) string {
	if doubt != "" {
		return " !" + doubt
	}
	return ""
}

func drawTable(t layout.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "table %d × %d", t.Rows, t.Cols)
	row := -1
	for _, c := range t.Cells {
		for ; row < c.Row; row++ {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "[%s", strings.ReplaceAll(c.Text, "\n", "⏎"))
		if c.RowSpan*c.ColSpan > 1 {
			fmt.Fprintf(&b, " @%d %d×%d", c.Col, c.RowSpan, c.ColSpan)
		}
		b.WriteString(mark(c.Doubt) + "]")
	}
	b.WriteByte('\n')
	return b.String()
}

// check holds for every page that is read.
func check(t testing.TB, p layout.Page) {
	t.Helper()
	if len(p.Lines)+len(p.Tables) == 0 {
		t.Errorf("page %d is empty", p.Number)
	}
	y := 0.0
	for _, l := range p.Lines {
		if l.Text == "" || l.Box.Y0 <= y || l.Box.X1 > p.Width || l.Box.Y1 > p.Height {
			t.Errorf("line %q at %v on a page of %v by %v", l.Text, l.Box, p.Width, p.Height)
		}
		y = l.Box.Y0
	}
	for _, table := range p.Tables {
		rising := func(edges []float64, n int) bool {
			return len(edges) == n+1 && slices.IsSorted(edges) && len(slices.Compact(slices.Clone(edges))) == n+1
		}
		if !rising(table.RowEdges, table.Rows) || !rising(table.ColEdges, table.Cols) {
			t.Fatalf("%d × %d with edges %v and %v", table.Rows, table.Cols, table.RowEdges, table.ColEdges)
		}
		if table.Box.X1 > p.Width || table.Box.Y1 > p.Height || table.Box.X0 != table.ColEdges[0] || table.Box.Y1 != table.RowEdges[table.Rows] {
			t.Errorf("a table at %v on a page of %v by %v", table.Box, p.Width, p.Height)
		}
		taken := map[[2]int]bool{}
		for _, c := range table.Cells {
			if c.RowSpan < 1 || c.ColSpan < 1 || c.Row+c.RowSpan > table.Rows || c.Col+c.ColSpan > table.Cols {
				t.Fatalf("cell %+v outside %d × %d", c, table.Rows, table.Cols)
			}
			for y := c.Row; y < c.Row+c.RowSpan; y++ {
				for x := c.Col; x < c.Col+c.ColSpan; x++ {
					if taken[[2]int{y, x}] {
						t.Fatalf("cell %+v overlaps another", c)
					}
					taken[[2]int{y, x}] = true
				}
			}
			want := layout.Box{X0: table.ColEdges[c.Col], Y0: table.RowEdges[c.Row], X1: table.ColEdges[c.Col+c.ColSpan], Y1: table.RowEdges[c.Row+c.RowSpan]}
			if c.Box != want {
				t.Fatalf("cell %+v is not at %v", c, want)
			}
			if c.Text != "" && !c.Ink || c.Ink && c.Text == "" && c.Doubt == "" {
				t.Fatalf("cell %+v: ink without text must be doubted", c)
			}
		}
	}
}

func TestKind(t *testing.T) {
	word := docxOf(t, `<w:p><w:r><w:t>字</w:t></w:r></w:p>`)
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"word":             {word, "docx"},
		"word, cut short":  {word[:len(word)-30], "docx"},
		"excel":            {pack(t, "xl/workbook.xml", ""), "xlsx"},
		"excel, backslash": {pack(t, `xl\workbook.xml`, ""), "xlsx"},
		"presentation":     {pack(t, "ppt/presentation.xml", ""), ""},
		"ole":              {[]byte(oleMagic + "rest"), "ole"},
		"pdf":              {[]byte("%PDF-1.7"), ""},
		"nothing":          {nil, ""},
	} {
		if got := Kind(test.data); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestErrors(t *testing.T) {
	wide := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteString(string(r) + "\x00")
		}
		return b.String()
	}
	many := []string{"word/document.xml", ""}
	for i := range maxEntries {
		many = append(many, fmt.Sprintf("word/media/%d", i), "")
	}
	word := docxOf(t, `<w:p><w:r><w:t>字</w:t></w:r></w:p>`)
	protected := slices.Clone(word)
	for i := range len(protected) - 8 { // the flag of both headers
		switch string(protected[i : i+4]) {
		case "PK\x03\x04":
			protected[i+6] |= 1
		case "PK\x01\x02":
			protected[i+8] |= 1
		}
	}
	sheet := func(rows string) []byte {
		return pack(t, "xl/workbook.xml", workbookXML, "xl/_rels/workbook.xml.rels", workbookRels, "xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+rows+`</sheetData></worksheet>`)
	}
	var columns, rows strings.Builder
	for i := range 201 {
		fmt.Fprintf(&columns, `<c><v>%d</v></c>`, i)
	}
	for range maxRows + 1 {
		rows.WriteString(`<row><c><v>1</v></c></row>`)
	}
	for name, test := range map[string]struct {
		data []byte
		want form.Code
	}{
		"nothing":             {nil, form.NotADocument},
		"text":                {[]byte("单位名称"), form.NotADocument},
		"encrypted":           {[]byte(oleMagic + wide("EncryptedPackage")), form.Encrypted},
		"encrypted entries":   {protected, form.Encrypted},
		"old word":            {[]byte(oleMagic + wide("WordDocument")), form.NotADocument},
		"old excel":           {[]byte(oleMagic + wide("Workbook")), form.NotADocument},
		"old something":       {[]byte(oleMagic), form.NotADocument},
		"binary workbook":     {pack(t, "xl/workbook.bin", "x"), form.NotADocument},
		"cut short":           {word[:len(word)-30], form.Damaged},
		"no main part":        {pack(t, "word/styles.xml", ""), form.Damaged},
		"broken xml":          {pack(t, "word/document.xml", `<document><body><p><r><t>字`), form.Damaged},
		"no xml":              {pack(t, "word/document.xml", "\x00\x01\x02"), form.Damaged},
		"a bomb":              {docxOf(t, "<w:p><w:r><w:t>"+strings.Repeat(" ", maxPart)+"</w:t></w:r></w:p>"), form.TooLarge},
		"deep":                {docxOf(t, strings.Repeat("<w:tbl><w:tr><w:tc>", 200)+strings.Repeat("</w:tc></w:tr></w:tbl>", 200)), form.TooLarge},
		"many entries":        {pack(t, many...), form.TooLarge},
		"many columns":        {docxOf(t, "<w:tbl><w:tr>"+strings.Repeat("<w:tc/>", 201)+"</w:tr></w:tbl>"), form.TooLarge},
		"many sheet columns":  {sheet("<row>" + columns.String() + "</row>"), form.TooLarge},
		"many sheet rows":     {sheet(rows.String()), form.TooLarge},
		"empty document":      {docxOf(t, `<w:p/>`), form.NoPages},
		"empty table":         {docxOf(t, `<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>`), form.NoPages},
		"pictures only":       {docxOf(t, `<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>`), form.NoPages},
		"empty sheet":         {sheet(""), form.NoPages},
		"sheets that are not": {pack(t, "xl/workbook.xml", workbookXML), form.NoPages},
	} {
		pages, err := Read("x", test.data, maxTotal)
		if form.CodeOf(err) != test.want {
			t.Errorf("%s: %d pages, %v, want %s", name, len(pages), err, test.want)
		}
	}
	if _, err := Read("x", docxOf(t, `<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>`), maxTotal); !strings.Contains(err.Error(), "save it as PDF") {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(docxOf(f, `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`))
	f.Add([]byte(oleMagic))
	f.Fuzz(func(t *testing.T, data []byte) { tryRead(t, data) })
}

// FuzzDocument has the fuzzer write the XML, which it could hardly do through a
// zip's check sums.
func FuzzDocument(f *testing.F) {
	for _, s := range fuzzDocuments {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) { tryRead(t, docxOf(t, body)) })
}

func FuzzSheet(f *testing.F) {
	for _, s := range fuzzSheets {
		f.Add(s, "0.00")
	}
	f.Fuzz(func(t *testing.T, sheet, code string) {
		var quoted strings.Builder
		for _, r := range code {
			fmt.Fprintf(&quoted, "&#%d;", r)
		}
		tryRead(t, xlsxOf(t, sheet, `<numFmts><numFmt numFmtId="200" formatCode="`+quoted.String()+`"/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs>`, ""))
	})
}

func tryRead(t *testing.T, data []byte) {
	pages, err := Read("x", data, maxTotal)
	if err != nil {
		if form.CodeOf(err) == "" {
			t.Fatalf("an error without a code: %v", err)
		}
		return
	}
	for i, p := range pages {
		if p.Number != i+1 {
			t.Fatalf("page %d is numbered %d", i+1, p.Number)
		}
		check(t, p)
	}
}

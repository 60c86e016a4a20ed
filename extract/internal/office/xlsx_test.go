package office

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

const (
	workbookXML  = `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`
	relType      = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	workbookRels = `<Relationships><Relationship Id="rId1" Type="` + relType + `worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + relType + `styles" Target="styles.xml"/>` +
		`<Relationship Id="rId3" Type="` + relType + `sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`
)

// xlsxOf is a workbook of one sheet with that content, styles and shared strings.
func xlsxOf(t testing.TB, sheet, styles, texts string) []byte {
	return pack(t, "xl/workbook.xml", workbookXML, "xl/_rels/workbook.xml.rels", workbookRels,
		"xl/worksheets/sheet1.xml", "<worksheet>"+sheet+"</worksheet>",
		"xl/styles.xml", "<styleSheet>"+styles+"</styleSheet>", "xl/sharedStrings.xml", "<sst>"+texts+"</sst>")
}

var xlsxTests = []struct{ name, sheet, styles, texts, want string }{
	{"kinds of cells",
		`<sheetData><row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="inlineStr"><is><t>乙</t></is></c><c r="D2" t="str"><f>A1</f><v>丙</v></c><c r="E2" t="b"><v>1</v></c><c r="F2" t="e"><v>#DIV/0!</v></c></row>
		<row><c r="B3"><v>20.73</v></c><c><f>SUM(A1)</f><v>1586.78</v></c><c r="D3"><f>SUM(A1)</f><v></v></c><c r="E3" t="str"><f>A1</f><v></v></c><c r="F3" t="s"><v>99</v></c></row></sheetData>`, "",
		`<si><r><t>甲_x000D_</t></r><r><rPr><strike/></rPr><t>去</t></r><rPh><t>jia</t></rPh></si>`,
		`page 1
table 2 × 5
[甲 !reading-unconfirmed][乙][丙][TRUE][#DIV/0!]
[20.73][1586.78][ !illegible][][ !illegible]
`},
	{"formats and fonts",
		`<sheetData><row><c s="1"><v>1586.78</v></c><c s="2"><v>0.95</v></c><c s="3"><v>44561</v></c><c s="4"><v>0</v></c><c s="5"><v>7</v></c><c s="0"><v>97.799999999999997</v></c><c s="6"><v>0.5</v></c><c s="77"><v>3</v></c></row></sheetData>`,
		`<numFmts count="1"><numFmt numFmtId="176" formatCode="0.00_ ;[Red]\-0.00\ "/><numFmt numFmtId="177" formatCode="# ?/?"/></numFmts><fonts><font/><font><strike/></font></fonts>
		<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="4"/><xf numFmtId="10"/><xf numFmtId="14"/><xf numFmtId="176"/><xf fontId="1"/><xf numFmtId="177"/></cellXfs>`, "",
		`page 1
table 1 × 8
[1,586.78][95.00%][2021/12/31][0.00][ !reading-unconfirmed][97.8][0.5 !reading-unconfirmed][3]
`},
	{"merges, and what they cover",
		`<sheetData><row r="1"><c r="A1" t="str"><v>自评表</v></c></row><row r="2"><c r="A2" t="str"><v>产出</v></c><c r="B2"><v>1</v></c><c r="C2"><v>2</v></c><c r="D2"><v>3</v></c></row>
		<row r="3"><c r="A3" t="str"><v>不印</v></c><c r="B3"><v>4</v></c></row></sheetData><mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="A2:A3"/><mergeCell ref="C3:D3"/><mergeCell ref="D2:D3"/></mergeCells>`, "", "",
		`page 1
table 3 × 4
[自评表 @0 1×4]
[产出 @0 2×1][1][2][3 @3 2×1]
[4][]
`},
	{"hidden rows and columns",
		`<cols><col min="2" max="2" hidden="1" width="9"/><col min="4" max="16384" width="0"/></cols><sheetData><row r="1" hidden="1"><c r="A1" t="str"><v>名称</v></c></row><row r="2"><c r="C2"><v>1</v></c><c r="D2"><v>9</v></c></row><row r="3" hidden="1"><c r="C3"><v>2</v></c></row>
		<row r="4"><c r="A4" t="str"><v>甲</v></c><c r="B4"><v>8</v></c><c r="C4"><v>3</v></c></row><row r="5"><c r="B5" t="str"><v>宽</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A3"/><mergeCell ref="B5:C5"/></mergeCells>`, "", "",
		`page 1
table 3 × 2
[名称][1]
[甲][3]
[][宽]
`},
	{"cells far away, and rows and columns with nothing in them",
		`<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="D1"><v>2</v></c><c r="XFD1" s="1"/></row><row r="9"><c r="A9"><v>3</v></c></row><row r="1048576"><c r="XFD1048576" t="str"><v>注</v></c></row></sheetData>`, "", "",
		`page 1
table 3 × 3
[1][2][]
[3][][]
[][][注]
`},
	{"zeros not shown", `<sheetViews><sheetView showZeros="0"/></sheetViews><sheetData><row><c><v>0</v></c><c><v>1</v></c><c><v>2</v></c></row></sheetData>`, "", "", `page 1
table 1 × 2
[1][2]
`},
	{"lines in a cell", `<sheetData><row><c t="inlineStr"><is><t xml:space="preserve"> 甲
乙	丙 </t></is></c></row></sheetData>`, "", "", `page 1
table 1 × 1
[甲⏎乙 丙]
`},
}

func TestXlsx(t *testing.T) {
	for _, test := range xlsxTests {
		t.Run(test.name, func(t *testing.T) {
			pages, err := Read("x.xlsx", xlsxOf(t, test.sheet, test.styles, test.texts), maxTotal)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, draw(t, pages)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A workbook that another program writes: sheets in the order of their tabs,
// without the hidden one.
func TestWorkbook(t *testing.T) {
	f := excelize.NewFile()
	money, err := f.NewStyle(&excelize.Style{NumFmt: 4})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"Sheet1", "隐", "空", "表二"} {
		if i > 0 {
			_, err := f.NewSheet(name)
			must(err)
		}
		if name == "空" {
			continue
		}
		must(f.SetSheetRow(name, "A1", &[]any{name, nil, nil}))
		must(f.SetSheetRow(name, "A2", &[]any{"资金", 1586.78, 0.1 + 0.2}))
		must(f.SetCellStyle(name, "B2", "B2", money))
		must(f.MergeCell(name, "A1", "C1"))
		must(f.SetColWidth(name, "A", "A", 20))
		must(f.SetRowHeight(name, 2, 40))
	}
	must(f.SetSheetVisible("隐", false))
	b, err := f.WriteToBuffer()
	must(err)
	pages, err := Read("x.xlsx", b.Bytes(), maxTotal)
	must(err)
	want := ""
	for i, name := range []string{"Sheet1", "表二"} {
		want += fmt.Sprintf("page %d\ntable 2 × 3\n[%s @0 1×3]\n[资金][1,586.78][0.3]\n", i+1, name)
	}
	if diff := cmp.Diff(want, draw(t, pages)); diff != "" {
		t.Error(diff)
	}
	table := pages[0].Tables[0]
	if w := table.ColEdges[1] - table.ColEdges[0]; w < 105 || w > 112 {
		t.Errorf("a column of 20 characters is %v points wide", w)
	}
	if h := table.RowEdges[2] - table.RowEdges[1]; h != 40 {
		t.Errorf("the second row is %v points high, want 40", h)
	}
}

// Merged areas that overlap in a hostile file must not cost their number times
// their size.
func TestOverlappingMerges(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<sheetData>`)
	for i := range 1000 {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>1</v></c><c r="GR%d"><v>1</v></c></row>`, i+1, i+1, i+1)
	}
	b.WriteString(`</sheetData><mergeCells>`)
	for i := range 100_000 {
		fmt.Fprintf(&b, `<mergeCell ref="B%d:GR1000"/>`, i%1000+1)
	}
	b.WriteString(`</mergeCells>`)
	pages, err := Read("x.xlsx", xlsxOf(t, b.String(), "", ""), maxTotal)
	if err != nil {
		t.Fatal(err)
	}
	check(t, pages[0])
}

var fuzzSheets = func() []string {
	var all []string
	for _, test := range xlsxTests {
		all = append(all, test.sheet)
	}
	return all
}()

package office

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const names = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:a="a" xmlns:mc="mc" xmlns:v="v" xmlns:w14="w14" xmlns:w16se="w16se" xmlns:wps="wps" xmlns:m="m"`

// docxOf is a Word document with that body.
func docxOf(t testing.TB, body string) []byte {
	return pack(t, "[Content_Types].xml", "<Types/>", "word/document.xml",
		`<?xml version="1.0" encoding="UTF-8"?><w:document `+names+`><w:body>`+body+`</w:body></w:document>`)
}

// para and what follows write documents without the noise.
func para(runs ...string) string { return "<w:p>" + strings.Join(runs, "") + "</w:p>" }

func txt(s string) string { return `<w:r><w:t xml:space="preserve">` + s + `</w:t></w:r>` }

// cell is a cell with properties such as gridSpan="2", and blocks.
func cell(properties string, blocks ...string) string {
	return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + strings.Join(blocks, "") + "</w:tc>"
}

func row(cells ...string) string { return "<w:tr>" + strings.Join(cells, "") + "</w:tr>" }

func tbl(widths []string, rows ...string) string {
	grid := ""
	for _, w := range widths {
		grid += `<w:gridCol w:w="` + w + `"/>`
	}
	return "<w:tbl><w:tblGrid>" + grid + "</w:tblGrid>" + strings.Join(rows, "") + "</w:tbl>"
}

func span(n string) string { return `<w:gridSpan w:val="` + n + `"/>` }

const (
	restart  = `<w:vMerge w:val="restart"/>`
	goesDown = `<w:vMerge/>`
)

func c(s string) string { return cell("", para(txt(s))) }

var docxTests = []struct{ name, in, want string }{
	{"lines and a table",
		para(txt("某局"), txt("自评表")) + para() + para(txt("单位：万元"), `<w:r><w:tab/><w:t>2021年</w:t></w:r>`) +
			tbl([]string{"1000", "2000"}, row(c("年初预算"), c("1540.30")), row(c("执行"), cell("", para(txt("1,586")), para(txt(".78"), `<w:r><w:br/><w:t>万元</w:t></w:r>`)))) +
			para(txt("落款")),
		`page 1
某局自评表
单位：万元 2021年
table 2 × 2
[年初预算][1540.30]
[执行][1,586⏎.78⏎万元]
落款
`},
	{"merges",
		tbl([]string{"1000", "1000", "1000"},
			row(cell(restart, para(txt("产出"))), cell(span("2"), para(txt("甲")))),
			row(cell(goesDown, para(txt("不印"))), c("3"), c("3.00")),
			row(cell(`<w:vMerge w:val="continue"/>`, para()), c("4"), c("")),
			row(cell(restart, para(txt("效果"))), c("5"), c("5"))),
		`page 1
table 4 × 3
[产出 @0 3×1][甲 @1 1×2]
[3][3.00]
[4][]
[效果][5][5]
`},
	{"a merge of several columns, and one with nothing above",
		tbl([]string{"1000", "1000", "1000"},
			row(cell(restart+span("2"), para(txt("甲"))), c("1")),
			row(cell(goesDown+span("2")), cell(goesDown, para(txt("2")))),
			row(cell(`<w:hMerge w:val="restart"/>`, para(txt("合计"))), cell(`<w:hMerge/>`, para()), c("2"))),
		// No cell begins or ends between the first two columns of the grid: they are one.
		`page 1
table 3 × 2
[甲 @0 2×1][1]
[2]
[合计][2]
`},
	{"columns left out at the ends of rows",
		tbl([]string{"1000", "1000", "1000"},
			row(`<w:trPr><w:gridBefore w:val="1"/></w:trPr>`, c("a"), c("b")),
			row(c("c"), c("d"), c("e")),
			row(`<w:trPr><w:gridAfter w:val="2"/></w:trPr>`, c("f"))),
		`page 1
table 3 × 3
[a][b]
[c][d][e]
[f]
`},
	{"rows that say widths and no spans",
		tbl([]string{"1000", "1000", "2000"},
			row(c("a"), c("b"), c("c")),
			row(cell(`<w:tcW w:w="2000" w:type="dxa"/>`, para(txt("d"))), cell(`<w:tcW w:w="2010" w:type="dxa"/>`, para(txt("e"))))),
		`page 1
table 2 × 3
[a][b][c]
[d @0 1×2][e]
`},
	{"revisions",
		para(`<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins>`+txt("新")+`</w:ins><w:moveFrom>`+txt("去")+`</w:moveFrom><w:moveTo>`+txt("来")+`</w:moveTo>`) +
			tbl([]string{"1", "1"}, row(`<w:trPr><w:del/></w:trPr>`, c("删"), c("9")), row(`<w:trPr><w:ins/></w:trPr>`, c("留"), cell("", para(`<w:del><w:r><w:delText>8</w:delText></w:r></w:del><w:ins>`+txt("95.00")+`</w:ins>`)))),
		`page 1
新来
table 1 × 2
[留][95.00]
`},
	{"hidden, struck and raised",
		para(txt("甲"), `<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>`, `<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>显</w:t></w:r>`) +
			tbl([]string{"1", "1", "1"}, row(cell("", para(`<w:r><w:rPr><w:strike/></w:rPr><w:t>95</w:t></w:r>`, txt("98"))),
				cell("", para(`<w:r><w:rPr><w:strike/></w:rPr><w:t>95</w:t></w:r>`)),
				cell("", para(txt("10"), `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>4</w:t></w:r>`)))),
		`page 1
甲显
table 1 × 3
[98 !reading-unconfirmed][ !reading-unconfirmed][10⁴]
`},
	{"fields",
		para(txt("共"), `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> =SUM(ABOVE) </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`, txt("97.80"), `<w:r><w:fldChar w:fldCharType="end"/></w:r>`, `<w:fldSimple w:instr="PAGE">`+txt("分")+`</w:fldSimple>`) +
			para(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>eq \o\ac(□</w:instrText></w:r><w:r><w:instrText>,√)</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`, txt("是")) +
			para(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>eq \f(1,2)</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`) +
			para(`<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar><w:instrText>FORMCHECKBOX</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`, txt("优")) +
			para(`<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/></w:checkBox></w:ffData></w:fldChar><w:instrText>FORMCHECKBOX</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`, txt("良")) +
			para(`<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="甲"/><w:listEntry w:val="乙"/></w:ddList></w:ffData></w:fldChar><w:instrText>FORMDROPDOWN</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`) +
			para(`<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r>`) + para(txt("未完的域不遮后文")),
		`page 1
共97.80分
☑是
� !reading-unconfirmed
☑优
☐良
乙
未完的域不遮后文
`},
	{"signs",
		para(`<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>`, txt("95%"), `<w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>`) +
			para(`<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>&#xF0A3;&#xF035;</w:t></w:r>`) +
			para(`<w:r><w:sym w:font="某字体" w:char="F012"/><w:noBreakHyphen/><w:t>3</w:t></w:r>`) +
			para(`<w:r><mc:AlternateContent><mc:Choice Requires="w16se"><w16se:symEx w16se:font="x" w16se:char="2611"/></mc:Choice><mc:Fallback><w:t>☑</w:t></mc:Fallback></mc:AlternateContent></w:r>`),
		`page 1
≥95%☑☐
≤5
�-3 !reading-unconfirmed
☑
`},
	{"content controls",
		para(`<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent>`+txt("☒")+`</w:sdtContent></w:sdt>`, txt("优"),
			`<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/></w14:checkbox></w:sdtPr><w:sdtContent>`+txt("x")+`</w:sdtContent></w:sdt>`, txt("良"),
			`<w:sdt><w:sdtPr/><w:sdtContent>`+txt("填")+`</w:sdtContent></w:sdt>`) +
			`<w:sdt><w:sdtContent>` + para(txt("块")) + `</w:sdtContent></w:sdt>` +
			tbl([]string{"1", "1"}, `<w:sdt><w:sdtContent>`+row(c("甲"), `<w:sdt><w:sdtContent>`+c("乙")+`</w:sdtContent></w:sdt>`)+`</w:sdtContent></w:sdt>`),
		`page 1
☑优☐良填
块
table 1 × 2
[甲][乙]
`},
	{"text boxes once",
		para(txt("文"), `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>`+para(txt("框"))+tbl([]string{"1", "1"}, row(c("1"), c("2")))+`</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>`+para(txt("框"))+`</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`, txt("后")) +
			para(`<w:r><w:pict><v:textbox><w:txbxContent>`+para(txt("旧框"))+`</w:txbxContent></v:textbox></w:pict></w:r>`),
		`page 1
文后
框
table 1 × 2
[1][2]
旧框
`},
	{"a picture in a cell",
		tbl([]string{"1", "1", "1"}, row(cell("", para(`<w:r><w:drawing><a:blip/></w:drawing></w:r>`)), cell("", para(txt("章"), `<w:r><w:pict><v:imagedata/></w:pict></w:r>`)), c(""))),
		`page 1
table 1 × 3
[ !illegible][章][]
`},
	{"formulas and ruby",
		para(`<m:oMath><m:r><m:t>1586.78</m:t></m:r></m:oMath>`, `<w:r><w:ruby><w:rt>`+txt("jì")+`</w:rt><w:rubyBase>`+txt("计")+`</w:rubyBase></w:ruby></w:r>`),
		"page 1\n1586.78计\n"},
	{"pages",
		para(txt("一")) + para(`<w:r><w:br w:type="page"/></w:r>`, txt("二")) +
			para(`<w:pPr><w:pageBreakBefore/></w:pPr>`, `<w:r><w:lastRenderedPageBreak/><w:t>三</w:t></w:r>`) +
			para(txt("三的"), `<w:r><w:lastRenderedPageBreak/><w:t>末句</w:t></w:r>`) +
			para(`<w:pPr><w:sectPr/></w:pPr>`, txt("四")) + para(`<w:pPr><w:sectPr/></w:pPr>`, txt("五")) + para(txt("五的续节")) +
			`<w:sectPr><w:type w:val="continuous"/></w:sectPr>`,
		"page 1\n一\npage 2\n二\npage 3\n三\n三的末句\npage 4\n四\npage 5\n五\n五的续节\n"},
	{"a table in a table is text where it has one column or row",
		tbl([]string{"1000", "1000"}, row(c("甲"), cell("", para(txt("乙")), tbl([]string{"1", "1"}, row(c("1"), c("2")))))),
		`page 1
table 1 × 2
[甲][乙⏎1 2]
`},
	{"a table that only holds others",
		tbl([]string{"4000"}, row(cell("", para(txt("某表")), tbl([]string{"1", "3"}, row(c("a"), c("1")), row(c("b"), c("2"))), para(txt("注"))))),
		`page 1
table 4 × 2
[某表 @0 1×2]
[a][1]
[b][2]
[注 @0 1×2]
`},
	{"a table beside its label",
		tbl([]string{"1000", "3000"}, row(c("名称"), c("某局")),
			row(c("指标"), cell("", tbl([]string{"1", "2"}, row(cell(restart, para(txt("产出"))), c("3")), row(cell(goesDown), c("4")))))),
		`page 1
table 3 × 3
[名称][某局 @1 1×2]
[指标 @0 2×1][产出 @1 2×1][3]
[4]
`},
	{"invisible characters",
		para(txt("\u200b甲\u00a0\ufeff"), txt(" 乙 ")), "page 1\n甲  乙\n"},
}

func TestDocx(t *testing.T) {
	for _, test := range docxTests {
		t.Run(test.name, func(t *testing.T) {
			pages, err := Read("x.docx", docxOf(t, test.in), maxTotal)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, draw(t, pages)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The main part is where the file says.
func TestMainPartElsewhere(t *testing.T) {
	data := pack(t, "_rels/.rels", `<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>`,
		"word/document2.xml", `<document><body><p><r><t>字</t></r></p></body></document>`)
	pages, err := Read("x.docx", data, maxTotal)
	if err != nil || pages[0].Lines[0].Text != "字" {
		t.Error(pages, err)
	}
}

// Columns are as wide as the file says.
func TestColumnWidths(t *testing.T) {
	pages, err := Read("x.docx", docxOf(t, tbl([]string{"1000", "3000"}, row(c("a"), c("b")))), maxTotal)
	if err != nil {
		t.Fatal(err)
	}
	e := pages[0].Tables[0].ColEdges
	if a, b := e[1]-e[0], e[2]-e[1]; a != 50 || b != 150 {
		t.Errorf("columns are %v and %v points wide, want 50 and 150", a, b)
	}
}

var fuzzDocuments = func() []string {
	var all []string
	for _, test := range docxTests {
		all = append(all, test.in)
	}
	return all
}()

package transcript

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"heji/form"
	"heji/layout"
)

// draw shows pages as text: a line each, and tables as rows of [cell] with their
// spans where they have any.
func draw(pages []layout.Page) string {
	var b strings.Builder
	for _, p := range pages {
		fmt.Fprintf(&b, "page %d\n", p.Number)
		for _, l := range p.Lines {
			fmt.Fprintf(&b, "%s\n", l.Text)
		}
		for _, t := range p.Tables {
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
				if c.Ink != (c.Text != "") {
					b.WriteString(" ink?")
				}
				b.WriteString("]")
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestRead(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"tabs", "某局绩效自评表\n\n单位名称\t某局\t\n上年结转\t20.73\n", `page 1
某局绩效自评表
table 2 × 3
[单位名称][某局][]
[上年结转][20.73]
`},
		{"a blank line ends a table", "指标\t分值\n\n投入\t16\n", `page 1
table 1 × 2
[指标][分值]
table 1 × 2
[投入][16]
`},
		{"drawn lines are no rows, single dashes are", "其他\t说明\n--------------\t--\n—\t-\n", `page 1
table 2 × 2
[其他][说明]
[—][-]
`},
		{"tags and entities in a cell", "概况\t<p>甲<br>乙</p><P class=x>丙&nbsp;&lt;5%</P>\n", `page 1
table 1 × 2
[概况][甲⏎乙⏎丙 <5%]
`},
		{"less-than is not a tag", "率\t<5%\ta<b\t>=90%\n", `page 1
table 1 × 4
[率][<5%][a<b][>=90%]
`},
		{"markdown", "# 一、**绩效**\n| 指标 | 分值 |\n|:---|---:|\n| 甲\\|乙 | **16.00** |\n| 丙 | | 3 |\n- 说明\n", `page 1
一、绩效
- 说明
table 3 × 3
[指标][分值]
[甲|乙][16.00]
[丙][][3]
`},
		{"markdown without bars at the ends", "指标 | 分值\n--- | ---\n投入 | 16\n", `page 1
table 2 × 2
[指标][分值]
[投入][16]
`},
		{"formulas", "| 目标 | $\\geq 90\\%$ | $x^2$ |\n", `page 1
table 1 × 3
[目标][≥90%][$x^2$]
`},
		{"html", "标题\n<table border=\"1\"><tr><td rowspan=2>投入</td><td colspan=\"2\">甲</td></tr>\n<tr><td>3</td><td>3.00<br/>分</td></tr></table>\n落款", `page 1
标题
落款
table 2 × 3
[投入 @0 2×1][甲 @1 1×2]
[3][3.00⏎分]
`},
		{"html spans that do not fit", "<table><tr><td rowspan=0>a<td colspan=-1>b<tr><td colspan=2 rowspan=9>c</table>", `page 1
table 2 × 3
[a @0 2×1][b]
[c @1 1×2]
`},
		{"a table in a table is text", "<table><tr><td>a<table><tr><td>1</td><td>2</td></tr></table></td><td>b</td></tr></table>", `page 1
table 1 × 2
[a⏎1⏎2][b]
`},
		{"html is not decoded twice", "<table><tr><td>&amp;lt;p&amp;gt; &lt;br&gt;</td></tr></table>", `page 1
table 1 × 1
[&lt;p&gt; <br>]
`},
		{"form feeds and further titles begin pages", "甲自评表\na\tb\n乙自评表（2021年度）\nc\td\n\f\n末\n", `page 1
甲自评表
table 1 × 2
[a][b]
page 2
乙自评表（2021年度）
table 1 × 2
[c][d]
page 3
末
`},
		{"old line ends", "a\tb\r\nc\td\rx", `page 1
x
table 2 × 2
[a][b]
[c][d]
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pages, err := Read("x.txt", []byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, draw(pages)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBackslashEscapesAreMarkdown(t *testing.T) {
	for name, want := range map[string]string{"x.md": "1.完成 5*3", "x.txt": `1\.完成 5\*3`} {
		pages, err := Read(name, []byte(`1\.完成 5\*3`))
		if err != nil || pages[0].Lines[0].Text != want {
			t.Errorf("%s: %v, %v; want %q", name, pages, err, want)
		}
	}
}

func TestEncodings(t *testing.T) {
	const text = "预算执行\t1,586.78\n≥95％\t——\n"
	encode := func(s string, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return []byte(s)
	}
	want, err := Read("x.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"utf-8 with mark": []byte("\ufeff" + text),
		"utf-16le":        encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)),
		"utf-16be":        encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)),
		"gb18030":         encode(simplifiedchinese.GB18030.NewEncoder().String(text)),
		"gbk":             encode(simplifiedchinese.GBK.NewEncoder().String(text)),
	} {
		got, err := Read("x.txt", data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A file cut in the middle of a character is read, and the cell is doubted.
func TestBrokenCharacterIsDoubted(t *testing.T) {
	data := []byte("单位名称\t某某人民政府办公室\n合计\t9元")
	pages, err := Read("x.txt", data[:len(data)-1])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range pages[0].Tables[0].Cells {
		if doubted := c.Row == 1 && c.Col == 1; (c.Doubt == layout.Unconfirmed) != doubted {
			t.Errorf("%q: doubt %q", c.Text, c.Doubt)
		}
	}
}

func TestErrors(t *testing.T) {
	for name, test := range map[string]struct {
		data string
		want form.Code
	}{
		"nothing":       {"", form.NoPages},
		"white space":   {" \n\t\n\f\n　\n", form.NoPages},
		"rules only":    {"----\n|---|---|\n", form.NoPages},
		"a program":     {"\x7fELF\x02\x01\x01\x00\x00\x00", form.NotADocument},
		"random bytes":  {strings.Repeat("\xfe\x01\xff\x03\x80", 300), form.NotADocument},
		"too long":      {strings.Repeat("表", 2<<20), form.TooLarge},
		"too many rows": {strings.Repeat("a\tb\n", maxRows+1), form.TooLarge},
		"too many columns": {
			strings.Repeat("\t", maxCells+1), form.TooLarge},
		"too many html slots": {"<table>" + strings.Repeat("<tr>"+strings.Repeat("<td rowspan=200 colspan=200>x", 30), 300), form.TooLarge},
	} {
		if _, err := Read("x.txt", []byte(test.data)); form.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

// The transcript that the project began with, where it is at hand.
func TestSeed(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "seed", "jinzhong-2021.txt"))
	if err != nil {
		t.Log("the seed is not here")
		return
	}
	pages, err := Read("jinzhong-2021.txt", data)
	if err != nil {
		t.Fatal(err)
	}
	drawn := draw(pages)
	for _, want := range []string{
		"[上年结转金额 (万元)][20.73][年初预算金额 (万元)][1540.30]\n",
		"[投入][][16][16][—][16.00]\n",
		"[][][结转结余率][3][3.00][结转结余率0.99][2.80]\n",
		"[综合得分][][100][][97.80][][]\n",
	} {
		if !strings.Contains(drawn, want) {
			t.Errorf("no row %s in\n%s", want, drawn)
		}
	}
	if len(pages) != 1 {
		t.Errorf("%d pages, want 1", len(pages))
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"a\tb\n", "|a|b|\n|-|-|\n|c|d|", "<table><tr><td rowspan=3>a</table>", "\ufeff# 表", "\xff\xfea\x00", "\xd6\xd0\t1",
		"<table><table><tr><td>", "a|b\n-|-\n", "**a**$\\ge 1$", "<table></table>\f<table><tr><th colspan=99999999>",
	} {
		f.Add(true, []byte(s))
	}
	f.Fuzz(func(t *testing.T, markdown bool, data []byte) {
		name := "x.txt"
		if markdown {
			name = "x.md"
		}
		pages, err := Read(name, data)
		if err != nil {
			if form.CodeOf(err) == "" {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		for i, p := range pages {
			if p.Number != i+1 || len(p.Lines)+len(p.Tables) == 0 {
				t.Fatalf("page %d is numbered %d and holds %d lines and %d tables", i+1, p.Number, len(p.Lines), len(p.Tables))
			}
			for _, table := range p.Tables {
				slots := map[[2]int]bool{}
				for _, c := range table.Cells {
					for y := c.Row; y < c.Row+c.RowSpan; y++ {
						for x := c.Col; x < c.Col+c.ColSpan; x++ {
							if slots[[2]int{y, x}] || y >= table.Rows || x >= table.Cols {
								t.Fatalf("cell %+v overlaps another or lies outside %d × %d", c, table.Rows, table.Cols)
							}
							slots[[2]int{y, x}] = true
						}
					}
				}
			}
		}
	})
}

package samples

import (
	"context"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
)

// Annex is a document that holds forms among other pages, as departments
// publish them behind their final accounts.
type Annex struct {
	parts []annexPart
	font  string // of the other pages; "" is a Song face
}

// annexPart is a form, or pages that are none.
type annexPart struct {
	form *Form
	page string // the HTML of its body
}

// MakeAnnex puts so many forms of seed's series among so many other pages: a
// cover, a contents page, narratives, accounts, and a declaration of targets.
// Every part begins a page.
func MakeAnnex(seed int64, forms, others int) Annex {
	r := source(seed, 1<<40)
	place, unit := pick(r, places()...), pick(r, offices()...)
	year := 2018 + r.IntN(7)
	var a Annex
	other := func(page string) { a.parts = append(a.parts, annexPart{page: page}) }
	pages := []func(*rand.Rand, string, office, int) string{narrativePage, accountPage, narrativePage, declarationPage, accountPage}
	ahead := (others + 1) / 2
	for i := range others {
		if i == ahead {
			a.addForms(seed, 0, forms/2)
		}
		switch i {
		case 0:
			other(coverPage(place, unit.name, year))
		case 1:
			other(contentsPage(year))
		default:
			other(pages[(i-2)%len(pages)](r, place, unit, year))
		}
	}
	if others <= ahead {
		a.addForms(seed, 0, forms/2)
	}
	a.addForms(seed, forms/2, forms)
	return a
}

// addForms adds the forms numbered from up to but not including to, upright and
// in turn of either family.
func (a *Annex) addForms(seed int64, from, to int) {
	for i := from; i < to; i++ {
		f := GenerateProject(seed, i)
		if i%3 == 1 {
			f = Generate(seed, i)
		}
		f.look.Landscape, f.look.PageNumbers = false, false
		f.truth.Made.Look = f.look
		a.parts = append(a.parts, annexPart{form: &f})
	}
}

// HTML is the whole document as one page for print.
func (a Annex) HTML() string {
	var styles, bodies strings.Builder
	for i, p := range a.parts {
		if p.form != nil {
			styles.WriteString(p.form.style(fmt.Sprintf(".part%d", i)))
			fmt.Fprintf(&bodies, "<section class=\"part part%d\">%s</section>\n", i, p.form.body())
			continue
		}
		fmt.Fprintf(&bodies, "<section class=\"part other\">%s</section>\n", p.page)
	}
	font := a.font
	if font == "" {
		font = "AR PL SungtiL GB"
	}
	return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>部门决算</title><style>
@page { size: 210mm 297mm; margin: 18mm 15mm 16mm 15mm }
body { margin: 0 }
.part + .part { break-before: page }
.other { font: 12pt/1.8 "` + font + `", "Noto Serif CJK SC", serif;
h1 { text-align: center; font-size: 20pt } h2 { font-size: 14pt } .cover { padding-top: 80mm; text-align: center; font-size: 24pt }
p { text-indent: 2em; text-align: justify; margin: 0 }
table { border-collapse: collapse; width: 100%; font-size: 10pt } td { border: .75pt solid #000; padding: 2pt 4pt } .n { text-align: right } }
` + styles.String() + "</style>" + bodies.String() + "</html>"
}

// Annex prints the document and says what its forms hold and on which pages.
func (b *Browser) Annex(ctx context.Context, a Annex) ([]byte, AnnexTruth, error) {
	var truth AnnexTruth
	pdf, err := b.print(ctx, a.HTML(), true)
	if err != nil {
		return nil, truth, err
	}
	at := 1
	for i := range a.parts {
		alone, err := b.print(ctx, Annex{parts: a.parts[i : i+1], font: a.font}.HTML(), true)
		if err != nil {
			return nil, truth, err
		}
		n := countPages(alone)
		if f := a.parts[i].form; f != nil {
			t := f.Truth()
			for p := range n {
				t.Pages = append(t.Pages, at+p)
			}
			truth.Forms = append(truth.Forms, t)
		}
		at += n
	}
	if n := countPages(pdf); n != at-1 {
		return nil, truth, fmt.Errorf("the annex has %d pages and its parts %d", n, at-1)
	}
	return pdf, truth, nil
}

// AnnexTruth is what is to be found in an annex, form by form.
type AnnexTruth struct {
	Forms []Truth `json:"forms"`
}

// JSON is the truth as it is written to a file.
func (t AnnexTruth) JSON() ([]byte, error) { return indented(t) }

func coverPage(place, name string, year int) string {
	return fmt.Sprintf("<div class=cover>%s%s<br>%d年度部门决算</div>", place, name, year)
}

func contentsPage(year int) string {
	return fmt.Sprintf("<h1>目　录</h1><p>第一部分　单位概况<p>第二部分　%d年度部门决算表<p>第三部分　%d年度部门决算情况说明<p>第四部分　名词解释<p>第五部分　附件：项目支出绩效自评表", year, year)
}

func narrativePage(r *rand.Rand, place string, o office, year int) string {
	total := money(200+r.IntN(3000)) * wanYuan
	return fmt.Sprintf("<h2>第三部分　%d年度部门决算情况说明</h2><p>%s%s主要职责：%s<p>%d年度收入总计%s万元，支出总计%s万元，与上年相比变动%d.%02d%%。<p>%s<p>根据预算绩效管理要求，本单位组织对年度项目支出开展了绩效自评，自评结果见附件。",
		year, place, o.name, html.EscapeString(o.functions), year, amountText(total, "万元", 2), amountText(total-37*yuan, "万元", 2), 1+r.IntN(9), r.IntN(100), html.EscapeString(analysisText(r, o, 3)))
}

func accountPage(r *rand.Rand, place string, o office, year int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<h2>%d年度收入支出决算总表</h2><p>单位：%s%s　　金额单位：万元<table><tr><td>项目<td>行次<td>金额<td>项目<td>行次<td>金额", year, place, o.name)
	left := []string{"一、一般公共预算财政拨款收入", "二、政府性基金预算财政拨款收入", "三、上级补助收入", "四、事业收入", "五、其他收入", "本年收入合计", "年初结转和结余", "总计"}
	right := []string{"一、一般公共服务支出", "二、教育支出", "三、文化旅游体育与传媒支出", "四、社会保障和就业支出", "五、农林水支出", "本年支出合计", "年末结转和结余", "总计"}
	for i := range left {
		fmt.Fprintf(&b, "<tr><td>%s<td>%d<td class=n>%s<td>%s<td>%d<td class=n>%s", left[i], i+1, amountText(money(r.IntN(90_000_000))*yuan/10, "万元", 2),
			right[i], i+1+len(left), amountText(money(r.IntN(90_000_000))*yuan/10, "万元", 2))
	}
	b.WriteString("</table>")
	return b.String()
}

// declarationPage is a table of targets for the next year: much like a form, and none.
func declarationPage(r *rand.Rand, _ string, _ office, year int) string {
	p := pick(r, projects()...)
	var b strings.Builder
	fmt.Fprintf(&b, "<h1>%d年度项目支出绩效目标申报表</h1><table><tr><td>项目名称<td colspan=3>%s<tr><td>一级指标<td>二级指标<td>三级指标<td>指标值", year+1, p.name)
	for _, m := range p.metrics {
		target := m.words[0]
		if m.sign != inWords && !m.cost {
			target = fmt.Sprintf("≥%d%s", m.from, m.unit)
		}
		fmt.Fprintf(&b, "<tr><td>绩效指标<td>%s<td>%s<td>%s", m.level2, m.name, html.EscapeString(target))
	}
	b.WriteString("</table>")
	return b.String()
}

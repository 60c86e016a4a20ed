package samples

import (
	"context"
	"fmt"
	"html"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"heji/form"
)

// Sample is a document to be made.
type Sample struct {
	Name  string // file name, with a folder where it has one
	Form  Form
	Scan  *Scan  // nil for a text layer or a transcript
	Shows string // what it is there for, in one sentence
	page  string // HTML of a document that is no form
	annex *Annex // a document that holds several
	pages [][]int
}

// Series is document i of seed's endless series, as a text PDF or a scan: a
// department's form, a project's, or in kind mix either in turn.
func Series(seed int64, i int, kind string, scanned bool) Sample {
	s := Sample{Name: fmt.Sprintf("%06d.pdf", i), Form: Generate(seed, i)}
	if kind == "project" || (kind == "mix" && i/2%2 == 1) {
		s.Form = GenerateProject(seed, i)
	}
	if scanned {
		scan := DrawScan(seed, i)
		s.Scan = &scan
	}
	return s
}

// Truth is what a reader has to find in the document.
func (s Sample) Truth() Truth {
	if s.page != "" {
		return Truth{Error: form.NotAForm, Fields: map[string]string{}, Indicators: []Indicator{}, Evaluators: []Evaluator{}, Discrepancies: []Discrepancy{}}
	}
	t := s.Form.Truth()
	t.Made.Scan = s.Scan
	return t
}

// TruthJSON is what the truth's file holds.
func (s Sample) TruthJSON() ([]byte, error) {
	if s.annex == nil {
		return s.Truth().JSON()
	}
	var truth AnnexTruth
	for _, p := range s.annex.parts {
		if p.form != nil {
			t := p.form.Truth()
			t.Pages = s.pages[len(truth.Forms)]
			truth.Forms = append(truth.Forms, t)
		}
	}
	return truth.JSON()
}

// TruthName is the file that the truth goes to: 01-name.truth.json beside
// 01-name.text.pdf.
func (s Sample) TruthName() string {
	base, _, _ := strings.Cut(path.Base(s.Name), ".")
	return path.Join(path.Dir(s.Name), base+".truth.json")
}

// Make makes the document's bytes, in the form that its name ends in.
func (b *Browser) Make(ctx context.Context, s Sample) ([]byte, error) {
	switch {
	case strings.HasSuffix(s.Name, ".txt"):
		return []byte(s.Form.Text()), nil
	case strings.HasSuffix(s.Name, ".gb18030.md"):
		return simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s.Form.Markdown()))
	case strings.HasSuffix(s.Name, ".md"):
		return []byte(s.Form.Markdown()), nil
	case s.page != "":
		return b.print(ctx, s.page, false)
	case s.annex != nil:
		pdf, truth, err := b.Annex(ctx, *s.annex)
		for i, t := range truth.Forms {
			if !slices.Equal(t.Pages, s.pages[i]) {
				return nil, fmt.Errorf("form %d is on pages %v, not %v", i+1, t.Pages, s.pages[i])
			}
		}
		return pdf, err
	case s.Scan != nil:
		return b.ScanPDF(ctx, s.Form, *s.Scan)
	}
	return b.PDF(ctx, s.Form)
}

// Committed is the set of documents kept in samples.
func Committed() []Sample {
	plain := Look{Font: "AR PL SungtiL GB", Size: 10.5, Border: 0.75, RowHeight: 20, Sections: "above", TwoWeights: true, TwoHeads: true, Side: "绩效情况",
		Unit: "万元", UnitPlace: "label", Scale: 2, NoteUnit: "万元", Zero: "0.00", WeightScale: 2, ScoreScale: 2, Dash: "—", Length: 1, Leaves: 1, People: 3,
		Words: Words{Title: "部门整体支出绩效自评表", UnitName: "单位名称", Head: "单位负责人", Phone: "单位联系电话",
			Carried: "上年结转金额", Initial: "年初预算金额", Adjustment: "预算调整金额", Other: "其他调整资金", Executed: "预算执行金额", Balance: "年末结余金额",
			Functions: "单位职能概况", Staffing: "单位人员情况", Note: "预算执行情况", Analysis: "部门整体支出绩效评价分析",
			Score: "评价得分", Weight: "分值", Reasoning: "计算分析情况", Total: "综合得分", Grade: "评价结果等次"}}
	with := func(change func(*Look)) Look {
		l := plain
		change(&l)
		return l
	}
	project := func(family int, change func(*Look, *ProjectLook)) Look {
		l := ProjectLooks()[family]
		change(&l, l.Project)
		return l
	}
	small := func(l *Look) { l.Length, l.Leaves, l.Size, l.RowHeight, l.People = 0, 0.5, 9, 13, 2 }
	return []Sample{
		{Name: "01-consistent.text.pdf", Form: Build(1, 12, with(func(l *Look) { l.CutMerged, l.RowHeight, l.Font = true, 18, "Noto Serif CJK SC" })),
			Shows: "A text layer of two pages; section rows over their leaves, reference and assigned weights, merged cells cut by the page's end. Everything adds up."},
		{Name: "02-section-score.text.pdf", Form: Build(1, 26, with(func(l *Look) {
			l.Sections, l.TwoWeights, l.Side, l.Grouped, l.WeightScale, l.ScoreScale, l.Font, l.RowHeight = "below", false, "", true, -1, 1, "WenQuanYi Zen Hei", 18
			l.Words.Initial, l.Words.Executed, l.Words.Score, l.Words.Total = "年初预算数", "全年执行数", "自评得分", "总分"
		}), "score-section"),
			Shows: "Three columns of names, one of weights, a 小计 row under each section; one of them is wrong and the total goes with it."},
		{Name: "03-yuan-landscape.text.pdf", Form: Build(1, 48, with(func(l *Look) {
			l.Landscape, l.Sections, l.TwoWeights, l.Side, l.Grouped, l.OneTable = true, "none", false, "", true, true
			l.Unit, l.UnitPlace, l.NoteUnit, l.Leaves, l.Shade, l.NumberRight, l.WeightScale = "元", "title", "元", 0.75, true, true, -1
			l.Words.UnitName, l.Words.Grade = "部门名称", "评价等级"
		}), "funds-balance", "narrative-header"),
			Shows: "Landscape, amounts in 元 with the unit in the caption, one grid; the balance does not follow and a sentence quotes another amount than the header."},
		{Name: "04-three-pages.text.pdf", Form: Build(1, 70, with(func(l *Look) {
			l.RepeatHead, l.PageNumbers, l.CutMerged, l.Length, l.Size, l.RowHeight, l.Cut = true, true, true, 3, 12, 26, 6
		}), "weight-assigned", "grade"),
			Shows: "Three pages: heads repeated, merged cells cut by the page's end, names cut by the column's edge; two assigned weights and the grade are wrong."},
		{Name: "05-consistent.scan.pdf", Form: Build(1, 88, with(func(l *Look) { small(l); l.Font = "Noto Serif CJK SC" })),
			Scan:  &Scan{Seed: 5, DPI: 200, Skew: 1.3, Noise: 3, Blur: 0.15, Light: 0.1, Quality: 50},
			Shows: "A gray scan at 200 dpi, turned by 1.3°. Everything adds up."},
		{Name: "06-sealed.scan.pdf", Form: Build(1, 112, with(func(l *Look) { small(l); l.TwoWeights = false; l.Font = "Noto Serif CJK SC" }), "narrative-breakdown", "indicator-rate"),
			Scan:  &Scan{Seed: 6, DPI: 200, Skew: -0.6, Noise: 2.5, Blur: 0.1, Light: 0.05, Seal: true, Quality: 50},
			Shows: "A colour scan with the unit's red seal over figures; the parts of the spending do not make its whole, and a rate does not follow."},
		{Name: "07-faxed.fax.pdf", Form: Build(1, 124, with(func(l *Look) { small(l); l.Font = "Noto Sans CJK SC" }), "score-total"),
			Scan:  &Scan{Seed: 7, DPI: 200, Skew: 0.4, Noise: 18, Blur: 0.1, Fax: true},
			Shows: "Black and white at 200 dpi with broken lines and specks; the total score is not the sum of the sections."},
		{Name: "08-dim.scan.pdf", Form: Build(1, 150, with(func(l *Look) {
			small(l)
			l.Sections, l.TwoWeights, l.Font, l.WeightScale = "below", false, "WenQuanYi Zen Hei", -1
		}), "score-exceeds-weight", "weight-total"),
			Scan:  &Scan{Seed: 8, DPI: 150, Skew: -2.1, Noise: 4, Blur: 0.2, Light: 0.25, Fade: 0.2, Quality: 55},
			Shows: "A pale gray scan at 150 dpi, turned by 2.1° and dark in a corner; a score exceeds its weight and the total weight is wrong."},
		{Name: "09-transcript.txt", Form: Build(1, 169, with(func(l *Look) { l.Dash = "——" }), "score-section", "narrative-breakdown"),
			Shows: "What another tool read, with tabs: a shifted row, a score glued to its text; a section score and a breakdown are wrong."},
		{Name: "10-transcript.gb18030.md", Form: Build(1, 186, with(func(l *Look) { l.Sections, l.TwoWeights, l.Side = "below", false, "" })),
			Shows: "The same in Markdown, encoded in GB18030. Everything adds up."},
		{Name: "project/12-signs.text.pdf", Form: BuildProject(1, 3, project(2, func(l *Look, p *ProjectLook) {
			l.Font, l.OneTable, l.Grouped, l.ScoreScale, p.Side = "WenQuanYi Zen Hei", true, true, 2, "绩效情况"
		}), "indicator-score"),
			Shows: "A project's form: funds by source, the sign and the unit of a target in columns of their own, the grade at the end of the total; a row that misses its target has all its points."},
		{Name: "project/13-points-in-names.scan.pdf", Form: BuildProject(1, 11, project(1, func(l *Look, p *ProjectLook) {
			l.Size, l.RowHeight, p.Side = 9, 16, ""
		}), "funds-total", "execution-score"),
			Scan:  &Scan{Seed: 13, DPI: 200, Skew: -0.9, Noise: 3, Blur: 0.1, Light: 0.1, Quality: 50},
			Shows: "A gray scan of a project's form with points inside the names; the total of funds is not the sum of its sources, and the execution score does not follow from the rate."},
		{Name: "annex/14-annex.text.pdf", annex: small3(), pages: [][]int{{3}, {5}, {6}},
			Shows: "Three forms among the pages of a department's final accounts."},
		{Name: "not-a-form/11-target-declaration.text.pdf", page: declaration(),
			Shows: "A declaration of targets (绩效目标申报表): a table much like the others, but nothing in it is an evaluation, so it is refused."},
	}
}

// small3 is an annex of three forms in one typeface.
func small3() *Annex {
	const font = "WenQuanYi Zen Hei"
	looks := ProjectLooks()
	a := Annex{font: font, parts: []annexPart{
		{page: coverPage("岚溪市", "图书馆", 2022)},
		{page: narrativePage(source(1, 14), "岚溪市", offices()[0], 2022)},
	}}
	for i, family := range []int{3, 5, 8} {
		l := looks[family]
		l.Font, l.Size, l.RowHeight = font, 9, 16
		f := BuildProject(1, 20+i, l)
		a.parts = append(a.parts, annexPart{form: &f})
		if i == 0 {
			a.parts = append(a.parts, annexPart{page: accountPage(source(2, 14), "岚溪市", offices()[0], 2022)})
		}
	}
	return &a
}

// declaration is a form that states targets for a year to come: it has weights
// and no scores.
func declaration() string {
	row := func(cells ...string) string {
		var b strings.Builder
		for _, c := range cells {
			b.WriteString("<td>" + html.EscapeString(c) + "</td>")
		}
		return "<tr>" + b.String() + "</tr>"
	}
	return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>项目支出绩效目标申报表</title><style>
@page { size: 210mm 297mm; margin: 18mm 15mm }
body { margin: 0; font: 10.5pt/1.4 "AR PL SungtiL GB", "Noto Serif CJK SC", serif }
h1 { font-size: 17pt; text-align: center } p { text-align: center }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
td { border: .75pt solid #000; text-align: center; padding: 3pt; height: 20pt }
table + table { margin-top: -.75pt }</style>
<h1>项目支出绩效目标申报表</h1><p>（2024年度）</p><table>` +
		row("项目名称", "灌区末级渠道改造", "主管部门", "青梧市水利服务中心") +
		row("项目属性", "新增项目", "项目期", "1年") +
		row("年度资金总额", "126.00万元", "其中：财政拨款", "126.00万元") +
		`<tr><td>总体目标</td><td colspan=3>改造末级渠道六公里，恢复灌溉面积，缩短轮灌时间，使受益农户在下一灌溉季节前用上水。</td></tr></table><table>` +
		row("一级指标", "二级指标", "三级指标", "指标值") +
		row("产出指标", "数量指标", "改造渠道长度", "6公里") +
		row("产出指标", "质量指标", "工程验收合格率", "100%") +
		row("产出指标", "时效指标", "完工时间", "12月底前") +
		row("效益指标", "社会效益", "受益农户", "≥380户") +
		row("满意度指标", "服务对象满意度", "农户满意度", "≥90%") +
		`</table></html>`
}

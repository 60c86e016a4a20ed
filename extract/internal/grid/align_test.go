package grid

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"heji/layout"
)

// set prints text in ems of ten points with its left end at x and its middle at y.
func set(x, y float64, text string) []Word {
	var words []Word
	for _, r := range text {
		w := 10.0
		if r < 0x80 {
			w = 5
		}
		words = append(words, Word{Box: layout.Box{X0: x, Y0: y - 5, X1: x + w, Y1: y + 5}, Figure: unicode.IsDigit(r) || r == '.'})
		x += w
	}
	return words
}

// page prints lines given as "x y text".
func page(lines string) (words []Word, texts []Word, said []string) {
	for _, l := range strings.Split(strings.TrimSpace(lines), "\n") {
		var x, y float64
		var text string
		if _, err := fmt.Sscan(l, &x, &y, &text); err != nil {
			panic(err) // a line of the test itself
		}
		w := set(x, y, text)
		words = append(words, w...)
		texts = append(texts, w[0])
		said = append(said, text)
	}
	return words, texts, said
}

// told is a table as rows of cells, each with its span and what is printed in it.
func told(t layout.Table, at []Word, said []string) string {
	var b strings.Builder
	row := 0
	for _, c := range t.Cells {
		for ; row < c.Row; row++ {
			b.WriteString("\n")
		}
		text := ""
		for i, w := range at {
			if c.Box.Contains((w.X0+w.X1)/2, (w.Y0+w.Y1)/2) {
				text += said[i]
			}
		}
		if c.RowSpan > 1 || c.ColSpan > 1 {
			text += fmt.Sprintf("(%d×%d)", c.RowSpan, c.ColSpan)
		}
		b.WriteString(text + "|")
	}
	return b.String()
}

// A form without lines: names stand in the middle of their rows, a cell is wrapped, the
// sum's name crosses a column, and what stands above is no part of the tables.
func TestAlign(t *testing.T) {
	words, at, said := page(`
200 40 部门整体支出绩效自评表
250 62 （2024年度）
420 80 金额单位：万元
40 100 单位名称
210 100 农业技术推广站
40 120 年初预算
150 120 2138.93
260 120 年末结余
400 120 8.42
40 140 上年结转
150 140 56.01
260 140 预算执行
400 140 2186.52
40 180 一级指标
110 180 二级指标
190 180 三级指标
330 180 分值
400 180 得分
40 230 投入
110 210 目标设定
190 200 目标合理性
340 200 4
405 200 3.8
190 220 指标明确性
340 220 6
405 220 3.4
110 250 预算配置
190 243 三公经费变动率控
190 257 制情况
340 250 5
405 250 0.3
40 290 产出
110 280 职责履行
190 280 实际完成率
340 280 15
405 280 4.8
110 300 工作质量
190 300 完成及时率
340 300 15
405 300 0.0
120 330 合计
337 330 45
400 330 12.3
`)
	tables := Align(words, nil)
	var got []string
	for _, table := range tables {
		got = append(got, told(table, at, said))
	}
	want := []string{
		"单位名称|农业技术推广站(1×3)|\n年初预算|2138.93|年末结余|8.42|\n上年结转|56.01|预算执行|2186.52|",
		"一级指标|二级指标|三级指标|分值|得分|\n" +
			"投入(3×1)|目标设定(2×1)|目标合理性|4|3.8|\n指标明确性|6|3.4|\n预算配置|三公经费变动率控制情况|5|0.3|\n" +
			"产出(2×1)|职责履行|实际完成率|15|4.8|\n工作质量|完成及时率|15|0.0|\n" +
			"|合计||45|12.3|",
	}
	if strings.Join(got, "\n\n") != strings.Join(want, "\n\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n\n"), strings.Join(want, "\n\n"))
	}
}

// Names in the first of their rows reach down to the next.
func TestAlignTop(t *testing.T) {
	words, at, said := page(`
40 100 一级指标
110 100 三级指标
200 100 得分
40 120 投入
110 120 目标合理性
205 120 3.8
110 140 指标明确性
205 140 3.4
110 160 控制率
205 160 5.0
40 180 产出
110 180 实际完成率
205 180 4.8
110 200 完成及时率
205 200 2.0
`)
	tables := Align(words, nil)
	if len(tables) != 1 {
		for _, x := range tables {
			t.Log(told(x, at, said))
		}
		t.Fatalf("%d tables", len(tables))
	}
	want := "一级指标|三级指标|得分|\n投入(3×1)|目标合理性|3.8|\n指标明确性|3.4|\n控制率|5.0|\n产出(2×1)|实际完成率|4.8|\n完成及时率|2.0|"
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Names of two levels in the first of their rows, where those of the second are not few; and
// labels above the table that happen to leave its gutters free are no rows of it.
func TestAlignLabelsAbove(t *testing.T) {
	words, at, said := page(`
40 54 项目：甲
40 66 单位：乙
40 85 一、指标
40 100 一级
110 100 二级
180 100 三级指标
260 100 得分
40 115 产出
110 115 数量
180 115 架桥座数
265 115 3.8
180 130 修路里程
265 130 3.4
110 145 质量
180 145 验收合格率
265 145 5.0
110 160 时效
180 160 按期完工率
265 160 5.0
40 175 效益
110 175 社会
180 175 受益户数
265 175 4.8
110 190 生态
180 190 覆绿率
265 190 2.0
40 205 合计
265 205 24.0
`)
	tables := Align(words, nil)
	if len(tables) != 1 {
		for _, x := range tables {
			t.Log(told(x, at, said))
		}
		t.Fatalf("%d tables", len(tables))
	}
	want := "一级|二级|三级指标|得分|\n产出(4×1)|数量|架桥座数|3.8|\n|修路里程|3.4|\n质量|验收合格率|5.0|\n时效|按期完工率|5.0|\n效益(2×1)|社会|受益户数|4.8|\n生态|覆绿率|2.0|\n合计|||24.0|"
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Running text has no columns.
func TestAlignText(t *testing.T) {
	var words []Word
	for i := range 30 {
		words = append(words, set(40+float64(i*37%60), 100+16*float64(i), strings.Repeat("收支情况说明", 6))...)
	}
	if tables := Align(words, nil); tables != nil {
		t.Errorf("%d tables in running text", len(tables))
	}
}

// Names that fill their column, one of them wrapped, stand in the middle of their rows as
// the figures beside them do: however close the rows, they are not one text.
func TestAlignFullNames(t *testing.T) {
	words, at, said := page(`
40 100 三级指标
150 100 分值
240 100 得分
40 117 目标明确性
150 117 4
240 117 4.00
40 134 人员控制率
150 134 3
240 134 2.20
40 151 公用经费控
40 164 制率
150 157.5 6
240 157.5 5.40
40 181 政府采购率
150 181 7
240 181 7.00
40 198 合计
150 198 20
240 198 18.60`)
	tables := Align(words, nil)
	if len(tables) != 1 {
		for _, x := range tables {
			t.Log(told(x, at, said))
		}
		t.Fatalf("%d tables", len(tables))
	}
	want := `三级指标|分值|得分|
目标明确性|4|4.00|
人员控制率|3|2.20|
公用经费控制率|6|5.40|
政府采购率|7|7.00|
合计|20|18.60|`
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// Figures set to the right, clear of their head on the left, stand below it.
func TestAlignHeadsOnTheLeft(t *testing.T) {
	words, at, said := page(`
40 100 资金来源
140 100 年初预算
240 100 全年预算
340 100 得分
40 120 年度资金总额
195 120 347.19
295 120 344.63
340 120 7.0
40 140 财政拨款
195 140 300.19
295 140 300.63
340 140 8.0
40 160 其他资金
200 160 47.00
300 160 44.00
340 160 9.0
40 180 一级指标
140 180 二级指标
240 180 三级指标
340 180 得分
40 200 产出指标
140 200 数量指标
240 200 维修面积
340 200 8.0
40 220 效益指标
140 220 社会效益
240 220 出行便利
340 220 7.0
`)
	tables := Align(words, nil)
	if len(tables) != 1 {
		for _, x := range tables {
			t.Log(told(x, at, said))
		}
		t.Fatalf("%d tables", len(tables))
	}
	want := "资金来源|年初预算|全年预算|得分|\n年度资金总额|347.19|344.63|7.0|\n财政拨款|300.19|300.63|8.0|\n其他资金|47.00|44.00|9.0|\n" +
		"一级指标|二级指标|三级指标|得分|\n产出指标|数量指标|维修面积|8.0|\n效益指标|社会效益|出行便利|7.0|"
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// tableOf is the one table of a page, told as rows.
func tableOf(t *testing.T, lines string) string {
	t.Helper()
	words, at, said := page(lines)
	tables := Align(words, nil)
	if len(tables) != 1 {
		for _, x := range tables {
			t.Log(told(x, at, said))
		}
		t.Fatalf("%d tables", len(tables))
	}
	return told(tables[0], at, said)
}

// Names that are all wrapped, line below line at one distance, are as many texts as there
// are rows of figures; a remark in a few rows is a column at the right, and so is a head
// with nothing below it.
func TestAlignWrappedNames(t *testing.T) {
	got := tableOf(t, `
40 100 一级
110 100 二级指标
200 100 分值
260 100 得分
320 100 复核分
400 100 偏差原因
110 117 数量指标
110 130 （16分）
205 123.5 8.0
265 123.5 7.5
110 143 质量指标
40 149 产出
40 162 指标
110 156 （8分）
205 149.5 6.5
265 149.5 6.5
110 169 时效指标
110 182 （8分）
205 175.5 6.0
265 175.5 4.0
400 169 数据未
400 182 收齐
40 201 合计
200 201 20.5
260 201 18.0`)
	want := `一级|二级指标|分值|得分|复核分|偏差原因|
产出指标(3×1)|数量指标（16分）|8.0|7.5|||
质量指标（8分）|6.5|6.5|||
时效指标（8分）|6.0|4.0||数据未收齐|
合计||20.5|18.0|||`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// A name in the middle of two rows that few columns fill is no line of a row whose texts are
// wrapped in all of them.
func TestAlignNameOfTwoRows(t *testing.T) {
	got := tableOf(t, `
150 106 二级指标
230 106 三级指标
330 106 指标值
400 106 完成值
470 106 原因
540 106 措施
610 106 备注
150 132 数量指标
230 124 安装监测点
330 124 不少于
400 124 已装
230 140 培训人员
330 140 全员
400 140 已训
150 156 质量指标
230 156 合格率
330 156 合格
400 156 合格
150 172 社会效益
230 172 减少损失
330 172 减少
400 172 减少
150 188 群众满意
230 188 满意程度
330 188 满意
400 188 满意
150 204 服务对象
230 204 回访情况
330 204 回访
400 204 回访`)
	want := `二级指标|三级指标|指标值|完成值|原因|措施|备注|
数量指标(2×1)|安装监测点|不少于|已装||||
培训人员|全员|已训||||
质量指标|合格率|合格|合格||||
社会效益|减少损失|减少|减少||||
群众满意|满意程度|满意|满意||||
服务对象|回访情况|回访|回访||||`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// A head over two columns that have heads of their own makes two rows; the heads beside it,
// in the middle, reach over both. 小计 in the middle of two columns is of neither, and belongs
// to the section above it.
func TestAlignHeadOverHeads(t *testing.T) {
	got := tableOf(t, `
40 109 一级指标
100 109 二级指标
180 109 三级指标
290 100 指标分值
263 117 参考分值
317 117 设定分值
400 109 得分
100 135 预算编制
180 135 目标合理
280 135 8
325 135 8.00
402 135 8.0
50 157.5 管理
100 157.5 预算执行
180 150 预算调整
280 150 7
325 150 7.00
402 150 5.0
180 165 结转结余
280 165 9
325 165 9.00
402 165 9.0
165 180 小计
278 180 24
328 180 24
400 180 22.0
50 202.5 产出
100 195 职责履行
180 195 完成及时
280 195 6
325 195 6.00
402 195 6.0
165 210 小计
280 210 6
330 210 6
402 210 6.0`)
	want := `一级指标(2×1)|二级指标(2×1)|三级指标(2×1)|指标分值(1×2)|得分(2×1)|
参考分值|设定分值|
管理(4×1)|预算编制|目标合理|8|8.00|8.0|
预算执行(2×1)|预算调整|7|7.00|5.0|
结转结余|9|9.00|9.0|
小计(1×2)|24|24|22.0|
产出(2×1)|职责履行|完成及时|6|6.00|6.0|
小计(1×2)|6|6|6.0|`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// Labels stand in the middle of the texts beside them, which end where a line is not full
// or the next is set further off.
func TestAlignLabelledTexts(t *testing.T) {
	words, at, said := page(`
40 100 单位职能
40 113 概况
140 100 负责日常养护和设施维修工作组织展览
120 113 管理公园内的经营
40 136 人员情况
140 129.5 截至年底核定行政编制三十一名实有三
120 142.5 十人核定事业编制十八名实有在职十六人
40 165 预算执行
40 178 情况
140 158.5 年度批复年初预算若干当年支出决算若
120 171.5 干包括人员经费和公用经费以及项目支出
120 184.5 共计若干
40 205 其他
140 205 无
40 260 一级指标
140 260 三级指标
250 260 得分
40 280 产出
140 280 完成率
255 280 3.8
40 300 效益
140 300 满意度
255 300 3.4
40 320 合计
255 320 7.2`)
	tables := Align(words, nil)
	if len(tables) != 2 {
		for _, x := range tables {
			t.Log(told(x, at, said))
		}
		t.Fatalf("%d tables", len(tables))
	}
	want := `单位职能概况|负责日常养护和设施维修工作组织展览管理公园内的经营|
人员情况|截至年底核定行政编制三十一名实有三十人核定事业编制十八名实有在职十六人|
预算执行情况|年度批复年初预算若干当年支出决算若干包括人员经费和公用经费以及项目支出共计若干|
其他|无|`
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// Heads of one, two and three lines are one row, in whose middle the one of a line stands.
func TestAlignHeadsOfThreeLines(t *testing.T) {
	got := tableOf(t, `
40 115 指标名称
120 108.5 计量
120 121.5 单位
170 102 得分系
180 115 数
170 128 （%）
230 102 指标
230 115 权重
230 128 （分）
290 102 是否
290 115 核心
290 128 指标
40 150 完成率
125 150 %
172 150 100%
235 150 8.5
295 150 是
40 170 满意度
125 170 %
172 170 96%
235 170 7.0
295 170 否
40 190 及时率
125 190 %
172 190 90%
235 190 6.0
295 190 否`)
	want := `指标名称|计量单位|得分系数（%）|指标权重（分）|是否核心指标|
完成率|%|100%|8.5|是|
满意度|%|96%|7.0|否|
及时率|%|90%|6.0|否|`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// Figures that end to the right of their head, one of them unknown, beside a sum's name in
// the middle of the columns on its left.
func TestAlignFiguresBesideTheirHead(t *testing.T) {
	got := tableOf(t, `
40 100 二级指标
140 100 三级指标
220 100 分值
300 100 分析情况
400 100 得分
40 120 目标设定
140 120 目标合理性
255 120 4
300 120 制度完备
400 120 4.00
40 140 预算配置
140 140 人员控制率
255 140 7
300 140 符合规定
400 140 7.00
130 160 小计
255 160 乙
300 160 /
400 160 11.00
40 180 预算执行
140 180 预算完成率
255 180 3
300 180 符合规定
400 180 3.00
40 200 预算管理
140 200 资金合规性
255 200 5
300 200 资料齐全
400 200 5.00`)
	want := `二级指标|三级指标|分值|分析情况|得分|
目标设定|目标合理性|4|制度完备|4.00|
预算配置|人员控制率|7|符合规定|7.00|
小计(1×2)|乙|/|11.00|
预算执行|预算完成率|3|符合规定|3.00|
预算管理|资金合规性|5|资料齐全|5.00|`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// Heads whose table begins on the next page, above the page's number.
func TestAlignHeadsAtTheEnd(t *testing.T) {
	words, at, said := page(`
40 100 单位名称
140 100 青石县图书馆
300 100 联系电话
400 100 5550000
40 120 年初预算
140 120 394.09
300 120 执行金额
400 120 390.00
40 140 上年结转
140 140 4.03
300 140 年末结余
400 140 8.12
40 160 其他资金
140 160 0.00
300 160 预算调整
400 160 0.00
40 200 职能概况
140 200 承担食品与计量器具和特种设备的检验检测并为监管提供依据
40 230 其他情况
140 230 本年各项工作按年度计划推进全年检验任务按计划完成并验收
40 290 一级指标
110 290 二级指标
190 290 三级指标
270 290 分值
330 290 完成情况
420 290 得分
240 330 1`)
	tables := Align(words, nil)
	if len(tables) == 0 {
		t.Fatal("no tables")
	}
	last := tables[len(tables)-1]
	if got, want := told(last, at, said), "一级指标|二级指标|三级指标|分值|完成情况|得分|"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if last.Box.X0 != tables[0].Box.X0 {
		t.Errorf("heads from %g, the table above from %g", last.Box.X0, tables[0].Box.X0)
	}
}

// Heads of two lines, wider than their figures and beside them; a head that is wider than its
// column and begins over the labels'; a head over one column among heads over several.
func TestAlignWideHeads(t *testing.T) {
	for _, c := range []struct{ name, printed, want string }{
		{"figures right of their heads", `
40 100 三级指标
132 93 参考分
147 107 值
202 93 设定分
217 107 值
300 100 评分依据
400 100 得分
40 130 工作规划
163 130 5
233 130 4
300 130 符合规定
400 130 4.0
40 150 目标明确
163 150 2
233 150 3
300 150 资料齐全
400 150 3.0
40 170 人员控制
163 170 3
233 170 3
300 170 符合规定
400 170 2.8
40 190 三公经费
163 190 3
233 190 3
300 190 控制良好
400 190 3.0`, `三级指标|参考分值|设定分值|评分依据|得分|
工作规划|5|4|符合规定|4.0|
目标明确|2|3|资料齐全|3.0|
人员控制|3|3|符合规定|2.8|
三公经费|3|3|控制良好|3.0|`},
		{"a head begun over the labels", `
118 100 年初预算数
210 100 全年预算数
300 100 全年执行数
400 100 执行率
40 120 年度资金总额
152 120 3.63
220 120 4.02
310 120 4.02
405 120 100
40 140 当年财政拨款
152 140 2.79
220 140 3.18
310 140 3.18
405 140 99
40 160 上年结转资金
152 160 0
220 160 0
310 160 0
405 160 98
40 180 其他资金来源
152 180 0.84
220 180 0.84
310 180 0.84
405 180 97`, `|年初预算数|全年预算数|全年执行数|执行率|
年度资金总额|3.63|4.02|4.02|100|
当年财政拨款|2.79|3.18|3.18|99|
上年结转资金|0|0|0|98|
其他资金来源|0.84|0.84|0.84|97|`},
	} {
		words, at, said := page(c.printed)
		tables := Align(words, nil)
		if len(tables) != 1 {
			t.Errorf("%s: %d tables", c.name, len(tables))
			continue
		}
		got := told(tables[0], at, said)
		if got != c.want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}

package grid

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"heji/layout"
)

// across is lines of equal length at the heights given.
func across(at ...float64) (drawn []Segment) {
	for _, y := range at {
		drawn = append(drawn, Segment{X0: 36, X1: 520, Y0: y, Y1: y})
	}
	return drawn
}

// Where lines across divide all rows, a note of many lines makes one row of high cells, a
// speck beside a figure no column, and further down the columns are others.
func TestRuledAcross(t *testing.T) {
	words, at, said := page(`
200 40 部门整体支出绩效自评表
40 70 部门名称
110 70 就业服务中心
200 70 财政科室
270 70 农业科
350 70 自评总分
450 70 90
40 90 部门联系人
120 90 窦彤家
200 90 联系电话
260 90 0385-7468939
350 90 填报日期
440 90 2022年2月
40 110 年初绩效目标
240 110 调整绩效目标
400 110 目标完成情况
40 140 指标名称
180 140 目标值
250 140 完成值
320 133 指标权重
327 147 （分）
385 133 指标得分
392 147 （分）
450 140 说明
40 170 补贴审核率
180 170 90%
250 170 99%
336 170 8
355 170 .
401 170 8
40 210 技能提升率
180 210 100%
250 210 88.3%
336 210 8
401 210 7
450 190 因项目招标
450 203 流标，实际
450 216 完成数存在
450 229 偏差。
40 250 项目入库率
180 250 100%
250 250 82.2%
336 250 3
401 250 2
40 290 填报说明
`)
	tables := Align(words, across(60, 80, 100, 120, 160, 180, 240, 260))
	var got []string
	for _, table := range tables {
		got = append(got, told(table, at, said))
	}
	want := "部门名称|就业服务中心|财政科室|农业科|自评总分|90|\n部门联系人|窦彤家|联系电话|0385-7468939|填报日期|2022年2月|\n\n" +
		"年初绩效目标||调整绩效目标||目标完成情况(1×2)|\n" +
		"指标名称|目标值|完成值|指标权重（分）|指标得分（分）|说明|\n补贴审核率|90%|99%|8.|8||\n" +
		"技能提升率|100%|88.3%|8|7|因项目招标流标，实际完成数存在偏差。|\n项目入库率|100%|82.2%|3|2||"
	if s := strings.Join(got, "\n\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

// Lines above the heads, below them and at the foot rule no rows.
func TestRuledAcrossFew(t *testing.T) {
	words, at, said := page(`
40 100 三级指标
150 100 分值
240 100 得分
40 120 目标明确性
150 120 4
240 120 4.00
40 140 人员控制率
150 140 3
240 140 2.20
40 160 政府采购率
150 160 7
240 160 7.00
40 180 合计
150 180 14
240 180 13.20`)
	tables := Align(words, across(88, 92, 110, 170, 190, 193))
	if len(tables) != 1 {
		t.Fatalf("%d tables", len(tables))
	}
	want := "三级指标|分值|得分|\n目标明确性|4|4.00|\n人员控制率|3|2.20|\n政府采购率|7|7.00|\n合计|14|13.20|"
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Lines that begin right of a label divide the rows beside it, and not the label's cell.
func TestRuledAcrossBesideLabels(t *testing.T) {
	words, at, said := page(`
40 100 一级指标
110 100 二级指标
200 100 三级指标
300 100 分值
380 100 得分
110 120 数量指标
200 120 培训人数
300 120 20
380 120 20
40 140 产出指标
200 140 合格率
300 140 15
380 140 14.5
110 150 质量指标
200 160 及时率
300 160 15
380 160 15
40 180 效益指标
110 180 社会效益
200 180 知晓率
300 180 50
380 180 48
40 200 总分
300 200 100
380 200 97.5`)
	drawn := append(across(90, 110, 170, 190, 210), Segment{X0: 105, X1: 520, Y0: 130, Y1: 130}, Segment{X0: 195, X1: 520, Y0: 150, Y1: 150})
	tables := Align(words, drawn)
	if len(tables) != 1 {
		t.Fatalf("%d tables", len(tables))
	}
	want := `一级指标|二级指标|三级指标|分值|得分|
产出指标(3×1)|数量指标|培训人数|20|20|
质量指标(2×1)|合格率|15|14.5|
及时率|15|15|
效益指标|社会效益|知晓率|50|48|
总分|||100|97.5|`
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// Lines as long as some columns divide those: heads over groups of columns, and the rows of a
// level in the middle of the table. Columns end where lines do, however near their print stands;
// a title between two tables with the same lines divides them; a table that a page break cuts in
// the middle of its label goes on below the last line from side to side.
func TestRuledAcrossPartly(t *testing.T) {
	words, at, said := page(`
70 100 绩效指标
320 100 指标值
480 107 备注
40 120 二级指标
83 120 三级指标名称
300 120 目标值
340 120 完成值
40 147 数量指标
83 140 培训人数
300 140 20
340 140 20
83 160 合格人数
300 160 18
340 160 18
40 187 质量指标
83 180 合格率
300 180 95
340 180 96
83 200 及时率
300 200 95
340 200 97`)
	part := func(from, to, y float64) Segment { return Segment{X0: from, X1: to, Y0: y, Y1: y} }
	drawn := append(across(90, 130, 170), part(36, 250, 110), part(280, 460, 110), part(81, 520, 150), part(81, 520, 190), part(81, 520, 210))
	tables := Align(words, drawn)
	if len(tables) != 1 {
		t.Fatalf("%d tables", len(tables))
	}
	want := `绩效指标(1×2)|指标值(1×2)|备注(2×1)|
二级指标|三级指标名称|目标值|完成值|
数量指标(2×1)|培训人数|20|20||
合格人数|18|18||
质量指标(2×1)|合格率|95|96||
及时率|95|97||`
	if got := told(tables[0], at, said); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// A second table under its own title whose lines are as long as those of the first.
func TestRuledAcrossTitles(t *testing.T) {
	var lines []string
	for _, top := range []int{100, 300} {
		for i, row := range []string{"指标名称 分值 得分", "培训人数 20 20", "合格率 30 29", "及时率 25 25", "知晓率 25 24"} {
			f := strings.Fields(row)
			for k, x := range []int{40, 240, 440} {
				lines = append(lines, fmt.Sprintf("%d %d %s", x, top+20*i, f[k]))
			}
		}
	}
	words, _, _ := page(strings.Join(lines, "\n"))
	for _, w := range set(0, 0, "2021年度绩效自评表") { // twice as large
		w.X0, w.X1, w.Y0, w.Y1 = 190+2*w.X0, 190+2*w.X1, 240, 260
		words = append(words, w)
	}
	var at []float64
	for _, top := range []float64{90, 290} {
		for i := range 6 {
			at = append(at, top+20*float64(i))
		}
	}
	tables := Align(words, across(at...))
	if len(tables) != 2 || tables[0].Rows != 5 || tables[1].Rows != 5 {
		t.Errorf("%d tables: %+v", len(tables), tables)
	}
}

// What stands between two lines across is a row: of amounts that their columns have no room for one
// figure stands above another, and beside them, halfway between the two, one of the same row. Two
// rows between two lines have none there.
func TestRows(t *testing.T) {
	for name, c := range map[string]struct {
		band string
		want bool
	}{
		"wrapped":  {"40 130 年度资金\n200 123 5393.08\n230 137 75\n400 130 81.4", true},
		"two rows": {"40 123 年度资金\n200 123 5393.08\n40 137 上年结转\n230 137 75\n400 123 81.4", false},
	} {
		words, _, _ := page(c.band)
		if got := rows([][]Word{words, words, words, words}, 10.5); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	// Of another row nothing stands halfway, but it is wrapped in the same place; the rest are names.
	first, _, _ := page("40 130 年度资金\n200 123 5393.08\n230 137 75\n400 130 81.4")
	second, _, _ := page("40 160 上年结转\n200 153 5393.08\n230 167 75")
	name, _, _ := page("40 190 其他资金")
	if !rows([][]Word{name, name, first, second, name, name, name, name}, 10.5) {
		t.Error("eight rows, two with figures, are none")
	}
}

// Two amounts that fill their columns are one word in a row: it is two figures where other rows have a
// gutter, if there is more paper than between digits. A long figure in a merged cell is one.
func TestDividedBy(t *testing.T) {
	word := func(gap float64) Word {
		w := Word{Box: layout.Box{X0: 100, X1: 200, Y0: 50, Y1: 60}, Figure: true}
		for x := 110.0; x < 200; x += 10 {
			w.Gaps = append(w.Gaps, Gap{x, 0.8})
		}
		w.Gaps[4].Width = gap
		return w
	}
	if left, right, ok := dividedBy(word(2), 151); !ok || left.X1 > 150 || right.X0 < 150 {
		t.Errorf("two amounts: %v %v %v", left.Box, right.Box, ok)
	}
	if _, _, ok := dividedBy(word(0.9), 151); ok {
		t.Error("one number was divided")
	}
	if _, _, ok := dividedBy(word(2), 164); ok {
		t.Error("divided where no gutter is")
	}
}

// Sub-labels stand close beside the label of their rows, where shorter lines begin; the rows above
// have print there. The rows are two tables.
func TestRuledAcrossSubLabels(t *testing.T) {
	words, at, said := page(`
60 50 转移支付项目的名称
300 50 校舍安全改造工程
60 70 中央的主管部门全称
300 70 国家卫生健康委
60 90 地方的主管部门全称
300 90 公路养护中心
200 110 预算数
300 110 执行数
420 110 执行率
40 145 资金投入情况
105 130 年度资金
200 130 2179.00
300 130 1902.71
420 130 92.32%
105 150 财政资金
200 150 1350.98
300 150 1179.68
420 150 87.32%
105 170 地方资金
200 170 435.80
300 170 380.54
420 170 87.32%
105 190 其他资金
200 190 392.22
300 190 342.49
420 190 87.32%`)
	drawn := across(40, 60, 80, 100, 200)
	for _, y := range []float64{120, 140, 160, 180} {
		drawn = append(drawn, Segment{X0: 102, X1: 520, Y0: y, Y1: y})
	}
	var got []string
	for _, table := range Align(words, drawn) {
		got = append(got, told(table, at, said))
	}
	want := []string{
		"转移支付项目的名称|校舍安全改造工程|\n中央的主管部门全称|国家卫生健康委|\n地方的主管部门全称|公路养护中心|",
		"资金投入情况(5×1)||预算数|执行数|执行率|\n年度资金|2179.00|1902.71|92.32%|\n财政资金|1350.98|1179.68|87.32%|\n地方资金|435.80|380.54|87.32%|\n其他资金|392.22|342.49|87.32%|",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n--\n"), strings.Join(want, "\n--\n"))
	}
}

// BenchmarkRuledAcross is a page of 110 rows and ten columns between lines across, most of which begin
// beside the first column.
func BenchmarkRuledAcross(b *testing.B) {
	const rows, pitch = 110, 6.5
	var words []Word
	var drawn []Segment
	for r := range rows + 1 {
		y, x0 := 50+float64(r)*pitch, 36.0
		if r%3 != 0 && r < rows {
			x0 = 84
		}
		drawn = append(drawn, Segment{X0: x0, X1: 520, Y0: y, Y1: y})
		for c := 0; c < 10 && r < rows; c++ {
			words = append(words, set(40+float64(c)*48, y+3, "12.5")...)
		}
	}
	for b.Loop() {
		if tables := Align(words, drawn); len(tables) != 1 {
			b.Fatalf("%d tables", len(tables))
		}
	}
}

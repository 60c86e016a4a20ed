package grid

import "testing"

// Parts of one table are one: rows that stand far apart because a note beside them is
// wrapped; two rows whose target leaves paper free within its column.
func TestAlignContinued(t *testing.T) {
	for name, c := range map[string]struct{ print, want string }{
		"wrapped notes": {`
40 100 三级指标
150 100 分值
240 100 得分
300 100 说明
40 140 目标明确性
150 140 4
240 140 4.00
300 130 因气候原因
300 140 施工期缩短
300 150 完善台账
40 180 人员控制率
150 180 3
240 180 2.20
300 170 因项目招标
300 180 流标一次后
300 190 完善台账
40 220 政府采购率
150 220 7
240 220 6.00
300 210 因上级资金
300 220 下达较晚后
300 230 完善台账`,
			"三级指标|分值|得分|说明|\n目标明确性|4|4.00|因气候原因施工期缩短完善台账|\n人员控制率|3|2.20|因项目招标流标一次后完善台账|\n政府采购率|7|6.00|因上级资金下达较晚后完善台账|"},
		"paper within a column": {`
40 100 指标名称
120 100 性质
180 100 年初指标
250 100 完成值
320 100 得分
40 117 修缮规范性
120 117 定性
180 117 逐步提高
250 117 逐步提高
320 117 4.00
40 134 节目优良率
120 134 定性
180 134 逐步改善
250 134 基本改善
320 134 4.00
40 180 修缮节约率
120 180 定量
185 180 ≥
205 180 3%
255 180 4%
320 180 3.00
40 197 读者满意度
120 197 定量
185 197 ≥
205 197 9%
255 197 8%
320 197 3.00`,
			"指标名称|性质|年初指标|完成值|得分|\n修缮规范性|定性|逐步提高|逐步提高|4.00|\n节目优良率|定性|逐步改善|基本改善|4.00|\n修缮节约率|定量|≥3%|4%|3.00|\n读者满意度|定量|≥9%|8%|3.00|"},
	} {
		words, at, said := page(c.print)
		tables := Align(words, nil)
		if len(tables) == 0 {
			t.Errorf("%s: no table", name)
			continue
		}
		if got := told(tables[0], at, said); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// The rows above what is signed across the columns stand in the columns of the block above.
func TestContinuedAboveSignature(t *testing.T) {
	block := func(print string) []printLine {
		words, _, _ := page(print)
		return linesOf(words, 10)
	}
	above := block(`
60 10 1
80 10 安装路灯数
200 10 370盏
260 10 7
300 10 7.00
60 25 2
80 25 验收合格率
200 25 99%
260 25 8
300 25 8.00
60 40 3
80 40 整改时限
200 40 30日
260 40 9
300 40 9.00`)
	below := block(`
60 55 4
80 55 安全事故数
200 55 1起
260 55 8
300 55 8.00
60 70 5
80 70 群众满意度
200 70 95%
260 70 8
300 70 8.00
90 85 合计
260 85 100
300 85 97.50
40 100 填表人：甲
250 100 审核人：某某`)
	got := continued([][]printLine{above, below}, 10)
	if len(got) != 2 || len(got[0]) != 6 || len(got[1]) != 1 {
		t.Errorf("%d blocks, the first of %d lines", len(got), len(got[0]))
	}
}

package normalize

import (
	"testing"

	"heji/form"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		level2, name, want string
		least, most        float64
	}{
		{"预算执行", "结转结余率", "结转结余率", 1, 1},
		{"预算执行", "“三公”经费控制率", "“三公经费”控制率", 1, 1},
		{"预算配置", "“三公经费”", "“三公经费”变动率", 0.9, 0.99}, // cut off at the column's edge
		{"预算执行", "“三公经费”", "“三公经费”控制率", 0.9, 0.99},
		{"", "“三公经费”", "", 0, 0}, // begins two
		{"过程", "政府采购执", "政府采购执行率", 0.8, 0.9},
		{"", "结余结转率", "结转结余率", 0.9, 0.99},
		{"", "固定资产使用率", "固定资产利用率", 0.85, 0.9},
		{"", "三公经费支出控制率", "", 0, 0}, // 公用经费控制率 is too near
		{"", "绩效目标明确性", "", 0, 0},   // as near to one as to another
		{"", "预算编制完成率", "", 0, 0},   // something else
		{"数量指标", "培训人数", "", 0, 0},
	} {
		got, by := canonical(form.Indicator{Kind: form.Leaf, Level2: c.level2, Level3: c.name})
		if got != c.want || by < c.least || by > c.most {
			t.Errorf("%s/%s: %q, %v; want %q, %v to %v", c.level2, c.name, got, by, c.want, c.least, c.most)
		}
	}
}

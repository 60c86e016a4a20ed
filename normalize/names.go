package normalize

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"heji/form"
)

// framework is the reference indicator tree for a department's overall
// expenditure (财预〔2013〕53号 附件, 部门整体支出绩效评价共性指标体系框架): level 2 and its
// level 3 names.
var framework = []struct {
	level2 string
	names  []string
}{
	{"目标设定", []string{"绩效目标合理性", "绩效指标明确性"}},
	{"预算配置", []string{"在职人员控制率", "“三公经费”变动率", "重点支出安排率"}},
	{"预算执行", []string{"预算完成率", "预算调整率", "支付进度率", "结转结余率", "结转结余变动率", "公用经费控制率", "“三公经费”控制率", "政府采购执行率"}},
	{"预算管理", []string{"管理制度健全性", "资金使用合规性", "预决算信息公开性", "基础信息完善性"}},
	{"资产管理", []string{"管理制度健全性", "资产管理安全性", "固定资产利用率"}},
	{"职责履行", []string{"实际完成率", "完成及时率", "质量达标率", "重点工作办结率"}},
	{"履职效益", []string{"经济效益", "社会效益", "生态效益", "社会公众或服务对象满意度"}},
}

// canonical is the framework's full name for a row whose printed name begins it:
// narrow columns cut names off. A name that begins two is told apart by its
// level 2, and else has none: “三公经费” is 变动率 under 预算配置 and 控制率 under 预算执行.
func canonical(row form.Indicator) string {
	name := letters(row.Level3)
	if row.Kind != form.Leaf || len([]rune(name)) < 3 {
		return ""
	}
	var inSection, anywhere []string
	for _, section := range framework {
		for _, full := range section.names {
			if !strings.HasPrefix(letters(full), name) {
				continue
			}
			anywhere = append(anywhere, full)
			if section.level2 == letters(row.Level2) {
				inSection = append(inSection, full)
			}
		}
	}
	if name, ok := only(inSection, name); ok {
		return name
	}
	full, _ := only(anywhere, name)
	return full
}

// only is the one full name, or the one that the printed name spells out.
func only(full []string, name string) (string, bool) {
	if len(full) == 1 {
		return full[0], true
	}
	for _, f := range full {
		if letters(f) == name {
			return f, true
		}
	}
	return "", false
}

// letters is a name without widths, spaces and punctuation.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, width.Fold.String(s))
}

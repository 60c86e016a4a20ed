package normalize

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
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

// alsoCalled are local wordings of the framework's names that share too few of their
// letters to be known by them.
var alsoCalled = map[string]string{
	"结余结转率":    "结转结余率",
	"服务对象满意度":  "社会公众或服务对象满意度",
	"社会公众满意度":  "社会公众或服务对象满意度",
	"编制控制率":    "在职人员控制率",
	"人员编制控制率":  "在职人员控制率",
	"预决算公开":    "预决算信息公开性",
	"三公经费控制情况": "“三公经费”控制率",
}

// How sure a match is.
const (
	sureInSection = 0.95 // a local wording that is listed, or a name cut off beside its own section
	sureCut       = 0.85 // a name cut off, which begins no other
	leastAlike    = 0.85 // share of letters, in their order, that a wording must have of a name
	leastAhead    = 0.15 // by which it must be nearer than to any other
)

// canonical is the framework's full name for a row, and how sure that is; "" rather than
// a guess. Narrow columns cut names off, and a cut name that begins two is told apart by
// its level 2: “三公经费” is 变动率 under 预算配置 and 控制率 under 预算执行. Localities word names
// otherwise: 固定资产使用率.
func canonical(row form.Indicator) (string, float64) {
	name := letters(row.Level3)
	if row.Kind != form.Leaf || utf8.RuneCountInString(name) < 3 {
		return "", 0
	}
	if full, ok := alsoCalled[name]; ok {
		return full, sureInSection
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
	if full, ok := only(inSection, name); ok {
		return full, sureOf(full, name, sureInSection)
	}
	if full, ok := only(anywhere, name); ok {
		return full, sureOf(full, name, sureCut)
	}
	if len(anywhere) > 0 {
		return "", 0
	}
	return alike(name)
}

// sureOf is 1 for a name that is spelt out, and less for one that is cut off.
func sureOf(full, name string, cut float64) float64 {
	if letters(full) == name {
		return 1
	}
	return cut
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

// alike is the full name that nearly all letters of the printed one are those of, in
// their order, if no other is nearly as near: 绩效目标明确性 is as near to 绩效目标合理性 as to
// 绩效指标明确性, and neither.
func alike(name string) (string, float64) {
	best, second, found := 0.0, 0.0, ""
	for _, section := range framework {
		for _, full := range section.names {
			share := shareOf([]rune(name), []rune(letters(full)))
			switch {
			case share > best && full != found:
				best, second, found = share, best, full
			case share > second && full != found:
				second = share
			}
		}
	}
	if best < leastAlike || best-second < leastAhead {
		return "", 0
	}
	return found, math.Floor(best*100) / 100 // never 1
}

// shareOf is twice the longest common subsequence by the letters of both.
func shareOf(a, b []rune) float64 {
	return 2 * float64(layout.InOrder(a, b)) / float64(len(a)+len(b))
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

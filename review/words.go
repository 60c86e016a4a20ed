package review

import (
	"cmp"
	"fmt"
	"strings"

	"heji/audit"
	"heji/form"
)

// words is what the pages say, in one language.
type words struct {
	Code, Other, OtherCode string // this language, and the other's name and code

	SignIn, SignOut, Name, Password, WrongPassword, TooOften                        string
	Overview, Documents, Forms, Discrepancies, Corrections, Problems, Unread        string
	Unit, Year, RuleWord, Verdict, Status, All, Find, Previous, Next, PageOf, Count string
	Document, Kind, Score, Grade, Open, Found, Doubts, ReadAt, Pages                string
	Printed, Computed, Difference, Where                                            string
	ByRule, ByYear, ByUnit, ByScore, Nothing                                        string
	Drop, Uploading, Read, Refusal, ReadForms, ReadFound, ReadNone, Send, Unreached string
	Header, Funds, Indicators, Totals, Evaluators, History                          string
	Accept, Type, TypeHint, Undo, NextOne, Current, Settles, Breaks                 string
	AllHold, NoneLeft, DoubtsLeft, TakesPart, Seen                                  string
	From, To, Who, When, Why, Undone, Undoes, Confirmation, LostWords               string
	TotalWeight, TotalScore, Zoom, NoPicture, KeysWords, Nearby, Settled, Back      string
	Silent, AlsoOpen, Changed, Filters, Row, Choose, ByMoney, MoneyOf, Least        string
	Batches, Batch, Paths, Started, Finished, Running, Loaded, Duplicates, Refused  string
	Failed, Queued, Counted                                                         string
	Groups, GroupsHow, Value, Cells, SheetHow, ConfirmRest, OddOnes, GroupDone      string
	GroupStale, GroupEmpty, GroupKeys, TakeBack, ToGroups, Onward                   string

	members, verdicts, statuses, kinds map[string]string
}

// Pick is the one of two sentences that is in this language.
func (w *words) Pick(zh, en string) string {
	if w.Code == "zh" {
		return zh
	}
	return en
}

// Rule is what a rule says.
func (w *words) Rule(name string) string {
	for _, r := range audit.Rules {
		if r.Name == name {
			return w.Pick(r.DocZH, r.Doc)
		}
	}
	return name
}

// Member is the name of a column, by its member of the record.
func (w *words) Member(name string) string { return cmp.Or(w.members[name], name) }

// VerdictOf, StatusOf and KindOf are the words for what the database has.
func (w *words) VerdictOf(name any) string {
	return cmp.Or(w.verdicts[fmt.Sprint(name)], fmt.Sprint(name))
}
func (w *words) StatusOf(name string) string { return cmp.Or(w.statuses[name], name) }
func (w *words) KindOf(name string) string   { return cmp.Or(w.kinds[name], name) }

// Doubt is why a figure is in doubt.
func (w *words) Doubt(code string) string {
	if e, ok := form.Explained(code); ok {
		return w.Pick(e.SaysZH, strings.TrimSuffix(e.Says, "."))
	}
	return code
}

// VerdictList and StatusList are for the filters.
func (w *words) VerdictList() []string { return []string{"form", "misread", "undecided"} }
func (w *words) StatusList() []string  { return []string{"open", "confirmed", "settled"} }

// WhyRefused is why a document was not read.
func (w *words) WhyRefused(code, message string) string {
	return w.Pick((&form.Error{Code: form.Code(code), Message: message}).MessageZH(), message)
}

// Here says who else has the form open.
func (w *words) Here(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(w.AlsoOpen, strings.Join(names, w.Pick("、", ", ")))
}

// Effect says what an answer does to the rules, of which so many are broken.
func (w *words) Effect(settles, broken int) string {
	switch {
	case settles < 0:
		return fmt.Sprintf(w.Breaks, -settles)
	case settles > 0:
		return fmt.Sprintf(w.Settles, settles, broken)
	}
	return ""
}

func wordsOf(code string) *words {
	switch code {
	case "zh":
		return &chinese
	case "en":
		return &english
	}
	return nil
}

var chinese = words{
	Code: "zh", Other: "English", OtherCode: "en",
	SignIn: "登录", SignOut: "退出", Name: "用户名", Password: "口令", WrongPassword: "用户名或口令不对", TooOften: "尝试过于频繁；请过十秒再试",
	Overview: "概览", Documents: "文件", Forms: "自评表", Discrepancies: "不符之处", Corrections: "更正", Problems: "存疑", Unread: "未能读取",
	Unit: "单位或文件名", Year: "年度", RuleWord: "规则", Verdict: "结论", Status: "状态", All: "全部", Find: "筛选", Previous: "上一页", Next: "下一页",
	PageOf: "第 %d / %d 页", Count: "共 %d 条",
	Document: "文件", Kind: "表类", Score: "得分", Grade: "等次", Open: "待复核", Found: "不符", Doubts: "存疑", ReadAt: "入库时间", Pages: "页数",
	Printed: "表中", Computed: "核计", Difference: "差额", Where: "位置",
	ByRule: "不符之处：按规则", ByYear: "不符之处：按年度", ByUnit: "不符最多的单位", ByScore: "自评得分分布", Nothing: "没有符合条件的记录",
	Drop: "把自评表的 PDF、图片或转录文本拖到这里，或点击选择", Uploading: "正在识读", Read: "已读取", Refusal: "未能读取",
	ReadForms: "自评表 %d 份", ReadFound: "不符 %d 处", ReadNone: "未见不符", Send: "上传", Unreached: "未能送达服务器；请检查网络后再试",
	Header: "表头", Funds: "资金情况", Indicators: "指标", Totals: "合计", Evaluators: "评价人员", History: "更正记录",
	Accept: "采用", Type: "另填", TypeHint: "按实际印刷填写", Undo: "撤销", NextOne: "跳过",
	Current: "现读数", Settles: "可使 %d / %d 条规则成立", Breaks: "会使 %d 条规则不成立",
	AllHold: "各条规则均已成立或经人工确认", NoneLeft: "没有待答的问题", DoubtsLeft: "另有 %d 处存疑，不影响各条规则", TakesPart: "涉及：", Seen: "已经人工确认",
	From: "原读数", To: "更正为", Who: "更正人", When: "时间", Why: "理由", Undone: "已撤销", Undoes: "撤销", Confirmation: "确认原读数",
	LostWords:   "有更正找不到对应位置，因为文件已重新识读；请重新核对",
	TotalWeight: "分值合计", TotalScore: "综合得分", Zoom: "缩放", NoPicture: "无法显示原件图像", Nearby: "原件", Settled: "更正后成立", Back: "返回",
	Silent: "更正后无从核对", AlsoOpen: "%s 也打开了这张表", Changed: "他人已更正此表；按 R 显示最新情况", Filters: "筛选", Row: "指标", Choose: "选择文件",
	ByMoney: "预算与执行（万元）", MoneyOf: "%d 张表 · 预算 %s · 执行 %s", Least: "差额不小于（万元）",
	Batches: "批次", Batch: "批次", Paths: "来源", Started: "开始", Finished: "完成", Running: "进行中", Loaded: "入库", Duplicates: "重复", Refused: "拒收",
	Failed: "失败", Queued: "排队", Counted: "统计于",
	Groups: "成组核对", GroupsHow: "读数相同而存疑的数字排在一起看，挑出不同的即可", Value: "读数", Cells: "处",
	SheetHow: "以下各处都读作", ConfirmRest: "其余均确认", OddOnes: "已挑出，请逐一核对", GroupDone: "已确认 %d 处", GroupStale: "%d 处已有变动，未作确认",
	GroupEmpty: "这一组已核对完", GroupKeys: "← → ↑ ↓ 移动 · 空格 挑出 · Enter 其余均确认 · U 撤销", TakeBack: "撤销这一页", Onward: "下一份", ToGroups: "返回各组",
	KeysWords: "1–9 选择 · Enter 采用现读数 · T 另填 · U 撤销 · N 跳过 · G 下一份表 · + − 缩放",
	members: map[string]string{"reference_weight": "参考分值", "weight": "分值", "target": "指标值", "actual": "完成值", "coefficient": "系数", "analysis": "计算分析",
		"note": "备注", "score": "得分", "review_score": "复核分", "initial": "年初预算", "budget": "全年预算", "executed": "执行数", "rate": "执行率"},
	verdicts: map[string]string{"form": "表格有误", "misread": "疑为误读", "undecided": "未能判定"},
	statuses: map[string]string{"open": "待复核", "confirmed": "已确认", "settled": "已更正"},
	kinds:    map[string]string{"department": "部门整体", "project": "项目支出"},
}

var english = words{
	Code: "en", Other: "中文", OtherCode: "zh",
	SignIn: "Sign in", SignOut: "Sign out", Name: "User", Password: "Password", WrongPassword: "The name or the password is wrong", TooOften: "Too many attempts; try again in ten seconds",
	Overview: "Overview", Documents: "Documents", Forms: "Forms", Discrepancies: "Discrepancies", Corrections: "Corrections", Problems: "In doubt", Unread: "Not read",
	Unit: "Unit or file name", Year: "Year", RuleWord: "Rule", Verdict: "Verdict", Status: "Status", All: "all", Find: "Filter", Previous: "Previous", Next: "Next",
	PageOf: "page %d of %d", Count: "%d in all",
	Document: "Document", Kind: "Kind", Score: "Score", Grade: "Grade", Open: "Open", Found: "Found", Doubts: "In doubt", ReadAt: "Loaded", Pages: "Pages",
	Printed: "Printed", Computed: "Computed", Difference: "Difference", Where: "Where",
	ByRule: "Discrepancies by rule", ByYear: "Discrepancies by year", ByUnit: "Units with most discrepancies", ByScore: "Scores", Nothing: "Nothing matches",
	Drop: "Drop forms here (PDF, picture or transcript), or click to choose", Uploading: "Reading", Read: "read", Refusal: "not read",
	ReadForms: "forms: %d", ReadFound: "discrepancies: %d", ReadNone: "no discrepancy", Send: "Upload", Unreached: "the server was not reached; look at the network and try again",
	Header: "Header", Funds: "Funds", Indicators: "Indicators", Totals: "Totals", Evaluators: "Evaluators", History: "Corrections",
	Accept: "Accept", Type: "Type", TypeHint: "as it is printed", Undo: "Undo", NextOne: "Next",
	Current: "as read", Settles: "settles %d of %d rules", Breaks: "breaks %d rules",
	AllHold: "Every rule holds, or a person has confirmed what is printed", NoneLeft: "Nothing left to ask", DoubtsLeft: "%d figures are in doubt and touch no broken rule", TakesPart: "takes part in: ", Seen: "confirmed",
	From: "Read", To: "Corrected", Who: "Who", When: "When", Why: "Why", Undone: "taken back", Undoes: "takes back", Confirmation: "reading confirmed",
	LostWords:   "A correction has lost its place, because the document was read anew; look again",
	TotalWeight: "Total weight", TotalScore: "Total score", Zoom: "Zoom", NoPicture: "The original cannot be shown", Nearby: "Original", Settled: "Settled by correction", Back: "Back",
	Silent: "can no longer be checked", AlsoOpen: "%s also has this form open", Changed: "Somebody else has corrected this form; press R to see how it stands", Filters: "Filters", Row: "Indicator", Choose: "Choose files",
	ByMoney: "Budget and execution (10,000 yuan)", MoneyOf: "%d forms · budget %s · executed %s", Least: "off by ≥ (10,000 yuan)",
	Batches: "Batches", Batch: "Batch", Paths: "From", Started: "Started", Finished: "Finished", Running: "running", Loaded: "Loaded", Duplicates: "Duplicates", Refused: "Refused",
	Failed: "Failed", Queued: "Queued", Counted: "Counted at",
	Groups: "Look over", GroupsHow: "Doubtful numbers that were read alike, side by side: pick the odd ones out", Value: "Read as", Cells: "Cells",
	SheetHow: "All of these were read as", ConfirmRest: "The rest are right", OddOnes: "Picked out; look at each", GroupDone: "%d confirmed", GroupStale: "%d had changed and were not confirmed",
	GroupEmpty: "This group is done", GroupKeys: "← → ↑ ↓ move · Space pick out · Enter the rest are right · U take back", TakeBack: "Take this page back", Onward: "Next form", ToGroups: "All groups",
	KeysWords: "1–9 choose · Enter accept as read · T type · U undo · N next · G next form · + − zoom",
	members: map[string]string{"reference_weight": "Ref. weight", "weight": "Weight", "target": "Target", "actual": "Actual", "coefficient": "Coefficient", "analysis": "Analysis",
		"note": "Note", "score": "Score", "review_score": "Review", "initial": "Initial", "budget": "Budget", "executed": "Executed", "rate": "Rate"},
	verdicts: map[string]string{"form": "form is wrong", "misread": "probably misread", "undecided": "undecided"},
	statuses: map[string]string{"open": "open", "confirmed": "confirmed", "settled": "corrected"},
	kinds:    map[string]string{"department": "department", "project": "project"},
}

package main

import (
	"os"
	"strings"

	"heji/form"
	"heji/layout"
)

// words is what heji says to people, in one language.
type words struct {
	headings    [8]string // of the table of documents
	found       string    // above the discrepancies
	unsure      string    // above the problems
	unread      string    // above the errors
	readAs      string    // with two readings
	to          string    // between the ends of an interval
	readers     map[layout.Reader]string
	printed     string
	computed    string
	difference  string
	onPage      string // with the page
	formNumber  string // with the ordinal, where a document has several
	more        string // with a count
	verdicts    map[form.Verdict]string
	grand       string // with documents, forms, discrepancies, problems, unreadable
	oneLine     string // progress, with forms, discrepancies, problems
	pages       string // progress of layout, with pages
	rate        string // behind the bar, with documents a second
	left        string // behind the bar, with the time left
	sofar       string // behind the bar, with pages, discrepancies, documents not read
	stored      string // with inserted, replaced, unchanged, not stored
	noneFound   string
	byRule      string
	database    string // with the place
	tables      string // with versions from and to
	upToDate    string // with the version
	refreshed   string // with how many findings
	annotated   string // with how many documents were written, and left out
	skipped     string // with a count and examples
	interrupted string
	again       string // after it, where it holds
	goesOn      string // with the number of the batch
	seeFailed   string
	noneFailed  string
	replayed    string // with documents and those that differ
	unseen      string // with figures
	notApplied  string
	submitted   string // with queued, duplicates, refused, failed
	working     string // with documents at once
	batch       string // with its number
	certified   string // with the batch, found, loaded, duplicates, refused, failed
	incomplete  string // with queued and unproved
	unchecked   string // with the sample and the figures it was drawn from
	bounded     string // with wrong, checked and the bound in percent
	sampleKept  string // with the path
	seeHelp     string
	message     func(form.Discrepancy) string
	layout      layoutWords
}

var english = words{
	headings:    [8]string{"document", "unit or project", "year", "rows", "score", "grade", "problems", "discrepancies"},
	found:       "Discrepancies",
	unsure:      "Not read, or not to be relied on",
	unread:      "Documents that could not be read",
	readAs:      "read as “%s”, and also as “%s”; look at the page",
	to:          " to ",
	readers:     map[layout.Reader]string{layout.ByTextLayer: "from the text layer", layout.ByOCR: "from the picture", layout.ByTranscript: "from the transcript", layout.ByPerson: "by a person"},
	printed:     "printed",
	computed:    "computed",
	difference:  "difference",
	onPage:      "page %d",
	formNumber:  "form %d",
	more:        "and %d more; heji check --json has all",
	verdicts:    map[form.Verdict]string{form.ByForm: "the form is wrong", form.Misread: "probably misread", form.Undecided: "form or reading, undecided"},
	grand:       "documents %d, forms %d, discrepancies %d, problems %d, not read %d",
	oneLine:     "forms %d, discrepancies %d, problems %d",
	pages:       "pages %d",
	rate:        "%.1f/s",
	left:        "%v left",
	sofar:       "pages %d, discrepancies %d, not read %d",
	stored:      "inserted %d, replaced %d, unchanged %d, not stored %d",
	noneFound:   "no discrepancies",
	byRule:      "Discrepancies by rule",
	database:    "loading into the private PostgreSQL in %s; ask it with `heji db psql`, stop it with `heji db stop`",
	tables:      "tables brought from version %d to %d",
	upToDate:    "tables are up to date at version %d",
	refreshed:   "%d findings between forms",
	annotated:   "%d documents annotated, %d left out",
	skipped:     "files passed over, being no documents that heji reads: %d, such as %s",
	interrupted: "interrupted; the documents in hand were finished",
	again:       "what was read is stored; run the same command again to go on",
	goesOn:      "going on with batch %d, which was not finished",
	noneFailed:  "no such document",
	submitted:   "queued %d, duplicates %d, refused before %d, could not be opened %d",
	working:     "working on the queue, %d documents at once; Ctrl-C finishes those in hand",
	batch:       "batch %d",
	certified:   "batch %d: found %d = loaded %d + duplicates %d + refused %d + failed %d",
	incomplete:  "not complete: queued %d, not borne out by the database %d; run the same import again",
	unchecked:   "a person has to check sample.csv: %d of %d figures; then run this again with --answers",
	bounded:     "%d of %d figures wrong; at 95 %% confidence at most %.2f %% of all are",
	sampleKept:  "%s is there and may be filled in, so it was not written over",
	replayed:    "documents replayed %d, of which differ %d",
	unseen:      "figures that this version would look at again on the page: %d; import the documents into an empty database for that",
	notApplied:  "nothing was stored; `heji replay --apply` stores what differs",
	seeFailed:   "`heji failed` lists what was not read and why, `heji retry` tries what failed again",
	seeHelp:     "`heji help` says how it is used",
	message:     func(d form.Discrepancy) string { return d.Message },
	layout:      layoutEnglish,
}

var chinese = words{
	layout:      layoutChinese,
	headings:    [8]string{"文件", "单位或项目", "年度", "行数", "得分", "等次", "存疑", "不符"},
	found:       "不符之处",
	unsure:      "未能识读或不可靠之处",
	unread:      "未能读取的文件",
	readAs:      "读作“%s”，也读作“%s”；请核对原件",
	to:          " 至 ",
	readers:     map[layout.Reader]string{layout.ByTextLayer: "读自文字层", layout.ByOCR: "读自图像", layout.ByTranscript: "读自转写文本", layout.ByPerson: "由人填写"},
	printed:     "表中",
	computed:    "核计",
	difference:  "差额",
	onPage:      "第%d页",
	formNumber:  "第%d表",
	more:        "另有%d处，heji check --json 可列全部",
	verdicts:    map[form.Verdict]string{form.ByForm: "表格有误", form.Misread: "疑为识读有误", form.Undecided: "表格或识读有误，未能判定"},
	grand:       "文件%d个，自评表%d份，不符%d处，存疑%d处，未能读取文件%d个",
	oneLine:     "自评表%d份，不符%d处，存疑%d处",
	pages:       "%d页",
	rate:        "每秒%.1f个",
	left:        "还需%v",
	sofar:       "%d页，不符%d处，未能读取%d个",
	stored:      "新增%d，替换%d，未变%d，未存%d",
	noneFound:   "没有不符之处",
	byRule:      "按规则统计的不符之处",
	database:    "存入本机专用的 PostgreSQL（%s）；用 `heji db psql` 查询，用 `heji db stop` 停止",
	tables:      "数据表由版本%d升至%d",
	upToDate:    "数据表已是最新（版本%d）",
	refreshed:   "表间核对发现 %d 处",
	annotated:   "已标注 %d 份文件，%d 份未能标注",
	skipped:     "略过%d个不属于可读文件的文件，如 %s",
	interrupted: "已中断；正在处理的文件已处理完毕",
	again:       "已读取的内容均已入库；再次运行同一命令即可继续",
	goesOn:      "继续尚未完成的第%d批",
	noneFailed:  "没有这样的文件",
	submitted:   "排队%d，重复%d，此前已拒收%d，无法打开%d",
	working:     "正在处理队列，同时处理%d个文件；按 Ctrl-C 处理完手头文件后停止",
	batch:       "第%d批",
	certified:   "第%d批：发现%d = 入库%d + 重复%d + 拒收%d + 失败%d",
	incomplete:  "不完整：排队%d，未证实%d；请再次运行同一导入命令",
	unchecked:   "请人核对 sample.csv 中的%d个数字（抽自%d个），再以 --answers 运行本命令",
	bounded:     "核对有误%d个，共核对%d个；以95%%的置信度，差错率不超过%.2f%%",
	sampleKept:  "%s 已存在，可能已填写，未覆盖",
	replayed:    "重新解读文件%d个，其中%d个有变化",
	unseen:      "本版本还要在页面上复看的数字：%d个；需导入空库重读",
	notApplied:  "未作存储；`heji replay --apply` 存入变化",
	seeFailed:   "`heji failed` 列出未能读取的文件及原因，`heji retry` 重试失败的文件",
	seeHelp:     "用法见 `heji help`",
	message: func(d form.Discrepancy) string {
		if d.MessageZH != "" {
			return d.MessageZH
		}
		return d.Message
	},
}

// words are those of the language asked for with --lang, or else by the
// environment.
func (p *program) words() *words {
	lang := p.lang
	if lang == "" {
		lang = language(os.Getenv)
	}
	if lang == "zh" {
		return &chinese
	}
	return &english
}

// language is zh where the locale is Chinese and en elsewhere. Of the three
// variables the first that is set counts, as POSIX has it.
func language(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

package ocr

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"heji/extract/internal/ocr/lstm"
	"heji/extract/internal/ocr/numeral"
	"heji/layout"
)

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"预 算 执 行 率":       "预算执行率",
		"97 .80":          "97.80",
		"23台(〔 套)":        "23台(套)",
		"其 中 ； 中央补助":      "其中：中央补助",
		"年度资金总额;":         "年度资金总额:",
		"水 ; 电":           "水;电",
		"95. 10 %":        "95.10%",
		"１，５８６．７８":        "1，586.78",
		" a  b\n c ":      "a b\nc",
		"单位 A 类":          "单位A类",
		"≧ 90％":           "≥90%",
		"Go Mono 字体":      "Go Mono字体",
		"权 重 〈 分 )":       "权重(分)",
		"得分 系数 《o6)":      "得分系数(%)",
		"（ 万元 ）":          "（万元）",
		"《办法》":            "《办法》",
		"85%%以上":          "85%以上",
		"450元/人…天":        "450元/人·天",
		"2025年]月l8日":      "2025年1月18日",
		"2025年]0月|]日":     "2025年10月11日",
		"778%o":           "778‰",
		"1.047,865.36元":   "1,047,865.36元",
		"2.377.39":        "2.377.39",
		"1.586.782":       "1.586.782",
		"2024.123.5公里":    "2024.123.5公里",
		"1540.30 万 元\n 。": "1540.30万元\n。",
	} {
		if got := tidy(in); got != want {
			t.Errorf("tidy(%q) = %q, want %q", in, got, want)
		}
	}
}

// A wide bracket may be closed by a narrow one on the next line, and 年末完成值 go on there.
func TestJoinLines(t *testing.T) {
	for in, want := range map[string]string{"截至年未完\n成值": "截至年末完\n成值", "截至年\n未完成值": "截至年\n末完成值", "年未完成值": "年末完成值", "今年未完成原因": "今年未完成原因",
		"县级（万\n元)": "县级（万\n元）", "(万元)": "(万元)", "（5)": "（5)", "其他（万元)": "其他（万元）"} {
		var lines []lineReading
		for i, s := range strings.Split(in, "\n") {
			lines = append(lines, lineReading{line: i, best: layout.Reading{Text: s}})
		}
		if got := join(lines).Text; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestIsNumber(t *testing.T) {
	for _, s := range []string{"0", "16", "3.00", "1,586.78", "1586.78", "-13.27", "≥95%", "≤10", "2638304", "12,345,678.90"} {
		if !isNumber(s) {
			t.Errorf("%q is a number", s)
		}
	}
	for _, s := range []string{"", "一", ".00", "1.106.52", "15,86.78", "2.377.39", "3.", "1l", "0-10%", "95%%", "5个", "1,58", "7,00.0,77"} {
		if isNumber(s) {
			t.Errorf("%q is not a number", s)
		}
	}
}

func TestFigures(t *testing.T) {
	for in, want := range map[string]string{
		"编制51个,实有49人":       "51 49",
		"年初预算1,540.30万元,完成": "1,540.30",
		"完成率≥95%。":          "≥95%",
		"没有":                "",
	} {
		if got := figures(in); got != want {
			t.Errorf("figures(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSuspect(t *testing.T) {
	for _, s := range []string{"1.106.52万元", "]1", "ws", "预算完成率之95%", "199%户", "&.00", ".00", "9:", "2.377.39"} {
		if !suspect(s) {
			t.Errorf("%q ought to be doubted", s)
		}
	}
	for _, s := range []string{"1,106.52万元", "0-10%", "2021.12.31", "2021-12", "10/10", "优", "预算完成率≥95%", "51个", "第1次", "V级", "——"} {
		if suspect(s) {
			t.Errorf("%q is as printed", s)
		}
	}
}

// say is a recogniser that gives fixed texts.
func say(english, otherEnglish, chinese, otherChinese string) recogniser {
	return func(q Request) (Result, error) {
		texts := map[Language][2]string{English: {english, otherEnglish}, Chinese: {chinese, otherChinese}}[q.Language]
		if q.Height < 55 { // the other setting has less white around the blob
			return Result{Text: texts[1], Confidence: 0.99}, nil
		}
		return Result{Text: texts[0], Confidence: 0.99}, nil
	}
}

// An engine sure of itself is no witness; two families are. The print here is a
// blob that package numeral has no opinion of.
func TestWitnesses(t *testing.T) {
	for _, test := range []struct {
		name                          string
		english, other, han, otherHan string
		want, doubt                   string
	}{
		{"a minus that has no ink of its own", "-3.00", "-3.00", "-3.00", "-3.00", "3.00", layout.Unconfirmed},
		{"a minus that one reading sees", "3.00", "3.00", "-3.00", "-3.00", "3.00", ""},
		{"both families", "3.00", "", "", "3.00", "3.00", ""},
		{"one family, twice", "3.00", "3.00", "了.00", "了.00", "3.00", layout.Unconfirmed},
		{"families differ", "5.00", "5.00", "3.00", "3.00", "5.00", layout.Disagree},
		{"a dissenter", "6.65", "6.05", "6.65", "6.65", "6.65", layout.Disagree},
		{"never the first alone", "8.00", "", "", "", "8.00", layout.Unconfirmed},
		{"nothing", "", "", "", "", "", layout.Illegible},
		{"a lone Han character", "+", "", "了", "了", "了", layout.Unconfirmed},
		{"a number and what it counts", "25%", "25%", "25名", "25名", "25名", ""},
		{"a sign that nobody knows", ">90", "", ">90", "", "≥90", layout.Unconfirmed},
		{"ones read as brackets", "", "", "]]年", "11年", "11年", layout.Disagree},
		{"a sign before one", "", "", "过4]元", "过41元", "≥41元", layout.Disagree},
		{"a number read as one character", "1F", "", "卫年", "", "卫年", layout.Unconfirmed},
		{"a price without a number", "", "", "生万元/公里", "卫万元/公里", "生万元/公里", layout.Unconfirmed},
		{"a percent sign read as another mark", "94", "94", "94$以上", "94$以上", "94%以上", layout.Unconfirmed},
		{"its first ring read as a 9 behind a hundred", "", "", "≥1009%", "≥1009%", "≥100%", layout.Disagree},
		{"its first ring read as a 9", "96%", "", "969%", "969%", "96%", layout.Disagree},
		{"no number's grammar", "2.377.39", "", "2.377.39", "2.377.39", "2.377.39", layout.Unconfirmed},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := readLine(say(test.english, test.other, test.han, test.otherHan), blob(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if l.best.Text != test.want || l.doubt != test.doubt {
				t.Errorf("%q, doubt %q; want %q, %q", l.best.Text, l.doubt, test.want, test.doubt)
			}
		})
	}
}

// Two sizes of Chinese data read the first 1 of a typeface as a bar, and the marks are two ones.
func TestOnesReadAsBars(t *testing.T) {
	for _, c := range []struct {
		marks      string
		belief     float64
		han, other string
		want       bool
	}{
		{"11", 1, "]1", "|1", true},
		{"11", 1, "]1", "1]", true},
		{"11", 0.9, "]1", "]1", false},
		{"11", 1, "]1", "]", false},
		{"1", 1, "]", "|", false}, // what is left of a line
		{"12", 1, "]1", "]1", false},
	} {
		w := witnesses{}
		w.add(byMarks, layout.Reading{Text: c.marks, Confidence: c.belief})
		w.add(byChinese, layout.Reading{Text: c.han})
		w.add(byChinese, layout.Reading{Text: c.other})
		if got := w.barredOnes(w.best()); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

// blob is a narrow line of print that is no digit.
func blob() piece {
	g := image.NewGray(image.Rect(0, 0, 30, 40))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for y := 5; y < 35; y++ {
		for x := 5; x < 25; x++ {
			if (x/3+y/3)%2 == 0 {
				g.Pix[y*g.Stride+x] = 0
			}
		}
	}
	return piece{g, 30, 300, 0}
}

func TestComparedPutsTheSignThatTheMarksShow(t *testing.T) {
	for _, test := range []struct {
		marks         []string
		read, want    string
		numberByMarks bool
		leading       bool
	}{
		{[]string{"≥95%"}, "预算完成率之95%", "预算完成率≥95%", false, false},
		{[]string{"≥95%"}, "预算完成率95%", "预算完成率≥95%", false, false},
		{[]string{"≥95%"}, "预算完成率≥95%", "预算完成率≥95%", false, false},
		{[]string{"≤10"}, "控制率系10%", "控制率≤10%", false, false},
		{[]string{"≤51%"}, "资金到位率芯51%", "资金到位率≤51%", false, false},
		{[]string{"≥30%"}, "费用率达30%", "费用率达≥30%", false, false},
		{[]string{"95%"}, "预算完成率之95%", "预算完成率之95%", false, false},
		{[]string{"≥90%"}, "290%", "≥90%", true, false},
		{[]string{"≥90%"}, "工90%", "≥90%", true, false},
		{[]string{"≥750"}, "亏750平方米", "≥750平方米", false, true},
		{[]string{"≥574", "3"}, "z#P574次,3人", "≥574次,3人", false, true},
	} {
		w := witnesses{narrow: test.numberByMarks, figures: test.marks, leading: test.leading}
		if test.numberByMarks {
			w.add(byMarks, layout.Reading{Text: test.marks[0]})
		}
		if got := w.compared(test.read); got != test.want {
			t.Errorf("%q with marks %q: %q, want %q", test.read, test.marks, got, test.want)
		}
	}
}

func TestPointsBehindABracketThatTheMarksShow(t *testing.T) {
	for _, test := range []struct {
		marks, read, want string
		bracketed         bool
	}{
		{"51", "人51分)", "(51分)", true},
		{"51", "人1分)", "(51分)", true},
		{"51", "(G1分)", "(51分)", true},
		{"51", "51分)", "51分)", true}, // the bracket is on the line above
		{"51", "人51分)", "人51分)", false},
		{"10", "标(10分)", "标(10分)", true},
		{"100.5", "人100.5分)", "人100.5分)", true},
	} {
		w := witnesses{figures: []string{test.marks}, bracketed: test.bracketed}
		if got := w.points(test.read); got != test.want {
			t.Errorf("%q with marks %q: %q, want %q", test.read, test.marks, got, test.want)
		}
	}
}

func TestAnyFullWidthSignIsOne(t *testing.T) {
	w := witnesses{figures: []string{">8737"}}
	if got := w.presume(">>8737平方米"); got != ">8737平方米" || w.presumed {
		t.Errorf("%q, presumed %v", got, w.presumed)
	}
}

func TestOneHardlyBelievedCharacterBesidePrintIsNone(t *testing.T) {
	print := lineReading{line: 1, best: layout.Reading{Text: "效益指标", Confidence: 1}}
	dirt := lineReading{best: layout.Reading{Text: "于", Confidence: 0.05}, doubt: layout.Unconfirmed}
	got := join(withoutRules([]lineReading{dirt, print}))
	if got.Text != "效益指标" || got.Doubt != layout.Unconfirmed || len(got.Others) != 1 || got.Confidence != 1 {
		t.Errorf("%+v", got)
	}
	if got := join(withoutRules([]lineReading{dirt})); got.Text != "于" {
		t.Errorf("alone: %+v", got)
	}
}

func TestJoin(t *testing.T) {
	n := 0
	line := func(text, doubt string, others ...string) lineReading {
		n++
		l := lineReading{line: n, best: layout.Reading{Text: text, Confidence: 0.9}, doubt: doubt}
		for _, o := range others {
			l.others = append(l.others, layout.Reading{Text: o})
		}
		return l
	}
	c := join([]lineReading{line("甲", ""), line("51个", layout.Disagree, "57个")})
	if c.Text != "甲\n51个" || c.Doubt != layout.Disagree || !slices.ContainsFunc(c.Others, func(r layout.Reading) bool { return r.Text == "甲\n57个" }) {
		t.Errorf("got %+v", c)
	}
	left, right := line("左", ""), line("右", "")
	right.line = left.line
	if c := join([]lineReading{left, right}); c.Text != "左 右" {
		t.Errorf("two parts of a line: %+v", c)
	}
	if c := join(nil); c.Doubt != layout.Illegible || !c.Ink {
		t.Errorf("no lines: %+v", c)
	}
}

func TestPunctuatedChangesPointsAndCommasAlone(t *testing.T) {
	for _, test := range []struct {
		text   string
		others []string
		want   string
	}{
		{"1.586.78", []string{"7,586.78", "1,586.78"}, "1,586.78"},
		{"1.586.78", []string{"1,686.78"}, "1.586.78"},
		{"1586.78", []string{"1,586.78"}, "1586.78"},
		{"质量", []string{"1"}, "质量"},
	} {
		if got := punctuated(test.text, test.others); got != test.want {
			t.Errorf("%q among %q: %q, want %q", test.text, test.others, got, test.want)
		}
	}
}

// Tasks that ask different numbers of times are each answered what they asked.
func TestTogether(t *testing.T) {
	calls := 0
	var got [3]string
	var tasks []task
	for i := range got {
		tasks = append(tasks, func(read recogniser) error {
			for range i + 1 {
				r, err := read(Request{Width: i})
				if err != nil {
					return err
				}
				got[i] += r.Text
			}
			return nil
		})
	}
	err := together(tasks, func(asked []Request) ([]Result, error) {
		calls++
		answers := make([]Result, len(asked))
		for k, q := range asked {
			answers[k].Text = string(rune('a' + q.Width))
		}
		return answers, nil
	})
	if err != nil || calls != 3 || got != [3]string{"a", "bb", "ccc"} {
		t.Errorf("%v, %d calls, %q", err, calls, got)
	}
}

func TestPercentsDropsTheRingReadTwice(t *testing.T) {
	w := witnesses{figures: []string{"85.94%"}}
	for in, want := range map[string]string{"控制率85.94%0": "控制率85.94%", "控制率85.949%4": "控制率85.94%", "控制率85.949%": "控制率85.94%",
		"控制率85.94$": "控制率85.94%", "控制率85.94\"v": "控制率85.94%", "控制率185.949%": "控制率185.949%", "85.94%": "85.94%", "85.94万元": "85.94万元"} {
		if got := w.percents(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if !suspect("控制率85.949%4") {
		t.Error("a digit after % ought to be doubted")
	}
}

func TestEdgedDropsWhatNoInkAccountsFor(t *testing.T) {
	for _, test := range []struct {
		text         string
		starts, ends numeral.End
		want         string
	}{
		{"-64.97", numeral.Tall, numeral.Tall, "64.97"},
		{"-64.97", numeral.Small, numeral.Tall, "64.97"}, // a speck
		{"-64.97", numeral.Level, numeral.Tall, "-64.97"},
		{"3.10-", numeral.Tall, numeral.Tall, "3.10"},
		{"馆”-", numeral.Tall, numeral.Tall, "馆"},
		{"完成。", numeral.Tall, numeral.Small, "完成。"},
		{"-", numeral.Tall, numeral.Tall, "-"},
	} {
		w := witnesses{starts: test.starts, ends: test.ends}
		if got := w.edged(test.text); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestWithoutRulesKeepsALoneStroke(t *testing.T) {
	stroke := lineReading{stroke: true, best: byShape("-", 0.95)}
	number := lineReading{best: layout.Reading{Text: "64.97"}}
	if got := withoutRules([]lineReading{stroke, number, stroke}); len(got) != 1 || got[0].best.Text != "64.97" {
		t.Errorf("got %+v", got)
	}
	if got := withoutRules([]lineReading{stroke}); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestRewritten(t *testing.T) {
	for _, test := range []struct{ first, second, marks, want, doubt string }{
		{"支出902.0]1万元", "支出902.01万元", "", "支出902.01万元", ""},
		{"支出216.2]万元", "支出216.21]万元", "", "支出216.21万元", layout.Disagree},
		{"支出216.2]万元", "支出216.2]万元", "", "支出216.21万元", layout.Unconfirmed},
		{"25.]万元", "25.]万元", "25.1", "25.1万元", ""},
		{"2018年1]月", "2018年1]月", "2018 11", "2018年11月", ""},
		{"2018年1]月", "2018年1]月", "2018 1", "2018年1月", ""},
		{"2018年1]月", "2018年1]月", "", "2018年1]月", layout.Unconfirmed},
		{"乏12]元", "秋12]元", "", "≥121元", layout.Disagree},
		{"乏12]元", "秋12]元", "≤121", "≤121元", ""},
		{"乏12]元", "秋12]元", "≤12", "≤121元", layout.Disagree},
	} {
		w := witnesses{figures: strings.Fields(test.marks), leading: test.marks != ""}
		w.add(byChinese, layout.Reading{Text: test.first})
		w.add(byChinese, layout.Reading{Text: test.second})
		if l := w.rewritten(test.first); l.best.Text != test.want || l.doubt != test.doubt {
			t.Errorf("%q: %q, doubt %q", test.first, l.best.Text, l.doubt)
		}
	}
}

// A point set close to its digits is lost on Tesseract at any size; the ink is there.
func TestBestTakesThePointThatMarksShow(t *testing.T) {
	for _, c := range []struct {
		line                   int // of the cell
		marks, tesseract, want string
	}{
		{0, "8.2", "82", "8.2"},
		{0, "82", "8.2", "8.2"}, // the marks ran together
		{0, "8.2", "32", "32"},  // other digits
		{0, "1.2.3", "123", "123"},
		{0, ".20", "20", "20"},
		{1, ".20", "20", ".20"}, // of an amount that the line above has no room for
	} {
		w := witnesses{piece: piece{line: c.line}}
		w.add(byEnglish, layout.Reading{Text: c.tesseract})
		w.add(byMarks, layout.Reading{Text: c.marks})
		w.add(byChinese, layout.Reading{Text: c.tesseract})
		if got := w.best(); got != c.want {
			t.Errorf("marks %q, Tesseract %q: %q, want %q", c.marks, c.tesseract, got, c.want)
		}
		if c.marks != c.tesseract && w.agreed() {
			t.Errorf("marks %q, Tesseract %q: agreed", c.marks, c.tesseract)
		}
	}
}

// English data give a Han character for a digit, with little belief in it.
func TestForgetGuess(t *testing.T) {
	for _, c := range []struct {
		english, chinese string
		belief           float64
		want             string
	}{
		{"7", "标", 0.24, "标"},
		{"7", "标", 0.9, "7"},
		{"7", "T", 0.24, "7"},
	} {
		w := witnesses{}
		w.add(byEnglish, layout.Reading{Text: c.english, Confidence: c.belief})
		w.add(byChinese, layout.Reading{Text: c.chinese, Confidence: 0.99})
		w.forgetGuess()
		if got := w.best(); got != c.want {
			t.Errorf("%s or %s: %s", c.english, c.chinese, got)
		}
	}
}

func TestLexiconPrefersWords(t *testing.T) {
	x := newLexicon("# 间题\n固定资产利用率", "", []string{"资产", "利用率", "国定", "问题"})
	for _, test := range []struct {
		read, other string
		belief      float64
		want        string
	}{
		{"国定资产利用率", "固定资产利用率", 0.3, "固定资产利用率"},
		{"固定资产利用率", "国定资产利用率", 0.3, "固定资产利用率"},
		{"间题", "问题", 0.3, "问题"},
		{"间题", "问题", 0.01, "间题"},            // hardly believed
		{"整改9个间题", "整改8个问题", 0.3, "整改9个间题"}, // figures are not words
		{"高赏", "高贵", 0.3, "高赏"},
	} {
		r := lstm.Reading{Text: test.read, Confidence: 0.5, Others: []lstm.Other{{Text: test.other, Confidence: test.belief}}}
		got := x.prefer(r)
		if got.Text != test.want || len(got.Others) != 1 || got.Others[0].Text == got.Text {
			t.Errorf("%q or %q: %+v, want %q", test.read, test.other, got, test.want)
		}
	}
}

// A label is mended by characters that look alike, never into another label.
func TestLexiconKnowsLabels(t *testing.T) {
	x := newLexicon("固定资产利用率\n年初目标值\n年度目标值\n实际完成率\n经济效益\n社会效益\n“三公经费”变动率\n“三公经费”控制率", "固国\n率素\n三宇", []string{"国定"})
	for read, want := range map[string]string{
		"国定资产利用率": "固定资产利用率", "国定资产利用素": "", "固定资产利用素≥95%": "固定资产利用率≥95%",
		"国走资产利用率": "", "实际完成值": "", "固定资产利用率": "", "年初目标值": "", "社会效益": "", "国定": "", "": "",
		"宇公经费\"变动率": "“三公经费”变动率", "三公经费”控制率": "“三公经费”控制率", "“三公经费”变动率": "", "三公经费变动率": "", "宇公经费": "", "\"": "",
	} {
		if got, _ := x.label(read); got != want {
			t.Errorf("%q: %q, want %q", read, got, want)
		}
	}
}

// A character that nobody prints before a figure is a sign that was not known; what may
// stand there stays.
func TestPresumed(t *testing.T) {
	for in, want := range map[string]string{
		"重点支出安排率之90":   "重点支出安排率≥90",
		"结转结余率艾10%":    "结转结余率≤10%",
		"关6次":          "≥6次",
		"关56万平方":       "≥56万平方", // 米 is on the next line
		"壹5%":          "≥5%",
		">95%":         "≥95%",
		"299%":         "≥99%",
		"2>98%":        "≥98%",
		"关≥92.5%":      "≥92.5%",
		"达≥90%":        "达≥90%",
		"K3起":          "≤3起",
		"K4.40万元/公里":   "≤4.40万元/公里",
		"关6年":          "≥6年",
		"兰95百分":        "≥95百分", // 比 is on the next line
		"迄2起":          "≤2起",
		"2100%":        "≥100%",
		"250%":         "250%",
		"第3季度":         "第3季度",
		"约6次":          "约6次",
		"前3名":          "前3名",
		"延续性口3、一次性口4":  "延续性口3、一次性口4",
		"完成率达95%":      "完成率达95%",
		"新建道路3条,修复2公里": "新建道路3条,修复2公里",
	} {
		w := witnesses{}
		if got := w.presume(in); got != want || w.presumed != (in != want) {
			t.Errorf("%s is presumed to be %s (%v), want %s", in, got, w.presumed, want)
		}
	}
}

// A name that two readings take for different ones is the one that both together believe
// in: 磊 is known worse than 舌, but to both readings.
func TestNameBothReadingsBelieveIn(t *testing.T) {
	read := func(q Request) (Result, error) {
		if q.Language == English {
			return Result{}, nil
		}
		if q.Height < 55 {
			return Result{Text: "唐磊", Confidence: 0.7, Sure: 0.48, Least: 0.35, Others: []string{"唐舌"}, Shares: []float64{0.20}}, nil
		}
		return Result{Text: "唐舌", Confidence: 0.7, Sure: 0.65, Least: 0.24, Others: []string{"唐磊"}, Shares: []float64{0.30}}, nil
	}
	l, err := readLine(read, blob(), 1)
	if err != nil || l.best.Text != "唐磊" || l.doubt != layout.Disagree {
		t.Errorf("%q, doubt %q (%v)", l.best.Text, l.doubt, err)
	}
}

// Of two characters that look alike, the one that makes a word is meant, where the
// reader is not sure.
func TestSpelt(t *testing.T) {
	x := newLexicon("问卷", "问间", nil)
	for _, test := range []struct {
		text  string
		share float64
		want  string
	}{{"间卷结果", 0.83, "问卷结果"}, {"间卷结果", 0.97, "间卷结果"}, {"期间经费", 0.5, "期间经费"}} {
		var symbols []lstm.Symbol
		for _, c := range strings.Split(test.text, "") {
			symbols = append(symbols, lstm.Symbol{Char: c, Share: test.share})
		}
		if got := x.prefer(lstm.Reading{Text: test.text, Symbols: symbols, Confidence: 0.9}); got.Text != test.want {
			t.Errorf("%s at %g: %s, want %s", test.text, test.share, got.Text, test.want)
		}
	}
}

// Letters where a form has figures or Han characters are a spoiled number, unless both
// of Tesseract's data read them.
func TestLatinLetters(t *testing.T) {
	for _, test := range []struct{ english, chinese, doubt string }{
		{"78B%", "TRLBW", layout.Unconfirmed}, {"", "25R", layout.Unconfirmed}, {"GDP", "GDP", ""},
	} {
		l, err := readLine(say(test.english, test.english, test.chinese, test.chinese), blob(), 1)
		if err != nil || l.doubt != test.doubt {
			t.Errorf("%s: %q, doubt %q (%v)", test.chinese, l.best.Text, l.doubt, err)
		}
	}
	for _, s := range []string{"昌起", "卫处", "生万元/公里", "乙元/人"} {
		if !miscounted.MatchString(s) && !unpriced.MatchString(s) {
			t.Errorf("%s is taken for words", s)
		}
	}
}

// A sign that the marks show is none that Tesseract's data know. What they were seen to read it as is no doubt.
func TestSettleSign(t *testing.T) {
	for _, test := range []struct{ sign, read, doubt string }{
		{"≥", "之", ""}, {"≥", ">", ""}, {"≤", "私", ""}, {"≤", "之", layout.Unconfirmed}, {"≥", "疡", layout.Unconfirmed}, {"%", "多", layout.Unconfirmed}, {"%", "%", ""},
	} {
		var w witnesses
		w.add(byChinese, layout.Reading{Text: test.read, Confidence: 0.2})
		if l := w.settleSign(byShape(test.sign, 0.9)); l.best.Text != test.sign || l.doubt != test.doubt {
			t.Errorf("%s read as %s: %q, doubt %q, want %q", test.sign, test.read, l.best.Text, l.doubt, test.doubt)
		}
	}
}

// An = of 15 by 7 pixels at 200 dpi is as low as a dash.
func TestSmallEquals(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 60, 40))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for x := 20; x < 35; x++ {
		for _, y := range []int{16, 17, 21, 22} {
			g.SetGray(x, y, color.Gray{})
		}
	}
	l, err := readLine(say("", "", "", ""), piece{g, 7, 200, 0}, 1)
	if err != nil || l.best.Text != "=" || l.doubt != "" {
		t.Errorf("%q, doubt %q (%v)", l.best.Text, l.doubt, err)
	}
}

// A first digit as wide as no digit is may be ≥: 25% was printed ≥5%.
func TestBroadFirstDigit(t *testing.T) {
	mark := func(x, width int) numeral.Mark { return numeral.Mark{Box: image.Rect(x, 0, x+width, 23)} }
	for _, test := range []struct {
		first int
		broad bool
	}{{16, false}, {28, true}, {36, false}} {
		if got := broadStart([]numeral.Mark{mark(0, test.first), mark(test.first+2, 16)}); got != test.broad {
			t.Errorf("%d pixels wide: %v", test.first, got)
		}
	}
	w := witnesses{broad: true}
	if !w.signed("25%") || w.signed("15%") || w.signed("2") {
		t.Error("only 2 and 3 are read for ≥")
	}
}

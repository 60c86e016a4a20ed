package audit

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// bands are the grades of 财预〔2020〕10号, each from its lower bound up to the
// next, the bound included.
var bands = []struct {
	name string
	from *apd.Decimal
	also []string // as local forms word it
}{
	{"优", apd.New(90, 0), []string{"优", "优秀"}},
	{"良", apd.New(80, 0), []string{"良", "良好"}},
	{"中", apd.New(60, 0), []string{"中", "中等", "合格", "一般"}},
	{"差", apd.New(0, 0), []string{"差", "较差", "不合格"}},
}

// A ticked box among others: ☑优 □良 □中 □差.
var ticked = regexp.MustCompile(`[☑☒√✓✔■●][\s]*(\p{Han}{1,3})`)

// gradeOf is the grade that a printed text means, or "".
func gradeOf(text string) string {
	if m := ticked.FindAllStringSubmatch(text, -1); len(m) == 1 {
		text = m[0][1]
	} else if strings.ContainsAny(text, "□☐○") {
		return ""
	}
	text = strings.Trim(strings.TrimSpace(text), "()（）“”\"")
	for _, b := range bands {
		if contains(b.also, text) {
			return b.name
		}
	}
	return ""
}

func grade(c *checker) {
	if c.form.Grade == nil {
		return
	}
	printed := gradeOf(c.form.Grade.Text)
	score, ok := read(c.form.Total.Score)
	if printed == "" || !ok || score.Decimal().Cmp(apd.New(100, 0)) > 0 || score.Decimal().Sign() < 0 {
		return
	}
	if weight, ok := read(c.form.Total.Weight); ok && weight.Decimal().Cmp(apd.New(100, 0)) != 0 {
		return // the bands are for a hundred points
	}
	earned := bands[len(bands)-1].name
	for _, b := range bands {
		if score.Decimal().Cmp(b.from) >= 0 {
			earned = b.name
			break
		}
	}
	if earned == printed {
		return
	}
	c.report("grade", printed, earned, "", []string{"total.score"},
		fmt.Sprintf("the grade is printed as %s, but a total score of %s earns %s", printed, score, earned),
		fmt.Sprintf("等次印为“%s”,而总得分 %s 应为“%s”", printed, score, earned))
}

package audit

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
)

// band is a grade from its lower bound up to the next, the bound included.
type band struct {
	name string
	from *apd.Decimal
	also []string // as local forms word it
}

// bands are the grades of 财预〔2020〕10号.
var bands = []band{
	{"优", apd.New(90, 0), []string{"优", "优秀"}},
	{"良", apd.New(80, 0), []string{"良", "良好"}},
	{"中", apd.New(60, 0), []string{"中", "中等", "合格", "一般"}},
	{"差", apd.New(0, 0), []string{"差", "较差", "不合格"}},
}

// A grade with its box before it or after it: ☑优 □良, or 优☑ 良□.
var (
	boxFirst = regexp.MustCompile(`([☑☒√✓✔■●✅])|([□☐○◯▢])`)
	words    = regexp.MustCompile(`\p{Han}{1,3}`)
)

// gradeOf is the grade that a printed text means, or "". Of several with boxes it
// is the one that is ticked, whichever side of the words the boxes are on.
func gradeOf(text string) string {
	text = strings.TrimSpace(text)
	boxes, names := boxFirst.FindAllStringSubmatchIndex(text, -1), words.FindAllStringIndex(text, -1)
	if len(boxes) > 0 {
		tick := -1
		for i, b := range boxes {
			if b[2] >= 0 {
				if tick >= 0 {
					return ""
				}
				tick = i
			}
		}
		if tick < 0 || len(names) == 0 {
			return ""
		}
		switch first := boxes[0][0] < names[0][0]; {
		case len(boxes) == len(names):
			text = text[names[tick][0]:names[tick][1]]
		case len(boxes) > 1:
			return ""
		case first: // one box, and every word after it but the first is another grade's
			text = wordAt(text, names, boxes[0][1], true)
		default:
			text = wordAt(text, names, boxes[0][0], false)
		}
	}
	text = strings.Trim(text, "()（）“”\"")
	for _, b := range bands {
		if slices.Contains(b.also, text) {
			return b.name
		}
	}
	return ""
}

// wordAt is the word that begins at a place, or the one that ends there.
func wordAt(text string, names [][]int, at int, begins bool) string {
	for _, n := range names {
		if begins && strings.TrimSpace(text[at:max(at, n[0])]) == "" && n[0] >= at || !begins && n[1] <= at && strings.TrimSpace(text[n[1]:at]) == "" {
			return text[n[0]:n[1]]
		}
	}
	return ""
}

// hundred reports whether the total is one of a hundred points, as the bands need:
// it is not printed, or it or the sum of the weights is a hundred, give or take a
// misprint.
func (c *checker) hundred() bool {
	w, ok := read(c.form.Total.Weight)
	if !ok || aboutHundred(w) {
		return true
	}
	plain, all, _, ok := c.whole(weights, false)
	return ok && (aboutHundred(plain.amount()) || aboutHundred(all.amount()))
}

func aboutHundred(a form.Amount) bool {
	d := a.Decimal()
	return d.Cmp(apd.New(95, 0)) >= 0 && d.Cmp(apd.New(105, 0)) <= 0
}

func grade(c *checker) {
	if absent(c.form.Grade) || c.form.Grade.State == form.Blank {
		return
	}
	printed := gradeOf(c.form.Grade.Text)
	if printed == "" {
		c.skipped("grade", "grade is none of 优, 良, 中 and 差", "等次不是优、良、中、差之一")
		return
	}
	score, ok := read(c.form.Total.Score)
	if !ok {
		c.skip("grade", "total.score")
		return
	}
	if score.Decimal().Cmp(apd.New(105, 0)) > 0 || score.Decimal().Sign() < 0 {
		c.skipped("grade", "total.score is not one of a hundred points", "总得分不是百分制")
		return
	}
	if !c.hundred() {
		c.skipped("grade", "the weights do not add up to 100", "总分值不是 100") // which the bands are for
		return
	}
	earned := bands[len(bands)-1].name
	for _, b := range bands {
		if score.Decimal().Cmp(b.from) >= 0 {
			earned = b.name
			break
		}
	}
	id := Identity{State: Holds, Printed: printed, Computed: earned, Equation: score.String() + " → " + earned}
	pass := strings.Contains(c.form.Grade.Text, "合格") && printed == "中" && earned != "差" // forms with two grades have no 优
	if earned != printed && !pass {
		id.State = Broken
		id.en = c.say("the grade is printed as %s, but a total score of %s earns %s", printed, score, earned)
		id.zh = c.say("等次印为“%s”，而总得分 %s 应为“%s”", printed, score, earned)
		if between(score, earned, printed) {
			id.en += "; where the bands are worded 80–89 and 90–100 it is in neither"
			id.zh += "；若以 80–89、90–100 分档，则该分不在任何一档"
		}
	}
	c.add("grade", []string{"total.score"}, id)
}

// between reports whether a score is less than a point short of the printed grade, the
// one above what it earns: notices word the bands in whole points, and 89.5 is in none.
func between(score form.Amount, earned, printed string) bool {
	for i := 1; i < len(bands); i++ {
		if bands[i].name == earned && bands[i-1].name == printed {
			var short apd.Decimal
			do(down.Sub(&short, bands[i-1].from, score.Decimal()))
			return short.Sign() > 0 && short.Cmp(one) < 0
		}
	}
	return false
}

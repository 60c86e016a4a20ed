package export

import (
	"cmp"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"heji/form"
)

// About is what a report says beside what was found.
type About struct {
	Made  time.Time
	Of    string            // what was chosen, or "" for all
	Rules map[string]string // what each rule says, by its name
}

//go:embed report.html
var reportHTML string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"bars": bars, "ruleBars": ruleBars, "yuan": yuan, "percent": percent, "verdict": verdictZH, "thousands": thousands,
	"screen": screenZH, "failure": failureZH, "png": pngURL,
	"date": func(t time.Time) string { return t.Format("2006-01-02 15:04") },
	"or":   func(s, other string) string { return cmp.Or(s, other) },
}).Parse(reportHTML))

// WriteReport writes the report as one HTML file, Chinese first, that needs
// nothing beside it: no script, no font, no picture from elsewhere.
func WriteReport(w io.Writer, r form.Report, about About) error {
	page := struct {
		form.Report
		About
	}{r, about}
	if err := reportTemplate.Execute(w, page); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func verdictZH(v form.Verdict) string {
	switch v {
	case form.ByForm:
		return "表格有误"
	case form.Misread:
		return "疑为识读有误"
	}
	return "未能判定"
}

// screenZH is what a comparison between forms says, and where it is silent.
func screenZH(name string) string {
	switch name {
	case "carried-over":
		return "上年结转与上年年末结余不符"
	case "department-projects":
		return "项目支出之和大于部门整体支出"
	case "same-narrative":
		return "不同单位文字雷同（50 字以上，2 至 20 个单位）"
	case "steady-score":
		return "历年得分一成不变（4 个年度以上）"
	}
	return name
}

func pngURL(data []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(data))
}

func failureZH(f form.ReportFailure) string {
	return (&form.Error{Code: form.Code(f.Code), Message: f.Message}).MessageZH()
}

// measures of the bars, in pixels.
const (
	barStep = 34
	barLeft = 340 // room for names
	barRoom = 340 // the longest bar
)

// chart is a picture of bars.
type chart struct {
	Width, Height int
	Bars          []bar
}

type bar struct {
	Y, TextY, NoteY int
	Name, Note      string
	Full            string // the name, where it is cut
	Parts           []part
	Label           string
	LabelX          int
}

// part is a verdict's part of a bar.
type part struct {
	Class string
	X, W  int
	Title string
}

// ruleBars draws the shares of rules, named by what they say.
func ruleBars(shares []form.ReportShare, says map[string]string) chart {
	c := bars(shares)
	for i, s := range shares {
		if doc := says[s.Name]; doc != "" {
			c.Bars[i].Name, c.Bars[i].Full, c.Bars[i].Note = shorten(doc, nameLength), doc, s.Name
		}
	}
	return c
}

// nameLength is how many Chinese characters of a name fit before a bar.
const nameLength = 24

// bars draws shares one below the other, all to one scale.
func bars(shares []form.ReportShare) chart {
	var most int64 = 1
	for _, s := range shares {
		most = max(most, s.ByForm+s.Misread+s.Undecided)
	}
	c := chart{Width: barLeft + barRoom + 150, Height: len(shares)*barStep + 6}
	for i, s := range shares {
		y := i*barStep + 4
		b := bar{Y: y, TextY: y + 13, NoteY: y + 26, Name: shorten(cmp.Or(s.Name, "（未印出）"), nameLength), Full: s.Name}
		x := barLeft
		for _, p := range []struct {
			class, title string
			n            int64
		}{{"form", "表格有误", s.ByForm}, {"misread", "疑为识读有误", s.Misread}, {"undecided", "未能判定", s.Undecided}} {
			if p.n == 0 {
				continue
			}
			// A part that is there is seen, however small.
			wide := max(2, int(p.n*barRoom/most))
			b.Parts = append(b.Parts, part{p.class, x, wide, fmt.Sprintf("%s %d", p.title, p.n)})
			x += wide
		}
		b.LabelX = x + 6
		b.Label = thousands(s.ByForm + s.Misread + s.Undecided)
		if s.Forms > 0 {
			b.Label += fmt.Sprintf("（%s／%s 份有误）", thousands(s.Contradictory), thousands(s.Forms))
		}
		c.Bars = append(c.Bars, b)
	}
	return c
}

// shorten cuts text to n characters, a Latin one counted as half.
func shorten(s string, n int) string {
	size := 0
	for i, r := range s {
		if size++; r > 0xFF {
			size++
		}
		if size > 2*n {
			return s[:i] + "…"
		}
	}
	return s
}

func percent(n, of int64) string {
	if of == 0 {
		return "—"
	}
	return fmt.Sprintf("%d.%d%%", n*100/of, n*1000/of%10)
}

// yuan is an amount in 元 as people write it, in 万元 or 亿元 where it is large.
func yuan(a form.Amount) string {
	whole, rest, _ := strings.Cut(strings.TrimPrefix(a.String(), "-"), ".")
	sign := ""
	if strings.HasPrefix(a.String(), "-") {
		sign = "-"
	}
	for _, u := range []struct {
		name   string
		digits int
	}{{"亿元", 8}, {"万元", 4}} {
		if len(whole) > u.digits {
			cut := len(whole) - u.digits
			return sign + group(whole[:cut]) + "." + whole[cut:][:2] + " " + u.name
		}
	}
	if rest = strings.TrimRight(rest, "0"); len(rest) > 2 {
		rest = rest[:2]
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + group(whole) + rest + " 元"
}

func thousands(n int64) string { return group(fmt.Sprint(n)) }

// group sets digits in threes.
func group(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"heji/form"
	"heji/layout"
)

// Some forms print no funds table and say its figures in a sentence, above the table of
// indicators or in a cell beside 资金使用情况: 财政拨款全年预算数100万元，全年执行数95万元，
// 执行率95%，该项分值10分，得分9.5分。

// saying is running text in the places that it was printed in, lines or a cell.
type saying struct {
	text  string // without white space
	parts []cell
	ends  []int // of the parts in text
}

func (s *saying) add(c cell) {
	s.text += layout.Squeeze(c.text())
	s.parts = append(s.parts, c)
	s.ends = append(s.ends, len(s.text))
}

// at is the place of what begins at an offset.
func (s *saying) at(offset int) cell {
	i, found := slices.BinarySearch(s.ends, offset)
	if found {
		i++ // it begins the next part
	}
	return s.parts[min(i, len(s.parts)-1)]
}

// said is a number of a sentence with the words before it.
type said struct {
	measure
	label string
	cell
}

var (
	saidNumber   = regexp.MustCompile(`([0-9][0-9,]*(?:\.[0-9]+)?)(亿元|万元|元|[%％]|分)`)
	saidExecuted = regexp.MustCompile(`执行|支出|使用|支付|列支|决算|拨付`)
	saidBudget   = regexp.MustCompile(`预算|安排|下达|批复|到位|拨款`)
	saidRate     = regexp.MustCompile(`(?:执行|支出|使用|支付|拨付|资金完成)率(?:为|达|达到|是)?$`)
	saidWeight   = regexp.MustCompile(`分值|标准分|满分|权重|应得`)
	saidScore    = regexp.MustCompile(`得分|评分|[自实评]得`)
	clauseEnd    = regexp.MustCompile(`[，,；;。：:、（()）]`)
)

// saidMeasure is what a number is by its unit and the words before it; 0 where they do not
// say, and ok is false for an amount of which they do not.
func saidMeasure(label, unit string) (m measure, ok bool) {
	switch unit {
	case "分":
		if saidWeight.MatchString(label) {
			return executionWeight, true
		} else if saidScore.MatchString(label) {
			return executionScore, true
		}
		return 0, true
	case "%", "％":
		if saidRate.MatchString(label) {
			return executionRate, true
		}
		return 0, true
	}
	budget := strings.LastIndex(label, "预算") > 0 && strings.HasSuffix(budgetTail.ReplaceAllString(label, ""), "预算")
	switch executed := saidExecuted.MatchString(label); {
	case executed && !budget:
		return executedAmount, true
	case saidBudget.MatchString(label):
		return fullBudget, true
	}
	return 0, false
}

var budgetTail = regexp.MustCompile(`(?:安排|批复|下达)?(?:数|金额|总额|额|资金)?(?:为|是|共|共计|合计)?$`)

// fundsIn are the figures of a sentence about the funds, from one offset to another. All
// is false where it names a budget and what was spent of it and they cannot be told from
// other amounts.
func (s *saying) fundsIn(from, to int) (found []said, all bool) {
	strange := 0
	last := from
	for _, m := range saidNumber.FindAllStringSubmatchIndex(s.text[from:to], -1) {
		for i := range m {
			m[i] += from
		}
		label := s.text[last:m[2]]
		last = m[1]
		if cut := clauseEnd.FindAllStringIndex(label, -1); cut != nil {
			label = label[cut[len(cut)-1][1]:]
		}
		what, ok := saidMeasure(label, s.text[m[4]:m[5]])
		switch {
		case !ok:
			strange++
		case what == 0:
		case slices.ContainsFunc(found, func(o said) bool { return o.measure == what }):
			strange++
		default:
			c := s.at(m[2])
			c.Text, c.Others = s.text[m[0]:m[1]], nil
			found = append(found, said{what, label, c})
		}
	}
	return found, strange == 0
}

// of reports whether the figures have one of the measure.
func saidOf(found []said, m measure) bool {
	return slices.ContainsFunc(found, func(o said) bool { return o.measure == m })
}

// settleSaid takes the funds from a sentence where the form has no table of them and no
// amounts in its header: a budget, what was spent of it, and its rate or points. Where it
// names other amounts too, the numbers stay without a place, and that is said.
func (r *reader) settleSaid() {
	s := (*form.Form)(&r.sheet)
	if len(r.sheet.Funds) > 0 || slices.ContainsFunc(amountKeys, func(key string) bool { return s.Field(key) != nil }) {
		return
	}
	for _, text := range r.sayings() {
		from := 0
		for from < len(text.text) {
			to := len(text.text)
			if i := strings.Index(text.text[from:], "。"); i >= 0 {
				to = from + i + len("。")
			}
			found, all := text.fundsIn(from, to)
			from = to
			if !saidOf(found, fullBudget) || !saidOf(found, executedAmount) {
				continue
			}
			if all && (saidOf(found, executionRate) || saidOf(found, executionScore)) {
				r.addSaid(found)
				return
			}
			if saidOf(found, executionRate) || saidOf(found, executionScore) {
				r.loseSaid(found)
			}
		}
	}
}

// sayings are the running texts of the form: fields, and lines that nothing else is known
// of.
func (r *reader) sayings() []saying {
	var out []saying
	field := func(f *form.Figure) {
		s := saying{}
		s.add(cell{Cell: layout.Cell{Box: f.Box, Doubt: f.Doubt, Reading: layout.Reading{Text: f.Text, Confidence: f.Confidence, Reader: f.Reader}}, page: f.Page})
		out = append(out, s)
	}
	for i := range r.sheet.Fields {
		field(&r.sheet.Fields[i].Figure)
	}
	for i := range r.sheet.OtherFields {
		field(&r.sheet.OtherFields[i])
	}
	lines := saying{}
	for _, l := range r.unread {
		if n := len(lines.parts); n > 0 && lines.parts[n-1].page != l.page {
			out, lines = append(out, lines), saying{}
		}
		lines.add(cell{Cell: layout.Cell{Box: l.Box, Doubt: l.Doubt, Reading: l.Reading}, page: l.page})
	}
	return append(out, lines)
}

// addSaid puts the figures of a sentence into the funds: they are those of all funds, and
// called what the sentence calls the budget.
func (r *reader) addSaid(found []said) {
	label := ""
	for _, o := range found {
		if o.measure == fullBudget {
			label = saidSource(o.label)
		}
	}
	for _, o := range found {
		f := o.figure(o.label)
		if o.Reader == layout.ByOCR && f.Doubt == "" {
			f.Doubt = layout.Unconfirmed // of running text
		}
		r.setFund("total", label, o.measure, f, true)
	}
}

var (
	beforeSource = regexp.MustCompile(`^(?:本?项目)?(?:20[0-9]{2}年度?|本年度?|全年|当年|年初|年度)*(?:共|实际|计划)?(?:安排|下达|批复|到位)?`)
	afterSource  = regexp.MustCompile(`(?:全年|年度|年初|调整后|本年)*(?:预算)?(?:安排|批复|下达)?(?:数|金额|总额|额)?(?:为|是|共|共计|合计)?$`)
)

// saidSource is the name of the source in what a sentence calls the budget: 财政拨款 of
// 财政拨款全年预算数.
func saidSource(label string) string {
	return afterSource.ReplaceAllString(beforeSource.ReplaceAllString(label, ""), "")
}

// loseSaid says that a sentence about the funds was not taken apart.
func (r *reader) loseSaid(found []said) {
	c := found[0].cell
	r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: fmt.Sprintf("page %d", c.page), Code: form.NumberUnplaced, Page: c.page, Box: c.Box,
		Message:   "a sentence here says what was budgeted and spent, and its amounts became no figures of the record; look at the page",
		MessageZH: "此处以文字说明预算与执行金额，未归入任何一项；请核对原件"})
}

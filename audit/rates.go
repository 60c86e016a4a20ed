package audit

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"heji/form"
)

// quoted is a rate that rows quote, and the ways it is computed from the header:
// 财预〔2013〕53号 fixes the names, and places differ in what they divide by.
type quoted struct {
	name string
	ways []way
}

type way struct {
	says string // as a formula of the form's labels
	of   func(h amounts) (Interval, bool)
	uses []string
}

// amounts are the header's amounts in 元, by key.
type amounts map[string]Interval

func ratio(says string, over, under []string) way {
	return way{says, func(h amounts) (Interval, bool) {
		a, ok1 := h.sum(over)
		b, ok2 := h.sum(under)
		if !ok1 || !ok2 {
			return Interval{}, false
		}
		return a.Quo(b)
	}, append(append([]string{}, over...), under...)}
}

// sum adds amounts by key; a key that begins with - is taken off.
func (h amounts) sum(keys []string) (Interval, bool) {
	var s Interval
	for _, k := range keys {
		name, minus := strings.CutPrefix(k, "-")
		i, ok := h[name]
		if !ok {
			return Interval{}, false
		}
		if minus {
			i = i.Neg()
		}
		s = s.Add(i)
	}
	return s, true
}

var (
	carried, initial, adjusted = "carried_over", "initial_budget", "budget_adjustment"
	other, spent, left         = "other_adjustment", "executed", "year_end_balance"
)

var quotedRates = []quoted{
	{"预算完成率", []way{
		ratio("预算执行÷年初预算", []string{spent}, []string{initial}),
		ratio("预算执行÷(年初预算+预算调整)", []string{spent}, []string{initial, adjusted}),
		ratio("预算执行÷(年初预算+各项调整)", []string{spent}, []string{initial, adjusted, other}),
		ratio("预算执行÷(上年结转+年初预算+预算调整)", []string{spent}, []string{carried, initial, adjusted}),
		ratio("预算执行÷(上年结转+年初预算+各项调整)", []string{spent}, []string{carried, initial, adjusted, other}),
		ratio("预算执行÷(上年结转+年初预算)", []string{spent}, []string{carried, initial}),
		ratio("(上年结转+年初预算+预算调整−年末结余)÷(上年结转+年初预算+预算调整)", []string{carried, initial, adjusted, "-" + left}, []string{carried, initial, adjusted}),
	}},
	{"预算调整率", []way{
		ratio("预算调整÷年初预算", []string{adjusted}, []string{initial}),
		ratio("各项调整÷年初预算", []string{adjusted, other}, []string{initial}),
	}},
	{"结转结余率", []way{
		ratio("年末结余÷年初预算", []string{left}, []string{initial}),
		ratio("年末结余÷(年初预算+预算调整)", []string{left}, []string{initial, adjusted}),
		ratio("年末结余÷(年初预算+各项调整)", []string{left}, []string{initial, adjusted, other}),
		ratio("年末结余÷(上年结转+年初预算+预算调整)", []string{left}, []string{carried, initial, adjusted}),
		ratio("年末结余÷(上年结转+年初预算+各项调整)", []string{left}, []string{carried, initial, adjusted, other}),
		ratio("年末结余÷预算执行", []string{left}, []string{spent}),
	}},
	{"结转结余变动率", []way{
		ratio("(年末结余−上年结转)÷上年结转", []string{left, "-" + carried}, []string{carried}),
	}},
}

// A rate quoted after its name. What follows a comparator is a rule and no rate,
// and two numbers with a dash are a range.
var rateText = regexp.MustCompile(`(预算完成率|预算调整率|结转结余率|结转结余变动率)(?:为|是|达到|达|:|=)?(-?[0-9]+(?:\.[0-9]+)?)(%?)([-~至—]?)`)

func indicatorRate(c *checker) {
	h := amounts{}
	for _, key := range []string{carried, initial, adjusted, other, spent, left} {
		if a, ok := c.header(key); ok {
			h[key] = a.interval
		}
	}
	for i := range c.form.Indicators {
		f := c.form.Indicators[i].Analysis
		if f == nil || f.State != form.Read {
			continue
		}
		text := strings.ReplaceAll(width.Fold.String(f.Text), " ", "")
		for _, m := range rateText.FindAllStringSubmatch(text, -1) {
			if m[4] == "" {
				c.checkRate(i, h, m[1], m[2], m[3] == "%")
			}
		}
	}
}

func (c *checker) checkRate(i int, h amounts, name, text string, percent bool) {
	printed, err := form.NewAmount(text)
	if err != nil {
		return
	}
	meant := []Interval{Printed(printed).Shift(-2)}
	if !percent {
		meant = append(meant, Printed(printed))
	}
	var tried, from []string
	var first form.Amount
	for _, q := range quotedRates {
		if q.name != name {
			continue
		}
		for _, w := range q.ways {
			r, ok := w.of(h)
			if !ok {
				continue
			}
			if meetsAny(r, meant) || meetsAny(r.Neg(), meant) {
				return // a fall may be printed without its sign
			}
			percent := r.Shift(2).Middle(printed.Scale() + 1)
			if len(tried) == 0 {
				first = percent
			}
			tried = append(tried, fmt.Sprintf("%s = %s%%", w.says, percent))
			for _, key := range w.uses {
				if where := "fields." + strings.TrimPrefix(key, "-"); !contains(from, where) {
					from = append(from, where)
				}
			}
		}
	}
	if len(tried) == 0 {
		return
	}
	where := fmt.Sprintf("indicators[%d].analysis", i)
	found := c.report(where, printed.String(), first.String(), difference(printed, first), from,
		fmt.Sprintf("%s quotes %s %s, which no usual formula gives from the header: %s", c.rowName(i), name, text, strings.Join(tried, "; ")),
		fmt.Sprintf("%s引用的%s为 %s,按表头金额以通常各式计算均得不出:%s", c.rowName(i), name, text, strings.Join(tried, ";")))
	found.open = "the formula is a local rule"
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

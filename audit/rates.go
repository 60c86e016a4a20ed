package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
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

// A rate quoted after its name, or after the formula that begins with it: then the
// number after the last equals sign counts. What follows a comparator is a rule and
// no rate, two numbers with a dash are a range, and 以上 makes a bound.
var (
	rateText    = regexp.MustCompile(`(预算完成率|预算调整率|结转结余率|结转结余变动率)(?:为|是|达到|达|:|=)?(-?[0-9]+(?:\.[0-9]+)?)(%?)`)
	rateFormula = regexp.MustCompile(`^[-0-9.,+−()÷/×*%万元亿]*=(-?[0-9]+(?:\.[0-9]+)?)(%?)`)
	rateGoesOn  = regexp.MustCompile(`^(?:[-~至—到÷/×*+<>≤≥]|以上|以下|以内|以外|左右)`)
)

// Pixels of 96.29% are read as 96.299 or 96.299% now and then; nobody prints a rate in
// percent with three decimals.
var percentAsNine = regexp.MustCompile(`^-?[1-9][0-9]*\.[0-9]{2}9$`)

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
		for _, q := range quotesOf(f.Text, f.Reader) {
			c.checkRate(i, f, h, q)
		}
	}
}

// rateQuote is a rate that a text quotes.
type rateQuote struct {
	name, value string
	percent     bool
}

func quotesOf(text string, reader layout.Reader) []rateQuote {
	var out []rateQuote
	text = strings.ReplaceAll(width.Fold.String(text), " ", "")
	for _, m := range rateText.FindAllStringSubmatchIndex(text, -1) {
		name, value, percent, rest := text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]], text[m[1]:]
		if g := rateFormula.FindStringSubmatchIndex(rest); g != nil {
			value, percent, rest = rest[g[2]:g[3]], rest[g[4]:g[5]], rest[g[1]:]
		}
		if reader == layout.ByOCR && percentAsNine.MatchString(value) {
			value, percent = value[:len(value)-1], "%"
		}
		if !rateGoesOn.MatchString(rest) {
			out = append(out, rateQuote{name, value, percent == "%"})
		}
	}
	return out
}

// seenRight reports whether another reading of the text quotes the rate as one that fits.
func seenRight(f *form.Figure, q rateQuote, result Interval) bool {
	return slices.ContainsFunc(f.Alternatives, func(a layout.Reading) bool {
		return slices.ContainsFunc(quotesOf(a.Text, layout.ByOCR), func(o rateQuote) bool {
			n, err := form.NewAmount(o.value)
			return err == nil && o.name == q.name && fitsRate(result, n, o.percent)
		})
	})
}

// fitsRate reports whether a ratio may be printed so; a fall may be without its sign.
func fitsRate(result Interval, printed form.Amount, percent bool) bool {
	ways := []Interval{cut(printed).Shift(-2)}
	if !percent {
		ways = append(ways, cut(printed))
	}
	return meetsAny(result, ways) || meetsAny(result.Neg(), ways)
}

func (c *checker) checkRate(i int, f *form.Figure, h amounts, quote rateQuote) {
	name, text := quote.name, quote.value
	printed, err := form.NewAmount(text)
	if err != nil {
		return
	}
	where := fmt.Sprintf("indicators[%d].analysis", i)
	meant := Printed(printed)
	id := Identity{State: Broken, Printed: printed.String(), open: "the formula is a local rule"}
	var tried, from []string
	id.proven = proven(f, text)
	like := false
	for _, q := range quotedRates {
		if q.name != name {
			continue
		}
		for _, w := range q.ways {
			if key, missing := w.missing(c, h); missing {
				// Another place's formula cannot be ruled out, so nothing can.
				c.skip(where, "fields."+key)
				return
			}
			r, ok := w.of(h)
			if !ok {
				continue
			}
			result := r.Shift(2).Middle(printed.Scale() + 1)
			fits := fitsRate(r, printed, quote.percent)
			like = like || !id.proven && (mistakable(printed, r.Shift(2).Middle(printed.Scale())) || seenRight(f, quote, r))
			if len(tried) == 0 || fits {
				in, of := meant, r.Shift(2)
				id.Computed, id.Difference, id.PrintedIn, id.ComputedIn = result.String(), difference(printed, result), &in, &of
				id.Equation = w.says
			}
			if fits {
				id.State = Holds
				c.add(where, w.wheres(), id)
				return
			}
			tried = append(tried, fmt.Sprintf("%s = %s%%", w.says, result))
			for _, w := range w.wheres() {
				if !slices.Contains(from, w) {
					from = append(from, w)
				}
			}
		}
	}
	if len(tried) == 0 {
		return
	}
	id.en = c.say("%s quotes %s %s, which no usual formula gives from the header: %s", c.rowName(i), name, text, strings.Join(tried, "; "))
	id.zh = c.say("%s引用的%s为 %s，按表头金额以通常各式计算均得不出：%s", c.rowName(i), name, text, strings.Join(tried, "；"))
	if like {
		id.unprove(text)
	}
	c.add(where, from, id)
}

// missing is an amount that the formula needs and that is on the form without
// having been read. A form without the label has no such money and no such formula.
func (w way) missing(c *checker, h amounts) (string, bool) {
	for _, key := range w.uses {
		key = strings.TrimPrefix(key, "-")
		if _, ok := h[key]; !ok && c.form.Field(key) != nil {
			return key, true
		}
	}
	return "", false
}

func (w way) wheres() []string {
	var out []string
	for _, key := range w.uses {
		out = append(out, "fields."+strings.TrimPrefix(key, "-"))
	}
	return out
}

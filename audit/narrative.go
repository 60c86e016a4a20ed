package audit

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/cockroachdb/apd/v3"

	"heji/form"
	"heji/layout"
)

// narrativeKeys are the header fields that hold running text.
var narrativeKeys = []string{"functions", "staffing", "execution_note", "analysis", "other", "expected_goal", "actual_outcome"}

// narratives yields the form's running texts by their paths, with full-width
// characters folded and white space gone.
func (c *checker) narratives(visit func(n narrative)) {
	for _, key := range narrativeKeys {
		if f := c.form.Field(key); f != nil && f.State == form.Read {
			visit(narrative{"fields." + key, running(f), f})
		}
	}
	for i := range c.form.OtherFields {
		if f := &c.form.OtherFields[i]; f.State == form.Read && len([]rune(f.Text)) > 12 {
			visit(narrative{fmt.Sprintf("other_fields[%d]", i), running(f), f})
		}
	}
}

// narrative is a running text of the form.
type narrative struct {
	where, text string
	figure      *form.Figure
}

// A mark between the digits of an amount and its unit is a speck that OCR saw.
var speck = regexp.MustCompile(`([0-9])[\]\[|!'"’‘}{\\]([万亿]?元)`)

func running(f *form.Figure) string {
	text := layout.Squeeze(f.Text)
	if f.Reader == layout.ByOCR {
		text = speck.ReplaceAllString(text, "$1$2")
	}
	return text
}

// quoted are the amounts in a text, found once a form.
func (c *checker) quoted(text string) []quote {
	q, ok := c.texts[text]
	if !ok {
		q = quotes(text)
		c.texts[text] = q
	}
	return q
}

// quote is an amount in running text.
type quote struct {
	label    string // the Chinese before it, back to the last mark or figure
	value    form.Amount
	printed  string // the value as printed, without grouping
	unit     string
	interval Interval // in 元
	loose    Interval // if digits were cut off
	from, to int      // bytes of the text
	vague    bool     // 约, 近, 余: no figure to hold anyone to
}

// says is the amount with its label, without the words that join it to the others.
func (q quote) says() string {
	label := connector.ReplaceAllString(q.label, "")
	label = nameOf(label)
	return strings.TrimSpace(label + " " + q.value.String() + q.unit)
}

// nameOf is a label without what comes before the name: particles, and the 年 of
// 2021年, which is another 年 than that of 年初 and 年度.
func nameOf(label string) string {
	for {
		r := []rune(label)
		switch {
		case len(r) > 0 && strings.ContainsRune("和及与是为", r[0]):
		case len(r) > 1 && r[0] == '年' && !strings.ContainsRune("初度末中", r[1]):
		default:
			return label
		}
		label = string(r[1:])
	}
}

var moneyText = regexp.MustCompile(`([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)(余|多)?(亿元|万元|元|亿|万)`)

// quotes are the amounts of money in a text, in order. What is counted in 元 a
// head or a mu is a price and left out.
func quotes(text string) []quote {
	var out []quote
	end := 0 // of the amount before
	for _, m := range moneyText.FindAllStringSubmatchIndex(text, -1) {
		digits, unit := strings.ReplaceAll(text[m[2]:m[3]], ",", ""), text[m[6]:m[7]]
		rest := text[m[1]:]
		if strings.HasPrefix(rest, "/") || (unit == "万" || unit == "亿") && !endsAmount(rest) {
			continue
		}
		if m[0] > 0 && (text[m[0]-1] == '.' || text[m[0]-1] == ',') {
			continue // the end of a broken number
		}
		if unit == "万" || unit == "亿" {
			unit += "元"
		}
		v, err := form.NewAmount(digits)
		if err != nil {
			continue
		}
		label := labelBefore(text[end:m[0]])
		end = m[1]
		q := quote{label: label, value: v, printed: digits, unit: unit, interval: Printed(v).Shift(unitShift[unit]), loose: cut(v).Shift(unitShift[unit]), from: m[0], to: m[1]}
		q.vague = m[4] >= 0 || strings.HasSuffix(label, "约") || strings.HasSuffix(label, "近") || strings.HasSuffix(label, "超") || strings.HasSuffix(label, "超过") || strings.HasSuffix(label, "余")
		out = append(out, q)
	}
	return out
}

// endsAmount reports whether 万 without 元 ends an amount, and is not 万人 or 万亩.
func endsAmount(rest string) bool {
	if rest == "" {
		return true
	}
	r := []rune(rest)[0]
	return unicode.IsPunct(r)
}

func labelBefore(text string) string {
	runes := []rune(text)
	i := len(runes)
	for i > 0 && (unicode.Is(unicode.Han, runes[i-1]) || runes[i-1] == '“' || runes[i-1] == '”') {
		i--
	}
	return string(runes[i:])
}

// headerNames are what narratives call the header's amounts.
var headerNames = []struct {
	key   string
	names []string
}{
	{"initial_budget", []string{"年初预算", "年初部门预算", "年初批复预算", "年初预算安排"}},
	{"executed", []string{"决算金额", "支出决算", "决算支出", "决算数", "年度决算", "预算执行金额", "实际执行", "全年执行", "全年支出", "实际支出", "决算总额"}},
	{"carried_over", []string{"上年结转", "上年结转结余", "年初结转"}},
	{"year_end_balance", []string{"年末结余", "年末结转结余", "年末结转"}},
	{"budget_adjustment", []string{"预算调整", "年中预算调整", "预算追加"}},
}

var (
	nameTail = regexp.MustCompile(`(数|金额|总额|资金|安排|总计|合计|收入|支出)?(为|是|共计|共|计|达到|达)?$`)
	// An amount of a part, of another year, or of a change is not the header's.
	otherWords = regexp.MustCompile(`基本|项目|人员|公用|三公|专项|其中|采购|拨款|上年决算|去年|上一年|上年支出|增加|减少|比|较|增长|下降|节约|含|调增|调减|累计|单位|下属`)
)

// headerKey is the header field that a label names, or "".
func headerKey(label string) string {
	if otherWords.MatchString(label) {
		return ""
	}
	trimmed := nameTail.ReplaceAllString(label, "")
	for _, h := range headerNames {
		for _, name := range h.names {
			if strings.HasSuffix(trimmed, name) || strings.HasSuffix(label, name) {
				return h.key
			}
		}
	}
	return ""
}

var yearEnd = regexp.MustCompile(`20[0-9]{2}$`)

// anotherYear reports whether the amount is said to be of another year than the
// form's: 2019年年初预算 on a form of 2020.
func (c *checker) anotherYear(text string, q quote) bool {
	if c.form.Year == 0 || !strings.HasPrefix(q.label, "年") {
		return false
	}
	year := yearEnd.FindString(text[:q.from-len(q.label)])
	return year != "" && year != fmt.Sprint(c.form.Year)
}

func narrativeHeader(c *checker) {
	c.narratives(func(n narrative) {
		where := n.where
		for _, q := range c.quoted(n.text) {
			key := headerKey(q.label)
			if key == "" || q.vague || c.anotherYear(n.text, q) {
				continue
			}
			a, ok := c.header(key)
			if !ok || a.figure.State != form.Read {
				if a.figure == nil && c.form.Field(key) != nil {
					c.skip(where, "fields."+key)
				}
				continue
			}
			if a.figure.Unit == "" { // what the form's amounts are in was not read, or is not printed
				c.skipped(where, a.where+" has no unit that is known", a.where+" 单位不明")
				continue
			}
			computed := shown(a.interval, q.unit, a.value.Scale())
			if a.figure.Unit == q.unit {
				computed = a.value
			}
			in, of := q.interval.Shift(-unitShift[q.unit]), a.interval.Shift(-unitShift[q.unit])
			id := Identity{State: Holds, Printed: q.value.String(), Computed: computed.String(), Difference: difference(q.value, computed),
				Equation: a.label(), PrintedIn: &in, ComputedIn: &of}
			if !a.loose.Meets(q.loose) {
				id.State = Broken
			}
			id.en = c.say("the narrative says %s, and the header prints %s %s%s", q.says(), a.label(), a.value, a.figure.Unit)
			id.zh = c.say("文字说明称“%s”，而表头的%s为 %s%s", q.says(), a.label(), a.value, a.figure.Unit)
			if id.State == Broken && a.value.Cmp(q.value) == 0 {
				id.en += "; the digits are the same, so that one of the units is wrong"
				id.zh += "；数字相同，当有一处单位有误"
			}
			if id.proven = named(n.figure, q.label); id.State == Broken && mistakable(q.value, computed) && (!proven(n.figure, q.printed) || readAs(n.figure, q.printed, computed)) {
				id.unprove(q.printed + q.unit)
			}
			c.add(where, []string{a.where}, id)
		}
	})
}

// connectors join a whole to its parts. After 其中 and 含 only some of the parts
// may follow; the others promise them all.
var (
	connector = regexp.MustCompile(`其中|包括|包含|分别为|分别是|[由含]`)
	excluding = regexp.MustCompile(`[不未非]$`) // 不包括, 未含
)

// pairs are parts that together are always a whole.
var pairs = [][2]string{
	{"基本支出", "项目支出"}, {"人员", "公用"},
	{"财政拨款", "其他资金"}, {"财政资金", "自筹资金"}, {"一般公共预算", "政府性基金"},
}

func narrativeBreakdown(c *checker) {
	c.narratives(func(n narrative) {
		text := n.text
		all := c.quoted(text)
		for _, at := range connector.FindAllStringIndex(text, -1) {
			if !excluding.MatchString(text[:at[0]]) {
				c.breakdown(n, all, at[0], at[1])
			}
		}
		for _, q := range all {
			// Parts in brackets right behind an amount: 1586.78万元(基本支出902.01万元,…).
			if strings.HasPrefix(text[q.to:], "(") && !connector.MatchString(text[q.to:min(len(text), q.to+13)]) {
				c.breakdown(n, all, q.to, q.to+1)
			}
		}
	})
}

// breakdown checks the parts after the connector at text[from:to] against the
// amount before it.
func (c *checker) breakdown(n narrative, all []quote, from, to int) {
	where, text := n.where, n.text
	whole, ok := wholeBefore(text, all, from)
	if !ok || whole.vague || n.figure.Reader == layout.ByOCR && whole.from == 0 {
		return // of a scan, a text that begins with a number may have lost what stands before it
	}
	parts, closed := partsAfter(text, all, to)
	if len(parts) < 2 {
		return
	}
	var sum, loose Interval
	scale := whole.value.Scale()
	var terms []string
	for _, p := range parts {
		if p.vague || p.interval.Meets(whole.interval) {
			return
		}
		sum, loose = sum.Add(p.interval), loose.Add(p.loose)
		scale = max(scale, p.value.Scale())
		terms = append(terms, p.says())
	}
	holds := loose.Meets(whole.loose)
	below := loose.High.Cmp(&whole.loose.Low) < 0
	word := text[from:to]
	if word == "由" && !strings.Contains(text[to:], "成") {
		return
	}
	if !holds && word == "(" && !isPair(whole, parts) {
		return
	}
	if !holds && below && (!closed || word == "其中" || word == "含") && !isPair(whole, parts) {
		return
	}
	computed := shown(sum, whole.unit, scale)
	note, noteZH := "", ""
	var involved []string
	for _, key := range []string{initial, spent, carried, left} {
		if a, ok := c.header(key); !holds && ok && a.figure.State == form.Read && a.interval.Meets(sum) {
			note = fmt.Sprintf("; the parts add up to %s instead", a.label())
			noteZH = fmt.Sprintf("；各部分之和恰为%s", a.label())
			involved = append(involved, a.where)
			break
		}
	}
	in, of := whole.interval.Shift(-unitShift[whole.unit]), sum.Shift(-unitShift[whole.unit])
	id := Identity{State: Holds, Printed: whole.value.String(), Computed: computed.String(), Difference: difference(whole.value, computed),
		Equation: strings.Join(terms, " + "), PrintedIn: &in, ComputedIn: &of}
	if !holds {
		id.State = Broken
	}
	id.en = c.say("the narrative makes %s up of %s, which add up to %s%s%s", whole.says(), id.Equation, computed, whole.unit, note)
	id.zh = c.say("文字说明称%s由 %s 组成，而各部分之和为 %s%s%s", whole.says(), id.Equation, computed, whole.unit, noteZH)
	c.prove(&id, n.figure, whole, parts)
	c.add(where, involved, id)
}

// prove says whether two readers saw what the whole and its parts are called, and where
// one alone saw a number of a sum that is broken, whether a number read like it would
// mend the sum.
func (c *checker) prove(id *Identity, f *form.Figure, whole quote, parts []quote) {
	off, err := form.NewAmount(id.Difference)
	id.proven = true
	for i, q := range append([]quote{whole}, parts...) {
		id.proven = id.proven && named(f, q.label)
		if id.State != Broken || err != nil || q.unit != whole.unit {
			continue
		}
		var needed apd.Decimal
		if i == 0 {
			do(down.Sub(&needed, q.value.Decimal(), off.Decimal()))
		} else {
			do(down.Add(&needed, q.value.Decimal(), off.Decimal()))
		}
		right := form.FromDecimal(&needed)
		if needed.Sign() >= 0 && mistakable(q.value, right) && (!proven(f, q.printed) || readAs(f, q.printed, right)) {
			id.unprove(q.printed + q.unit)
		}
	}
}

// wholeBefore is the last amount before the connector, in its sentence or, where
// the sentence begins with the connector, at the end of the one before.
func wholeBefore(text string, all []quote, at int) (quote, bool) {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].to > at {
			continue
		}
		between := text[all[i].to:at]
		if strings.ContainsAny(strings.TrimRight(between, "。;,(:"), "。;") || len([]rune(between)) > 16 {
			return quote{}, false
		}
		return all[i], true
	}
	return quote{}, false
}

var notAPart = regexp.MustCompile(`增加|减少|比|较|增长|下降|占|完成|结余|结转|调整|同比|预算数|执行率|%`)

// partsAfter are the amounts listed after the connector, to the end of the
// sentence or the first words that are no list. Closed is false when the list says
// that it goes on: 等.
func partsAfter(text string, all []quote, at int) (parts []quote, closed bool) {
	end := at
	for _, q := range all {
		if q.from < at {
			continue
		}
		between := text[end:q.from]
		if strings.ContainsAny(between, "。;)") || notAPart.MatchString(between) || connector.MatchString(between) && len(parts) > 0 ||
			q.label == "" || len([]rune(between)) > 24 {
			break
		}
		parts = append(parts, q)
		end = q.to
	}
	return parts, !strings.HasPrefix(text[end:], "等")
}

// isPair reports whether the parts are two that are always the whole. Staff and
// office costs are the whole of basic spending only.
func isPair(whole quote, parts []quote) bool {
	if len(parts) != 2 {
		return false
	}
	for _, p := range pairs {
		if p[1] == "公用" && !strings.Contains(whole.label, "基本支出") {
			continue
		}
		a, b := parts[0].label, parts[1].label
		if strings.Contains(a, p[0]) && strings.Contains(b, p[1]) || strings.Contains(a, p[1]) && strings.Contains(b, p[0]) {
			return true
		}
	}
	return false
}

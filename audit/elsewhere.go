package audit

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"golang.org/x/text/width"

	"heji/form"
	"heji/layout"
)

// A total that is short of its parts by the execution's points says, more often than that
// the form is wrong, that they were not counted: they stand in a row that was not taken for
// the total of the funds, in a text, under a head that nobody knows, or nowhere that was
// read. No form is accused of that.

// elsewhere reports whether a broken total of points is off by points of the execution that
// did not take part.
func (j *judge) elsewhere(id Identity) bool {
	if id.Rule != "weight-total" && id.Rule != "score-total" {
		return false
	}
	off, err := form.NewAmount(id.Difference)
	if err != nil || off.Decimal().Sign() <= 0 {
		return false
	}
	if slices.ContainsFunc(id.figures(), func(w string) bool { return strings.HasPrefix(w, "funds[") }) {
		return false // they were counted
	}
	same := func(n form.Amount) bool { return n.Cmp(off) == 0 }
	if slices.ContainsFunc(j.points, same) {
		return true
	}
	left := j.unweighed.Decimal()
	return left.Sign() > 0 && off.Decimal().Cmp(left) <= 0 && (id.Rule == "score-total" || off.Decimal().Cmp(left) == 0)
}

// unweighed is what the weights of the rows lack to a hundred where that is what forms give
// the execution, and no weight of it was read; else 0.
func (c *checker) unweighed() form.Amount {
	if fund, _ := c.execution(); fund != nil {
		if _, ok := read(fund.Weight); ok {
			return form.Amount{}
		}
	}
	if w, ok := read(c.form.Total.Weight); ok && w.Cmp(hundredPoints) != 0 {
		return form.Amount{}
	}
	t, _, ok := c.sum(weights, c.leaves(-1))
	if !ok {
		return form.Amount{}
	}
	var left apd.Decimal
	do(down.Sub(&left, hundredPoints.Decimal(), &t.sum))
	for _, usual := range []int64{5, 10, 15, 20} {
		if left.Cmp(apd.New(usual, 0)) == 0 {
			return form.FromDecimal(&left)
		}
	}
	return form.Amount{}
}

var (
	aboutExecution = regexp.MustCompile(`执行|资金|预算|支付|支出|经费`)
	namesPoints    = regexp.MustCompile(`得分|评分|分值|标准分|满分|权重|执行情况`)
	pointsSaid     = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?)分|(?:得分|评分|分值|标准分|满分|权重)[:：为是]?([0-9]+(?:\.[0-9]+)?)`)
)

// pointsOutside are the weights and scores on the form that may be the execution's and are
// in no sum: of rows of the funds that are not the total, of other fields, and in texts
// about money.
func (c *checker) pointsOutside() []form.Amount {
	var out []form.Amount
	add := func(f *form.Figure) {
		if v, ok := read(f); ok && v.Decimal().Sign() > 0 {
			out = append(out, v)
		}
	}
	for i := range c.form.Funds {
		add(c.form.Funds[i].Weight)
		add(c.form.Funds[i].Score)
	}
	text := func(label string, f *form.Figure) {
		s := layout.Squeeze(width.Fold.String(f.Text))
		if !aboutExecution.MatchString(label+s) && !namesPoints.MatchString(label) {
			return
		}
		for _, m := range pointsSaid.FindAllStringSubmatch(s, -1) {
			if v, err := form.NewAmount(m[1] + m[2]); err == nil {
				out = append(out, v)
			}
		}
	}
	for i := range c.form.OtherFields {
		f := &c.form.OtherFields[i]
		if f.Value != nil && (namesPoints.MatchString(f.Label) || aboutExecution.MatchString(f.Label)) {
			add(f)
		}
		text(f.Label, f)
	}
	for i := range c.form.Fields {
		text(c.form.Fields[i].Label, &c.form.Fields[i].Figure)
	}
	return out
}

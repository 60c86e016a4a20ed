package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"heji/form"
)

// decimal draws a value with so many decimals.
func decimal(t *rapid.T, name string, low, high int64, scale int32) *apd.Decimal {
	return apd.New(rapid.Int64Range(low, high).Draw(t, name), -scale)
}

// rounded is d with so many decimals, rounded as some office does it.
func rounded(t *rapid.T, d *apd.Decimal, scale int) form.Amount {
	c := apd.BaseContext.WithPrecision(digits)
	c.Rounding = rapid.SampledFrom([]apd.Rounder{apd.RoundHalfUp, apd.RoundHalfEven}).Draw(t, "rounding")
	var out apd.Decimal
	if _, err := c.Quantize(&out, d, int32(-scale)); err != nil {
		t.Fatal(err)
	}
	return form.FromDecimal(&out)
}

func holds(i Interval, d *apd.Decimal) bool { return i.Meets(Exact(d)) }

// What is true of the values is true of what is printed of them: rounding never
// makes a sum, a product or a quotient leave its interval.
func TestIntervalsContain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := decimal(t, "x", -1e9, 1e9, 6)
		y := decimal(t, "y", -1e9, 1e9, 6)
		i := Printed(rounded(t, x, rapid.IntRange(0, 4).Draw(t, "x scale")))
		j := Printed(rounded(t, y, rapid.IntRange(0, 4).Draw(t, "y scale")))
		c := apd.BaseContext.WithPrecision(100)
		var sum, difference, product, quotient apd.Decimal
		do(c.Add(&sum, x, y))
		do(c.Sub(&difference, x, y))
		do(c.Mul(&product, x, y))
		if !holds(i, x) || !holds(i.Add(j), &sum) || !holds(i.Sub(j), &difference) || !holds(i.Mul(j), &product) || !holds(i.Neg().Neg(), x) {
			t.Fatalf("%v %v", x, y)
		}
		if q, ok := i.Quo(j); ok {
			do(c.Quo(&quotient, x, y))
			// The quotient itself is rounded at a hundred digits, within the outward rounding.
			if !holds(q, &quotient) {
				t.Fatalf("%v ÷ %v", x, y)
			}
		}
	})
}

// More printed digits never widen a result.
func TestIntervalsAreMonotone(t *testing.T) {
	within := func(i, j Interval) bool { return i.Low.Cmp(&j.Low) >= 0 && i.High.Cmp(&j.High) <= 0 }
	rapid.Check(t, func(t *rapid.T) {
		x, y := decimal(t, "x", -1e6, 1e6, 2), decimal(t, "y", 1, 1e6, 2)
		reach := apd.New(1, -3)
		i, j := Exact(x), Exact(y)
		wideI, wideJ := around(x, reach), around(y, reach)
		q, ok1 := i.Quo(j)
		wideQ, ok2 := wideI.Quo(wideJ)
		if !within(i.Add(j), wideI.Add(wideJ)) || !within(i.Mul(j), wideI.Mul(wideJ)) || ok1 && ok2 && !within(q, wideQ) {
			t.Fatalf("%v %v", x, y)
		}
	})
}

// A form whose figures were rounded rightly from true ones never breaks a rule.
func TestNoFalseAlarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := trueForm(t)
		if found := Check(&f); len(found) > 0 {
			t.Fatalf("%+v", found)
		}
	})
}

// A figure that is wrong by more than rounding breaks a rule.
func TestAWrongFigureIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := trueForm(t)
		var places []string
		for where, g := range f.Figures() {
			// Seven may be within the rounding of an amount whose only check is a rate.
			if g.Value != nil && !strings.HasPrefix(where, "funds[") {
				places = append(places, where)
			}
		}
		where := rapid.SampledFrom(places).Draw(t, "where")
		var by apd.Decimal
		for w, g := range f.Figures() {
			if w == where {
				do(down.Add(&by, g.Value.Decimal(), apd.New(7, 0)))
				v := form.FromDecimal(&by)
				g.Value = &v
			}
		}
		if len(Check(&f)) == 0 {
			t.Fatalf("%s is 7 too high and nothing was found", where)
		}
	})
}

// trueForm draws true amounts and points and prints them rounded.
func trueForm(t *rapid.T) form.Form {
	f := form.Form{Year: 2021}
	scale := rapid.IntRange(0, 2).Draw(t, "decimals of amounts")
	var balance apd.Decimal
	for _, key := range []string{"carried_over", "initial_budget", "budget_adjustment", "other_adjustment", "executed"} {
		x := decimal(t, key, 1e6, 1e10, 4)
		if key == "executed" {
			do(down.Sub(&balance, &balance, x))
		} else {
			do(down.Add(&balance, &balance, x))
		}
		f.Fields = append(f.Fields, form.Field{Key: key, Figure: *printedAs(rounded(t, x, scale))})
	}
	f.Fields = append(f.Fields, form.Field{Key: "year_end_balance", Figure: *printedAs(rounded(t, &balance, scale))})

	a, b := decimal(t, "fiscal", 1e6, 1e9, 4), decimal(t, "other source", 1e6, 1e9, 4)
	var budget, executed, rate, execution, total apd.Decimal
	do(down.Add(&budget, a, b))
	do(down.Mul(&executed, &budget, decimal(t, "rate", 30, 110, 2)))
	do(down.Quo(&rate, &executed, &budget))
	do(down.Mul(&rate, &rate, apd.New(100, 0)))
	rateScale := rapid.IntRange(0, 2).Draw(t, "decimals of the rate")
	printedRate := rounded(t, &rate, rateScale)
	var capped apd.Decimal
	if capped.Set(printedRate.Decimal()); capped.Cmp(apd.New(100, 0)) > 0 {
		capped.Set(apd.New(100, 0))
	}
	do(down.Mul(&execution, &capped, apd.New(1, -1)))
	executionPoints := rounded(t, &execution, 2)
	row := form.Fund{Source: "total", Label: "年度资金总额", Budget: printedAs(rounded(t, &budget, 2)), Executed: printedAs(rounded(t, &executed, 2)),
		Weight: printedAs(form.MustAmount("10")), Rate: printedAs(printedRate), Score: printedAs(executionPoints)}
	row.Rate.Unit = "%"
	f.Funds = []form.Fund{row,
		{Source: "fiscal", Label: "财政拨款", Budget: printedAs(rounded(t, a, 2))},
		{Source: "other", Label: "其他资金", Budget: printedAs(rounded(t, b, 2))}}

	do(down.Add(&total, &total, executionPoints.Decimal()))
	for s := range 3 {
		name := fmt.Sprintf("第%d节", s)
		var sum apd.Decimal
		section := len(f.Indicators)
		f.Indicators = append(f.Indicators, form.Indicator{Kind: form.Section, Level1: name, Weight: printedAs(form.MustAmount("30"))})
		for r := range 3 {
			points := decimal(t, "points", 0, 1000, 2)
			do(down.Add(&sum, &sum, points))
			v := form.FromDecimal(points)
			w := printedAs(form.MustAmount("10"))
			f.Indicators = append(f.Indicators, form.Indicator{Kind: form.Leaf, Level1: name, Level2: "二级", Level3: fmt.Sprint("指标", r),
				ReferenceWeight: w, Weight: printedAs(form.MustAmount("10.00")), Score: printedAs(v)})
		}
		v := form.FromDecimal(new(apd.Decimal).Set(&sum))
		f.Indicators[section].Score = printedAs(v)
		do(down.Add(&total, &total, &sum))
	}
	f.Total = form.Total{Weight: printedAs(form.MustAmount("100")), Score: printedAs(rounded(t, &total, rapid.IntRange(0, 2).Draw(t, "decimals of the total")))}
	return f
}

func printedAs(v form.Amount) *form.Figure {
	return &form.Figure{Text: v.String(), Value: &v, State: form.Read}
}

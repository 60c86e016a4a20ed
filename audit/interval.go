package audit

import (
	"github.com/cockroachdb/apd/v3"

	"heji/form"
)

// Interval is the set of values that a printed number may stand for, both ends
// included. XBRL Calculations 1.1 (2023) calls it the implied interval of a
// rounded value.
type Interval struct{ Low, High apd.Decimal }

// Precision of quotients, in decimal digits. Sums and products are exact: amounts
// have at most some twenty digits, and a sum of them fewer than this.
const digits = 60

var (
	down = rounding(apd.RoundFloor)
	up   = rounding(apd.RoundCeiling)
	half = apd.New(5, -1)
)

func rounding(r apd.Rounder) *apd.Context {
	c := apd.BaseContext.WithPrecision(digits)
	c.Rounding = r
	return c
}

// Exact is the interval of one value.
func Exact(d *apd.Decimal) Interval {
	return Interval{*new(apd.Decimal).Set(d), *new(apd.Decimal).Set(d)}
}

// Printed is the interval of a rounded number: half a unit of its last printed
// digit either way. 1586.78 stands for 1586.775 to 1586.785, and 3 for 2.5 to 3.5.
func Printed(a form.Amount) Interval {
	reach := apd.New(5, int32(-a.Scale()-1))
	if leaked(a) {
		leak := new(apd.Decimal).Abs(a.Decimal())
		leak.Exponent -= 7
		if leak.Cmp(reach) > 0 {
			reach = leak
		}
	}
	return around(a.Decimal(), reach)
}

// cut is the interval of a number that may be rounded, or cut off after its last digit:
// half a unit towards zero and a whole one away from it.
func cut(a form.Amount) Interval {
	i := Printed(a)
	unit := apd.New(1, int32(-a.Scale()))
	if a.Decimal().Sign() < 0 {
		do(down.Sub(&i.Low, a.Decimal(), unit))
	} else {
		do(up.Add(&i.High, a.Decimal(), unit))
	}
	return i
}

// leaked reports whether a number is a binary fraction that leaked out of a program,
// such as 97.800003051758: only its first seven digits mean anything.
func leaked(a form.Amount) bool { return a.Scale() >= 8 }

func around(d, reach *apd.Decimal) Interval {
	var i Interval
	do(down.Sub(&i.Low, d, reach))
	do(up.Add(&i.High, d, reach))
	return i
}

// do drops the conditions of an operation that cannot fail on finite decimals of
// bounded size: only inexactness is ever reported, and the rounding is outward.
func do(apd.Condition, error) {}

// Add is every sum of a value of i and one of j.
func (i Interval) Add(j Interval) Interval {
	var r Interval
	do(down.Add(&r.Low, &i.Low, &j.Low))
	do(up.Add(&r.High, &i.High, &j.High))
	return r
}

// Sub is every difference.
func (i Interval) Sub(j Interval) Interval { return i.Add(j.Neg()) }

// Neg is every value with its sign changed.
func (i Interval) Neg() Interval {
	var r Interval
	r.Low.Neg(&i.High)
	r.High.Neg(&i.Low)
	return r
}

// Mul is every product.
func (i Interval) Mul(j Interval) Interval {
	var r Interval
	for n, pair := range [][2]*apd.Decimal{{&i.Low, &j.Low}, {&i.Low, &j.High}, {&i.High, &j.Low}, {&i.High, &j.High}} {
		var low, high apd.Decimal
		do(down.Mul(&low, pair[0], pair[1]))
		do(up.Mul(&high, pair[0], pair[1]))
		r.widen(n == 0, &low, &high)
	}
	return r
}

// Quo is every quotient. It has no answer when j holds zero.
func (i Interval) Quo(j Interval) (r Interval, ok bool) {
	if j.Low.Sign() <= 0 && j.High.Sign() >= 0 {
		return Interval{}, false
	}
	for n, pair := range [][2]*apd.Decimal{{&i.Low, &j.Low}, {&i.Low, &j.High}, {&i.High, &j.Low}, {&i.High, &j.High}} {
		var low, high apd.Decimal
		do(down.Quo(&low, pair[0], pair[1]))
		do(up.Quo(&high, pair[0], pair[1]))
		r.widen(n == 0, &low, &high)
	}
	return r, true
}

func (i *Interval) widen(first bool, low, high *apd.Decimal) {
	if first || low.Cmp(&i.Low) < 0 {
		i.Low.Set(low)
	}
	if first || high.Cmp(&i.High) > 0 {
		i.High.Set(high)
	}
}

// AtMost is every value, or the limit where the value is above it.
func (i Interval) AtMost(limit *apd.Decimal) Interval {
	r := i
	if r.Low.Cmp(limit) > 0 {
		r.Low.Set(limit)
	}
	if r.High.Cmp(limit) > 0 {
		r.High.Set(limit)
	}
	return r
}

// within is what i and j have in common; they must meet.
func (i Interval) within(j Interval) Interval {
	if i.Low.Cmp(&j.Low) < 0 {
		i.Low.Set(&j.Low)
	}
	if i.High.Cmp(&j.High) > 0 {
		i.High.Set(&j.High)
	}
	return i
}

// Shift is every value times ten to the power of n.
func (i Interval) Shift(n int32) Interval {
	r := Interval{*new(apd.Decimal).Set(&i.Low), *new(apd.Decimal).Set(&i.High)}
	r.Low.Exponent += n
	r.High.Exponent += n
	return r
}

// Meets reports whether some value is in both.
func (i Interval) Meets(j Interval) bool {
	return i.Low.Cmp(&j.High) <= 0 && j.Low.Cmp(&i.High) <= 0
}

// Middle is the value halfway, rounded half up to the number of decimals.
func (i Interval) Middle(scale int) form.Amount {
	var sum, middle, rounded apd.Decimal
	do(down.Add(&sum, &i.Low, &i.High))
	do(down.Mul(&middle, &sum, half))
	c := rounding(apd.RoundHalfUp)
	do(c.Quantize(&rounded, &middle, int32(-scale)))
	return form.FromDecimal(&rounded)
}

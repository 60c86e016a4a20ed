package form

import (
	"encoding/json"
	"fmt"

	"github.com/cockroachdb/apd/v3"
)

// Amount is an exact decimal that remembers how many digits were printed after
// the decimal mark: "3.00" and "3" are equal in value and differ in Scale.
// The zero Amount is 0.
type Amount struct{ d apd.Decimal }

// NewAmount reads a plain decimal such as "-1586.78": an optional sign, digits,
// at most one point. It is for text that is already normalized; printed text
// goes through normalize.
func NewAmount(s string) (Amount, error) {
	for i, r := range s {
		if (r < '0' || r > '9') && r != '.' && !(i == 0 && r == '-') {
			return Amount{}, fmt.Errorf("%q is not a plain decimal", s)
		}
	}
	var a Amount
	if _, _, err := a.d.SetString(s); err != nil {
		return Amount{}, fmt.Errorf("%q is not a plain decimal", s)
	}
	return a, nil
}

// MustAmount is NewAmount for constants; it panics on text that is not a decimal.
func MustAmount(s string) Amount {
	a, err := NewAmount(s)
	if err != nil {
		panic(err)
	}
	return a
}

// FromDecimal is the Amount of d, which must be finite.
func FromDecimal(d *apd.Decimal) Amount {
	var a Amount
	a.d.Set(d)
	return a
}

// Decimal is a copy of the value, for arithmetic.
func (a Amount) Decimal() *apd.Decimal { return new(apd.Decimal).Set(&a.d) }

// Scale is the number of printed digits after the decimal mark.
func (a Amount) Scale() int { return max(0, -int(a.d.Exponent)) }

// Cmp compares by value: -1, 0 or 1.
func (a Amount) Cmp(b Amount) int { return a.d.Cmp(&b.d) }

// String is the plain decimal with its printed scale.
func (a Amount) String() string { return a.d.Text('f') }

// MarshalJSON writes a string, so that no reader turns it into a float.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(a.String()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	b, err := NewAmount(s)
	if err != nil {
		return err
	}
	*a = b
	return nil
}

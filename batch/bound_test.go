package batch

import (
	"math"
	"testing"
)

// The first row is the rule of three, exactly; the others are quantiles of the
// beta distribution, BetaInv(0.95, k+1, n-k), from tables.
func TestErrorBound(t *testing.T) {
	for _, c := range []struct {
		wrong, checked int
		want           float64
	}{
		{0, 59, 1 - math.Pow(0.05, 1.0/59)},
		{0, 300, 0.009936},
		{1, 10, 0.394163},
		{2, 100, 0.061618},
		{5, 5, 1},
		{0, 0, 1},
	} {
		if got := ErrorBound(c.wrong, c.checked, 0.95); math.Abs(got-c.want) > 5e-6 {
			t.Errorf("%d of %d: %.6f, want %.6f", c.wrong, c.checked, got, c.want)
		}
	}
	for _, rate := range []float64{0.05, 0.01, 0.001} {
		n := SampleFor(rate, 0.95)
		if ErrorBound(0, n, 0.95) > rate || ErrorBound(0, n-1, 0.95) <= rate {
			t.Errorf("%d is not the least sample for %g", n, rate)
		}
	}
}

package batch

import (
	"math"
	"math/big"
	"testing"
)

// A lot without end: the rule of three, and quantiles of the beta distribution,
// BetaInv(0.95, k+1, n-k), from tables.
func TestErrorBoundOfALargeLot(t *testing.T) {
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
		if got := ErrorBound(c.wrong, c.checked, 1e9, 0.95); math.Abs(got-c.want) > 5e-6 {
			t.Errorf("%d of %d: %.6f, want %.6f", c.wrong, c.checked, got, c.want)
		}
	}
}

// TestErrorBound holds the bound of every sample of small lots against a count of
// all samples in whole numbers: with one more wrong figure than the bound allows, less
// than one of twenty samples shows so few; with as many, one does.
func TestErrorBound(t *testing.T) {
	choose := func(n, k int64) *big.Int { return new(big.Int).Binomial(n, k) }
	fewOf := func(k, n, wrong, lot int64) bool { // samples that show at most k, twenty times, are fewer than all
		few := new(big.Int)
		for i := int64(0); i <= k; i++ {
			if i <= wrong && n-i <= lot-wrong {
				few.Add(few, new(big.Int).Mul(choose(wrong, i), choose(lot-wrong, n-i)))
			}
		}
		return few.Mul(few, big.NewInt(20)).Cmp(choose(lot, n)) < 0
	}
	for lot := int64(1); lot <= 40; lot++ {
		for n := int64(1); n <= lot; n++ {
			for k := int64(0); k <= n; k++ {
				bound := int64(math.Round(ErrorBound(int(k), int(n), lot, 0.95) * float64(lot)))
				if bound > k && fewOf(k, n, bound, lot) {
					t.Errorf("%d of %d from %d: %d is not the least bound", k, n, lot, bound)
				}
				if bound+1 <= lot-n+k && !fewOf(k, n, bound+1, lot) {
					t.Errorf("%d of %d from %d: %d is too low", k, n, lot, bound)
				}
			}
		}
	}
	if got := ErrorBound(2, 50, 50, 0.95); got != 0.04 {
		t.Errorf("all checked and two wrong: %v", got)
	}
}

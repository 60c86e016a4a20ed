package batch

import "math"

// ErrorBound is the largest share of wrong figures in a lot that still has a chance
// of at least 1 − level to show at most wrong of them among checked, which were
// drawn at random without replacement. With level 0.95 the true share is above the
// bound in at most one of twenty samples. It is exact for the lot: the tail of the
// hypergeometric distribution is what Clopper and Pearson's interval (Biometrika 26
// (1934) 404–413) has for a lot without end, to which it comes close for a large
// one, and when all figures were checked the bound is what was found.
func ErrorBound(wrong, checked int, lot int64, level float64) float64 {
	if checked <= 0 || lot < int64(checked) {
		return 1
	}
	k, n := int64(wrong), int64(checked)
	low, high := k, lot-n+k+1 // so many wrong figures there may be, and so many not
	for high-low > 1 {
		mid := low + (high-low)/2
		if atMost(k, n, mid, lot) >= (1-level)*(1-1e-9) { // one in twenty, however it was rounded
			low = mid
		} else {
			high = mid
		}
	}
	return float64(low) / float64(lot)
}

// atMost is the chance of at most k wrong figures among n drawn from a lot that has
// so many wrong ones.
func atMost(k, n, wrong, lot int64) float64 {
	right := lot - wrong
	least := max(0, n-right) // more right ones than there are cannot be drawn
	term := logChoose(wrong, least) + logChoose(right, n-least) - logChoose(lot, n)
	sum := 0.0
	for i := least; i <= min(k, n, wrong); i++ {
		sum += math.Exp(term)
		// From the chance of i to that of i+1.
		term += math.Log(float64(wrong-i)) + math.Log(float64(n-i)) - math.Log(float64(i+1)) - math.Log(float64(right-n+i+1))
	}
	return sum
}

// logChoose is a sum of logarithms, for the difference of two logarithms of
// factorials of a hundred million keeps few digits.
func logChoose(n, k int64) float64 {
	k = min(k, n-k)
	sum := 0.0
	for i := range k {
		sum += math.Log(float64(n-i)) - math.Log(float64(i+1))
	}
	return sum
}

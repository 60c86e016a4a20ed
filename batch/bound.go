package batch

import "math"

// ErrorBound is the largest error rate that still has a chance of at least
// 1 − level to show at most wrong errors among checked: the upper end of the
// one-sided exact interval of Clopper and Pearson (The use of confidence or
// fiducial limits illustrated in the case of the binomial, Biometrika 26 (1934)
// 404–413). With level 0.95 the true rate is above the bound in at most one of
// twenty samples. The figures are drawn without replacement, for which the
// binomial bound is the wider one.
func ErrorBound(wrong, checked int, level float64) float64 {
	if checked <= 0 || wrong >= checked {
		return 1
	}
	low, high := 0.0, 1.0
	for range 100 { // halving past the precision of a float64
		mid := (low + high) / 2
		if atMost(wrong, checked, mid) > 1-level {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// SampleFor is how many figures must be checked, and all found right, for the
// bound to be at most rate.
func SampleFor(rate, level float64) int {
	return int(math.Ceil(math.Log(1-level) / math.Log1p(-rate)))
}

// atMost is the chance of at most k of n where each has the chance p.
func atMost(k, n int, p float64) float64 {
	if p <= 0 {
		return 1
	}
	if p >= 1 {
		return 0
	}
	sum := 0.0
	for i := range k + 1 {
		sum += math.Exp(logChoose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

package samples

import (
	"fmt"
	"strings"
)

// money is an amount in fen, a hundredth of a yuan.
type money int64

const (
	yuan    money = 100
	wanYuan money = 10_000 * yuan
)

// points are hundredths of a point.
type points int64

// decimalText writes n·10⁻ˢᶜᵃˡᵉ plainly.
func decimalText(n int64, scale int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := fmt.Sprintf("%0*d", scale+1, n)
	if scale == 0 {
		return sign + digits
	}
	cut := len(digits) - scale
	return sign + digits[:cut] + "." + digits[cut:]
}

// trimZeros drops the zeros behind the decimal mark, and the mark with the last of them.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// groupDigits puts a comma before every third digit of the whole part.
func groupDigits(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, dot := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if dot {
		b.WriteString("." + fraction)
	}
	return sign + b.String()
}

// ungroup is groupDigits undone.
func ungroup(s string) string { return strings.ReplaceAll(s, ",", "") }

// roundDiv is a/b to the nearest whole number, halves away from zero; b > 0.
func roundDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}

// amountText prints m in 万元 or 元 with so many decimals.
func amountText(m money, unit string, scale int) string {
	in := wanYuan
	if unit == "元" {
		in = yuan
	}
	return decimalText(roundDiv(int64(m)*power(scale), int64(in)), scale)
}

// pointsText prints p with so many decimals; -1 prints as many as it needs.
func pointsText(p points, scale int) string {
	if scale < 0 {
		return trimZeros(decimalText(int64(p), 2))
	}
	return decimalText(roundDiv(int64(p), power(2-scale)), scale)
}

// percentText is a/b in percent with so many decimals, without the sign %.
func percentText(a, b money, scale int) string {
	if b < 0 {
		a, b = -a, -b
	}
	return decimalText(roundDiv(int64(a)*100*power(scale), int64(b)), scale)
}

func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

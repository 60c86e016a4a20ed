package pdf

import (
	"math"

	"heji/layout"
)

// matrix is an affine map as PDF writes it: x' = ax + cy + e, y' = bx + dy + f.
type matrix struct{ a, b, c, d, e, f float64 }

func (m matrix) point(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

// box is the smallest upright box around the mapped one.
func (m matrix) box(x0, y0, x1, y1 float64) layout.Box {
	var xs, ys [4]float64
	xs[0], ys[0] = m.point(x0, y0)
	xs[1], ys[1] = m.point(x1, y0)
	xs[2], ys[2] = m.point(x0, y1)
	xs[3], ys[3] = m.point(x1, y1)
	return layout.Box{
		X0: min(xs[0], xs[1], xs[2], xs[3]), Y0: min(ys[0], ys[1], ys[2], ys[3]),
		X1: max(xs[0], xs[1], xs[2], xs[3]), Y1: max(ys[0], ys[1], ys[2], ys[3]),
	}
}

// after is the map that does m first and then n.
func (m matrix) after(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// scale is how much m lengthens on average.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// quarter is the number of clockwise quarter turns from rightward that a
// direction is nearest to, y pointing down.
func quarter(dx, dy float64) int {
	switch {
	case math.Abs(dx) >= math.Abs(dy) && dx >= 0:
		return 0
	case math.Abs(dx) >= math.Abs(dy):
		return 2
	case dy > 0:
		return 1
	}
	return 3
}

// finite reports whether every value is an ordinary number of a size that can
// stand on a page.
func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return false
		}
	}
	return true
}

// common is the area that two boxes share.
func common(a, b layout.Box) float64 {
	w := min(a.X1, b.X1) - max(a.X0, b.X0)
	h := min(a.Y1, b.Y1) - max(a.Y0, b.Y0)
	return max(0, w) * max(0, h)
}

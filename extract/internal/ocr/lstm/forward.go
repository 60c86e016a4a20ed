package lstm

import (
	"cmp"
	"slices"
)

// plane holds the activations of one line between two layers: h rows of w places
// of depth values each. An activation of 127 is one.
type plane struct {
	w, h, depth int
	v           []int8
}

func newPlane(w, h, depth int) plane { return plane{w, h, depth, make([]int8, w*h*depth)} }

func (p plane) at(x, y int) []int8 {
	i := (y*p.w + x) * p.depth
	return p.v[i : i+p.depth]
}

// beliefs are, for each step along a line, the shares of belief in each class.
func (m *Model) beliefs(lines []plane) [][]float32 {
	for i := range m.layers {
		l := &m.layers[i]
		switch l.kind {
		case stack:
			for j := range lines {
				lines[j] = l.stacked(lines[j])
			}
		case full:
			for j := range lines {
				p := newPlane(lines[j].w, lines[j].h, l.ns)
				l.matrix.each(lines[j].v, func(from int, out []float32) { squash(out, p.v[from*l.ns:from*l.ns+len(out)]) })
				lines[j] = p
			}
		case pool:
			for j := range lines {
				lines[j] = l.pooled(lines[j])
			}
		case along, back, down:
			l.remember(lines)
		case choose:
			found := make([][]float32, len(lines))
			for j := range lines {
				l.matrix.each(lines[j].v, func(_ int, out []float32) {
					shares(out, l.ns)
					found[j] = append(found[j], out...)
				})
			}
			return found
		}
	}
	return nil
}

// stacked puts the neighbours of each place side by side, column by column. What
// is outside the picture is neither black nor white, as it was on average when the
// network was taught: taken for paper, it was read as a comma at the end of lines.
func (l *layer) stacked(in plane) plane {
	out := newPlane(in.w, in.h, l.ns)
	for y := range in.h {
		for x := range in.w {
			to := out.at(x, y)
			for xx := x - l.dx; xx <= x+l.dx; xx++ {
				for yy := y - l.dy; yy <= y+l.dy; yy++ {
					if xx >= 0 && xx < in.w && yy >= 0 && yy < in.h {
						copy(to, in.at(xx, yy))
					}
					to = to[in.depth:]
				}
			}
		}
	}
	return out
}

// pooled keeps the greatest of each dx × dy places.
func (l *layer) pooled(in plane) plane {
	out := newPlane(in.w/l.dx, in.h/l.dy, in.depth)
	for y := range out.h {
		for x := range out.w {
			to := out.at(x, y)
			copy(to, in.at(x*l.dx, y*l.dy))
			for i := 1; i < l.dx*l.dy; i++ {
				for k, v := range in.at(x*l.dx+i%l.dx, y*l.dy+i/l.dx) {
					to[k] = max(to[k], v)
				}
			}
		}
	}
	return out
}

// each multiplies a run of inputs, some at a time.
func (m *matrix) each(in []int8, use func(from int, out []float32)) {
	const most = 64
	x, out := make([]int16, most*m.width), make([]float32, most*m.rows)
	for from := 0; from < len(in)/m.inputs; from += most {
		n := min(most, len(in)/m.inputs-from)
		for b := range n {
			for i, v := range in[(from+b)*m.inputs : (from+b+1)*m.inputs] {
				x[b*m.width+i] = int16(v)
			}
		}
		m.dense(x, n, out)
		use(from, out[:n*m.rows])
	}
}

// sequence is a row or column of a line, forwards or backwards.
type sequence struct {
	line            int
	x, y, dx, dy, n int
}

// abreast is how many sequences are run side by side: the weights, which are more
// than a processor's nearest memory holds, are then fetched once for all of them.
const abreast = 24

// remember runs an LSTM over each row, or down each column, of each line.
func (l *layer) remember(lines []plane) {
	out := make([]plane, len(lines))
	var all []sequence
	for i, p := range lines {
		switch l.kind {
		case down:
			out[i] = newPlane(p.w, 1, l.ns)
			for x := range p.w {
				all = append(all, sequence{i, x, 0, 0, 1, p.h})
			}
		case back:
			out[i] = newPlane(p.w, p.h, l.ns)
			for y := range p.h {
				all = append(all, sequence{i, p.w - 1, y, -1, 0, p.w})
			}
		default:
			out[i] = newPlane(p.w, p.h, l.ns)
			for y := range p.h {
				all = append(all, sequence{i, 0, y, 1, 0, p.w})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b sequence) int { return cmp.Compare(b.n, a.n) })
	for group := range slices.Chunk(all, abreast) {
		l.run(group, lines, out)
	}
	copy(lines, out)
}

// run runs some sequences, the longest first, side by side.
func (l *layer) run(group []sequence, lines, out []plane) {
	active := make([]int32, group[0].n)
	total := 0
	for _, s := range group {
		for t := range s.n {
			active[t]++
		}
		total += s.n
	}
	if total == 0 {
		return
	}
	given, got := make([]int8, 0, total*l.ni), make([]int8, total*l.ns)
	for t, n := range active {
		for _, s := range group[:n] {
			given = append(given, lines[s.line].at(s.x+t*s.dx, s.y+t*s.dy)...)
		}
	}
	l.matrix.lstm(l.ni, l.ns, active, given, got)
	for t, n := range active {
		for _, s := range group[:n] {
			switch {
			case l.kind != down:
				copy(out[s.line].at(s.x+t*s.dx, s.y+t*s.dy), got)
			case t == s.n-1:
				copy(out[s.line].at(s.x, 0), got)
			}
			got = got[l.ns:]
		}
	}
}

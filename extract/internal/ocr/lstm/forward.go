package lstm

import (
	"cmp"
	"slices"
	"sync"
)

// plane holds the activations of one line between two layers: h rows of w places
// of depth values each. Between layers the depth is a multiple of group; the values
// it has beyond a layer's own meet weights of zero.
type plane struct {
	w, h, depth int
	v           []uint8
}

// shaped is a plane of so many values a place, of which nothing is known.
func shaped(w, h, values int, buffer *[]uint8) plane {
	p := plane{w: w, h: h, depth: padded(values)}
	p.v = grown(buffer, p.w*p.h*p.depth)
	return p
}

func padded(values int) int { return (values + group - 1) / group * group }

// planes are those of several lines, one after the other.
type planes struct {
	depth int
	lines []place
	v     []uint8
}

// place is where a line's plane is among others.
type place struct{ w, h, from int }

func (p planes) line(i int) plane {
	l := p.lines[i]
	return plane{l.w, l.h, p.depth, p.v[l.from:][:l.w*l.h*p.depth]}
}

// work is working space, used again from line to line and from call to call.
type work struct {
	x           []uint8
	sums, state []float32
	line, lines [2][]uint8 // what a layer reads and what it writes, of one line and of all
}

var works = sync.Pool{New: func() any { return new(work) }}

// grown is the buffer with n values, of which nothing is known.
func grown[T any](buffer *[]T, n int) []T {
	if cap(*buffer) < n {
		*buffer = make([]T, n+n/4)
	}
	return (*buffer)[:n]
}

// beliefs are, for each step along a line, the shares of belief in each class. The
// layers that look at a place and its neighbours are done line by line; those that
// remember, for all lines side by side.
func (m *Model) beliefs(pictures []plane) [][]float32 {
	w := works.Get().(*work)
	defer works.Put(w)
	lines := m.looked(pictures, w)
	rest := m.layers[m.local:]
	for i := range rest[:len(rest)-1] {
		lines = rest[i].remember(lines, &w.lines[(i+1)%2], w)
	}
	return rest[len(rest)-1].chosen(lines, w)
}

// looked are the lines after the layers that look at a place and its neighbours.
func (m *Model) looked(pictures []plane, w *work) planes {
	out := planes{v: w.lines[0][:0]}
	for _, p := range pictures {
		for i := range m.layers[:m.local] {
			buffer := &w.line[i%2]
			switch l := &m.layers[i]; l.kind {
			case stack:
				p = l.stacked(p, buffer)
			case full:
				p = l.squashed(p, buffer, w)
			case pool:
				p = l.pooled(p, buffer)
			}
		}
		out.depth = p.depth
		out.lines = append(out.lines, place{p.w, p.h, len(out.v)})
		out.v = append(out.v, p.v...)
	}
	w.lines[0] = out.v
	return out
}

// stacked puts the neighbours of each place side by side, column by column. What
// is outside the picture is neither black nor white, as it was on average when the
// network was taught: taken for paper, it was read as a comma at the end of lines.
func (l *layer) stacked(in plane, buffer *[]uint8) plane {
	out := shaped(in.w, in.h, l.ns, buffer)
	for i := range out.v {
		out.v[i] = nothing
	}
	k := 0
	for dx := -l.dx; dx <= l.dx; dx++ {
		for dy := -l.dy; dy <= l.dy; dy++ {
			from, to := max(0, -dx), min(in.w, in.w-dx)
			for y := max(0, -dy); y < min(in.h, in.h-dy) && from < to; y++ {
				src := in.v[((y+dy)*in.w+from+dx)*in.depth:]
				dst := out.v[(y*in.w+from)*out.depth+k:]
				if l.ni == 1 && in.depth == 1 {
					for x, v := range src[:to-from] {
						dst[x*out.depth] = v
					}
					continue
				}
				for x := range to - from {
					copy(dst[x*out.depth:][:l.ni], src[x*in.depth:])
				}
			}
			k += l.ni
		}
	}
	return out
}

func (l *layer) squashed(in plane, buffer *[]uint8, w *work) plane {
	out := shaped(in.w, in.h, l.ns, buffer)
	l.matrix.each(in, w, func(from int, sums []float32) {
		if out.depth == l.ns {
			squash(sums, out.v[from*l.ns:])
			return
		}
		for ; len(sums) > 0; from, sums = from+1, sums[l.ns:] {
			squash(sums[:l.ns], out.v[from*out.depth:])
		}
	})
	return out
}

func (l *layer) pooled(in plane, buffer *[]uint8) plane {
	out := shaped(in.w/l.dx, in.h/l.dy, in.depth, buffer)
	most(in, out, l.dx, l.dy)
	return out
}

// chosen are the shares of belief in each class.
func (l *layer) chosen(in planes, w *work) [][]float32 {
	found := make([][]float32, len(in.lines))
	for i := range in.lines {
		p := in.line(i)
		found[i] = make([]float32, 0, p.w*p.h*l.ns)
		l.matrix.each(p, w, func(_ int, sums []float32) {
			shares(sums, l.ns)
			found[i] = append(found[i], sums...)
		})
	}
	return found
}

// each multiplies the values of each place, some places at a time.
func (m *matrix) each(p plane, w *work, use func(from int, sums []float32)) {
	const most = 64
	sums := grown(&w.sums, most*m.rows)
	for from := 0; from < p.w*p.h; from += most {
		n := min(most, p.w*p.h-from)
		m.dense(p.v[from*p.depth:], n, sums)
		use(from, sums[:n*m.rows])
	}
}

// abreast is how many sequences are run side by side: the weights, which are more
// than a processor's nearest memory holds, are then fetched once for all of them.
const abreast = 32

// remember runs an LSTM over each row, or down each column, of each line.
func (l *layer) remember(in planes, buffer *[]uint8, w *work) planes {
	out := planes{depth: padded(l.ns)}
	var all []sequence
	size := 0
	for _, p := range in.lines {
		o := place{p.w, p.h, size}
		if l.kind == down {
			o.h = 1
		}
		size += o.w * o.h * out.depth
		out.lines = append(out.lines, o)
		all = l.sequences(all, p, o, in.depth, out.depth)
	}
	out.v = grown(buffer, size)
	slices.SortStableFunc(all, func(a, b sequence) int { return cmp.Compare(b.length, a.length) })
	for some := range slices.Chunk(all, abreast) {
		l.matrix.lstm(l.ni, l.ns, some, in.v, out.v, w)
	}
	return out
}

// sequences appends the ways of an LSTM through a line: along its rows, from either
// end, or down its columns, of which the last output is kept.
func (l *layer) sequences(all []sequence, in, out place, given, got int) []sequence {
	if in.w == 0 || in.h == 0 {
		return all
	}
	if l.kind == down {
		for x := range in.w {
			all = append(all, newSequence(in.from+x*given, in.w*given, out.from+x*got, 0, in.h))
		}
		return all
	}
	first, step := 0, 1
	if l.kind == back {
		first, step = in.w-1, -1
	}
	for y := range in.h {
		at := y*in.w + first
		all = append(all, newSequence(in.from+at*given, step*given, out.from+at*got, step*got, in.w))
	}
	return all
}

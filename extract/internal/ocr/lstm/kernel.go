package lstm

// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -lm
// #include "kernel.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// A processor's vector instructions are out of Go's reach, so the inner loops are C.
// What C is told of lengths is checked here, before it is called.

// block and group are the numbers of rows and of inputs that are packed together.
const (
	block = 16
	group = 4
)

// matrix is of small whole numbers, packed as kernel.h says.
type matrix struct {
	rows, inputs, groups int
	weights              []int8
	start                []int32
	scale                []float32
}

// pack makes a matrix of rows of weights, of which the last is the bias.
func pack(rows [][]int8, scale []float32) matrix {
	m := matrix{rows: len(rows), inputs: len(rows[0]) - 1, scale: scale}
	m.groups = (m.inputs + group - 1) / group
	m.weights = make([]int8, (m.rows+block-1)/block*block*m.groups*group)
	m.start = make([]int32, m.rows)
	for r, row := range rows {
		sum := int32(0)
		for i, w := range row[:m.inputs] {
			m.weights[((r/block*m.groups+i/group)*block+r%block)*group+i%group] = w
			sum += int32(w)
		}
		m.start[r] = one*int32(row[m.inputs]) - nothing*sum
	}
	return m
}

// An activation is a byte: nothing is zero, and one is that much more.
const (
	nothing = 128
	one     = 127
)

// width is the length of one input, with what fills its last group.
func (m *matrix) width() int { return m.groups * group }

// dense is the matrix times each of some inputs.
func (m *matrix) dense(x []uint8, batch int, out []float32) {
	m.check(x, batch, out)
	C.dense(octets(m.weights), (*C.int32_t)(unsafe.SliceData(m.start)), floats(m.scale), C.int(m.rows), C.int(m.groups), bytes8(x), C.int(batch), floats(out))
}

// ways is in how many ways dense can be done.
const ways = C.DENSE_WAYS

// denseBy is dense done in one of them; it is false where the processor cannot.
func (m *matrix) denseBy(way int, x []uint8, batch int, out []float32) bool {
	m.check(x, batch, out)
	return C.dense_by(C.int(way), octets(m.weights), (*C.int32_t)(unsafe.SliceData(m.start)), floats(m.scale), C.int(m.rows), C.int(m.groups), bytes8(x), C.int(batch), floats(out)) != 0
}

func (m *matrix) check(x []uint8, batch int, out []float32) {
	if len(x) < batch*m.width() || len(out) < batch*m.rows {
		panic(fmt.Sprintf("lstm: %d inputs of %d and outputs of %d in %d and %d values", batch, m.width(), m.rows, len(x), len(out)))
	}
}

// squash is tanh of v, as activations.
func squash(v []float32, out []uint8) {
	C.squash(floats(v), C.int(min(len(v), len(out))), bytes8(out))
}

// shares makes each n values of v add up to one.
func shares(v []float32, n int) { C.shares(floats(v), C.int(len(v)/n), C.int(n)) }

// most writes the greatest of each dx × dy places of in to out.
func most(in, out plane, dx, dy int) {
	if len(in.v) < in.w*in.h*in.depth || len(out.v) < out.w*out.h*out.depth || out.w != in.w/dx || out.h != in.h/dy || out.depth != in.depth {
		panic("lstm: places that do not fit")
	}
	C.pool(bytes8(in.v), C.int(in.w), C.int(in.h), C.int(in.depth), C.int(dx), C.int(dy), bytes8(out.v))
}

// sequence is a way through places: the first, how far each step goes in what is
// given and in what is got, and how many there are.
type sequence = C.sequence

func newSequence(from, step, to, put, n int) sequence {
	return sequence{from: C.int64_t(from), step: C.int64_t(step), to: C.int64_t(to), put: C.int64_t(put), length: C.int32_t(n)}
}

// within reports whether all of the steps lie in so many values.
func within(from, step C.int64_t, n C.int32_t, each, all int) bool {
	first, last := int(from), int(from)+int(n-1)*int(step)
	return n > 0 && min(first, last) >= 0 && max(first, last)+each <= all
}

// lstm runs sequences side by side, the longest first.
func (m *matrix) lstm(ni, ns int, sequences []sequence, in, out []uint8, w *work) {
	for i, s := range sequences {
		if !within(s.from, s.step, s.length, ni, len(in)) || !within(s.to, s.put, s.length, ns, len(out)) || i > 0 && s.length > sequences[i-1].length {
			panic(fmt.Sprintf("lstm: a sequence that does not fit: %+v", s))
		}
	}
	if m.inputs != ni+ns || m.rows != 4*ns {
		panic("lstm: a matrix of another size")
	}
	n := len(sequences)
	x, gates, state := grown(&w.x, n*m.width()), grown(&w.sums, n*m.rows), grown(&w.state, n*ns)
	C.lstm(octets(m.weights), (*C.int32_t)(unsafe.SliceData(m.start)), floats(m.scale), C.int(ni), C.int(ns), C.int(m.groups),
		unsafe.SliceData(sequences), C.int(n), bytes8(in), bytes8(out), bytes8(x), floats(gates), floats(state))
}

func octets(s []int8) *C.int8_t   { return (*C.int8_t)(unsafe.SliceData(s)) }
func bytes8(s []uint8) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(s)) }
func floats(s []float32) *C.float { return (*C.float)(unsafe.SliceData(s)) }

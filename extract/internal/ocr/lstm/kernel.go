package lstm

// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -lm
// #include "kernel.h"
import "C"

import "unsafe"

// A processor's vector instructions are out of Go's reach, so the inner loops are C.

func shorts(s []int16) *C.int16_t { return (*C.int16_t)(unsafe.Pointer(unsafe.SliceData(s))) }
func octets(s []int8) *C.int8_t   { return (*C.int8_t)(unsafe.Pointer(unsafe.SliceData(s))) }
func floats(s []float32) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(s))) }

// dense is the matrix times each of some inputs of m.width values.
func (m *matrix) dense(x []int16, batch int, out []float32) {
	C.dense(shorts(m.weights), shorts(m.bias), floats(m.scale), C.int(m.rows), C.int(m.width), shorts(x), C.int(batch), floats(out))
}

// squash is tanh of v, as activations.
func squash(v []float32, out []int8) { C.squash(floats(v), C.int(len(v)), octets(out)) }

// shares makes each n values of v add up to one.
func shares(v []float32, n int) { C.shares(floats(v), C.int(len(v)/n), C.int(n)) }

// lstm runs as many sequences side by side as active tells for each step.
func (m *matrix) lstm(ni, ns int, active []int32, in, out []int8) {
	most := int(active[0])
	x, gates, state := make([]int16, most*m.width), make([]float32, most*4*ns), make([]float32, most*ns)
	C.lstm(shorts(m.weights), shorts(m.bias), floats(m.scale), C.int(ni), C.int(ns), C.int(m.width),
		(*C.int32_t)(unsafe.Pointer(unsafe.SliceData(active))), C.int(len(active)), octets(in), octets(out), shorts(x), floats(gates), floats(state))
}

package lstm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"unicode"
)

// The parts of a traineddata file that are used, by their number in its table.
const (
	networkPart = 17
	charsPart   = 21
	codesPart   = 22
)

// ErrUnknown is of trained data that is not of the kind this package knows: whole
// numbers for weights, one network of the layers below. It can still be good for
// Tesseract itself.
var ErrUnknown = errors.New("trained data of another kind")

// Model is a language's trained data. It is not changed by reading and may be
// used from several goroutines.
type Model struct {
	height int // of the picture of a line, in pixels
	layers []layer
	local  int // how many of the layers, the first, see a place and its neighbours only
	blank  int // the class that stands for no character
	codes  *codes
	words  []string // of Han characters, that the data lists
}

// Words are the words of Han characters that the data lists.
func (m *Model) Words() []string { return m.words }

func allHan(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

// Load reads a traineddata file. The error is ErrUnknown for data of another kind.
func Load(file string) (*Model, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

func parse(data []byte) (*Model, error) {
	network, err := part(data, networkPart)
	if err != nil {
		return nil, err
	}
	m := &Model{}
	r := &source{rest: network}
	if err := m.network(r); err != nil {
		return nil, err
	}
	r.text() // the network's description
	r.skip(3 * 4)
	m.blank = int(r.int32())
	chars, err := part(data, charsPart)
	if err != nil {
		return nil, err
	}
	list, err := part(data, codesPart)
	if err != nil {
		return nil, err
	}
	letters := namesOf(chars)
	m.codes, err = readCodes(letters, list)
	if words, missing := part(data, wordsPart); missing == nil {
		m.words = readWords(words, letters, allHan)
	}
	if err == nil && r.failed {
		err = ErrUnknown
	}
	if classes := m.layers[len(m.layers)-1].matrix.rows; err == nil && (m.blank < 0 || m.blank >= classes || m.codes.most >= classes) {
		err = ErrUnknown
	}
	return m, err
}

// part is one of the parts of a traineddata file: a count, then as many offsets
// (-1 for a part that is missing), then the parts in their order.
func part(data []byte, number int) ([]byte, error) {
	if len(data) < 4 {
		return nil, ErrUnknown
	}
	n := int(binary.LittleEndian.Uint32(data))
	if n <= number || n > 1000 || len(data) < 4+8*n {
		return nil, ErrUnknown
	}
	offset := func(i int) int64 { return int64(binary.LittleEndian.Uint64(data[4+8*i:])) }
	start, end := offset(number), int64(len(data))
	for i := number + 1; i < n; i++ {
		if o := offset(i); o >= 0 {
			end = o
			break
		}
	}
	if start < 0 || start > end || end > int64(len(data)) {
		return nil, ErrUnknown
	}
	return data[start:end], nil
}

// kind is what a layer does.
type kind int

const (
	stack  kind = iota // puts the neighbours of each place side by side
	full               // a matrix, then tanh
	pool               // the greatest of some neighbours
	along              // an LSTM along each row
	back               // an LSTM along each row, from its end
	down               // an LSTM down each column, of which only the end is kept
	choose             // a matrix, then shares of belief in each class
)

// layer is one step from a line's picture to its characters.
type layer struct {
	kind   kind
	dx, dy int // stack: reach to either side; pool: size
	matrix matrix
	ni, ns int // of an LSTM: inputs and units
}

// network reads the layers. All that can be read of Tesseract's many kinds of
// network is the one that its own trained data has.
func (m *Model) network(r *source) error {
	if err := m.layer(r, false, false); err != nil {
		return err
	}
	if r.failed || m.height == 0 || !m.fits() {
		return ErrUnknown
	}
	return nil
}

// fits reports whether each layer takes as many values as the one before it gives,
// those that see neighbours stand before those that remember, and the last chooses.
func (m *Model) fits() bool {
	m.local = slices.IndexFunc(m.layers, func(l layer) bool { return l.kind != stack && l.kind != full && l.kind != pool })
	if m.local < 1 || m.layers[0].kind != stack {
		return false
	}
	given := 1
	for i, l := range m.layers {
		switch {
		case l.ni != given,
			l.kind == stack && l.ns != l.ni*(2*l.dx+1)*(2*l.dy+1),
			l.kind == pool && l.ns != l.ni,
			i >= m.local && (l.kind == stack || l.kind == full || l.kind == pool),
			(l.kind == choose) != (i == len(m.layers)-1):
			return false
		}
		given = l.ns
	}
	return true
}

func (m *Model) layer(r *source, reversed, transposed bool) error {
	head := r.head()
	if r.failed {
		return ErrUnknown
	}
	l := layer{ni: head.ni, ns: head.no}
	switch head.kind {
	case "Input":
		r.skip(4)
		m.height = int(r.int32())
		r.skip(2 * 4)
		r.skip(4)
		if head.no != 1 || m.height < 8 || m.height > 200 {
			return ErrUnknown
		}
		return nil
	case "Series", "RTLReversed", "XYTranspose":
		for range r.count(100) {
			if err := m.layer(r, reversed != (head.kind == "RTLReversed"), transposed != (head.kind == "XYTranspose")); err != nil {
				return err
			}
		}
		if head.flags&ownRates != 0 {
			r.skip(4 * r.count(1000))
		}
		return nil
	case "Convolve":
		l.kind, l.dx, l.dy = stack, int(r.int32()), int(r.int32())
	case "Maxpool":
		l.kind, l.dx, l.dy = pool, int(r.int32()), int(r.int32())
	case "Tanh", "Softmax":
		l.kind = full
		if head.kind == "Softmax" {
			l.kind = choose
		}
		rows, scale, ok := r.rows()
		if !ok || len(rows) != head.no || len(rows[0]) != head.ni+1 {
			return ErrUnknown
		}
		l.matrix = pack(rows, scale)
	case "LSTM", "SummLSTM":
		switch {
		case head.kind == "LSTM" && !transposed && reversed:
			l.kind = back
		case head.kind == "LSTM" && !transposed:
			l.kind = along
		case head.kind == "SummLSTM" && transposed && !reversed:
			l.kind = down
		default:
			return ErrUnknown
		}
		if !l.gates(r) {
			return ErrUnknown
		}
	default:
		return ErrUnknown
	}
	if l.dx < 0 || l.dy < 0 || l.dx > 8 || l.dy > 8 || l.kind == pool && l.dx*l.dy == 0 {
		return ErrUnknown
	}
	m.layers = append(m.layers, l)
	return nil
}

// gates reads the four matrices of an LSTM into one: its inputs, then its input
// gates, forget gates and output gates.
func (l *layer) gates(r *source) bool {
	if na := int(r.int32()); na != l.ni+l.ns {
		return false // it looks two ways at once
	}
	var rows [][]int8
	var scale []float32
	for range 4 {
		some, by, ok := r.rows()
		if !ok || len(some) != l.ns || len(some[0]) != l.ni+l.ns+1 {
			return false
		}
		rows, scale = append(rows, some...), append(scale, by...)
	}
	l.matrix = pack(rows, scale)
	return true
}

const (
	wholeNumbers = 1 // modes of a stored matrix
	newFormat    = 128
	ownRates     = 64 // flag of a layer: rates of learning follow
)

// rows reads a matrix of small whole numbers: the bias is each row's last.
func (s *source) rows() (rows [][]int8, scale []float32, ok bool) {
	mode := s.byte()
	if mode&wholeNumbers == 0 || mode&newFormat == 0 {
		return nil, nil, false
	}
	n, columns := int(s.int32()), int(s.int32())
	s.skip(1)
	if n <= 0 || columns < 2 || n > 20000 || columns > 20000 || n*columns > len(s.rest) {
		return nil, nil, false
	}
	for range n {
		row := make([]int8, columns)
		for i, v := range s.bytes(columns) {
			row[i] = int8(v)
		}
		rows = append(rows, row)
	}
	if s.count(20000) != n {
		return nil, nil, false
	}
	for range n {
		scale = append(scale, float32(math.Float64frombits(binary.LittleEndian.Uint64(s.bytes(8)))/one))
	}
	return rows, scale, !s.failed
}

// source reads little-endian values; past its end it gives zeros and has failed.
type source struct {
	rest   []byte
	failed bool
}

func (s *source) bytes(n int) []byte {
	if n < 0 || n > len(s.rest) {
		s.failed = true
		return make([]byte, min(max(n, 0), 1<<16))
	}
	b := s.rest[:n]
	s.rest = s.rest[n:]
	return b
}

func (s *source) skip(n int)   { s.bytes(n) }
func (s *source) byte() byte   { return s.bytes(1)[0] }
func (s *source) int32() int32 { return int32(binary.LittleEndian.Uint32(s.bytes(4))) }

// count is a number of things to come, 0 where it is more than can be.
func (s *source) count(most int) int {
	n := int(s.int32())
	if n < 0 || n > most {
		s.failed = true
		return 0
	}
	return n
}

func (s *source) text() string { return string(s.bytes(s.count(10000))) }

// head is what each layer begins with.
type head struct {
	kind   string
	flags  int32
	ni, no int
}

func (s *source) head() head {
	h := head{kind: "number"}
	if s.byte() == 0 {
		h.kind = s.text()
	}
	s.skip(2) // whether it was in training
	h.flags = s.int32()
	h.ni, h.no = int(s.int32()), int(s.int32())
	s.skip(4) // weights
	s.text()  // name
	return h
}

// codes are the characters and how they are spelt. In Chinese a character is
// spelt by up to three codes, which are the network's classes.
type codes struct {
	nodes []node // the first is where each character begins
	most  int    // the highest code
}

// node is a place in the tree of codes.
type node struct {
	next map[int]int // by code
	char string      // "" where no character ends
}

// namesOf are the characters that the data knows, by number.
func namesOf(chars []byte) []string {
	names := strings.Split(string(bytes.TrimRight(chars, "\n")), "\n")[1:]
	for i, n := range names {
		names[i], _, _ = strings.Cut(n, " ")
	}
	return names
}

func readCodes(names []string, list []byte) (*codes, error) {
	r := &source{rest: list}
	n := r.count(len(names))
	c := &codes{nodes: []node{{}}}
	for i := range n {
		r.skip(1)
		at := 0
		for range r.count(9) {
			code := int(r.int32())
			c.most = max(c.most, code)
			if code < 0 {
				return nil, ErrUnknown
			}
			to, ok := c.nodes[at].next[code]
			if !ok {
				to = len(c.nodes)
				c.nodes = append(c.nodes, node{})
				if c.nodes[at].next == nil {
					c.nodes[at].next = map[int]int{}
				}
				c.nodes[at].next[code] = to
			}
			at = to
		}
		name := names[i]
		switch {
		case name == "NULL":
			name = " "
		case name == "Joined" || strings.HasPrefix(name, "|Broken"):
			continue // never printed
		}
		if at != 0 && c.nodes[at].char == "" {
			c.nodes[at].char = name
		}
	}
	if r.failed || n == 0 {
		return nil, ErrUnknown
	}
	return c, nil
}

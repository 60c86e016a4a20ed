package lstm

import (
	"cmp"
	"slices"
	"strings"
)

// Symbol is a character of a reading.
type Symbol struct {
	Char  string
	Share float64 // the least of the beliefs in its codes, 0 to 1
	Step  int     // where along the line it was seen
}

// written is a code of a reading and the codes before it.
type written struct {
	before *written
	char   string // the character that ended before this code
	share  float32
	code   int
	step   int
}

// guess is a reading of the line so far.
type guess struct {
	at     int // node of the tree of codes
	last   *written
	marked float64 // belief in it if the last step showed its last code
	blank  float64 // and if it showed no code
}

func (g guess) belief() float64 { return g.marked + g.blank }

const (
	guesses = 8      // kept from step to step
	notable = 0.0005 // share below which a class is not tried
)

// decode finds the likeliest readings. Each step shows a code or none; a code over
// several steps is one code, unless none stands between. What is kept from step to
// step are the likeliest spellings that are the start of a text.
func (m *Model) decode(steps []float32) []found {
	classes := m.layers[len(m.layers)-1].ns
	beam := []guess{{blank: 1}}
	for t := range len(steps) / classes {
		beam = m.step(beam, steps[t*classes:(t+1)*classes], t)
	}
	total := 0.0
	var all []found
	for _, g := range beam {
		total += g.belief()
		if f, ok := m.spell(g); ok {
			all = append(all, f)
		}
	}
	for i := range all {
		all[i].belief /= total
	}
	return all
}

// found is a reading and the share of belief in it.
type found struct {
	symbols []Symbol
	belief  float64
}

func (m *Model) step(beam []guess, shares []float32, t int) []guess {
	next := make([]guess, 0, 4*len(beam))
	total := 0.0
	extend := func(from guess, code int, p float32) {
		to, char, ok := m.follow(from, code)
		if !ok {
			return
		}
		belief := from.blank
		if from.last == nil || from.last.code != code {
			belief += from.marked
		}
		belief *= float64(p)
		if belief == 0 {
			return
		}
		for i := range next { // the same spelling may be known already
			if l := next[i].last; l != nil && l.code == code && l.before == from.last {
				next[i].marked += belief
				l.share = max(l.share, p)
				return
			}
		}
		next = append(next, guess{at: to, last: &written{from.last, char, p, code, t}, marked: belief})
	}
	for _, g := range beam {
		stay := guess{at: g.at, last: g.last, blank: g.belief() * float64(shares[m.blank])}
		if g.last != nil {
			p := shares[g.last.code]
			stay.marked = g.marked * float64(p)
			if g.marked > 0 {
				g.last.share = max(g.last.share, p)
			}
		}
		next = append(next, stay)
	}
	some := shares
	if shares[m.blank] > 1-notable { // then no other is notable
		some = nil
	}
	for code, p := range some {
		if p < notable || code == m.blank {
			continue
		}
		for _, g := range beam {
			extend(g, code, p)
		}
	}
	slices.SortStableFunc(next, func(a, b guess) int { return cmp.Compare(b.belief(), a.belief()) })
	next = next[:min(len(next), guesses)]
	for i, g := range next {
		total += g.belief()
		if g.belief() < next[0].belief()*1e-6 {
			next = next[:i]
			break
		}
	}
	for i := range next {
		next[i].marked /= total
		next[i].blank /= total
	}
	return next
}

// follow goes on by a code: within the character, or to a new one after it.
func (m *Model) follow(g guess, code int) (to int, char string, ok bool) {
	n := m.codes.nodes[g.at]
	if to, ok := n.next[code]; ok {
		return to, "", true
	}
	if n.char == "" {
		return 0, "", false
	}
	to, ok = m.codes.nodes[0].next[code]
	return to, n.char, ok
}

// spell gives the characters; the second result is false for a text that ends
// within one.
func (m *Model) spell(g guess) (found, bool) {
	f := found{belief: g.belief()}
	if g.last == nil {
		return f, true
	}
	char := m.codes.nodes[g.at].char
	if char == "" {
		return f, false
	}
	share, step := float32(1), 0
	for w := g.last; w != nil; w = w.before {
		share, step = min(share, w.share), w.step
		if w.char != "" || w.before == nil {
			f.symbols = append(f.symbols, Symbol{char, float64(share), step})
			char, share = w.char, 1
		}
	}
	slices.Reverse(f.symbols)
	return f, true
}

func textOf(symbols []Symbol) string {
	var b strings.Builder
	for _, s := range symbols {
		b.WriteString(s.Char)
	}
	return b.String()
}

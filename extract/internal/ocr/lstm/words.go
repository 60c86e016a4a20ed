package lstm

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// wordsPart is the list of words that the data has of its own.
const wordsPart = 19

// The bits of an edge of that list, above its letter.
const (
	lastOfNode = 1
	endOfWord  = 4
	flagBits   = 3
)

const (
	mostWords   = 1 << 18
	longestWord = 12 // characters
)

// readWords reads the words of two characters or more that use says are wanted. They
// are kept as a graph: a node is the edges from one place to the next that is the
// last of its node; an edge has a letter and the place of the node it leads to. A
// list that is missing or broken has the words that could be read.
func readWords(data []byte, letters []string, wanted func(string) bool) []string {
	const header = 2 + 4 + 4
	if len(data) < header {
		return nil
	}
	edges := data[header:]
	letterBits := bits.Len32(binary.LittleEndian.Uint32(data[2:])) // as many as the count of letters, and one
	if letterBits > 24 {
		return nil
	}
	var words []string
	var walk func(node int, before string, depth int)
	walk = func(node int, before string, depth int) {
		for at := node; at >= 0 && (at+1)*8 <= len(edges); at++ {
			if len(words) >= mostWords || depth > longestWord {
				return
			}
			edge := binary.LittleEndian.Uint64(edges[at*8:])
			letter := int(edge & (1<<letterBits - 1))
			flags := edge >> letterBits & (1<<flagBits - 1)
			next := int(edge >> (letterBits + flagBits))
			if letter < len(letters) {
				word := before + letters[letter]
				if flags&endOfWord != 0 && utf8.RuneCountInString(word) > 1 && wanted(word) {
					words = append(words, strings.Clone(word))
				}
				if next > 0 {
					walk(next, word, depth+1)
				}
			}
			if flags&lastOfNode != 0 {
				return
			}
		}
	}
	walk(0, "", 1)
	return words
}

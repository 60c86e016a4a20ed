package form

import (
	"slices"
	"testing"
)

// The numbers that a sentence says found no place can be read back from it.
func TestUnplacedIsReadBack(t *testing.T) {
	en, _ := Unplaced([]string{"8.27", "12号", "1,586.78", "98.5分", "产出(5)"})
	if got := (Problem{Code: NumberUnplaced, Message: en}).Quoted(); !slices.Equal(got, []string{"8.27", "1,586.78", "98.5"}) {
		t.Errorf("%s: %q", en, got)
	}
}

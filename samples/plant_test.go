package samples

import "testing"

// Each rule is broken in turn.
func TestFaulty(t *testing.T) {
	for i := range 2 * len(Plants()) {
		if f, want := Faulty(3, i, false), Plants()[i%len(Plants())]; !breaks(f, want) {
			t.Errorf("form %d breaks %v, want %s", i, f.Truth().Discrepancies, want)
		}
	}
	for i := range 2 * len(ProjectPlants()) {
		if f, want := Faulty(3, i, true), ProjectPlants()[i%len(ProjectPlants())]; !breaks(f, want) {
			t.Errorf("project form %d breaks %v, want %s", i, f.Truth().Discrepancies, want)
		}
	}
}

func breaks(f Form, rule string) bool {
	for _, d := range f.Truth().Discrepancies {
		if d.Rule == rule && !d.Consequence {
			return true
		}
	}
	return false
}

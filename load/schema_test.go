package load_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/schema.md anew")

// The page about the tables says what the tables say.
func TestSchemaDoc(t *testing.T) {
	const page = "../docs/schema.md"
	store, _ := open(t)
	got, err := store.SchemaDoc(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run go test ./load -run TestSchemaDoc -update (-page +database):\n%s", diff)
	}
}

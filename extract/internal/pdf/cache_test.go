package pdf

import (
	"os"
	"path/filepath"
	"testing"
)

// PDFs are read without a cache where there can be none, a little later.
func TestNoCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if compilationCache("") != nil || compilationCache(filepath.Join(file, "below")) != nil {
		t.Error("a cache where no folder can be")
	}
	if compilationCache(t.TempDir()) == nil {
		t.Error("no cache in a folder of our own")
	}
}

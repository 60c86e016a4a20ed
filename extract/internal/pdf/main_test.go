package pdf

import (
	"os"
	"testing"

	"heji/extract/internal/worker"
)

func TestMain(m *testing.M) {
	worker.Main(Services())
	os.Exit(m.Run())
}

package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"heji/extract"
	"heji/load/loadtest"
)

// programs are what scripts may run beside the system's own.
var programs = map[string]func(){
	"heji": func() { os.Exit(run(os.Args[1:])) },
}

func TestMain(m *testing.M) {
	extract.RunWorker()
	testscript.Main(m, programs)
}

// TestScripts runs the commands as a person would. In a script, `status N
// COMMAND…` runs a command that must end with exit status N.
func TestScripts(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	samples, err := filepath.Abs("../../samples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("SAMPLES", samples)
			env.Setenv("XDG_CACHE_HOME", cache) // compiled once for all scripts
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status,
			// database sets DATABASE_URL to an empty database for the rest of the script.
			"database": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Setenv("DATABASE_URL", loadtest.URL(t))
			},
		},
	})
}

// status runs a command and wants a certain exit status; stdout and stderr can
// then be looked at as after exec.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		// testscript keeps the process's state to itself, and says it so.
		text, ok := strings.CutPrefix(err.Error(), "exit status ")
		if !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got, err = strconv.Atoi(text)
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// TestImports holds the shape of the project: every stage knows the two leaf
// packages and no other stage; batch puts the stages in order; only cmd knows
// batch and the database both.
func TestImports(t *testing.T) {
	stage := []string{"heji/layout", "heji/form"}
	allowed := map[string][]string{
		"layout":    {},
		"form":      {"heji/layout"},
		"extract":   stage,
		"parse":     stage,
		"normalize": stage,
		"audit":     stage,
		"load":      stage,
		"export":    stage,
		"samples":   stage,
		"batch":     {"heji/layout", "heji/form", "heji/extract", "heji/parse", "heji/normalize", "heji/audit"},
		"review":    {"heji/layout", "heji/form", "heji/normalize", "heji/audit", "heji/load"},
		"cmd":       {"heji/layout", "heji/form", "heji/extract", "heji/audit", "heji/load", "heji/export", "heji/batch", "heji/review", "heji/samples"},
	}
	root := filepath.Join("..", "..")
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		top, _, below := strings.Cut(name, "/")
		want, known := allowed[top]
		if d.IsDir() && name != "." && (!known || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !known || !below || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			own := imported == "heji/"+top || strings.HasPrefix(imported, "heji/"+top+"/")
			if strings.HasPrefix(imported, "heji/") && !own && !slices.Contains(want, imported) {
				t.Errorf("%s imports %s; %s may import %v", name, imported, top, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

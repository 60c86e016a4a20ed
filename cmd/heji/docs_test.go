package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"heji/audit"
)

// HEJI_UPDATE_DOCS=1 go test ./cmd/heji -run TestCommandPages writes the pages anew.
func TestCommandPages(t *testing.T) {
	const dir = "../../docs/commands"
	want := map[string]string{}
	root := (&program{}).root()
	var index strings.Builder
	index.WriteString("# Commands\n\nMade from the commands themselves by `HEJI_UPDATE_DOCS=1 go test ./cmd/heji -run TestCommandPages`.\n\n| command | does |\n|---|---|\n")
	for _, c := range root.Commands() {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		want[c.Name()+".md"] = commandPage(c)
		fmt.Fprintf(&index, "| [`heji %s`](%s.md) | %s |\n", c.Name(), c.Name(), c.Short)
	}
	want["README.md"] = index.String()
	if os.Getenv("HEJI_UPDATE_DOCS") != "" {
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = string(text)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("run HEJI_UPDATE_DOCS=1 go test ./cmd/heji -run TestCommandPages (-page +command):\n%s", diff)
	}
}

func commandPage(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# heji %s\n\n%s.\n\n", c.Name(), c.Short)
	if c.HasAvailableSubCommands() {
		for _, sub := range c.Commands() {
			fmt.Fprintf(&b, "## heji %s %s\n\n%s.\n\n", c.Name(), sub.Name(), sub.Short)
			describe(&b, sub)
		}
		return b.String()
	}
	describe(&b, c)
	return b.String()
}

func describe(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "    heji %s\n\n", strings.TrimPrefix(c.UseLine(), "heji "))
	if c.Long != "" {
		fmt.Fprintf(b, "```text\n%s\n```\n\n", c.Long)
	}
	var flags []string
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		name, usage := pflag.UnquoteUsage(f)
		flags = append(flags, fmt.Sprintf("| `%s` | %s |\n", strings.ReplaceAll(strings.TrimSpace("--"+f.Name+" "+name), "|", `\|`), strings.ReplaceAll(usage, "|", `\|`)))
	})
	if len(flags) > 0 {
		fmt.Fprintf(b, "| flag | says |\n|---|---|\n%s\n", strings.Join(flags, ""))
	}
	if c.Example != "" {
		var lines []string
		for line := range strings.SplitSeq(c.Example, "\n") {
			lines = append(lines, "    "+strings.TrimSpace(line))
		}
		fmt.Fprintf(b, "%s\n", strings.Join(lines, "\n"))
	}
}

// The page about rules names every rule.
func TestRulesPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/extending.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range audit.Rules {
		if !strings.Contains(string(text), "`"+r.Name+"`") {
			t.Errorf("docs/extending.md does not name %s", r.Name)
		}
	}
}

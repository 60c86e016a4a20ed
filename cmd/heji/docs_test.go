package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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

// What the manifests start is a command with flags that it has.
func TestManifestCommands(t *testing.T) {
	started := regexp.MustCompile(`(?m)^\s*(?:args|command): \[(.*)\]$`)
	for file, want := range map[string]int{"../../deploy/kubernetes/heji.yaml": 3, "../../compose.yaml": 1} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := started.FindAllStringSubmatch(string(text), -1)
		if len(found) != want {
			t.Errorf("%s starts %d programs, want %d", file, len(found), want)
		}
		for _, m := range found {
			var args []string
			for arg := range strings.SplitSeq(m[1], ",") {
				args = append(args, strings.Trim(strings.TrimSpace(arg), `"`))
			}
			c, flags, err := (&program{}).root().Find(args)
			if err != nil || !c.Runnable() {
				t.Errorf("%s: there is no command %s (%v)", file, args[0], err)
				continue
			}
			if err := c.ParseFlags(flags); err != nil {
				t.Errorf("%s: heji %s: %v", file, strings.Join(args, " "), err)
			}
		}
	}
}

// Every page and picture that a page leads to is there.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
	var pages []string
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/commands/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, m[1])
			}
		}
	}
}

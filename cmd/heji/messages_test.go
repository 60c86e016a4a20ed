package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"heji/audit"
	"heji/form"
	"heji/normalize"
	"heji/samples"
)

// HEJI_UPDATE_DOCS=1 go test ./cmd/heji -run TestMessagePages writes the pages anew.
func TestMessagePages(t *testing.T) {
	examples := exampleMessages(t)
	for file, text := range map[string]string{
		"../../docs/messages.md": messagesPage(examples), "../../docs/messages.zh-CN.md": messagesPageZH(examples),
	} {
		if os.Getenv("HEJI_UPDATE_DOCS") != "" {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(string(got), text); diff != "" {
			t.Errorf("run HEJI_UPDATE_DOCS=1 go test ./cmd/heji -run TestMessagePages (-page +program):\n%s", diff)
		}
	}
}

// exampleMessages are discrepancies of invented forms, one of each rule.
func exampleMessages(t *testing.T) map[string]form.Discrepancy {
	t.Helper()
	found := map[string]form.Discrepancy{}
	labels := map[string]string{"carried_over": "上年结转金额", "initial_budget": "年初预算金额", "budget_adjustment": "预算调整金额",
		"executed": "预算执行金额", "year_end_balance": "年末结余金额", "execution_note": "预算执行情况"}
	for i := range 400 {
		f := normalize.Normalize(samples.Faulty(31, i, i%2 == 1).Truth().Sheet())
		for k := range f.Fields {
			f.Fields[k].Label = labels[f.Fields[k].Key]
		}
		for _, d := range audit.Check(&f) {
			// The shortest sentence says it best.
			if old, ok := found[d.Rule]; !strings.Contains(d.MessageZH, "-0.00") && (!ok || len(d.MessageZH) < len(old.MessageZH)) {
				found[d.Rule] = d
			}
		}
	}
	for _, r := range audit.Rules {
		if _, ok := found[r.Name]; !ok {
			t.Errorf("no invented form breaks %s", r.Name)
		}
	}
	return found
}

const madeBy = "Made by `HEJI_UPDATE_DOCS=1 go test ./cmd/heji -run TestMessagePages`; a test holds it against the program."

func messagesPage(examples map[string]form.Discrepancy) string {
	var b strings.Builder
	b.WriteString("# What heji says, and what to do\n\n[中文](messages.zh-CN.md). " + madeBy + `

Three things are never mixed: a document that was *not read*, a place on a page that is *in doubt*,
and a *discrepancy*, where what is printed contradicts itself.

## Documents that are not read

` + "`heji failed` lists them, `heji retry` tries again. The codes are in `error.code` of the record.\n\n| code | says | do |\n|---|---|---|\n")
	for _, e := range form.DocumentCodes {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", e.Code, e.Says, e.Do)
	}
	b.WriteString("\n## Places in doubt\n\nThey are in `problems` of the record, each with its page and box. A rule with such a figure is silent or undecided.\n\n| code | says | do |\n|---|---|---|\n")
	for _, e := range form.PlaceCodes {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", e.Code, e.Says, e.Do)
	}
	b.WriteString("\n## Discrepancies\n\nThe verdict says what to do first: `form`, ask the unit to correct the form; `misread`, look at the\npage and take the reading that is offered; `undecided`, look at the page. The examples are of invented forms.\n")
	for _, r := range audit.Rules {
		fmt.Fprintf(&b, "\n### %s\n\n%s.\n\n> %s\n", r.Name, capital(r.Doc), examples[r.Name].Message)
	}
	b.WriteString("\n## Exit status\n\n| status | says |\n|---|---|\n| 0 | done |\n| 1 | heji could not run: the sentence on standard error says why and what to do |\n| 2 | wrong usage |\n| 3 | done, and discrepancies were found (`check` only) |\n| 4 | done, and some documents could not be read (wins over 3) |\n")
	return b.String()
}

func messagesPageZH(examples map[string]form.Discrepancy) string {
	var b strings.Builder
	b.WriteString("# heji 的各种说法，以及如何处理\n\n[English](messages.md)。由 `HEJI_UPDATE_DOCS=1 go test ./cmd/heji -run TestMessagePages` 生成，并由测试与程序核对。\n" + `
三件事从不混为一谈：文件*未能读取*；页面上某处*存疑*；以及*不符*，即表上印出的数字自相矛盾。

## 未能读取的文件

` + "`heji failed` 列出这些文件，`heji retry` 重试。代码见记录的 `error.code`。\n\n| 代码 | 含义 | 处理 |\n|---|---|---|\n")
	for _, e := range form.DocumentCodes {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", e.Code, e.SaysZH, e.DoZH)
	}
	b.WriteString("\n## 存疑之处\n\n见记录的 `problems`，各有页码与位置。有存疑数字参与的规则不作判断，或结论为未能判定。\n\n| 代码 | 含义 | 处理 |\n|---|---|---|\n")
	for _, e := range form.PlaceCodes {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", e.Code, e.SaysZH, e.DoZH)
	}
	b.WriteString("\n## 不符之处\n\n先看结论：`form`（表格有误），请填报单位更正；`misread`（疑为误读），对照原件，采用所提示的读数；\n`undecided`（未能判定），请核对原件。以下例句出自虚构的表。\n")
	for _, r := range audit.Rules {
		fmt.Fprintf(&b, "\n### %s\n\n%s。\n\n> %s\n", r.Name, r.DocZH, examples[r.Name].MessageZH)
	}
	b.WriteString("\n## 退出码\n\n| 退出码 | 含义 |\n|---|---|\n| 0 | 完成 |\n| 1 | 未能运行：标准错误输出说明原因与办法 |\n| 2 | 用法有误 |\n| 3 | 完成，并发现不符（仅 `check`） |\n| 4 | 完成，但有文件未能读取（优先于 3） |\n")
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Every code that the program gives a document or a place is explained, and no other.
func TestCodesAreExplained(t *testing.T) {
	used := codesUsed(t)
	var explained []string
	for _, e := range slices.Concat(form.DocumentCodes, form.PlaceCodes) {
		explained = append(explained, e.Code)
		if e.Says == "" || e.Do == "" || e.SaysZH == "" || e.DoZH == "" {
			t.Errorf("%s lacks a sentence", e.Code)
		}
	}
	slices.Sort(explained)
	if diff := gocmp.Diff(used, explained); diff != "" {
		t.Errorf("codes in the source (-) and in form/codes.go (+) differ:\n%s", diff)
	}
}

// A problem that is said in English is said in Chinese, too: function by function, as
// many of the one as of the other.
func TestProblemsAreSaidTwice(t *testing.T) {
	problems := 0
	for _, dir := range []string{"extract", "parse", "normalize", "batch"} {
		for _, parsed := range sources(t, dir) {
			for _, d := range parsed.Decls {
				said := map[string]int{}
				ast.Inspect(d, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.CompositeLit:
						if s, ok := n.Type.(*ast.SelectorExpr); !ok || s.Sel.Name != "Problem" {
							break
						}
						problems++
						for _, e := range n.Elts {
							if pair, ok := e.(*ast.KeyValueExpr); ok {
								said[pair.Key.(*ast.Ident).Name]++
							}
						}
					case *ast.AssignStmt:
						for _, to := range n.Lhs {
							if s, ok := to.(*ast.SelectorExpr); ok {
								said[s.Sel.Name]++
							}
						}
					}
					return true
				})
				if said["Message"] != said["MessageZH"] {
					t.Errorf("%s, %s: %d problems are said in English, %d in Chinese", dir, d.(*ast.FuncDecl).Name, said["Message"], said["MessageZH"])
				}
			}
		}
	}
	if problems == 0 {
		t.Error("no problem is in the source: they are elsewhere")
	}
}

// sources are the files of a package without its tests; dir is from the top and may
// have an asterisk.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []*ast.File
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parsed)
	}
	return out
}

// codesUsed are the codes in the source: what is assigned to a Code or a Doubt, as
// text or as a constant, and the constants of type form.Code.
func codesUsed(t *testing.T) []string {
	t.Helper()
	constants, given := map[string]string{}, map[string]bool{}
	var later []ast.Expr
	for _, dir := range []string{"form", "layout", "extract", "extract/internal/*", "parse", "normalize", "batch"} {
		for _, parsed := range sources(t, dir) {
			ast.Inspect(parsed, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ValueSpec:
					for i, name := range n.Names {
						if i < len(n.Values) {
							if text, ok := literal(n.Values[i]); ok {
								constants[name.Name] = text
								if id, ok := n.Type.(*ast.Ident); ok && id.Name == "Code" {
									given[text] = true
								}
							}
						}
					}
				case *ast.KeyValueExpr:
					if id, ok := n.Key.(*ast.Ident); ok && (id.Name == "Code" || id.Name == "Doubt") {
						later = append(later, n.Value)
					}
				case *ast.AssignStmt:
					for i, left := range n.Lhs {
						name := ""
						switch left := left.(type) {
						case *ast.Ident:
							name = left.Name
						case *ast.SelectorExpr:
							name = left.Sel.Name
						}
						if i < len(n.Rhs) && slices.Contains([]string{"Code", "code", "Doubt", "doubt"}, name) {
							later = append(later, n.Rhs[i])
						}
					}
				}
				return true
			})
		}
	}
	for _, e := range later {
		if text, ok := literal(e); ok {
			given[text] = true
			continue
		}
		name := ""
		switch e := e.(type) {
		case *ast.Ident:
			name = e.Name
		case *ast.SelectorExpr:
			name = e.Sel.Name
		}
		if text := constants[name]; ast.IsExported(name) && text != "" {
			given[text] = true
		}
	}
	delete(given, "") // which takes a doubt away
	var codes []string
	for c := range given {
		codes = append(codes, c)
	}
	slices.SortFunc(codes, cmp.Compare[string])
	return codes
}

func literal(e ast.Expr) (text string, ok bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(b.Value)
	return text, err == nil
}

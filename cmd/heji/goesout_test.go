package main

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/vbauerster/mpb/v8"
	"github.com/xuri/excelize/v2"

	"heji/batch"
	"heji/load/loadtest"
)

// A file's name that clears the screen, begins a line of its own and turns round what
// follows; and texts of a form that are a formula, a script and the same again.
const (
	hostileName    = "乙\x1b[2J\x1b]0;owned\a\nFORGED: inserted 9\r\u202efdp\u2028\u009b31m"
	hostileFormula = `=HYPERLINK("http://x","y")`
	hostileMarkup  = `&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;` + "\x1b[2J\u202e\x9b"
)

const hostileForm = `# 部门整体支出绩效自评表

（2021年度）

| 单位名称 | FORMULA |  |  |
|---|---|---|---|
| 上年结转金额(万元) | 10.00 | 年初预算金额(万元) | 90.00 |
| 预算调整金额(万元) | 0.00 | 其他调整资金(万元) | 0.00 |
| 预算执行金额(万元) | 95.00 | 年末结余金额(万元) | 7.00 |

| 一级指标 | 二级指标 | 三级指标 | 分值 | 计算分析情况 | 评价得分 |
|---|---|---|---|---|---|
| 投入 | 预算配置 | MARKUP | 5.00 | MARKUP | 4.50 |
|  |  | FORMULA | 6.00 | FORMULA | 6.0O |
|  | 小计 |  | 11.00 | — | 11.00 |
| 产出 | 职责履行 | 实际完成率MARKUP | 89.00 | @SUM(1) | 89.00 |
|  | 小计 |  | 89.00 | — | 91.00 |
| 合计 |  |  | 100 |  | 100.00 |
`

// ownTests are the commands that print nothing of a document, or are tested elsewhere.
var ownTests = map[string]string{
	"db": "psql prints, and escapes by itself", "migrate": "no document", "doctor": "no document", "rules": "no document",
	"version": "no document", "user": "no document", "serve": "TestPagesRunNothingOfADocument in review",
}

// What a document is called or says reaches a terminal, a log, a browser and a
// spreadsheet as text, from every command that prints it, and no command writes
// outside of where it is told to.
func TestWhatGoesOut(t *testing.T) {
	root := t.TempDir()
	in, raw, out, here := filepath.Join(root, "in"), filepath.Join(root, "raw"), filepath.Join(root, "out"), filepath.Join(root, "a", "b", "c")
	for _, dir := range []string{in, raw, out, here} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(here)
	pdf, err := os.ReadFile(filepath.Join(sourceDir, "../../samples/02-section-score.text.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("FORMULA", hostileFormula, "MARKUP", hostileMarkup).Replace(hostileForm)
	for path, data := range map[string][]byte{
		in + "/" + hostileName + ".md": []byte(text), in + "/" + hostileName + ".pdf": pdf,
		in + "/" + hostileName + "cut.pdf": pdf[:len(pdf)/3], in + "/" + hostileName + ".txt": []byte("nothing"),
		// A name that is no UTF-8 is stored in another form, and its file not found again.
		raw + "/" + hostileName + "\x9b31m.md": []byte(text + "\n"),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := filesUnder(t, root)
	t.Setenv("DATABASE_URL", loadtest.URL(t))
	t.Setenv("LANG", "C.UTF-8")
	// By a way that leads out of the folder and back: it is what is stored as the name.
	docs := "../../../in"
	form := docs + "/" + hostileName + ".md"
	used := map[string]bool{}
	said := ""
	for _, args := range [][]string{
		{"check", docs, raw}, {"check", "--lang", "zh", docs, raw}, {"check", "--json", docs}, {"check", docs + "/" + hostileName + "gone.pdf"},
		{"layout", docs}, {"layout", "--json", docs, raw},
		{"explain", form}, {"explain", "--lang", "zh", form}, {"explain", "--json", form}, {"explain", docs + "/" + hostileName + ".txt"},
		{"evidence", form, "--out", out + "/form.html"}, {"evidence", docs + "/" + hostileName + ".pdf", "--out", out + "/pdf.html"},
		{"evidence", docs + "/" + hostileName + ".txt", "--out", out + "/none.html"},
		{"import", docs, raw}, {"import", docs, docs + "/" + hostileName + "gone.pdf"}, {"failed"}, {"failed", "--json"}, {"retry", "1"},
		{"replay"}, {"audit"}, {"certificate", "1", "--out", out + "/certificate"},
		{"submit", docs, docs + "/" + hostileName + "gone.pdf"}, {"work", "--drain"},
		{"report", "--out", out + "/report.html"}, {"report", "--out", "-"},
		{"export", "--format", "csv", "--out", "-"}, {"export", "--format", "csv", "--out", out + "/csv"},
		{"export", "--format", "jsonl", "--out", "-"}, {"export", "--format", "xlsx", "--out", out + "/book.xlsx"},
		{"export", "--format", "xlsx", "--lang", "zh", "--out", out + "/book.zh.xlsx"},
		{"export", "--format", "parquet", "--out", out + "/parquet"}, {"export", "--format", "pdf", "--out", out + "/marked"},
	} {
		used[args[0]] = true
		if args[0] == "submit" { // what was imported has no need of the queue
			t.Setenv("DATABASE_URL", loadtest.URL(t))
		}
		printed := outputOf(t, args)
		said += printed
		name := strings.Join(args, " ")
		name = printable(name[:min(len(name), 40)])
		if strings.HasSuffix(args[len(args)-1], "-") && args[0] == "export" && args[2] == "csv" {
			csvIsSafe(t, name, []byte(printed))
			continue // what it escapes is for a spreadsheet, and no terminal asked for it
		}
		if args[0] == "report" || args[0] == "export" && args[2] == "jsonl" {
			continue // a file, which goes to standard output: looked at below, as is its like in a file
		}
		lineIsSafe(t, name, printed)
	}
	for _, want := range []string{"乙", "HYPERLINK", "score-section", "not-a-form"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q: the test looks at too little", want)
		}
	}
	for _, c := range (&program{}).root().Commands() {
		if ownTests[c.Name()] == "" && !used[c.Name()] {
			t.Errorf("heji %s is not tried: run it here, or say why it need not be", c.Name())
		}
	}
	kinds := map[string]int{}
	for _, file := range filesUnder(t, root) {
		if slices.Contains(before, file) {
			continue
		}
		if !strings.HasPrefix(file, out+"/") {
			t.Errorf("%q was written, and is not where anything was to be", file)
		}
		if strings.ContainsFunc(file, unsafe) {
			t.Errorf("a file was named %q", file)
		}
		kinds[filepath.Ext(file)]++
		fileIsSafe(t, file)
	}
	for _, kind := range []string{".html", ".csv", ".xlsx", ".parquet", ".pdf", ".json"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was written", kind)
		}
	}
}

// sourceDir is where this package is, also after a change of folder.
var sourceDir, _ = os.Getwd()

// outputOf runs a command in this process, and is what it says on both of its streams.
func outputOf(t *testing.T, args []string) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "said")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	status := (&program{stdin: os.Stdin, stdout: file, stderr: file}).run(args)
	data, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if status == couldNotRun || status == wrongUsage {
		t.Errorf("heji %q ends with %d: %s", args, status, data)
	}
	return string(data)
}

// lineIsSafe holds what may go to a terminal or a log to being text, and its lines to
// being heji's own.
func lineIsSafe(t *testing.T, name, said string) {
	t.Helper()
	if !utf8.ValidString(said) {
		t.Errorf("%s: not UTF-8", name)
	}
	for line := range strings.SplitSeq(said, "\n") {
		if i := strings.IndexFunc(line, unsafe); i >= 0 {
			t.Errorf("%s: a control character in %q", name, line)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "FORGED") {
			t.Errorf("%s: a forged line: %q", name, line)
		}
	}
}

// runs matches what a browser would run.
var runs = regexp.MustCompile(`<script>alert|<img src=x|="javascript:`)

func fileIsSafe(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(file) {
	case ".html":
		if m := runs.Find(data); m != nil {
			t.Errorf("%s holds %s", file, m)
		}
	case ".csv":
		csvIsSafe(t, file, data)
	case ".xlsx":
		book, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = book.Close() }()
		for _, sheet := range book.GetSheetList() {
			rows, err := book.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for y, row := range rows {
				for x := range row {
					cell, _ := excelize.CoordinatesToCellName(x+1, y+1)
					if f, _ := book.GetCellFormula(sheet, cell); f != "" {
						t.Errorf("%s, %s: a formula %s", sheet, cell, f)
					}
				}
			}
		}
	}
}

// csvIsSafe holds a spreadsheet's cells to being no formulas. Numbers are none.
func csvIsSafe(t *testing.T, name string, data []byte) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if formula.MatchString(cell) && !number.MatchString(cell) {
				t.Errorf("%s: a cell is %q", name, cell)
			}
		}
	}
}

var (
	formula = regexp.MustCompile(`^[\s\x{3000}]*[=+\-@＝＋－＠]`)
	number  = regexp.MustCompile(`^[+-]?[0-9]*\.?[0-9]+$`)
)

func filesUnder(t *testing.T, root string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The bar shows the name of the document in hand.
func TestTheBarIsText(t *testing.T) {
	g := &progress{words: &english, bars: mpb.New(mpb.WithOutput(nil))}
	g.bar = g.bars.AddBar(0)
	g.event(batch.Event{Name: hostileName})
	lineIsSafe(t, "the bar", g.text(time.Now()))
	g.end()
}

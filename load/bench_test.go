package load_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"heji/audit"
	"heji/form"
	"heji/load"
	"heji/normalize"
	"heji/samples"
)

// BenchmarkLoad stores generated forms, thirty-two documents a transaction as an import
// does when they come fast, and then copies the very same rows, as fast as PostgreSQL takes them, into
// tables without keys or indexes, into tables with those of the real ones, and into the real ones of
// another database, whose foreign keys are checked and whose triggers fill three of the tables.
//
//	go test ./load -run xxx -bench Load -benchtime 1000x
//
// The figures are rows a second, and rows a second of processor time, this
// process's and that of the server's for it, which other work on the machine
// does not touch; documents are /op.
func BenchmarkLoad(b *testing.B) {
	store, conn := open(b)
	saved := make([]load.Saved, b.N)
	for i := range saved {
		made := samples.Generate(40, i)
		if i%2 == 1 {
			made = samples.GenerateProject(40, i)
		}
		f := normalize.Normalize(made.Truth().Sheet())
		f.Ordinal = 1
		sum := sha256.Sum256(fmt.Append(nil, i))
		d := form.Document{Name: fmt.Sprint(i), SHA256: hex.EncodeToString(sum[:]), Pages: 1}
		saved[i] = load.Saved{Document: d, Reader: "1", Records: []form.Record{{Document: d, Form: &f, Discrepancies: audit.Check(&f)}}}
	}
	b.ResetTimer()
	used, began := cpuOf(b, store.Pool()), time.Now()
	for group := range slices.Chunk(saved, 32) {
		if _, err := store.SaveAll(b.Context(), group); err != nil {
			b.Fatal(err)
		}
	}
	took, worked := time.Since(began), cpuOf(b, store.Pool())-used
	b.StopTimer()

	made := []string{"form_facts", "form_names", "narratives"} // by triggers
	tables := []string{"documents", "document_names", "forms", "figures", "fields", "funds", "indicators", "evaluators", "problems", "discrepancies",
		"form_facts", "form_names", "narratives", "near_duplicates"}
	content := map[string][]byte{}
	rows := int64(0)
	for _, table := range tables {
		var out bytes.Buffer
		tag, err := conn.PgConn().CopyTo(b.Context(), &out, `COPY `+table+` TO STDOUT (FORMAT binary)`)
		if err != nil {
			b.Fatal(err)
		}
		content[table] = out.Bytes()
		rows += tag.RowsAffected()
	}
	perSecond := func(d time.Duration) float64 { return float64(rows) / d.Seconds() }
	b.ReportMetric(perSecond(took), "load")
	b.ReportMetric(perSecond(worked), "load-cpu")
	copyAll := func(conn *pgx.Conn, name, prefix string, tables []string) {
		used, began := cpuOf(b, conn), time.Now()
		for _, table := range tables {
			if _, err := conn.PgConn().CopyFrom(b.Context(), bytes.NewReader(content[table]), `COPY `+prefix+table+` FROM STDIN (FORMAT binary)`); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(perSecond(time.Since(began)), name)
		b.ReportMetric(perSecond(cpuOf(b, conn)-used), name+"-cpu")
	}
	for name, like := range map[string]string{"copy-bare": "", "copy-indexed": "INCLUDING INDEXES"} {
		for _, table := range tables {
			if _, err := conn.Exec(b.Context(), fmt.Sprintf(`DROP TABLE IF EXISTS raw_%[1]s; CREATE TABLE raw_%[1]s (LIKE %[1]s INCLUDING GENERATED %[2]s)`, table, like)); err != nil {
				b.Fatal(err)
			}
		}
		copyAll(conn, name, "raw_", tables)
	}
	_, other := open(b)
	copyAll(other, "copy-same", "", slices.DeleteFunc(tables, func(t string) bool { return slices.Contains(made, t) }))
}

// cpuOf is the processor time that this process and the server's for the connection
// have used so far, which Linux tells in /proc in hundredths of a second.
func cpuOf(b *testing.B, conn interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) time.Duration {
	b.Helper()
	var pid int
	if err := conn.QueryRow(b.Context(), `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		b.Fatal(err)
	}
	total := 0
	for _, p := range []int{os.Getpid(), pid} {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		if err != nil {
			b.Skip(err)
		}
		// The fields after the name, which may hold blanks, from the third on.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		for _, f := range fields[11:13] {
			n, _ := strconv.Atoi(f)
			total += n
		}
	}
	return time.Duration(total) * 10 * time.Millisecond
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"heji/extract"
	"heji/form"
	"heji/layout"
	"heji/load"
)

func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what is missing on this machine and how to get it",
		Long: `Tries what heji needs, by reading a small page of each kind, and says for each
thing that is missing how to get it. Exit status 1 when something is missing
without which documents cannot be read.`,
		Args: cobra.NoArgs,
		RunE: p.does(p.doctor),
	}
}

// finding is what doctor says of one thing.
type finding struct {
	name     string
	detail   string
	err      error  // why it is not there
	fix      string // what to do
	optional bool   // heji check works without it
}

func (p *program) doctor(ctx context.Context, _ []string) (int, error) {
	reader, err := extract.Open(extract.Options{Jobs: 1})
	if err != nil {
		return couldNotRun, err
	}
	defer func() { _ = reader.Close() }() // nothing was written

	status := done
	mark := p.paint()
	for _, look := range []func(context.Context) finding{
		cacheFolder,
		func(ctx context.Context) finding { return pdfReader(ctx, reader) },
		func(ctx context.Context) finding { return chineseFont(ctx, reader) },
		func(ctx context.Context) finding { return ocrReader(ctx, reader) },
		func(context.Context) finding { return confinement(extract.Confinement()) },
		p.database,
		func(context.Context) finding { return memory("/proc/meminfo", p.jobs) },
	} {
		f := look(ctx)
		if f.err != nil && !f.optional {
			status = couldNotRun
		}
		if err := p.print(f.text(mark)); err != nil {
			return couldNotRun, err
		}
	}
	return status, nil
}

func (f finding) text(mark paint) string {
	switch {
	case f.err == nil:
		return fmt.Sprintf("✓ %s: %s\n", f.name, printable(f.detail))
	case f.optional:
		return fmt.Sprintf("%s %s: %s\n    %s\n", mark(yellow, "!"), f.name, printable(f.err.Error()), f.fix)
	}
	return fmt.Sprintf("%s %s: %s\n    %s\n", mark(red, "✗"), f.name, printable(f.err.Error()), f.fix)
}

// cacheFolder holds the compiled PDF reader: without it each start costs
// seconds, and nothing else.
func cacheFolder(context.Context) finding {
	f := finding{name: "cache", optional: true, fix: "set XDG_CACHE_HOME to a folder that you may write; without one every start takes seconds longer"}
	base, err := os.UserCacheDir()
	if err != nil {
		f.err = err
		return f
	}
	f.detail = filepath.Join(base, "heji")
	if f.err = os.MkdirAll(f.detail, 0o700); f.err != nil {
		return f
	}
	file, err := os.CreateTemp(f.detail, "doctor-")
	if err != nil {
		f.err = err
		return f
	}
	_ = file.Close()
	_ = os.Remove(file.Name())
	return f
}

func pdfReader(ctx context.Context, reader *extract.Reader) finding {
	f := finding{name: "PDF reader", detail: "PDFium reads a page", fix: "see that there is memory to spare, and report this with the output of `heji version`"}
	doc, err := reader.Extract(ctx, "doctor.pdf", onePage("/Helvetica", "", "(97.80)"))
	if err == nil && !strings.Contains(textOf(doc), "97.80") {
		err = fmt.Errorf("a page that says 97.80 was read as %q", textOf(doc))
	}
	f.err = err
	return f
}

// chineseFont reads a page whose font is not in the file, as old office
// programs leave it. Without a Chinese font on the machine its text is lost, and
// nothing else would tell.
func chineseFont(ctx context.Context, reader *extract.Reader) finding {
	f := finding{name: "Chinese font", detail: "stands in for fonts that a PDF does not hold", fix: "apt-get install fonts-arphic-gbsn00lp"}
	doc, err := reader.Extract(ctx, "doctor.pdf", onePage("/STSong-Light", "/UniGB-UCS2-H", "<7EE96548>"))
	if err == nil && !strings.Contains(textOf(doc), "绩效") {
		err = errors.New("text in a font that is not in the file is lost")
	}
	f.err = err
	return f
}

func ocrReader(ctx context.Context, reader *extract.Reader) finding {
	f := finding{name: "OCR", detail: "Tesseract reads a picture, with its Chinese and English data",
		fix: "apt-get install tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-eng"}
	_, f.err = reader.Extract(ctx, "doctor.png", onePicture())
	if form.CodeOf(f.err) == form.NoPages || form.CodeOf(f.err) == form.NotAForm {
		f.err = nil // it was looked at, and found to be no form
	}
	return f
}

// confinement is about files from strangers: documents are read without it just as well.
func confinement(files, calls bool) finding {
	f := finding{name: "confinement", optional: true, detail: "readers see their own files alone, no network and no other process",
		fix: "where files come from strangers, read them on Linux 5.13 or later with Landlock and seccomp, or in a container without a network"}
	var missing []string
	if !files {
		missing = append(missing, "the kernel has no Landlock: a reader that is taken over sees this user's files")
	}
	if !calls {
		missing = append(missing, "the kernel has no seccomp filters: a reader that is taken over reaches the network")
	}
	if len(missing) > 0 {
		f.err = errors.New(strings.Join(missing, "; "))
	}
	return f
}

func textOf(doc layout.Document) string {
	var b strings.Builder
	for _, page := range doc.Pages {
		for _, line := range page.Lines {
			b.WriteString(line.Flat() + " ")
		}
		for _, t := range page.Tables {
			for _, c := range t.Cells {
				b.WriteString(c.Flat() + " ")
			}
		}
	}
	return b.String()
}

func (p *program) database(ctx context.Context) finding {
	f := finding{name: "PostgreSQL", optional: true}
	if url := p.databaseURL(); url != "" {
		f.fix = "check --db or $DATABASE_URL, and that the server runs"
		store, err := load.Open(ctx, url)
		if err != nil {
			f.err = err
			return f
		}
		defer store.Close()
		n, err := store.Version(ctx)
		f.detail, f.err = fmt.Sprintf("the database answers, its tables are at version %d", n), err
		return f
	}
	f.fix = "apt-get install postgresql, or give a database with --db; only import needs one"
	f.detail, f.err = load.Local{}.Server(ctx)
	return f
}

// perJob is what the workers for one document take at most, in bytes.
const perJob = 1 << 30

// memory is optional because a small machine can still read with --jobs 1.
func memory(meminfo string, jobs int) finding {
	f := finding{name: "memory", optional: true}
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	f.fix = fmt.Sprintf("read fewer documents at once with --jobs, or close other programs; %d at once may take %d GB", jobs, jobs*perJob>>30)
	data, err := os.ReadFile(meminfo)
	if err != nil {
		f.detail = "not known on this system"
		return f
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "MemAvailable:" {
			continue
		}
		kB, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			break
		}
		f.detail = fmt.Sprintf("%.1f GB available for %d documents at once", float64(kB)/(1<<20), jobs)
		if kB<<10 < int64(jobs)*perJob {
			f.err = errors.New(f.detail)
		}
		return f
	}
	f.detail = "not known on this system"
	return f
}

// onePage is a PDF with one string in a font that is not in the file.
// Encoding names the character map of a Chinese font, and is "" for a Latin one.
func onePage(font, encoding, text string) []byte {
	fontObject := "<</Type/Font/Subtype/Type1/BaseFont" + font + ">>"
	if encoding != "" {
		fontObject = "<</Type/Font/Subtype/Type0/BaseFont" + font + "/Encoding" + encoding + "/DescendantFonts[" +
			"<</Type/Font/Subtype/CIDFontType0/BaseFont" + font +
			"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/FontDescriptor" +
			"<</Type/FontDescriptor/FontName" + font + "/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>"
	}
	content := "BT /F 14 Tf 72 700 Td " + text + " Tj ET"
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
		fontObject,
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// onePicture is a ruled table at 150 dpi with a figure of strokes in each cell:
// enough ink for the reader to call Tesseract.
func onePicture() []byte {
	picture := image.NewGray(image.Rect(0, 0, 1240, 877))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	black := image.NewUniform(color.Black)
	bar := func(x0, y0, x1, y1 int) {
		draw.Draw(picture, image.Rect(x0, y0, x1, y1), black, image.Point{}, draw.Src)
	}
	for row := range 4 {
		bar(100, 100+row*80, 1103, 103+row*80)
	}
	for col := range 4 {
		bar(100+col*333, 100, 103+col*333, 343)
	}
	for row := range 3 {
		for col := range 3 { // 11
			x, y := 200+col*333, 125+row*80
			bar(x, y, x+4, y+32)
			bar(x+16, y, x+20, y+32)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err) // a picture in memory always encodes
	}
	return b.Bytes()
}

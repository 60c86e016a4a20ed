package samples

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Browser is a running Chromium that lays pages out. It may be used from
// several goroutines.
type Browser struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// OpenBrowser starts Chromium. The error says so when none is installed.
func OpenBrowser(ctx context.Context) (*Browser, error) {
	options := chromedp.DefaultExecAllocatorOptions[:]
	if os.Geteuid() == 0 {
		// Chromium refuses to run its sandbox as root; it is shown nothing but our own pages.
		options = append(options[:len(options):len(options)], chromedp.NoSandbox)
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	browser, cancelBrowser := chromedp.NewContext(allocator)
	b := &Browser{browser, func() { cancelBrowser(); cancelAllocator() }}
	if err := chromedp.Do(browser); err != nil {
		b.cancel()
		return nil, fmt.Errorf("starting Chromium (install the package chromium): %w", err)
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.cancel() }

// PDF prints the form, with a text layer.
func (b *Browser) PDF(ctx context.Context, f Form) ([]byte, error) {
	return b.print(ctx, f.HTML(), f.look.PageNumbers)
}

func (b *Browser) print(ctx context.Context, html string, numbers bool) ([]byte, error) {
	options := []chromedp.PDFOption{chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground(), untagged}
	if numbers {
		options = append(options, chromedp.PDFHeaderTemplate("<span></span>"),
			chromedp.PDFFooterTemplate(`<div style="width:100%;text-align:center;font:9pt serif">— <span class=pageNumber></span> —</div>`))
	}
	var pdf []byte
	err := b.show(ctx, html, func(ctx context.Context) (err error) {
		pdf, err = chromedp.Run(ctx, chromedp.PrintToPDF(options...))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("printing: %w", err)
	}
	return pdf, nil
}

var pageObject = regexp.MustCompile(`/Type /Page\b`)

// countPages counts the pages of a PDF whose objects are written plainly, as
// Chromium's and our own are.
func countPages(pdf []byte) int { return len(pageObject.FindAll(pdf, -1)) }

// untagged leaves the structure tree out, which office programs seldom write.
func untagged(p *page.PrintToPDFParams) { p.GenerateTaggedPDF = new(bool) }

// Print is a form's pages drawn once, clean, to be scanned in as many ways as
// wanted.
type Print struct {
	pages  []image.Image
	lines  [][]textLine  // by page
	seals  []*image.RGBA // round and oval, once they are wanted
	unit   string        // whose they are
	pixels float64       // dots a CSS pixel
}

// textLine is where a line of text stands on its page, in CSS pixels (1/96 inch).
type textLine struct {
	Text                     string
	Left, Top, Right, Bottom float64
}

const pointsPerPixel = 0.75

// Print draws the form's pages for the scan, broken as for print.
func (b *Browser) Print(ctx context.Context, f Form, s Scan) (Print, error) {
	if s.Seal {
		f = f.Sealed()
	}
	width, height := 210.0, 297.0
	if f.look.Landscape {
		width, height = height, width
	}
	p := Print{unit: f.unit(), pixels: float64(s.DPI) / 96}
	html := strings.Replace(f.HTML(), "</style>", sheetStyle(width, height)+"</style>", 1)
	err := b.show(ctx, html, func(ctx context.Context) error {
		n, err := chromedp.Run(ctx, chromedp.Evaluate[int](fmt.Sprintf(countSheets, width, f.look.PageNumbers)))
		if err != nil {
			return err
		}
		for i := range n {
			img, err := shoot(ctx, float64(i)*width, width, height, s.DPI)
			if err != nil {
				return err
			}
			p.pages = append(p.pages, img)
		}
		lines, err := chromedp.Run(ctx, chromedp.Evaluate[[]textLine](textLines))
		p.lines = byPage(lines, n, width*millimetre)
		return err
	})
	if err != nil {
		return Print{}, fmt.Errorf("drawing pages: %w", err)
	}
	return p, b.cutSeals(ctx, &p, s)
}

// textLines lists the lines of text with their places.
const textLines = `(() => {
	const lines = [], range = document.createRange();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode;
		let line = null;
		for (let i = 0; i < node.data.length; i++) {
			range.setStart(node, i);
			range.setEnd(node, i + 1);
			const box = range.getBoundingClientRect();
			if (!box.width) continue;
			if (line && Math.abs(box.top - line.Top) < 2) {
				line.Text += node.data[i];
				line.Right = box.right;
			} else {
				line = {Text: node.data[i], Left: box.left, Top: box.top, Right: box.right, Bottom: box.bottom};
				lines.push(line);
			}
		}
	}
	return lines;
})()`

// byPage shares the lines among n pages that lie side by side.
func byPage(lines []textLine, n int, width float64) [][]textLine {
	out := make([][]textLine, n)
	for _, l := range lines {
		page := min(n-1, max(0, int(l.Left/width)))
		l.Left -= float64(page) * width
		l.Right -= float64(page) * width
		out[page] = append(out[page], l)
	}
	return out
}

const millimetre = 96 / 25.4 // CSS pixels

// sheetStyle makes every page a column beside the one before: columns break as
// pages do, and a screenshot can see them.
func sheetStyle(width, height float64) string {
	return fmt.Sprintf(`
html { background: #fff }
body { margin: 18mm 15mm 0; width: %gmm; height: %gmm; columns: auto %gmm; column-gap: 30mm; column-fill: auto }
body table.page { break-before: column }
.foot { position: absolute; top: %gmm; width: %gmm; text-align: center; font: 9pt serif }
`, width-30, height-34, width-30, height-12, width)
}

// countSheets counts the columns and numbers them; its arguments are the page's
// width in millimetres and whether it has a number.
const countSheets = `(() => {
	const mm = 96 / 25.4, width = %g, n = Math.round((document.body.scrollWidth / mm + 30) / width);
	for (let i = 0; i < n && %t; i++) {
		const foot = document.createElement("div");
		foot.className = "foot";
		foot.style.left = i * width + "mm";
		foot.textContent = "— " + (i + 1) + " —";
		document.documentElement.append(foot);
	}
	return n;
})()`

// shoot draws the part of the page that begins x millimetres from its left.
func shoot(ctx context.Context, x, width, height float64, dpi int) (image.Image, error) {
	yes := true
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &yes, OptimizeForSpeed: &yes,
		Clip: &page.Viewport{X: x * millimetre, Width: width * millimetre, Height: height * millimetre, Scale: float64(dpi) / 96},
	})
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(shot.Data))
}

// show loads html into a tab of its own and lets do work on it.
func (b *Browser) show(ctx context.Context, html string, do func(context.Context) error) error {
	tab, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := chromedp.Do(tab, chromedp.Navigate("about:blank"), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: html})
		return err
	}))
	if err == nil {
		err = do(tab)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

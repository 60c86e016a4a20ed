package samples

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
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

// untagged leaves the structure tree out, which office programs seldom write.
func untagged(p *page.PrintToPDFParams) { p.GenerateTaggedPDF = new(bool) }

// Pages draws the form's pages at so many dots an inch, broken as for print.
func (b *Browser) Pages(ctx context.Context, f Form, dpi int) ([]image.Image, error) {
	width, height := 210.0, 297.0
	if f.look.Landscape {
		width, height = height, width
	}
	html := strings.Replace(f.HTML(), "</style>", sheetStyle(width, height)+"</style>", 1)
	var pages []image.Image
	err := b.show(ctx, html, func(ctx context.Context) error {
		n, err := chromedp.Run(ctx, chromedp.Evaluate[int](fmt.Sprintf(countSheets, width, f.look.PageNumbers)))
		if err != nil {
			return err
		}
		for i := range n {
			img, err := shoot(ctx, float64(i)*width, width, height, dpi)
			if err != nil {
				return err
			}
			pages = append(pages, img)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("drawing pages: %w", err)
	}
	return pages, nil
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

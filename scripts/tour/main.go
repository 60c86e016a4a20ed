// Command tour takes the pictures of docs/tour.md from a running review station, on
// which the forms in samples/ are stored. scripts/tour.sh starts one.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// shot is a picture of a page in some state.
type shot struct {
	name  string
	path  string
	wide  int64
	high  int64
	theme string   // light or dark
	media string   // screen or print
	steps []string // JavaScript, after each of which the page is waited for
}

const ready = `document.readyState === 'complete' && [...document.querySelectorAll('.paper img')].every((i) => i.dataset.ready)
	&& [...document.querySelectorAll('.question:not([hidden]) img.crop, .cell img')].every((i) => i.naturalWidth > 0)`

// first follows the first link of the list to a document's name.
func first(name string) string {
	return fmt.Sprintf(`location.href = [...document.querySelectorAll('.rows tr')].find((r) => r.textContent.includes(%q)).querySelector('a').href`, name)
}

// tour are the pictures of the tour; look has the same pages in the dark, on a narrow
// window, in English and on paper, for whoever changes them.
func tour(lang string) []shot {
	l := "lang=" + lang
	return []shot{
		{name: "overview", path: "/?" + l},
		{name: "list", path: "/discrepancies?status=open&" + l},
		{name: "desk", path: "/discrepancies?" + l, steps: []string{first("02-section-score")}},
		{name: "scan", path: "/forms?" + l, steps: []string{first("06-sealed")}},
		{name: "sheet", path: "/groups?" + l, steps: []string{`document.querySelector('.groups a').click()`}},
	}
}

func look() []shot {
	var out []shot
	for _, s := range append(tour("zh"), shot{name: "batches", path: "/batches"}, shot{name: "corrections", path: "/corrections"},
		shot{name: "documents", path: "/documents"}, shot{name: "forms", path: "/forms"}, shot{name: "project", path: "/forms", steps: []string{first("13-points")}}) {
		for _, v := range []shot{{name: "dark", theme: "dark"}, {name: "narrow", wide: 420, high: 900}, {name: "print", media: "print", wide: 800, high: 1130}, {name: "en"}} {
			c := s
			c.name, c.theme, c.wide, c.high, c.media = s.name+"-"+v.name, v.theme, v.wide, v.high, v.media
			if v.name == "en" {
				c.path += map[bool]string{true: "&", false: "?"}[bytes.ContainsRune([]byte(c.path), '?')] + "lang=en"
			}
			out = append(out, c)
		}
	}
	return out
}

func main() {
	url := flag.String("url", "http://127.0.0.1:8391", "the station")
	user := flag.String("user", "reviewer", "who signs in")
	password := flag.String("password", "", "the user's password")
	out := flag.String("out", "docs/tour", "folder for the pictures")
	report := flag.String("report", "", "a report of heji report, to take a picture of")
	picture := flag.String("picture", "", "a page of an annotated PDF, to be made small as annotated.png")
	every := flag.Bool("look", false, "every page in every guise, for looking at")
	flag.Parse()
	shots := tour("zh")[:4] // the sheet has only few cells to show
	if *every {
		shots = look()
	}
	if *report != "" {
		shots = append(shots, shot{name: "report", path: "file://" + *report, wide: 960, high: 900})
	}
	err := take(*url, *user, *password, *out, shots)
	if err == nil && *picture != "" {
		err = shrink(*picture, filepath.Join(*out, "annotated.png"))
	}
	if err != nil {
		log.Fatal(err)
	}
}

func shrink(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if data, err = small(data); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

func take(url, user, password, out string, shots []shot) error {
	options := chromedp.DefaultExecAllocatorOptions[:]
	if os.Geteuid() == 0 {
		// Chromium refuses to run its sandbox as root; it is shown nothing but our own pages.
		options = append(options[:len(options):len(options)], chromedp.NoSandbox)
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	tab, cancel := chromedp.NewContext(allocator)
	defer cancel()
	tab, cancel = context.WithTimeout(tab, 10*time.Minute)
	defer cancel()
	if err := chromedp.Do(tab, chromedp.Navigate(url+"/signin"), chromedp.SendKeys(`[name=name]`, user), chromedp.SendKeys(`[name=password]`, password+"\r")); err != nil {
		return err
	}
	if err := wait(tab, `location.pathname === '/' && document.querySelector('.figures') !== null`); err != nil {
		return err
	}
	for _, s := range shots {
		if err := s.take(tab, url, out); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func (s shot) take(tab context.Context, url, out string) error {
	if s.wide == 0 {
		s.wide, s.high = 1280, 800
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.theme}}
	if s.theme == "" {
		features[0].Value = "light"
	}
	if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "screen", Features: features}); err != nil {
		return err
	}
	if !strings.HasPrefix(s.path, "file:") {
		s.path = url + s.path
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(s.wide, s.high), chromedp.Navigate(s.path)); err != nil {
		return err
	}
	if err := wait(tab, ready); err != nil {
		return err
	}
	for _, step := range s.steps {
		if _, err := chromedp.Run(tab, chromedp.Evaluate[bool]("(() => { "+step+"; return true })()")); err != nil {
			return err
		}
		time.Sleep(500 * time.Millisecond) // until a page that was left is gone
		if err := wait(tab, ready); err != nil {
			return err
		}
	}
	if s.media != "" {
		if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: s.media, Features: features}); err != nil {
			return err
		}
	}
	time.Sleep(200 * time.Millisecond) // scrolling
	data, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	if data, err = small(data); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, s.name+".png"), data, 0o644)
}

// wait waits until an expression is true in the page.
func wait(tab context.Context, expression string) error {
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		ok, err := chromedp.Run(tab, chromedp.Evaluate[bool](expression))
		if err == nil && ok {
			return nil
		}
		if time.Now().After(end) { // between two pages there are errors, which pass
			where, _ := chromedp.Run(tab, chromedp.Evaluate[string]("location.href + ' ' + document.readyState"))
			return fmt.Errorf("waited for %s at %s: %w", expression, where, err)
		}
	}
}

// small is the picture with 96 colours, the most frequent of it, which is a quarter of
// the bytes.
func small(data []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	reduced := image.NewPaletted(img.Bounds(), frequent(img, 96))
	draw.Draw(reduced, img.Bounds(), img, img.Bounds().Min, draw.Src)
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, reduced)
	return b.Bytes(), err
}

// frequent are the n colours that most pixels have, after those near to them are
// counted as one.
func frequent(img image.Image, n int) color.Palette {
	counts := map[color.RGBA]int{}
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			counts[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}]++
		}
	}
	var palette color.Palette
	for len(palette) < n && len(counts) > 0 {
		var best color.RGBA
		most := 0
		for c, k := range counts {
			if k > most || k == most && fmt.Sprint(c) < fmt.Sprint(best) {
				best, most = c, k
			}
		}
		palette = append(palette, best)
		for c := range counts {
			if near(c, best) {
				delete(counts, c)
			}
		}
	}
	return palette
}

func near(a, b color.RGBA) bool {
	d := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
	return d(a.R, b.R)+d(a.G, b.G)+d(a.B, b.B) < 10
}

package review_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"heji/load"
)

// chromium is the one browser of all tests, started by the first that asks.
var chromium once[context.Context]

func closeBrowser() {
	if chromium.value != nil {
		if err := chromedp.Cancel(chromium.value); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// browser is a tab with a window of an ordinary screen's size, which knows nothing
// of the other tabs.
func browser(t *testing.T) context.Context {
	t.Helper()
	first := chromium.get(t, func() (context.Context, error) {
		options := chromedp.DefaultExecAllocatorOptions[:]
		if os.Geteuid() == 0 {
			// Chromium refuses to run its sandbox as root; it is shown nothing but our own pages.
			options = append(options[:len(options):len(options)], chromedp.NoSandbox)
		}
		allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
		first, _ := chromedp.NewContext(allocator) // closeBrowser ends both
		if err := chromedp.Do(first, chromedp.Navigate("about:blank")); err != nil {
			return nil, fmt.Errorf("these tests need Chromium (apt-get install chromium): %w", err)
		}
		return first, nil
	})
	tab, cancel := chromedp.NewContext(first, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	tab, cancel = context.WithTimeout(tab, 3*time.Minute)
	t.Cleanup(cancel)
	do(t, tab, chromedp.EmulateViewport(1440, 900))
	return tab
}

// do takes steps in the browser.
func do(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, steps...); err != nil {
		shoot(t, tab, "failed")
		t.Fatal(err)
	}
}

// wait waits until an expression is true in the page. It is not chromedp.Poll, which
// makes a function of text, as the policy forbids.
func wait(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(30 * time.Millisecond) {
		ok, err := chromedp.Run(tab, chromedp.Evaluate[bool](expression))
		if err == nil && ok {
			return
		}
		if time.Now().After(end) { // between two pages there are errors, which pass
			shoot(t, tab, "failed")
			t.Fatalf("waiting for %s: %v", expression, err)
		}
	}
}

func eval[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(tab, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// shoot keeps a picture of the window; with go test -artifacts it stays.
func shoot(t *testing.T, tab context.Context, name string) {
	t.Helper()
	data, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err != nil {
		t.Log(err)
		return
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), data, 0o644); err != nil {
		t.Error(err)
	}
}

// drawn waits until the pages' pictures are there, and the crop.
func drawn(t *testing.T, tab context.Context) {
	t.Helper()
	wait(t, tab, `[...document.querySelectorAll('.paper img')].length > 0 && [...document.querySelectorAll('.paper img')].every((i) => i.dataset.ready)`)
	wait(t, tab, `document.querySelector('.question:not([hidden]) img.crop')?.naturalWidth > 0`)
}

// signIn begins at the first page, which is for nobody without a name.
func signIn(t *testing.T, tab context.Context, s *station, user string) {
	t.Helper()
	do(t, tab, chromedp.Navigate(s.URL+"/"))
	wait(t, tab, `location.pathname === '/signin' && document.querySelector('[name=password]') !== null`)
	do(t, tab, chromedp.SendKeys(`[name=name]`, user), chromedp.SendKeys(`[name=password]`, password+"\r"))
	wait(t, tab, `location.pathname === '/' && document.querySelector('.figures') !== null`)
}

const (
	openRules = `document.querySelector('.work').dataset.open`
	asked     = `document.querySelector('.question:not([hidden])').dataset.where`
)

func TestByKeyboard(t *testing.T) {
	s := open(t, "02-section-score.text.pdf", "07-faxed.fax.pdf")
	var printed string
	wrong := s.load(t, sample("01-consistent.text.pdf"), "1", misread(t, "indicators[1].score", &printed))
	tab := browser(t)

	signIn(t, tab, s, "reviewer")
	shoot(t, tab, "overview")

	// From the list to the discrepancy, outlined over the page.
	do(t, tab, chromedp.Navigate(s.URL+"/discrepancies?status=open&rule=score-section&unit=02-section"))
	shoot(t, tab, "discrepancies")
	do(t, tab, chromedp.Click(`.rows td a`))
	wait(t, tab, `document.getElementById('desk') !== null && location.search.includes('unit=02-section')`)
	drawn(t, tab)
	shoot(t, tab, "discrepancy")
	if n := eval[int](t, tab, `document.querySelectorAll('.paper rect.part').length`); n != 4 {
		t.Errorf("%d figures are outlined, want the section's and its three rows'", n)
	}
	if text := eval[string](t, tab, `document.querySelector('.written').textContent`); text != "≠ 15.0" {
		t.Errorf("over the picture is written %q", text)
	}
	place := eval[[]float64](t, tab, `(() => {
		const r = document.querySelector('rect.result').getBoundingClientRect(), p = document.querySelector('rect.result').closest('.paper').getBoundingClientRect();
		return [(r.left - p.left) / p.width, (r.right - p.left) / p.width, (r.top - p.top) / p.height];
	})()`)
	if place[0] < 0.5 || place[1] > 1 || place[2] < 0 || place[2] > 1 { // scores are printed in the right half
		t.Errorf("the outline is at %v of the page", place)
	}

	// Enter says that the form does say so, and U takes it back.
	if got := eval[string](t, tab, openRules); got != "1" {
		t.Fatalf("%s rules are open", got)
	}
	do(t, tab, chromedp.KeyEvent("\r"))
	wait(t, tab, openRules+` === '0' && document.querySelectorAll('.broken .seen').length === 1`)
	do(t, tab, chromedp.KeyEvent("u"))
	wait(t, tab, openRules+` === '1'`)

	// A misread score: its other reading settles the rules, and undoing breaks them.
	do(t, tab, chromedp.Navigate(s.URL+"/f/"+wrong+"/1"))
	wait(t, tab, `document.getElementById('desk') !== null`)
	drawn(t, tab)
	broken := eval[string](t, tab, openRules)
	if broken == "0" {
		t.Fatal("no rule is open")
	}
	if where := eval[string](t, tab, asked); where != "indicators[1].score" {
		t.Errorf("asked first about %s", where)
	}
	shoot(t, tab, "misread")
	do(t, tab, chromedp.KeyEvent("2"))
	wait(t, tab, openRules+` === '0'`)
	shoot(t, tab, "settled")
	if n := eval[int](t, tab, `document.querySelectorAll('.broken > .settled').length`); fmt.Sprint(n) != broken {
		t.Errorf("%d rules are settled of %s", n, broken)
	}
	do(t, tab, chromedp.KeyEvent("u"))
	wait(t, tab, openRules+` === '`+broken+`'`)

	// The same, typed: the rules run while it is typed.
	do(t, tab, chromedp.KeyEvent("t"), chromedp.KeyEvent(printed))
	wait(t, tab, `document.querySelector('.question:not([hidden]) .effect').textContent !== ''`)
	shoot(t, tab, "typed")
	do(t, tab, chromedp.KeyEvent("\r"))
	wait(t, tab, openRules+` === '0'`)

	do(t, tab, chromedp.Navigate(s.URL+"/f/"+s.documents["07-faxed.fax.pdf"]+"/1"))
	wait(t, tab, `document.getElementById('desk') !== null`)
	drawn(t, tab)
	shoot(t, tab, "fax")
	first := eval[string](t, tab, asked)
	do(t, tab, chromedp.KeyEvent("n"))
	if eval[string](t, tab, asked) == first {
		t.Error("N shows the same question again")
	}
	// G leads to the next form that has something open, and stays in the list it came from.
	do(t, tab, chromedp.KeyEvent("g"))
	wait(t, tab, `location.pathname === '/f/`+s.documents["02-section-score.text.pdf"]+`/1' && document.getElementById('desk') !== null`)
	do(t, tab, chromedp.Navigate(s.URL+"/f/"+s.documents["07-faxed.fax.pdf"]+"/1?unit=faxed"))
	wait(t, tab, `document.getElementById('onward')?.search === '?unit=faxed'`)

	do(t, tab, chromedp.Navigate(s.URL+"/forms?lang=en"))
	shoot(t, tab, "english")
	do(t, tab, chromedp.Click("#signout"))
	wait(t, tab, `location.pathname === '/signin'`)
	do(t, tab, chromedp.Navigate(s.URL+"/forms"))
	wait(t, tab, `location.pathname === '/signin'`)

	l, err := s.store.CorrectionList(t.Context(), load.ListFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var story []string
	for _, c := range l.Rows {
		story = append(story, c.From+" "+c.To)
	}
	slices.Reverse(story)
	want := []string{"16.0 16.0", "16.0 16.0", "9" + printed + " " + printed, printed + " 9" + printed, "9" + printed + " " + printed}
	if !slices.Equal(story, want) {
		t.Errorf("the corrections are %q, want %q", story, want)
	}
}

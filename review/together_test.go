package review_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"heji/form"
	"heji/layout"
	"heji/load"
)

// doubted makes of a figure one that was read as the text, and in doubt.
func doubted(t *testing.T, where, text string) func(*form.Form) {
	return func(f *form.Form) {
		for path, g := range f.Figures() {
			if path == where {
				a := form.MustAmount(text)
				g.Text, g.Value, g.Reader, g.Confidence, g.Agreed, g.Doubt = text, &a, layout.ByOCR, 0.6, 0, layout.Disagree
				return
			}
		}
		t.Fatalf("there is no %s", where)
	}
}

// TestGroup looks three cells over that were read alike, and picks one out.
func TestGroup(t *testing.T) {
	s := open(t)
	const where = "indicators[1].score"
	for _, name := range []string{"01-consistent.text.pdf", "02-section-score.text.pdf", "04-three-pages.text.pdf"} {
		s.load(t, sample(name), "1", doubted(t, where, "3.25"))
	}
	tab := browser(t)
	signIn(t, tab, s, "reviewer")
	do(t, tab, chromedp.Navigate(s.URL+"/groups"))
	do(t, tab, chromedp.Click(chromedp.CSS(`.groups a[href$="3.25"]`)))
	wait(t, tab, `document.querySelectorAll('.cell').length === 3 && [...document.querySelectorAll('.cell img')].every((i) => i.naturalWidth > 0)`)
	if n := eval[int](t, tab, `(() => {
		let n = 0
		const count = (e) => { if (!e.defaultPrevented) n++; e.preventDefault() }
		addEventListener('submit', count)
		const cells = document.getElementById('cells')
		cells.requestSubmit()
		cells.requestSubmit()
		return n
	})()`); n != 1 {
		t.Errorf("a sheet that is sent twice goes out %d times, want once", n)
	}
	do(t, tab, chromedp.Reload())
	wait(t, tab, `document.querySelectorAll('.cell').length === 3 && [...document.querySelectorAll('.cell img')].every((i) => i.naturalWidth > 0)`)
	do(t, tab, chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(" "))
	wait(t, tab, `document.querySelector('.cell:nth-child(2) :checked') !== null && document.querySelectorAll('.cell :checked').length === 1`)
	shoot(t, tab, "group")
	do(t, tab, chromedp.KeyEvent("\r"))
	wait(t, tab, `document.querySelector('.done') !== null`)
	shoot(t, tab, "group-done")
	if n := eval[int](t, tab, `document.querySelectorAll('.done [name=made]').length`); n != 2 {
		t.Errorf("%d cells are confirmed, want two", n)
	}
	l, err := s.store.CorrectionList(t.Context(), load.ListFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range l.Rows {
		if c.Path != where || c.From != "3.25" || c.To != "3.25" || c.Reason != "group" || c.User != "reviewer" {
			t.Errorf("%+v", c)
		}
	}
	if cells, err := s.store.DoubtCells(t.Context(), "3.25", 0, 0, 10); err != nil || len(cells) != 1 {
		t.Errorf("%d cells are left (%v), want the odd one", len(cells), err)
	}
	do(t, tab, chromedp.KeyEvent("u"))
	wait(t, tab, `document.querySelectorAll('.cell').length === 3`)

	// The odd one leads to its question.
	do(t, tab, chromedp.Navigate(fmt.Sprintf("%s/f/%s/1?ask=%s", s.URL, l.Rows[0].Document, where)))
	wait(t, tab, `document.getElementById('desk') !== null`)
	if got := eval[string](t, tab, asked); got != where {
		t.Errorf("asked about %s", got)
	}
}

// TestTwoPeople has two people with one form open.
func TestTwoPeople(t *testing.T) {
	s := open(t, "02-section-score.text.pdf")
	document := s.documents["02-section-score.text.pdf"]
	address := s.URL + "/f/" + document + "/1"
	if status, _ := ask(t, signedIn(t, s, "admin"), "GET", address, "", nil); status != 200 {
		t.Fatal(status)
	}
	tab := browser(t)
	signIn(t, tab, s, "reviewer")
	do(t, tab, chromedp.Navigate(address))
	wait(t, tab, `document.querySelector('.here-too')?.textContent.includes('admin')`)
	shoot(t, tab, "two-people")
	status, body := ask(t, client(t), "POST", s.URL+"/api/v1/documents/"+document+"/forms/1/corrections", tokenOf(t, s, "admin"),
		map[string]any{"where": "indicators[24].score", "to": "—", "seen": 0})
	var after struct{ Discrepancies, Settled, Silent []json.RawMessage }
	if err := json.Unmarshal(body, &after); err != nil || status != 201 {
		t.Fatalf("%d %v %s", status, err, body)
	}
	// A rule that lost its figure does not hold: it cannot be told.
	if len(after.Settled) != 0 || len(after.Silent) != 1 {
		t.Errorf("%d settled, %d silent, want one silent", len(after.Settled), len(after.Silent))
	}
	eval[bool](t, tab, `dispatchEvent(new Event('focus'))`)
	wait(t, tab, `document.querySelector('.changed') !== null`)
	shoot(t, tab, "changed")
	do(t, tab, chromedp.KeyEvent("r"))
	wait(t, tab, `document.querySelector('.changed') === null && document.querySelectorAll('.broken .silent').length === 1`)
}

// TestDrop drops a document on the first page.
func TestDrop(t *testing.T) {
	s := open(t)
	tab := browser(t)
	signIn(t, tab, s, "reviewer")
	data, err := os.ReadFile(sample("02-section-score.text.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	eval[bool](t, tab, fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0)), dropped = new DataTransfer();
		dropped.items.add(new File([bytes], '表.pdf', { type: 'application/pdf' }));
		dropped.items.add(new File(['nothing'], 'empty.pdf'));
		window.bars = 0;
		new MutationObserver((all) => { for (const m of all) for (const n of m.addedNodes) bars += n.querySelectorAll?.('progress').length ?? 0; })
			.observe(document.getElementById('uploads'), { childList: true });
		return document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, cancelable: true, bubbles: true }));
	})()`, base64.StdEncoding.EncodeToString(data)))
	wait(t, tab, `document.querySelectorAll('#uploads .tag').length === 2`)
	shoot(t, tab, "dropped")
	for i, want := range []string{"表.pdf 已读取 自评表 1 份 · 不符 1 处", "empty.pdf 未能读取 该文件不是 PDF"} {
		if text := eval[string](t, tab, fmt.Sprintf(`document.querySelectorAll('#uploads li')[%d].textContent`, i)); !strings.HasPrefix(text, want) {
			t.Errorf("of document %d is said %q, want %q", i, text, want)
		}
	}
	wait(t, tab, `document.querySelector('.figures b').textContent === '2' && document.querySelectorAll('.charts figure').length > 0`)
	if n := eval[int](t, tab, `window.bars`); n != 2 {
		t.Errorf("%d bars showed progress, want one a document", n)
	}
	do(t, tab, chromedp.Click(chromedp.CSS(`#uploads li:first-child a`)))
	wait(t, tab, `location.pathname.startsWith('/f/') && document.getElementById('desk') !== null`)
	do(t, tab, chromedp.Navigate(s.URL+"/documents"))
	if text := eval[string](t, tab, `document.querySelector('.rows').textContent`); !strings.Contains(text, "empty.pdf") || !strings.Contains(text, "not-a-document") {
		t.Errorf("the documents are %s", text)
	}
}

// TestAccessibility lets axe-core look at every page, in both colours.
func TestAccessibility(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, "02-section-score.text.pdf")
	document := s.load(t, sample("04-three-pages.text.pdf"), "1", doubted(t, "indicators[1].score", "3.25"))
	tab := browser(t)
	look := func(name, path, theme string) {
		t.Helper()
		if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}); err != nil {
			t.Fatal(err)
		}
		do(t, tab, chromedp.Navigate(s.URL+path))
		wait(t, tab, `document.readyState === 'complete' && [...document.querySelectorAll('.paper img')].every((i) => i.dataset.ready)`)
		shoot(t, tab, name+"-"+theme)
		faults, err := chromedp.Run(tab, chromedp.Evaluate[string](string(axe)+`;
			axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations
				.filter((v) => ['serious', 'critical'].includes(v.impact))
				.map((v) => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join(' … ')).join('\n'))`,
			chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if faults != "" {
			t.Errorf("%s, %s:\n%s", path, theme, faults)
		}
	}
	look("signin", "/signin", "light")
	signIn(t, tab, s, "reviewer")
	for name, path := range map[string]string{
		"overview": "/", "batches": "/batches", "documents": "/documents", "forms": "/forms", "discrepancies": "/discrepancies",
		"corrections": "/corrections", "groups": "/groups", "sheet": "/groups/sheet?text=3.25", "desk": "/f/" + document + "/1", "failure": "/f/none/1",
	} {
		look(name, path, "light")
		if slices.Contains([]string{"overview", "discrepancies", "sheet", "desk"}, name) {
			look(name, path+strings.Repeat("?lang=en", 1-strings.Count(path, "?")), "dark")
		}
	}
}

// TestPagesAreMasked compares what a reader and a reviewer see of a page.
func TestPagesAreMasked(t *testing.T) {
	s := open(t, "02-section-score.text.pdf")
	document := s.documents["02-section-score.text.pdf"]
	f, err := s.store.StoredForm(t.Context(), document, 1)
	if err != nil {
		t.Fatal(err)
	}
	phone := f.Form.Field("phone").Box
	gray := func(user string) (painted, all int) {
		status, data := ask(t, signedIn(t, s, user), "GET", s.URL+"/pages/"+document+"/1", "", nil)
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || status != 200 {
			t.Fatal(status, err)
		}
		const scale = 200 / 72.0
		for y := int(phone.Y0*scale) + 1; y < int(phone.Y1*scale); y++ {
			for x := int(phone.X0*scale) + 1; x < int(phone.X1*scale); x++ {
				all++
				if r, g, b, _ := img.At(x, y).RGBA(); r == 0xbbbb && g == r && b == r {
					painted++
				}
			}
		}
		return painted, all
	}
	if painted, all := gray("reader"); painted != all || all == 0 {
		t.Errorf("a reader has %d of %d pixels of a telephone number painted over", painted, all)
	}
	if painted, all := gray("reviewer"); painted > all/2 {
		t.Errorf("a reviewer has %d of %d pixels painted over", painted, all)
	}
}

// TestLists holds the filters against each other.
func TestLists(t *testing.T) {
	s := open(t)
	for _, name := range []string{"02-section-score.text.pdf", "03-yuan-landscape.text.pdf", "project/12-signs.text.pdf"} {
		s.load(t, sample(name), "1", nil)
	}
	all, err := s.store.DiscrepancyList(t.Context(), load.ListFilter{})
	if err != nil || all.Count == 0 || len(all.Rows) != all.Count {
		t.Fatalf("%d rows of %d (%v)", len(all.Rows), all.Count, err)
	}
	money := map[string]bool{"funds-balance": true, "funds-total": true, "narrative-breakdown": true, "narrative-header": true}
	want := 0
	for _, x := range all.Rows {
		if money[x.Rule] {
			want++
		}
	}
	zero := form.MustAmount("0")
	if l, err := s.store.DiscrepancyList(t.Context(), load.ListFilter{Least: &zero}); err != nil || l.Count != want || want == 0 {
		t.Errorf("%d about money (%v), want %d", l.Count, err, want)
	}
	vast := form.MustAmount("100000000")
	if l, err := s.store.DiscrepancyList(t.Context(), load.ListFilter{Least: &vast}); err != nil || l.Count != 0 {
		t.Errorf("%d are off by a billion yuan (%v)", l.Count, err)
	}
	// The third sample's year-end balance is missed by 200,000 yuan, on a form in yuan.
	for least, want := range map[string]int{"20": 1, "20.01": 0} {
		amount := form.MustAmount(least)
		if l, err := s.store.DiscrepancyList(t.Context(), load.ListFilter{Least: &amount, Rule: "funds-balance"}); err != nil || l.Count != want {
			t.Errorf("%d balances are missed by %s 万元 (%v), want %d", l.Count, least, err, want)
		}
	}
	// A part of a unit's name, of a document's, two characters, one, and none.
	for part, want := range map[string]int{"九里湾县水利服务中心": 1, "section-score.t": 1, "养护": 1, "养": 1, "县": 1, "护养": 0, "text.pdf": 3, "%": 0} {
		if l, err := s.store.Forms(t.Context(), load.ListFilter{Unit: part}); err != nil || l.Count != want {
			t.Errorf("%d forms have %q in their names (%v), want %d", l.Count, part, err, want)
		}
	}
	if l, err := s.store.Documents(t.Context(), load.ListFilter{Unit: "12-signs"}); err != nil || l.Count != 1 {
		t.Errorf("%d documents (%v)", l.Count, err)
	}
	sum := 0
	for _, status := range []string{"open", "confirmed", "settled"} {
		l, err := s.store.DiscrepancyList(t.Context(), load.ListFilter{Status: status})
		if err != nil {
			t.Fatal(err)
		}
		sum += l.Count
	}
	if sum != all.Count {
		t.Errorf("open, confirmed and settled are %d, all are %d", sum, all.Count)
	}
	token := tokenOf(t, s, "reader")
	for _, path := range []string{"/api/v1/batches", "/api/v1/discrepancies?least=1.5&batch=1&status=open&year=2019&unit=x", "/api/v1/forms?least=1&status=settled&verdict=form",
		"/api/v1/documents?batch=1"} {
		if status, body := ask(t, client(t), "GET", s.URL+path, token, nil); status != 200 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	resp, err := signedIn(t, s, "reader").Get(s.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, err := io.ReadAll(resp.Body); err != nil || !bytes.Contains(body, []byte("rect class=\"executed\"")) {
		t.Errorf("there is no chart of execution (%v)", err)
	}
}

package review_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"heji/audit"
	"heji/batch"
	"heji/form"
	"heji/load"
	"heji/review"
)

// client is a browser without the browser.
func client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func signedIn(t *testing.T, s *station, user string) *http.Client {
	t.Helper()
	c := client(t)
	resp, err := c.PostForm(s.URL+"/signin", url.Values{"name": {user}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %s", user, resp.Status)
	}
	return c
}

func ask(t *testing.T, c *http.Client, method, address, token string, body any) (status int, answer []byte) {
	t.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	q, err := http.NewRequestWithContext(t.Context(), method, address, sent)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, answer
}

func tokenOf(t *testing.T, s *station, user string) string {
	t.Helper()
	token, hash := review.NewToken()
	if err := s.store.AddToken(t.Context(), hash, user); err != nil {
		t.Fatal(err)
	}
	return token
}

// TestEveryRoute walks every route as nobody and in every role.
func TestEveryRoute(t *testing.T) {
	s := open(t, "02-section-score.text.pdf")
	document := s.documents["02-section-score.text.pdf"]
	fill := strings.NewReplacer("{document}", document, "{ordinal}", "1", "{page}", "1", "{$}", "")
	for _, who := range []string{"", "reader", "reviewer", "admin"} {
		role, _ := review.RoleOf(who)
		pages, token := client(t), ""
		if who != "" {
			pages, token = signedIn(t, s, who), tokenOf(t, s, who)
		}
		for _, r := range review.Routes() {
			method, path, _ := strings.Cut(r.Pattern, " ")
			if r.Pattern == "POST /signin" || r.Pattern == "POST /signout" {
				continue
			}
			c, with := pages, ""
			if r.API {
				c, with = client(t), token
			}
			status, body := ask(t, c, method, s.URL+fill.Replace(path), with, nil)
			refused := status == http.StatusUnauthorized || status == http.StatusForbidden ||
				status == http.StatusSeeOther && !r.API && method == http.MethodGet && bytes.Contains(body, []byte("/signin?to="))
			// Without its token a form is refused whoever sends it.
			if want := role < r.Least || !r.API && method == http.MethodPost; refused != want {
				t.Errorf("%s as %q: status %d, refused %t, want %t", r.Pattern, who, status, refused, want)
			}
			if status >= 500 {
				t.Errorf("%s as %q: status %d: %s", r.Pattern, who, status, body)
			}
			if role < review.Reviewer && r.Pattern != "GET /signin" {
				// The people whom the sample names.
				for _, private := range []string{"蔡志远", "5554636", "叶建文", "5557174"} {
					if bytes.Contains(body, []byte(private)) {
						t.Errorf("%s as %q shows %s", r.Pattern, who, private)
					}
				}
			}
		}
	}
}

func TestSignInIsSlowedDown(t *testing.T) {
	s := open(t)
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s.handler.SetClock(func() time.Time { return clock })
	guess := func() int {
		resp, err := client(t).PostForm(s.URL+"/signin", url.Values{"name": {"admin"}, "password": {"wrong"}})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	var got []int
	for range 6 {
		got = append(got, guess())
	}
	clock = clock.Add(10 * time.Second)
	got = append(got, guess(), guess())
	if want := []int{401, 401, 401, 401, 401, 429, 401, 429}; !slices.Equal(got, want) {
		t.Errorf("statuses %v, want %v", got, want)
	}
	resp, err := http.Get(s.URL + "/signin")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
}

// state is what the API says of a form.
type state struct {
	Seen          int64 `json:"seen"`
	Discrepancies []struct {
		Confirmed bool `json:"confirmed"`
	} `json:"discrepancies"`
	Settled []json.RawMessage      `json:"settled"`
	Figures map[string]figureState `json:"figures"`
}

type figureState struct {
	Text   string `json:"text"`
	Value  string `json:"value"`
	Reader string `json:"reader"`
}

func TestAPI(t *testing.T) {
	s := open(t)
	const where = "indicators[1].score"
	var printed string
	change := misread(t, where, &printed)
	document := s.load(t, sample("01-consistent.text.pdf"), "1", change)
	token := tokenOf(t, s, "reviewer")
	address := fmt.Sprintf("%s/api/v1/documents/%s/forms/1", s.URL, document)
	get := func() (st state) {
		t.Helper()
		status, body := ask(t, http.DefaultClient, "GET", address, token, nil)
		if err := json.Unmarshal(body, &st); err != nil || status != 200 {
			t.Fatalf("%d %v %s", status, err, body)
		}
		return st
	}
	post := func(want int, body map[string]any) {
		t.Helper()
		if status, answer := ask(t, http.DefaultClient, "POST", address+"/corrections", token, body); status != want {
			t.Fatalf("status %d, want %d: %s", status, want, answer)
		}
	}

	before := get()
	if len(before.Discrepancies) == 0 || before.Figures[where].Text != "9"+printed {
		t.Fatalf("%+v", before)
	}
	post(400, map[string]any{"where": where, "to": "no number", "seen": before.Seen})
	post(400, map[string]any{"where": where, "to": printed})
	post(404, map[string]any{"where": "indicators[999].score", "to": printed, "seen": before.Seen})
	post(201, map[string]any{"where": where, "to": printed, "reason": "seen on paper", "seen": before.Seen})
	post(409, map[string]any{"where": where, "to": "1", "seen": before.Seen}) // somebody who looked before that
	after := get()
	if len(after.Discrepancies) != 0 || len(after.Settled) != len(before.Discrepancies) ||
		after.Figures[where] != (figureState{printed, printed, "person"}) {
		t.Errorf("after: %d broken, %d settled, %+v", len(after.Discrepancies), len(after.Settled), after.Figures[where])
	}

	// Read anew, by a reader that misreads it again and numbers rows in another way.
	s.load(t, sample("01-consistent.text.pdf"), "2", func(f *form.Form) {
		change(f)
		f.Indicators = f.Indicators[1:]
	})
	anew := get()
	if got := anew.Figures["indicators[0].score"]; got != (figureState{printed, printed, "person"}) {
		t.Errorf("after another import the figure is %+v", got)
	}
	l, err := s.store.DiscrepancyList(t.Context(), load.ListFilter{Status: "open", Rule: "score-exceeds-weight"})
	if err != nil {
		t.Fatal(err)
	}
	_, body := ask(t, http.DefaultClient, "GET", s.URL+"/api/v1/discrepancies?status=open&rule=score-exceeds-weight", token, nil)
	var listed struct{ Count int }
	if err := json.Unmarshal(body, &listed); err != nil || listed.Count != 0 {
		t.Errorf("%v; open before the list was asked for: %d, and then: %s", err, l.Count, body)
	}
	post(201, map[string]any{"undo": true, "seen": anew.Seen})
	if got := get().Figures["indicators[0].score"].Text; got != "9"+printed {
		t.Errorf("after undoing it reads %s", got)
	}

	// An upload.
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "other.pdf")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(sample("02-section-score.text.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = w.Close()
	q, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/api/v1/imports", &form)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", w.FormDataContentType())
	q.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var imported load.ListedDocument
	if err := json.NewDecoder(resp.Body).Decode(&imported); err != nil || resp.StatusCode != 201 || imported.Forms != 1 || imported.Discrepancies != 1 {
		t.Errorf("%s %v %+v", resp.Status, err, imported)
	}
}

// TestCorrectionSurvivesReplay understands a corrected document anew, of what was kept
// of its pages.
func TestCorrectionSurvivesReplay(t *testing.T) {
	s := open(t)
	const name, where = "01-consistent.text.pdf", "indicators[1].score"
	var printed string
	change := misread(t, where, &printed)
	document := s.load(t, sample(name), "1", change)
	f, err := s.store.StoredForm(t.Context(), document, 1)
	if err != nil {
		t.Fatal(err)
	}
	address, token := fmt.Sprintf("%s/api/v1/documents/%s/forms/1", s.URL, document), tokenOf(t, s, "reviewer")
	if status, body := ask(t, client(t), "POST", address+"/corrections", token, map[string]any{"where": where, "to": printed, "seen": f.Seen()}); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	kept, err := read.get(t, sample(name)).Kept()
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := batch.Replay(t.Context(), f.Document, kept)
	if err != nil {
		t.Fatal(err)
	}
	change(&r.Forms[0].Form)
	r.Forms[0].Discrepancies = audit.Check(&r.Forms[0].Form)
	outcome, err := s.store.Save(t.Context(), load.Saved{Document: f.Document, Reader: "1", Records: r.Records(), Replay: true})
	if err != nil || outcome.Action != load.Replaced {
		t.Fatal(outcome, err)
	}
	_, body := ask(t, client(t), "GET", address, token, nil)
	var now state
	if err := json.Unmarshal(body, &now); err != nil {
		t.Fatal(err)
	}
	if got := now.Figures[where]; got != (figureState{printed, printed, "person"}) || len(now.Discrepancies) != 0 || len(now.Settled) == 0 {
		t.Errorf("after a replay: %+v, %d broken, %d settled", got, len(now.Discrepancies), len(now.Settled))
	}
}

// TestOpenAPI holds the description against the routes.
func TestOpenAPI(t *testing.T) {
	data, err := os.ReadFile("static/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var described struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary   string
			Responses map[string]any
		}
	}
	if err := json.Unmarshal(data, &described); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(described.OpenAPI, "3.") {
		t.Errorf("version %q", described.OpenAPI)
	}
	var want, got []string
	for _, r := range review.Routes() {
		if r.API {
			want = append(want, r.Pattern)
		}
	}
	for path, methods := range described.Paths {
		for method, m := range methods {
			got = append(got, strings.ToUpper(method)+" "+path)
			if m.Summary == "" || len(m.Responses) == 0 {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("described:\n%s\nserved:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTheSecondPersonIsTold has two people look at a form, and both answer.
func TestTheSecondPersonIsTold(t *testing.T) {
	s := open(t, "02-section-score.text.pdf")
	document := s.documents["02-section-score.text.pdf"]
	f, err := s.store.StoredForm(t.Context(), document, 1)
	if err != nil {
		t.Fatal(err)
	}
	c := load.Correction{Document: document, Ordinal: 1, Path: "grade", From: "良", To: "良", User: "reviewer"}
	if _, err := s.store.Correct(t.Context(), c, f.Seen(), func(*load.StoredForm) load.Standing { return load.Standing{} }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Correct(t.Context(), c, f.Seen(), func(*load.StoredForm) load.Standing { return load.Standing{} }); err == nil {
		t.Error("a second person was not told")
	}
}

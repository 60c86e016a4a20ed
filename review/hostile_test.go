package review_test

import (
	"io"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"heji/form"
)

// What a document may say to a browser, each in another place of a page: between tags,
// in an attribute, in an address, and in a script.
const hostileText = `</td><script>alert(1)</script><img src=x onerror=alert(1)>"' onclick=alert(1) javascript:alert(1) {{.}}`

// addresses are those of a page's links and pictures.
var addresses = regexp.MustCompile(`(?:href|src|hx-get)="([^"]*)"`)

// live matches what a browser would run, were the text not escaped, and addresses that
// are none.
var live = regexp.MustCompile(`<script>alert|<img src=x|(?:href|src)="javascript:|[^&#;0-9a-z]" onclick=alert`)

// No page of the station runs what a document says, in whichever of its texts: every
// page that a link leads to is looked at.
func TestPagesRunNothingOfADocument(t *testing.T) {
	if !live.MatchString(hostileText) {
		t.Fatal("the text itself would not be found")
	}
	s := open(t)
	for _, name := range []string{"02-section-score.text.pdf", "project/12-signs.text.pdf"} {
		s.load(t, sample(name), "1", func(f *form.Form) { spoil(reflect.ValueOf(f).Elem()) })
	}
	c := signedIn(t, s, "admin")
	seen, queue := map[string]bool{}, []string{"/"}
	told := 0
	for len(queue) > 0 && len(seen) < 400 {
		at := queue[0]
		queue = queue[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		answer, err := c.Get(s.URL + at)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s comes without its headers: %v", at, answer.Header)
		}
		if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			continue
		}
		page := string(body)
		if m := live.FindStringIndex(page); m != nil {
			t.Errorf("%s says %s", at, page[max(0, m[0]-60):min(len(page), m[1]+60)])
		}
		told += strings.Count(page, "alert(1)")
		for _, m := range addresses.FindAllStringSubmatch(page, -1) {
			u, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err == nil && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.Contains(u.Path, "logout") {
				queue = append(queue, u.RequestURI())
			}
		}
	}
	if told < 100 {
		t.Errorf("the text stands on the pages %d times: the test looks at too little", told)
	}
	t.Logf("%d pages", len(seen))
}

// spoil puts the text into every text of v.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			spoil(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Name != "Where" && v.Type().Field(i).Name != "Key" {
				spoil(v.Field(i))
			}
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.String() != "" {
			v.SetString(v.String() + hostileText)
		}
	}
}

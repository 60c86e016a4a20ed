package batch

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"heji/form"
)

// shop is as much of S3 and of Azure's Blob Storage as heji asks for: names in
// pages of two, and objects by name. One bucket has all objects.
type shop struct {
	bucket  string
	objects map[string]string
	lists   atomic.Int32                      // pages of names that were asked for
	refuse  func(*http.Request) (int, string) // a status and a code instead of an answer
}

const namesAPage = 2

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.refuse != nil {
		if status, code := s.refuse(r); status != 0 {
			fail(w, status, code)
			return
		}
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/account"), "/"), "/")
	switch {
	case bucket != s.bucket:
		fail(w, http.StatusNotFound, "NoSuchBucket")
	case r.URL.Query().Get("list-type") == "2":
		s.list(w, r, "continuation-token", func(key string, size int) any {
			return struct {
				XMLName      xml.Name `xml:"Contents"`
				Key          string
				Size         int
				LastModified string
			}{Key: key, Size: size, LastModified: "2024-01-02T03:04:05.000Z"}
		})
	case r.URL.Query().Get("comp") == "list":
		s.list(w, r, "marker", func(key string, size int) any {
			return struct {
				XMLName xml.Name `xml:"Blob"`
				Name    string
				Size    int    `xml:"Properties>Content-Length"`
				Time    string `xml:"Properties>Last-Modified"`
				Etag    string `xml:"Properties>Etag"`
			}{Name: key, Size: size, Time: "Tue, 02 Jan 2024 03:04:05 GMT", Etag: "0x1"}
		})
	default:
		content, ok := s.objects[key]
		if !ok {
			fail(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		if part := r.Header.Get("X-Ms-Range"); part != "" {
			r.Header.Set("Range", part)
		}
		for name, value := range map[string]string{"Etag": `"1"`, "Content-Type": "application/pdf", "X-Ms-Creation-Time": "Tue, 02 Jan 2024 03:04:05 GMT"} {
			w.Header().Set(name, value)
		}
		http.ServeContent(w, r, "", time.Unix(1700000000, 0), bytes.NewReader([]byte(content)))
	}
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("X-Ms-Error-Code", code)
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>that is so</Message></Error>`, code)
}

func (s *shop) list(w http.ResponseWriter, r *http.Request, token string, entry func(string, int) any) {
	s.lists.Add(1)
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		if strings.HasPrefix(key, r.URL.Query().Get("prefix")) {
			keys = append(keys, key)
		}
	}
	from, _ := strconv.Atoi(r.URL.Query().Get(token))
	var b strings.Builder
	for _, key := range keys[from:min(len(keys), from+namesAPage)] {
		text, _ := xml.Marshal(entry(key, len(s.objects[key])))
		b.Write(text)
	}
	next := ""
	if from+namesAPage < len(keys) {
		next = strconv.Itoa(from + namesAPage)
	}
	w.Header().Set("Content-Type", "application/xml")
	if token == "marker" {
		_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><EnumerationResults><Blobs>%s</Blobs><NextMarker>%s</NextMarker></EnumerationResults>`, b.String(), next)
		return
	}
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><ListBucketResult>%s<IsTruncated>%v</IsTruncated><NextContinuationToken>%s</NextContinuationToken></ListBucketResult>`, b.String(), next != "", next)
}

// open is the shop's server; its addresses are of the form %s, with a key.
func (s *shop) open(t *testing.T, scheme string) (address string) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	// Nothing of the machine's own settings.
	for _, name := range []string{"AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SESSION_TOKEN", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_SAS_TOKEN"} {
		t.Setenv(name, "")
	}
	names := namesAtOnce
	namesAtOnce = namesAPage
	t.Cleanup(func() { namesAtOnce = names })
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_ACCESS_KEY_ID", "clerk")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_REGION", "cn-north-1")
	t.Setenv("AZURE_STORAGE_ACCOUNT", "account")
	t.Setenv("AZURE_STORAGE_KEY", "c2VjcmV0")
	if scheme == "azblob" {
		return "azblob://forms/%s?localemu=true&protocol=http&domain=" + strings.TrimPrefix(server.URL, "http://")
	}
	return "s3://forms/%s?use_path_style=true&endpoint=" + server.URL
}

// told is the names of what was found, with codes of errors, and the error of the search.
func told(t *testing.T, path string) (names, skipped []string, end error) {
	t.Helper()
	for s, err := range Sources(t.Context(), []string{path}, nil, func(name string) { skipped = append(skipped, name) }) {
		if err != nil {
			return names, skipped, err
		}
		if s.Err != nil {
			s.Name += " " + string(s.Err.Code)
		}
		names = append(names, s.Name)
	}
	return names, skipped, nil
}

func TestBuckets(t *testing.T) {
	for _, scheme := range []string{"s3", "azblob"} {
		t.Run(scheme, func(t *testing.T) {
			s := &shop{bucket: "forms", objects: map[string]string{
				"2021/a.pdf": "%PDF-1", "2021/长桥坝/b.PDF": "%PDF-2", "2021/scan0001": "%PDF-3", "2021/notes": "notes",
				"2021/.cache/c.pdf": "%PDF-", "2021/": "", "2021/list.csv": "", "2021-annex.pdf": "%PDF-4",
			}}
			address := s.open(t, scheme)
			in := scheme + "://forms/2021/"
			want := []string{in + "a.pdf", in + "scan0001", in + "长桥坝/b.PDF"}
			if scheme == "s3" { // no name of Azure's client has one
				s.objects["2021/what?.txt"] = "x"
				want = slices.Insert(want, 2, in+"what?.txt")
			}
			names, skipped, err := told(t, fmt.Sprintf(address, "2021"))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, names); d != "" {
				t.Errorf("found (-want +got):\n%s", d)
			}
			if d := cmp.Diff([]string{in + "list.csv", in + "notes"}, skipped); d != "" {
				t.Errorf("skipped (-want +got):\n%s", d)
			}

			names, _, err = told(t, fmt.Sprintf(address, "2021-annex.pdf"))
			if err != nil || !slices.Equal(names, []string{scheme + "://forms/2021-annex.pdf"}) {
				t.Errorf("one document: %v, %v", names, err)
			}
			names, _, err = told(t, fmt.Sprintf(address, "2020/"))
			if err != nil || !slices.Equal(names, []string{scheme + "://forms/2020/ not-found"}) {
				t.Errorf("an empty folder: %v, %v", names, err)
			}

			for source, err := range Sources(t.Context(), []string{fmt.Sprintf(address, "2021/")}, nil, nil) {
				if err != nil {
					t.Fatal(err)
				}
				// A worker has the address and nothing else.
				data, ferr := Source{Name: "any", Path: source.Path}.Read(t.Context(), 1000)
				if ferr != nil || string(data) != s.objects[strings.TrimPrefix(source.Name, scheme+"://forms/")] {
					t.Errorf("%s is %q, %v", source.Name, data, ferr)
				}
			}

			s.objects["2021/big.pdf"] = strings.Repeat("x", 1001)
			for key, want := range map[string]form.Code{"2021/big.pdf": form.TooLarge, "2021/gone.pdf": form.NotFound} {
				if _, ferr := (Source{Name: fmt.Sprintf(address, key)}).Read(t.Context(), 1000); form.CodeOf(ferr) != want {
					t.Errorf("%s: %v, want %s", key, ferr, want)
				}
			}
		})
	}
}

// TestBucketIsLazy: names are asked for a page at a time, so that memory does not
// grow with the bucket.
func TestBucketIsLazy(t *testing.T) {
	s := &shop{bucket: "forms", objects: map[string]string{}}
	for i := range 20 {
		s.objects[fmt.Sprintf("%02d.pdf", i)] = ""
	}
	n := 0
	for _, err := range Sources(t.Context(), []string{fmt.Sprintf(s.open(t, "s3"), "")}, nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if pages := int(s.lists.Load()); pages != (n+namesAPage-1)/namesAPage {
			t.Fatalf("%d pages of names after %d documents", pages, n)
		}
	}
	if n != 20 {
		t.Errorf("%d documents", n)
	}
}

// TestBucketTrouble: what ends the search, and in what words.
func TestBucketTrouble(t *testing.T) {
	objects := map[string]string{"1.pdf": "", "2.pdf": "", "3.pdf": "", "4.pdf": ""}
	after := func(pages int32, s *shop, status int, code string) func(*http.Request) (int, string) {
		return func(r *http.Request) (int, string) {
			if s.lists.Load() >= pages {
				return status, code
			}
			return 0, ""
		}
	}
	defer func(old time.Duration) { bucketWait = old }(bucketWait)
	for _, c := range []struct {
		name, path string
		prepare    func(t *testing.T, s *shop)
		found      int
		want       string
	}{
		{name: "no such bucket", prepare: func(_ *testing.T, s *shop) { s.bucket = "others" }, found: 1},
		{name: "no way in", prepare: func(_ *testing.T, s *shop) { s.refuse = after(0, s, 403, "InvalidAccessKeyId") }, want: "lets nobody in"},
		{name: "vanished", prepare: func(_ *testing.T, s *shop) { s.refuse = after(1, s, 404, "NoSuchBucket") }, found: 2, want: "after 2 documents"},
		{name: "no credentials", prepare: func(t *testing.T, _ *shop) {
			t.Setenv("AWS_ACCESS_KEY_ID", "")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		}, want: "there are no credentials"},
		{name: "no region", prepare: func(t *testing.T, _ *shop) { t.Setenv("AWS_REGION", "") }, path: "s3://forms/", want: "the region of the bucket is not known"},
		{name: "no such kind", path: "gs://forms/", want: "s3:// and azblob://"},
		{name: "silent", prepare: func(_ *testing.T, s *shop) {
			bucketWait = 100 * time.Millisecond
			s.refuse = func(r *http.Request) (int, string) { <-r.Context().Done(); return 500, "" }
		}, want: "did not answer within"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shop{bucket: "forms", objects: objects}
			path := fmt.Sprintf(s.open(t, "s3"), "")
			if c.path != "" {
				path = c.path
			}
			if c.prepare != nil {
				c.prepare(t, s)
			}
			names, _, err := told(t, path)
			if len(names) != c.found {
				t.Errorf("found %v", names)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestBucketGone: when its documents can no longer be fetched, one after the other,
// the search for more of them ends.
func TestBucketGone(t *testing.T) {
	s := &shop{bucket: "forms", objects: map[string]string{}}
	for i := range 100 {
		s.objects[fmt.Sprintf("%03d.pdf", i)] = ""
	}
	s.refuse = func(r *http.Request) (int, string) {
		if strings.HasSuffix(r.URL.Path, ".pdf") {
			return 404, "NoSuchKey"
		}
		return 0, ""
	}
	n := 0
	process := func(ctx context.Context, src Source) Result { r, _ := opened(ctx, src, 1000); return r }
	err := Run(t.Context(), Sources(t.Context(), []string{fmt.Sprintf(s.open(t, "s3"), "")}, nil, nil), process, Options{Jobs: 2}, func(r Result) error {
		n++
		if form.CodeOf(r.Err) != form.NotFound {
			t.Errorf("%s: %v", r.Document.Name, r.Err)
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "could not be fetched") || n < mostLost || n > mostLost+5 {
		t.Errorf("%v after %d documents", err, n)
	}
}

// A folder has an address too.
func TestFileAddress(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/a.txt", []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	for s, err := range Sources(t.Context(), []string{"file://" + dir}, nil, nil) {
		data, ferr := s.Read(t.Context(), 1000)
		if err != nil || ferr != nil || s.Name != dir+"/a.txt" || string(data) != "abc" {
			t.Errorf("%s is %q, %v, %v", s.Name, data, ferr, err)
		}
	}
}

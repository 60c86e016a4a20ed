package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcerrors"

	"heji/extract"
	"heji/form"
)

// Tests are less patient, and have smaller buckets.
var (
	// bucketWait is how long a bucket has for a page of names or for a document of
	// at most MaxBytes.
	bucketWait = time.Minute

	// namesAtOnce is how many names of a bucket are held at a time; more than a
	// thousand no service gives.
	namesAtOnce = 1000
)

// mostLost is after how many documents in a row that could not be fetched a
// bucket counts as gone. Looking for the other ones would only enter them as lost.
const mostLost = 10

// schemes begin the addresses of buckets. "file" is a folder by another name.
var schemes = []string{"s3", "azblob"}

// place is a bucket's address taken apart: s3://bucket/key?query. A query is only
// what follows the last question mark, for a key may have others.
type place struct{ scheme, bucket, key, query string }

// placeOf reports whether a path is an address, such as a bucket's.
func placeOf(path string) (p place, ok bool) {
	scheme, rest, ok := strings.Cut(path, "://")
	if !ok || scheme == "" || strings.ContainsAny(scheme, "/. ") {
		return place{}, false
	}
	if i := strings.LastIndexByte(rest, '?'); i >= 0 {
		rest, p.query = rest[:i], rest[i+1:]
	}
	p.scheme = scheme
	p.bucket, p.key, _ = strings.Cut(rest, "/")
	return p, true
}

// url opens the bucket.
func (p place) url() string {
	query := p.query
	if p.scheme == "s3" && !strings.Contains(query, "response_checksum_validation") {
		// Else the client complains of every document from a service that keeps none.
		query = strings.TrimPrefix(query+"&response_checksum_validation=when_required", "&")
	}
	return p.scheme + "://" + p.bucket + "?" + query
}

// name is what people see of it: where it is, and not how it is reached.
func (p place) name() string { return p.scheme + "://" + p.bucket + "/" + p.key }

// address finds it again.
func (p place) address() string {
	if p.query == "" && !strings.Contains(p.key, "?") {
		return p.name()
	}
	return p.name() + "?" + p.query
}

// at is another place in the same bucket.
func (p place) at(key string) place {
	p.key = key
	return p
}

// bucket is one that was opened. It stays open, with the credentials that were
// found for it, as long as the process runs: a worker reads few buckets and many
// documents in each.
type bucket struct {
	*blob.Bucket
	lost atomic.Int32 // documents in a row that could not be fetched
}

var buckets struct {
	sync.Mutex
	byURL map[string]*bucket
}

// open is the bucket of the place.
func (p place) open(ctx context.Context) (*bucket, error) {
	if !slices.Contains(schemes, p.scheme) {
		return nil, errScheme
	}
	buckets.Lock()
	defer buckets.Unlock()
	if b := buckets.byURL[p.url()]; b != nil {
		return b, nil
	}
	ctx, cancel := context.WithTimeout(ctx, bucketWait)
	defer cancel()
	opened, err := blob.OpenBucket(ctx, p.url())
	if err != nil {
		return nil, err
	}
	if buckets.byURL == nil {
		buckets.byURL = map[string]*bucket{}
	}
	b := &bucket{Bucket: opened}
	buckets.byURL[p.url()] = b
	return b, nil
}

var errScheme = errors.New("no such kind of bucket")

// bucket takes the documents of a bucket, or of the folder in it that the address
// names, in the order of their names; or the one document that it names. A bucket
// that is not there is a path that is not there. One that is, and then no longer
// answers, ends the search: who knows what else is in it.
func (w walk) bucket(ctx context.Context, p place) bool {
	b, err := p.open(ctx)
	if err != nil {
		return w.broken(p, 0, err)
	}
	if p.key != "" && !strings.HasSuffix(p.key, "/") {
		switch there, err := b.has(ctx, p.key); {
		case err != nil:
			return w.broken(p, 0, err)
		case there:
			return w.found(Source{Name: p.name(), Path: p.address()})
		}
		p.key += "/"
	}
	found := 0
	for token := blob.FirstPageToken; token != nil; {
		var page []*blob.ListObject
		page, token, err = b.page(ctx, token, p.key)
		if err != nil && found == 0 && gcerrors.Code(err) == gcerrors.NotFound {
			return w.fail(p.name(), err, "%s", bucketSays(err))
		}
		if err != nil {
			return w.broken(p, found, err)
		}
		for _, object := range page {
			at := p.at(object.Key)
			switch {
			case object.IsDir || strings.HasSuffix(object.Key, "/") || hidden(strings.TrimPrefix(object.Key, p.key)):
				continue
			case !b.isDocument(ctx, object.Key):
				w.skipped(at.name())
				continue
			case b.lost.Load() >= mostLost:
				return w.broken(p, found, errGone)
			}
			found++
			if !w.found(Source{Name: at.name(), Path: at.address()}) {
				return false
			}
		}
		if len(token) == 0 {
			token = nil
		}
	}
	if found == 0 {
		return w.fail(p.name(), nil, "there is nothing to read under this address; heji reads %s", strings.Join(Extensions, " "))
	}
	return true
}

var errGone = fmt.Errorf("its last %d documents could not be fetched", mostLost)

// broken ends the search for documents.
func (w walk) broken(p place, found int, err error) bool {
	if found > 0 {
		return w.end(fmt.Errorf("%s: after %d documents the search for others ended: %s", p.name(), found, bucketSays(err)))
	}
	return w.end(fmt.Errorf("%s: %s", p.name(), bucketSays(err)))
}

// hidden reports whether a part of the key begins with a dot.
func hidden(key string) bool {
	return strings.HasPrefix(key, ".") || strings.Contains(key, "/.")
}

// page is the next page of names. The pages of what is asked for, and no more than
// one of them, are in memory.
func (b *bucket) page(ctx context.Context, token []byte, prefix string) ([]*blob.ListObject, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, bucketWait)
	defer cancel()
	return b.ListPage(ctx, token, namesAtOnce, &blob.ListOptions{Prefix: prefix})
}

func (b *bucket) has(ctx context.Context, key string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, bucketWait)
	defer cancel()
	return b.Exists(ctx, key)
}

// isDocument goes by the name. Only where that has no ending, the first bytes are
// fetched.
func (b *bucket) isDocument(ctx context.Context, key string) bool {
	if ending := strings.ToLower(path.Ext(key)); ending != "" {
		return slices.Contains(Extensions, ending)
	}
	ctx, cancel := context.WithTimeout(ctx, bucketWait)
	defer cancel()
	r, err := b.NewRangeReader(ctx, key, 0, int64(len(pdfHead)), nil)
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }()
	head, err := io.ReadAll(r)
	return err == nil && string(head) == pdfHead
}

// fetch takes a document into memory.
func (p place) fetch(ctx context.Context, most int64) ([]byte, *form.Error) {
	b, err := p.open(ctx)
	if err != nil {
		return nil, unfetched(err)
	}
	ctx, cancel := context.WithTimeout(ctx, bucketWait)
	defer cancel()
	data, err := b.read(ctx, p.key, most)
	if err == nil {
		b.lost.Store(0)
		return data, nil
	}
	if e, ok := errors.AsType[*form.Error](err); ok {
		return nil, e
	}
	b.lost.Add(1)
	return nil, unfetched(err)
}

func (b *bucket) read(ctx context.Context, key string, most int64) ([]byte, error) {
	r, err := b.NewReader(ctx, key, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	if r.Size() > most {
		return nil, extract.Oversize(r.Size(), most)
	}
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, extract.Oversize(int64(len(data)), most)
	}
	return data, err
}

func unfetched(err error) *form.Error {
	return &form.Error{Code: form.NotFound, Err: err, Message: bucketSays(err)}
}

// bucketSays is a sentence about an error of a bucket, whose own words are many.
func bucketSays(err error) string {
	text := err.Error()
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch {
	case errors.Is(err, errScheme):
		return "heji reads the buckets of s3:// and azblob://; copy the documents into a folder, or into such a bucket, and give that"
	case errors.Is(err, errGone):
		return err.Error() + "; see that the bucket can be reached, and run the same command again"
	case errors.Is(err, context.DeadlineExceeded) || gcerrors.Code(err) == gcerrors.DeadlineExceeded:
		return fmt.Sprintf("the bucket did not answer within %v; see that it can be reached, and run the same command again", bucketWait)
	case errors.Is(err, context.Canceled):
		return "interrupted; run the same command again"
	case gcerrors.Code(err) == gcerrors.NotFound:
		return fmt.Sprintf("there is no such bucket, or no such document in it (%v); check the address", cause(err))
	case has("Missing Region", "Invalid region"):
		return "the region of the bucket is not known; set AWS_REGION, or add ?region=… to the address"
	case gcerrors.Code(err) == gcerrors.PermissionDenied || has("InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthenticationFailed", "InvalidToken", "ExpiredToken"):
		return fmt.Sprintf("the bucket lets nobody in with these credentials (%v); correct them and run the same command again", cause(err))
	case has("credential", "Credential", "AccountName is required"):
		return "there are no credentials for the bucket; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE) for s3://, AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY (or AZURE_STORAGE_SAS_TOKEN) for azblob://, and run the same command again"
	}
	return fmt.Sprintf("the bucket cannot be read (%v); see that its address is right and that it can be reached, and run the same command again", cause(err))
}

// cause is what lies under the layers of a client's error, in one line.
func cause(err error) string {
	for {
		under := errors.Unwrap(err)
		if several, ok := err.(interface{ Unwrap() []error }); ok {
			under = several.Unwrap()[0]
		}
		if under == nil {
			break
		}
		err = under
	}
	text := err.Error()
	if _, code, ok := strings.Cut(text, "ERROR CODE: "); ok { // Azure prints its whole answer
		text = code
	}
	text, _, _ = strings.Cut(text, "\n")
	return text
}

package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"heji/audit"
	"heji/form"
	"heji/load"
)

// page is what every template gets.
type page struct {
	Visit  *visit
	Title  string
	Notice string
	Data   any
}

// listing is what the templates of lists get.
type listing struct {
	Filter   load.ListFilter
	List     any
	Count    int
	Most     bool // there are more than are counted
	Page     int
	Pages    int
	Previous string // addresses, or ""
	Next     string
	Carried  string // what the pages of the list's forms take along
	Rules    []audit.Rule
}

var functions = template.FuncMap{
	"short":   func(sha string) string { return sha[:min(12, len(sha))] },
	"base":    path.Base,
	"percent": func(f float64) string { return strconv.Itoa(int(f*100+0.5)) + "%" },
	"private": mayBePerson,
	"cellKey": func(c load.DoubtCell) string { return groupKey{c.Document, c.Ordinal, c.Path}.String() },
	"inc":     func(i int) int { return i + 1 },
	"box": func(g *form.Figure) template.HTMLAttr {
		b := g.Box
		return template.HTMLAttr(fmt.Sprintf(`x="%.1f" y="%.1f" width="%.1f" height="%.1f"`, b.X0, b.Y0, b.Width(), b.Height()))
	},
}

func (s *Server) stored(q *http.Request) (*load.StoredForm, error) {
	ordinal, err := strconv.Atoi(q.PathValue("ordinal"))
	if err != nil || ordinal < 1 || ordinal > 1<<30 {
		return nil, load.ErrNotStored
	}
	return s.Store.StoredForm(q.Context(), q.PathValue("document"), ordinal)
}

func filterOf(q *http.Request) load.ListFilter {
	query := q.URL.Query()
	year, _ := strconv.Atoi(query.Get("year"))
	number, _ := strconv.Atoi(query.Get("page"))
	text := func(key string) string { return strings.TrimSpace(textOf(query.Get(key))) }
	batch, _ := strconv.ParseInt(query.Get("batch"), 10, 64)
	var least *form.Amount
	if a, err := form.NewAmount(strings.ReplaceAll(text("least"), ",", "")); err == nil {
		least = &a
	}
	return load.ListFilter{
		Batch: batch, Least: least,
		Unit: text("unit"), Year: min(max(year, 0), 9999), Rule: text("rule"), Verdict: text("verdict"),
		Status: text("status"), Document: text("document"), Page: number,
	}
}

// textOf is what was sent, if it is text: what is none cannot be in the database,
// which would refuse the question.
func textOf(sent string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(sent, ""), "\x00", "")
}

func listingOf[T any](q *http.Request, f load.ListFilter, l load.List[T]) listing {
	turn := func(n int) string {
		if n < 1 || n > min(l.Pages(), load.MostPages) {
			return ""
		}
		query := url.Values{}
		for k, vs := range q.URL.Query() {
			if k != "lang" && vs[0] != "" {
				query.Set(k, vs[0])
			}
		}
		query.Set("page", strconv.Itoa(n))
		return "?" + query.Encode()
	}
	return listing{Filter: f, List: l.Rows, Count: l.Count, Most: l.Count >= load.MostCounted, Page: l.Page, Pages: l.Pages(),
		Previous: turn(l.Page - 1), Next: turn(l.Page + 1), Carried: carried(q), Rules: audit.Rules}
}

// carried is the filter of a list as a form's page takes it along, so that the next
// form is one of the same list; "" without a filter.
func carried(q *http.Request) string {
	kept := url.Values{}
	for _, key := range []string{"unit", "year", "rule", "verdict", "least", "batch", "document"} {
		if text := strings.TrimSpace(textOf(q.URL.Query().Get(key))); text != "" {
			kept.Set(key, text)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

// fresh works out again what corrected forms come to that were imported anew.
func (s *Server) fresh(ctx context.Context) error {
	_, err := s.Store.Stand(ctx, 20, stand)
	return err
}

func (s *Server) batches(w http.ResponseWriter, q *http.Request, v *visit) error {
	return list(s, w, q, page{Visit: v, Title: v.Words.Batches}, "batches", s.Store.BatchList)
}

func (s *Server) documents(w http.ResponseWriter, q *http.Request, v *visit) error {
	return list(s, w, q, page{Visit: v, Title: v.Words.Documents}, "documents", s.Store.Documents)
}

func (s *Server) forms(w http.ResponseWriter, q *http.Request, v *visit) error {
	if err := s.fresh(q.Context()); err != nil {
		return err
	}
	return list(s, w, q, page{Visit: v, Title: v.Words.Forms}, "forms", s.Store.Forms)
}

func (s *Server) discrepancies(w http.ResponseWriter, q *http.Request, v *visit) error {
	if err := s.fresh(q.Context()); err != nil {
		return err
	}
	return list(s, w, q, page{Visit: v, Title: v.Words.Discrepancies}, "discrepancies", s.Store.DiscrepancyList)
}

func (s *Server) corrections(w http.ResponseWriter, q *http.Request, v *visit) error {
	return list(s, w, q, page{Visit: v, Title: v.Words.Corrections}, "corrections", s.Store.CorrectionList)
}

// list shows the page of a list that the query asks for.
func list[T any](s *Server, w http.ResponseWriter, q *http.Request, p page, name string,
	read func(context.Context, load.ListFilter) (load.List[T], error)) error {
	f := filterOf(q)
	l, err := read(q.Context(), f)
	if err != nil {
		return err
	}
	p.Data = listingOf(q, f, l)
	return s.render(w, http.StatusOK, name, p)
}

func (s *Server) desk(w http.ResponseWriter, q *http.Request, v *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	view := newView(newDesk(f).ask(), v)
	view.Onward = fmt.Sprintf("/f/%s/%d/next%s", f.Document.SHA256, f.Form.Ordinal, carried(q))
	if v.Role >= Reviewer {
		view.Here = v.Words.Here(s.presence.others(f.Document.SHA256, f.Form.Ordinal, v.User, time.Now()))
	}
	return s.render(w, http.StatusOK, "desk", page{Visit: v, Title: view.Unit, Data: view})
}

// onward leads to the next form with an open discrepancy, of those that the list had
// which led here; after the last it begins again.
func (s *Server) onward(w http.ResponseWriter, q *http.Request, _ *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	if err := s.fresh(q.Context()); err != nil {
		return err
	}
	filter := filterOf(q)
	filter.Status, filter.Page, filter.Below = "open", 1, f.ID
	next, err := s.Store.Forms(q.Context(), filter)
	if err == nil && len(next.Rows) == 0 {
		filter.Below = 0
		next, err = s.Store.Forms(q.Context(), filter)
	}
	if err != nil {
		return err
	}
	to := "/discrepancies?status=open"
	if len(next.Rows) > 0 {
		to = fmt.Sprintf("/f/%s/%d%s", next.Rows[0].Document, next.Rows[0].Ordinal, carried(q))
	}
	http.Redirect(w, q, to, http.StatusSeeOther)
	return nil
}

// part answers a change with what the form has become: to the script the part of
// the page that changed, and to a browser without it the page.
func (s *Server) part(w http.ResponseWriter, q *http.Request, v *visit, f *load.StoredForm) error {
	if q.Header.Get("X-Heji-Part") == "" {
		http.Redirect(w, q, fmt.Sprintf("/f/%s/%d", f.Document.SHA256, f.Form.Ordinal), http.StatusSeeOther)
		return nil
	}
	return s.render(w, http.StatusOK, "work", page{Visit: v, Data: newView(newDesk(f).ask(), v)})
}

// mostText bounds what is typed as one figure, in bytes: narratives are long.
const mostText = 8 << 10

func (s *Server) correct(w http.ResponseWriter, q *http.Request, v *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(q.PostFormValue("seen"), 10, 64)
	if err != nil {
		return fail(http.StatusBadRequest, "请求不完整；请刷新页面", "the request is not complete; load the page again")
	}
	to := q.PostFormValue("to")
	if to == "" { // a browser without the script
		to = q.PostFormValue("typed")
	}
	f, err = s.say(q.Context(), f, v.User, q.PostFormValue("path"), to, q.PostFormValue("reason"), seen)
	if err != nil {
		return err
	}
	return s.part(w, q, v, f)
}

// say appends what a person says is printed at a place.
func (s *Server) say(ctx context.Context, f *load.StoredForm, user, where, to, reason string, seen int64) (*load.StoredForm, error) {
	to = strings.TrimSpace(to)
	if len(to) > mostText || len(reason) > mostText {
		return nil, fail(http.StatusBadRequest, "文字太长；请只填印在这一格里的内容", "that is too long; give only what is printed in the cell")
	}
	c, err := newDesk(f).correction(user, where, to, reason)
	if err != nil {
		return nil, err
	}
	return s.Store.Correct(ctx, c, seen, stand)
}

func (s *Server) undo(w http.ResponseWriter, q *http.Request, v *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(q.PostFormValue("seen"), 10, 64)
	if err != nil {
		return fail(http.StatusBadRequest, "请求不完整；请刷新页面", "the request is not complete; load the page again")
	}
	if f, err = s.takeBack(q.Context(), f, v.User, seen); err != nil {
		return err
	}
	return s.part(w, q, v, f)
}

// takeBack undoes the last correction.
func (s *Server) takeBack(ctx context.Context, f *load.StoredForm, user string, seen int64) (*load.StoredForm, error) {
	c, ok := newDesk(f).undoing(user)
	if !ok {
		return nil, fail(http.StatusConflict, "没有可以撤销的更正", "there is no correction to take back")
	}
	return s.Store.Correct(ctx, c, seen, stand)
}

// try says what the rules would say if a figure read so.
func (s *Server) try(w http.ResponseWriter, q *http.Request, v *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	d := newDesk(f)
	where, text := q.FormValue("path"), strings.TrimSpace(q.FormValue("to"))
	if d.figures[where] == nil || len(text) > mostText {
		return load.ErrNotStored
	}
	n := d.settles(where, text)
	writeJSON(w, http.StatusOK, map[string]any{"settles": n, "sentence": v.Words.Effect(n, len(d.Broken))})
	return nil
}

// mostUpload is the largest document that is taken, in bytes.
const mostUpload = 50 << 20

// upload says what became of a document: read, with what was found, or refused and why.
func (s *Server) upload(w http.ResponseWriter, q *http.Request, v *visit) error {
	document, err := s.take(q)
	if err != nil {
		return err
	}
	if q.Header.Get("X-Heji-Part") == "" {
		http.Redirect(w, q, "/documents?document="+document, http.StatusSeeOther)
		return nil
	}
	d, err := s.imported(q.Context(), document)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "uploaded", page{Visit: v, Data: d})
}

// imported is a document that was taken just now.
func (s *Server) imported(ctx context.Context, document string) (load.ListedDocument, error) {
	l, err := s.Store.Documents(ctx, load.ListFilter{Document: document})
	if err == nil && len(l.Rows) == 0 {
		err = errors.New("the document was imported and is not there")
	}
	if err != nil {
		return load.ListedDocument{}, err
	}
	return l.Rows[0], nil
}

// take imports the uploaded file, and returns its hash.
func (s *Server) take(q *http.Request) (document string, err error) {
	if s.Import == nil {
		return "", fail(http.StatusNotFound, "本服务不接受上传", "this server takes no uploads")
	}
	file, header, err := q.FormFile("file")
	if err != nil {
		return "", fail(http.StatusBadRequest, "没有收到文件，或文件大于 50 MB", "no file came, or one above 50 MB")
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(file)
	if err != nil || len(data) > mostUpload {
		return "", fail(http.StatusRequestEntityTooLarge, "文件大于 50 MB；请拆分", "the file is above 50 MB; split it")
	}
	if err := s.Import(q.Context(), path.Base(strings.ReplaceAll(header.Filename, `\`, "/")), data); err != nil {
		return "", err
	}
	s.counted.forget()
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

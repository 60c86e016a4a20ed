// Package review is the station where a person decides what no machine can: pages
// that show a form beside the picture of its page, ask about one doubtful figure at
// a time, and run the rules again with every answer.
//
//	server, err := review.New(review.Options{Store: store, Pictures: reader, …})
//	http.Serve(listener, server)
//
// Pages are made on the server from templates. The one script moves the focus, draws
// outlines and swaps in what the server sends; there is none inside a page, so that
// the content security policy can forbid it. The same is to be had by programs under
// /api/v1, which /api/v1/openapi.json describes.
//
// What a person says is a correction: appended to the database, never written over,
// and found again by its place on the page when the document is read anew. Nobody
// sees anything without signing in; routes has the list of who may do what.
package review

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"image"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"heji/load"
)

// Pictures draws pages; *extract.Reader is the one that does.
type Pictures interface {
	// Picture draws a page, numbered from 1, with dpi/72 pixels a point.
	Picture(ctx context.Context, data []byte, page, dpi int) (image.Image, error)
}

// Options says what a Server works with.
type Options struct {
	Store    *load.Store
	Pictures Pictures
	// Import reads an uploaded document and stores it; nil where there is no upload.
	Import func(ctx context.Context, name string, data []byte) error
	// Originals are folders in which documents are looked for that are not where
	// their names say.
	Originals []string
	// Secure says that people reach the server by HTTPS, so that cookies are for it alone.
	Secure bool
	// Language of those who have not chosen one: zh or en.
	Language string
	Log      *slog.Logger // nil for none
}

// Server is the review station as an http.Handler.
type Server struct {
	Options
	handler   http.Handler
	templates *template.Template
	gate      *gate
	pictures  *pictureCache
	presence  presence
	counted   counted
}

//go:embed templates static
var files embed.FS

// New makes a Server.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{Options: o, gate: newGate(), pictures: newPictureCache(o)}
	var err error
	if s.templates, err = template.New("").Funcs(functions).ParseFS(files, "templates/*.html"); err != nil {
		return nil, err
	}
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.guard(r))
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", revalidated(http.FileServerFS(static))))
	// A form on another site must not speak in the name of who is signed in here.
	s.handler = headers(http.NewCrossOriginProtection().Handler(mux))
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Role is what a user may do; each may do what those before may.
type Role int

// The roles, the least first.
const (
	Nobody   Role = iota // has not signed in
	Reader               // looks; names and telephone numbers are masked
	Reviewer             // corrects and uploads
	Admin
)

// RoleOf is the role with the name; ok is false where there is none.
func RoleOf(name string) (role Role, ok bool) {
	switch name {
	case "reader":
		return Reader, true
	case "reviewer":
		return Reviewer, true
	case "admin":
		return Admin, true
	}
	return Nobody, false
}

// route is an address and who may use it.
type route struct {
	pattern string
	least   Role
	api     bool // for programs: by token, and errors are JSON
	handle  func(http.ResponseWriter, *http.Request, *visit) error
}

func (s *Server) routes() []route {
	return []route{
		{"GET /signin", Nobody, false, s.signInPage},
		{"POST /signin", Nobody, false, s.signIn},
		{"POST /signout", Reader, false, s.signOut},
		{"GET /{$}", Reader, false, s.overview},
		{"GET /batches", Reader, false, s.batches},
		{"GET /documents", Reader, false, s.documents},
		{"GET /forms", Reader, false, s.forms},
		{"GET /discrepancies", Reader, false, s.discrepancies},
		{"GET /corrections", Reader, false, s.corrections},
		{"GET /f/{document}/{ordinal}", Reader, false, s.desk},
		{"GET /f/{document}/{ordinal}/next", Reader, false, s.onward},
		{"GET /f/{document}/{ordinal}/crop", Reader, false, s.crop},
		{"GET /pages/{document}/{page}", Reader, false, s.page},
		{"GET /f/{document}/{ordinal}/others", Reviewer, false, s.others},
		{"GET /f/{document}/{ordinal}/try", Reviewer, false, s.try},
		{"POST /f/{document}/{ordinal}/correct", Reviewer, false, s.correct},
		{"POST /f/{document}/{ordinal}/undo", Reviewer, false, s.undo},
		{"GET /groups", Reviewer, false, s.groups},
		{"GET /groups/sheet", Reviewer, false, s.groupSheet},
		{"POST /groups/sheet", Reviewer, false, s.groupConfirm},
		{"POST /groups/undo", Reviewer, false, s.groupUndo},
		{"POST /upload", Reviewer, false, s.upload},
		{"GET /api/v1/openapi.json", Nobody, true, s.openAPI},
		{"GET /api/v1/batches", Reader, true, s.apiBatches},
		{"GET /api/v1/documents", Reader, true, s.apiDocuments},
		{"GET /api/v1/documents/{document}/records", Reviewer, true, s.apiRecords},
		{"GET /api/v1/documents/{document}/forms/{ordinal}", Reader, true, s.apiForm},
		{"POST /api/v1/documents/{document}/forms/{ordinal}/corrections", Reviewer, true, s.apiCorrect},
		{"GET /api/v1/forms", Reader, true, s.apiForms},
		{"GET /api/v1/discrepancies", Reader, true, s.apiDiscrepancies},
		{"GET /api/v1/corrections", Reader, true, s.apiCorrections},
		{"POST /api/v1/imports", Reviewer, true, s.apiImport},
	}
}

// failure is an answer other than what was asked for, with a sentence for a person.
type failure struct {
	status int
	zh, en string
}

func (f *failure) Error() string { return f.en }

func fail(status int, zh, en string) error { return &failure{status, zh, en} }

// failureOf makes any error a failure. What went wrong underneath is for the log.
func failureOf(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	switch {
	case errors.Is(err, load.ErrNotStored):
		return &failure{http.StatusNotFound, "没有这份文件或自评表；请从列表中查找", "there is no such document or form; look for it in the lists"}
	case errors.Is(err, load.ErrStale):
		return &failure{http.StatusConflict, "他人刚刚更正过此表；已显示最新情况，请再看一遍", "somebody else has just corrected this form; this is how it stands now, look again"}
	}
	return &failure{http.StatusInternalServerError, "服务器未能完成；请稍后再试，仍不行请看日志", "the server could not do this; try again, and if it stays so look at its log"}
}

// headers are on every answer.
func headers(next http.Handler) http.Handler {
	policy := strings.Join([]string{
		"default-src 'none'", "img-src 'self'", "style-src 'self'", "script-src 'self'", "connect-src 'self'",
		"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	}, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func revalidated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// render answers with a page. It is made whole before the first byte is sent, so
// that a mistake in it is an error and not half a page.
func (s *Server) render(w http.ResponseWriter, status int, name string, data any) error {
	var b strings.Builder
	if err := s.templates.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(b.String())) // the other side has gone: there is no one to tell
	return nil
}

package review

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/time/rate"

	"heji/load"
)

// argon2id's cost: the second recommended option of RFC 9106, section 4.
const (
	argonPasses  = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
	argonBytes   = 32
)

// ShortestPassword is in characters.
const ShortestPassword = 10

// HashPassword is the password as it is stored: argon2id with a random salt.
func HashPassword(password string) (string, error) {
	if len([]rune(password)) < ShortestPassword {
		return "", fmt.Errorf("the password is too short; take at least %d characters", ShortestPassword)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails, as of Go 1.24
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonThreads, argonBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// matches reports whether the hash is of the password.
func matches(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var version, memory, passes int
	var threads uint8
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads); err != nil || version != argon2.Version {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) == 0 || memory < 8 || memory > 1<<20 || passes < 1 || passes > 20 || threads < 1 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(passes), uint32(memory), threads, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1
}

// NewToken is a secret for a cookie or a program, and the hash by which it is stored.
func NewToken() (token string, hash []byte) {
	token = "heji_" + rand.Text()
	return token, tokenHash(token)
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// csrfOf is what a page's forms carry to show that they come from a page of ours. It
// follows from the session's secret, which no other site knows.
func csrfOf(token string) string {
	sum := sha256.Sum256([]byte("csrf " + token))
	return hex.EncodeToString(sum[:])
}

// gate slows down those who guess passwords.
type gate struct {
	mu      sync.Mutex
	tries   map[string]*rate.Limiter // by address and by name
	hashing chan struct{}            // each hash takes 64 MiB
	decoy   string                   // hashed for names that do not exist, so that time tells nothing
	now     func() time.Time
}

func newGate() *gate {
	decoy, _ := HashPassword(rand.Text()) // long enough
	return &gate{tries: map[string]*rate.Limiter{}, hashing: make(chan struct{}, 2), decoy: decoy, now: time.Now}
}

// mostTries is how many addresses and names are remembered.
const mostTries = 10000

// open reports whether a key may try again: five times at once, and then every ten
// seconds.
func (g *gate) open(key string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.tries[key]
	if l == nil {
		if len(g.tries) >= mostTries {
			clear(g.tries)
		}
		l = rate.NewLimiter(rate.Every(10*time.Second), 5)
		g.tries[key] = l
	}
	return l.AllowN(g.now(), 1)
}

func (g *gate) matches(ctx context.Context, hash, password string) bool {
	select {
	case g.hashing <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-g.hashing }()
	if hash == "" {
		matches(g.decoy, password)
		return false
	}
	return matches(hash, password)
}

// visit is who asks, and in which language.
type visit struct {
	User   string
	Role   Role
	CSRF   string
	Words  *words
	Path   string // of the page, for the switch of languages
	cookie string
}

// May is for templates.
func (v *visit) May(role string) bool {
	least, ok := RoleOf(role)
	return ok && v.Role >= least
}

// Switch is this page in the other language.
func (v *visit) Switch() string {
	joint := "?"
	if strings.Contains(v.Path, "?") {
		joint = "&"
	}
	return v.Path + joint + "lang=" + v.Words.OtherCode
}

const (
	sessionCookie  = "heji_session"
	languageCookie = "heji_lang"
	sessionTime    = 12 * time.Hour
)

// guard lets through who may, and turns errors into pages, or into JSON for programs.
func (s *Server) guard(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodPost {
			q.Body = http.MaxBytesReader(w, q.Body, mostUpload+1<<20)
		}
		v := &visit{Words: s.language(w, q), Path: q.URL.Path}
		query := q.URL.Query()
		query.Del("lang")
		if len(query) > 0 {
			v.Path += "?" + query.Encode()
		}
		err := s.admit(q, v, r)
		if err == nil {
			err = r.handle(w, q, v)
		}
		if err != nil {
			s.refuse(w, q, v, r, err)
		}
	})
}

// admit finds out who asks and whether they may.
func (s *Server) admit(q *http.Request, v *visit, r route) error {
	token := ""
	find := s.Store.SessionUser
	if r.api {
		token, _ = strings.CutPrefix(q.Header.Get("Authorization"), "Bearer ")
		find = s.Store.TokenUser
	} else if c, err := q.Cookie(sessionCookie); err == nil {
		token = c.Value
	}
	if token != "" {
		u, err := find(q.Context(), tokenHash(token))
		switch {
		case err == nil:
			v.User, v.CSRF, v.cookie = u.Name, csrfOf(token), token
			v.Role, _ = RoleOf(u.Role)
		case !errors.Is(err, load.ErrNotStored):
			return err
		}
	}
	if v.Role < r.least {
		if v.Role == Nobody {
			return fail(http.StatusUnauthorized, "请先登录", "sign in first")
		}
		return fail(http.StatusForbidden, "您的角色不能这样做；请找管理员", "your role may not do this; ask an administrator")
	}
	if !r.api && q.Method == http.MethodPost && r.least > Nobody {
		sent := q.Header.Get("X-CSRF-Token")
		if sent == "" {
			sent = q.PostFormValue("csrf")
		}
		if subtle.ConstantTimeCompare([]byte(sent), []byte(v.CSRF)) != 1 {
			return fail(http.StatusForbidden, "页面已过期；请刷新后再试", "the page is out of date; load it again and try once more")
		}
	}
	return nil
}

func (s *Server) refuse(w http.ResponseWriter, q *http.Request, v *visit, r route, err error) {
	f := failureOf(err)
	if f.status == http.StatusInternalServerError && q.Context().Err() == nil {
		s.Log.Error("request", "method", q.Method, "path", q.URL.Path, "error", err)
	}
	part := q.Header.Get("X-Heji-Part") != ""
	switch {
	case r.api:
		if f.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		writeJSON(w, f.status, map[string]any{"error": f.en})
	case f.status == http.StatusUnauthorized && q.Method == http.MethodGet && !part:
		http.Redirect(w, q, "/signin?to="+url.QueryEscape(v.Path), http.StatusSeeOther)
	case part:
		http.Error(w, v.Words.Pick(f.zh, f.en), f.status)
	default:
		if err := s.render(w, f.status, "failure", page{Visit: v, Title: http.StatusText(f.status), Notice: v.Words.Pick(f.zh, f.en)}); err != nil {
			http.Error(w, f.en, f.status)
		}
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the other side has gone: there is no one to tell
}

func (s *Server) signInPage(w http.ResponseWriter, q *http.Request, v *visit) error {
	return s.render(w, http.StatusOK, "signin", page{Visit: v, Title: v.Words.SignIn, Data: ownPath(q.FormValue("to"))})
}

func (s *Server) signIn(w http.ResponseWriter, q *http.Request, v *visit) error {
	name, password, to := q.PostFormValue("name"), q.PostFormValue("password"), ownPath(q.PostFormValue("to"))
	again := func(status int, notice string) error {
		return s.render(w, status, "signin", page{Visit: v, Title: v.Words.SignIn, Notice: notice, Data: to})
	}
	if len(name) > 256 || len(password) > 1024 {
		return again(http.StatusUnauthorized, v.Words.WrongPassword)
	}
	host, _, _ := net.SplitHostPort(q.RemoteAddr)
	byAddress, byName := s.gate.open("address "+host), s.gate.open("name "+name)
	if !byAddress || !byName {
		w.Header().Set("Retry-After", "10")
		return again(http.StatusTooManyRequests, v.Words.TooOften)
	}
	u, err := s.Store.User(q.Context(), name)
	if err != nil && !errors.Is(err, load.ErrNotStored) {
		return err
	}
	if !s.gate.matches(q.Context(), u.PasswordHash, password) {
		s.Log.Warn("sign-in refused", "name", name, "address", host)
		return again(http.StatusUnauthorized, v.Words.WrongPassword)
	}
	token, hash := NewToken()
	if err := s.Store.StartSession(q.Context(), hash, u.Name, time.Now().Add(sessionTime)); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(sessionCookie, token, int(sessionTime/time.Second)))
	http.Redirect(w, q, to, http.StatusSeeOther)
	return nil
}

func (s *Server) signOut(w http.ResponseWriter, q *http.Request, v *visit) error {
	if err := s.Store.EndSession(q.Context(), tokenHash(v.cookie)); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(sessionCookie, "", -1))
	http.Redirect(w, q, "/signin", http.StatusSeeOther)
	return nil
}

func (s *Server) cookie(name, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}

// ownPath is a path on this server, whatever was asked for.
func ownPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(to, `\`) {
		return "/"
	}
	return to
}

// language is what was chosen now, or before, or for everybody.
func (s *Server) language(w http.ResponseWriter, q *http.Request) *words {
	chosen := q.URL.Query().Get("lang")
	if wordsOf(chosen) != nil {
		http.SetCookie(w, s.cookie(languageCookie, chosen, 365*24*3600))
	} else if c, err := q.Cookie(languageCookie); err == nil {
		chosen = c.Value
	}
	for _, code := range []string{chosen, s.Language} {
		if w := wordsOf(code); w != nil {
			return w
		}
	}
	return &chinese
}

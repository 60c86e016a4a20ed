package review

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"heji/load"
)

// presence knows who has which form open. It is told so by the pages themselves,
// every few seconds, and forgets who has fallen silent.
type presence struct {
	mu   sync.Mutex
	seen map[formKey]map[string]time.Time
}

type formKey struct {
	Document string
	Ordinal  int
}

// stays is how long a page that is no longer heard of counts as open. The script
// tells of itself three times as often.
const stays = 30 * time.Second

// others notes that the user has the form open, and says who else has.
func (p *presence) others(document string, ordinal int, user string, now time.Time) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[formKey]map[string]time.Time{}
	}
	for f, users := range p.seen {
		for name, at := range users {
			if now.Sub(at) > stays {
				delete(users, name)
			}
		}
		if len(users) == 0 {
			delete(p.seen, f)
		}
	}
	key := formKey{document, ordinal}
	if p.seen[key] == nil {
		p.seen[key] = map[string]time.Time{}
	}
	p.seen[key][user] = now
	var out []string
	for name := range p.seen[key] {
		if name != user {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// others says to a page that is open who else has its form open, and which is the
// last correction of it.
func (s *Server) others(w http.ResponseWriter, q *http.Request, v *visit) error {
	document := q.PathValue("document")
	ordinal, err := strconv.Atoi(q.PathValue("ordinal"))
	if err != nil || ordinal < 1 || ordinal > 1<<30 {
		return load.ErrNotStored
	}
	last, err := s.Store.LastCorrection(q.Context(), document, ordinal)
	if err != nil {
		return err
	}
	names := s.presence.others(document, ordinal, v.User, time.Now())
	writeJSON(w, http.StatusOK, map[string]any{"seen": last, "sentence": v.Words.Here(names)})
	return nil
}

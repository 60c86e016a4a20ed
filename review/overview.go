package review

import (
	"context"
	"net/http"
	"sync"
	"time"

	"heji/load"
)

// counted keeps what the first page counts. Counting goes over everything that is
// stored, so it is done again only when twenty times as long has passed as it took:
// with few forms at every look, with 100,000 once or twice a minute. Where it takes
// long the page does not wait for it, but shows what was counted last.
type counted struct {
	mu       sync.Mutex
	counting bool
	at       time.Time // zero before the first count
	took     time.Duration
	counts   load.Counts
	charts   load.Charts
}

const (
	countedFor = 20
	waitFor    = 100 * time.Millisecond
)

func (c *counted) now(ctx context.Context, store *load.Store) (load.Counts, load.Charts, time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch old := time.Since(c.at) > countedFor*c.took; {
	case c.at.IsZero() || old && c.took <= waitFor:
		began := time.Now()
		counts, charts, err := count(ctx, store)
		if err != nil {
			return counts, charts, began, err
		}
		c.keep(began, counts, charts)
	case old && !c.counting:
		c.counting = true
		go c.again(context.WithoutCancel(ctx), store)
	}
	return c.counts, c.charts, c.at, nil
}

// again counts anew while pages show what was counted before. Where it cannot, the next
// look tries again.
func (c *counted) again(ctx context.Context, store *load.Store) {
	began := time.Now()
	counts, charts, err := count(ctx, store)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counting = false
	if err == nil && !c.at.IsZero() && began.After(c.at) {
		c.keep(began, counts, charts)
	}
}

func (c *counted) keep(began time.Time, counts load.Counts, charts load.Charts) {
	c.at, c.took, c.counts, c.charts = began, time.Since(began), counts, charts
}

func count(ctx context.Context, store *load.Store) (load.Counts, load.Charts, error) {
	counts, err := store.Counts(ctx)
	if err != nil {
		return counts, load.Charts{}, err
	}
	charts, err := store.Charts(ctx)
	return counts, charts, err
}

// forget makes the next look count anew.
func (c *counted) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = time.Time{}
}

func (s *Server) overview(w http.ResponseWriter, q *http.Request, v *visit) error {
	counts, charts, at, err := s.counted.now(q.Context(), s.Store)
	if err != nil {
		return err
	}
	plain := func(label string) string { return label }
	data := struct {
		Counts load.Counts
		Charts []chart
		Money  moneyChart
		At     time.Time
		Upload bool
	}{counts, []chart{
		chartOf(v.Words.ByRule, charts.Rules, v.Words.Rule, "rule"),
		chartOf(v.Words.ByUnit, charts.Units, plain, "unit"),
		chartOf(v.Words.ByYear, charts.Years, plain, "year"),
		chartOf(v.Words.ByScore, charts.Scores, plain, ""),
	}, moneyChartOf(v.Words, charts.Money), at, s.Import != nil && v.Role >= Reviewer}
	return s.render(w, http.StatusOK, "overview", page{Visit: v, Title: v.Words.Overview, Data: data})
}

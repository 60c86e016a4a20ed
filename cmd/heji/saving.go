package main

import (
	"context"
	"sync"

	"heji/load"
)

// mostSaved is how many documents are stored in one transaction.
const mostSaved = 32

// saving stores documents beside the reading of others. It waits for none: while one
// transaction is under way the documents gather that the next one takes, so that
// they are stored one by one where reading is slow and together where it is fast.
type saving struct {
	gather chan load.Saved
	ended  chan struct{}

	mu       sync.Mutex
	outcomes map[load.Action]int
	err      error
}

// startSaving begins; end must be called.
func startSaving(ctx context.Context, store *load.Store) *saving {
	s := &saving{gather: make(chan load.Saved, mostSaved), ended: make(chan struct{}), outcomes: map[load.Action]int{}}
	go func() {
		defer close(s.ended)
		for first := range s.gather {
			group := append([]load.Saved{first}, s.waiting()...)
			if s.failed() == nil {
				s.told(store.SaveAll(ctx, group))
			}
		}
	}()
	return s
}

// waiting are the documents that have gathered.
func (s *saving) waiting() (group []load.Saved) {
	for len(group) < mostSaved-1 {
		select {
		case d, open := <-s.gather:
			if !open {
				return group
			}
			group = append(group, d)
		default:
			return group
		}
	}
	return group
}

func (s *saving) told(outcomes []load.Outcome, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range outcomes {
		s.outcomes[o.Action]++
	}
	s.err = err
}

func (s *saving) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// add hands a document over. Its error may be that of one before.
func (s *saving) add(d load.Saved) error {
	s.gather <- d
	return s.failed()
}

// end waits until all is stored.
func (s *saving) end() error {
	close(s.gather)
	<-s.ended
	return s.err
}

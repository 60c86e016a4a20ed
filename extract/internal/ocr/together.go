package ocr

import (
	"errors"
	"iter"
)

// recogniser reads a picture once; a manyRecogniser reads several, which is cheaper
// than one after the other.
type (
	recogniser     func(Request) (Result, error)
	manyRecogniser func([]Request) ([]Result, error)
)

// task is work that asks for readings one after the other, each as the last one
// answered makes it necessary.
type task func(recogniser) error

var errStopped = errors.New("stopped")

// together does tasks side by side: each goes on until it asks for a reading, then
// all that was asked for is read at once.
func together(tasks []task, read manyRecogniser) error {
	type side struct {
		next   func() (Request, bool)
		answer Result
		err    error
	}
	var going []*side
	for _, do := range tasks {
		s := &side{}
		next, stop := iter.Pull(func(yield func(Request) bool) {
			s.err = do(func(q Request) (Result, error) {
				if !yield(q) {
					return Result{}, errStopped
				}
				return s.answer, nil
			})
		})
		defer stop()
		s.next = next
		going = append(going, s)
	}
	for len(going) > 0 {
		var asked []Request
		var waiting []*side
		for _, s := range going {
			q, ok := s.next()
			switch {
			case ok:
				asked, waiting = append(asked, q), append(waiting, s)
			case s.err != nil:
				return s.err
			}
		}
		if len(asked) > 0 {
			answers, err := read(asked)
			if err != nil {
				return err
			}
			for i, s := range waiting {
				s.answer = answers[i]
			}
		}
		going = waiting
	}
	return nil
}

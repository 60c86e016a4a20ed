package review

import "time"

// What the tests of other packages see of the routes.

// Clone is a form that shares nothing with another.
var Clone = clone

// Route is an address with the least role that may use it.
type Route struct {
	Pattern string
	Least   Role
	API     bool
}

// Routes are all routes.
func Routes() []Route {
	var out []Route
	for _, r := range (&Server{}).routes() {
		out = append(out, Route{r.pattern, r.least, r.api})
	}
	return out
}

// SetClock gives the gate before sign-in another clock.
func (s *Server) SetClock(now func() time.Time) { s.gate.now = now }

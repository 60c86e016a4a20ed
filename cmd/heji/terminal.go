package main

import (
	"os"

	"golang.org/x/term"
)

// isTerminal reports whether a person may be looking at f.
func isTerminal(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// width is the number of columns results may take, 0 for no limit: what goes
// into a file or another program is not cut.
func (p *program) width() int { return columns(p.stdout) }

// columns is how many a terminal has, 0 for what is none and for one that does not say.
func columns(f *os.File) int {
	if !isTerminal(f) {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}

// paint colours text for people; without colours it is the text.
type paint func(colour, text string) string

const (
	red    = "31"
	yellow = "33"
	bold   = "1"
)

func (p *program) paint() paint {
	if p.noColor || os.Getenv("NO_COLOR") != "" || !isTerminal(p.stdout) {
		return func(_, text string) string { return text }
	}
	return func(colour, text string) string { return "\x1b[" + colour + "m" + text + "\x1b[0m" }
}

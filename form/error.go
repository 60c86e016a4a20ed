package form

import "errors"

// Code names why a document could not be read. The codes are part of the
// contract with outside programs: never renamed, never reused.
type Code string

const (
	NotFound       Code = "not-found"
	NotADocument   Code = "not-a-document" // neither PDF, image nor transcript
	Damaged        Code = "damaged"
	Encrypted      Code = "encrypted"
	TooLarge       Code = "too-large"
	Timeout        Code = "timeout"
	NoPages        Code = "no-pages"
	NotAForm       Code = "not-a-form"
	OCRUnavailable Code = "ocr-unavailable"
	Crashed        Code = "crashed" // a worker process died on the document
)

// Codes of problems with what has no place in the record, or is missing from it.
const (
	NumberUnplaced    = "number-unplaced"     // a number on the page that is in no figure
	NumberUnlabelled  = "number-unlabelled"   // a number that nothing known names
	BlankAmongFigures = "blank-among-figures" // a scan shows no weight or score where nearly all rows have one
	ColumnTwice       = "column-twice"        // a second column whose head says the same, with numbers in it
)

// Error says that a document could not be read. Message is a sentence for a
// person that ends in what to do next.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Err     error  `json:"-"` // what happened underneath, for the log
}

// MessageZH is the sentence in Chinese, without the details that Message has.
func (e *Error) MessageZH() string {
	if x, ok := Explained(string(e.Code)); ok {
		return x.SaysZH + "；" + x.DoZH
	}
	return e.Message
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of the Error that err wraps, or "" when it wraps none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

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

// Error says that a document could not be read. Message is a sentence for a
// person that ends in what to do next.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Err     error  `json:"-"` // what happened underneath, for the log
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

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

// chinese is what each code says in Chinese, and what to do next.
var chinese = map[Code]string{
	NotFound:       "找不到该文件,或无法打开;请检查路径与权限",
	NotADocument:   "该文件不是 PDF、图像或转录文本;请核对文件",
	Damaged:        "文件已损坏,无法读取;请重新取得一份",
	Encrypted:      "文件有密码;请解除密码后再试",
	TooLarge:       "文件过大;请拆分后再试",
	Timeout:        "读取超时;请单独再试,仍不成则拆分文件",
	NoPages:        "文件中没有页面;请重新取得一份",
	NotAForm:       "未找到绩效自评表;请核对文件",
	OCRUnavailable: "文字识别不可用;请运行 heji doctor,按提示安装",
	Crashed:        "处理该文件时出错;请运行 heji doctor,若无异常则报告该文件",
}

// MessageZH is the sentence in Chinese, without the details that Message has.
func (e *Error) MessageZH() string {
	if s, ok := chinese[e.Code]; ok {
		return s
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

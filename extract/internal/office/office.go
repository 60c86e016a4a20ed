// Package office reads the originals that archives keep beside the PDFs: Word
// documents (.docx) and Excel workbooks (.xlsx), as Office and WPS write them.
//
// Both are zip archives of XML. Nothing is guessed about how they would be laid
// out on paper: lines and tables are stacked down a page of our own making in
// the order of the file, so that reading order is from top to bottom, and a
// table's columns are as wide as the file says.
//
//	archive.go   the zip, and what may be unpacked from it
//	walk.go      XML, element by element
//	docx.go      paragraphs and what they print; fields.go and symbols.go help
//	table.go     Word tables → cells in place → grid
//	xlsx.go      sheets: cells, merges, what is hidden
//	number.go    a number as its cell's format prints it
//	page.go      lines and tables → layout.Page
//
// What is read is what would be printed: accepted revisions, the results of
// fields and formulas, numbers in their cells' formats. Hidden text, rows,
// columns and sheets are left out. Where something is printed and cannot be
// told, such as a picture in a cell or a formula that was never calculated, the
// cell has ink and a doubt.
package office

import (
	"bytes"
	"fmt"
	"unicode/utf16"

	"heji/form"
	"heji/layout"
)

// What a document may hold. A form is a page or two, an archive of one
// department's forms a few hundred.
const (
	maxRows  = 20_000
	maxCols  = 200
	maxCells = 200_000
)

// Kind tells by the content what a file is: "docx", "xlsx", "ole" for the older
// binary formats and for encrypted files, or "" for anything else. A zip archive
// that is cut short is what its first entries say.
func Kind(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte(oleMagic)):
		return "ole"
	case !bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return ""
	}
	has := func(folder string) bool { return bytes.Contains(data[:min(len(data), 1<<16)], []byte(folder)) }
	if a, err := open(data); err == nil {
		has = a.hasFolder
	}
	switch {
	case has("word/"):
		return "docx"
	case has("xl/"):
		return "xlsx"
	}
	return ""
}

// Looks reports whether the first bytes are those of a file that Read may know: any zip
// archive, or one of the older binary formats. Nothing is unpacked.
func Looks(data []byte) bool {
	return bytes.HasPrefix(data, []byte(oleMagic)) || bytes.HasPrefix(data, []byte("PK\x03\x04"))
}

// Read turns a Word document or an Excel workbook into pages: of a document as
// its page breaks say, as far as the file has them; of a workbook one a visible
// sheet. name is the file's, for messages; unpacked is how many bytes it may unpack to.
//
// The error is a *form.Error: damaged, encrypted, too-large, not-a-document for
// the older binary formats and for what is neither, or no-pages for a file
// without a word in it.
func Read(name string, data []byte, unpacked int64) ([]layout.Page, error) {
	var read func(archive) ([]layout.Page, error)
	switch Kind(data) {
	case "docx":
		read = readDocx
	case "xlsx":
		read = readXlsx
	case "ole":
		return nil, oleError(data)
	default:
		return nil, &form.Error{Code: form.NotADocument,
			Message: fmt.Sprintf("%s is neither a Word document nor an Excel workbook; save it as .docx, .xlsx or PDF and read that", name)}
	}
	a, err := open(data)
	if err != nil {
		return nil, err
	}
	*a.left = unpacked
	return read(a)
}

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// oleError says what an OLE file is. Its folder names are in UTF-16, and are
// looked for without following the file's own chains, which may be broken.
func oleError(data []byte) error {
	has := func(entry string) bool {
		var wide []byte
		for _, u := range utf16.Encode([]rune(entry)) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		return bytes.Contains(data, wide)
	}
	switch {
	case has("EncryptedPackage"):
		return encrypted()
	case has("WordDocument"):
		return &form.Error{Code: form.NotADocument, Message: "the file is in Word's older format; open it and save it as .docx, then read that"}
	case has("Workbook"), has("Book"):
		return &form.Error{Code: form.NotADocument, Message: "the file is in Excel's older format; open it and save it as .xlsx, then read that"}
	}
	return &form.Error{Code: form.NotADocument, Message: "the file is in an older Office format; open it and save it as .docx or .xlsx, then read that"}
}

func encrypted() error {
	return &form.Error{Code: form.Encrypted, Message: "the file is protected by a password; open it, remove the password, save it and read it again"}
}

func damaged(err error) error {
	return &form.Error{Code: form.Damaged, Message: "the file is damaged or incomplete; copy it again from where it came from, or open it in Office or WPS and save it anew", Err: err}
}

func tooLarge(what string) error {
	return &form.Error{Code: form.TooLarge, Message: what + "; save the form by itself and read that"}
}

func noPages(what string) error { return &form.Error{Code: form.NoPages, Message: what} }

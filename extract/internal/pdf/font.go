package pdf

import (
	"io"
	"io/fs"
	"os"
	"path"
	"time"
)

// fontFolder is where PDFium looks for fonts in the file system we give it.
const fontFolder = "usr/share/fonts"

// Font is the Chinese font of this machine that stands in for those a file names
// and does not embed. Without one PDFium drops such text, from the image and from
// the text, and gives no error: ok false is worth telling the user.
func Font() (file string, ok bool) {
	for _, candidate := range []string{ // small and quick to load first
		"/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
		"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
		"/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
		"/usr/share/fonts/wenquanyi/wqy-zenhei/wqy-zenhei.ttc",
		"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
		"/usr/share/fonts/truetype/arphic/uming.ttc",
		"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
		"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
		"/System/Library/Fonts/Supplemental/Songti.ttc",
		"/System/Library/Fonts/STHeiti Light.ttc",
	} {
		if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() {
			return candidate, true
		}
	}
	return "", false
}

// fontFS is a file system with nothing in it but one font, so that the sandbox
// sees no other file of the machine. With an empty path it is empty.
type fontFS string

func (f fontFS) Open(name string) (fs.File, error) {
	base := path.Base(string(f))
	children := map[string]string{".": "usr", "usr": "share", "usr/share": "fonts", fontFolder: base}
	if f == "" {
		delete(children, fontFolder)
	}
	if child, ok := children[name]; ok {
		return &folder{name: path.Base(name), child: child, last: name == fontFolder, font: string(f)}, nil
	}
	if f != "" && name == fontFolder+"/"+base {
		return os.Open(string(f))
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// folder is a folder with one entry.
type folder struct {
	name, child string
	last        bool // the entry is the font
	font        string
	read        bool
}

func (d *folder) Stat() (fs.FileInfo, error) { return folderInfo(d.name), nil }
func (d *folder) Close() error               { return nil }
func (d *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: fs.ErrInvalid}
}

func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if d.read {
		if n > 0 {
			return nil, io.EOF
		}
		return nil, nil
	}
	d.read = true
	if !d.last {
		return []fs.DirEntry{fs.FileInfoToDirEntry(folderInfo(d.child))}, nil
	}
	info, err := os.Stat(d.font)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, nil
}

// folderInfo describes a folder of the name.
type folderInfo string

func (i folderInfo) Name() string     { return string(i) }
func (folderInfo) Size() int64        { return 0 }
func (folderInfo) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (folderInfo) ModTime() time.Time { return time.Time{} }
func (folderInfo) IsDir() bool        { return true }
func (folderInfo) Sys() any           { return nil }

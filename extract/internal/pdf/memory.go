package pdf

import (
	"sync/atomic"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// allocator gives the sandbox its memory, up to so many bytes. An A4 page at 300 dpi
// takes a quarter of the default; a decompression bomb meets it within a second. Wazero's own way copies the memory each
// time it grows, and so peaks at several times the cap; an anonymous mapping of
// the whole cap costs only the pages that are touched, and goes back to the system
// at once when the document is closed. Held is told what is in use.
func allocator(bytes int64, held *atomic.Int64) experimental.MemoryAllocator {
	return experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		size := min(most, uint64(bytes))
		b, err := unix.Mmap(-1, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			b = nil // Reallocate then refuses, and the module cannot start
		}
		return &mapping{b, held}
	})
}

type mapping struct {
	b    []byte
	held *atomic.Int64
}

func (m *mapping) Reallocate(size uint64) []byte {
	if size > uint64(len(m.b)) {
		return nil
	}
	m.held.Store(int64(size))
	return m.b[:size]
}

func (m *mapping) Free() {
	if m.b != nil {
		_ = unix.Munmap(m.b) // fails only for an address that was never mapped
		m.b = nil
	}
}

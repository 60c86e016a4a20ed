package worker

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/landlock-lsm/go-landlock/landlock"
	landlocksys "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// confine shuts the process in: it sees no files but those that every program needs
// and those that its kind works with, and calls of the kernel that no reader of
// documents makes are refused. What the kernel does not have is left out: Confinement
// says which.
func confine(read, write []string) error {
	abi, filtered := supported()
	if abi > 0 {
		files, folders := sorted(append(slices.Clone(everyRead), read...))
		err := landlock.V6.BestEffort().Restrict(
			landlock.ROFiles(files...), landlock.RODirs(folders...),
			landlock.RWDirs(write...), landlock.RWFiles("/dev/null").IgnoreIfMissing(),
		)
		if err != nil {
			return fmt.Errorf("confine to its files: %w", err)
		}
	}
	if filtered {
		if err := seccomp.LoadFilter(filter()); err != nil {
			return fmt.Errorf("refuse calls of the kernel: %w", err)
		}
	}
	return nil
}

// sorted tells files from folders, and leaves out what is not there.
func sorted(paths []string) (files, folders []string) {
	for _, p := range paths {
		switch info, err := os.Stat(p); {
		case err != nil:
		case info.IsDir():
			folders = append(folders, p)
		default:
			files = append(files, p)
		}
	}
	return files, folders
}

// everyRead is what the C library and Tesseract look at by themselves.
var everyRead = []string{"/lib", "/lib64", "/usr/lib", "/usr/local/lib", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/dev/urandom"}

// refused are the calls that open a way out: to the network, to other programs and
// processes, and to parts of the kernel that have nothing to do with reading.
var refused = []string{
	"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
	"io_uring_setup", "io_uring_enter", "io_uring_register",
	"execve", "execveat",
	"kill", "tkill", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
	"mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at", "mknodat",
	"bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key",
	"init_module", "finit_module", "delete_module", "kexec_load", "reboot", "swapon", "swapoff",
}

func filter() seccomp.Filter {
	return seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionAllow,
			Syscalls:      []seccomp.SyscallGroup{{Names: refused, Action: seccomp.ActionErrno}},
		},
	}
}

// supported is the version of the kernel's Landlock, 0 for none, and whether calls can
// be filtered on this machine.
func supported() (landlockABI int, filtered bool) {
	abi, err := landlocksys.LandlockGetABIVersion()
	if err != nil {
		abi = 0
	}
	_, err = arch.GetInfo("")
	return abi, err == nil && seccomp.Supported()
}

// processorTime is what a process has had of the processors so far.
func processorTime(pid int) (worked time.Duration, known bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// After the name, in brackets, which may hold anything: user and system time are the
	// 12th and 13th, in hundredths of a second.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.Atoi(string(fields[11]))
	system, err2 := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * 10 * time.Millisecond, err1 == nil && err2 == nil
}

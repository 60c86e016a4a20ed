package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	seccomp "github.com/elastic/go-seccomp-bpf"
)

func init() { programs["oldkernel"] = oldKernel }

// oldKernel runs a command under a kernel that says, as those before 5.13 and those
// without seccomp filters do, that it does not know the calls for either.
func oldKernel() {
	err := seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionAllow,
			Syscalls: []seccomp.SyscallGroup{{
				Names:  []string{"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"},
				Action: seccomp.ActionErrno | seccomp.Action(syscall.ENOSYS),
			}},
		},
	})
	var path string
	if err == nil {
		path, err = exec.LookPath(os.Args[1])
	}
	if err == nil {
		err = syscall.Exec(path, os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "oldkernel:", err)
	os.Exit(1)
}

//go:build !linux

package worker

// confine does nothing: there is no Landlock and no seccomp here.
func confine(read, write []string) error { return nil }

func supported() (landlockABI int, filtered bool) { return 0, false }

//go:build !linux

package worker

import "time"

// confine does nothing: there is no Landlock and no seccomp here.
func confine(read, write []string) error { return nil }

func supported() (landlockABI int, filtered bool) { return 0, false }

// processorTime is not known here: a deadline is of the clock.
func processorTime(int) (worked time.Duration, known bool) { return 0, false }

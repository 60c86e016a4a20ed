#!/usr/bin/env bash
# Runs every test and says one line a package, what the tests that failed
# printed, and which were skipped, so that none is skipped unseen.
#
#   scripts/test.sh [go test arguments]
set -euo pipefail

go test -v "$@" ./... 2>&1 | awk '
	# Lines belong to the test that was named last, or to the package.
	/^=== (RUN|CONT|NAME|PAUSE) / { current = $3; next }
	/^(panic:|fatal error:)/ { current = "" }
	/^[[:space:]]*--- (PASS|FAIL|SKIP): / {
		tests++
		if ($2 == "SKIP:") skipped[++skips] = $3
		if ($2 == "FAIL:") failed[++fails] = $3
		line[$3] = $0
		next
	}
	/^(ok|\?|FAIL)[[:space:]]/ {
		if ($1 == "FAIL") {
			printf "%s", output[""]
			for (i = 1; i <= fails; i++) printf "%s\n%s", line[failed[i]], output[failed[i]]
		}
		print
		for (i = 1; i <= skips; i++) { all[++total] = $2 " " skipped[i] }
		split("", output); split("", line); fails = skips = 0; current = ""
		next
	}
	$0 != "PASS" && $0 != "FAIL" { output[current] = output[current] $0 "\n" }
	END {
		printf "%s", output[""]
		printf "%d tests, %d skipped\n", tests, total
		for (i = 1; i <= total; i++) print "skipped: " all[i]
	}
'

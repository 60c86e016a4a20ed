#!/usr/bin/env bash
# Runs every test and says one line a package: the whole output of a package
# that failed, and the names of tests that were skipped, so that none is skipped
# unseen.
#
#   scripts/test.sh [go test arguments]
set -euo pipefail

go test -v "$@" ./... 2>&1 | awk '
	/^[[:space:]]*--- SKIP/ { skipped[++skips] = $0 }
	/^[[:space:]]*--- (PASS|FAIL|SKIP)/ { tests++ }
	/^(ok|\?|FAIL)[[:space:]]/ {
		if ($1 == "FAIL") printf "%s", held
		print
		held = ""
		next
	}
	{ held = held $0 "\n" }
	END {
		printf "%s", held
		printf "%d tests, %d skipped\n", tests, skips
		for (i = 1; i <= skips; i++) print skipped[i]
	}
'

#!/usr/bin/env bash
# Fuzzes every parser of ours for a while each, and stops at the first that fails.
# What fails is kept by Go under the package's testdata/fuzz and is a test from then on.
#
#   scripts/fuzz.sh [time]      60s unless told
set -euo pipefail
cd "$(dirname "$0")/.."
grep -rlE '^func Fuzz' --include='*_test.go' . | LC_ALL=C sort | while read -r file; do
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9]*)\(.*/\1/p' "$file"); do
		echo "$(dirname "$file") $target"
		go test "$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "${1:-60s}" -parallel 2 </dev/null
	done
done

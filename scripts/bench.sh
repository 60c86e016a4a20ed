#!/usr/bin/env bash
# How fast heji imports, by number of workers, beside pdftotext with two processes on
# the same files in the same run; and how much memory it takes, by size of batch.
#
#   scripts/bench.sh [TEXT [SCANS]]     documents; 1000 8
#
# A hundred forms are generated and copied with other bytes up to TEXT. Every import
# goes into an empty private database. CPU is of heji and the processes it starts
# for reading, without PostgreSQL's.
set -euo pipefail

text=${1:-1000} scans=${2:-8}
dir=$(mktemp -d)
export LANG=C.UTF-8 XDG_DATA_HOME="$dir/data"
chmod 755 "$dir" # PostgreSQL may run as another user
unset DATABASE_URL
trap '"$dir/heji" db stop || true; rm -rf "$dir"' EXIT

go build -o "$dir/heji" ./cmd/heji
go run ./samples/generate -n $((text < 100 ? text : 100)) -seed 77 -kind mix -out "$dir/made"
[ "$scans" -eq 0 ] || go run ./samples/generate -n "$scans" -seed 78 -kind mix -scan all -out "$dir/scans"
mkdir "$dir/text"
made=("$dir"/made/*.pdf)
for ((i = 0; i < text; i++)); do
	{ cat "${made[i % ${#made[@]}]}"; echo "% $i"; } >"$dir/text/$(printf %06d "$i").pdf"
done

# timed runs a command and sets wall and cpu, in hundredths of a second.
timed() {
	local t
	TIMEFORMAT='%2R %2U %2S'
	t=$({ time "$@" >/dev/null 2>"$dir/err"; } 2>&1) || [ $? -eq 4 ]
	read -r real user system <<<"$t"
	wall=$((10#${real/./})) cpu=$((10#${user/./} + 10#${system/./}))
	[ $wall -gt 0 ] || wall=1
}

# import reads a folder with so many workers into an empty database; most is the
# importer's own largest resident size, in MB.
import() {
	"$dir/heji" db psql -qc 'drop database if exists bench with (force)' -c 'create database bench'
	url=$("$dir/heji" db url | sed 's|/heji?|/bench?|')
	timed "$dir/heji" --db "$url" --jobs "$1" import "${@:2}"
}

memory() { # largest resident size of the importer alone, while it runs
	"$dir/heji" db psql -qc 'drop database if exists bench with (force)' -c 'create database bench'
	url=$("$dir/heji" db url | sed 's|/heji?|/bench?|')
	"$dir/heji" --db "$url" --jobs 2 import - <"$1" >/dev/null 2>&1 &
	local p=$! kb
	most=0
	while kill -0 $p 2>/dev/null; do
		kb=$(awk '/^VmHWM/ { print $2 }' "/proc/$p/status" 2>/dev/null || true)
		most=${kb:-$most}
		sleep 0.2
	done
	wait $p || true
	most=$((most / 1024))
}

row() { # what, workers, how many, of what
	awk -v what="$1" -v jobs="$2" -v n="$3" -v of="$4" -v wall=$wall -v cpu=$cpu 'BEGIN {
		printf "| %s | %s | %.1f %s/s | %.3f s |\n", what, jobs, 100 * n / wall, of, cpu / 100 / n }'
}

import 1 "$dir/made/${made[0]##*/}" >/dev/null # PDFium is compiled, once on a machine
echo "| | workers | rate | CPU each |"
echo "|---|---|---|---|"
for jobs in 1 2 4; do
	import $jobs "$dir/text"
	row "heji import, $text text PDFs" $jobs "$text" documents
done
timed sh -c 'ls "$0"/*.pdf | xargs -P 2 -I{} pdftotext -layout {} /dev/null' "$dir/text"
row "pdftotext -layout, the same" 2 "$text" documents
if [ "$scans" -gt 0 ]; then
	for jobs in 1 2; do
		import $jobs "$dir/scans"
		pages=$("$dir/heji" --db "$url" db psql -qAtc 'select sum(pages) from documents')
		row "heji import, $pages scanned pages" $jobs "$pages" pages
	done
fi
echo
echo "| documents in the batch | importer, largest |"
echo "|---|---|"
for n in $((text / 8)) $((text / 2)) "$text"; do
	printf '%s\n' "$dir"/text/*.pdf | head -n "$n" >"$dir/list"
	memory "$dir/list"
	echo "| $n | $most MB |"
done

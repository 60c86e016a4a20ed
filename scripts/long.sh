#!/usr/bin/env bash
# Whether memory stays the same over a long import: two cores, many text documents, the
# resident sizes of the importer and of the largest process that reads for it sampled
# while they run; then pdftotext with two processes on the documents that were read, in
# the same run.
#
#   scripts/long.sh [DOCUMENTS [SECONDS]]     20000, and no limit
#
# After SECONDS the import is interrupted, and what it has done until then is told. Two
# hundred forms are generated, or taken from the folder FORMS, and copied with other
# bytes: a copy is a document of its own and a near duplicate of the other copies, so
# the database has more to do than with as many different forms. CPU is of heji and of
# the processes that read for it, without PostgreSQL's.
set -euo pipefail

documents=${1:-20000} seconds=${2:-0}
dir=$(mktemp -d)
export LANG=C.UTF-8 XDG_DATA_HOME="$dir/data"
chmod 755 "$dir" # PostgreSQL may run as another user
unset DATABASE_URL
trap '"$dir/heji" db stop || true; rm -rf "$dir"' EXIT

go build -o "$dir/heji" ./cmd/heji
if [ -z "${FORMS:-}" ]; then
	FORMS=$dir/made
	go run ./samples/generate -n 200 -seed 77 -kind mix -out "$FORMS"
fi
mkdir "$dir/text"
made=("$FORMS"/*.pdf)
for ((i = 0; i < documents; i++)); do
	{ cat "${made[i % ${#made[@]}]}"; echo "% $i"; } >"$dir/text/$(printf %06d "$i").pdf"
done
"$dir/heji" import "${made[0]}" >/dev/null 2>&1 || true # PDFium is compiled, once on a machine
"$dir/heji" db psql -qc 'create database long'
url=$("$dir/heji" db url | sed 's|/heji?|/long?|')

TIMEFORMAT='%R %U %S'
exec 3>"$dir/times" # apart from what heji says
{ time "$dir/heji" --db "$url" --jobs 2 import "$dir/text" >"$dir/out" 2>"$dir/log"; } 2>&3 &
timer=$!
until importer=$(pgrep -P $timer -x heji); do sleep 0.1; done

# sizes are the importer's and the largest reader's, in MB.
sizes() {
	{ ps -o rss= -p "$importer" && ps -o rss= --ppid "$importer" | sort -n | tail -1; } | awk '{ printf "%d ", $1 / 1024 }'
}

echo "| seconds | documents | importer, MB | largest reader, MB |"
echo "|---|---|---|---|"
began=$SECONDS next=0 most=0 mostreader=0
while kill -0 "$importer" 2>/dev/null; do
	read -r own reader <<<"$(sizes || true)"
	most=$((${own:-0} > most ? own : most)) mostreader=$((${reader:-0} > mostreader ? reader : mostreader))
	now=$((SECONDS - began))
	if [ $now -ge $next ]; then
		echo "| $now | $(wc -l <"$dir/log") | ${own:-} | ${reader:-} |"
		next=$((next + (seconds > 0 ? seconds : 3600) / 15))
	fi
	if [ "$seconds" -gt 0 ] && [ $now -ge "$seconds" ]; then
		kill -INT "$importer" 2>/dev/null || true
		seconds=0
	fi
	sleep 2
done
wait $timer || true
exec 3>&-
read -r real user system <"$dir/times"
done=$("$dir/heji" --db "$url" db psql -qAtc 'select count(*) from documents')
echo
cat "$dir/out"
tail -1 "$dir/log"
echo "most: importer $most MB, reader $mostreader MB"

report() { # what, seconds of wall, of user and of system
	awk -v what="$1" -v n="$done" -v wall="$2" -v cpu="$(awk -v a="$3" -v b="$4" 'BEGIN { print a + b }')" 'BEGIN {
		printf "%s: %d documents, %.1f a second, %.3f s of CPU each\n", what, n, n / wall, cpu / n }'
}
report "heji import" "$real" "$user" "$system"
times=$({ time find "$dir/text" -name '*.pdf' | sort | head -n "$done" | xargs -P 2 -I{} pdftotext -layout {} /dev/null >/dev/null 2>&1; } 2>&1)
# shellcheck disable=SC2086
report "pdftotext -layout" $times

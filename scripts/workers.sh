#!/usr/bin/env bash
# One worker on a queue, three on a queue, and three of which one is killed with SIGKILL
# while it has documents in hand: how fast they are, that each document was read once,
# and how long it took until another had taken over. Each worker reads one document at a
# time and has a network namespace of its own, with nothing in it, where `unshare -n` is
# permitted: all they share is the database's socket and the files.
#
#   scripts/workers.sh [DOCUMENTS [TIMEOUT]]     150 20s
#
# Text documents are generated, or taken from the folder FORMS.
set -euo pipefail

documents=${1:-150} timeout=${2:-20s}
dir=$(mktemp -d)
export LANG=C.UTF-8 XDG_DATA_HOME="$dir/data"
chmod 755 "$dir" # PostgreSQL may run as another user
unset DATABASE_URL
workers=()
finish() {
	for w in "${workers[@]}"; do kill -KILL "$w" 2>/dev/null || true; done
	"$dir/heji" db stop || true
	rm -rf "$dir"
}
trap finish EXIT

go build -o "$dir/heji" ./cmd/heji
if [ -z "${FORMS:-}" ]; then
	FORMS=$dir/made
	go run ./samples/generate -n "$documents" -seed 79 -kind mix -out "$FORMS"
fi
mkdir "$dir/in"
made=("$FORMS"/*.pdf)
for ((i = 0; i < documents; i++)); do
	{ cat "${made[i % ${#made[@]}]}"; echo "% $i"; } >"$dir/in/$(printf %06d "$i").pdf"
done
alone=(unshare -n)
if unshare -n true 2>/dev/null; then echo "each worker in a network namespace of its own"; else
	alone=()
	echo "workers are processes; unshare -n is not permitted here"
fi
"$dir/heji" import "${made[0]}" >/dev/null 2>&1 || true # PDFium is compiled, once on a machine

sql() { "$dir/heji" --db "$url" db psql -qAtc "$1"; }

queue() { # a new database, and the documents in its queue
	"$dir/heji" db psql -qc "create database $1"
	url=$("$dir/heji" db url | sed "s|/heji?|/$1?|")
	"$dir/heji" --db "$url" submit "$dir/in" >/dev/null
}

start() { # so many workers; pids are in workers
	workers=()
	for ((w = 0; w < $1; w++)); do
		"${alone[@]}" "$dir/heji" --db "$url" --jobs 1 work --timeout "$timeout" --drain 2>"$dir/worker$w" &
		workers+=($!)
	done
}

counts() { # what the workers read, and what the database has
	for ((w = 0; w < $1; w++)); do echo -n "worker $((w + 1)) read $(grep -c ': forms' "$dir/worker$w" || true), "; done
	sql "select format('%s documents, %s lines loaded, %s jobs done, %s of them at the first attempt', (select count(*) from documents),
		(select count(*) from batch_documents where outcome = 'loaded'), count(*) filter (where state = 'completed'),
		count(*) filter (where attempt = 1)) from river_job"
}

for n in 1 3; do
	queue "workers$n"
	began=$(date +%s%N)
	start $n
	wait "${workers[@]}"
	took=$(($(date +%s%N) - began))
	awk -v n=$n -v d="$documents" -v ns=$took -v cores="$(nproc)" 'BEGIN { printf "%d at work on %d cores: %.2f documents a second\n", n, cores, d * 1e9 / ns }'
	counts $n
done

queue killed
start 3
until [ "$(grep -c ': forms' "$dir/worker2" || true)" -ge 3 ]; do sleep 0.2; done
kill -KILL "${workers[2]}"
at=$(sql "select now()")
wait "${workers[@]}" 2>/dev/null || true
echo "one of three killed with SIGKILL, --timeout $timeout"
counts 3
sql "select format('%s taken over; the last was done %s s after the kill', count(*), round(extract(epoch from max(finalized_at) - '$at'))) from river_job where attempt > 1"
[ "$(sql "select count(*) = $documents from batch_documents where outcome = 'loaded'")" = t ]

#!/usr/bin/env bash
# Reads documents in a loop, one in ten of them hostile, and watches what must not grow:
# the memory of heji and its readers, their number, open files, and what is left behind.
#
#   scripts/soak.sh [DOCUMENTS [NASTY [MINUTES]]]     1000, a folder of hostile PDFs
#
# Without a folder, or with "", the hostile ones are samples that are cut short; with
# MINUTES no round begins after so many. Every line is a round of a hundred documents in one process, which is fed
# through a pipe, and of what heji and its readers hold at the round's end; the script
# fails when the last quarter of the rounds holds a quarter more memory than the second,
# when open files or processes grow, when a process has ended and is not buried, or when
# anything is left: a file in the temporary folder, or a process after heji's end.
set -euo pipefail
cd "$(dirname "$0")/.."

documents=${1:-1000} nasty=${2:-} minutes=${3:-100000}
dir=$(mktemp -d)
heji=
trap '[ -z "$heji" ] || kill "$heji" 2>/dev/null || true; rm -rf "$dir"' EXIT
go build -o "$dir/heji" ./cmd/heji
go run ./samples/generate -n 45 -seed 91 -kind mix -out "$dir/made" >/dev/null
if [ -z "$nasty" ]; then
	nasty="$dir/nasty"
	mkdir "$nasty"
	for f in samples/*.pdf; do
		size=$(stat -c %s "$f")
		for part in 1 3 7; do
			head -c $((size * part / 8)) "$f" >"$nasty/$part-${f##*/}"
		done
	done
fi
good=("$dir"/made/*.pdf) bad=("$nasty"/*.pdf)
mkdir "$dir/tmp"
mkfifo "$dir/paths"
TMPDIR="$dir/tmp" "$dir/heji" check --json --jobs 2 - <"$dir/paths" >"$dir/out" 2>"$dir/err" &
heji=$!
exec 9>"$dir/paths"

family() { # heji and all processes under it
	local all=("$heji") i=0
	while [ $i -lt ${#all[@]} ]; do
		mapfile -t -O ${#all[@]} all < <(cat /proc/"${all[i]}"/task/*/children 2>/dev/null | tr -s ' ' '\n' | grep . || true)
		i=$((i + 1))
	done
	printf '%s\n' "${all[@]}"
}

echo "| documents | seconds | heji MB | with its readers MB | processes | zombies | heji's open files | its readers' | temporary files |"
echo "|---|---|---|---|---|---|---|---|---|"
memory=() sums=() files=() theirs=() processes=() zombies=0
SECONDS=0
for ((round = 0; round * 100 < documents && SECONDS < minutes * 60; round++)); do
	for ((i = 0; i < 100; i++)); do
		n=$((round * 100 + i))
		if ((n % 10 == 9)); then echo "${bad[n / 10 % ${#bad[@]}]}"; else echo "${good[n % ${#good[@]}]}"; fi >&9
	done
	while kill -0 "$heji" && [ "$(grep -c '"document"' "$dir/out" || true)" -lt $((round * 100 + 90)) ]; do sleep 0.5; done
	own=0 all=0 count=0 dead=0 open=0 others=0
	mapfile -t now < <(family)
	for p in "${now[@]}"; do
		kb=$(awk '/^VmRSS/ { print $2 }' "/proc/$p/status" 2>/dev/null || true)
		grep -q '^State:.*zombie' "/proc/$p/status" 2>/dev/null && dead=$((dead + 1))
		held=$(ls "/proc/$p/fd" 2>/dev/null | wc -l)
		if [ "$p" = "$heji" ]; then own=$((${kb:-0} / 1024)) open=$held; else others=$((others + held)); fi
		all=$((all + ${kb:-0} / 1024)) count=$((count + 1))
	done
	left=$(find "$dir/tmp" -mindepth 1 | wc -l)
	memory+=("$own") sums+=("$all") files+=("$open") theirs+=("$others") processes+=("$count")
	# One that ended a moment ago is buried in the next; the same one twice is not.
	zombies=$((dead > 0 ? zombies + 1 : 0))
	echo "| $(((round + 1) * 100)) | $SECONDS | $own | $all | $count | $dead | $open | $others | $left |"
	[ "$zombies" -lt 2 ] || { echo "soak: processes that ended are not buried" >&2; exit 1; }
done
exec 9>&-
wait "$heji" || [ $? -ge 3 ]
heji=
left=$(find "$dir/tmp" -mindepth 1 | wc -l)
sleep 1
alive=0
for p in "${now[@]}"; do [ ! -e "/proc/$p" ] || alive=$((alive + 1)); done
rounds=${#memory[@]}
read=$(grep -c '"document"' "$dir/out" || true) refused=$(grep -c '"error"' "$dir/out" || true)
mean() { printf '%s\n' "$@" | awk '{ s += $1 } END { printf "%d", s / NR }'; }
quarter=$(((rounds + 3) / 4))
early=$(mean "${memory[@]:quarter:quarter}")
late=$(mean "${memory[@]: -quarter}")
before=$(mean "${sums[@]:quarter:quarter}")
after=$(mean "${sums[@]: -quarter}")
echo
echo "$((rounds * 100)) documents in $SECONDS s: $read records, $refused of them refusals"
echo "memory of heji: $early MB in the second quarter of the rounds, $late MB in the last; with its readers $before MB and $after MB"
echo "left at the end: $left temporary files, $alive processes"
grep -E '^(panic|fatal error|goroutine )' "$dir/err" >&2 && { echo "soak: a panic reached the user" >&2; exit 1; }
[ "$rounds" -lt 4 ] || [ $((late * 4)) -le $((early * 5 + 40)) ] || { echo "soak: memory grows" >&2; exit 1; }
[ "$rounds" -lt 4 ] || [ $((after * 4)) -le $((before * 5 + 400)) ] || { echo "soak: memory of the readers grows" >&2; exit 1; }
[ "${files[-1]}" -le $((files[0] + 8)) ] || { echo "soak: open files grow" >&2; exit 1; }
[ "${theirs[-1]}" -le 160 ] || { echo "soak: open files of the readers grow" >&2; exit 1; }
[ "$alive" -eq 0 ] || { echo "soak: processes are left" >&2; exit 1; }
[ "${processes[-1]}" -le 12 ] || { echo "soak: processes are left" >&2; exit 1; }
[ "$left" -eq 0 ] || { echo "soak: temporary files are left" >&2; exit 1; }

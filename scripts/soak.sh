#!/usr/bin/env bash
# Reads documents in a loop, one in ten of them hostile, and watches what must not grow:
# the memory of heji and its readers, their number, open files, and what is left behind.
#
#   scripts/soak.sh [DOCUMENTS [NASTY]]     1000, and a folder of hostile PDFs
#
# Without a folder the hostile ones are samples that are cut short. Every line is a
# round of a hundred documents in one process, which is fed through a pipe; the script
# fails when the last quarter of the rounds holds a quarter more memory than the second,
# when open files or processes grow, or when anything is left in the temporary folder.
set -euo pipefail
cd "$(dirname "$0")/.."

documents=${1:-1000} nasty=${2:-}
dir=$(mktemp -d)
trap 'kill "$heji" 2>/dev/null || true; rm -rf "$dir"' EXIT
heji=0
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

echo "| documents | heji MB | with its readers MB | processes | zombies | heji's open files | temporary files |"
echo "|---|---|---|---|---|---|---|"
memory=() files=() processes=()
for ((round = 0; round * 100 < documents; round++)); do
	for ((i = 0; i < 100; i++)); do
		n=$((round * 100 + i))
		if ((n % 10 == 9)); then echo "${bad[n / 10 % ${#bad[@]}]}"; else echo "${good[n % ${#good[@]}]}"; fi >&9
	done
	while kill -0 "$heji" && [ "$(grep -c '"document"' "$dir/out" || true)" -lt $((round * 100 + 90)) ]; do sleep 0.5; done
	own=0 all=0 count=0 dead=0
	for p in $(family); do
		kb=$(awk '/^VmRSS/ { print $2 }' "/proc/$p/status" 2>/dev/null || true)
		grep -q '^State:.*zombie' "/proc/$p/status" 2>/dev/null && dead=$((dead + 1))
		[ "$p" = "$heji" ] && own=$((${kb:-0} / 1024))
		all=$((all + ${kb:-0} / 1024)) count=$((count + 1))
	done
	open=$(ls "/proc/$heji/fd" | wc -l)
	left=$(find "$dir/tmp" -mindepth 1 | wc -l)
	memory+=("$own") files+=("$open") processes+=("$count")
	echo "| $(((round + 1) * 100)) | $own | $all | $count | $dead | $open | $left |"
done
exec 9>&-
wait "$heji" || [ $? -ge 3 ]
heji=0
left=$(find "$dir/tmp" -mindepth 1 | wc -l)
rounds=${#memory[@]}
mean() { printf '%s\n' "$@" | awk '{ s += $1 } END { printf "%d", s / NR }'; }
quarter=$(((rounds + 3) / 4))
early=$(mean "${memory[@]:quarter:quarter}")
late=$(mean "${memory[@]: -quarter}")
echo
echo "memory of heji: $early MB in the second quarter, $late MB in the last; $left temporary files left"
[ "$rounds" -lt 4 ] || [ $((late * 4)) -le $((early * 5 + 40)) ] || { echo "soak: memory grows" >&2; exit 1; }
[ "${files[-1]}" -le $((files[0] + 8)) ] || { echo "soak: open files grow" >&2; exit 1; }
[ "${processes[-1]}" -le 12 ] || { echo "soak: processes are left" >&2; exit 1; }
[ "$left" -eq 0 ] || { echo "soak: temporary files are left" >&2; exit 1; }

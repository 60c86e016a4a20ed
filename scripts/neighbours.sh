#!/usr/bin/env bash
# Imports documents twice, into a database of their own and, among hostile ones, into
# another, and fails unless both hold the same, row by row.
#
#   scripts/neighbours.sh NASTY [FORMS]      a folder of hostile PDFs; 40 made forms
#
# PostgreSQL is heji's private one, in a temporary folder.
set -euo pipefail
cd "$(dirname "$0")/.."

nasty=$(realpath "$1") forms=${2:-40}
dir=$(mktemp -d)
chmod 755 "$dir" # the server may run as another user
trap 'stop alone; stop among; rm -rf "$dir"' EXIT
stop() { HOME="$dir/$1" XDG_DATA_HOME="$dir/$1" "$dir/heji" db stop >/dev/null 2>&1 || true; }
go build -o "$dir/heji" ./cmd/heji
go run ./samples/generate -n "$forms" -seed 92 -kind mix -out "$dir/d/made" >/dev/null
cp samples/*.pdf samples/*.txt samples/*.md "$dir/d/"
unset DATABASE_URL

load() { # NAME FOLDER…: imports into a database, and writes all its tables
	local name=$1
	shift
	mkdir -p "$dir/$name"
	chmod 755 "$dir/$name"
	export HOME="$dir/$name" XDG_DATA_HOME="$dir/$name" XDG_CACHE_HOME="$dir/cache"
	(cd "$dir" && ./heji import "$@" 2>"$name/err" >"$name/out") || [ $? -eq 4 ]
	grep '^documents \|^inserted ' "$dir/$name/out"
	"$dir/heji" export --format csv --out "$dir/$name/tables"
	"$dir/heji" db psql -Atqc "select d.name, d.sha256, f.ordinal, f.record from forms f join documents d on d.sha256 = f.document order by 1, 3" >"$dir/$name/records"
	grep -E '^(panic|fatal error|goroutine )' "$dir/$name/err" && { echo "neighbours: a panic reached the user" >&2; exit 1; } || true
}
load alone d
mkdir "$dir/n" && cp "$nasty"/*.pdf "$dir/n/"
# One after the other, hostile and not, so that each is read beside the other.
(cd "$dir" && paste -d '\n' <(find d -type f ! -name '*.json' | LC_ALL=C sort) <(find n -type f | LC_ALL=C sort) | grep .) >"$dir/list"
export HOME="$dir"
load among - <"$dir/list"
for table in "$dir"/alone/tables/*.csv; do
	other="$dir/among/tables/${table##*/}"
	cmp <(LC_ALL=C sort "$table") <(LC_ALL=C sort "$other")
	echo "${table##*/}: $(wc -l <"$table") lines, the same"
done
cmp "$dir/alone/records" "$dir/among/records"
echo "records: $(wc -l <"$dir/alone/records"), the same"

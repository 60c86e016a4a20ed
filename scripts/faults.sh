#!/usr/bin/env bash
# Imports the same documents twice, into two databases: once undisturbed, and once
# while the importer, a process that reads for it (PDFium, the second reader or
# Tesseract) and PostgreSQL are killed with SIGKILL at random, each a third of the
# times, from when the database has been made. Then holds every row of every table of
# the one against the other. Ends with status 1 if one differs, or if one of the three
# was not killed as often as that.
#
#   scripts/faults.sh [TEXT [SCANS [KILLS [SEED]]]]     documents and kills; 470 30 30 1
#
# With KEEP=FOLDER the rows of both are kept there, and of rows that differ what they
# hold is told member by member.
# The forms are generated: the same SEED gives the same forms and kills of the same
# kinds. Where the kills hit is the machine's affair and differs each time.
set -euo pipefail

text=${1:-470} scans=${2:-30} kills=${3:-30} seed=${4:-1} keep=${KEEP:-}
dir=$(mktemp -d)
export LANG=C.UTF-8 XDG_DATA_HOME="$dir/undisturbed"
chmod 755 "$dir" # PostgreSQL may run as another user
unset DATABASE_URL
finish() {
	for data in "$dir"/undisturbed "$dir"/disturbed; do
		XDG_DATA_HOME=$data "$dir/heji" db stop || true
	done
	rm -rf "$dir"
}
trap finish EXIT

go build -o "$dir/heji" ./cmd/heji
go run ./samples/generate -n "$text" -seed "$seed" -kind mix -out "$dir/forms/text"
[ "$scans" -eq 0 ] || go run ./samples/generate -n "$scans" -seed $((seed + 1)) -kind mix -scan all -out "$dir/forms/scans"
# Some that cannot be read, and one twice: they have their rows too.
mkdir "$dir/forms/other"
head -c 3000 "$dir/forms/text/000000.pdf" >"$dir/forms/other/cut.pdf"
: >"$dir/forms/other/empty.pdf"
cp "$dir/forms/text/000001.pdf" "$dir/forms/other/again.pdf"

# rows prints every row of every table by content: without the numbers of forms,
# which any two imports give differently, and without times.
rows() {
	rows_of documents "select sha256, name, bytes, pages, reader_version, error_code, error_message from documents"
	rows_of document_names "select document, name from document_names"
	rows_of forms "select f.document, f.ordinal, to_jsonb(f) - 'id' from forms f"
	for table in figures fields funds indicators evaluators problems discrepancies; do
		rows_of $table "select f.document, f.ordinal, t.position, to_jsonb(t) - 'form_id' from $table t join forms f on f.id = t.form_id"
	done
	# Which of two was first depends on what was killed.
	rows_of near_duplicates "select least(f.document, g.document), greatest(f.document, g.document), n.similarity
		from near_duplicates n join forms f on f.id = n.form_id join forms g on g.id = n.other_id"
	rows_of layouts "select document, reader_version, md5(layout) from layouts"
	rows_of batch_documents "select batch, name, sha256, outcome, stage, code, message from batch_documents"
}

rows_of() {
	# Through a sort of the shell's: the order must not depend on how much was read at once.
	"$dir/heji" db psql -qAtc "copy ($2) to stdout" | sed "s/^/$1	/" | sort
}

# The documents that cannot be read make it 4.
import() { "$dir/heji" import "$dir/forms" >"$dir/out" 2>"$dir/err" || [ $? -eq 4 ]; }

# A document whose readers were killed twice, or were too slow on a busy machine, is
# set aside as it would be if it were its own fault.
again() { "$dir/heji" retry >"$dir/out" 2>"$dir/err" || [ $? -eq 4 ]; }

began=$SECONDS
import
again
echo "undisturbed: $((SECONDS - began)) s"
rows >"$dir/undisturbed.rows"

export XDG_DATA_HOME="$dir/disturbed"
RANDOM=$seed
# Making a database takes long on a busy machine, and is not what is tried here: all
# kills went into it once.
"$dir/heji" migrate >"$dir/out" 2>"$dir/err"

# readers_of are the children of an importer that run heji, and not pg_ctl, say.
readers_of() {
	for child in $(pgrep -P "$1"); do
		[ "$(readlink "/proc/$child/exe")" != "$dir/heji" ] || echo "$child"
	done
}

declare -A killed=([importer]=0 [reader]=0 [PostgreSQL]=0)
# hit kills one of the three, if it is there and was not killed often enough.
hit() {
	case $((RANDOM % 3)) in
	0) what=importer pid=$1 ;;
	1)
		what=reader
		mapfile -t readers < <(readers_of "$1")
		[ ${#readers[@]} -gt 0 ] || return 0
		pid=${readers[RANDOM % ${#readers[@]}]}
		;;
	2)
		what=PostgreSQL
		pid=$(head -n 1 "$dir/disturbed/heji/postgres/data/postmaster.pid" 2>/dev/null) || return 0
		;;
	esac
	[ "${killed[$what]}" -lt $(((kills + 2) / 3)) ] || return 0
	if kill -KILL "$pid" 2>/dev/null; then
		killed[$what]=$((killed[$what] + 1))
		left=$((left - 1))
	fi
}

began=$SECONDS left=$kills starts=0
while :; do
	starts=$((starts + 1))
	"$dir/heji" import "$dir/forms" >"$dir/out" 2>"$dir/err" &
	importer=$!
	while [ "$left" -gt 0 ] && sleep "$((RANDOM % 4)).$((RANDOM % 10))" && kill -0 $importer 2>/dev/null; do
		hit $importer
	done
	status=0
	wait $importer 2>/dev/null || status=$?
	[ $status -eq 0 ] || [ $status -eq 4 ] || continue
	break
done
again
echo "disturbed: $((SECONDS - began)) s; killed: importer ${killed[importer]}, reader ${killed[reader]}, PostgreSQL ${killed[PostgreSQL]}; the import was started $starts times"
rows >"$dir/disturbed.rows"

# members are the rows with each member of a record on a line of its own, after the
# table and the document.
members() {
	awk -F '\t' '{ row = $1 " " $2; sub(/^[^\t]*\t[^\t]*\t/, ""); n = split($0, part, /, \"/); for (i = 1; i <= n; i++) print row " " part[i] }' "$1"
}

[ -z "$keep" ] || cp "$dir"/*.rows "$keep"
cut -f 1 "$dir/undisturbed.rows" | sort | uniq -c
if cmp "$dir/undisturbed.rows" "$dir/disturbed.rows"; then
	echo "the same, row for row: $(wc -l <"$dir/undisturbed.rows") rows"
else
	members "$dir/undisturbed.rows" >"$dir/undisturbed.members"
	members "$dir/disturbed.rows" >"$dir/disturbed.members"
	diff "$dir/undisturbed.members" "$dir/disturbed.members" | cut -c 1-300 | head -n 40
	exit 1
fi
for what in "${!killed[@]}"; do
	if [ "${killed[$what]}" -lt $((kills / 3)) ]; then
		echo "$what was killed ${killed[$what]} times only; take more documents or fewer kills"
		exit 1
	fi
done

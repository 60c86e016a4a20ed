#!/usr/bin/env bash
# Asks every question of questions.sql, and prints how long each took in
# milliseconds: the first time, and the better of two more.
#
#   DATABASE_URL=postgres://me@host/name scripts/million/ask.sh
set -euo pipefail
cd "$(dirname "$0")"
: "${DATABASE_URL:?name the database to ask}"
ask() { psql -X -q -d "$DATABASE_URL" -c 'SET jit = off' -c '\timing on' -c "$1" | sed -n 's/^Time: \([0-9]*\).*/\1/p' | tail -1; }
echo '| view | question | first, ms | again, ms | rows |'
echo '|---|---|---|---|---|'
while read -r line; do
	case $line in
	'-- '*) question=${line#-- } ;;
	SELECT*)
		first=$(ask "$line") second=$(ask "$line") third=$(ask "$line")
		rows=$(psql -X -q -At -d "$DATABASE_URL" -c "$line" | wc -l)
		echo "| \`${question%%: *}\` | ${question#*: } | $first | $((second < third ? second : third)) | $rows |"
		;;
	esac
done <questions.sql

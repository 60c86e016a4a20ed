#!/usr/bin/env bash
# Fills a database with a large archive to measure on: some hundred generated forms
# are really imported, and then multiplied in SQL with other units, years and
# amounts. 100000 units make 1.2 million forms with 26 million indicator rows and
# take some 20 GB.
#
#   DATABASE_URL=postgres://me@host/empty scripts/million.sh [UNITS [FOLDER OF FORMS]]
#
# The user must be a superuser of the server: foreign keys are not checked on the way.
# Views are then asked by `scripts/million/ask.sh`.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${DATABASE_URL:?name the database to fill}"
units=${1:-100000}
forms=${2:-}
if [ -z "$forms" ]; then
	forms=$(mktemp -d)
	trap 'rm -rf "$forms"' EXIT
	go run ./samples/generate -n 300 -kind mix -seed 808 -out "$forms"
fi
go run ./cmd/heji import "$forms" || test $? -eq 4
psql -d "$DATABASE_URL" -v units="$units" -f scripts/million/multiply.sql
time psql -d "$DATABASE_URL" -c 'select heji_refresh()'

#!/usr/bin/env bash
# tour.sh: the pictures of docs/tour.md, taken from the real program on the forms in
# samples/, which are invented. They go to docs/tour; nothing else is left behind.
# It needs Chromium and poppler-utils, as the tests do; some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work" # the private PostgreSQL may run as another user
export GOPATH=$(go env GOPATH) GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE)
export XDG_DATA_HOME=$work/data
station=
trap '[ -z "$station" ] || kill "$station"; "$work/heji" db stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

go build -o "$work/heji" ./cmd/heji
"$work/heji" import samples >/dev/null || test $? -eq 4 # one of them is no form
password=$(head -c 16 /dev/urandom | base64)
echo "$password" | "$work/heji" user add reviewer --role reviewer
"$work/heji" serve --listen 127.0.0.1:8399 2>"$work/serve.log" &
station=$!
for _ in $(seq 100); do grep -q 'is at' "$work/serve.log" && break; sleep 0.2; done
mkdir -p docs/tour
"$work/heji" --lang zh report --out "$work/report.html"
"$work/heji" --lang zh export --format pdf --out "$work/marked" 2>/dev/null || test $? -eq 4 # transcripts are no PDF
pdftoppm -r 80 -f 2 -l 2 -x 0 -y 0 -W 661 -H 640 -png "$work/marked/02-section-score.text.pdf" "$work/marked/page"
go run ./scripts/tour -url http://127.0.0.1:8399 -password "$password" -out docs/tour -report "$work/report.html" -picture "$work"/marked/page-*.png
ls -l docs/tour

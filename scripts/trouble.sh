#!/usr/bin/env bash
# What heji says, and with which exit status, when what it stands on gives way: no
# database, a full disk under the database, a password that is changed in the midst of an
# import, a full disk and a read-only folder for what it writes, a folder that may not be
# opened, a bucket that does not answer. After each of them the cause is removed, the same
# command is run again, and every document has to be there. A bucket that is taken away
# in the midst is in the tests of batch (TestBucketTrouble, TestBucketGone).
#
#   scripts/trouble.sh      as root: it mounts a small disk and runs as nobody
#
# Ends with status 1 when a status is not the one expected, or when a document is lost.
set -euo pipefail

[ "$(id -u)" -eq 0 ] || { echo "run as root" >&2 && exit 2; }
dir=$(mktemp -d)
chmod 755 "$dir"
export LANG=C.UTF-8 XDG_DATA_HOME="$dir/data"
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
finish() {
	postgres "$bin/pg_ctl" -D "$dir/pg/data" -m immediate stop >/dev/null 2>&1 || true
	umount "$dir/small" "$dir/full" 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT
bad=0
go build -o "$dir/heji" ./cmd/heji
export HOME="$dir/home" PATH="$dir:$PATH"

# is runs a command that must end with a status, and prints what it said last.
is() {
	local want=$1 status=0
	shift
	"$@" >"$dir/out" 2>"$dir/err" || status=$?
	echo "  status $status: $( (grep '^heji:' "$dir/err" || tail -n 1 "$dir/err") | tail -n 1 | cut -c 1-400)"
	[ $status -eq "$want" ] || { echo "  WRONG: status $want was expected" && bad=1; }
}

# all is whether so many documents are stored and nothing is unaccounted for.
all() {
	local have
	have=$(heji db psql -qAtc "select (select count(*) from documents where error_code is null), (select sum(failed + queued) from batch_view)")
	echo "  the same command again: $have (documents stored | failed or queued)"
	[ "$have" = "$1|0" ] || { echo "  WRONG: $1|0 was expected" && bad=1; }
}

# Forms as text: nothing but the database takes time.
mkdir -p "$dir/forms" "$dir/home"
for ((i = 0; i < 800; i++)); do
	sed -n '/^-- form.md --$/,$p' cmd/heji/testdata/script/queue.txtar | sed "1d; s/=甲县某局/甲县第${i}局/" >"$dir/forms/$(printf %03d $i).md"
done

mkdir "$dir/pg" "$dir/small"
chown postgres "$dir/pg"
postgres "$bin/initdb" -D "$dir/pg/data" -U postgres --auth=trust >/dev/null
echo "local all clerk scram-sha-256
local all all trust" | postgres tee "$dir/pg/data/pg_hba.conf" >/dev/null
postgres "$bin/pg_ctl" -D "$dir/pg/data" -l "$dir/pg/log" -w -o "-k $dir/pg -c listen_addresses=''" start >/dev/null
admin() { psql -qXAt -h "$dir/pg" -U postgres postgres -c "$1"; }
database() { # a new one of clerk's, in the tablespace $1
	admin "drop database if exists forms with (force)"
	admin "create database forms owner clerk tablespace $1"
}
admin "create role clerk login password 'first'"
clerk() { export DATABASE_URL="postgres://clerk:$1@/forms?host=$dir/pg"; }

echo "no database"
is 1 heji --db postgres://127.0.0.1:1/forms import "$dir/forms"

echo "a wrong password"
database pg_default
clerk wrong
is 1 heji import "$dir/forms"

echo "the password is changed in the midst of an import, and the user's connections are ended"
clerk first
heji migrate >/dev/null 2>&1
(
	until [ "$(psql -qXAt -h "$dir/pg" -U postgres forms -c 'select count(*) from documents')" -gt 10 ]; do sleep 0.05; done
	admin "alter role clerk password 'second'; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'clerk'" >/dev/null
) &
is 1 heji --jobs 1 import "$dir/forms"
wait
clerk second
heji import "$dir/forms" >/dev/null 2>&1
all 800

echo "the disk of the database is full"
mount -t tmpfs -o size=400m tmpfs "$dir/small"
chown postgres "$dir/small"
admin "create tablespace small location '$dir/small'"
database small
heji migrate >/dev/null 2>&1
mount -o remount,size=$(($(du -sk "$dir/small" | cut -f 1) + 2000))k "$dir/small"
is 1 heji import "$dir/forms"
mount -o remount,size=400m "$dir/small"
heji import "$dir/forms" >/dev/null 2>&1
all 800

echo "the disk is full on which an export is written"
mkdir "$dir/full"
mount -t tmpfs -o size=64k tmpfs "$dir/full"
is 1 heji export --format csv --table indicators --out "$dir/full/indicators.csv"
echo "  left behind: $(find "$dir/full" -type f | wc -l) files"
echo "what heji prints goes to a full disk"
is 1 sh -c 'heji check --json "$0" >/dev/full' "$dir/forms"

echo "the folder is read-only to which an export is written"
mount -o remount,ro "$dir/full"
is 1 heji export --format csv --table indicators --out "$dir/full/indicators.csv"

echo "a folder that may not be opened"
database pg_default
chmod 700 "$dir/forms"
nobody() { setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/tmp XDG_CACHE_HOME="$dir/home/cache" "$@"; }
mkdir -p "$dir/home/cache" && chmod -R 777 "$dir/home"
is 4 nobody heji import "$dir/forms"
chmod 755 "$dir/forms"
nobody heji retry >"$dir/out" 2>"$dir/err" || tail -1 "$dir/err"
all 800

echo "the documents' folder is read-only"
database pg_default
mount --bind "$dir/forms" "$dir/forms" && mount -o remount,bind,ro "$dir/forms"
is 0 heji import "$dir/forms"
all 800
umount "$dir/forms"

echo "a bucket that does not answer"
export AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_REGION=c
is 1 heji import 's3://forms/2021/?endpoint=http://127.0.0.1:1&use_path_style=true'

exit $bad

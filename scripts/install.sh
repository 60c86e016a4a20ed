#!/usr/bin/env bash
# Installs what heji needs and does not find: a C++ compiler and Tesseract's
# headers to build it, Tesseract's language data, a Chinese font and PostgreSQL
# to run it.
#
#   scripts/install.sh         what building and running need
#   scripts/install.sh test    and what the tests and the sample generator need
#   scripts/install.sh accuracy   and the typefaces that accuracy is measured on
#
# What is there is left alone, and when nothing is missing nothing is run.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }

# found PATTERN…: one of the shell patterns names a file.
found() {
	local pattern
	for pattern in "$@"; do
		compgen -G "$pattern" >/dev/null && return 0
	done
	return 1
}

tessdata() {
	found "${TESSDATA_PREFIX:-/nowhere}/$1.traineddata" \
		"/usr/share/tesseract-ocr/*/tessdata/$1.traineddata" \
		"/usr/share/tessdata/$1.traineddata" \
		"/usr/local/share/tessdata/$1.traineddata"
}

missing=()
need() { missing+=("$@"); }

have gcc && have g++ || need g++
found '/usr/include/tesseract/baseapi.h' '/usr/local/include/tesseract/baseapi.h' || need libtesseract-dev
found '/usr/include/leptonica/allheaders.h' '/usr/local/include/leptonica/allheaders.h' || need libleptonica-dev
tessdata eng || need tesseract-ocr tesseract-ocr-eng
tessdata chi_sim || need tesseract-ocr-chi-sim
found '/usr/lib/postgresql/*/bin/initdb' || have initdb || need postgresql
found '/usr/share/fonts/truetype/arphic-gbsn00lp/*' '/usr/share/fonts/truetype/wqy/*' \
	'/usr/share/fonts/opentype/noto/Noto*CJK*' || need fonts-arphic-gbsn00lp
if [ "${1:-}" = test ] || [ "${1:-}" = accuracy ]; then
	have chromium || have chromium-browser || have google-chrome || need chromium
	found '/usr/share/fonts/opentype/noto/Noto*CJK*' || need fonts-noto-cjk
	have pdftoppm || need poppler-utils
fi

if [ "${1:-}" = accuracy ]; then
	found '/usr/share/fonts/truetype/arphic-gbsn00lp/*' || need fonts-arphic-gbsn00lp
	found '/usr/share/fonts/truetype/arphic-gkai00mp/*' || need fonts-arphic-gkai00mp
	found '/usr/share/fonts/truetype/arphic/uming*' || need fonts-arphic-uming
	found '/usr/share/fonts/truetype/arphic/ukai*' || need fonts-arphic-ukai
	found '/usr/share/fonts/truetype/wqy/wqy-zenhei*' || need fonts-wqy-zenhei
	found '/usr/share/fonts/truetype/wqy/wqy-microhei*' || need fonts-wqy-microhei
	found '/usr/share/fonts/truetype/droid/*' '/usr/share/fonts-droid-fallback/*' '/usr/share/fonts/truetype/droid-fallback/*' || need fonts-droid-fallback
	have tesseract || need tesseract-ocr
fi

[ ${#missing[@]} -gt 0 ] || exit 0

if ! have apt-get; then
	echo "heji needs what Debian and Ubuntu call: ${missing[*]}" >&2
	echo "There is no apt-get here. Install the same things with your system's package manager and run this again." >&2
	exit 1
fi

sudo=()
if [ "$(id -u)" -ne 0 ]; then
	if ! have sudo; then
		echo "heji needs: ${missing[*]}" >&2
		echo "Run as root: apt-get install --no-install-recommends ${missing[*]}" >&2
		exit 1
	fi
	sudo=(sudo)
fi

# Debian makes and starts a database cluster of its own when PostgreSQL is
# installed. heji does not use it, so it is told not to, for this one time.
conf=/etc/postgresql-common/createcluster.d/heji.conf
quiet_postgresql() {
	"${sudo[@]}" mkdir -p "${conf%/*}"
	echo 'create_main_cluster = false' | "${sudo[@]}" tee "$conf" >/dev/null
	trap '"${sudo[@]}" rm -f "$conf"' EXIT
}
case " ${missing[*]} " in *" postgresql "*) quiet_postgresql ;; esac

echo "installing: ${missing[*]}" >&2
"${sudo[@]}" apt-get -o Acquire::Retries=3 update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get -o Acquire::Retries=3 install -y -qq --no-install-recommends "${missing[@]}"

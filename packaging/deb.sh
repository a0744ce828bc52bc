#!/bin/sh
# Builds the Debian package from a copy of this tree and puts it, alone, into the directory given (build/deb).
set -eu
cd "$(dirname "$0")/.."
to=${1:-build/deb}

command -v dpkg-buildpackage >/dev/null || {
    echo 'deb: this needs the packages dpkg-dev, debhelper and dh-python' >&2
    exit 1
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
source=$scratch/oomtray
mkdir "$source"
cp -a oomtray resources packaging README.md CHANGELOG.md LICENSE "$source"
cp -a packaging/debian "$source/debian"
find "$source" -name __pycache__ -prune -exec rm -rf {} +
(cd "$source" && dpkg-buildpackage --build=binary --no-sign) >"$scratch/log" 2>&1 || {
    tail -n 40 "$scratch/log" >&2
    exit 1
}
mkdir -p "$to"
rm -f "$to"/oomtray_*.deb
cp "$scratch"/oomtray_*.deb "$to"
echo "$to/$(basename "$scratch"/oomtray_*.deb)"

#!/bin/sh
# Installs OOM Tray or takes it away again: copies and removes files, and compiles the translations.
#
#   packaging/install.sh install         the app, and the helper that may do what takes an administrator's permission
#   packaging/install.sh install-helper  the helper alone, for an app that runs from a wheel or a checkout
#   packaging/install.sh uninstall       what either has installed
#
# From the environment:
#   DESTDIR  stands before every path, for packages
#   PREFIX   where the app goes: /usr/local unless given. polkit's policy names the helper's path, so that is fixed.
#   PYTHON   the interpreter that runs the app, with PySide6, jeepney, psutil and tomlkit: /usr/bin/python3 unless given
set -eu
cd "$(dirname "$0")/.."

DESTDIR=${DESTDIR:-}
PREFIX=${PREFIX:-/usr/local}
PYTHON=${PYTHON:-/usr/bin/python3}
ID=io.github.oomtray.OOMTray
POLICY=io.github.oomtray.policy

share=$DESTDIR$PREFIX/share
library=$DESTDIR$PREFIX/lib/oomtray
launcher=$DESTDIR$PREFIX/bin/oomtray
helper=$DESTDIR/usr/libexec/oomtray/oomtray-helper
policy=$DESTDIR/usr/share/polkit-1/actions/$POLICY
icon=$share/icons/hicolor/scalable/apps/$ID.svg
symbolic=$share/icons/hicolor/symbolic/apps/$ID-symbolic.svg
desktop=$share/applications/$ID.desktop
metainfo=$share/metainfo/$ID.metainfo.xml
manuals=$share/man
unit=$DESTDIR$PREFIX/lib/systemd/user/app-$ID@autostart.service.d

fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

# put MODE SOURCE TARGET
put() {
    install -D -m "$1" "$2" "$3"
}

check() {
    case $PREFIX in /*) ;; *) fail "PREFIX is not an absolute path: $PREFIX" ;; esac
    case $PYTHON in
        /*) ;;
        *) PYTHON=$(command -v "$PYTHON") || fail 'PYTHON names no program' ;;
    esac
    if [ -n "$DESTDIR" ]; then return; fi
    [ "$(id -u)" = 0 ] || fail 'root owns what this changes: run it with sudo'
    if owner=$(dpkg-query --search "$helper" 2>/dev/null); then
        fail "$helper belongs to the package ${owner%%:*}, which apt installs and removes"
    fi
}

install_helper() {
    put 755 oomtray/helper/oomtray_helper.py "$helper"
    put 644 "packaging/$POLICY" "$policy"
    put 644 "resources/icons/hicolor/scalable/apps/$ID.svg" "$icon"
}

install_app() {
    rm -rf "$library"
    find oomtray -name __pycache__ -prune -o -type f -print | while read -r file; do
        put 644 "$file" "$library/$file"
    done
    find resources/* -type d ! -path 'resources/screenshots*' ! -path 'resources/translations*' | while read -r folder; do
        for file in "$folder"/*; do
            if [ -f "$file" ]; then put 644 "$file" "$library/oomtray/$file"; fi
        done
    done
    install_translations
    install -d "${launcher%/*}"
    cat >"$launcher" <<END
#!$PYTHON
import sys

sys.path[0] = "$PREFIX/lib/oomtray"
from oomtray.__main__ import main  # noqa: E402

sys.exit(main())
END
    chmod 755 "$launcher"
    put 644 "resources/icons/hicolor/symbolic/apps/$ID-symbolic.svg" "$symbolic"
    put 644 "resources/$ID.desktop" "$desktop"
    put 644 "resources/$ID.metainfo.xml" "$metainfo"
    put 644 packaging/oomtray.1 "$manuals/man1/oomtray.1"
    for file in packaging/*/oomtray.1; do
        language=${file#packaging/}
        put 644 "$file" "$manuals/${language%%/*}/man1/oomtray.1"
    done
    put 644 packaging/memory.conf "$unit/memory.conf"
}

# Any Python can compile them: where PYTHON names that of another machine, the one on the PATH.
install_translations() {
    compiler=$PYTHON
    if [ ! -x "$compiler" ]; then compiler=python3; fi
    compiled=$(mktemp -d)
    trap 'rm -rf "$compiled"' EXIT
    PYTHONPATH=packaging "$compiler" -B -m translations compile resources/translations "$compiled"
    for file in "$compiled"/*/LC_MESSAGES/oomtray.mo; do
        if [ -f "$file" ]; then put 644 "$file" "$library/oomtray/resources/translations/${file#"$compiled"/}"; fi
    done
}

uninstall() {
    rm -f "$launcher" "$helper" "$policy" "$icon" "$symbolic" "$desktop" "$metainfo" "$unit/memory.conf"
    rm -f "$manuals/man1/oomtray.1" "$manuals"/*/man1/oomtray.1
    if [ -d "$unit" ]; then rmdir --ignore-fail-on-non-empty "$unit"; fi
    if [ -e "$library/oomtray/__main__.py" ]; then rm -rf "$library"; fi
    if [ -d "${helper%/*}" ]; then rmdir --ignore-fail-on-non-empty "${helper%/*}"; fi
}

case ${1:-} in
    install)
        check
        install_helper
        install_app
        ;;
    install-helper)
        check
        install_helper
        ;;
    uninstall)
        check
        uninstall
        ;;
    *) fail 'say install, install-helper or uninstall' ;;
esac

#!/usr/bin/env bash
# What `make run`, `make lint`, `make test` and `make bench` need before they can start: system packages and a virtual environment in .venv.
#
#   packaging/setup.sh run           to start the app; without a screen also the virtual desktop that it is shown on
#   packaging/setup.sh lint          to check style and types, for which no system package is needed
#   packaging/setup.sh test          to run every test
#   packaging/setup.sh bench         to run `make bench`: the same, and the programs that it compares with
#   packaging/setup.sh packages ...  only the system packages of these groups (see system-packages.txt)
#
# Doing it again costs next to nothing. Root, and a user with a password-free sudo, gets missing packages installed;
# anyone else is shown the one command, and `run` asks whether to run it.
# PYTHON=... names the interpreter to use, which is otherwise looked for.
set -euo pipefail

cd "$(dirname "$0")/.."
readonly LIST=packaging/system-packages.txt
readonly OLDEST='3.11'
readonly NO_PYTHON="Python $OLDEST or newer is needed; PYTHON=/path/to/python3 names one that is not on the PATH"
readonly NEW_ENOUGH='import sys; assert sys.version_info >= (3, 11)'
readonly -a INSTALL=(install -y --no-install-recommends)

say() { printf '%s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# -- Python

find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        # asked, not only looked up: a pyenv shim may stand for a version that isn't there
        if "$name" -c "$NEW_ENOUGH" 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    return 1
}

# The package that lets Debian's Python make a virtual environment; nothing where it can already.
venv_package() {
    local python=$1
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then return; fi
    case "${python##*/}" in
        python3.[0-9]*) printf '%s-venv\n' "${python##*/}" ;;
        *) printf 'python3-venv\n' ;;
    esac
}

venv_works() { [ -x .venv/bin/python ] && .venv/bin/python -c "$NEW_ENOUGH; import pip" 2>/dev/null; }

stamp() { printf '%s %s %s\n' "$(sha256sum <pyproject.toml)" "$(.venv/bin/python -V)" "$PWD"; }

# $1 is run or test; the environment for the tests serves to run as well.
set_up_venv() {
    local kind=$1 python=$2 other
    if venv_works; then
        for other in "$kind" test; do
            if [ "$(cat ".venv/.set-up-$other" 2>/dev/null)" = "$(stamp)" ]; then return; fi
        done
    else
        say "Making a virtual environment in .venv with $("$python" -V)"
        "$python" -m venv --clear .venv || fail "$python could not make .venv"
    fi
    say 'Installing what the project needs into .venv; the first time this takes a minute or two'
    local extras=''
    if [ "$kind" != run ]; then extras='[dev]'; fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".$extras" ||
        fail 'pip could not install the dependencies; what it says is above'
    stamp >".venv/.set-up-$kind"
}

# -- system packages

from_debian() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

# The lines of these groups, without the group's name; a line may hold alternatives: "new-name|old-name".
wanted() {
    local group line_group packages
    while read -r line_group packages; do
        case "$line_group" in '#'* | '') continue ;; esac
        for group in "$@"; do
            if [ "$group" = "$line_group" ]; then printf '%s\n' "$packages"; fi
        done
    done <"$LIST" | sort -u
}

# Which of the lines on standard input have none of their alternatives installed.
missing() {
    local -A installed=()
    local status name line
    while read -r status name; do
        if [ "$status" = installed ]; then installed[$name]=1; fi
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n')
    local -a names
    while read -r line; do
        IFS='|' read -r -a names <<<"$line"
        for name in "${names[@]}"; do
            if [ -n "${installed[$name]:-}" ]; then continue 2; fi
        done
        printf '%s\n' "$line"
    done
}

known_to_apt() {
    # no pipe into grep -q: that may end apt-cache by SIGPIPE, and pipefail would call the package unknown
    local policy
    policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null)
    [[ $policy == *'Candidate: '[!\(]* ]]
}

# The first alternative that this release has; the last one, which newer releases still understand, where apt knows none.
choose() {
    local -a names
    local name
    IFS='|' read -r -a names <<<"$1"
    for name in "${names[@]}"; do
        if known_to_apt "$name"; then
            printf '%s\n' "$name"
            return
        fi
    done
    printf '%s\n' "${names[-1]}"
    return 1
}

# ROOT becomes the words that run a command as root; fails where a password would be needed.
find_root() {
    if [ "$(id -u)" = 0 ]; then
        ROOT=(env)
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        ROOT=(sudo)
    else
        return 1
    fi
}

# apt-get as root; it has much to say, which matters only when it fails.
apt() {
    local log status=0
    log=$(mktemp)
    "${ROOT[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 || status=$?
    if [ $status != 0 ]; then tail -n 30 "$log" >&2; fi
    rm -f "$log"
    return $status
}

install_packages() {
    local -a names=()
    local line name
    # package lists that can't be had are no reason to stop: older ones may do
    apt update || say 'setup: apt-get update failed; going on with the package lists that are here'
    for line in "$@"; do
        if name=$(choose "$line"); then
            names+=("$name")
        else
            say "setup: this release has no package $name; what needs it will be skipped"
        fi
    done
    if [ ${#names[@]} = 0 ]; then return; fi
    say "Installing ${#names[@]} system packages: ${names[*]}"
    apt "${INSTALL[@]}" "${names[@]}" || fail 'apt-get could not install them; what it says is above'
}

# $1 is run, lint, test, bench or packages; the lines of missing packages follow.
get_packages() {
    local kind=$1 answer
    shift
    if [ $# = 0 ]; then return; fi
    local -a ROOT
    if find_root; then
        install_packages "$@"
        return
    fi
    local -a names=()
    local line
    for line in "$@"; do names+=("$(choose "$line" || true)"); done
    local as_root='' how='As root, this installs them'
    if command -v sudo >/dev/null; then as_root='sudo ' how='This installs them'; fi
    printf '%s\n' "Some system packages are missing. $how:" '' \
        "    ${as_root}apt-get update && ${as_root}apt-get ${INSTALL[*]} ${names[*]}" ''
    if [ "$kind" = run ] && [ -t 0 ] && [ -t 1 ] && [ -n "$as_root" ]; then
        read -r -p 'Run it now with sudo? [y/N] ' answer
        case "$answer" in
            [yY]*)
                ROOT=(sudo)
                install_packages "$@"
                return
                ;;
        esac
    fi
    fail "${#names[@]} system packages are missing"
}

# -- packages that are only unpacked

# quiet: as root, apt warns that it downloads as root
download() { (cd "$1" && apt-get -q download "$2") >/dev/null 2>&1; }

# Get the packages on standard input without installing them: each one's files come to lie under .cache/unpacked/NAME.
unpack() {
    local name scratch
    local -a ROOT
    while read -r name; do
        if [ -d ".cache/unpacked/$name" ]; then continue; fi
        scratch=$(mktemp -d)
        if { download "$scratch" "$name" || { find_root && apt update && download "$scratch" "$name"; }; } &&
            dpkg-deb -x "$scratch"/*.deb "$scratch/files"; then
            mkdir -p .cache/unpacked
            mv "$scratch/files" ".cache/unpacked/$name"
        else
            say "setup: could not get the package $name; what needs it will be left out"
        fi
        rm -rf "$scratch"
    done
}

main() {
    local kind=${1:-} group
    local -a groups lines=()
    case "$kind" in
        run)
            groups=(qt xcb)
            if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then groups+=(desktop); fi
            ;;
        lint) groups=() ;;
        test) mapfile -t groups < <(grep -Ev '^(#|bench )' "$LIST" | cut -d ' ' -f 1 | sort -u) ;;
        bench) mapfile -t groups < <(grep -v '^#' "$LIST" | cut -d ' ' -f 1 | sort -u) ;;
        packages)
            groups=("${@:2}")
            for group in "${groups[@]}"; do
                [ -n "$(wanted "$group")" ] || fail "$LIST has no group '$group'"
            done
            ;;
        *) fail 'say run, lint, test, bench, or packages GROUP...' ;;
    esac

    local python=''
    if [ "$kind" != packages ]; then
        if python=$(find_python); then
            if ! venv_works; then mapfile -t lines < <(venv_package "$python"); fi
        elif from_debian && [ -n "$(missing <<<python3)" ]; then
            lines=(python3 python3-venv) # a bare Debian has none
        else
            fail "$NO_PYTHON"
        fi
    fi
    if from_debian; then
        local -a installed=()
        for group in "${groups[@]}"; do
            if [ "$group" != unpack ]; then installed+=("$group"); fi
        done
        mapfile -t -O ${#lines[@]} lines < <(wanted "${installed[@]}" | missing)
        get_packages "$kind" "${lines[@]}"
        if [ ${#installed[@]} != ${#groups[@]} ]; then unpack < <(wanted unpack); fi
    elif [ ${#groups[@]} != 0 ]; then
        say 'This is not Debian or Ubuntu: if something is missing, install the counterparts of these packages:'
        wanted "${groups[@]}" | cut -d '|' -f 1 | paste -s -d ' '
    fi
    if [ "$kind" != packages ]; then
        if [ -z "$python" ]; then python=$(find_python) || fail "$NO_PYTHON"; fi
        if [ "$kind" != run ]; then kind=test; fi # one environment serves all of these
        set_up_venv "$kind" "$python"
        PYTHONPATH=packaging .venv/bin/python -m translations compile || fail 'the translations could not be compiled'
    fi
}

main "$@"

# shellcheck shell=bash
# Sourced by packaging/run and packaging/test: installs what is missing, and nothing else.
#
# After `set_up run` or `set_up test`, $venv_python works and has nnsim's packages.  The caller has
# set -euo pipefail and has changed to the root of the checkout.  Everything said goes to stderr, so
# that the output of the program itself can be piped.

venv=.venv
venv_python=$venv/bin/python
# What the folder was set up from; holds "unfinished" while a first set-up is under way.
stamp=$venv/.nnsim-set-up
constraints=packaging/constraints.txt

# shellcheck disable=SC2034  # the last two are for the scripts that source this
{
  debs_python=(python3 python3-venv)
  # Enough for Qt without a screen (tests, pictures) ...
  debs_qt=(libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 libbrotli1
    fonts-dejavu-core)
  # ... and for a window under X11 or Wayland.
  debs_window=(libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1
    libxkbcommon-x11-0 libwayland-cursor0)
}

say() { printf 'nnsim: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

on_debian() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# set_up run|test DEB... : the packages of that kind, and the Debian packages where there is apt.
set_up() {
  local kind=$1
  shift
  use_utf8
  if on_debian; then
    # Everything in one go, so that whoever has to ask an administrator asks once.
    if [ ! -x "$venv_python" ] && ! find_python >/dev/null; then set -- "${debs_python[@]}" "$@"; fi
    install_debs "$@"
  fi
  if ! is_up_to_date "$kind"; then make_venv "$kind"; fi
}

# The program writes Σ and w₁; without a UTF-8 locale Python could not, and Qt warns.
use_utf8() {
  command -v locale >/dev/null || return 0
  [ "$(locale charmap 2>/dev/null)" != UTF-8 ] || return 0
  # The language stays as it was: only the character set changes.
  if [ -n "${LC_ALL:-}" ]; then
    export LANG=$LC_ALL
    unset LC_ALL
  fi
  export LC_CTYPE=C.UTF-8
}

# Debian packages ---------------------------------------------------------------------------------

missing_debs() {
  local installed deb
  # dpkg-query fails when it does not know one of them; the others are listed all the same.
  # Since Debian 13 some carry "t64" in their name.
  installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" "${@/%/t64}" \
    2>/dev/null || true)"
  for deb; do
    case $installed in
      *" installed:$deb "* | *" installed:${deb}t64 "*) ;;
      *) printf '%s\n' "$deb" ;;
    esac
  done
}

install_debs() {
  local missing as_root=()
  [ $# -gt 0 ] || return 0
  mapfile -t missing < <(missing_debs "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      die "system packages are missing and neither root nor sudo is here; run this as root, then" \
        "try again: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    fi
    as_root=(sudo)
  fi
  say "installing system packages: ${missing[*]}"
  run_quietly "${as_root[@]}" apt-get -q update ||
    say "the package lists could not be renewed; going on with the ones that are here"
  run_quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "${missing[@]}" ||
    die "that did not work (the reason is above); as root it is: apt-get install ${missing[*]}"
}

# Runs a command and shows what it said only if it failed.
run_quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  [ "$status" -eq 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# The virtual environment -------------------------------------------------------------------------

# A virtual environment breaks when its folder moves or the system's Python is replaced.
place() { printf '%s %s' "$PWD" "$(readlink -f "$venv_python" 2>/dev/null || true)"; }

# What decides which packages are in it.  From [tool.ruff] on, pyproject.toml only sets up checks.
pins() { { sed '/^\[tool\.ruff\]/,$d' pyproject.toml && cat "$constraints"; } | cksum; }

is_up_to_date() {
  local kind=$1 was_kind was_place was_pins
  [ -x "$venv_python" ] && [ -f "$stamp" ] || return 1
  { read -r was_kind && read -r was_place && read -r was_pins; } <"$stamp" || return 1
  # What the tests need includes what the program needs.
  [ "$was_kind" = "$kind" ] || [ "$was_kind" = test ] || return 1
  [ "$was_place" = "$(place)" ] && [ "$was_pins" = "$(pins)" ]
}

make_venv() {
  local kind=$1 python was_kind='' was_place='' target=.
  # Two set-ups at the same time would spoil each other: the second waits, and finds it done.
  if command -v flock >/dev/null; then
    exec 9<packaging
    if ! flock -n 9; then
      say "another set-up is under way in this folder; waiting for it"
      flock 9
    fi
    if is_up_to_date "$kind"; then
      exec 9<&-
      return 0
    fi
  fi

  if [ -f "$stamp" ]; then { read -r was_kind && read -r was_place; } <"$stamp" || true; fi
  if [ "$was_kind" = unfinished ]; then
    say "an earlier set-up did not finish: making .venv anew"
    rm -rf "$venv"
  elif [ -e "$venv" ] && { ! has_pip "$venv_python" || [ "${was_place:-$(place)}" != "$(place)" ]; }
  then
    say ".venv was made for another place or does not work any more: making it anew"
    rm -rf "$venv"
  fi
  # Renewing must not lose what the tests need.
  if [ "$kind" = test ] || [ "$was_kind" = test ]; then
    kind="test"
    target='.[test,lint]'
  fi

  if [ ! -e "$venv" ]; then
    python=$(find_python) ||
      die "Python 3.11 or newer with its venv module is needed and was not found"
    say "making a virtual environment in .venv"
    mkdir "$venv"
    echo unfinished >"$stamp"
    "$python" -m venv "$venv"
  else
    echo unfinished >"$stamp"
  fi

  say "installing the Python packages into .venv (a minute or two the first time)"
  local pip=("$venv_python" -m pip --disable-pip-version-check install --quiet)
  # The build tool is pinned and installed as well, instead of fetched anew and unpinned.
  "${pip[@]}" --constraint "$constraints" hatchling ||
    die "pip could not install the build tool; can this machine reach the package index?"
  "${pip[@]}" --constraint "$constraints" --no-build-isolation --editable "$target" ||
    die "pip could not install the Python packages; the reason is above"
  check_qt
  printf '%s\n' "$kind" "$(place)" "$(pins)" >"$stamp"
  exec 9<&-
}

has_pip() { [ -x "$1" ] && "$1" -c 'import pip' 2>/dev/null; }

# A Python that nnsim runs on and that can make virtual environments.
find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then
      echo "$name"
      return 0
    fi
  done
  return 1
}

# Where there is no apt, the libraries that Qt needs are the reader's to install: name them.
check_qt() {
  local missing
  if on_debian || ! command -v ldd >/dev/null; then return 0; fi
  missing=$(find "$venv"/lib/*/site-packages/PySide6 \
    \( -name 'QtWidgets*.so' -o -name 'libqxcb.so' \) -exec ldd {} + |
    awk '/not found/ {print $1}' | sort -u | tr '\n' ' ')
  [ -z "$missing" ] || say "the window will need these system libraries, which are missing: $missing"
}

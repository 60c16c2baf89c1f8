# Sourced by bin/run and bin/test: makes .venv from pyproject.toml, once, with progress; says in one sentence what failed.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VENV="$ROOT/.venv"
INSTALL_LOG="$ROOT/.venv-install.log"
CPU_INDEX=https://download.pytorch.org/whl/cpu

die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The first Python that is new enough; `python3` first, so that an activated one wins.
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  die "Python 3.11 or newer is needed, and none was found ($(python3 --version 2>&1 || echo 'no python3')): install it and run this again"
}

# step N TEXT COMMAND...: one line while it runs, seconds when it is done; the whole output goes to the log.
step() {
  local label="[$1/$STEPS] $2" text=$2 started=$SECONDS
  shift 2
  printf '%s … ' "$label"
  set -m # a process group of its own: Ctrl-C here ends all of it, and leaves no pip behind that holds the lock
  "$@" </dev/null >>"$INSTALL_LOG" 2>&1 &
  STEP_PID=$!
  set +m
  trap interrupted INT TERM HUP
  while kill -0 "$STEP_PID" 2>/dev/null; do
    if [ -t 1 ]; then printf '\r%s … %ss ' "$label" $((SECONDS - started)); fi
    sleep 1
  done
  if ! wait "$STEP_PID"; then
    printf '\n'
    die "$(why_failed "$text")"
  fi
  trap - INT TERM HUP
  if [ -t 1 ]; then printf '\r%s … ' "$label"; fi
  printf '%ss\n' $((SECONDS - started))
}

interrupted() {
  kill -- "-$STEP_PID" 2>/dev/null || true
  printf '\n'
  die "interrupted: run this again and it goes on where it was"
}

why_failed() {
  if grep -qi 'no space left' "$INSTALL_LOG"; then
    echo "$1 failed: the disk that holds $ROOT is full, free at least 3 GB and run this again"
  elif grep -qiE 'name resolution|name or service not known|network is unreachable|NewConnectionError' "$INSTALL_LOG"; then
    echo "$1 failed: no network, or the package index cannot be reached (all of it in $INSTALL_LOG)"
  else
    local said
    said=$(grep -iE '^(error|fatal|E:)' "$INSTALL_LOG" | tail -n 1) || said="no reason given"
    echo "$1 failed: $said (all of it in $INSTALL_LOG)"
  fi
}

# python -m pip, never bin/pip: its first line names the folder the environment was made in, and folders move.
pip() { "$VENV/bin/python" -m pip "$@"; }

make_venv() {
  local python=$1
  if "$python" -c 'import ensurepip' 2>/dev/null; then
    "$python" -m venv "$VENV"
  elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy python3-venv && "$python" -m venv "$VENV"
  else # Debian's python3 without python3-venv, and no root: pip's own bootstrap script
    "$python" -m venv --without-pip "$VENV" &&
      "$python" -c 'import sys, urllib.request as u; u.urlretrieve("https://bootstrap.pypa.io/get-pip.py", sys.argv[1])' "$VENV/get-pip.py" &&
      "$VENV/bin/python" "$VENV/get-pip.py"
  fi
}

has_gpu() { command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L >/dev/null 2>&1; }

# The pinned torch; where there is no GPU the CPU build, which is a tenth of the size.
install_torch() {
  local wanted
  "$VENV/bin/python" "$ROOT/bin/lib/unfinished.py"
  wanted=$("$VENV/bin/python" "$ROOT/bin/lib/requirements.py" torch)
  if "$VENV/bin/python" -c "import importlib.metadata as m, sys; sys.exit(m.version('torch').split('+')[0] != '${wanted#torch==}')" 2>/dev/null; then
    return
  fi
  if ! has_gpu && [ "$(uname -s)" = Linux ]; then
    pip install -q "$wanted+cpu" && return
    pip install -q --extra-index-url "$CPU_INDEX" "$wanted+cpu" && return
  fi
  pip install -q "$wanted"
}

install_requirements() {
  "$VENV/bin/python" "$ROOT/bin/lib/requirements.py" "$@" >"$VENV/requirements.txt"
  pip install -q -r "$VENV/requirements.txt"
}

# is_installed STAMP WANTED
is_installed() { [ -x "$VENV/bin/python" ] && [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

# ensure_installed [EXTRA]: nothing to do where the stamp matches pyproject.toml.
ensure_installed() {
  local extra=${1:-} stamp="$VENV/.installed${1:+-$1}" wanted
  local python
  python=$(find_python) || exit 1
  wanted=$(cksum <"$ROOT/pyproject.toml")
  is_installed "$stamp" "$wanted" && return
  touch "$ROOT/.venv-install.lock" "$INSTALL_LOG" 2>/dev/null || die "cannot write in $ROOT: read-only, or the disk is full"
  exec 9>"$ROOT/.venv-install.lock"
  if ! flock -n 9; then
    echo "another install is running in $ROOT; waiting for it"
    flock 9
  fi
  is_installed "$stamp" "$wanted" && { exec 9>&-; return; }
  : >"$INSTALL_LOG"
  STEPS=3
  echo "Setting up in $VENV (once, about 1.5 GB)"
  if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$VENV"
    step 1 "Python environment" make_venv "$python"
  else
    echo "[1/3] Python environment is there"
  fi
  step 2 "torch$(has_gpu || printf ' (CPU build)')" install_torch
  step 3 "everything else in pyproject.toml" install_requirements dependencies ${extra:+"$extra"}
  printf '%s' "$wanted" >"$stamp"
  exec 9>&-
}

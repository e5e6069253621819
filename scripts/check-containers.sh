#!/bin/sh
# Check the container files without a container engine.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin

# The real binary: the Python wrapper beside it exits 0 whatever happens.
compose=$("$bin/python" -c 'import compose; print(compose.__path__[0] + "/docker-compose")')
environment=$(mktemp)
trap 'rm -f "$environment"' EXIT
# Some value for each name that .env.example leaves empty.
sed 's/^\([A-Z0-9_]*\)=$/\1=placeholder0/' infra/.env.example >"$environment"

"$bin/check-jsonschema" --builtin-schema vendor.compose-spec infra/docker-compose.yml
"$compose" --env-file "$environment" --file infra/docker-compose.yml config --quiet
S3_ENDPOINT=https://s3.example "$compose" --env-file "$environment" \
    --file infra/docker-compose.yml --file infra/docker-compose.other-s3.yml config --quiet
"$compose" --env-file "$environment" \
    --file infra/docker-compose.yml --file infra/docker-compose.public-storage.yml config --quiet
NATS_CLUSTER_PASSWORD=placeholder0 "$compose" --env-file "$environment" \
    --file infra/docker-compose.yml --file infra/docker-compose.production.yml config --quiet
GRAFANA_PASSWORD=placeholder0 "$compose" --env-file "$environment" \
    --file infra/docker-compose.yml --file infra/docker-compose.observe.yml config --quiet
"$bin/hadolint" infra/Dockerfile infra/stand-ins/Dockerfile
# As Compose mounts them, side by side.
mounted=$(mktemp -d)
trap 'rm -rf "$environment" "$mounted"' EXIT
cp infra/nats.conf infra/nats-cluster.conf infra/local/src/onemanage/local/nats-users.conf "$mounted"
(set -a && . "$environment" && "$bin/nats-server" -t -c "$mounted/nats.conf" &&
    NATS_NAME=nats-1 NATS_CLUSTER_PASSWORD=placeholder0 NATS_ROUTES='["nats-route://nats-2:6222"]' \
        "$bin/nats-server" -t -c "$mounted/nats-cluster.conf")
echo "container files: compose schema, compose config, hadolint and nats.conf agree"

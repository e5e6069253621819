#!/bin/sh
# As the image postgres:17 starts: a cluster at the first start, then the server.
set -eu
as_postgres="setpriv --reuid postgres --regid postgres --clear-groups"
install -d -o postgres -g postgres -m 0700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    password=$(mktemp)
    printf %s "$POSTGRES_PASSWORD" >"$password"
    chown postgres "$password"
    # shellcheck disable=SC2086 # words
    $as_postgres initdb --no-instructions -U postgres -A trust --auth-host=scram-sha-256 \
        --pwfile "$password" -E UTF8 ${POSTGRES_INITDB_ARGS:-}
    rm "$password"
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    echo "CREATE DATABASE $POSTGRES_DB" | $as_postgres postgres --single -jD "$PGDATA" postgres
fi
# shellcheck disable=SC2086 # words
exec $as_postgres "$@" -c unix_socket_directories=/var/run/postgresql,/tmp

#!/usr/bin/env bash
# Shows pgaudit's lines of a real PostgreSQL 15 that runs with the parameters which HardenedPostgres synthesizes, after the statements
# that create the application's user. QUERY_TEXT is a choice of the prop queryText: NEVER, which production has, IN_ERRORS or SLOW. Installs Debian's packages where they are missing; ends non-zero if a line is
# missing, or if one is there that must not be.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly BIN=/usr/lib/postgresql/15/bin
readonly PASSWORD=never-in-the-log
readonly QUERY_TEXT=${QUERY_TEXT:-NEVER}
readonly PORT=${PGAUDIT_PORT:-54329}
failures=0

install_packages() {
  [[ -x $BIN/postgres && -e /usr/share/postgresql/15/extension/pgaudit.control ]] && return
  [[ $(id -u) == 0 ]] || { echo "install postgresql-15 and postgresql-15-pgaudit, or run as root" >&2; exit 1; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 postgresql-15-pgaudit
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [[ $(id -u) == 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi
}

sql() {
  as_owner psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --host "$folder" --port "$PORT" --username dbadmin "$@" >/dev/null
}

stop() {
  as_owner "$BIN/pg_ctl" --pgdata "$folder/data" --mode immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}

logged() {
  if grep -qE "$2" "$folder/log"; then echo "ok      $1: $(grep -m1 -oE "$2" "$folder/log")"; else echo "MISSING $1: $2"; failures=$((failures + 1)); fi
}

not_logged() {
  if grep -qE "$2" "$folder/log"; then echo "FOUND   $1: $(grep -m1 -E "$2" "$folder/log")"; failures=$((failures + 1)); else echo "ok      $1"; fi
}

install_packages
folder=$(mktemp -d)
trap stop EXIT
[[ $(id -u) != 0 ]] || chown postgres "$folder"

as_owner "$BIN/initdb" --pgdata "$folder/data" --username dbadmin --auth trust --no-sync >/dev/null
npx ts-node --transpile-only scripts/postgres-parameters.ts "$QUERY_TEXT" >"$folder/parameters"
npx ts-node --transpile-only scripts/postgres-parameters.ts bootstrap >"$folder/bootstrap.sql"
cat "$folder/parameters" >>"$folder/data/postgresql.conf"
chmod a+r "$folder"/*.sql
as_owner "$BIN/pg_ctl" --pgdata "$folder/data" --wait --log "$folder/log" --options "-p $PORT -k $folder -c listen_addresses=''" start >/dev/null

sql --dbname postgres --command 'CREATE DATABASE application'
sql --dbname application --set application_password="$PASSWORD" --file "$folder/bootstrap.sql"
sql --dbname application --command 'CREATE TABLE orders (id int)' --command 'GRANT SELECT ON orders TO application'
sql --dbname application --command "INSERT INTO orders VALUES (4711)" --command 'SELECT count(*) AS text_of_a_query FROM orders'

sql --dbname postgres --command "ALTER ROLE application PASSWORD '$PASSWORD'"

logged 'a change of the schema' 'AUDIT: SESSION,[0-9]+,[0-9]+,DDL,CREATE TABLE,TABLE,public\.orders,[^,]*'
logged 'a new user' 'AUDIT: SESSION,[0-9]+,[0-9]+,ROLE,CREATE ROLE,[^A]*'
logged 'a right that is given' 'AUDIT: SESSION,[0-9]+,[0-9]+,ROLE,GRANT,[^A]*'
logged 'a connection' 'connection authorized: user=dbadmin database=application'
logged 'a disconnection' 'disconnection: session time'
not_logged 'no query and no value' 'text_of_a_query|4711|,(READ|WRITE),'
not_logged 'no password' "$PASSWORD"
exit $((failures > 0))

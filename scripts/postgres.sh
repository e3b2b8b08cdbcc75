#!/usr/bin/env bash
# Starts a throw-away PostgreSQL from the system's packages and prints its URL; it goes away, data and all, when its
# input ends. Where there is none to start, says why and fails.
#   scripts/postgres.sh [PORT CERTIFICATE KEY]    with a port: also on 127.0.0.1, where it wants TLS
set -euo pipefail
give_up() { echo "no PostgreSQL: $1" >&2; exit 1; }

PATH="$PATH:$(printf '%s:' /usr/lib/postgresql/*/bin)"
command -v initdb postgres > /dev/null || give_up "initdb and postgres are not on the path"
as=()
if [ "$(id -u)" = 0 ]; then
  # The server refuses to run as root.
  user=$(id -un postgres 2> /dev/null || id -un nobody 2> /dev/null) || give_up "there is no user to run it as"
  command -v setpriv > /dev/null || give_up "setpriv is needed to run it as $user"
  as=(setpriv "--reuid=$user" "--regid=$(id -gn "$user")" --clear-groups)
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/argent-postgres.XXXXXX")
server=
finish() {
  trap - EXIT
  [ -z "$server" ] || { kill -QUIT "$server" 2> /dev/null && wait "$server"; } || true
  rm -rf "$folder"
}
trap finish EXIT
trap exit INT TERM HUP

mkdir "$folder/data"
listen=(-c listen_addresses=)
if [ $# = 3 ]; then
  cp "$2" "$folder/data.crt"
  cp "$3" "$folder/data.key"
  chmod 600 "$folder/data.key"
  listen=(-c listen_addresses=127.0.0.1 -c ssl=on -c "ssl_cert_file=$folder/data.crt" -c "ssl_key_file=$folder/data.key")
fi
[ ${#as[@]} = 0 ] || chown -R "$user" "$folder"
cd "$folder"
"${as[@]}" initdb -D data -U argent -A trust -E UTF8 --locale=C --no-sync > log 2>&1 || give_up "$(tail -n 3 log)"
"${as[@]}" postgres -D data -k "$folder" -p "${1:-5432}" -F -c max_connections=200 "${listen[@]}" >> log 2>&1 < /dev/null &
server=$!
until "${as[@]}" pg_isready -q -h "$folder" -p "${1:-5432}"; do
  kill -0 "$server" 2> /dev/null || give_up "$(tail -n 3 log)"
  sleep 0.05
done
echo "postgres://argent@/postgres?host=$folder&port=${1:-5432}"
while read -r; do :; done

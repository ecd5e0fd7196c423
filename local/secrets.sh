#!/bin/sh
# Makes each production secret that is missing or has its development value, and writes it into .env, which then only its owner
# can read. docker-compose.prod.yaml lists the secrets and the command for each. Usage: local/secrets.sh [FILE]
set -eu
cd "$(dirname "$0")/.."
file=${1:-.env}
umask 077
command -v openssl >/dev/null || { echo 'openssl is missing, which makes the secrets: install it. Nothing was changed.' >&2; exit 64; }
[ -f "$file" ] || cp .env.example "$file"
chmod 600 "$file"

value_in() { sed -n "s/^$2=//p" "$1" | tail -n 1; }

# set_value NAME VALUE: replaces the variable's line, or adds one at the end.
set_value() {
  NAME=$1 VALUE=$2 awk '
    BEGIN { name = ENVIRON["NAME"]; line = name "=" ENVIRON["VALUE"] }
    index($0, name "=") == 1 { if (!done) print line; done = 1; next }
    { print }
    END { if (!done) print line }' "$file" >"$file.new"
  mv "$file.new" "$file"
}

missing=''
for name in $(sed -n 's/.*${\([A-Z_]*\):?.*/\1/p' docker-compose.prod.yaml | sort -u); do
  value=$(value_in "$file" "$name")
  [ -z "$value" ] || [ "$value" = "$(value_in .env.example "$name")" ] || continue
  case "$name:${DATA_ARE_THERE:-}" in
    *_DB_PASSWORD:yes | AIRFLOW_FERNET_KEY:yes | GRAFANA_SECRET_KEY:yes)
      echo "$name: the data were made with another value, which $file does not have. Put it there. Nothing was changed." >&2
      exit 64
      ;;
  esac
  missing="$missing $name"
done

made=''
for name in $missing; do
  command=$(sed -n "s/.*\${$name:?[^}]*\`\(openssl rand [^\`]*\)\`.*/\1/p" docker-compose.prod.yaml | head -n 1)
  set_value "$name" "$(sh -c "${command:-openssl rand -hex 24}" | tr -d '\n')"
  made="$made $name"
done

if [ -n "$made" ]; then
  echo "$file: made$made"
  echo 'Keep a copy of the file where only you can read it: a backup of the warehouse holds no secret.'
else
  echo "$file already has every secret. Nothing was changed."
fi

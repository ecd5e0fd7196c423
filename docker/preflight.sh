#!/bin/sh
# Refuses secrets that are missing, as in development, or short: says which variables, one line each, and exits with 1.
set -eu
status=0

refuse() {
  printf '%s %s\n' "$1" "$2; set it in .env, for example to the output of \`openssl rand -hex 24\`" >&2
  status=1
}

check() {
  value=$(printenv "$1" || true)
  if [ -z "$value" ]; then
    refuse "$1" 'is not set'
  elif [ "$value" = "$2" ]; then
    refuse "$1" 'has the value of development, which everybody knows'
  elif [ "${#value}" -lt 12 ]; then
    refuse "$1" 'is shorter than 12 characters'
  fi
}

# Each variable, and its value in development.
check AIRFLOW_ADMIN_PASSWORD admin
check AIRFLOW_API_SECRET_KEY development-only-secret-key
check AIRFLOW_DB_PASSWORD airflow
check AIRFLOW_FERNET_KEY cHVsc2UtZGV2ZWxvcG1lbnQtb25seS1mZXJuZXQta2U=
check AIRFLOW_JWT_SECRET development-only-secret-of-64-bytes-for-tokens-between-components
check GRAFANA_ADMIN_PASSWORD admin
check WAREHOUSE_DB_PASSWORD warehouse
check WAREHOUSE_ETL_PASSWORD etl
check WAREHOUSE_READER_PASSWORD grafana_reader

case ${AIRFLOW_DB_PASSWORD:-} in
*[!A-Za-z0-9._~-]*) refuse AIRFLOW_DB_PASSWORD 'stands in a URL and has a character other than A-Z a-z 0-9 . _ ~ -' ;;
esac

exit "$status"

#!/bin/sh
# Starts Grafana, with what only this installation knows in its provisioning: Grafana itself fills variables into
# datasources and contact points, but not into annotations of rules or constants of dashboards.
#
#   start.sh FOLDER PROGRAM [ARGUMENT ...]
#
# Copies provisioning/ and dashboards/ from beside itself into FOLDER, which must be writable, and runs the program with
# GF_PATHS_PROVISIONING there. From the environment:
#   DOCS_URL           address of the repository's files, for the rules' links to the runbook; empty: its path alone
#   AIRFLOW_BASE_URL   address of Airflow, for the links to runs; empty: that of development
#   ALERT_WEBHOOK_URL  gets alerts; empty: the notification policy is muted
#
# Grafana takes GF_SECURITY_ADMIN_PASSWORD only when it makes its database. Later this script sets it before each start, where
# GF_PATHS_HOME names Grafana's home folder, so that the password of today's settings is the one that logs in.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$1
shift

# The address in a variable, without slashes at its end. Only characters of addresses, since they go into JSON and sed.
address() {
  case $2 in
    *[!A-Za-z0-9:/._~%@+=,-]*) ;;
    '' | http://* | https://*)
      printf '%s' "$2" | sed 's:/*$::'
      return
      ;;
  esac
  echo "$1 is no address that can be linked to: $2. Give one like https://git.example.com/sales/blob/main, or none" >&2
  exit 64
}
docs=$(address DOCS_URL "${DOCS_URL:-}")
airflow=$(address AIRFLOW_BASE_URL "${AIRFLOW_BASE_URL:-}")

mkdir -p "$folder"
rm -rf "$folder/provisioning" "$folder/dashboards"
cp -R "$here/provisioning" "$here/dashboards" "$folder"
[ -z "$docs" ] || sed "s|\"docs/RUNBOOK.md#|\"$docs/docs/RUNBOOK.md#|" "$here/provisioning/alerting/rules.json" >"$folder/provisioning/alerting/rules.json"
[ -z "$airflow" ] || sed "s|\"http://localhost:8080\"|\"$airflow\"|" "$here/dashboards/batch.json" >"$folder/dashboards/batch.json"

GRAFANA_ALERT_MUTE=never
if [ -z "${ALERT_WEBHOOK_URL:-}" ]; then
  # Grafana wants an address, also where nothing is sent to it.
  ALERT_WEBHOOK_URL=http://127.0.0.1:9
  GRAFANA_ALERT_MUTE=always
fi
GF_PATHS_PROVISIONING=$folder/provisioning
export ALERT_WEBHOOK_URL GRAFANA_ALERT_MUTE GF_PATHS_PROVISIONING

# The first user is the administrator of the first start. The password goes by standard input: arguments can be seen by others.
if [ -n "${GF_PATHS_HOME:-}" ] && [ -f "${GF_PATHS_DATA:-}/grafana.db" ] && [ -n "${GF_SECURITY_ADMIN_PASSWORD:-}" ]; then
  said=$(printf '%s\n' "$GF_SECURITY_ADMIN_PASSWORD" |
    PATH="$GF_PATHS_HOME/bin:$PATH" grafana cli --homepath "$GF_PATHS_HOME" ${GF_PATHS_CONFIG:+--config "$GF_PATHS_CONFIG"} \
      admin reset-admin-password --password-from-stdin 2>&1) ||
    printf 'The password of GRAFANA_ADMIN_USER is as it was before; it could not be set to GRAFANA_ADMIN_PASSWORD: %s\n' "$said" >&2
fi
exec "$@"

#!/bin/sh
# Runs a target in containers: make and Docker are all it needs. The headers of the Compose files explain the layers.
set -eu
cd "$(dirname "$0")/.."
target=$1

# setting NAME DEFAULT: from the environment, else .env, else the default.
setting() {
  eval "value=\${$1:-}"
  [ -n "$value" ] || value=$(sed -n "s/^$1=//p" .env | tail -n 1)
  echo "${value:-$2}"
}

project=$(setting COMPOSE_PROJECT_NAME global-sales-pulse)
COMPOSE_PROFILES=$(setting COMPOSE_PROFILES grafana)
if [ "$(setting GRAFANA on)" = off ]; then
  COMPOSE_PROFILES=$(printf %s "$COMPOSE_PROFILES" | tr ',' '\n' | grep -vx grafana | paste -sd, -) || true
fi
export COMPOSE_PROFILES

dev() { docker compose -f docker-compose.yaml -f docker-compose.dev.yaml "$@"; }
prod() { docker compose -f docker-compose.yaml -f docker-compose.prod.yaml "$@"; }
under_test() {
  docker compose -p "$test_project" -f docker-compose.yaml -f docker-compose.test.yaml "$@"
}
test_project=$(setting TEST_PROJECT_NAME "$project-test")

# stop COMMAND...: runs `… down`. Airflow's step containers, which Compose does not know, hold its network: they go too.
stop() {
  "$@" && return
  steps=$(docker ps -aq --filter "network=${project}_pipeline")
  # shellcheck disable=SC2086 -- one word an id
  [ -z "$steps" ] || docker rm -f $steps >/dev/null
  "$@"
}

confirm() {
  [ "${YES:-}" = 1 ] && return
  printf '%s [y/N] ' "$1"
  read -r answer
  case "$answer" in y | Y | yes) ;; *) echo 'Nothing done.'; exit 0 ;; esac
}

table() {
  grafana='turned off (GRAFANA=off)'
  case ",$COMPOSE_PROFILES," in
    *,grafana,*) grafana="http://localhost:$(setting GRAFANA_PORT 3000)   $(setting GRAFANA_ADMIN_USER admin) / $(setting GRAFANA_ADMIN_PASSWORD admin)" ;;
  esac
  user=$(setting WAREHOUSE_DB_USER warehouse):$(setting WAREHOUSE_DB_PASSWORD warehouse)
  cat <<END

  Airflow     http://localhost:$(setting AIRFLOW_PORT 8080)   $(setting AIRFLOW_ADMIN_USER admin) / $(setting AIRFLOW_ADMIN_PASSWORD admin)
  Grafana     $grafana
  Warehouse   psql postgres://$user@127.0.0.1:$(setting WAREHOUSE_DB_PORT 5433)/$(setting WAREHOUSE_DB_NAME warehouse)   or: make db-shell
  Kafka       127.0.0.1:$(setting KAFKA_PORT 9092)   topic $(setting KAFKA_TOPIC_TRANSACTIONS transactions)
  Logs        make dev-logs

  Stop it with: make dev-down

END
}

dev_up() {
  dev up --detach --build --wait && return
  echo 'Start-up failed. What ended or is not healthy, with the end of its log:' >&2
  for service in $(dev ps --all --format '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}' |
    awk '$NF != 0 || /unhealthy/ { print $1 }'); do
    dev logs --tail 20 "$service" >&2
  done
  echo 'More: make dev-logs; make doctor checks this machine. Stopping what was started.' >&2
  stop dev down >&2
  return 1
}

# on_warehouse COMMAND...: a program of PostgreSQL's image, next to the server, as the owner of the tables.
on_warehouse() { dev exec -T warehouse "$@" -U "$(setting WAREHOUSE_DB_USER warehouse)" -d "$(setting WAREHOUSE_DB_NAME warehouse)"; }

back_up() {
  file=${FILE:-backups/warehouse-$(date -u +%Y%m%dT%H%M%SZ).dump}
  mkdir -p "$(dirname "$file")"
  # It appears once it is whole, and only its owner reads it.
  (umask 077 && on_warehouse pg_dump --format=custom >"$file.partial") || { rm -f "$file.partial"; return 1; }
  mv "$file.partial" "$file"
  echo "backup written: $file"
}

# Airflow's scheduler pauses meanwhile. Staged files go: they belong to batches that the restored warehouse never heard of.
restore() {
  [ -n "${FILE:-}" ] || { echo 'say which: make restore FILE=backups/…' >&2; exit 64; }
  [ -r "$FILE" ] || { echo "there is no $FILE" >&2; exit 64; }
  confirm "Replace the whole warehouse by $FILE?"
  dev stop airflow-scheduler
  restored=0
  on_warehouse pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error <"$FILE" || restored=$?
  if [ "$restored" = 0 ]; then
    dev run --rm migrate up && dev run --rm --no-deps --entrypoint sh etl -c 'rm -rf "$ETL_STAGING_DIR"/*' || restored=$?
  fi
  dev start airflow-scheduler
  return "$restored"
}

# The suites run in containers of their own project, which goes with its volumes whatever comes out.
run_tests() {
  trap 'under_test --profile "*" down --volumes --remove-orphans >/dev/null 2>&1' EXIT
  trap 'exit 130' INT TERM
  under_test run --rm --build tests "$@"
}

# in_tools COMMAND...: tools that need Node's packages run in the image of the tests, over the working copy.
in_tools() { under_test run --rm --build --no-deps "$@"; }

case "$target" in
  setup) dev --profile '*' build && dev pull --ignore-buildable ;;
  dev-up) dev_up && table ;;
  dev-down) stop dev --profile '*' down --remove-orphans ;;
  dev-logs) dev logs --tail 20 --follow ;;
  dev-build) dev build ;;
  dev-restart) dev restart producer airflow-apiserver airflow-scheduler airflow-dag-processor ;;
  # Alone and first, so that what is missing is named on the terminal and not only in a container's log.
  prod-up) prod run --rm --no-deps preflight && prod up --detach --build --wait ;;
  prod-down) stop prod --profile '*' down ;;
  prod-logs) prod logs --tail 20 --follow ;;
  test) run_tests ;;
  test-unit) run_tests node tests/run-suites.ts dags unit ;;
  test-int) run_tests node tests/run-suites.ts integration ;;
  test-preview) echo 'test-preview runs without containers: RUNTIME=local make test-preview' >&2; exit 1 ;;
  test-e2e) run_tests node tests/run-suites.ts e2e ;;
  lint) in_tools tests sh -c 'oxlint --type-aware && oxfmt --check && knip' ;;
  typecheck) in_tools tests tsc --noEmit -p tsconfig.json ;;
  test-faults | test-faults-long | test-mutants | lint-fix | format | bench)
    echo "$target works on this checkout with Node.js: RUNTIME=local make $target" >&2
    exit 1
    ;;
  db-migrate) dev run --rm migrate up ;;
  db-reset)
    confirm 'Drop every table of the warehouse with all its rows?'
    dev run --rm migrate reset --yes && dev run --rm migrate up
    ;;
  db-shell) dev exec warehouse psql -U "$(setting WAREHOUSE_DB_USER warehouse)" "$(setting WAREHOUSE_DB_NAME warehouse)" ;;
  backup) back_up ;;
  restore) restore ;;
  shell-etl) dev run --rm --entrypoint sh etl ;;
  shell-producer) dev exec producer sh ;;
  shell-kafka) dev exec --workdir /opt/kafka/bin kafka bash ;;
  shell-grafana) dev exec grafana sh ;;
  grafana-logs) dev logs --tail 50 --follow grafana ;;
  kafka-topics) dev exec kafka /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:29092 --describe ;;
  kafka-consume)
    # shellcheck disable=SC2086 -- no word at all without N
    dev exec kafka /opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server kafka:29092 --from-beginning \
      --topic "${TOPIC:-$(setting KAFKA_TOPIC_TRANSACTIONS transactions)}" ${N:+--max-messages $N}
    ;;
  clean)
    confirm "Remove the containers, images and all data of $project?"
    stop dev --profile '*' down --volumes --remove-orphans --rmi local
    ;;
  *) echo "$target is not known here; make lists the targets" >&2; exit 64 ;;
esac

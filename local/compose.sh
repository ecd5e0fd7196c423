#!/bin/sh
# Runs a target in containers; needs only make and Docker. The headers of the Compose files explain the layers.
set -eu
cd "$(dirname "$0")/.."
target=$1

# shellcheck source=local/setting.sh
. local/setting.sh

project=$(setting COMPOSE_PROJECT_NAME global-sales-pulse)
COMPOSE_PROFILES=$(setting COMPOSE_PROFILES grafana)
if [ "$(setting GRAFANA on)" = off ]; then
  COMPOSE_PROFILES=$(printf %s "$COMPOSE_PROFILES" | tr ',' '\n' | grep -vx grafana | paste -sd, -) || true
fi
export COMPOSE_PROFILES

dev() { docker compose -f docker-compose.yaml -f docker-compose.dev.yaml "$@"; }
prod() { docker compose -f docker-compose.yaml -f docker-compose.prod.yaml "$@"; }
# stack COMMAND...: Compose with the layers of the data's environment. Another layer would recreate services with other ports and
# passwords, on data of the other environment.
stack() { if [ "$here" = production ]; then prod "$@"; else dev "$@"; fi; }
# Tests use fixed log-ins and ignore those of .env: some are part of URLs.
under_test() {
  WAREHOUSE_DB_USER=warehouse WAREHOUSE_DB_PASSWORD=warehouse WAREHOUSE_DB_NAME=warehouse AIRFLOW_DB_PASSWORD=airflow \
    docker compose -p "$test_project" -f docker-compose.yaml -f docker-compose.test.yaml "$@"
}
test_project=$(setting TEST_PROJECT_NAME "$project-test")

# stop COMMAND...: runs `… down`, and removes Airflow's step containers, which Compose does not know. A killed task may have left
# one behind, which keeps the volume and the image in use; a running one keeps the network in use.
stop() {
  stopped=0
  "$@" || stopped=$?
  steps=$(docker ps -aq --filter "label=com.docker.compose.project=$project" --filter label=pulse.step)
  if [ -n "$steps" ]; then
    # shellcheck disable=SC2086 -- one word an id
    docker rm -f $steps >/dev/null
  elif [ "$stopped" = 0 ]; then
    return
  fi
  "$@"
}

confirm() {
  [ "${YES:-}" = 1 ] && return
  printf '%s [y/N] ' "$1"
  read -r answer
  case "$answer" in y | Y | yes) ;; *) echo 'Nothing was changed.'; exit 0 ;; esac
}

table() {
  grafana='turned off (GRAFANA=off)'
  case ",$COMPOSE_PROFILES," in
    *,grafana,*) grafana="http://localhost:$(setting GRAFANA_PORT 3000)   $(setting GRAFANA_ADMIN_USER admin) / $(setting GRAFANA_ADMIN_PASSWORD admin)" ;;
  esac
  login=$(percent_encoded "$(user)"):$(percent_encoded "$(setting WAREHOUSE_DB_PASSWORD warehouse)")
  cat <<END

  Airflow     http://localhost:$(setting AIRFLOW_PORT 8080)   $(setting AIRFLOW_ADMIN_USER admin) / $(setting AIRFLOW_ADMIN_PASSWORD admin)
  Grafana     $grafana
  Warehouse   psql postgres://$login@127.0.0.1:$(setting WAREHOUSE_DB_PORT 5433)/$(percent_encoded "$(database)")   or: make db-shell
  Kafka       127.0.0.1:$(setting KAFKA_PORT 9092)   topic $(setting KAFKA_TOPIC_TRANSACTIONS transactions)
  Logs        make dev-logs

  Stop it with: make dev-down

END
}

dev_up() {
  dev up --detach --build --wait && return
  echo 'Start-up failed. The end of the log of each service that ended or is not healthy:' >&2
  for service in $(dev ps --all --format '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}' |
    awk '$NF != 0 || /unhealthy/ { print $1 }'); do
    dev logs --tail 20 "$service" >&2
  done
  echo 'To see more: make dev-logs. To check this machine: make doctor. Stopping what was started.' >&2
  stop dev down >&2
  return 1
}

user() { setting WAREHOUSE_DB_USER warehouse; }
database() { setting WAREHOUSE_DB_NAME warehouse; }

back_up() {
  file=${FILE:-backups/warehouse-$(date -u +%Y%m%dT%H%M%SZ).dump}
  mkdir -p "$(dirname "$file")"
  # The file appears when it is complete, and only its owner can read it.
  (umask 077 && stack exec -T warehouse pg_dump --format=custom -U "$(user)" -d "$(database)" >"$file.partial") || {
    rm -f "$file.partial"
    return 1
  }
  mv "$file.partial" "$file"
  echo "backup written: $file"
}

restore() {
  [ -n "${FILE:-}" ] || { echo 'FILE is missing: make restore FILE=backups/…' >&2; exit 64; }
  [ -r "$FILE" ] || { echo "$FILE does not exist or can not be read" >&2; exit 64; }
  confirm "Replace the whole warehouse by $FILE?"
  # Otherwise the commands would read the rest of a script that is piped to make.
  while_nothing_is_scheduled restore_file </dev/null
  echo "restored: the next batch begins at the positions of $FILE. Check it afterwards with: etl reconcile --deep"
}

restore_file() {
  before=$(guard before) && after=$(guard after) || return
  stack exec -T -e PGUSER="$(user)" -e PGDATABASE="$(database)" -e GUARD_BEFORE="$before" -e GUARD_AFTER="$after" warehouse \
    bash -c "$(cat docker/restore-warehouse.sh)" <"$FILE" || {
    echo "$FILE was not restored: the warehouse is unchanged" >&2
    return 64
  }
  stack run --rm --no-deps migrate up || {
    echo "$FILE is restored but not migrated to this release: run make db-migrate" >&2
    return 1
  }
}

# guard before|after: SQL that refuses a backup of a newer release or of another environment.
guard() { stack run --rm --no-deps -T migrate restore-guard "$1"; }

# while_nothing_is_scheduled COMMAND...: replaces the warehouse's content, then removes staged files, because the new content does
# not know their batches. If Airflow's scheduler ran, it starts again, also after a failure.
while_nothing_is_scheduled() {
  scheduler=$(stack ps --quiet --status running airflow-scheduler)
  [ -z "$scheduler" ] || stack stop airflow-scheduler
  replaced=0
  "$@" && stack run --rm --no-deps --entrypoint sh etl -c 'rm -rf "$ETL_STAGING_DIR"/*' || replaced=$?
  # Not `start`, which also runs the services that it depends on.
  [ -z "$scheduler" ] || stack up --detach --no-deps --no-recreate --wait airflow-scheduler || replaced=$?
  return "$replaced"
}

# Compose stops at the first missing variable. A blank as its value lets preflight name all of them at once.
check_production_settings() (
  for name in $(sed -n 's/.*${\([A-Z_]*\):?.*/\1/p' docker-compose.prod.yaml); do
    [ -n "$(setting "$name" '')" ] || export "$name= "
  done
  prod run --rm --build preflight
)

# Commands that people type (docker compose run --rm etl …) use COMPOSE_FILE. With development's layers they would accept unverified
# tax rates, open ports and write files that production can not read.
compose_file_is_productions() {
  case "$(setting COMPOSE_FILE '')" in *docker-compose.prod.yaml*) return ;; esac
  echo "$target: COMPOSE_FILE is \"$(setting COMPOSE_FILE '')\", so commands such as docker compose run --rm etl would use development's layers. Set it in .env: COMPOSE_FILE=docker-compose.yaml:docker-compose.prod.yaml" >&2
  exit 64
}

# in_grafana COMMAND...: runs it, or explains why there is no Grafana.
in_grafana() {
  case ",$COMPOSE_PROFILES," in
    *,grafana,*) "$@" ;;
    *) echo 'Grafana is turned off: GRAFANA=off, or no profile grafana in COMPOSE_PROFILES.' >&2; exit 1 ;;
  esac
}

# run_tests [SUITE...]: runs all suites, or some, in a separate Compose project, which is always removed with its volumes. Unit
# tests and DAG tests need no service.
run_tests() {
  trap 'under_test --profile "*" down --volumes --remove-orphans >/dev/null 2>&1' EXIT
  trap 'exit 130' INT TERM
  case "$*" in
    'dags unit')
      under_test run --rm --build tests-dags
      under_test run --rm --build --no-deps tests node tests/run-suites.ts "$@"
      ;;
    *) under_test run --rm --build tests node tests/run-suites.ts "$@" ;;
  esac
}

# in_tools COMMAND...: runs tools that need Node's packages in the image of the tests.
in_tools() {
  under_test build --quiet tests
  docker run --rm --network none "$test_project-tests" "$@"
}

# shellcheck source=local/environment.sh
. local/environment.sh
case "$target" in
  dev-* | prod-* | db-* | shell-* | kafka-* | backup | restore | secrets | clean | grafana-logs) environment_here ;;
esac

case "$target" in
  setup) dev --profile '*' build && dev pull --ignore-buildable --policy missing ;;
  dev-up) only_in development && dev_up && write_marks development missing && table ;;
  dev-down) only_in development && stop dev --profile '*' down --remove-orphans ;;
  dev-logs) dev logs --tail 20 --follow ;;
  dev-build) dev build ;;
  dev-restart)
    only_in development
    set -- producer airflow-apiserver airflow-scheduler airflow-dag-processor
    dev restart "$@" && dev up --detach --no-deps --no-recreate --wait "$@"
    ;;
  prod-up) only_in production && compose_file_is_productions && check_production_settings && prod up --detach --build --wait && write_marks production missing ;;
  prod-down) only_in production && stop prod --profile '*' down ;;
  secrets)
    only_in production
    [ -z "$(environment_marked)" ] || export DATA_ARE_THERE=yes
    local/secrets.sh
    ;;
  prod-logs) prod logs --tail 20 --follow ;;
  test) run_tests ;;
  test-unit) run_tests dags unit ;;
  test-int) run_tests integration ;;
  test-preview | test-grafana) echo "$target runs without containers: RUNTIME=local make $target" >&2; exit 1 ;;
  test-e2e) run_tests e2e ;;
  test-hang) exec tests/containers/hung-programs.sh ;;
  test-prod) exec tests/production/run.sh ;;
  lint) in_tools sh -c 'oxlint --type-aware && oxfmt --check && knip' ;;
  typecheck) in_tools tsc --noEmit -p tsconfig.json ;;
  test-faults | test-faults-long | test-mutants | lint-fix | format | bench)
    echo "$target needs Node.js and this checkout: RUNTIME=local make $target" >&2
    exit 1
    ;;
  db-migrate) stack run --rm migrate up ;;
  db-reset)
    only_in development
    confirm 'Drop every table of the warehouse with all its rows?'
    while_nothing_is_scheduled stack run --rm migrate reset --yes </dev/null
    echo 'The tables are empty. The next batch reads everything that Kafka still has.'
    ;;
  db-shell) stack exec warehouse psql -U "$(user)" "$(database)" ;;
  backup) back_up ;;
  restore) restore ;;
  mark) mark ;;
  shell-etl) stack run --rm --entrypoint sh etl ;;
  shell-producer) stack exec producer sh ;;
  shell-kafka) stack exec --workdir /opt/kafka/bin kafka bash ;;
  shell-grafana) in_grafana stack exec grafana sh ;;
  grafana-logs) in_grafana stack logs --tail 50 --follow grafana ;;
  kafka-topics) stack exec kafka /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:29092 --describe ;;
  kafka-consume)
    # shellcheck disable=SC2086 -- no argument at all without N
    stack exec kafka /opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server kafka:29092 --from-beginning \
      --topic "${TOPIC:-$(setting KAFKA_TOPIC_TRANSACTIONS transactions)}" ${N:+--max-messages $N}
    ;;
  clean)
    only_in development
    confirm "Remove the containers, images and all data of $project?"
    stop dev --profile '*' down --volumes --remove-orphans --rmi local
    under_test --profile '*' down --volumes --remove-orphans --rmi local
    ;;
  *) echo "$target is not a target; make lists them" >&2; exit 64 ;;
esac

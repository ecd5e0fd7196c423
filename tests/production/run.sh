#!/usr/bin/env bash
# `make test-prod`: production, on its own Compose files, from nothing to a loaded batch, and then the runbook's recovery on a new
# machine. Real messages go to production's Kafka from inside its network, and Airflow loads them. It has a project, ports and
# secrets of its own, which go with it. Ends with `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
export COMPOSE_PROJECT_NAME=${TEST_PRODUCTION_PROJECT_NAME:-global-sales-pulse-production-test}
export COMPOSE_FILE=docker-compose.yaml:docker-compose.prod.yaml
export RUNTIME=compose COMPOSE_PROFILES='' GRAFANA=off YES=1
export CODE_VERSION=production-test PREFLIGHT_WAIVE=ALERT_WEBHOOK_URL ETL_SCHEDULE_SECONDS=10
passed=0
failed=0

# check FACT COMMAND...: runs it, and counts. What it prints shows only where it fails.
check() {
  local fact=$1 log=$scratch/check.log
  shift
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "  ✓ $fact (${SECONDS} s)"
  else
    failed=$((failed + 1))
    echo "  ✗ $fact (${SECONDS} s)"
    tail -n 40 "$log" | sed 's/^/      /'
  fi
}

finish() {
  docker compose --profile '*' down --volumes --remove-orphans --rmi local >/dev/null 2>&1
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT TERM

free_port() {
  local port=$1
  while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

warehouse() { echo "copy ($1) to stdout" | docker compose exec -T warehouse psql -qAt -U "${WAREHOUSE_DB_USER:-warehouse}" "${WAREHOUSE_DB_NAME:-warehouse}"; }
etl() { docker compose run --rm -T etl "$@" </dev/null; }

# equal EXPECTED COMMAND...: what the command prints.
equal() {
  local expected=$1 found
  shift
  found=$("$@")
  [ "$found" = "$expected" ] || { printf 'expected %s\nfound    %s\n' "$expected" "$found"; return 1; }
}

# becomes EXPECTED COMMAND...: within ten minutes, which a busy machine may need; an idle one takes seconds.
becomes() {
  local until=$((SECONDS + 600))
  while [ "$SECONDS" -lt "$until" ]; do
    equal "$@" >/dev/null 2>&1 && return
    sleep 1
  done
  equal "$@"
}

# refused WORDS COMMAND...: make ends with the words and exit code 64 below it.
refused() {
  local words=$1 output
  shift
  output=$("$@" 2>&1) && { echo "not refused: $output"; return 1; }
  case $output in *"$words"*'Error 64'*) ;; *) echo "$output"; return 1 ;; esac
}

# sale ORDER AMOUNT CURRENCY COUNTRY: a record as a producer sends it, with its customer for a key.
sale() {
  printf 'customer-%s|{"order_id":"%s","amount":"%s","currency":"%s","timestamp":"%s","customer_id":"customer-%s","product_category":"electronics","country":"%s"}\n' \
    "$1" "$1" "$2" "$3" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$4"
}

# Standard input goes to the topic from inside the network, as production's own producers do.
publish() {
  docker compose exec -T --workdir /opt/kafka/bin kafka ./kafka-console-producer.sh --bootstrap-server kafka:29092 \
    --topic transactions --property parse.key=true --property 'key.separator=|'
}

# One dollar and a quarter for a euro, in the form of the European Central Bank, published today and yesterday.
write_rates() {
  printf 'Date,USD,GBP\n%s,1.2500,0.8000\n%s,1.2500,0.8000\n' "$(date -u +%F)" "$(date -u -d yesterday +%F)" >"$1"
}

secrets_are_made() {
  local/secrets.sh "$scratch/.env" && equal 600 stat -c %a "$scratch/.env"
}

# Compose and make take what the environment has before .env, so that a user's file is left alone.
use_secrets() {
  local line
  while IFS= read -r line; do
    case $line in *_PASSWORD=?* | *_KEY=?* | *_SECRET=?*) export "${line?}" ;; esac
  done <"$scratch/.env"
}

open_ports() {
  docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --format '{{.Ports}}' | tr ',' '\n' | grep -e '->' | sed 's/^ *//; s/->.*//' | sort -u
}

ports_of_the_files() {
  docker compose --profile '*' config --format json | tr -d ' \n' | grep -o '"ports":\[[^]]*\]' | grep -o '"host_ip":"[^"]*"\|"published":"[^"]*"' | paste -sd' ' -
}

no_docker_api() {
  ! docker ps --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" | xargs docker inspect --format '{{json .Mounts}}' | grep -q docker.sock
}

# airflow PATH: asks Airflow's API as its administrator.
airflow() {
  local api=http://127.0.0.1:$AIRFLOW_PORT token
  token=$(curl -sf -X POST "$api/auth/token" -H 'Content-Type: application/json' \
    -d "{\"username\":\"admin\",\"password\":\"$AIRFLOW_ADMIN_PASSWORD\"}" | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
  curl -sf -G "$api/api/v2/$1" -H "Authorization: Bearer $token"
}

task_states() {
  airflow "dags/etl_pipeline/dagRuns/$1/taskInstances" | grep -o '"task_id": *"[a-z]*"\|"state": *"[a-z_]*"' | sed 's/.*: *"//; s/"//' | sort | uniq -c | sed 's/^ *//' | paste -sd' ' -
}
batch_run() { warehouse "select airflow_run_id from etl_batches where loaded_count > 0 order by loaded_at desc limit 1"; }
four_green_tasks() { becomes '1 extract 1 load 4 success 1 transform 1 validate' task_states "$(batch_run)"; }

loaded() { warehouse 'select count(*) from transactions'; }
samples() { warehouse "select count(*) from exchange_rates where source = 'sample'"; }
environment() { warehouse 'select environment from warehouse_state'; }

import_rates() {
  write_rates "$scratch/eurofxref.csv" && chmod 755 "$scratch" && chmod 644 "$scratch/eurofxref.csv" &&
    docker compose run --rm -T --volume "$scratch/eurofxref.csv:/tmp/rates/eurofxref.csv:ro" etl exchange-rates import /tmp/rates/eurofxref.csv </dev/null
}

# A country with a rate that nothing confirms: production asks for one that somebody has verified.
unverified_country() {
  warehouse "select min(country) from tax_rates where not is_verified and superseded_by is null and valid_to is null and region = '*' and product_category = '*'"
}

first_sales() {
  { sale first 100.00 EUR US; sale second 10.00 USD US; sale third 10.00 USD "$(unverified_country)"; echo 'customer-4|no sale'; } | publish
}
rejected() { warehouse "select string_agg(reason_code, ' ' order by reason_code) from rejected_transactions"; }

producer_refuses() {
  docker compose --profile demo build --quiet producer || return
  local output code=0
  output=$(docker compose --profile demo run --rm --no-deps -T producer --count 1 </dev/null 2>&1) || code=$?
  [ "$code" = 64 ] && [[ $output == *"this Kafka is production's"* ]] || { echo "$code: $output"; return 1; }
}

migrated_while_stopped() {
  make prod-down && make db-migrate && equal 0 samples && equal production environment
}

# The runbook: a Kafka that is new, too, has no record of before, and somebody says so for each partition that had some.
accept_the_loss() {
  local partition
  for partition in $(warehouse 'select partition from source_positions where next_offset > 0'); do
    etl resume --accept-loss --partition "$partition" --reason 'the machine was lost with its Kafka' --by ada || return
  done
}
stopped_by_an_incident() { warehouse 'select count(*) > 0 from etl_incidents where resolved_at is null'; }

# What is lost with the machine: every container and every volume. A backup and .env are kept elsewhere.
lose_the_machine() { docker compose --profile '*' down --volumes --remove-orphans; }

echo '--- production begins'
AIRFLOW_PORT=$(free_port 18080) GRAFANA_PORT=$(free_port 13000)
export AIRFLOW_PORT GRAFANA_PORT
check 'make secrets makes every secret, in a file for its owner only' secrets_are_made
use_secrets
check 'production starts from nothing, on its own Compose files' make prod-up
check 'nothing but the web UI is open' equal "127.0.0.1:$AIRFLOW_PORT" open_ports
check 'with Grafana, only its UI is open beside it' equal \
  "\"host_ip\":\"127.0.0.1\" \"published\":\"$AIRFLOW_PORT\" \"host_ip\":\"127.0.0.1\" \"published\":\"$GRAFANA_PORT\"" ports_of_the_files
check 'no container has the Docker API' no_docker_api
check 'no demo producer runs' equal '' docker compose --profile '*' ps --quiet producer
check 'the demo producer refuses production, with words' producer_refuses
check 'the warehouse is marked as production' equal production environment

echo '--- a batch'
check 'rates of the European Central Bank are imported' import_rates
check 'sales are published from inside the network' first_sales
check 'both valid sales are loaded' becomes 2 loaded
check 'Airflow loaded them in four green tasks' four_green_tasks
check 'euros are converted by the imported rate' equal 125.0000 warehouse "select amount_base from transactions where order_id = 'first'"
check 'a tax rate that nobody verified is quarantined, and so is what is no sale' becomes 'not_json tax_rate_unverified' rejected
check 'no sample rate is there' equal 0 samples

echo '--- development is kept out'
check 'a backup is written' make backup FILE="$scratch/warehouse.dump"
check 'development does not start on production that runs' refused "$COMPOSE_PROJECT_NAME is production" make dev-up
check 'the tables are not dropped' refused "$COMPOSE_PROJECT_NAME is production" make db-reset
{ sale after-backup 20.00 USD US; } | publish
check 'a sale after the backup is loaded' becomes 3 loaded
check 'a migration while production is stopped leaves no sample rate' migrated_while_stopped
check 'development does not start on the volumes of production' refused "$COMPOSE_PROJECT_NAME is production" make dev-up
check 'nor removes them' refused "$COMPOSE_PROJECT_NAME is production" make clean

echo '--- the machine is lost, with Kafka'
check 'every container and volume goes' lose_the_machine
check 'production starts on the new machine' make prod-up
check 'the backup is restored' make restore FILE="$scratch/warehouse.dump"
check 'it holds what stood there' equal 2 loaded
check 'the schedule stops at the records that Kafka no longer has' becomes t stopped_by_an_incident
check 'the loss is accepted, on record' accept_the_loss
# Producers send again what Kafka lost, and go on.
{ sale after-backup 20.00 USD US; sale fifth 30.00 EUR US; } | publish
check 'the next batch goes on' becomes 4 loaded
check 'Airflow loaded it in four green tasks' four_green_tasks
check 'everything adds up' etl reconcile
check 'Kafka and the warehouse agree' etl reconcile --deep
check 'no sample rate came with it' equal 0 samples
check 'no demo producer came with it' equal '' docker compose --profile '*' ps --quiet producer

check 'nothing is left behind' lose_the_machine
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

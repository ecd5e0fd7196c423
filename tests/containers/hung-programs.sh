#!/usr/bin/env bash
# `make test-hang`: Airflow's scheduler and API server in containers are stopped by SIGSTOP, as if they hung, and come back by
# themselves. Only Airflow and its database run, in a project of their own, which goes with it. Ends with `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/../.."

export COMPOSE_PROJECT_NAME=global-sales-pulse-hang-test COMPOSE_PROFILES='' COMPOSE_PROGRESS=quiet
restarted_within=300
passed=0
failed=0

stack() { docker compose -f docker-compose.yaml -f docker-compose.dev.yaml "$@"; }
trap 'stack down --volumes --remove-orphans >/dev/null 2>&1' EXIT
trap 'exit 130' INT TERM

# check FACT COMMAND...: runs it, and counts.
check() {
  local fact=$1
  shift
  if "$@" >/dev/null; then passed=$((passed + 1)); echo "  ✓ $fact (${SECONDS} s)"
  else failed=$((failed + 1)); echo "  ✗ $fact (${SECONDS} s)"; fi
}

starts() {
  stack up --detach --no-deps --wait airflow-db &&
    stack run --rm --no-deps -T airflow-init </dev/null &&
    stack up --detach --no-deps --wait airflow-apiserver airflow-scheduler
}

state_of() { docker inspect "$(stack ps --all --quiet "$1")" --format '{{.RestartCount}} {{.State.Health.Status}}'; }

# Inside, where there is no ps: the program is the child of pulse.watched.
hang_inside='
parent_of() { sed "s/.*) . //" "/proc/$1/stat" 2>/dev/null | cut -d" " -f1; }
for process in /proc/[0-9]*; do
  parent=$(parent_of "${process#/proc/}")
  [ -r "/proc/$parent/cmdline" ] && tr "\0" " " <"/proc/$parent/cmdline" | grep -q "^[^ ]*python[0-9.]* -m pulse.watched" &&
    kill -STOP "${process#/proc/}" && exit 0
done
exit 1'

# comes_back SERVICE: hangs it, and waits until its container was started again and is healthy.
comes_back() {
  stack exec -T "$1" bash -c "$hang_inside" </dev/null || return
  for _ in $(seq "$restarted_within"); do
    case "$(state_of "$1")" in [1-9]*' healthy') return ;; esac
    sleep 1
  done
  stack logs --tail 20 "$1" >&2
  return 1
}

AIRFLOW_PORT=18080
while (: <"/dev/tcp/127.0.0.1/$AIRFLOW_PORT") 2>/dev/null; do AIRFLOW_PORT=$((AIRFLOW_PORT + 1)); done
export AIRFLOW_PORT
check 'Airflow starts' starts
check 'what answers is left alone' [ "$(state_of airflow-scheduler)" = '0 healthy' ]
check 'a scheduler that hangs is restarted' comes_back airflow-scheduler
check 'an API server that hangs is restarted' comes_back airflow-apiserver
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/bin/sh
# make's one door: runs a target in the runtime of this machine. Usage: local/run.sh TARGET [ARGUMENT...]
cd "$(dirname "$0")/.." || exit 1
target=$1

# What is read differently by different programs stops everything but what only looks or stops.
case "$target" in
  *-down | *-logs | lint* | format | typecheck) ;;
  *) local/check-env.sh || exit ;;
esac
runtime=$(local/runtime.sh) || exit

# shellcheck source=local/turn.sh
. local/turn.sh
case "$target" in
  setup | dev-up | dev-build | dev-restart | prod-up | db-reset | restore) wait_for_turn ;;
  clean) [ ! -d .local ] || wait_for_turn ;;
esac
case "$target" in
  dev-up) RUNTIME=$runtime local/doctor.sh --quiet || exit ;;
  # Tests have ports of their own: the stack's may be taken.
  setup | test | test-*) RUNTIME=$runtime local/doctor.sh --quiet --no-ports || exit ;;
esac
[ -f .env ] || cp .env.example .env || exit 64
exec "local/$runtime.sh" "$@"

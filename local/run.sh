#!/bin/sh
# Runs a target of make in the runtime of this machine. Usage: local/run.sh TARGET [ARGUMENT...]
cd "$(dirname "$0")/.." || exit 1
target=$1

# Ambiguous lines of .env stop every target, except those that only read or stop something.
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
  # Tests use other ports, so the stack's may be taken.
  setup | test | test-*) RUNTIME=$runtime local/doctor.sh --quiet --no-ports || exit ;;
esac
[ -f .env ] || cp .env.example .env || exit 64
exec "local/$runtime.sh" "$@"

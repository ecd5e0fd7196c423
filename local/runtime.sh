#!/bin/sh
# Prints the runtime: compose or local. RUNTIME decides where it is given, in the environment or in .env;
# else containers where a Docker engine answers within three seconds and Compose is there.
cd "$(dirname "$0")/.." || exit 1

# within SECONDS COMMAND...: quietly, and ended when the time is over; macOS has perl but no timeout.
within() {
  if command -v timeout >/dev/null 2>&1; then timeout "$@" >/dev/null 2>&1
  else perl -e 'alarm shift; exec @ARGV' "$@" >/dev/null 2>&1; fi
}

# shellcheck source=local/setting.sh
. local/setting.sh
runtime=$(setting RUNTIME auto)
case "$runtime" in
  compose | local) echo "$runtime" ;;
  auto)
    if command -v docker >/dev/null 2>&1 && within 3 docker info && within 3 docker compose version; then
      echo compose
    else
      echo local
    fi
    ;;
  *)
    echo "RUNTIME is \"$runtime\"; expected compose, local or nothing" >&2
    exit 64
    ;;
esac

#!/bin/sh
# Prints the runtime: compose or local. RUNTIME in the environment or in .env decides. Otherwise it is compose if a Docker engine
# answers within three seconds and Compose is installed, else local.
cd "$(dirname "$0")/.." || exit 1

# within SECONDS COMMAND...: runs it without output and ends it after that time; macOS has perl but no timeout.
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

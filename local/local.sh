#!/bin/sh
# Runs a target without containers: installs Node's packages, Node 24 among them, and calls local/src.
set -eu
cd "$(dirname "$0")/.."
pnpm='npx --yes --loglevel=error pnpm@12.21.0'
node=node_modules/.bin/node
target=$1

# Follows the lock file exactly; takes a second if nothing has changed.
install_packages() {
  echo "  … Node's packages"
  $pnpm install --frozen-lockfile --prefer-offline --reporter=silent || {
    echo "  ✗ Node's packages. To see all output: $pnpm install --frozen-lockfile" >&2
    exit 1
  }
  echo "  ✓ Node's packages"
}

case "$target" in
  prod-* | test-prod | secrets) echo "$target needs containers: install Docker, or set RUNTIME=compose" >&2; exit 1 ;;
  setup | dev-up | dev-build | test | test-* | lint | lint-fix | format | typecheck | bench) install_packages ;;
  clean | dev-down)
    [ -d .local ] || [ -x $node ] || { echo 'There is nothing to stop or to remove.'; exit 0; }
    [ -x $node ] || install_packages
    ;;
  shell-grafana) echo 'shell-grafana needs containers. An installed Grafana has its own command: grafana cli' >&2; exit 1 ;;
  *) [ -x $node ] || install_packages ;;
esac

PATH="$PWD/node_modules/.bin:$PATH"
# kafkajs computes a negative time-out once per process; Node 24 would print a warning.
run() { exec $node --disable-warning=TimeoutNegativeWarning local/src/main.ts "$@"; }

case "$target" in
  test-unit) run test unit dags ;;
  test-int) run test integration ;;
  test-preview) run test preview ;;
  test-grafana) run test grafana ;;
  test-e2e) run test e2e ;;
  test-hang) echo 'test-hang needs containers. Without them, make test-e2e tests the same' >&2; exit 1 ;;
  # A suite that kills its broker and its database starts its own.
  test-faults) exec $node tests/faults/main.ts ;;
  test-faults-long) exec $node tests/faults/main.ts --long ;;
  test-mutants) exec $node tests/mutants/main.ts ;;
  lint)
    oxlint --type-aware
    oxfmt --check
    knip
    run ruff check dags tests/dags
    ;;
  lint-fix)
    oxlint --type-aware --fix
    oxfmt
    run ruff check --fix dags tests/dags
    ;;
  format)
    oxfmt
    run ruff format dags tests/dags
    ;;
  typecheck) exec tsc --noEmit -p tsconfig.json ;;
  bench) shift; exec $node bench/src/main.ts "$@" ;;
  *) run "$@" ;;
esac

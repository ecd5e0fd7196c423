#!/usr/bin/env bash
# Checks in a few seconds everything that a stack needs of this machine; needs nothing installed itself.
# Usage: local/doctor.sh [--quiet] [--no-ports]   (--quiet: only what is wrong). Does not exit with 0 if something must be fixed.
cd "$(dirname "$0")/.." || exit 1
quiet=
ports=yes
for flag in "$@"; do
  case $flag in --quiet) quiet=yes ;; --no-ports) ports= ;; *) echo "unknown option $flag" >&2; exit 64 ;; esac
done
errors=0
# The exit code if something is wrong: 64 for a folder without write permission, 75 for a full disk.
code=1
runtime=$(local/runtime.sh) || exit

ok() { [ -n "$quiet" ] || printf '  ✓ %s\n' "$1"; }
warn() { printf '  ! %s\n' "$1"; }
wrong() { printf '  ✗ %s\n      → %s\n' "$1" "$2"; errors=$((errors + 1)); }
has() { command -v "$1" >/dev/null 2>&1; }
within() { if has timeout; then timeout "$@"; else perl -e 'alarm shift; exec @ARGV' "$@"; fi; }

# shellcheck source=local/setting.sh
. local/setting.sh

# at_least WANTED FOUND: compares versions by their numbers.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n | sed -n 1p)" = "$1" ]; }

# tool NAME WANTED FOUND: checks one tool's version; empty means that it is not installed.
tool() {
  if [ -z "$3" ]; then wrong "$1 is missing" "install $1 $2 or newer, or use RUNTIME=$other"
  elif at_least "$2" "$3"; then ok "$1 $3"
  else wrong "$1 is $3, too old" "install $1 $2 or newer, or use RUNTIME=$other"; fi
}

# first_number COMMAND...: the first version number in its output, without colours.
first_number() {
  local output
  output=$(within 5 "$@" 2>&1) || return 0
  [[ ${output//$'\e'\[*([0-9;])m/} =~ ([0-9]+(\.[0-9]+)*) ]] && echo "${BASH_REMATCH[1]}"
}
shopt -s extglob

check_local_tools() {
  other=compose
  tool Node.js 20 "$(has node && first_number node --version)"
  has npx || wrong 'npm (npx) is missing' 'install npm, which comes with Node.js'
  check_python
  tool Java 17 "$(has java && first_number java -version)"
  tool Maven 3.6 "$(has mvn && first_number mvn --version)"
}

check_python() {
  local name found=
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    has "$name" || continue
    found=$name
    at_least 3.11 "$(first_number "$name" --version)" && break
  done
  tool Python 3.11 "$([ -n "$found" ] && first_number "$found" --version)"
  [ -z "$found" ] || has uv || "$found" -c 'import ensurepip, venv' 2>/dev/null ||
    wrong "Python's venv module is missing" 'install it (Debian and Ubuntu: apt install python3-venv), or uv'
}

check_containers() {
  other=local
  if ! has docker; then wrong 'Docker is missing' 'install Docker, or use RUNTIME=local'; return; fi
  local engine
  engine=$(within 4 docker info --format '{{.ServerVersion}}' 2>/dev/null)
  if [ -z "$engine" ]; then wrong 'the Docker engine does not answer' 'start it and check `docker info`, or use RUNTIME=local'
  else ok "Docker engine $engine"; fi
  tool 'Docker Compose' 2.24 "$(first_number docker compose version --short)"
}

# This stack may already use the ports; starting it again does no harm.
is_ours_running() {
  if [ "$runtime" = local ]; then
    local pid
    pid=$(cat "$(setting LOCAL_DIR .local)/run/supervisord.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null
  else
    [ -n "$(within 4 docker compose -p "$(setting COMPOSE_PROJECT_NAME global-sales-pulse)" ps -q 2>/dev/null)" ]
  fi
}

check_ports() {
  if is_ours_running; then ok 'the stack is already running'; return; fi
  local names='AIRFLOW_PORT:8080 WAREHOUSE_DB_PORT:5433 KAFKA_PORT:9092' name port taken=0
  [ "$(setting GRAFANA on)" = off ] || names="$names GRAFANA_PORT:3000"
  [[ $runtime = local || $(setting COMPOSE_PROFILES grafana) != *kafka-ui* ]] || names="$names KAFKA_UI_PORT:8081"
  for name in $names; do
    port=$(setting "${name%:*}" "${name#*:}")
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue
    wrong "port $port (${name%:*}) is taken$(holder "$port")" "stop that program, or set ${name%:*} in .env to a free port"
    taken=1
  done
  [ $taken = 1 ] || ok 'all ports are free'
}

# holder PORT: the program that uses it, if ss or lsof finds it.
holder() {
  if has ss; then ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/ by \1 (process \2)/p' | sed -n 1p
  elif has lsof; then lsof -nP -iTCP:"$1" -sTCP:LISTEN -Fc 2>/dev/null | sed -n 's/^c/ by /p' | sed -n 1p; fi
}

# Checks the folder of the local runtime's data; sets folder to the part of its path that exists.
check_local_folder() {
  folder=$(setting LOCAL_DIR .local)
  while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
  if [ ! -d "$folder" ]; then wrong "$folder, in LOCAL_DIR, is not a folder" 'set LOCAL_DIR in .env to another path'; code=64
  elif [ ! -w "$folder" ]; then wrong "$folder, for LOCAL_DIR, can not be written to" 'change its owner, or set LOCAL_DIR in .env to another one'; code=64; fi
}

check_machine() {
  local disk memory
  local folder=.
  if [ "$runtime" = local ]; then check_local_folder; fi
  disk=$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1048576) }')
  if [ "${disk:-0}" -lt 3 ]; then wrong "only $disk GiB of disk are free here" 'free some space: 3 GiB are needed, 10 are recommended'; [ "$code" = 64 ] || code=75
  else ok "$disk GiB of disk free"; fi
  memory=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null)
  [ -n "$memory" ] || memory=$(($(sysctl -n hw.memsize 2>/dev/null || echo 0) / 1048576))
  if [ "$memory" -eq 0 ]; then ok 'memory unknown'
  elif [ "$memory" -lt 1500 ]; then wrong "only $memory MiB of memory are available" 'close other programs: 1,500 MiB are needed, 3,000 are recommended'
  elif [ "$memory" -lt 3000 ]; then warn "$memory MiB of memory are available; 3,000 are recommended"
  else ok "$memory MiB of memory available"; fi
  if [ -w . ]; then ok 'this folder can be written to'; else wrong "$PWD can not be written to" 'change its owner, or clone somewhere else'; fi
}

check_settings() {
  if [ ! -f .env ]; then ok '.env does not exist yet: it will be made from .env.example'; return; fi
  local difference
  while read -r difference; do wrong "${difference%: *}" "${difference##*: }"; done < <(local/check-env.sh 2>&1)
  local names='s/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' name odd=0
  for name in $(comm -13 <(sed -n "$names" .env.example | sort) <(sed -n "$names" .env | sort)); do
    warn ".env has $name, which nothing reads: check the spelling. .env.example has all names"
    odd=1
  done
  for name in $(comm -23 <(sed -n "$names" .env.example | sort) <(sed -n "$names" .env | sort)); do
    [ -n "$quiet" ] || warn ".env lacks $name: the default is used"
    odd=1
  done
  [ $odd = 1 ] || ok '.env has every variable of .env.example'
}

[ -n "$quiet" ] || echo "Checking this machine for RUNTIME=$runtime"
tool make 3.81 "$(has make && first_number make --version)"
if [ "$runtime" = local ]; then check_local_tools; else check_containers; fi
[ -z "$ports" ] || check_ports
check_machine
check_settings
if [ $errors -gt 0 ]; then echo "Problems: $errors. To see all checks: make doctor"; exit "$code"; fi
[ -n "$quiet" ] || echo 'Everything is fine.'

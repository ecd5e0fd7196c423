# What a folder of data is for stands in a file in it: development or production. Sourced by what starts the servers on them.
# A label of the volume would not do: Compose never changes the labels of a volume that is there, and newer ones offer to make
# the volume again, empty.
environment_mark=global-sales-pulse.environment

# require_environment FOLDER: ends with 64 where the data are for something else than STACK_ENVIRONMENT.
require_environment() {
  [ -f "$1/$environment_mark" ] || return 0
  found=$(cat "$1/$environment_mark")
  [ "$found" != "$STACK_ENVIRONMENT" ] || return 0
  echo "The data in $1 are for $found, and this stack is for $STACK_ENVIRONMENT: not started. Start $found again, or set another COMPOSE_PROJECT_NAME. If the mark is wrong: make mark AS=$STACK_ENVIRONMENT" >&2
  exit 64
}

# mark_environment FOLDER: of data that are made for the first time.
mark_environment() { echo "$STACK_ENVIRONMENT" >"$1/$environment_mark"; }

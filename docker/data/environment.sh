# The environment of a data folder, development or production, is in a file there. Sourced by the scripts that start servers.
# Not a label of the volume: Compose never changes the labels of an existing volume, and newer versions offer to recreate the
# volume, empty.
environment_mark=global-sales-pulse.environment

# require_environment FOLDER: ends with 64 if the data have another environment than STACK_ENVIRONMENT.
require_environment() {
  [ -f "$1/$environment_mark" ] || return 0
  found=$(cat "$1/$environment_mark")
  [ "$found" != "$STACK_ENVIRONMENT" ] || return 0
  echo "The data in $1 are for $found, and this stack is for $STACK_ENVIRONMENT. Not started. Start $found again, or set another COMPOSE_PROJECT_NAME. If the mark is wrong: make mark AS=$STACK_ENVIRONMENT" >&2
  exit 64
}

# mark_environment FOLDER: marks new data.
mark_environment() { echo "$STACK_ENVIRONMENT" >"$1/$environment_mark"; }

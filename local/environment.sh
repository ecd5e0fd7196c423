# The environment of this project's data: development or production. Sourced by local/compose.sh, which has set $project.
# The data carry it: each volume of Kafka and PostgreSQL has a file with it (docker/data), the warehouse a column.

mark_file=global-sales-pulse.environment
volumes_with_marks='kafka-data warehouse-data airflow-db-data'

# refuse MESSAGE: prints it and ends, before anything is changed.
refuse() {
  echo "$target: $1" >&2
  exit 64
}

# environment_here: sets here to development or production. It takes the environment of the running services, else the marks of
# the volumes, else the evidence in the warehouse; without data, production if COMPOSE_FILE names that layer; else nothing.
environment_here() {
  here=$(environment_running)
  [ -n "$here" ] || here=$(environment_marked)
  case "$here" in
    development | production) ;;
    unmarked)
      here=$(environment_by_evidence) || here=''
      case "$here:$(setting COMPOSE_FILE '')" in
        development:*docker-compose.prod.yaml*) refuse "the volumes of $project have no mark. Sample rates in the warehouse mean development, but COMPOSE_FILE means production. Mark them: make mark AS=development, or make mark AS=production REMOVE_SAMPLES=1" ;;
        :*) refuse "the volumes of $project have no mark, and the warehouse does not show their environment. Mark them: make mark AS=development or make mark AS=production" ;;
      esac
      ;;
    '') case "$(setting COMPOSE_FILE '')" in *docker-compose.prod.yaml*) here=production ;; esac ;;
    *) refuse "the volumes of $project have different marks:
$here
Mark them again: make mark AS=development or make mark AS=production" ;;
  esac
}

environment_running() {
  case "$(docker ps --filter "label=com.docker.compose.project=$project" --filter label=com.docker.compose.service=warehouse \
    --format '{{.Label "com.docker.compose.project.config_files"}}')" in
    *docker-compose.prod.yaml*) echo production ;;
    ?*) echo development ;;
  esac
}

# with_volumes ro|rw SCRIPT: runs it in a container with the existing volumes below /volumes; does nothing if there are none.
with_volumes() {
  access=$1 script=$2
  set --
  for volume in $volumes_with_marks; do
    docker volume inspect "${project}_$volume" >/dev/null 2>&1 || continue
    set -- "$@" --volume "${project}_$volume:/volumes/$volume:$access"
  done
  [ $# = 0 ] || docker run --rm --network none --user root --entrypoint sh "$@" "$(setting POSTGRES_IMAGE postgres:17)" -c "$script"
}

# environment_marked: the mark that all volumes have; `unmarked` for data without a mark; `NAME: MARK` lines if they differ.
environment_marked() {
  marks=$(with_volumes ro "cd /volumes && for name in *; do [ -z \"\$(ls \$name)\" ] || echo \$name: \$(cat \$name/$mark_file 2>/dev/null); done")
  case "$(echo "$marks" | sed -n 's/.*: *//p' | sort -u | grep -v '^$')" in
    development) echo development ;;
    production) echo production ;;
    '') [ -z "$marks" ] || echo unmarked ;;
    *) echo "$marks" ;;
  esac
}

# environment_by_evidence: starts the warehouse without its ports and asks it.
environment_by_evidence() {
  base up --detach --wait --no-deps --quiet-pull warehouse >&2 || return
  found=$(base run --rm --no-deps --quiet-pull migrate environment) || found=''
  base rm --stop --force warehouse >&2
  echo "$found"
  [ -n "$found" ]
}
base() { docker compose -f docker-compose.yaml "$@"; }

# write_marks ENVIRONMENT missing|all: marks the existing volumes.
write_marks() {
  with_volumes rw "cd /volumes && for name in *; do
    [ -z \"\$(ls \$name)\" ] || { [ '$2' = missing ] && [ -f \$name/$mark_file ]; } || { echo $1 >\$name/$mark_file && chmod 644 \$name/$mark_file; }
  done"
}

# only_in ENVIRONMENT: ends if the data have the other one. Both environments use the project's name and so its volumes.
only_in() {
  [ -n "$here" ] && [ "$here" != "$1" ] || return 0
  case "$here" in
    production) refuse "$project is production ($(reason)). Nothing was changed. Set another COMPOSE_PROJECT_NAME for development. If its data are not production's: make mark AS=development" ;;
    *) refuse "$project is development ($(reason)), and its data must not become production's. Nothing was changed. Set another COMPOSE_PROJECT_NAME, or remove its data with make clean. If its data are production's: make mark AS=production" ;;
  esac
}

reason() {
  if [ -n "$(environment_running)" ]; then
    echo 'it runs with those layers'
  elif [ -n "$(environment_marked)" ]; then
    echo 'its volumes have that mark'
  else
    echo 'COMPOSE_FILE names docker-compose.prod.yaml'
  fi
}

# mark: a person sets the environment of the data, if the mark is missing or wrong.
mark() {
  case "${AS:-}" in
    development) layers=dev ;;
    production) layers=prod ;;
    *) refuse 'AS is missing: make mark AS=development or make mark AS=production' ;;
  esac
  [ -z "$(docker ps --quiet --filter "label=com.docker.compose.project=$project")" ] ||
    refuse "$project is running. Stop it first: make dev-down, make prod-down, or docker compose -p $project down"
  docker volume inspect "${project}_warehouse-data" >/dev/null 2>&1 || refuse "$project has no warehouse"
  confirm "Mark the data of $project as $AS's?"
  before=$(environment_marked)
  write_marks "$AS" all
  marked=0
  $layers up --detach --wait --no-deps warehouse &&
    $layers run --rm --no-deps migrate mark "$AS" ${REMOVE_SAMPLES:+--remove-samples} </dev/null || marked=$?
  $layers rm --stop --force warehouse
  [ "$marked" = 0 ] && return
  case "$before" in development | production) write_marks "$before" all ;; *) with_volumes rw "rm -f /volumes/*/$mark_file" ;; esac
  refuse 'the marks were not changed'
}

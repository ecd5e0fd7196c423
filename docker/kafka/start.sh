#!/bin/bash
# Starts the broker as its image does, also on existing data: `setup` writes the configuration from the environment and from
# this folder, then formats the log folder, which fails if it is already formatted.
# Refuses data of another environment. Clients see the environment as the broker's rack, which has no other use with a single
# broker: the demo producer uses it to refuse production.
set -eu
. /opt/pulse/data/environment.sh
require_environment "$KAFKA_LOG_DIRS"
[ -f "$KAFKA_LOG_DIRS/meta.properties" ] || mark_environment "$KAFKA_LOG_DIRS"
export KAFKA_BROKER_RACK=$STACK_ENVIRONMENT

setup() {
  KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=/mnt/shared/config/tools-log4j2.yaml \
    /opt/kafka/bin/kafka-run-class.sh kafka.docker.KafkaDockerWrapper setup \
    --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config 2>&1
}

output=$(setup) || case $output in
*'already formatted'*) ;;
*)
  printf '%s\n' "$output" >&2
  exit 1
  ;;
esac
exec /opt/kafka/bin/kafka-server-start.sh /opt/kafka/config/server.properties

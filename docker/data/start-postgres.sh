#!/bin/bash
# Starts PostgreSQL as its image does, but only on data of this stack's environment. New data get their mark from
# postgres-init/mark.sh.
set -eu
. /opt/pulse/data/environment.sh
require_environment "$PGDATA"
exec docker-entrypoint.sh "$@"

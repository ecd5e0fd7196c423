#!/bin/bash
# Starts PostgreSQL as its image does, on data of this stack's environment only. Other data get their mark when they are made:
# postgres-init/mark.sh.
set -eu
. /opt/pulse/data/environment.sh
require_environment "$PGDATA"
exec docker-entrypoint.sh "$@"

#!/bin/bash
# The image runs this once, after it has made new data.
set -eu
. /opt/pulse/data/environment.sh
mark_environment "$PGDATA"

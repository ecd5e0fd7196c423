#!/bin/bash
# Run by the image once, when it has made new data.
set -eu
. /opt/pulse/data/environment.sh
mark_environment "$PGDATA"

#!/bin/sh
# Replaces the etl command and behaves like it: logs on standard error, the summary as the last line of standard output, an
# exit code. In ETL_STAND_IN_DIR, STEP.codes has one exit code for each attempt of a step, the next one first; without it the
# step succeeds. Each failure prints STEP.stop, if it exists. The file `calls` gets the arguments of each attempt as a line.
step=$1
echo "$*" >>"$ETL_STAND_IN_DIR/calls"
env >"$ETL_STAND_IN_DIR/$step.environment"
echo "{\"level\":\"info\",\"msg\":\"$step began\"}" >&2
codes=$ETL_STAND_IN_DIR/$step.codes
if [ -s "$codes" ]; then
  code=$(head -n 1 "$codes")
  sed -i 1d "$codes"
  if [ "$code" != 0 ]; then
    [ ! -f "$ETL_STAND_IN_DIR/$step.stop" ] || cat "$ETL_STAND_IN_DIR/$step.stop"
    exit "$code"
  fi
fi
echo "{\"step\":\"$step\",\"batchId\":\"$3\",\"loaded\":7}"

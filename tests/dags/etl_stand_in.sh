#!/bin/sh
# Stands where the etl command stands, with its manners: logs on standard error, the summary as the last line of
# standard output, an exit code. In ETL_STAND_IN_DIR, STEP.codes holds one exit code for each attempt of a step, the first
# line next; without it the step succeeds. STEP.stop, where it is there, is printed by each failure. The file `calls` gets one line for each attempt: its arguments.
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

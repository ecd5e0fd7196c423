# Sourced by local/run.sh.

# wait_for_turn: returns once no other make installs, starts or removes things in this checkout, because both would use the same
# folders. A link points to the id of the process whose turn it is, and is valid while that process lives.
wait_for_turn() {
  turn=.local/turn
  announced=
  tries=0
  mkdir -p .local 2>/dev/null
  [ -w .local ] || { echo "$PWD/.local can not be written to: change its owner, or clone somewhere else" >&2; exit 64; }
  until take_turn; do
    if holder=$(readlink "$turn" 2>/dev/null); then
      if is_at_work "$holder"; then
        [ -n "$announced" ] || echo "  … another make is running in this checkout (process $holder): waiting until it ends" >&2
        announced=yes
        sleep 0.5
      else
        # That process has ended. Several may see this; one of them moves the link away. A newer link is put back.
        mv "$turn" "$turn.$$" 2>/dev/null && { [ "$(readlink "$turn.$$")" = "$holder" ] || mv "$turn.$$" "$turn"; }
        rm -f "$turn.$$"
      fi
    elif tries=$((tries + 1)) && [ "$tries" -gt 20 ]; then
      echo "$PWD/$turn can not be written: is the disk full?" >&2
      exit 75
    fi
  done
}

take_turn() { ln -s "$$" "$turn" 2>/dev/null && [ "$(readlink "$turn")" = "$$" ]; }

is_at_work() {
  kill -0 "$1" 2>/dev/null || return 1
  # Another program may have the id of a killed one.
  if [ -r "/proc/$1/cmdline" ]; then command=$(tr '\0' ' ' <"/proc/$1/cmdline"); else command=$(ps -o args= -p "$1" 2>/dev/null); fi
  case "$command" in
    *local/run.sh* | *local/compose.sh* | *local/local.sh* | *local/src/main.ts*) ;;
    *) return 1 ;;
  esac
}

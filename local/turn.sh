# To be read by local/run.sh with a dot.

# wait_for_turn: returns once nothing else of this checkout installs, starts or removes: two at once would do so in one another's
# folders. A link points to the id of the process whose turn it is, and counts while that process lives.
wait_for_turn() {
  turn=.local/turn
  told=
  tries=0
  mkdir -p .local 2>/dev/null
  [ -w .local ] || { echo "$PWD/.local can not be written to: change its owner, or clone somewhere else" >&2; exit 64; }
  until take_turn; do
    if holder=$(readlink "$turn" 2>/dev/null); then
      if is_at_work "$holder"; then
        [ -n "$told" ] || echo "  … another make is at work here (process $holder): waiting until it has ended" >&2
        told=yes
        sleep 0.5
      else
        # It has ended. Of several that see this one moves its link away; what is not that link goes back.
        mv "$turn" "$turn.$$" 2>/dev/null && { [ "$(readlink "$turn.$$")" = "$holder" ] || mv "$turn.$$" "$turn"; }
        rm -f "$turn.$$"
      fi
    elif tries=$((tries + 1)) && [ "$tries" -gt 20 ]; then
      echo "$PWD/$turn can not be made: is the disk full?" >&2
      exit 75
    fi
  done
}

take_turn() { ln -s "$$" "$turn" 2>/dev/null && [ "$(readlink "$turn")" = "$$" ]; }

is_at_work() {
  kill -0 "$1" 2>/dev/null || return 1
  # Another program may have got the id of one that was killed.
  if [ -r "/proc/$1/cmdline" ]; then command=$(tr '\0' ' ' <"/proc/$1/cmdline"); else command=$(ps -o args= -p "$1" 2>/dev/null); fi
  case "$command" in
    *local/run.sh* | *local/compose.sh* | *local/local.sh* | *local/src/main.ts*) ;;
    *) return 1 ;;
  esac
}

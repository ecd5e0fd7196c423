#!/bin/sh
# Names each line of .env that Docker Compose, Node.js and shell scripts read differently, and what to write instead; ends with
# 64 if there is one. They agree on NAME=value without # $ " ' ` \ and without blanks at the ends, and on NAME='value'.
# Usage: local/check-env.sh [FILE]
file=${1:-.env}
[ -f "$file" ] || exit 0
LC_ALL=C exec awk '
  function refuse(what, problem, remedy) {
    printf "%s line %d: %s %s: %s\n", FILENAME, FNR, what, problem, remedy
    refused = 1
  }
  function in_quotes() {
    return value ~ /\047/ ? "no spelling of a single quote means the same to all: choose a value without one" : \
      "write " name "=\047…\047 with single quotes around the value"
  }
  FNR == 1 && /^\357\273\277/ {
    refuse("the file", "begins with a byte order mark", "save it without one")
    sub(/^\357\273\277/, "")
  }
  /\r$/ {
    if (!has_windows_ends) refuse("the file", "has the line ends of Windows", "save it with those of Unix (LF)")
    has_windows_ends = 1
    sub(/\r$/, "")
  }
  /^[ \t]*(#|$)/ { next }
  !/^[A-Za-z_][A-Za-z0-9_]*=/ {
    what = $0 ~ /^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*[ \t]*[=:]/ ? "it" : "the line"
    refuse(what, "is not of the form NAME=value", "write that, with no export, no blank around the name and no line break in the value")
    next
  }
  {
    name = substr($0, 1, index($0, "=") - 1)
    value = substr($0, index($0, "=") + 1)
  }
  name == "AIRFLOW_DB_PASSWORD" && value !~ /^(\047[A-Za-z0-9._~-]*\047|[A-Za-z0-9._~-]*)$/ {
    refuse(name, "is part of a URL and has a character other than A-Z a-z 0-9 . _ ~ -", "choose one without")
    next
  }
  value ~ /[\001-\010\013-\037\177]/ {
    refuse(name, "has an invisible character", "choose a value without it")
    next
  }
  value ~ /^\047/ {
    inner = substr(value, 2, length(value) - 2)
    if (value !~ /^\047[^\047]*\047$/)
      refuse(name, "has a single quote in its value, or text after the last one", "put one pair around the value, with none in it")
    else if (inner ~ /\\$/) refuse(name, "ends with a backslash", "choose a value that does not")
    next
  }
  value ~ /^[ \t]|[ \t]$/ {
    refuse(name, "begins or ends with a blank", value ~ /^[ \t]*$/ ? "remove it" : "remove it; if it is meant, " in_quotes())
    next
  }
  match(value, /[#$"\047`\\]/) {
    refuse(name, "has the character " substr(value, RSTART, 1) ", which is read differently", in_quotes())
  }
  END { exit refused ? 64 : 0 }
' "$file" >&2

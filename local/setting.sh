# Sourced by other scripts. local/check-env.sh checks what .env may hold.

# setting NAME DEFAULT: prints a variable of the environment, else of .env, else the default. Empty counts as missing.
setting() {
  if eval "[ -n \"\${$1+set}\" ]"; then
    eval "value=\$$1"
  else
    value=$(sed -n "s/^$1=//p" .env 2>/dev/null | tail -n 1)
    case $value in \'*\') value=${value#\'} value=${value%\'} ;; esac
  fi
  printf '%s\n' "${value:-$2}"
}

# percent_encoded TEXT: prints the text as a part of a URL.
percent_encoded() {
  printf %s "$1" | od -An -v -tu1 | LC_ALL=C awk '
    { for (i = 1; i <= NF; i++) printf "%s", (c = sprintf("%c", $i + 0)) ~ /[A-Za-z0-9._~-]/ ? c : sprintf("%%%02X", $i) }'
}

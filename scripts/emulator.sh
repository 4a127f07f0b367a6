#!/usr/bin/env bash
# Runs the smoke test against an independent emulator of Slack. What the machine lacks is installed; when that
# cannot be done it exits with 3 and says so.
set -euo pipefail
cd "$(dirname "$0")/.."

EMULATE=0.11.2 # the tag `latest` of this package is something else
UV=$(command -v uv || echo .tools/bin/uv)

SUDO=$([ "$(id -u)" = 0 ] || echo "sudo -n")

lacks() {
  echo "NOTHING WAS POSTED TO THE EMULATED SLACK: $1" >&2
  exit 3
}

if [ ! -f ".tools/emulate-$EMULATE/node_modules/emulate/dist/index.js" ]; then
  command -v npm >/dev/null ||
    { $SUDO apt-get update -q && $SUDO apt-get install -y -q --no-install-recommends npm; } >&2 ||
    lacks "no npm to fetch emulate $EMULATE with; install it"
  npm install --silent --no-audit --no-fund --prefix ".tools/emulate-$EMULATE" "emulate@$EMULATE" ||
    lacks "npm could not fetch emulate $EMULATE"
fi

export EMULATE="$PWD/.tools/emulate-$EMULATE/node_modules/emulate/dist/index.js"
if [ -x .venv/bin/pytest ]; then
  exec .venv/bin/pytest -q -m emulator "$@"
fi
exec "$UV" run --frozen --quiet pytest -q -m emulator "$@"

#!/usr/bin/env bash
# Runs the smoke test against an independent emulator of Slack. A missing piece is installed, or fails loudly.
set -euo pipefail
cd "$(dirname "$0")/.."

EMULATE=0.11.2 # the tag `latest` of this package is something else
UV=$(command -v uv || echo .tools/bin/uv)

if [ ! -f ".tools/emulate-$EMULATE/node_modules/emulate/dist/index.js" ]; then
  npm install --silent --no-audit --no-fund --prefix ".tools/emulate-$EMULATE" "emulate@$EMULATE"
fi

export EMULATE="$PWD/.tools/emulate-$EMULATE/node_modules/emulate/dist/index.js"
if [ -x .venv/bin/pytest ]; then
  exec .venv/bin/pytest -q -m emulator "$@"
fi
exec "$UV" run --frozen --quiet pytest -q -m emulator "$@"

#!/usr/bin/env bash
# Walks every page in headless Chromium, with axe-core. A missing piece is installed, or fails loudly.
set -euo pipefail
cd "$(dirname "$0")/.."

AXE=4.14.1
CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
UV=$(command -v uv || echo .tools/bin/uv)

if [ ! -x "$CHROMIUM" ]; then
  SUDO=$([ "$(id -u)" = 0 ] || echo sudo)
  $SUDO apt-get update -q
  $SUDO apt-get install -y -q --no-install-recommends chromium
fi
if [ ! -f ".tools/axe-$AXE/node_modules/axe-core/axe.min.js" ]; then
  npm install --silent --no-audit --no-fund --prefix ".tools/axe-$AXE" "axe-core@$AXE"
fi

export CHROMIUM AXE_CORE="$PWD/.tools/axe-$AXE/node_modules/axe-core/axe.min.js"
if [ -x .venv/bin/pytest ]; then
  exec .venv/bin/pytest -q -m browser "$@"
fi
exec "$UV" run --frozen --quiet pytest -q -m browser "$@"

#!/usr/bin/env bash
# Walks every page in headless Chromium, with axe-core. What the machine lacks is installed; when that cannot
# be done it exits with 3 and says so, so that nobody takes a walk that did not happen for a good one.
set -euo pipefail
cd "$(dirname "$0")/.."

AXE=4.14.1
AXE_CORE="$PWD/.tools/axe-$AXE/node_modules/axe-core/axe.min.js"
CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
UV=$(command -v uv || echo .tools/bin/uv)
SUDO=$([ "$(id -u)" = 0 ] || echo "sudo -n")

lacks() {
  echo "THE PAGES WERE NOT LOOKED AT IN A BROWSER: $1" >&2
  exit 3
}

packages() {
  echo "scripts/browser.sh: installing $*" >&2
  { $SUDO apt-get update -q && $SUDO apt-get install -y -q --no-install-recommends "$@"; } >&2
}

if [ ! -x "$CHROMIUM" ]; then
  packages chromium || lacks "no $CHROMIUM, and apt-get could not install it; install it or set CHROMIUM"
fi
if [ ! -f "$AXE_CORE" ]; then
  command -v npm >/dev/null || packages npm || lacks "no npm to fetch axe-core $AXE with; install it"
  npm install --silent --no-audit --no-fund --prefix ".tools/axe-$AXE" "axe-core@$AXE" ||
    lacks "npm could not fetch axe-core $AXE"
fi

export CHROMIUM AXE_CORE
if [ -x .venv/bin/pytest ]; then
  exec .venv/bin/pytest -q -m browser tests/watcher/web "$@"
fi
exec "$UV" run --frozen --quiet pytest -q -m browser tests/watcher/web "$@"

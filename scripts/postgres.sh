#!/usr/bin/env bash
# Sees to it that there is a PostgreSQL for the tests to start; installs the one of Debian where there is none.
# When that cannot be done it exits with 3 and says so, so that nobody takes tests that did not happen for good ones.
set -euo pipefail

SUDO=$([ "$(id -u)" = 0 ] || echo "sudo -n")

found() {
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1
}

if ! found; then
  echo "scripts/postgres.sh: installing postgresql" >&2
  # Its programs alone: no server of the machine is begun, each run of the tests has its own.
  { $SUDO mkdir -p /etc/postgresql-common &&
    echo "create_main_cluster = false" | $SUDO tee /etc/postgresql-common/createcluster.conf &&
    $SUDO apt-get update -q && $SUDO apt-get install -y -q --no-install-recommends postgresql; } >&2 || true
fi
if ! found; then
  echo "NOTHING WAS TESTED ON POSTGRESQL: none in /usr/lib/postgresql, and apt-get could not install it" >&2
  exit 3
fi

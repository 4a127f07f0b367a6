#!/bin/sh
# The command for people, to stand at /usr/local/bin/vigilabel: as the user of the watch, with its settings and its
# secrets, from wherever one stands. As root it would leave files beside the memory that the watch cannot write.
set -a
[ ! -r /etc/vigilabel/secrets.env ] || . /etc/vigilabel/secrets.env
exec runuser -u vigilabel -- /opt/vigilabel/bin/vigilabel --config /etc/vigilabel/vigilabel.toml "$@"

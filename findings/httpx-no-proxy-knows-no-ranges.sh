#!/usr/bin/env bash
# Container runtimes and clusters write ranges into NO_PROXY (10.0.0.0/8, fd00::/8). httpx takes "10.0.0.0/8" for the name of
# one host, so that every address of the range still goes to the proxy; with an IPv6 range no client can be made at all
# (InvalidURL: Invalid port), whatever it was to ask for. Its own comment names 192.168.0.0/16 as supported.
# Why it matters: a watch that ran on a laptop stops at its first request in the cluster, with an error about a port.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install httpx==0.28.1
venv/bin/python - <<'PY'
import http.server
import os
import threading
from importlib.metadata import version

import httpx

asked = []


class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=server.serve_forever, daemon=True).start()
for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]
os.environ |= {"HTTP_PROXY": f"http://127.0.0.1:{server.server_port}", "NO_PROXY": "10.0.0.0/8,localhost"}
print("httpx", version("httpx"))
httpx.get("http://10.1.2.3/list")
print("NO_PROXY=10.0.0.0/8: the proxy was asked for", asked)
assert asked == ["http://10.1.2.3/list"]
os.environ["NO_PROXY"] = "fd00::/8,localhost"
try:
    httpx.Client()
except httpx.InvalidURL as error:
    print("NO_PROXY=fd00::/8: no client:", error)
else:
    raise SystemExit("a client could be made")
PY

#!/usr/bin/env bash
# A gzip body may be several members in a row (RFC 1952 2.2): `cat a.gz b.gz` is one. httpx gives the text of the first member,
# status 200, no error; zcat and Python's gzip give all of it.
# Why it matters: a register that is written by appending comes as its first half: a whole, well-formed, shorter list, and
# whoever compares it with yesterday's announces that half of the providers lost their label.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install httpx==0.28.1
venv/bin/python - <<'PY'
import gzip
import http.server
import threading
from importlib.metadata import version

import httpx

BODY = gzip.compress(b"Outscale\nOVH\n") + gzip.compress(b"S3NS\nWhaller\n")


class Register(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Register)
threading.Thread(target=server.serve_forever, daemon=True).start()
answer = httpx.get(f"http://127.0.0.1:{server.server_port}/")
print("httpx", version("httpx"))
print("gzip.decompress:", gzip.decompress(BODY).split())
print("httpx:", answer.status_code, answer.content.split())
assert answer.status_code == 200 and answer.content == b"Outscale\nOVH\n"
assert gzip.decompress(BODY) == b"Outscale\nOVH\nS3NS\nWhaller\n"
PY

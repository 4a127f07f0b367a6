#!/usr/bin/env bash
# PostgreSQL refuses a connection with a code: 28P01 a wrong password, 3D000 no such database, 53300 too many connections.
# psycopg has `sqlstate` on each of its errors, and one class for each code; of a refused connection it is None, whatever
# the server said, and the class is OperationalError. Left is the sentence, in the language of the server. psycopg_pool
# does not even hand that on: whoever waits for a connection gets PoolTimeout, without a cause.
# Why it matters: to wait is right for 53300, and useless for 28P01 and 3D000. Who decides by the sentence is wrong on a
# server that speaks French.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install psycopg==3.3.9 psycopg-binary==3.3.9 psycopg-pool==3.3.1
venv/bin/python - <<'PY'
from importlib.metadata import version
import logging, socketserver, struct, threading
import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

logging.disable(logging.CRITICAL)
SAID = {
    "28P01": ("FATAL", "password authentication failed for user \"watch\"", psycopg.errors.InvalidPassword),
    "3D000": ("FATAL", "la base de donn\u00e9es \u00ab veille \u00bb n'existe pas", psycopg.errors.InvalidCatalogName),
    "53300": ("FATAL", "sorry, too many clients already", psycopg.errors.TooManyConnections),
}
answer = {}


class Refuses(socketserver.BaseRequestHandler):
    """A server that reads how a client introduces itself, and refuses it as the protocol says (ErrorResponse)."""

    def handle(self):
        while True:
            length, code = struct.unpack("!ii", self.request.recv(8))
            self.request.recv(length - 8)
            if code == 196608:  # the version that a client asks for; others ask for encryption first
                break
            self.request.sendall(b"N")
        level, text, _ = SAID[answer["code"]]
        fields = {"S": level, "V": "FATAL", "C": answer["code"], "M": text}
        body = b"".join(key.encode() + value.encode() + b"\0" for key, value in fields.items()) + b"\0"
        self.request.sendall(b"E" + struct.pack("!i", len(body) + 4) + body)


server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refuses)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"postgresql://watch:x@127.0.0.1:{server.server_address[1]}/veille?connect_timeout=5"
print("psycopg", version("psycopg"), "psycopg_pool", version("psycopg_pool"), "libpq", psycopg.pq.version())
for code, (_, text, right) in SAID.items():
    answer["code"] = code
    try:
        psycopg.connect(address)
    except psycopg.OperationalError as error:
        print(f"the server said {code}; {type(error).__name__}, sqlstate {error.sqlstate}, {right.__name__}: {isinstance(error, right)}")
        assert error.sqlstate is None and error.diag.sqlstate is None and not isinstance(error, right)
        assert text in str(error)
    else:
        raise SystemExit("connected")
answer["code"] = "28P01"
with ConnectionPool(address, min_size=1, open=False, timeout=2, reconnect_timeout=2) as pool:
    try:
        with pool.connection():
            raise SystemExit("connected")
    except PoolTimeout as error:
        print("the pool said:", error, "; cause", error.__cause__)
        assert "password" not in str(error) and error.__cause__ is None
PY

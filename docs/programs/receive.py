"""Receives the events of a vigilabel watch: checks that the watch signed them, takes each once, prints a line.

    pip install standardwebhooks
    WEBHOOK_SECRET=whsec_… python receive.py

Stand a server with a certificate before it: a watch posts over https.
"""

import os
import sqlite3
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

# While a secret is replaced, both are here: WEBHOOK_SECRET=whsec_new,whsec_old
SECRETS = [Webhook(secret) for secret in os.environ["WEBHOOK_SECRET"].split(",")]
TAKEN = sqlite3.connect(os.environ.get("TAKEN", "taken.db"))
TAKEN.execute("create table if not exists taken (id text primary key)")


def verified(body, headers):
    """The event; raises where neither secret signed it, or long ago."""
    for secret in SECRETS[:-1]:
        try:
            return secret.verify(body, headers)
        except WebhookVerificationError:
            pass
    return SECRETS[-1].verify(body, headers)


def take(told):
    """What is done with an event: here your own begins."""
    event = told["data"]
    print(told["time"], told["type"], told["subject"], event.get("holder", ""), flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            told = verified(body, dict(self.headers))
        except WebhookVerificationError as error:
            return self.send_error(401, str(error))
        with TAKEN:  # both or neither: what fails half-way is sent again
            if TAKEN.execute("insert or ignore into taken values (?)", [told["id"]]).rowcount:
                take(told)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Receiver)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()

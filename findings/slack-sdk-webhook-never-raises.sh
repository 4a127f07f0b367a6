#!/usr/bin/env bash
# slack_sdk's two senders differ: WebClient raises when Slack refuses a message, WebhookClient returns. A webhook that was
# removed (404 no_service), whose channel is archived (410) or that is asked too often (429) ends in an object whose
# status nobody is forced to read; nothing is sent again.
# Why it matters: the line that every tutorial shows, `WebhookClient(url).send(text=…)`, goes on silently for months after
# an administrator took the webhook away.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install slack_sdk==3.48.0
venv/bin/python - <<'PY'
from importlib.metadata import version
import http.server, threading
from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

answer = {}


class Slack(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"ok":false,"error":"channel_not_found"}' if self.path.startswith("/api/") else answer["body"]
        self.send_response(200 if self.path.startswith("/api/") else answer["status"])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slack)
threading.Thread(target=server.serve_forever, daemon=True).start()
here = f"http://127.0.0.1:{server.server_port}"
print("slack_sdk", version("slack_sdk"))
for status, body in ((404, b"no_service"), (410, b"channel_is_archived"), (429, b"rate_limited")):
    answer.update(status=status, body=body)
    response = WebhookClient(f"{here}/services/T0/B0/x").send(text="OVH is no longer listed")
    print("WebhookClient.send returned:", response.status_code, response.body)
    assert response.status_code == status
try:
    WebClient(token="xoxb-x", base_url=f"{here}/api/").chat_postMessage(channel="C0", text="OVH is no longer listed")
except SlackApiError as error:
    print("WebClient.chat_postMessage raised:", error.response["error"])
else:
    raise SystemExit("WebClient did not raise")
PY

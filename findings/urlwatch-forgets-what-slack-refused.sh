#!/usr/bin/env bash
# urlwatch saves the new page before it tells anybody. When Slack answers 500 at that moment the change is never told:
# the next run compares with the page it saved, finds nothing new, and both runs end with exit code 0.
# Why it matters: a provider leaves a list during a minute in which the channel is down, and nobody ever hears of it.
# (webchanges, its descendant, ends with an error and sends the change again.)
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install urlwatch==2.29
venv/bin/python - <<'PY'
from importlib.metadata import version
import http.server, os, pathlib, subprocess, threading, time

state = {"page": "<ul><li>OVH</li><li>Whaller</li></ul>", "slack": 200, "heard": []}


class Server(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, state["page"].encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if state["slack"] == 200:
            state["heard"].append([line for line in body.split("\\n") if line.startswith(("-<", "+<"))])
        self.answer(state["slack"], b"ok")

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
here = f"http://127.0.0.1:{server.server_port}"
pathlib.Path("jobs.yaml").write_text(f"name: register\nurl: {here}/list\n")
pathlib.Path("conf.yaml").write_text(
    "display: {new: false, error: true, unchanged: false}\n"
    "report:\n  text: {line_length: 75, details: true, footer: false, minimal: false}\n  stdout: {enabled: false}\n"
    f"  slack: {{enabled: true, webhook_url: '{here}/hook', max_message_length: 40000}}\n"
)


def run(what):
    time.sleep(2)  # its history counts in seconds
    command = ["venv/bin/urlwatch", "--urls", "jobs.yaml", "--config", "conf.yaml", "--cache", "cache.db", "--hooks", "none.py"]
    done = subprocess.run(command, env={**os.environ, "HOME": os.getcwd()}, capture_output=True, text=True)
    print(f"{what}: exit code {done.returncode}, heard so far {state['heard']}, said {(done.stdout + done.stderr).strip()!r}")
    assert done.returncode == 0


print("urlwatch", version("urlwatch"))
run("first look")
state.update(page="<ul><li>Whaller</li></ul>", slack=500)
run("OVH leaves while Slack is down")
state["slack"] = 200
run("Slack is back")
assert state["heard"] == [], state["heard"]
state["page"] = "<ul><li>Numspot</li></ul>"
run("Numspot replaces Whaller")
assert len(state["heard"]) == 1 and "OVH" not in str(state["heard"]), state["heard"]
PY

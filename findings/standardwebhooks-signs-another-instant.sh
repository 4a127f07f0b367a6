#!/usr/bin/env bash
# standardwebhooks signs another instant than it is given when the datetime bears a zone other than UTC: `sign` puts the
# clock's figures into UTC (`replace(tzinfo=utc)`) instead of converting them. The header of the same instant then
# fails its own `verify`.
# Why it matters: in Paris every delivery is refused, in London only those of the summer. UTC machines of the makers, and CI,
# never see it.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install standardwebhooks==1.1.0 tzdata==2026.1
venv/bin/python - <<'PY'
from importlib.metadata import version
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from standardwebhooks import Webhook, WebhookVerificationError

hook, data = Webhook("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), '{"kind":"lost"}'
now = datetime.now(UTC)
print("standardwebhooks", version("standardwebhooks"))
results = {}
for zone in ("UTC", "Europe/Paris"):
    moment = now.astimezone(ZoneInfo(zone))
    assert moment == now
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(moment.timestamp())),
               "webhook-signature": hook.sign("msg_1", moment, data)}
    try:
        hook.verify(data, headers)
        results[zone] = "verified"
    except WebhookVerificationError as error:
        results[zone] = f"refused: {error}"
    print(f"the same instant in {zone}: {results[zone]}")
assert results["UTC"] == "verified" and results["Europe/Paris"].startswith("refused"), results
PY

"""The parts of the watch by name."""

from __future__ import annotations

WEB, WATCH, DELIVER, SLACK = PARTS = ("web", "watch", "deliver", "slack")
"""The parts of the watch, together in one process or apart: pages, API, stream and what Slack sends to an
address; looks by schedule, upkeep, summaries, canaries; sending; Slack's Socket Mode."""

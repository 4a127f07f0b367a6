"""How long the catalogue takes to read, beside `pdftotext -layout` of the same file in the same minutes.

Usage: python benchmarks/read_catalogue.py [FILE]. Each round runs both, one after the other, each as a fresh
process; printed are the medians of the user and system time of both, their ratio, and the most memory that a
reading took. Reading must take at most three times pdftotext's time and 150 MiB.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

EDITION = Path(__file__).parents[1] / "tests/fixtures/anssi_catalogue/catalogue-2026-03-04.pdf"
ROUNDS = 9

READ = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
import pypdfium2
from scrapers.anssi_catalogue.source import AnssiCatalogue
from state.model import Page

body = Path(sys.argv[1]).read_bytes()
wall, cpu = time.perf_counter(), time.process_time()
page = Page(url="", body=body, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
listing = AnssiCatalogue().read((page,))
print(json.dumps({
    "wall": time.perf_counter() - wall,
    "cpu": time.process_time() - cpu,
    "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "rows": len(listing.attestations),
}))
"""


def reading(edition: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(edition)],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def baseline(edition: Path) -> dict[str, float]:
    process = subprocess.Popen(["pdftotext", "-layout", str(edition), os.devnull])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit("pdftotext failed")
    return {"cpu": usage.ru_utime + usage.ru_stime}


def main() -> None:
    edition = Path(sys.argv[1]) if len(sys.argv) > 1 else EDITION
    rounds = [(baseline(edition), reading(edition)) for _ in range(ROUNDS)]
    ours = statistics.median(read["cpu"] for _, read in rounds)
    theirs = statistics.median(base["cpu"] for base, _ in rounds)
    ratio = statistics.median(read["cpu"] / base["cpu"] for base, read in rounds)
    print(f"{edition.name}: {rounds[0][1]['rows']:.0f} attestations")
    print(f"reading    {ours:.2f} s, at most {max(read['mib'] for _, read in rounds):.0f} MiB")
    print(f"pdftotext  {theirs:.2f} s")
    print(f"ratio      {ratio:.2f} (median of {ROUNDS} paired rounds; at most 3 is wanted)")


if __name__ == "__main__":
    main()

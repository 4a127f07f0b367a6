"""`make new-source`: three files that a contributor can start from, in a copy of the tree."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from watcher.demo.register import replaying

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PAGE = b"<html><head><title>Liste</title></head><body><table><tr><td>OVH</td></tr></table></body></html>"
URL = "https://register.test/liste?page=1"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("new_source", ROOT / "scripts" / "new_source.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a source needs."""
    for package in ("scrapers", "state"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "scrapers").mkdir(parents=True)
    (tmp_path / "saved.html").write_bytes(PAGE)
    return tmp_path


def begin(script: ModuleType, tree: Path, *more: str, name: str = "ans_demo", url: str = URL) -> int:
    code: int = script.main(["--name", name, "--url", url, *more], tree, NOW)
    return code


def outcome(tree: Path) -> str:
    """What pytest says of the new test, in the copy."""
    test = tree / "tests" / "scrapers" / "ans_demo" / "test_source.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    ran = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(tree), str(test)],
        env={**os.environ, "PYTHONPATH": str(tree)},
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout


def test_the_new_test_fails_until_a_person_wrote_the_rows(
    script: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert begin(script, tree, "--file", str(tree / "saved.html")) == 0
    said = outcome(tree)

    assert "1 failed, 2 passed" in said
    assert "write its rows into ROWS by hand" in said
    assert (tree / "tests/fixtures/ans_demo/page.html").read_bytes() == PAGE
    assert URL in (tree / "tests/fixtures/ans_demo/README.md").read_text()
    assert "from scrapers.ans_demo.source import AnsDemo" in capsys.readouterr().out


@pytest.mark.parametrize("url", [URL, "https://register.test/" + "long/" * 30])
def test_what_is_written_is_formatted_and_lints(script: ModuleType, tree: Path, url: str) -> None:
    begin(script, tree, "--file", str(tree / "saved.html"), url=url)
    written = [tree / "scrapers/ans_demo/source.py", tree / "tests/scrapers/ans_demo/test_source.py"]
    ruff = Path(sys.executable).with_name("ruff")
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for command in (["format", "--check"], ["check", "--ignore", "S101,D103"]):
        ran = subprocess.run(
            [ruff, *command, *settings, *written], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout


def test_the_page_is_fetched_once_after_robots_txt(script: ModuleType, tree: Path) -> None:
    with replaying("/list") as shown:
        shown.show(b'{"rows": []}', "application/json")
        assert begin(script, tree, url=shown.url) == 0
    assert (tree / "tests/fixtures/ans_demo/page.json").read_bytes() == b'{"rows": []}'
    assert 'expect: Expect | None = "json"' in (tree / "scrapers/ans_demo/source.py").read_text()


def test_a_page_that_cannot_be_had_writes_nothing(
    script: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with replaying("/list") as shown:
        shown.show(b"here", "text/plain")
        assert begin(script, tree, url=shown.url.replace("/list", "/gone")) == 1
    assert "status 404" in capsys.readouterr().err
    assert not (tree / "scrapers/ans_demo/source.py").exists()
    assert not (tree / "tests/fixtures").exists()


def test_nothing_is_overwritten(script: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (tree / "scrapers/tl_fr/source.py").read_bytes()
    for name in ("tl_fr", "anssi_catalogue"):
        assert begin(script, tree, "--file", str(tree / "saved.html"), name=name) == 2
        assert "nothing is overwritten" in capsys.readouterr().err
    assert (tree / "scrapers/tl_fr/source.py").read_bytes() == before


@pytest.mark.parametrize("name", ["../evil", "Ans", "ans-demo", "1ans", "", "a__b"])
def test_a_name_that_cannot_be_a_module_is_refused(script: ModuleType, tree: Path, name: str) -> None:
    assert begin(script, tree, "--file", str(tree / "saved.html"), name=name) == 2


@pytest.mark.parametrize(
    "url", ["ftp://x.test/", "register.test", 'https://x.test/"""', "https://x.test/a b"]
)
def test_an_address_that_would_break_the_module_is_refused(script: ModuleType, tree: Path, url: str) -> None:
    assert begin(script, tree, "--file", str(tree / "saved.html"), url=url) == 2

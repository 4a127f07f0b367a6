"""`make recipes`: what CONTRIBUTING.md says is read and done to the letter, and a lie is told as one."""

from __future__ import annotations

from pathlib import Path

import pytest
import recipes
from recipes_proved import PROOFS, Failed, Place

GUIDE = """# Guide

## Add a label

One entry.

```diff table.py
 LABELS = (
+    "clair",
…
 )
+"The last line is no longer the last."
```

```po texts.po
msgid "clair"
```

```sh
touch state/made.py
```

## Commits

```sh
rm -r .
```
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "state").mkdir()
    (tmp_path / "table.py").write_text('LABELS = (\n    "hds",\n)\n')
    (tmp_path / "texts.po").write_text("# texts\n")
    return Place(root=tmp_path)


def test_the_guide_has_a_recipe_for_everything_that_is_proved() -> None:
    known = recipes.recipes((recipes.ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert known.keys() == PROOFS.keys()
    assert all(known.values())


def test_a_recipe_is_done_to_the_letter(place: Place) -> None:
    known = recipes.recipes(GUIDE)
    assert list(known) == ["a label"]
    for block in known["a label"]:
        recipes.do(place, block)
    assert (place.root / "table.py").read_text() == (
        'LABELS = (\n    "clair",\n    "hds",\n)\n"The last line is no longer the last."\n'
    )
    assert (place.root / "texts.po").read_text() == '# texts\nmsgid "clair"\n'
    assert (place.root / "state" / "made.py").exists()


@pytest.mark.parametrize(
    ("diff", "lacks"),
    [(" LABELS = [\n+one", r"LABELS = \["), (" )\n…\n LABELS = (\n", "LABELS"), ("-LABELS\n", "LABELS")],
)
def test_lines_that_are_not_there_are_named(place: Place, diff: str, lacks: str) -> None:
    with pytest.raises(Failed, match=rf"(?s)table\.py: the file has no such lines.*{lacks}"):
        recipes.do(place, recipes.Block(kind="diff", path="table.py", text=diff))


def test_a_diff_of_a_file_that_is_gone_fails(place: Place) -> None:
    with pytest.raises(Failed, match=r"gone\.py"):
        recipes.do(place, recipes.Block(kind="diff", path="gone.py", text=" a\n+b\n"))


def test_a_command_that_fails_is_told_with_what_it_says(place: Place) -> None:
    with pytest.raises(Failed, match=r"(?s)exit code 3.*no such letter"):
        recipes.do(place, recipes.Block(kind="sh", path="", text="echo no such letter; exit 3\n"))


def test_a_recipe_that_touches_more_than_it_may_has_failed(place: Place) -> None:
    blocks = [recipes.Block(kind="python", path=f"state/{name}.py", text=f"{name} = 1\n") for name in "abcd"]
    with pytest.raises(Failed, match=r"touches 4 files, at most 3 expected: state/a\.py, "):
        recipes.follow(place, "a label", blocks)
    assert recipes.follow(place, "a source", [blocks[0]]) == "1 of our files: state/a.py"


def test_a_recipe_that_is_missing_is_not_true(place: Place) -> None:
    with pytest.raises(Failed, match="no recipe to add a label"):
        recipes.follow(place, "a label", ())

"""What pages show is what happens: their code is run, their pictures are drawn again, and their links lead somewhere."""

from __future__ import annotations

import re
import tomllib

import numpy as np
import pytest

from tests.docs import blocks, pictures

LINKED = sorted([*blocks.PAGES, *(blocks.ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("path", blocks.PAGES, ids=lambda path: path.stem)
def test_code_prints_what_is_shown(path):
    if path.stem == "numpy_functions" and np.lib.NumpyVersion(np.__version__) < "2.0.0":
        pytest.skip("the names listed there are NumPy 2's")
    page = path.read_text(encoding="utf-8")
    assert not blocks.unrun(page), "a block that is neither run nor text"
    printed = blocks.outputs(page)
    for code, text in blocks.shown(page).items():
        again = f"run python -m tests.docs.blocks {path.relative_to(blocks.ROOT)}\n{code.text}"
        assert text.text, again
        assert blocks.alike(text.text, printed[code], numbers=text.mark != "<!-- varies -->"), f"{printed[code]}\n{again}"


@pytest.mark.parametrize("path", blocks.PAGES, ids=lambda path: path.stem)
def test_what_is_to_be_installed_exists(path):
    """A shell block that is not run installs an extra that there is, runs a door that there is, or is a comment."""
    with (blocks.ROOT / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    for block in blocks.blocks_of(path.read_text(encoding="utf-8")):
        if block.kind == "sh":
            for line in block.text.splitlines():
                assert re.match(r"pip install |python -m (symbolic\.compat|tests\.mutation) |mutmut |# ", line), line
    assert set(re.findall(r"symbind\[(\w+)\]", path.read_text(encoding="utf-8"))) <= set(extras)


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture_is_current(name):
    source = (pictures.FOLDER / f"{name}.gv").read_text(encoding="utf-8")
    assert pictures.PICTURES[name]().source == source, "run python -m tests.docs.pictures"
    assert (pictures.FOLDER / f"{name}.svg").stat().st_size < 200_000


@pytest.mark.parametrize("path", LINKED, ids=lambda path: str(path.relative_to(blocks.ROOT)))
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.S)):
        assert re.match(r"https?:", link) or (path.parent / link).exists(), link


@pytest.mark.parametrize(
    ("first", "second", "numbers", "same"),
    [
        ("a 1.0\n", "a 1.0001\n", True, True),
        ("a 1.0\n", "a 1.1\n", True, False),
        ("a 1.0\n", "a 1.1\n", False, True),
        ("a 1.0\n", "b 1.0\n", False, False),
        ("1,000 bytes", "1,000 bytes", True, True),
        ("1 2", "1", False, False),
    ],
)
def test_outputs_are_compared_as_said(first, second, numbers, same):
    assert blocks.alike(first, second, numbers=numbers) is same


def test_a_block_that_does_not_raise_is_found_out():
    with pytest.raises(AssertionError, match="nothing was raised"):
        blocks.outputs("```python\n1 + 1  # raises ValueError\n```\n")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        blocks.outputs("```python\n1 / 0\n```\n")
    with pytest.raises(AssertionError, match="exit code 3"):
        blocks.outputs("```bash\nexit 3\n```\n")


def test_outputs_are_filled_in():
    page = "# T\n\n```python\nx = 2\nprint(x)\nx + 1\n```\n\n```text\nold\n```\n\n```bash\necho a  # exit code 0\n```\n\n<!-- varies -->\n```text\nb\n```\n"
    assert blocks.filled(page) == page.replace("old", "2\n3").replace("```text\nb", "```text\na")

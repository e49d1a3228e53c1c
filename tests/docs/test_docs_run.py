"""Every block of README and docs is run, in order, in one folder per page; make targets must exist."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = {"text", "csv", "json", "toml"}
"""Blocks that show something and cannot be run."""


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def test_every_block_says_what_it_is():
    for page in PAGES:
        for language, body in blocks(page):
            assert language in SHOWN | {"python", "sh"}, f"{page.name}: a block of {language or 'no language'}: {body[:40]!r}"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def run_line(line: str, folder: Path) -> None:
    words = shlex.split(line, comments=True)
    if not words:
        return
    if words[0] == "make":
        assert words[1] in targets(), f"there is no make {words[1]}"
        return
    assert words[0] == "hinterland", f"a command that is not ours: {line}"
    command = [sys.executable, "-c", "from hinterland.cli import main; main()", *words[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(kind in {"python", "sh"} for kind, _ in blocks(page))], ids=lambda page: page.name
)
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for language, body in blocks(page):
        if language == "python":
            exec(compile(body, str(page), "exec"), names)  # noqa: S102
        elif language == "sh":
            for line in body.replace("\\\n", " ").splitlines():
                run_line(line.strip(), tmp_path)


def test_the_pages_made_from_code_are_as_the_code_has_it():
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "write_docs.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"

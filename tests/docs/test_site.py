"""The site is built with warnings as errors, and needs nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.docs.blocks import ROOT

pytest.importorskip("mkdocs", reason="needs the extra docs: pip install 'symbind[docs]'")
pytestmark = pytest.mark.long


def built(folder):
    """Build the site: half a minute."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_is_whole(tmp_path):
    """It is built once: tests that run side by side would each build their own."""
    site = built(tmp_path)
    nothing_comes_from_elsewhere(site)
    every_page_is_there(site)
    links_out_of_docs_lead_to_pages(site)


def nothing_comes_from_elsewhere(site):
    """No page loads a script, a style, a font or a picture from another host."""
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=[\"']?((?:https?:)?//[^\"'> ]+)", text)
        styles = re.findall(r"<link[^>]*rel=[\"']?(?:stylesheet|preconnect|icon)[^>]*href=[\"']?((?:https?:)?//[^\"'> ]+)", text)
        assert not loaded + styles, path


def every_page_is_there(site):
    for path in (ROOT / "docs").rglob("*.md"):
        assert (site / path.relative_to(ROOT / "docs")).with_suffix(".html").exists(), path


def links_out_of_docs_lead_to_pages(site):
    text = (site / "operators.html").read_text(encoding="utf-8")
    found = set(re.findall(r'href="?(source/[^">#\s]+)', text))
    assert len(found) > 100 and all((site / link).exists() for link in found)

"""What MkDocs does besides: files that pages link to outside ``docs/`` become pages of the site, so that every link leads somewhere."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

__all__ = ["on_files", "on_page_markdown"]

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(\]\()([^)#\s]+)(#[^)\s]*)?(\))")
PICTURES = (".svg", ".png")
HIDDEN = "---\nsearch:\n  exclude: true\n---\n"


def target(folder, link):
    """Find the file of the project that a link in a page of ``folder`` means, if it lies outside ``docs/``."""
    if re.match(r"[a-z]+:", link):
        return None
    path = posixpath.normpath(posixpath.join(folder, link))
    return path if not path.startswith(("docs/", "..")) and (ROOT / path).exists() else None


def place(path):
    """Say where in the site a file of the project stands: texts as they are, code in a page that shows it."""
    if path.endswith((".md", *PICTURES)):
        return f"project/{path}"
    return f"source/{path}.md"


def redirected(text, folder, uri):
    """Turn a page's links out of ``docs/`` into links to pages of the site, and those of outside pages into ``docs/`` back."""
    here = posixpath.dirname(uri)

    def turned(found):
        opening, link, anchor, closing = found.groups(default="")
        path = target(folder, link)
        if path is None and not folder.startswith("docs"):
            inside = posixpath.normpath(posixpath.join(folder, link))
            if inside.startswith("docs/"):
                return f"{opening}{posixpath.relpath(inside.removeprefix('docs/'), here or '.')}{anchor}{closing}"
        return found[0] if path is None else f"{opening}{posixpath.relpath(place(path), here or '.')}{anchor}{closing}"

    return LINK.sub(turned, text)


def shown(path):
    """Write the page of a file: itself if it is one, else its code, or what is in the folder."""
    file = ROOT / path
    if file.is_dir():
        names = sorted(name.name for name in file.iterdir() if not name.name.startswith(("_", ".")))
        return f"{HIDDEN}# {path}\n\n" + "\n".join(f"- `{name}`" for name in names) + "\n"
    text = file.read_text(encoding="utf-8")
    if path.endswith(".md"):
        return redirected(text, posixpath.dirname(path), place(path))
    fence = "`" * max(3, *(len(ticks) + 1 for ticks in ["", *re.findall(r"`{3,}", text)]))
    kind = {".py": "python", ".json": "json", ".toml": "toml"}.get(file.suffix, "text")
    return f"{HIDDEN}# {path}\n\n{fence}{kind}\n{text}{fence}\n"


def on_files(files, config):
    """Add a page for each file that a page links to, or a page that this adds."""
    waiting = []
    for file in files.documentation_pages():
        text = Path(file.abs_src_path).read_text(encoding="utf-8")
        waiting += [(posixpath.dirname(f"docs/{file.src_uri}"), found[2]) for found in LINK.finditer(text)]
    done = set()
    while waiting:
        path = target(*waiting.pop())
        if path is None or path in done:
            continue
        done.add(path)
        if path.endswith(PICTURES):
            files.append(File.generated(config, place(path), abs_src_path=str(ROOT / path)))
            continue
        files.append(File.generated(config, place(path), content=shown(path)))
        if path.endswith(".md"):
            text = (ROOT / path).read_text(encoding="utf-8")
            waiting += [(posixpath.dirname(path), found[2]) for found in LINK.finditer(text)]
    return files


def on_page_markdown(markdown, page, config, files):
    """Lead the links of a page of ``docs/`` to the pages added."""
    if page.file.generated_by:
        return markdown
    return redirected(markdown, posixpath.dirname(f"docs/{page.file.src_uri}"), page.file.src_uri)

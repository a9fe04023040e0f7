"""Pictures come out with nothing but pip: without ``dot``, with it, and with neither."""

import json
import os
import stat
import sys
import time
from types import SimpleNamespace
from xml.etree import ElementTree

import graphviz
import pytest

import symbolic as mx
from symbolic.errors import FileError, MXNetError, NotSupported
from symbolic.show import render

if render.find_program("graphviz-pure") is None:
    pytest.skip("graphviz-pure is not installed", allow_module_level=True)


@pytest.fixture
def picture():
    return mx.viz.plot_network(mx.sym.exp(mx.sym.Variable("x"), name="y"), shape={"x": (2, 3)}, save_format="png")


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A PATH with neither dot nor the folder of this Python: graphviz-pure is found beside the interpreter."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.fixture
def dot(monkeypatch, tmp_path):
    """Put a program ``dot`` on the PATH that does what the test says."""

    def install(body):
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "dot"
        program.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(folder))

    if os.name == "nt":
        pytest.skip("programs are no scripts there")
    return install


def test_svg_and_png_without_dot(bare, picture):
    svg = ElementTree.fromstring(picture.pipe(format="svg"))
    assert len([group for group in svg.iter("{http://www.w3.org/2000/svg}g") if group.get("class") == "node"]) == 2
    assert picture.pipe().startswith(b"\x89PNG\r\n")
    assert picture.pipe(format="JPG").startswith(b"\xff\xd8")
    assert {box["name"] for box in json.loads(picture.pipe(format="json", encoding="utf-8"))["objects"]} == {"x", "y"}


def test_notebooks_show_it(bare, picture):
    assert "<svg" in picture._repr_svg_()
    assert "<svg" in picture._repr_mimebundle_()["image/svg+xml"]
    assert picture._repr_mimebundle_(include=["image/png"])["image/png"].startswith(b"\x89PNG")


def test_render_writes_source_and_picture(bare, picture, tmp_path):
    assert picture.render(directory=tmp_path) == str(tmp_path / "plot.gv.png")
    assert (tmp_path / "plot.gv").read_text("utf-8") == picture.source
    assert (tmp_path / "plot.gv.png").read_bytes().startswith(b"\x89PNG")
    assert picture.render(tmp_path / "other", format="svg", cleanup=True) == str(tmp_path / "other.svg")
    assert not (tmp_path / "other").exists()
    assert picture.render(outfile=tmp_path / "third.svg") == str(tmp_path / "third.svg")
    assert b"<svg" in (tmp_path / "third.svg").read_bytes()
    with pytest.raises(graphviz.FileExistsError):
        picture.render(outfile=tmp_path / "third.svg", raise_if_result_exists=True)
    with pytest.raises(ValueError, match="overwrite"):
        picture.render(tmp_path / "third.svg", outfile=tmp_path / "third.svg")


def test_view_opens_what_was_rendered(bare, picture, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(render.Picture, "_view", lambda self, path, **options: opened.append(path))
    assert picture.view(directory=tmp_path) == str(tmp_path / "plot.gv.png")
    assert opened == [str(tmp_path / "plot.gv.png")]


def test_a_copy_draws_itself_too(bare, picture):
    twin = picture.copy()
    twin.node("z")
    assert twin.pipe().startswith(b"\x89PNG")
    assert "\tz\n" in twin.source and "\tz\n" not in picture.source


def test_pdf_needs_dot_or_cairosvg_and_the_error_says_what_to_do(bare, picture, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    for attempt in (lambda: picture.pipe(format="pdf"), lambda: picture.render(directory=tmp_path, format="pdf")):
        with pytest.raises(NotSupported) as raised:
            attempt()
        ways = ("pdf", "save_format='svg'", "pip install graphviz-pure", "pip install 'symbind[pdf]'", "sudo apt-get install graphviz")
        assert all(word in str(raised.value) for word in ways), str(raised.value)
    with pytest.raises(NotSupported) as raised:
        picture.pipe(format="fig")
    assert "symbind[pdf]" not in str(raised.value)  # cairosvg would not help


def test_pdf_by_cairosvg(bare, picture, tmp_path, monkeypatch):
    """With a stand-in: the SVG reaches it, what it makes is written."""
    cairo = SimpleNamespace(svg2pdf=lambda bytestring: b"%PDF of " + bytestring[:5], svg2png=lambda bytestring: b"never")
    monkeypatch.setitem(sys.modules, "cairosvg", cairo)
    assert picture.pipe(format="pdf") == b"%PDF of <?xml"
    mx.viz.plot_network(mx.sym.exp(mx.sym.Variable("x")), title="net").render(directory=tmp_path)
    assert (tmp_path / "net.gv.pdf").read_bytes().startswith(b"%PDF")  # the default format
    assert picture.pipe(format="png").startswith(b"\x89PNG")  # Latin letters need no other program


def test_a_png_of_letters_that_the_small_program_lacks(bare, monkeypatch):
    """Greek and Cyrillic it has; Chinese cairosvg draws, with the system's fonts, if it is there."""
    monkeypatch.setitem(sys.modules, "cairosvg", SimpleNamespace(svg2png=lambda bytestring: bytestring))
    assert "слой" not in mx.viz.plot_network(mx.sym.Variable("слой")).pipe(format="png").decode("latin-1")
    assert "数据" in mx.viz.plot_network(mx.sym.Variable("数据")).pipe(format="png").decode()
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    assert mx.viz.plot_network(mx.sym.Variable("数据")).pipe(format="png").startswith(b"\x89PNG")


def test_pdf_by_the_real_cairosvg(bare, picture):
    pytest.importorskip("cairosvg", reason="cairosvg is not installed", exc_type=ImportError)
    assert picture.pipe(format="pdf").startswith(b"%PDF")


def test_neither_program(monkeypatch, picture):
    monkeypatch.setattr(render, "find_program", lambda name: None)
    with pytest.raises(FileError) as raised:
        picture.pipe()
    assert all(word in str(raised.value) for word in ("pip install graphviz-pure", "sudo apt-get install graphviz"))


def test_dot_is_preferred(dot, picture):
    dot("sys.stdout.write(' '.join(sys.argv[1:]) + ' ' + str(len(sys.stdin.read())))")
    assert picture.pipe(format="pdf", encoding="utf-8") == f"-Kdot -Tpdf {len(picture.source)}"
    asked = picture.pipe(format="png", renderer="cairo", formatter="gd", neato_no_op=2, engine="neato", encoding="utf-8")
    assert asked.startswith("-Kneato -Tpng:cairo:gd -n2 ")


def test_a_refusal_is_told(dot, picture):
    dot("sys.exit('syntax error in line 7')")
    with pytest.raises(MXNetError, match="syntax error in line 7"):
        picture.pipe()


def test_a_broken_source_is_refused(bare, picture):
    picture.body.append("\ta -> [\n")
    with pytest.raises(MXNetError, match="syntax error"):
        picture.pipe(format="svg")


def test_nothing_hangs(dot, picture):
    dot("time.sleep(60)")
    picture.timeout = 0.5
    start = time.perf_counter()
    with pytest.raises(MXNetError, match=r"within 0.5 seconds"):
        picture.pipe()
    assert time.perf_counter() - start < 20


def test_a_large_graph_is_drawn_in_time(bare):
    """500 nodes of a residual network; 2,000 take about 3 seconds on one core."""
    x = mx.sym.Variable("x")
    for place in range(125):
        y = mx.sym.exp(mx.sym.log(x, name=f"a{place}"), name=f"b{place}")
        x = mx.sym.exp(x + y, name=f"c{place}")
    assert mx.viz.plot_network(x, shape={"x": (2, 3)}, collapse=False).pipe(format="svg").count(b'class="node"') == 501

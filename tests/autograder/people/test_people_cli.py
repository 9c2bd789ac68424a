"""The commands about people: what they print, what they exit with, and that each leaves its marks in the log."""

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.people import log
from autograder.people.attempts import grade_hand_ins
from autograder.people.records import records
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import by_hand, fake, hands_in
from tests.autograder.tiny import write


@pytest.fixture
def call(school, monkeypatch):
    """Run a command inside the class; fail where it ends in an error that is not asked for."""
    monkeypatch.chdir(school.root)

    def run(*words, code=0):
        result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "250"})
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        return " ".join(result.output.split())

    return run


def lines(course, **what):
    with records(course) as session:
        return log.entries(session, **what)


def test_a_roster_is_shown_before_anything_is_lost(call, school):
    path = write(school.root / "new.csv", "id,email\njane,other@x.org\nnew,new@x.org\n")
    said = call("roster", "import", path, code=1)
    assert "1 values would be lost, so nothing is written" in said and "they stay: ann, jim, zoe" in said
    assert "3 values would be written, 1 of them over others" in call("roster", "import", path, "--dry-run")
    assert "3 values are written" in call("roster", "import", path, "--overwrite", "--who", "anna")
    assert "Everything was so already" in call("roster", "import", path)
    assert "other@x.org" in call("roster", "list") and "5 students." in call("roster", "list")
    assert {e.who for e in lines(school, student="new")} == {"anna"}


def test_groups_are_set_listed_and_left(call):
    assert "Changed for ann, zoe." in call("group", "set", "g2", "ann", "zoe")
    assert "It was so already." in call("group", "set", "g2", "ann", "zoe")
    assert "jim works alone." in call("group", "alone", "jim", "--lab", NAME)
    assert "ann, zoe" in call("group", "list") and "2 groups." in call("group", "list", "--lab", NAME)


def test_deadlines_and_extensions_say_what_was_and_what_is(call, school):
    said = call("deadline", "set", NAME, "2026-03-02", "--section", "B")
    assert "is due 2026-03-02 23:59 UTC for section B; before: never." in said
    said = call("extend", NAME, "2026-03-09", "--student", "ann", "--why", "ill", "--who", "anna")
    assert "ann has until 2026-03-09 23:59 UTC" in said
    assert "It was so already" in call("extend", NAME, "2026-03-09", "--student", "ann", "--why", "ill")
    assert "2026-03-09 23:59 │ yes │ ill" in call("deadline", "list", NAME, "--csv", school.root / "due.csv")
    assert "ann,A,,2026-03-09 23:59,yes,ill" in (school.root / "due.csv").read_text()


def test_any_command_notes_what_formgrader_changed_before_it(call, school):
    hands_in(school, "ann", (2, 1), "2026-02-01 12:00:00")
    grade_hand_ins(school, NAME, "ann", fake(school), who="anna")
    by_hand(school, "ann", 0.5)
    said = call("log", "--student", "ann", "--lab", NAME, "--csv", school.root / "log.csv")
    assert "formgrader │ ann │ 01_tiny │ by hand lab/01-q3-advanced │ - │ lab/01-q3-advanced: 0.5" in said
    assert "3 │ 6 │ │ counts" in call("attempts", NAME)
    assert (school.root / "log.csv").read_text().startswith("number,moment,who")


def test_what_a_command_changes_is_under_the_name_of_who_ran_it(call, school):
    call("--who", "berta", "build", NAME, "--due", "2026-05-01")
    line = lines(school, what=["deadline"])[-1]
    assert (line.who, line.why, log.words(line.new)) == ("berta", "build", "2026-05-01 00:00")


def test_marks_given_while_formgrader_is_served_are_put_down_to_who_served_it(call, school, monkeypatch):
    hands_in(school, "ann", (2, 1), "2026-02-01 12:00:00")
    grade_hand_ins(school, NAME, "ann", fake(school))
    monkeypatch.setattr("autograder.formgrader.serve", lambda *_, **__: by_hand(school, "ann", 1) or 0)
    call("--who", "berta", "formgrader", "--no-browser")
    assert lines(school, student="ann")[-1].who == "berta in formgrader"


def test_verify_prints_a_head_and_finds_a_missing_line(call, school):
    said = call("verify")
    head = said.split("Head: ")[1].split()[0]
    assert "none touched" in call("verify", "--head", head[:16])
    (school.nbgrader / log.HEAD).write_text('{"number": 999, "hash": "0"}')
    assert "log.head has seen line 999" in call("verify", code=1)
    assert "was rewritten or cut" in call("verify", "--head", "0" * 64, code=1)


def test_canvas_is_shown_first_and_taken_on_demand(call, school):
    hands_in(school, "ann", (2, 1), "2026-02-01 12:00:00")
    grade_hand_ins(school, NAME, "ann", fake(school))
    path = write(school.root / "canvas.csv", f'Student,ID,SIS Login ID,{NAME} lab (7)\n"Lee, Ann",21,ann,4\n')
    assert "2 ids and 1 marks are others in Canvas; taken over: nothing." in call("canvas", "import", path)
    assert "taken over: ids and marks." in call("canvas", "import", path, "--ids", "--marks")
    assert "0 ids and 0 marks" in call("canvas", "import", path)


def test_the_database_can_be_named_on_the_command_line(call, school, monkeypatch):
    assert "1 students." not in call("--db", "sqlite:///other.db", "roster", "list")
    assert (school.root / "other.db").exists()
    assert "4 students." in call("roster", "list")    # and only for that one command
    result = CliRunner().invoke(app, ["--db", "mysql://x/y", "roster", "list"])
    assert "can be sqlite or postgresql" in str(result.exception)
    assert "--who is empty" in str(CliRunner().invoke(app, ["--who", " ", "roster", "list"]).exception)


def test_outside_of_a_course_the_command_itself_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "is not inside a course" in str(CliRunner().invoke(app, ["log"]).exception)

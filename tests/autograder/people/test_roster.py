"""The roster: both kinds of columns, every mistake with its line, nothing lost unless told to, twice is once."""

import pytest

from autograder.errors import CourseError
from autograder.gradebook import open_gradebook
from autograder.people import log
from autograder.people.groups import teams
from autograder.people.records import records
from autograder.people.roster import canvas_names, canvas_rows, import_roster, known, read_lines
from tests.autograder.people.conftest import ROSTER, both
from tests.autograder.tiny import write

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,01_tiny lab
"    Points Possible",,,,,6
"Doe, Jane",17,S1,jane,A,4.5
"Roe, Jim",18,S2,jim,B,
"Student, Test",,,,A,0
"""


def roster(tmp_path, text):
    return write(tmp_path / "roster.csv", text)


def everybody(course):
    with records(course) as session:
        return known(session)


@both
def test_our_own_columns_give_names_mail_sections_and_groups(school):
    people = everybody(school)
    assert list(people) == ["ann", "jane", "jim", "zoe"]
    jane = people["jane"]
    assert (jane.name, jane.email, jane.section, jane.group) == ("Doe, Jane", "jane@x.org", "A", "g1")
    with open_gradebook(school) as gradebook:         # nbgrader's own table, not a second one
        jim = gradebook.find_student("jim")
        assert (jim.first_name, jim.last_name, jim.email) == ("Jim", "Roe", "jim@x.org")


def test_canvas_columns_give_ids_and_leave_out_its_test_student(school, tmp_path):
    changes, absent, written = import_roster(school, roster(tmp_path, CANVAS))
    assert written and absent == ["ann", "zoe"]
    with records(school) as session:
        assert canvas_rows(session)["jane"] == {"Student": "Doe, Jane", "ID": "17", "SIS User ID": "S1",
                                                "SIS Login ID": "jane", "Section": "A"}
        assert canvas_names(session)["18"] == "jim"
    with open_gradebook(school) as gradebook:
        assert gradebook.find_student("jane").lms_user_id == "17"
    assert {(c.student, c.column) for c in changes} == {(s, c) for s in ("jane", "jim")
                                                        for c in ("canvas", "sis", "login")}


def test_the_same_roster_twice_changes_nothing_and_leaves_no_line_in_the_log(school, tmp_path):
    with records(school) as session:
        before = len(log.entries(session))
    assert import_roster(school, roster(tmp_path, ROSTER)) == ([], [], True)
    with records(school) as session:
        assert len(log.entries(session)) == before


@both
def test_nothing_is_written_where_something_would_be_lost_unless_told_to(school, tmp_path):
    path = roster(tmp_path, "id,email,section\njane,new@x.org,B\nnew,n@x.org,A\n")
    changes, _, written = import_roster(school, path)
    assert not written and [c.old for c in changes if c.overwrites] == ["jane@x.org", "A"]
    assert everybody(school)["jane"].email == "jane@x.org" and "new" not in everybody(school)
    assert import_roster(school, path, overwrite=True, who="anna")[2]
    assert everybody(school)["jane"].email == "new@x.org" and "new" in everybody(school)
    with records(school) as session:
        (line,) = [e for e in log.entries(session, student="jane", what=["roster"]) if e.who == "anna"]
        assert log.words(line.old) == "email: jane@x.org, section: A"


def test_a_dry_run_writes_nothing(school, tmp_path):
    changes, _, written = import_roster(school, roster(tmp_path, "id,name\nnew,New One\n"), dry_run=True)
    assert [c.column for c in changes] == ["id", "name"] and not written
    assert "new" not in everybody(school)


def test_an_empty_cell_changes_nothing(school, tmp_path):
    import_roster(school, roster(tmp_path, "id,name,email,section,group\njane,,,,\n"), overwrite=True)
    assert everybody(school)["jane"].group == "g1"


MISTAKES = {
    "no column of ours": ("name,mail\nJane,x\n", "needs the columns id, name, email"),
    "no id": ("id,name\n,Jane\n", "line 2, id: there is no id"),
    "an id that is no folder": ("id\na/b\n", "line 2, id: 'a/b' cannot be a student id"),
    "an id twice, whatever its case": ("id\njane\njim\nJANE\n", "line 4, id: 'JANE' stands in line 2, too"),
    "no address": ("id,email\njane,jane at x\n", "line 2, email: 'jane at x' is not an e-mail address"),
    "no number of Canvas": ("id,canvas\njane,x7\n", "line 2, canvas: 'x7' is not a number"),
    "three in a group": ("id,group\na,g\nb,g\nc,g\n", "line 4, group: 'g' has more than 2 students"),
    "nobody": ("id,name\n", "names no student"),
    "every mistake at once": ("id,email\njane,x\na/b,y\n", r"(?s)line 2, email.*line 3, id.*line 3, email"),
    "a Canvas id of two": ("Student,ID,SIS Login ID\nA,7,a\nB,7,b\n", "line 3, canvas: '7' stands in line 2, too"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_named_with_its_line(tmp_path, mistake):
    text, named = MISTAKES[mistake]
    with pytest.raises(CourseError, match=named):
        read_lines(roster(tmp_path, text))


def test_two_students_are_never_one_in_canvas(school, tmp_path):
    import_roster(school, roster(tmp_path, CANVAS))
    with pytest.raises(CourseError, match="canvas '17' of 'ann' is that of 'jane'"):
        import_roster(school, roster(tmp_path, "id,canvas\nann,17\n"))


def test_a_group_that_would_grow_too_large_is_refused_whole(school, tmp_path):
    with pytest.raises(CourseError, match="'g1' would have ann, jane, jim; the policy allows 2"):
        import_roster(school, roster(tmp_path, "id,group,section\nann,g1,C\n"), overwrite=True)
    assert everybody(school)["ann"].section == "A"
    with records(school) as session:
        assert teams(session) == {"jane": "g1", "jim": "g1"}

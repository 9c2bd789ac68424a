"""Groups: for all labs or for one; who leaves is alone; labs handed in keep the groups they had."""

import pytest

from autograder.errors import CourseError
from autograder.people import log
from autograder.people.attempts import register, teams_of
from autograder.people.groups import members, set_alone, set_group, teams
from autograder.people.records import records
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import both


def there(course, assignment=""):
    with records(course) as session:
        return teams(session, assignment)


def test_a_group_of_one_lab_leaves_the_others_as_they_are(school):
    assert set_group(school, "g9", ["jane", "zoe"], assignment=NAME) == ["jane", "zoe"]
    assert there(school) == {"jane": "g1", "jim": "g1"}
    assert there(school, NAME) == {"jane": "g9", "zoe": "g9", "jim": "g1"}
    with records(school) as session:
        assert members(session, NAME, "jim") == ["jim"]
        assert members(session, NAME, "zoe") == ["jane", "zoe"]


def test_who_is_left_out_when_a_group_is_made_anew_is_alone(school):
    assert set_group(school, "g1", ["jane", "ann"]) == ["jim", "ann"]
    assert there(school) == {"jane": "g1", "ann": "g1"}
    assert set_group(school, "g1", ["jane", "ann"]) == []
    assert set_group(school, "g1", []) == ["ann", "jane"] and there(school) == {}


def test_a_student_can_be_alone_in_one_lab_or_in_all(school):
    assert set_alone(school, "jane", assignment=NAME) and not set_alone(school, "jane", assignment=NAME)
    assert (there(school), there(school, NAME)) == ({"jane": "g1", "jim": "g1"}, {"jim": "g1"})
    assert set_alone(school, "jim") and there(school, NAME) == {}


@both
def test_a_lab_that_is_handed_in_keeps_the_groups_it_had(school):
    register(school, NAME, ["jane", "jim"])
    set_group(school, "g2", ["jim", "zoe"])
    assert there(school) == {"jane": "g1", "jim": "g2", "zoe": "g2"}
    assert there(school, NAME) == {"jane": "g1", "jim": "g1"}
    set_group(school, "g2", ["jim", "zoe"], assignment=NAME)
    assert there(school, NAME) == {"jane": "g1", "jim": "g2", "zoe": "g2"}


def test_one_task_is_a_group_or_a_student(school):
    assert teams_of(school, NAME, ["jane", "jim", "zoe"]) == [["jane", "jim"], ["zoe"]]
    assert teams_of(school, NAME, ["jim"]) == [["jane", "jim"]]


def test_every_change_is_in_the_log(school):
    set_group(school, "g2", ["jim"], who="anna", why="quarrel")
    with records(school) as session:
        line = log.entries(session, student="jim", what=["group"])[-1]
        assert (line.who, log.words(line.old), log.words(line.new), line.why) == ("anna", "g1", "g2", "quarrel")


@pytest.mark.parametrize(("name", "students", "named"), [
    ("g", ["jane", "jim", "zoe"], "would have 3 students; the policy allows 2"),
    ("g", ["jane", "jane"], "jane comes twice"), ("g", ["jame"], "no student 'jame'.*Did you mean 'jane'"),
    (" ", ["jane"], "needs a name"), ("a\nb", ["jane"], "printable"),
])
def test_a_group_that_cannot_be_is_named(school, name, students, named):
    with pytest.raises(CourseError, match=named):
        set_group(school, name, students)
    assert there(school) == {"jane": "g1", "jim": "g1"}

"""The bench: trials do not see each other, nothing that an answer does stops it, and it says who caught the answer."""

import os
import time

import psutil
import pytest

from autograder.bench import ANSWER, GIVEN, TEST, Bench, Cell, Trial
from autograder.forks import apart, working_folder
from autograder.observe import observe

HIDDEN = """\
assert double(2) == 4, "twice two"
### BEGIN HIDDEN TESTS
def hidden():
    assert double(3) == 6, "twice three"

hidden()
### END HIDDEN TESTS
"""
CELLS = [
    Cell("setup", "import random\nnumbers = [1, 2, 3]\nprint('loud')", GIVEN),
    Cell("q1", "def double(x):\n    print('loud')\n    return x + x", ANSWER),
    Cell("q1-tests", HIDDEN, TEST, 2.0, frozenset({3, 4, 5, 6})),
    Cell("q2", "def first():\n    return numbers[0]", ANSWER),
    Cell("q2-tests", "first()", TEST, 3.0),
]


@pytest.fixture(scope="module")
def bench():
    return Bench(CELLS)


def test_the_solution_gets_what_its_tests_give(bench):
    outcome = bench.score()
    assert bench.ready
    assert outcome.points == {"q1-tests": 2.0, "q2-tests": 1.0}, "a test that ends in a number gives that many points"
    assert (outcome.messages, outcome.end) == ({}, "")


@pytest.mark.parametrize(("answer", "hidden", "message"), [
    ("def double(x):\n    return x ** 2", True, "AssertionError: twice three"),
    ("def double(x):\n    return 0", False, "AssertionError: twice two"),
    ("def double(x):\n    return [][x - 2 or 1:][0] if x > 2 else 4", True, "IndexError: list index out of range"),
    ("double = 1", False, "TypeError: 'int' object is not callable"),
    ("import sys\ndef double(x):\n    sys.exit(0)", False, "SystemExit: 0"),
])
def test_it_says_whether_the_visible_or_the_hidden_test_catches_an_answer(bench, answer, hidden, message):
    outcome = bench.score(Trial({"q1": answer}, only="q1"))
    assert (outcome.points, outcome.hidden, outcome.messages) == ({"q1-tests": 0.0}, hidden, {"q1-tests": message})


ENDLESS = """\
def double(x):
    while x > {least}:
        try:
            x = x + 0
        except BaseException:
            pass
    return 2 * x
"""


@pytest.mark.parametrize(("least", "hidden"), [(0, False), (2, True)])
def test_an_endless_answer_ends_by_time_whatever_it_catches(bench, least, hidden):
    start = time.monotonic()
    outcome = bench.score(Trial({"q1": ENDLESS.format(least=least)}, only="q1", seconds=1))
    assert (outcome.end, outcome.hidden, outcome.points) == ("time", hidden, {})
    assert outcome.messages == {"q1-tests": "It did not end."}
    assert time.monotonic() - start < 10


def test_an_answer_that_sleeps_ends_by_the_clock(monkeypatch):
    monkeypatch.setattr("autograder.forks.SLOW", 1)
    lines, end, _ = apart(lambda write: time.sleep(60), 1, None)
    assert (lines, end) == ([], "time")


def test_memory_is_limited(bench):
    hoard = "hoard = bytearray(1 << {})\ndef double(x):\n    return 2 * x"
    outcome = bench.score(Trial({"q1": hoard.format(29)}, only="q1", memory=1 << 28))
    assert outcome.messages["q1"].startswith("MemoryError")
    assert bench.score(Trial({"q1": hoard.format(20)}, only="q1", memory=1 << 28)).total == 2


@pytest.mark.parametrize(("answer", "end"), [
    ("import os\nos._exit(3)", "exit 3"), ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
])
def test_a_process_that_ends_itself_is_told(bench, answer, end):
    outcome = bench.score(Trial({"q2": answer}))
    assert outcome.end == end
    assert outcome.points == {"q1-tests": 2.0}, "what was graded before stays"
    assert outcome.messages == {"q2": f"The process ended: {end}."}


def test_a_process_that_an_answer_leaves_behind_is_ended(bench):
    answer = "import subprocess\nleft = subprocess.Popen(['sleep', '987'])\nassert 0, left.pid"
    pid = int(bench.score(Trial({"q2": answer}, only="q2")).messages["q2"].rpartition(" ")[2])
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_a_trial_does_stays_in_it(bench):
    answer = "import os\nnumbers.clear()\nnumbers.append(2.5)\nos.environ['LEFT'] = '1'\nopen('file', 'w').close()\n"
    here = sorted(os.listdir())
    assert bench.score(Trial({"q2": answer + "def first():\n    return numbers[0]"})).points["q2-tests"] == 2.5
    assert bench.score().points["q2-tests"] == 1.0
    assert "LEFT" not in os.environ and sorted(os.listdir()) == here


def test_random_numbers_are_the_same_in_each_trial(bench):
    answer = Trial({"q2": "def first():\n    return random.random()"}, only="q2")
    assert bench.score(answer).points == bench.score(answer).points


def test_nothing_of_a_trial_reaches_the_terminal(bench, capfd):
    answer = "import os\nos.write(1, b'loud')\nos.write(2, b'loud')\nprint('loud')\n"
    bench.score(Trial({"q1": answer + "def double(x):\n    return 2 * x"}))
    assert capfd.readouterr() == ("", "")


def test_what_a_test_prints_is_told_and_what_an_answer_prints_at_its_top_is_not(bench):
    loud = bench.score(Trial({"q1": "print('top')\ndef double(x):\n    print('called', x)\n    return x + x"}))
    assert loud.output == "called 2\ncalled 3\n"


def test_a_trial_stops_at_the_first_loss_where_it_is_asked_to(bench):
    wrong = {"q1": "def double(x):\n    return 0"}
    assert list(bench.score(Trial(wrong, stop=True)).points) == ["q1-tests"]
    assert list(bench.score(Trial(wrong)).points) == ["q1-tests", "q2-tests"]


def test_an_answer_to_no_question_is_named(bench):
    with pytest.raises(ValueError, match="'q9'"):
        bench.score(Trial({"q9": ""}))


LATER = [
    Cell("q1", "def base():\n    return 1", ANSWER),
    Cell("q1-tests", "assert base() == 1", TEST, 1.0),
    Cell("then", "start = base()", GIVEN),
    Cell("q2", "def more():\n    return start + base()", ANSWER),
    Cell("q2-tests", "assert more() == 2", TEST, 1.0),
]


def test_a_given_cell_that_needs_an_answer_runs_after_it():
    bench = Bench(LATER)
    assert bench.late == {"then"}
    assert bench.score().total == 2
    assert bench.score(Trial(only="q2")).total == 0
    assert bench.score(Trial(only="q2", before=True)).points == {"q2-tests": 1.0}


def test_a_setup_that_starts_threads_runs_in_each_trial():
    start = "thread = threading.Thread(target=time.sleep, args=(600,), daemon=True)\nthread.start()"
    cells = [Cell("setup", f"import threading, time\n{start}", GIVEN), Cell("q1", "pass", ANSWER),
             Cell("q1-tests", "assert thread.is_alive() and threading.active_count() == 2", TEST, 1.0)]
    bench = Bench(cells)
    assert not bench.ready
    assert bench.score().messages == {} and bench.score().total == 1


def test_a_trial_works_in_a_copy_of_the_data_without_scripts(tmp_path):
    for name in ("data.csv", "lab.py", "known_wrong.yml", "more/deep.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    with working_folder(tmp_path):
        assert sorted(os.listdir()) == ["data.csv", "more"]
        assert os.listdir("more") == ["deep.csv"]
    cells = [Cell("q1", "import os\nos.remove('data.csv')", ANSWER), Cell("q1-tests", "len(os.listdir())", TEST, 9.0)]
    assert Bench(cells, tmp_path).score().points == Bench(cells, tmp_path).score().points == {"q1-tests": 1.0}
    assert (tmp_path / "data.csv").exists()


def test_what_the_visible_test_asks_is_observed_and_the_hidden_test_is_not():
    assert observe("observed", CELLS, None) == {"q1": {"double": [[["2"], {}, "4"]]}, "q2": {"first": [[[], {}, "1"]]}}

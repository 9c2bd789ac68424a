"""The judge: who dies, hangs or lies costs one test its points, at once, and never the tests before it."""

import time

import pytest

from autograder.errors import CourseError
from autograder.split.judge import Judge
from tests.autograder.split.conftest import cell, notebook

RIGHT = "def f(x):\n    return 2 * x\ndef h():\n    return 1"
TESTS = "assert h() == 1", "assert f(3) == 6", "assert h() == 1"
LITTLE = "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (600 << 20, resource.getrlimit(3)[1]))\n"
AFTER = "\ndef h():\n    return 1"
DEATHS = {
    "os._exit": "import os\ndef f(x):\n    os._exit(0)",
    "a signal": "import os, signal\ndef f(x):\n    os.kill(os.getpid(), signal.SIGKILL)",
    "a crash": "import ctypes\ndef f(x):\n    ctypes.string_at(0)",
    "a child that holds the line":
        "import os, time\ndef f(x):\n    if os.fork():\n        os._exit(0)\n    time.sleep(20)",
}


@pytest.mark.slow
@pytest.mark.parametrize("death", DEATHS)
def test_death_in_a_function_costs_that_test_and_those_after_it_at_once(grade, death):
    began = time.monotonic()
    came = grade(DEATHS[death] + AFTER, *TESTS, source=RIGHT)
    assert came.points == [1.0, 0.0, 0.0]
    assert came.words[0].startswith("DeadKernelError: Python itself ended in your function")
    assert came.words[1].startswith("NotRun: ") and "did not run" in came.words[1]
    assert [v.ran for v in came.verdicts] == [True, True, False] and time.monotonic() - began < 10


@pytest.mark.slow
def test_a_dead_student_wins_nothing_by_a_test_that_expects_an_exception(grade):
    test = "try:\n    f(3)\nexcept Exception:\n    pass\nelse:\n    raise AssertionError"
    assert grade(DEATHS["os._exit"] + AFTER, test, source=RIGHT).points == [0.0]
    assert grade("def f(x):\n    while True:\n        pass", test, source=RIGHT, seconds=0.5).points == [0.0]


@pytest.mark.slow
def test_a_broken_conversation_wins_nothing_by_a_test_that_swallows_everything(grade):
    answer = ("from autograder.split import agent\ndef f(x):\n"
              "    next(iter(agent.SESSIONS.values())).channel.close()")
    assert grade(answer, "try:\n    f(3)\nexcept:\n    pass", source=RIGHT).points == [0.0]


@pytest.mark.slow
def test_a_python_that_ended_before_the_first_test_runs_none(grade):
    came = grade("import os\nos._exit(0)", *TESTS, source=RIGHT)
    assert came.points == [0, 0, 0] and "ended before this test" in came.words[0] and "NotRun" in came.words[2]


@pytest.mark.slow
@pytest.mark.parametrize("loop", ["while True:\n        pass", "import time\n    time.sleep(60)",
                                  "while True:\n        print('x' * 1000)"])
def test_an_endless_answer_is_interrupted_and_the_next_test_runs(grade, loop):
    came = grade(f"def f(x):\n    {loop}" + AFTER, *TESTS, source=RIGHT, seconds=1.0)
    assert came.points == [1.0, 0.0, 1.0] and came.words[0].startswith("CellTimeoutError: "), came.words


@pytest.mark.slow
def test_an_endless_answer_that_will_not_be_interrupted_is_ended(grade):
    stubborn = ("import signal\ndef f(x):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                "    while True:\n        try:\n            pass\n        except BaseException:\n            pass")
    came = grade(stubborn + AFTER, *TESTS, source=RIGHT, seconds=1.0)
    assert came.points == [1.0, 0.0, 0.0] and "could not be interrupted" in came.words[0]
    assert came.verdicts[1].seconds < 12


@pytest.mark.slow
@pytest.mark.parametrize("drip", ["b'\\0'", "b''"])
def test_an_answer_that_trickles_in_or_never_comes_is_late(grade, drip):
    slow = ("import time\nfrom autograder.split import agent\ndef f(x):\n    try:\n        while True:\n"
            f"            next(iter(agent.SESSIONS.values())).channel.connection.sendall({drip})\n"
            "            time.sleep(0.02)\n    except BaseException:\n        pass\n    return 6")
    came = grade(slow + AFTER, *TESTS, source=RIGHT, seconds=1.0)
    assert came.points[:2] == [1.0, 0.0] and came.verdicts[1].seconds < 9, (came.points, came.words)


@pytest.mark.slow
def test_a_test_that_never_ends_is_interrupted_and_the_student_goes_on(grade):
    came = grade(RIGHT, "while True:\n    pass", "assert f(3) == 6", seconds=1.0)
    assert came.points == [0.0, 1.0] and came.words[0].startswith("CellTimeoutError")


@pytest.mark.slow
def test_a_tests_process_that_ends_is_started_again(grade):
    came = grade(RIGHT, "import os\nos._exit(1)", "assert f(3) == 6 and np.pi > 3")
    assert came.points == [0.0, 1.0] and came.words[0].startswith("TestsEnded") and came.verdicts[0].flags


@pytest.mark.slow
def test_what_was_lent_to_a_tests_process_that_has_ended_is_lent_anew(grade):
    asks, ends = "assert f(3) == 6 and h() == 1", "import os\nos._exit(1)"
    came = grade(RIGHT, asks, ends, asks, asks)
    assert came.points == [1.0, 0.0, 1.0, 1.0], came.words


@pytest.mark.slow
def test_a_long_pause_between_two_tests_costs_nothing(grade, monkeypatch):
    monkeypatch.setattr("autograder.split.judge.GRACE", 0.5)
    more = [cell("t0", "assert f(3) == 6", points=1), cell("pause", "import time\ntime.sleep(1.5)")]
    assert grade(RIGHT, "assert f(3) == 6", more=more).points == [1.0, 1.0]


@pytest.mark.slow
def test_more_than_the_tests_can_hold_costs_the_test_only(grade):
    big = "def f(x):\n    while True:\n        yield np.ones(7_000_000)\ndef h():\n    return 1"
    came = grade(big, LITTLE + "r = []\nfor a in f(1):\n    r.append(a)", "assert h() == 1", seconds=60.0)
    assert came.points == [0.0, 1.0], came.words


@pytest.mark.slow
def test_an_answer_over_the_limit_says_so(grade):
    came = grade("def f(x):\n    return np.zeros(9_000_000)", "f(1)")
    assert came.points == [0.0] and "69 MiB of data are too much" in came.words[0], came.words


@pytest.mark.slow
def test_given_cells_later_on_run_if_a_test_needs_them(grade):
    more = [cell("g2", "print('loud')\nbase = 10\ndef helper(x):\n    return base + f(x)"),
            cell("g3", "raise SystemError('a picture that nobody needs')\nnever = 1")]
    came = grade(RIGHT, "assert helper(1) == 12 and 'never' not in globals()", more=more)
    assert came.points == [1.0] and came.printed == ""


@pytest.mark.slow
def test_a_name_that_the_answer_lacks_gives_the_usual_error(grade):
    came = grade("def other(x):\n    return x", "assert f(3) == 6", source=RIGHT)
    assert came.words == ["NameError: name 'f' is not defined"]


@pytest.mark.slow
def test_names_are_taken_anew_before_each_test_but_tests_keep_their_own(grade):
    came = grade("x = [1]\ny = 1\ndef f():\n    x.append(2)", "f()\ny = 5", "assert x == [1, 2] and y == 5")
    assert came.points == [1.0, 1.0]


def test_a_cell_that_is_not_split_is_refused():
    source = notebook("def f(): pass", "f()", more=[cell("plot", "f()", points=1, in_process=True)])
    judge = Judge(source, None)
    assert judge.is_split("t1") and not judge.is_split("plot") and judge.plan.in_process == ["plot"]
    with pytest.raises(CourseError, match="plot is no split test of this notebook; it has t1"):
        judge.run("plot", None)

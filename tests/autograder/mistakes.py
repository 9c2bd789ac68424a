"""The mistakes that people make at the command line, each with the exit code and the sentence that answers it.

``ROWS`` is the list: command, argument or option, words after the command, exit code, a regular expression of what is
said. ``{bad}`` stands for a folder of bad files, ``{course}`` for the course, ``{taken}`` for a port that is in use.
"""

import re
import zipfile

from autograder.policy import DEFAULT
from tests.autograder.conftest import NAME
from tests.autograder.tiny import write

NO_LAB = r"There is no lab '{}'\. Labs: 01_tiny, 02_bare\."
MEANT = r" Did you mean '01_tiny'\?"
NUMBER = "Input should be a valid integer"
PORT_RANGE = "Input should be (less|greater) than or equal to"

LAB_MISTAKES = [
    ("09_none", NO_LAB.format("09_none") + "$"), ("01_tyni", NO_LAB.format("01_tyni") + MEANT),
    ("1", NO_LAB.format("1") + MEANT), ("labs/01_tiny/", NO_LAB.format("labs/01_tiny/") + MEANT),
    ("../01_tiny", NO_LAB.format(r"\.\./01_tiny") + MEANT), ("..", NO_LAB.format(r"\.\.") + "$"),
    ("", NO_LAB.format("") + "$"), ("[bold]x", NO_LAB.format(r"\[bold\]x") + "$"), ("😀", NO_LAB.format("😀") + "$"),
    ("01_tiny\n", r"There is no lab '01_tiny\\n'"),
]
ONE_LAB = [*LAB_MISTAKES, ("all", r"One lab at a time, not 'all'\. Labs: 01_tiny, 02_bare\.")]
ROSTERS = [
    ("gone.csv", r"gone\.csv does not exist"), ("rooster_ok.csv", r"Did you mean 'roster_ok\.csv'"),
    ("", "the name of a file or folder is needed"), ("folder", "folder is a folder, should be a file"),
    ("roster_columns.csv", "needs a column 'student' or 'SIS Login ID', has: name, id"),
    ("roster_twice.csv", "has 'jane' twice, the second time in line 3"), ("empty.csv", "is empty"),
    ("roster_id_twice.csv", "line 3: 'jim' has the ID of 'jane', 7"), ("roster_header.csv", "names no student"),
    ("roster_outside.csv", r"line 2: '\.\./\.\./x' cannot be a student id"),
    ("latin.csv", "not saved as UTF-8: byte 0xe9"),
    ("utf16.csv", "not saved as UTF-8 but as UTF-16"),
    ("semicolons.csv", "separated by semicolons, should be by commas"),
    ("tabs.csv", "separated by tabs"), ("quotes.csv", "line 3: .*Are all quotes closed"), ("zero.csv", "zero byte"),
    ("roster_more.csv", "line 2: more cells than columns"), ("roster_column_twice.csv", "the column 'student' twice"),
    ("long.csv", "line 2: field larger than"),
]
POLICIES = [
    ("gone.yml", r"The policy .*gone\.yml does not exist"), ("folder", "is a folder, should be a file"),
    ("", "the name of a file or folder is needed"),
    ("empty.csv", "it is empty"),
    ("broken.yml", "is not readable YAML"),
    ("list.yml", "it is list"),
    ("weights.yml", "must sum to 1, they sum to .* = 11/10"),
    ("date.yml", "day is out of range"),
    ("unknown.yml", r"lates: nobody reads this key\. Did you mean 'late'\?"),
    ("twice.yml", "the key 'late' comes twice"),
    ("word.yml", "late: Input should be a valid integer.*'many'"), ("deep.yml", "is not readable YAML"),
    ("never.yml", "the review rubric never gives C: B asks for no more"), ("latin.csv", "not saved as UTF-8"),
    ("lab.yml", r"lab1 names the assignment '01_tyni', which is no lab; labs are .*\. Did you mean '01_tiny'\?"),
]
LEVEL_FILES = [
    ("gone.csv", r"The CSV of levels .*gone\.csv does not exist"),
    ("levels_letter.csv", "line 2, lab2: 'G' is not a level"),
    ("levels_small.csv", "'a' is not a level; levels are A, B, C, D, E, F"),
    ("levels_late.csv", "'A early' is not a level"),
    ("levels_nobody.csv", r"names 'jan', who is not in the gradebook\. Did you mean 'jane'\?"),
    ("levels_column.csv", r"has the columns lab9; components are review, lab1, lab2, project\. Did you mean 'lab"),
    ("levels_twice.csv", "line 3: 'jane' comes twice"), ("semicolons.csv", "separated by semicolons"),
    ("quotes.csv", "Are all quotes closed"),
    ("empty.csv", "is empty"),
    ("utf16.csv", "UTF-16"),
    ("folder", "is a folder"),
    ("levels_column_twice.csv", "has the column 'lab2' twice"), ("", "the name of a file or folder is needed"),
    ("roster_columns.csv", "needs a column 'student', has: name, id"), ("levels_noone.csv", "line 2: no student"),
]
SOURCES = [
    ("gone", "gone is neither a folder nor a zip"), ("", "the name of a file or folder is needed"),
    ("nothing", "nothing holds no hand-in: there is no file in it"), ("empty.zip", r"holds no hand-in"),
    ("roster_ok.csv", "is neither a folder nor a readable zip: File is not a zip file"),
    ("cut.zip", "is neither a folder nor a readable zip"), ("empty.csv", "is neither a folder nor a readable zip"),
    ("{course}", "is a part of the course or holds it"),
    ("{course}/build/nbgrader/submitted", "is a part of the course"),
    ("/dev/null", "is neither a folder nor a zip"),
]
OUTPUTS = [
    ("{course}", "is a folder; the name of a file is needed"), ("", "the name of a file or folder is needed"),
    ("{course}/labs/01_tiny/lab.py/x.csv", r"x\.csv cannot be written: a part of this path is a file"),
    ("/dev/full", "/dev/full cannot be written: No space left on device"),
    ("/proc/x.csv", "/proc/x.csv cannot be written"),
]
FILES = [("gone.ipynb", r"gone\.ipynb does not exist"), ("rooster_ok.csv", r"Did you mean 'roster_ok\.csv'"),
         ("", "the name of a file or folder is needed")]
WHOLE = [("0", "greater than or equal to 1"), ("-1", "greater than or equal to 1"), ("abc", NUMBER), ("1e3", NUMBER),
         ("99999999", "less than or equal to")]
PORTS = [("0", PORT_RANGE), ("-1", PORT_RANGE), ("65536", PORT_RANGE), ("http", NUMBER),
         ("{taken}", r"Something listens on port \d+ already\. Give another --port")]


def each(values, command, option, *before, folder=""):
    """Return a row for every value of one option (or of an argument, whose name has no dashes)."""
    words = [option] if option.startswith("-") else []
    return [(command, option, [*before, *words, folder + value if value and value[0] not in "{/" else value], 2, says)
            for value, says in values]


def flag(command, option, *before):
    """Return the row of an option that takes no value."""
    return (command, option, [*before, f"{option}=maybe"], 2, f"Option '{option}' does not take a value")


ROWS = [
    *each(LAB_MISTAKES, "build", "lab"), ("build", "lab", [], 2, "Missing argument 'lab'"),
    *[("build", "--due", [NAME, "--due", date], 2, f"'{re.escape(date)}' is not a date; write it like 2026-12-01")
      for date in ("tomorrow", "", "2026-02-30", "01.12.2026", "2026-12-01 25:00", "0001-01-01 00:00+14:00", "12")],
    *each(LAB_MISTAKES, "release", "lab"), ("release", "lab", ["02_bare"], 2, "02_bare"),
    *[("collect", "lab", [name, "{bad}/in"], 2, says) for name, says in ONE_LAB],
    *each(SOURCES, "collect", "source", NAME, folder="{bad}/"),
    ("collect", "source", [NAME], 2, "Missing argument 'source'"),
    ("collect", "source", [NAME, "{bad}/outside.zip"], 1, "its name points outside the zip.* 0 hand-ins are"),
    ("collect", "source", [NAME, "{bad}/nested.zip"], 1, "all.zip .*it is packed once more: unpack it first"),
    ("collect", "source", [NAME, "{bad}/bomb.zip"], 1, "it would unpack to more than 300 times its size"),
    ("collect", "source", [NAME, "{bad}/damaged.zip"], 1, "it cannot be unpacked"),
    *each(ROSTERS, "collect", "--roster", NAME, "{bad}/in", folder="{bad}/"),
    *each(ONE_LAB, "grade", "lab"),
    ("grade", "lab", [NAME], 2, f"Nobody handed in {NAME} yet; run: python -m autograder collect"),
    *[("grade", "--student", [NAME, option, name], 2, f"'{re.escape(name)}': no hand-in for {NAME}; 0 students")
      for option in ("--only", "--student") for name in ("nobody", "", "../x", "*", "[bold]")],
    *[("grade", "--since", [NAME, "--since", date], 2, f"'{re.escape(date)}' is not a date; write it like 2026-12-01")
      for date in ("yesterday", "", "2026-02-30")],
    ("grade", "--since", [NAME, "--since", "2026-12-01"], 2, f"Nobody has handed in {NAME} after 2026-12-01"),
    ("grade", "--since", [NAME, "--since", "2026-12-01", "--only", "jane"], 2, "Nobody of these has handed in"),
    *each(WHOLE, "grade", "--jobs", NAME), *each(WHOLE, "grade", "--cell-timeout", NAME),
    *each(WHOLE, "grade", "--notebook-timeout", NAME), flag("grade", "--again", NAME),
    flag("grade", "--unsafe-no-sandbox", NAME), flag("demo", "--unsafe-no-sandbox", NAME),
    *each(POLICIES, "grade", "--policy", NAME, folder="{bad}/"),
    *each(ONE_LAB, "feedback", "lab"), ("feedback", "lab", [NAME], 2, f"Nobody is graded for {NAME}; run: python -m"),
    ("feedback", "--student", [NAME, "--student", "nobody"], 2, f"Nobody is graded for {NAME}"),
    *each(LEVEL_FILES, "marks", "--levels", folder="{bad}/"), *each(POLICIES, "marks", "--policy", folder="{bad}/"),
    *each(OUTPUTS, "marks", "--csv"),
    *each(OUTPUTS, "export", "--to"), *each(ROSTERS, "export", "--roster", folder="{bad}/"), flag("export", "--levels"),
    *each(POLICIES, "export", "--policy", "--levels", folder="{bad}/"),
    *each(ONE_LAB, "demo", "lab"), *each(WHOLE, "demo", "--students", NAME), *each(WHOLE, "demo", "--jobs", NAME),
    ("demo", "--students", [NAME, "--students", "3"], 2, "needs 19 students or more: .* got 3"),
    *each(POLICIES, "demo", "--policy", NAME, folder="{bad}/"),
    ("demo", "lab", ["02_bare"], 2, "holds no lab.py and no review.py"),
    *each(PORTS, "formgrader", "--port"), flag("formgrader", "--browser"),
    flag("check", "--write"), flag("check", "--run"),
    ("check", "--write", ["--write", "{bad}/in/jane/lab.ipynb"], 2, "--write belongs to the check of the course"),
    ("check", "--run", ["--run"], 2, "--run needs FILES"),
    *each(FILES, "check", "files", folder="{bad}/"),
    *[("run", "lectures", [name], 2, rf"There is no lecture '{re.escape(name)}'\. Lectures: 01_tiny\.")
      for name in ("99", "1", "01_tyni", "", "..", "[bold]")],
    ("run", "lectures", ["01", "99"], 2, "There is no lecture '99'"),
    *[("run", "--parameter", ["-p", pair], 2, says) for pair, says in (
        ("seed", "A parameter looks like NAME=VALUE, got 'seed'"), ("=3", "got '=3'"), ("a b=3", "got 'a b=3'"),
        ("seed=[", r"The value of seed cannot be read: '\['"), ("seed=2026-02-30", "The value of seed cannot be read"),
        ("sede=4", r"01_tiny\.py has no parameter sede\. It has: FAST, seed\. Did you mean 'seed'\?"),
        ("seed=many", "seed is 'many', should be of the type int, like 1"),
        ("FAST=perhaps", "FAST is 'perhaps', should be"),
        ("FAST=1", "FAST is 1, should be of the type bool"), ("seed=true", "seed is True, should be of the type int"))],
    flag("run", "--fast"), flag("run", "--repeat"), *each(WHOLE, "run", "--timeout"),
    ("run", "--seed", ["--seed", "x"], 2, NUMBER), ("run", "--seed", ["--seed", "-1"], 2, "greater than or equal to 0"),
    *[("slides", "decks", [name], 2, rf"There is no deck '{re.escape(name)}'\. Decks: 01_tiny\.")
      for name in ("99", "1", "01_tyni", "", "[bold]")],
    ("slides", "decks", ["01", "99"], 2, "There is no deck '99'"), flag("slides", "--pdf"),
    ("student", "", ["extra"], 2, "unexpected extra argument"),
    ("doctor", "", ["extra"], 2, "unexpected extra argument"),
    *each(PORTS, "course", "--port"), flag("course", "--browser"),
]


def make_bad_files(bad):
    """Write what people give by mistake into a folder."""
    policy = DEFAULT.read_text().replace("[03_regression]", "[01_tiny]")
    texts = {
        "roster_ok.csv": "student,ID\njane,1\n", "roster_columns.csv": "name,id\nx,1\n", "empty.csv": "",
        "roster_twice.csv": "student,ID\njane,1\njane,2\n", "roster_id_twice.csv": "student,ID\njane,7\njim,7\n",
        "roster_header.csv": "student,ID\n", "roster_outside.csv": "student,ID,SIS Login ID\n../../x,7,jane\n",
        "semicolons.csv": "student;ID\njane;1\n", "tabs.csv": "student\tID\njane\t1\n", "zero.csv": "student\nja\0ne\n",
        "quotes.csv": 'student,ID\n"jane,1\njim,2\n', "roster_more.csv": "student,ID\njane,1,2\n",
        "roster_column_twice.csv": "student,student\na,b\n", "long.csv": f'student,ID\n"{"x" * 200_000}",1\n',
        "levels_letter.csv": "student,lab2\njane,G\n", "levels_small.csv": "student,lab2\njane,a\n",
        "levels_late.csv": "student,lab2\njane,A early\n", "levels_nobody.csv": "student,lab2\njan,A\n",
        "levels_column.csv": "student,lab9\njane,A\n", "levels_twice.csv": "student,lab2\njane,A\njane,B\n",
        "levels_column_twice.csv": "student,lab2,lab2\njane,A,B\n", "levels_noone.csv": "student,lab2\n,A\n",
        "broken.yml": "scale: {A: 5\n  b: [", "list.yml": "- a\n", "date.yml": "2026-02-31", "deep.yml": "[" * 3000,
        "weights.yml": policy.replace("weight: 0.3", "weight: 0.4"), "unknown.yml": policy + "\nlates: 2\n",
        "twice.yml": policy + "\nlate: 2\n", "word.yml": policy.replace("late: 1 ", "late: many "),
        "never.yml": policy.replace("share: 0.8", "share: 0.4"), "lab.yml": policy.replace("[01_tiny]", "[01_tyni]"),
        "in/jane/lab.ipynb": "{}",
    }
    for name, text in texts.items():
        write(bad / name, text)
    (bad / "latin.csv").write_bytes("student,ID\njané,1\n".encode("latin-1"))
    (bad / "utf16.csv").write_bytes("student,ID\njane,1\n".encode("utf-16"))
    for name in ("folder", "nothing"):
        (bad / name).mkdir()
    for name, files in {"empty": {}, "outside": {"../../evil_lab.ipynb": "x", "/abs_lab.ipynb": "x"},
                        "bomb": {"jane/lab.ipynb": "0" * 2**21}, "damaged": {"jane/lab.ipynb": "x" * 9999},
                        "nested": {"all.zip": "PK"}}.items():
        with zipfile.ZipFile(bad / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for member, text in files.items():
                archive.writestr(member, text)
    whole = (bad / "damaged.zip").read_bytes()
    (bad / "cut.zip").write_bytes(whole[:60])
    (bad / "damaged.zip").write_bytes(whole[:46] + b"\xff" * 8 + whole[54:])

FREE = {"--who", "--why"}                             # any text is right, none stands for the login or for no reason
NOBODY, A_LAB = "There is no student 'nobody' on the roster of 1", NO_LAB.format("09_none")
UNTIL = "'soon' is not a date; write it like 2026-12-01"
FOLDER = "is a folder; the name of a file is needed"

ROWS += [                                             # tests, people and records
    ("extend", "lab", ["09_none", "2026-12-01", "--student", "jane", "--why", "ill"], 2, A_LAB),
    ("extend", "until", [NAME, "soon", "--student", "jane", "--why", "ill"], 2, UNTIL),
    ("extend", "--student", [NAME, "2026-12-01", "--student", "nobody", "--why", "ill"], 2, NOBODY),
    ("extend", "--group", [NAME, "2026-12-01", "--group", "g", "--why", "ill"], 2, "There is no group 'g' in 01_tiny"),
    ("extend", "--student", [NAME, "2026-12-01", "--student", "jane", "--why", ""], 2, "An extension needs a reason"),
    ("attempts", "lab", ["09_none"], 2, A_LAB),
    ("attempts", "--student", [NAME, "--student", "nobody"], 2, NOBODY),
    ("attempts", "--csv", [NAME, "--csv", "{course}"], 2, FOLDER),
    ("log", "--student", ["--student", "nobody"], 2, NOBODY),
    ("log", "--lab", ["--lab", "09_none"], 2, A_LAB),
    ("log", "--csv", ["--csv", "{course}"], 2, FOLDER),
    ("verify", "--head", ["--head", "abc"], 2, "'abc' is not a head of the log"),
    *[("roster import", "file", ["{bad}/" + name], 2, says) for name, says in ROSTERS
      if name in ("gone.csv", "folder", "latin.csv", "utf16.csv", "semicolons.csv", "quotes.csv", "empty.csv")],
    flag("roster import", "--overwrite", "{bad}/roster_ok.csv"),
    flag("roster import", "--dry-run", "{bad}/roster_ok.csv"),
    ("roster list", "--csv", ["--csv", "{course}"], 2, FOLDER),
    ("group set", "name", ["", "jane"], 2, "A group needs a name of 1 to 100 printable characters, got ''"),
    ("group set", "students", ["g", "nobody"], 2, NOBODY),
    ("group set", "--lab", ["g", "jane", "--lab", "09_none"], 2, A_LAB),
    ("group alone", "student", ["nobody"], 2, NOBODY),
    ("group alone", "--lab", ["jane", "--lab", "09_none"], 2, A_LAB),
    ("group list", "--lab", ["--lab", "09_none"], 2, A_LAB),
    ("deadline set", "lab", ["09_none", "2026-12-01"], 2, A_LAB),
    ("deadline set", "when", [NAME, "soon"], 2, UNTIL),
    ("deadline set", "--section", [NAME, "2026-12-01", "--section", "s"], 2, "There is no section 's' on the roster"),
    ("deadline list", "lab", ["09_none"], 2, A_LAB),
    ("deadline list", "--csv", [NAME, "--csv", "{course}"], 2, FOLDER),
]

ROWS += [                                             # Canvas read back
    *[("canvas import", "file", ["{bad}/" + name], 2, says) for name, says in ROSTERS
      if name in ("gone.csv", "folder", "latin.csv", "utf16.csv", "semicolons.csv", "quotes.csv", "empty.csv")],
    ("canvas import", "file", ["{bad}/roster_ok.csv"], 2, "is not a gradebook of Canvas: it has no column 'Student'"),
    ("canvas import", "--column", ["{bad}/roster_ok.csv", "--column", "Lab 1"], 2, "should look like 'Lab 1"),
    flag("canvas import", "--ids", "{bad}/roster_ok.csv"),
    flag("canvas import", "--marks", "{bad}/roster_ok.csv"),
]

ROWS += [                                             # are the tests any good?
    *each(LAB_MISTAKES, "audit", "lab"), ("audit", "lab", ["02_bare"], 2, "holds no lab.py and no review.py"),
    ("audit", "lab", [], 2, "Missing argument 'lab'"),
    *[("audit", "--question", [NAME, "--question", name], 2, f"There is no question '{re.escape(name)}' with tests in")
      for name in ("01-q9-basic", "", "01-q3-advanced", "[bold]")],
    ("audit", "--question", [NAME, "--question", "01-q1-basik"], 2, r"Did you mean '01-q1-basic'\?"),
    ("audit", "--question", ["all", "--question", "01-q1-basic"], 2, "name the lab instead of all"),
    *each(WHOLE, "audit", "--jobs", NAME),
    ("audit", "--json", [NAME, "--json", "{course}"], 2, "is a folder; the name of a file is needed"),
    ("audit", "--json", [NAME, "--json", ""], 2, "the name of a file or folder is needed"),
    ("audit", "--json", [NAME, "--json", "{course}/labs/01_tiny/lab.py/x"], 2, "lies in no folder that exists"),
]

ROWS += [                                             # files that a student asks about: a verdict, not a mistake
    ("check", "files", ["{bad}/roster_ok.csv"], 1, r"cannot take it: roster_ok\.csv is not a notebook"),
    ("check", "files", ["{bad}/in/jane/lab.ipynb"], 1, "cannot take it: .* it has no cells"),
    ("check", "files", ["{bad}/nothing"], 1, "There is no notebook in this folder"),
    ("check", "files", ["/dev/null"], 1, "is a folder, a pipe or a device"),
]

MARGIN = "A margin is a number from 0 to 0.5, such as 0.1 or 1/10; got"

ROWS += [                                             # reports
    *each(LAB_MISTAKES, "stats", "lab"), *each(LAB_MISTAKES, "moderate", "lab"), *each(LAB_MISTAKES, "similar", "lab"),
    ("stats", "--csv", [NAME, "--csv", "{course}"], 2, f"Nobody is graded for {NAME}"),
    ("similar", "--csv", [NAME, "--csv", "{course}"], 2, f"Nobody is graded for {NAME}"),
    *each(OUTPUTS, "moderate", "--csv"),
    *[("moderate", "--margin", ["--margin", text], 2, MARGIN) for text in ("", "x", "1", "-0.1", "1/0", "nan", "1e9")],
    *each(LEVEL_FILES, "moderate", "--levels", folder="{bad}/"),
    *each(POLICIES, "moderate", "--policy", folder="{bad}/"),
    *[("what-if", "student", [name], 2, f"There is no student '{re.escape(name)}' in the gradebook of 1")
      for name in ("nobody", "", "../x", "[bold]")],
    ("what-if", "student", ["jan"], 2, r"in the gradebook of 1\. Did you mean 'jane'\?"),
    *[("what-if", "--set", ["jane", "--set", pair], 2, says) for pair, says in (
        ("lab1", "An assumption looks like lab1=A, got 'lab1'"), ("", "got ''"), ("=A", "got '=A'"),
        ("lab9=A", r"There is no component 'lab9'; there are .* Did you mean 'lab"), ("lab1=Q", "'Q' is not a level"),
        ("lab1=a", "'a' is not a level; levels are A, B, C, D, E, F"))],
    ("what-if", "--set", ["jane", "--set", "lab1=A", "--set", "lab1=B"], 2, "lab1 is assumed twice: A and B"),
    *each(LEVEL_FILES, "what-if", "--levels", "jane", folder="{bad}/"),
    *each(POLICIES, "what-if", "--policy", "jane", folder="{bad}/"),
]

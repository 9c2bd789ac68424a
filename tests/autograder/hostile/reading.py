"""Escapes that read or write what is not the student's: files, secrets, the gradebook, other people's work."""

from tests.autograder.hostile.hand_in import FIRST, RIGHT, SECOND, damaged, running, save

READ, LEFT = "a secret in the student's own results", "a file that is not as before, or a planted one"


def _read(name, what, attack, **more):
    return running(name, what, "escape", 3.0, READ, attack, second=RIGHT[SECOND], **more)


def _write(name, what, attack, **more):
    return running(name, what, "escape", 3.0, LEFT, attack, second=RIGHT[SECOND], **more)


TRY = '''
def attempt(action, *arguments, **more):
    try:
        return action(*arguments, **more)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
'''

GRADEBOOK = '''
import sqlite3
def rewrite():
    with sqlite3.connect(W["nbgrader"] + "/gradebook.db", timeout=5) as book:
        book.execute("UPDATE grade SET auto_score = 99, manual_score = 99, extra_credit = 7")
        book.execute("UPDATE student SET email = 'planted'")
'''

CASES = [
    _read("e01-notes", "reads the instructor's notes beside the course",
          'print(open(W["root"] + "/notes.txt").read())'),
    _read("e02-hidden-tests", "looks for hidden tests and solutions in the working folder and upwards", '''
import pathlib
for path in [*pathlib.Path(".").rglob("*.ipynb"), *pathlib.Path(W["nbgrader"]).glob("source/*/*.ipynb"),
             *pathlib.Path("../../..").glob("source/*/*.ipynb")]:
    try:
        print(path.read_text())
    except OSError as error:
        print(error)
'''),
    _read("e03-other-student", "prints another student's hand-in", '''
import glob
for path in glob.glob(W["nbgrader"] + "/*/zoe/**/*.ipynb", recursive=True) + glob.glob("../../zoe/**", recursive=True):
    try:
        print(open(path).read())
    except OSError as error:
        print(error)
'''),
    _read("e04-environment", "prints the environment", "import os\nprint(dict(os.environ))"),
    _read("e05-proc-environ", "prints the environment of every process, threads and parents included", TRY + '''
import glob
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ") + ["/proc/self/environ"]:
    print(attempt(lambda: open(path, "rb").read()))
'''),
    _read("e06-gradebook", "reads the gradebook", '''
import sqlite3
book = sqlite3.connect("file:" + W["nbgrader"] + "/gradebook.db?mode=ro", uri=True)
print(book.execute("SELECT * FROM student").fetchall(), book.execute("SELECT * FROM grade").fetchall())
'''),
    _read("e07-ssh-key", "reads the grader's private key in the home folder", TRY + '''
import os, pathlib
for home in {os.path.expanduser("~"), W["root"] + "/home", os.environ.get("HOME", "")}:
    for path in pathlib.Path(home).rglob("*"):
        if "ssh" in str(path) and path.is_file():
            print(attempt(path.read_text))
'''),
    _read("e08-proc-root", "goes through /proc/PID/root, cwd and fd of every process", TRY + '''
import glob, os
for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
    for path in (f"/proc/{pid}/root{W['root']}/notes.txt", f"/proc/{pid}/cwd/../../../../../../notes.txt",
                 f"/proc/{pid}/cwd/notes.txt", *glob.glob(f"/proc/{pid}/fd/*")):
        if os.path.isfile(path):
            print(path, attempt(lambda: open(path, "rb").read(20000)))
'''),
    _read("e09-parent-memory", "searches the memory of its parents for the token", TRY + '''
import os, re
def scan(pid):
    for line in open(f"/proc/{pid}/maps"):
        low, high = (int(x, 16) for x in line.split()[0].split("-"))
        if " rw" in line and high - low < 2**26:
            with open(f"/proc/{pid}/mem", "rb") as memory:
                memory.seek(low)
                print(re.findall(rb"secret-[a-z]+-[0-9a-f]{12}", attempt(memory.read, high - low) or b""))
for pid in [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
    print(attempt(scan, pid))
'''),
    _read("e10-vm-readv", "reads the parent's memory with process_vm_readv", TRY + '''
import ctypes, os, re
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
def scan(pid):
    for line in open(f"/proc/{pid}/maps"):
        low, high = (int(x, 16) for x in line.split()[0].split("-"))
        if " rw" not in line or high - low > 2**26:
            continue
        room = ctypes.create_string_buffer(high - low)
        mine, theirs = Vector(ctypes.cast(room, ctypes.c_void_p), high - low), Vector(low, high - low)
        if ctypes.CDLL(None).process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) > 0:
            print(re.findall(rb"secret-[a-z]+-[0-9a-f]{12}", room.raw))
print(attempt(scan, os.getppid()))
'''),
    _read("e11-links-at-run", "puts links to secrets into the working folder, for whoever copies it out", '''
import os
for number, path in enumerate((W["root"] + "/notes.txt", W["nbgrader"] + "/gradebook.db", W["root"])):
    for make in (os.symlink, os.link):
        try:
            make(path, f"result-{number}-{make.__name__}.txt")
        except OSError as error:
            print(error)
'''),
    _read("e12-walk", "walks the whole disk for anything with a secret in it", '''
import os, time
end = time.monotonic() + 4
for top in (W["root"], "/home", "/root", "/tmp", "/var/tmp", "/mnt", "/srv", "/run", "/dev/shm"):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if time.monotonic() < end and os.path.isfile(path) and os.path.getsize(path) < 300000:
                try:
                    text = open(path, errors="replace").read()
                except OSError:
                    continue
                if "secret-" in text:
                    print(path, text)
'''),
    _read("e13-shell", "asks the shell: cat, env, ps, sqlite", '''
import subprocess
for line in ("cat " + W["root"] + "/notes.txt", "env", "ps axewww", "cat /proc/1/environ", "ls -laR " + W["nbgrader"],
             "cat " + W["root"] + "/home/.ssh/*"):
    print(subprocess.run(line, shell=True, capture_output=True, text=True, errors="replace"))
'''),
    _read("e14-magic", "the same with IPython's magics in cells of its own", "print('see below')",
          after=["%load_ext autoreload\n%env", '!cat {W["root"]}/notes.txt', '%cat {W["root"]}/notes.txt',
                 "%%bash\nenv; cat ~/.ssh/*", '%run {W["nbgrader"]}/source/01_hostile/lab.ipynb',
                 'get_ipython().run_line_magic("pfile", W["root"] + "/notes.txt")']),
    _write("e20-plant", "leaves files in the course, in the home folder and in shared places", TRY + '''
import os
for place in (W["root"], W["course"], W["nbgrader"], W["nbgrader"] + "/source/01_hostile", W["root"] + "/home",
              W["nbgrader"] + "/submitted/zoe/01_hostile", W["nbgrader"] + "/release/01_hostile", "/tmp", "/dev/shm",
              "/var/tmp", "/run", "/etc", os.path.expanduser("~"), "../..", "../../../feedback"):
    print(attempt(lambda: open(f"{place}/planted-{W['id']}", "w").write("x")))
'''),
    _write("e21-bashrc", "adds a line to the grader's .bashrc, .profile and IPython start-up", TRY + '''
import os
for home in {W["root"] + "/home", os.path.expanduser("~")}:
    print(attempt(lambda: open(home + "/.bashrc", "a").write("echo planted\\n")))
    for folder in (".ipython/profile_default/startup", ".config/autostart", ".local/lib/python3.11/site-packages"):
        attempt(os.makedirs, f"{home}/{folder}", exist_ok=True)
        print(attempt(lambda: open(f"{home}/{folder}/planted.pth", "w").write("import os")))
'''),
    _write("e22-delete", "deletes the course, the notes and the home folder", '''
import os, shutil
for place in (W["nbgrader"] + "/source", W["nbgrader"] + "/release", W["nbgrader"] + "/submitted/zoe",
              W["course"] + "/labs", W["root"] + "/home"):
    shutil.rmtree(place, ignore_errors=True)
try:
    os.remove(W["root"] + "/notes.txt")
except OSError as error:
    print(error)
'''),
    _write("e23-gradebook-now", "rewrites the gradebook at once", TRY + GRADEBOOK + "print(attempt(rewrite))"),
    _write("e24-gradebook-later", "leaves a process that rewrites the gradebook when its own marks are in",
           TRY + GRADEBOOK + '''
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(3)
        attempt(rewrite)
        os._exit(0)
    os._exit(0)
'''),
    _write("e25-gradebook-thread", "a thread rewrites the gradebook again and again", TRY + GRADEBOOK + '''
import threading, time
def again():
    while True:
        attempt(rewrite)
        time.sleep(0.2)
threading.Thread(target=again, daemon=True).start()
'''),
    _write("e26-source", "overwrites the instructor's source and the release, for the next student", TRY + '''
import json
for path in ("source", "release"):
    file = f"{W['nbgrader']}/{path}/01_hostile/lab.ipynb"
    def change():
        book = json.load(open(file))
        for cell in book["cells"]:
            cell["source"] = "pass" if cell["metadata"].get("nbgrader", {}).get("grade") else cell["source"]
        json.dump(book, open(file, "w"))
    print(attempt(change))
'''),
    _write("e27-config", "writes into nbgrader's configuration, which is executed", TRY + '''
print(attempt(lambda: open(W["nbgrader"] + "/nbgrader_config.py", "a").write("\\nprint('planted-' + 'log')\\n")))
print(attempt(lambda: open("nbgrader_config.py", "w").write("print('planted-' + 'log')")))
'''),
    _write("e28-permissions", "closes the course and the gradebook to everybody", TRY + '''
import os
for path in (W["root"] + "/notes.txt", W["nbgrader"] + "/source", W["course"] + "/labs"):
    print(attempt(os.chmod, path, 0))
'''),
    _write("e29-next-student", "prepares the folders of the next student: a numpy.py and a page", TRY + '''
import os
for folder in ("autograded", "feedback", "intake"):
    place = f"{W['nbgrader']}/{folder}/zoe/01_hostile"
    attempt(os.makedirs, place, exist_ok=True)
    print(attempt(lambda: open(place + "/planted.html", "w").write("<script>1</script>")))
'''),
    _write("e30-packages", "writes into the installed packages of the grader", TRY + '''
import os, site, sys, nbformat
for place in {os.path.dirname(nbformat.__file__), *site.getsitepackages(), sys.prefix, site.getusersitepackages()}:
    attempt(os.makedirs, place, exist_ok=True)
    print(attempt(lambda: open(place + "/planted.pth", "w").write("import os")))
'''),
    _write("e31-terminal", "writes into the grader's terminal through /proc/PID/fd", TRY + '''
import os
for pid in [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
    for number in (1, 2):
        print(attempt(lambda: open(f"/proc/{pid}/fd/{number}", "a").write("mallory 5/5 planted" + "-log\\n")))
'''),
    _write("e32-own-streams", "writes to the file descriptors that it has inherited", TRY + '''
import os
for number in range(1, 64):
    attempt(os.write, number, b"mallory 5/5 planted" + b"-log\\n")
'''),
]


def _link(make):
    def damage(folder, content, world):
        import os

        save(folder, content)
        for number, path in enumerate((world.root / "notes.txt", world.root / "home" / ".ssh" / "id_ed25519",
                                       world.nbgrader / "gradebook.db")):
            make(path, folder / f"data-{number}.csv")
        os.symlink(world.root, folder / "figures")
    return damage


def _symbolic(path, link):
    link.symlink_to(path)


def _hard(path, link):
    link.hardlink_to(path)


def _notebook_link(folder, content, world):
    (folder / "lab.ipynb").symlink_to(world.nbgrader / "submitted" / "zoe" / "01_hostile" / "lab.ipynb")


def _data_link(folder, content, world):
    save(folder, content)
    (folder / "data.csv").symlink_to(world.root / "notes.txt")


def _stamp_link(folder, content, world):
    save(folder, content)
    (folder / "timestamp.txt").symlink_to(world.root / "notes.txt")
    (folder / "collected.json").symlink_to(world.root / "home" / ".ssh" / "id_ed25519")


def _folder_link(folder, content, world):
    folder.rmdir()
    folder.symlink_to(world.nbgrader / "submitted" / "zoe" / "01_hostile")


HALF = {FIRST: "def mean_price(prices):\n    return None\n", SECOND: RIGHT[SECOND]}
CASES += [
    damaged("e40-symlinks", "symbolic links to secrets beside the notebook", 3.0, READ, _link(_symbolic), kind="escape",
            answers=HALF),
    damaged("e41-hard-links", "hard links to secrets beside the notebook", 3.0, READ, _link(_hard), kind="escape",
            answers=HALF),
    damaged("e42-notebook-link", "the notebook itself is a link to another student's", 0.0, READ, _notebook_link,
            kind="escape"),
    damaged("e43-data-link", "the data file is a link to the instructor's notes", 3.0, READ, _data_link, kind="escape",
            answers=HALF),
    damaged("e44-stamp-link", "timestamp.txt and collected.json are links to secrets", 3.0, READ, _stamp_link,
            kind="escape", answers=HALF),
    damaged("e45-folder-link", "the folder of the hand-in is a link to another student's", 0.0, READ, _folder_link,
            kind="escape"),
]

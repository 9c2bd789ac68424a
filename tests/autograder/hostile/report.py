"""Runs a grader over the corpus, keeps what was seen, and writes it as a table for people and as JSON."""

import json
import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tests.autograder.hostile import guard, page
from tests.autograder.hostile.evidence import Evidence
from tests.autograder.hostile.verdict import judge

BATCH = 12                                            # hand-ins that share a guard, one after the other
COLUMNS = ("hand-ins", "escapes", "scripts alive", "rows lost", "marks won", "class stopped", "did not end",
           "honest marks short", "damaged marks short", "interfaces of the kernel reached",
           "hidden tests shown in feedback")
FOLDERS = re.compile(r"(?<![\w.])(/[\w.@+-]+)+/")     # of the machine that the corpus ran on
BEGIN, END = "<!-- hostile: written by python -m tests.autograder.hostile --readme -->", "<!-- hostile: end -->"


def label(grader, user):
    """Return the name of a column: the grader's, and whom it ran as where that is not an ordinary user."""
    return f"{grader.name}-root" if user == "root" else grader.name


def labels(folder):
    """Return the names of which there is evidence."""
    return sorted((path.stem.removeprefix("hostile-") for path in Path(folder).glob("hostile-*.jsonl")), reverse=True)


def evidence_path(folder, grader):
    """Return where the evidence of a column is kept, one line a hand-in."""
    return Path(folder) / f"hostile-{grader}.jsonl"


def read_evidence(folder, grader):
    """Return ``{id: Evidence}`` of what was kept; the last line of an id counts."""
    path = evidence_path(folder, grader)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [Evidence.from_json(line) for line in lines if line.strip()]
    return {evidence.id: evidence for evidence in found}


def run_corpus(grader, cases, template, *, folder, user="ordinary", together=False, on_case=None):
    """Grade every case inside guards and return ``{id: Evidence}``; each is kept in `folder` as soon as it is there.

    One hostile student at a time, so that it is known who did what. `together` grades them as classes of a dozen, as in
    real life, which is faster; where anything is wrong with a class, its members are tried again one by one.

    Parameters
    ----------
    grader : Grader
    cases : list of HandIn
    template : Path
        What `course.template` made.
    folder : Path
        Where evidence and feedback pages go.
    user : {"ordinary", "root"}
    together : bool
    on_case : callable, optional
        Called with the case and its evidence.
    """
    folder, seen = Path(folder), {}
    folder.mkdir(parents=True, exist_ok=True)
    pages = folder / f"pages-{label(grader, user)}"
    for start in range(0, len(cases), BATCH):
        batch = cases[start:start + BATCH]
        found = list(guard.guarded(batch, grader, template, user=user, pages=pages, together=True)) if together else ()
        if not found or any(judge(case, evidence).bad for case, evidence in found):
            found = guard.guarded(batch, grader, template, user=user, pages=pages)
        for case, evidence in found:
            seen[case.id] = evidence
            with evidence_path(folder, label(grader, user)).open("a", encoding="utf-8") as kept:
                kept.write(evidence.to_json() + "\n")
            if on_case:
                on_case(case, evidence)
    return seen


def opened_pages(folder, column):
    """Return ``{id: what Chromium saw act}`` of the kept pages of a column; a page is opened once."""
    folder = Path(folder)
    memory = folder / f"opened-{column}.json"
    known = json.loads(memory.read_text()) if memory.exists() else {}
    pages = {path.stem: path for path in sorted((folder / f"pages-{column}").glob("*.html"))}
    fresh = [path for name, path in pages.items() if known.get(name, [None])[0] != path.stat().st_mtime_ns]
    acted = page.opened(fresh) if fresh else {}
    known |= {path.stem: [path.stat().st_mtime_ns, acted.get(path, [])] for path in fresh}
    memory.write_text(json.dumps(known, indent=1))
    return {name: known[name][1] for name in pages}


def verdicts(cases, seen, opened=None):
    """Return the verdicts on the cases that were seen; what acts in any honest page is the grader's own.

    Parameters
    ----------
    cases : list of HandIn
    seen : dict {id: Evidence}
    opened : dict {id: list of str}, optional
        What Chromium saw act in the pages.
    """
    own = {line for evidence in seen.values() for line in evidence.baseline or ()}
    usual = {line for case in cases if case.kind == "honest" for line in (opened or {}).get(case.id, [])}
    found = []
    for case in (case for case in cases if case.id in seen):
        verdict = judge(case, seen[case.id], own)
        verdict.scripts += [f"in Chromium: {line}" for line in (opened or {}).get(case.id, []) if line not in usual]
        found.append(verdict)
    return found


def totals(cases, found):
    """Return ``{column: count}`` over verdicts."""
    kinds = {case.id: case.kind for case in cases}
    return dict(zip(COLUMNS, (
        len(found), sum(bool(v.escapes) for v in found), sum(bool(v.scripts) for v in found),
        sum(v.lost for v in found), sum(v.won > 0 for v in found), sum(v.stopped for v in found),
        sum(v.hung for v in found),
        *(sum(bool(v.short) for v in found if kinds[v.id] == kind) for kind in ("honest", "damage")),
        sum(any(note.startswith("reached") for note in v.notes) for v in found),
        sum(any(note.startswith("hidden") for note in v.notes) for v in found)), strict=True))


def _short(lines, most=70):
    text = "; ".join(dict.fromkeys(FOLDERS.sub("", line.split("\n")[0]) for line in lines))
    text = text.replace("course/build/nbgrader/", "")
    text = text.replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
    return text if len(text) <= most else f"{text[:most]}..."


def said(case, verdict):
    """Return one cell of the table: points of points deserved, and what went wrong."""
    points = "no mark" if verdict.points is None else f"{verdict.points:g}"
    bad = []
    if verdict.escapes:
        bad.append(f"**escape**: {_short(verdict.escapes)}")
    if verdict.scripts:
        bad.append("**script alive**")
    if verdict.lost:
        bad.append("**row lost**")
    if verdict.won:
        bad.append("**marks won**")
    if verdict.short and not verdict.lost:
        bad.append("**marks short**" if case.kind == "honest" else "marks short")
    if verdict.stopped:
        bad.append("**class stopped**")
    if verdict.hung:
        bad.append("**did not end**")
    if reached := [note.removeprefix("reached ") for note in verdict.notes if note.startswith("reached")]:
        bad.append(f"reached {_short(reached)}")
    return f"{points} of {case.points:g}{'; ' if bad else ''}{', '.join(bad)}"


def summary(cases, by_grader):
    """Return the Markdown table of totals, one column a grader, one row a kind of evidence."""
    names = list(by_grader)
    sums = {name: totals(cases, found) for name, found in by_grader.items()}
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    lines += [f"| {column} | {' | '.join(str(sums[name][column]) for name in names)} |" for column in COLUMNS]
    return "\n".join(lines)


def table(cases, by_grader):
    """Return the Markdown table of every case, one column a grader; a case that was not run says so."""
    names = list(by_grader)
    known = {name: {v.id: v for v in found} for name, found in by_grader.items()}
    lines = [f"| id | what it tries | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for case in cases:
        cells = [said(case, known[n][case.id]) if case.id in known[n] else "not run" for n in names]
        lines.append(f"| {case.id} | {case.what} | {' | '.join(cells)} |")
    return "\n".join(lines)


def by_kind(cases, by_grader):
    """Return the Markdown table of what went wrong, one row a kind of hand-in, one column a grader."""
    lines = [f"| kind | hand-ins | {' | '.join(by_grader)} |", f"|---|---|{'---|' * len(by_grader)}"]
    for kind, count in Counter(case.kind for case in cases).items():
        cells = []
        for found in by_grader.values():
            sums = totals(cases, [v for v in found if any(c.id == v.id and c.kind == kind for c in cases)])
            bad = [f"{number} {name}" for name, number in list(sums.items())[1:9] if number]
            cells.append((", ".join(bad) or "nothing") if sums["hand-ins"] else "not run")
        lines.append(f"| {kind} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_readme(path, cases, by_grader):
    """Write the tables between the two marks of a Markdown file.

    Raises
    ------
    ValueError
        If the marks are not there.
    """
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{path} needs the lines {BEGIN!r} and {END!r}, once each")
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    parts = [BEGIN, summary(cases, by_grader), by_kind(cases, by_grader),
             f"<details><summary>All {len(cases)} hand-ins</summary>", table(cases, by_grader), "</details>", END]
    path.write_text(head + "\n\n".join(parts) + tail, encoding="utf-8")


def as_json(cases, by_grader):
    """Return verdicts of all graders as JSON text."""
    what = {case.id: {"what": case.what, "kind": case.kind, "points": case.points} for case in cases}
    data = {"totals": {name: totals(cases, found) for name, found in by_grader.items()},
            "cases": what, "verdicts": {name: [asdict(v) for v in found] for name, found in by_grader.items()},
            "kinds": Counter(case.kind for case in cases)}
    return json.dumps(data, indent=1, ensure_ascii=False)

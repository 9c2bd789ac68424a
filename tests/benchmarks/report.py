"""The table of the benchmarks, on the screen and in ``build/``."""

import importlib.metadata
import json
import os
import platform
from dataclasses import asdict
from itertools import groupby

from rich.markup import escape
from rich.table import Table

HEADINGS = ("room", "benchmark", "ours ms", "reference ms", "ratio", "target", "met")
HOW = "CPU time of one thread, interleaved, median. Rows with p95: wall clock of single keys, the median as reference."
LIBRARIES = ("numpy", "scipy", "scikit-learn")


def cells(row):
    """Return the texts of one row."""
    met = {True: "yes", False: "NO", None: ""}[row.met]
    times = ("" if ms is None else f"{ms:.4g}" for ms in (row.ours, row.reference))
    return (row.room, row.name, *times, row.figure, row.target, met)


def machine():
    """Return what the figures depend on."""
    return {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count(),
            "python": platform.python_version(), "threads": os.environ.get("OMP_NUM_THREADS", "not limited"),
            **{name: importlib.metadata.version(name) for name in LIBRARIES}}


def screen(rows):
    """Return the rows as a table for the terminal, one section a room."""
    table = Table(caption=HOW, caption_justify="left")
    for heading in HEADINGS[1:]:
        table.add_column(heading, justify="right" if heading.endswith(" ms") or heading == "ratio" else "left")
    for room, group in groupby(rows, key=lambda row: row.room):
        table.add_section()
        table.add_row(f"[bold]{escape(room)}[/]")
        for row in group:
            table.add_row(*map(escape, cells(row)[1:]), style={True: "green", False: "bold red", None: ""}[row.met])
    return table


def write(rows, folder):
    """Write the rows to ``bench.json`` and ``bench.md`` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    report = {"machine": machine(), "rows": [asdict(row) for row in rows]}
    (folder / "bench.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(markdown(rows), encoding="utf-8")


def markdown(rows):
    """Return the rows as a Markdown page."""
    lines = ["# Benchmarks", "", HOW, "",
             ", ".join(f"{name} {value}" for name, value in machine().items()) + ".", "",
             "| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(text.replace("|", "\\|") for text in cells(row)) + " |" for row in rows]
    notes = [f"- {row.name}: {row.note}" for row in rows if row.note]
    return "\n".join([*lines, "", *notes]).rstrip() + "\n"

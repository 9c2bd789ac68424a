"""What the tests' process is told to run; knows nothing that takes time to import."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

KEPT_MAGIC = ("%%time", "%%timeit", "%%capture")


def python(source):
    """Return the source of a cell without what only IPython understands."""
    first, _, rest = source.partition("\n")
    if first.startswith("%%"):
        source = "\n" + rest if first.split()[0] in KEPT_MAGIC else ""
    return "\n".join("pass" if line[:1] in ("%", "!", "?") else line for line in source.split("\n"))


@dataclass
class Test:
    """One test cell: its source, the given cells that run before it, and the names taken from the student."""

    id: str
    source: str
    points: float
    before: list = field(default_factory=list)
    names: list = field(default_factory=list)


@dataclass
class Plan:
    """What the tests' side does for one notebook."""

    prefix: list                                      # sources of given cells that run once, before any student
    tests: list                                       # split tests, in order
    in_process: list                                  # grade ids of tests that run in the student's own process

    def to_bytes(self):
        """Return the plan as bytes."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data):
        """Return the plan that `to_bytes` wrote."""
        read = json.loads(data)
        return cls(read["prefix"], [Test(**test) for test in read["tests"]], read["in_process"])

    def digest(self):
        """Return a hash of what runs before any student."""
        return hashlib.sha256(json.dumps(self.prefix).encode()).hexdigest()

"""Our grader against a dozen of the corpus, as one class; ``python -m tests.autograder.hostile`` tries them all."""

import pytest

from tests.autograder.hostile import guard, report
from tests.autograder.hostile.corpus import ALL
from tests.autograder.hostile.course import template
from tests.autograder.hostile.graders import GRADERS

DOZEN = ("e01-notes", "e04-environment", "e24-gradebook-later", "e40-symlinks", "p05-daemon", "p20-tcp", "m01-equal",
         "m07-syntax-tree", "m61-skip-tag", "r30-exit", "o01-script", "h02-warns")


@pytest.mark.slow
def test_a_class_with_a_dozen_attackers_costs_nobody_anything(tmp_path):
    assert not guard.missing(), guard.missing()
    tmp_path.chmod(0o700)
    template(tmp_path / "template")
    cases = [ALL[name] for name in DOZEN]
    seen = {case.id: evidence for case, evidence in guard.guarded(cases, GRADERS["ours"], tmp_path / "template",
                                                                  together=True)}
    bad = {verdict.id: verdict.bad for verdict in report.verdicts(cases, seen) if verdict.bad}
    assert len(seen) == len(DOZEN) and bad == {}, f"{bad}\n{seen[DOZEN[0]].tail}"

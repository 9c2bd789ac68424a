r"""Which hand-ins of a class have more in common than chance and the lab itself explain.

Two answers to a question are *alike* if the smaller one has 70 % of its fingerprints (see winnowing) in the other one.
With :math:`n` answers, of which :math:`c` are alike to the one of A or to the one of B, whichever is more, a question
in which A and B are alike speaks with

.. math:: b_q = \log_2 \frac{n}{c} \ \text{bits}, \qquad E(A, B) = \sum_q b_q .

What everybody writes alike has c = n and says nothing. How many bits are many is asked of the class itself: were the
answers of every question dealt to people anew, independently, the sum of a pair would be distributed as the convolution
of the distributions of :math:`b_q` over all pairs. A pair of m hand-ins is shown if chance alone would give

.. math:: \frac{m (m - 1)}{2} \, P\Bigl(\sum_q b_q \ge E(A, B)\Bigr) \le 0.05

such pairs in the whole class. A single long answer is shown, too, where the fingerprints that both have and that no
answer of the lab's author has add up to 60 bits, each with the bits of its own rarity :math:`\log_2 (n / n_f)`. The
lab's own solutions, right and known wrong answers count as answers in n and c, so that an idea that many have stays
cheap in a small class. What was released is taken out first.

A pair is a reason to look, not a verdict: two who learn together, or from the same page, write alike, too.
"""

from dataclasses import dataclass, field

from autograder.errors import CourseError
from autograder.reports.answers import HandIn, Part, hand_ins, released, stubs, teams
from autograder.reports.tokens import known_names, tokens, without_given
from autograder.reports.winnowing import fingerprints, grams, tiles

ALIKE = 0.7                                           # share of the smaller answer from which two are alike
CHANCE = 0.05                                         # pairs of a class that chance may give where a pair is shown
STEP = 0.05                                           # bits: how finely their distribution is computed
RARE = 60.0                                           # bits of common fingerprints that make one answer worth a look
WHOLE = "all"                                         # notebooks together
OWN = "cells of their own"                            # what takes the place of a question for cells that were added


@dataclass(frozen=True)
class Likeness:
    """How much two hand-ins share, in one question or in one notebook."""

    share: float                                      # of the fingerprints of the smaller one, 0 to 1
    evidence: float                                   # bits
    chance: float = 1.0                               # of a notebook: how many such pairs chance would give
    rare: float = 0.0                                 # bits of common fingerprints that few have and no author wrote


@dataclass
class Pair:
    """Two hand-ins that are alike."""

    left: object                                      # HandIn
    right: object
    notebooks: dict = field(default_factory=dict)     # notebook -> Likeness
    questions: dict = field(default_factory=dict)     # (notebook, question) -> Likeness; only where anything is common

    @property
    def evidence(self):
        """Return the bits of the notebook that has most, or of all together."""
        return max((each.evidence for each in self.notebooks.values()), default=0.0)

    @property
    def chance(self):
        """Return how many pairs like this chance would give, by the notebook that says least."""
        return min((each.chance for each in self.notebooks.values()), default=1.0)

    @property
    def share(self):
        """Return the share of the notebook that is most alike."""
        return max((each.share for each in self.notebooks.values()), default=0.0)

    @property
    def alike(self):
        """Return the questions whose answers are alike."""
        return [name for (_, name), each in self.questions.items() if each.share >= ALIKE]

    @property
    def rare(self):
        """Return the questions that would be worth a look by themselves."""
        return [name for (_, name), each in self.questions.items() if each.share >= ALIKE and each.rare >= RARE]


class Prints:
    """Turns the cells of hand-ins into fingerprints; what was released is taken out.

    Parameters
    ----------
    release : dict
        As `answers.released` returns it.
    """

    def __init__(self, release):
        self.stubs = stubs(release)
        cells = [cell for cells in release.values() for cell in cells]
        self.known = known_names(source for kind, source, _, _ in cells if kind == "code")
        self.kinds = {meta["grade_id"]: kind for kind, _, meta, _ in cells if meta.get("solution")}
        self.base = {each for kind, source, _, _ in cells for each in grams(tokens(kind, source, self.known))}

    def tokens(self, part):
        """Return the tokens of one cell that are the student's own."""
        given = tokens(part.kind, self.stubs.get(part.question, ""), self.known)
        return without_given(tokens(part.kind, part.source, self.known), given)

    def of(self, part):
        """Return the fingerprints of one cell."""
        return fingerprints([each for each in grams(self.tokens(part)) if each not in self.base])


class Scope:
    """One question of all hand-ins: who has which fingerprints.

    Parameters
    ----------
    sets : list of set
        One for each hand-in.
    background : list of set
        Answers of the lab itself; they make an answer more common, and are compared with nobody.
    """

    def __init__(self, sets, background=()):
        import numpy as np
        from scipy.sparse import csr_array

        every, columns = [*sets, *background], {}
        for each in every:
            for value in sorted(each):
                columns.setdefault(value, len(columns))
        indices = np.array([columns[value] for each in every for value in sorted(each)], dtype=np.int64)
        starts = np.cumsum([0, *map(len, every)])
        has = csr_array((np.ones(len(indices)), indices, starts), shape=(len(every), len(columns)))
        self.size = np.diff(starts).astype(float)                                 # (n + background,)
        self.common = (has @ has.T).toarray()                                     # fingerprints in both
        least = np.minimum(self.size[:, None], self.size[None, :])
        self.share = np.divide(self.common, least, out=np.zeros_like(least), where=least > 0)
        alike, n = self.share >= ALIKE, max(np.count_nonzero(self.size), 1)
        count = alike.sum(axis=1)                                                 # itself among them
        self.bits = np.where(alike, np.log2(n / np.maximum(np.maximum(count[:, None], count[None, :]), 1)), 0.0)
        weight = np.log2(n / np.maximum(has.sum(axis=0), 1))
        weight[[columns[value] for value in set().union(*background)]] = 0.0      # what the lab's author wrote
        self.rare = ((has * weight[None, :]).tocsr() @ has.T).toarray()


def chances(tables):
    """Return a function of bits: the probability that a pair has as many, were all questions dealt independently.

    Parameters
    ----------
    tables : list of array (m, n)
        For each question the bits of all pairs of a hand-in and another, hand-ins or the lab's own answers.
    """
    import numpy as np

    whole = np.ones(1)
    for table in tables:
        others = ~np.eye(*table.shape, dtype=bool)
        steps = np.floor(table[others] / STEP).astype(int)
        whole = np.convolve(whole, np.bincount(steps) / len(steps))
    tail = np.append(np.cumsum(whole[::-1])[::-1], 0.0)
    slack = len(tables)                               # every question was rounded down by less than one step
    return lambda bits: tail[np.clip(np.floor(bits / STEP).astype(int) - slack, 0, len(tail) - 1)]


def compare(found, release, known=()):
    """Return the Pairs of hand-ins that are alike, the strongest evidence first.

    Parameters
    ----------
    found : list of HandIn
    release : dict
        As `answers.released` returns it.
    known : list of HandIn
        Answers of the lab itself: solution, right and wrong answers.
    """
    import numpy as np

    prints, count = Prints(release), len(found)
    of = [[(part, prints.of(part)) for part in hand_in.parts] for hand_in in (*found, *known)]
    scopes = {}
    for key in dict.fromkeys((part.notebook, part.question) for parts in of for part, _ in parts):
        sets = [set().union(*(values for part, values in parts if (part.notebook, part.question) == key))
                for parts in of]
        scopes[key] = Scope(sets[:count], sets[count:])
    chosen, totals = set(), {}
    for notebook in (*release, WHOLE) if len(release) > 1 else release:
        mine = [scope for (name, _), scope in scopes.items() if notebook in (name, WHOLE) and scope.size[:count].any()]
        if count < 2 or not mine:
            continue
        bits, common = (sum(getattr(scope, name)[:count, :count] for scope in mine) for name in ("bits", "common"))
        size = sum(scope.size[:count] for scope in mine)
        least = np.maximum(np.minimum(size[:, None], size[None, :]), 1)
        chance = count * (count - 1) / 2 * chances([scope.bits[:count] for scope in mine])(bits)
        totals[notebook] = common / least, bits, chance
        worth = chance <= CHANCE
        for scope in mine:
            worth |= (scope.rare[:count, :count] >= RARE) & (scope.share[:count, :count] >= ALIKE)
        chosen |= set(zip(*(index.tolist() for index in np.nonzero(np.triu(worth, 1))), strict=True))
    pairs = []
    for i, j in chosen:
        notebooks = {name: Likeness(*(float(table[i, j]) for table in tables)) for name, tables in totals.items()}
        pair = Pair(found[i], found[j], notebooks)
        for (notebook, question), scope in scopes.items():
            if scope.common[i, j]:
                share, bits, rare = (float(table[i, j]) for table in (scope.share, scope.bits, scope.rare))
                pair.questions[notebook, question or OWN] = Likeness(share, bits, rare=rare)
        pairs.append(pair)
    return sorted(pairs, key=lambda pair: (pair.chance, -pair.evidence, pair.left.name, pair.right.name))


def common_parts(left, right, prints):
    """Return the stretches of characters that two cells share, as ``(spans left, spans right)``.

    A span is ``(number, start, end)``; the same number stands for the same stretch on both sides.
    """
    ours, theirs, spans = prints.tokens(left), prints.tokens(right), ([], [])
    for number, tile in enumerate(tiles(ours, theirs), start=1):
        for place, sequence, side in ((tile.left, ours, spans[0]), (tile.right, theirs, spans[1])):
            side.append((number, sequence[place].start, sequence[place + tile.length - 1].end))
    return tuple(sorted(side, key=lambda span: span[1]) for side in spans)


def own_solutions(folder):
    """Return ``{question: source}`` of the solutions of a lab, without the marks of their regions."""
    return {part.question: part.source for part in _solutions(folder)}


def _solutions(folder):
    from autograder.labs import BEGIN, END, is_answer, lab_sources, meta

    for notebook, source in lab_sources(folder).items():
        for cell in filter(is_answer, source.cells):
            lines = [line for line in cell.source.splitlines() if BEGIN not in line and END not in line]
            yield Part(notebook, meta(cell)["grade_id"], cell.cell_type, "\n".join(lines))


def background(folder):
    """Return the lab's own answers as HandIns: solutions, right answers, known wrong answers.

    The first answers of all questions make the first of them, the second ones the second, and so on.
    """
    from autograder.alternatives import load_right_answers
    from autograder.known_wrong import load_known_wrong

    answers = {part.question: [part] for part in _solutions(folder)}
    for each in [*load_right_answers(folder), *load_known_wrong(folder)]:
        answers.setdefault(each.question, []).append(Part(each.notebook, each.question, "code", each.code))
    most = max(map(len, answers.values()), default=0)
    return [HandIn((f"known {n}",), tuple(parts[n] for parts in answers.values() if n < len(parts)))
            for n in range(most)]


def similar(course, assignment):
    """Return ``(pairs, hand-ins, release)`` of an assignment; hand-ins of one group are not compared with each other.

    Raises
    ------
    CourseError
        If it is not released or nobody is graded.
    """
    release, found = released(course, assignment), hand_ins(course, assignment)
    try:
        known = background(course.lab(assignment))
    except CourseError:                               # a lab that is gone, or half written: the class alone then
        known = []
    return without_groups(course, assignment, compare(found, release, known)), found, release


def without_groups(course, assignment, pairs):
    """Return the pairs whose two sides are of different groups."""
    group = teams(course, assignment)

    def together(pair):
        return any(group.get(one) and group.get(one) == group.get(other)
                   for one in pair.left.students for other in pair.right.students)

    return [pair for pair in pairs if not together(pair)]

"""Deck texts become slides: what is text, what is run, what is said; and what is wrong is told with its place."""

import pytest

from autograder import deck
from autograder.errors import CourseError
from tests.autograder.tiny import write

DECK = """---
title: A deck
subtitle: In three slides
---
# First

Text with $x^2$.

Note: Said aloud.
More of it.

---
## Second

<!-- alt: a dot -->
```python
from IPython.display import Image
Image(data=bytes.fromhex("{dot}"), format="png")
```

```text
---
```

after the code

Note:
Said, too.

---
## Third

```python show
# alt: not needed
object()
```

```python
print(2 + 2)
```

Note: Four.
"""
DOT = (
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364f8cf500f00038601805a34"
    "7d6b0000000049454e44ae426082"
)


def test_a_deck_is_cut_into_slides_with_text_code_and_notes(tmp_path):
    header, parsed = deck.parse(write(tmp_path / "01_x.md", DECK))
    assert header == {"title": "A deck", "subtitle": "In three slides"}
    assert [slide.title for slide in parsed] == ["First", "Second", "Third"]
    assert [slide.notes for slide in parsed] == ["Said aloud.\nMore of it.", "Said, too.", "Four."]
    assert [piece[0] for piece in parsed[1].pieces] == ["text", "code", "text"]
    assert parsed[1].pieces[1][2:] == ("a dot", False)
    assert "```text\n---\n```" in parsed[1].pieces[2][1]
    assert parsed[2].pieces[1] == ("code", "object()", "not needed", True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# No header\n", "begins with a YAML header"),
        ("---\nsubtitle: x\n---\n# A\n", "that has a title"),
        ("---\ntitle: [\n---\n# A\n", "is not YAML"),
        ("---\ntitle: x\n---\n# A\n```python\n1\n", "line 5: the fenced block is not closed"),
        ("---\ntitle: x\n---\n# A\n\n---\n\n---\n# B\n", "slide 2 is empty"),
        ("---\ntitle: x\n---\n# A\n\n---\n\nNote: only said\n", "slide 2 is empty"),
    ],
)
def test_a_deck_that_cannot_be_read_says_where(tmp_path, text, says):
    with pytest.raises(CourseError, match=f"^01_x.md.*{says}"):
        deck.parse(write(tmp_path / "01_x.md", text))

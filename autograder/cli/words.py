"""What the commands share: words for arguments, paths that are not empty, text that a terminal shows as it is."""

from pathlib import Path

import typer
from rich.markup import escape


def path(text):
    """Return the path that a person wrote; an empty one would mean the current folder, which nobody means."""
    if not str(text).strip():
        raise typer.BadParameter("the name of a file or folder is needed, got ''")
    return Path(text)


def plain(text):
    r"""Return a text for rich that a terminal shows as it is: no markup, and what cannot be printed as its code.

    Examples
    --------
    >>> print(plain("[bold]jane \x1b[31m \udce9"))
    \[bold]jane \x1b[31m \udce9
    """
    seen = (c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in str(text))
    return escape("".join(seen))

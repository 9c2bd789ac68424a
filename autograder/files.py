"""Files that a person names: read with care, written whole or not at all; and what a misspelt name may have meant."""

import contextlib
import csv
import difflib
import io
import shutil
from pathlib import Path

from autograder.errors import CourseError


def meant(name, names):
    """Return ``" Did you mean 'x'?"`` for the nearest of `names`, nothing where none is near.

    Examples
    --------
    >>> meant("labs/01_tyni/", ["01_tiny", "02_other"])
    " Did you mean '01_tiny'?"
    >>> meant("something else", ["01_tiny"])
    ''
    """
    bare, names = Path(name).name or name, sorted(names)
    if bare.isdigit():                                # 1 or 01, for the unit with this number
        near = [each for each in names if each[:2].isdigit() and int(each[:2]) == int(bare)]
    else:
        suffix = Path(bare).suffix                    # the same ending makes no names alike
        lower = {each.lower().removesuffix(suffix): each for each in names}
        near = [lower[each] for each in difflib.get_close_matches(bare.lower().removesuffix(suffix), lower, n=1)]
    return f" Did you mean {near[0]!r}?" if near else ""


def pick(paths, names, what):
    """Return those of `paths` that `names` call by number, name or path, in the order of the names; all for no names.

    Raises
    ------
    CourseError
        If there are no paths, or a name fits none; with the names that there are.
    """
    stems = [path.stem for path in paths]
    if not paths:
        raise CourseError(f"This course has no {what}s.")
    chosen = []
    for name in names:
        fit = [path for path in paths if Path(name).stem in (path.stem, path.stem[:2])]
        if not fit:
            there = f"{what.capitalize()}s: {', '.join(stems)}."
            raise CourseError(f"There is no {what} {name!r}. {there}{meant(Path(name).stem, stems)}")
        chosen += [path for path in fit if path not in chosen]
    return chosen if names else paths


def read_text(path, what):
    """Return the text of a UTF-8 file, without a byte-order mark.

    Parameters
    ----------
    path : Path
    what : str
        What the file is, such as ``"The roster"``: the sentence of an error begins with it.

    Raises
    ------
    CourseError
        If the file is missing, a folder, not allowed to be read, or not saved as UTF-8.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        beside = {p.name for p in path.parent.iterdir()} - {path.name} if path.parent.is_dir() else ()
        raise CourseError(f"{what} {path} does not exist.{meant(path.name, beside)}") from None
    except IsADirectoryError:
        raise CourseError(f"{what} {path} is a folder, should be a file.") from None
    except OSError as error:
        raise CourseError(f"{what} {path} cannot be read: {error.strerror}.") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CourseError(f"{what} {path} is not saved as UTF-8 but as UTF-16; save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        where = f"byte 0x{data[error.start]:02x} in line {line}"
        raise CourseError(f"{what} {path} is not saved as UTF-8: {where}; save it as UTF-8.") from None


def read_csv(path, what, wanted=None):
    """Return ``(columns, rows)`` of a CSV with a header: the names, and ``(line, {column: text})`` of each row.

    Lines without any text are left out, and so are columns without a name and without any text.

    Parameters
    ----------
    path : Path
    what : str
        What the file is, for the sentences of errors.
    wanted : container of str, optional
        The columns that are read, which may not come twice; all unless given.

    Raises
    ------
    CourseError
        If the file cannot be read, holds no header, uses another separator, has unbalanced quotes, a column twice, or
        more cells in a line than columns; naming the line.
    """
    text = read_text(path, what)
    if "\0" in text:
        raise CourseError(f"{what} {path} is not a text file: there is a zero byte in it.")
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    lines = []
    try:
        lines.extend((reader.line_num, [cell.strip() for cell in cells]) for cells in reader)
    except csv.Error as error:
        raise CourseError(f"{what} {path}, line {reader.line_num}: {error}. Are all quotes closed?") from None
    lines = [(number, cells) for number, cells in lines if any(cells)]
    if not lines:
        raise CourseError(f"{what} {path} is empty; its first line should name the columns.")
    columns = lines[0][1]
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(columns) == 1 and sign in columns[0]:
            raise CourseError(f"{what} {path} is separated by {name}, should be by commas: {columns[0]!r}.")
    twice = [c for c in columns if columns.count(c) > 1 and c and (wanted is None or c in wanted)]
    if twice:
        raise CourseError(f"{what} {path} has the column {twice[0]!r} twice.")
    for number, cells in lines[1:]:
        nameless = [cell for name, cell in zip(columns, cells, strict=False) if not name and cell]
        if any(cells[len(columns):]) or nameless:
            raise CourseError(f"{what} {path}, line {number}: more cells than columns with a name.")
    rows = [(number, {c: cell for c, cell in zip(columns, [*cells, *[""] * len(columns)], strict=False) if c})
            for number, cells in lines[1:]]
    return [c for c in columns if c], rows


def write_whole(path, content):
    """Write text or bytes to a file whole or not at all, folders made where missing; return its path.

    A file that is there stays as it is until the new one is complete. Links are followed, devices written to directly.

    Raises
    ------
    CourseError
        If `path` is a folder, or writing fails: no space, no right, a file in the place of a folder.
    """
    path = Path(path)
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if path.is_dir():
        raise CourseError(f"{path} is a folder; the name of a file is needed.")
    target = path.resolve()
    half = target.with_name(f".{target.name[:200]}.half")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            half.write_bytes(data)
            half.replace(target)
        finally:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise CourseError(f"{path} cannot be written: a part of this path is a file, not a folder.") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def replace_folder(fresh, target):
    """Put the finished folder `fresh` in the place of `target`; the old one goes only when the new one is there."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    try:
        fresh.replace(target)
    except BaseException:
        if old.exists():
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)

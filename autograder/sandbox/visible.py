"""What a box shows of this machine, read-only: Python, its packages, the system's libraries; and the environment."""

import functools
import importlib.util
import os
import site
import subprocess
import sys
import tomllib
from pathlib import Path

HOME, TMP = "/home/student", "/tmp"                   # inside a box with a file system of its own
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("alternatives", "ca-certificates", "fonts", "java-*", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
       "mime.types", "ssl/certs", "ssl/openssl.cnf")
GIVEN = ("CUDA_VISIBLE_DEVICES", "JAVA_HOME", "JOBLIB_MULTIPROCESSING", "KERAS_BACKEND", "LOKY_MAX_CPU_COUNT",
         "MKL_NUM_THREADS", "MPLBACKEND", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
         "PYTHONHASHSEED", "PYTHONWARNINGS", "TF_CPP_MIN_LOG_LEVEL", "TF_DETERMINISTIC_OPS", "TF_ENABLE_ONEDNN_OPTS",
         "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS", "TZ")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
           "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def checkout():
    """Return the folder of the source tree that this package is used from, or None where it is installed."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() else None


def own_packages():
    """Return the folders of the packages that the source tree ships, and nothing else of it."""
    root = checkout()
    if root is None:
        return []
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    names = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return [root / name for name in names]


def link_packages(folder):
    """Make links to the packages of the source tree in a folder; return its path, for PYTHONPATH and ``sys.path``.

    Where the source tree itself may not be listed, Python finds nothing in it.
    """
    os.makedirs(folder, exist_ok=True)
    for package in own_packages():
        os.symlink(package, os.path.join(folder, package.name))
    return str(folder)


def _around(path, secret):
    """Return `path`, or what is in it but for `secret`, where that lies inside."""
    if path == secret or path.is_relative_to(secret):
        return []
    if not secret.is_relative_to(path):
        return [path]
    return [shown for child in sorted(path.iterdir()) if not child.is_symlink() for shown in _around(child, secret)]


def _python():
    """Return the folders that this Python runs from."""
    named = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, Path(sys.executable).parent]
    named += [folder for folder in sys.path if Path(folder).name in ("site-packages", "dist-packages")]
    if site.ENABLE_USER_SITE:
        named.append(site.getusersitepackages())
    if java := os.environ.get("JAVA_HOME"):
        named += [java] if (Path(java) / "bin/java").exists() else []
    if Path(sys.base_prefix).is_relative_to("/nix/store"):
        named.append("/nix/store")
    for name in named:
        yield Path(os.path.abspath(name))
        yield Path(name).resolve()


@functools.cache
def read_only():
    """Return the folders and files to be shown, outermost only, none of them inside another, sorted."""
    etc = [path for name in ETC for path in Path("/etc").glob(name)]
    wanted = {path for path in map(Path, SYSTEM) if path.is_dir() and not path.is_symlink()}
    root = checkout()
    for path in (*_python(), *wanted.copy()):
        if path.exists() and path != Path("/"):
            prefix = Path(sys.prefix).resolve()
            inside = root and path.is_relative_to(root) and path.is_relative_to(prefix)
            wanted |= {path} if inside or not root else set(_around(path, root))
            wanted -= {path} if root and root.is_relative_to(path) else set()
    wanted |= {*etc, *own_packages()}
    return sorted(p for p in wanted if not any(p != other and p.is_relative_to(other) for other in wanted))


def links():
    """Return ``{path: target}`` of the system folders that are links, as on systems with everything in /usr."""
    return {path: os.readlink(path) for path in SYSTEM if os.path.islink(path)}


def environment(given=None, home=HOME, tmp=TMP):
    """Return the whole environment inside: fixed values, and what is given of an allow-list.

    Parameters
    ----------
    given : mapping, optional
        What the caller would like; names outside the list are left out.
    home, tmp : str
        The working folder and the folder for temporary files.
    """
    fixed = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
             "HOME": home, "TMPDIR": tmp, "LANG": "C.UTF-8", "USER": "student", "LOGNAME": "student",
             "SHELL": "/bin/sh",
             "PYTHONDONTWRITEBYTECODE": "1", "IPYTHONDIR": f"{home}/.ipython", "MPLCONFIGDIR": f"{tmp}/matplotlib",
             **dict.fromkeys(THREADS, "1")}
    asked = {name: value for name, value in (given or {}).items() if name in GIVEN}
    return {**fixed, **asked}


def _font_lists():
    """Return the places where matplotlib keeps its list of fonts on this machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "matplotlib").expanduser()
    places = [os.environ.get("MPLCONFIGDIR"), cache]
    return [path for place in places if place for path in sorted(Path(place).glob("fontlist-*.json"))]


@functools.cache
def _fonts():
    """Return ``{name: content}`` of matplotlib's list of fonts; it takes seconds to make, so it is made here, once."""
    found = _font_lists()
    if not found and importlib.util.find_spec("matplotlib"):
        words = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(words, capture_output=True, timeout=120, check=False)
        found = _font_lists()
    return {path.name: path.read_bytes() for path in found}


def seeds(config):
    """Return ``(path, content)`` pairs of what programs inside would compute anew: matplotlib's list of fonts."""
    return [(f"{config}/{name}", content) for name, content in _fonts().items()]

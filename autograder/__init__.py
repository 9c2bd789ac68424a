"""Builds, releases, checks, runs, grades and exports a course of Jupyter notebooks; knows no machine learning."""

import sys

# jsonschema, which nbformat loads, would compile the grammar of international web addresses: 3 of the 5 seconds that a
# process of ours takes to start, for a format that no notebook uses. Without it, that one format is not checked.
sys.modules.setdefault("rfc3987_syntax", None)

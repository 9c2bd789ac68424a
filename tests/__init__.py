"""The tests mirror the packages path for path."""

from hypothesis import settings

# The same examples in every run, and no deadline: a busy machine is not an error. Hypothesis brings this profile along.
settings.load_profile("ci")

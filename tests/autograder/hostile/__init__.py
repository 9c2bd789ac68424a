"""Hostile and damaged hand-ins, a course to try them on, and what counts as evidence that one of them got through.

``python -m tests.autograder.hostile --grader ours`` runs them; ``corpus.ALL`` is the list.
"""

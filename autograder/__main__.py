"""Entry point of ``python -m autograder``."""

from autograder.cli import main

main()

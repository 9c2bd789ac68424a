"""What pytest leaves alone here."""

collect_ignore = ["attempts.py"]                      # a program that runs inside a box, not a module

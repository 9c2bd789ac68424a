"""The one error that a person is meant to read."""


class CourseError(Exception):
    """Something a person can mend: what was expected, what came, what to do.

    The command line prints it without a traceback.
    """

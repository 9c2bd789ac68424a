"""Split grading: the student's code runs in one process, the tests in another, and only data crosses between them.

``channel`` carries frames; ``codec`` (with ``containers``, ``standard``, ``arrays``, ``frames``, ``raised``) turns
values into data; ``lending`` and ``proxy`` are for what is no data; ``session`` asks and answers, and ``changes`` hands
back what a call did to its arguments. ``agent`` is the student's end, ``tests_process`` with ``tests_session`` the
other. ``judge`` starts, times and collects on the host; ``plan`` reads out of the source what runs where, ``script``
carries it. ``local`` and ``plain`` do it all in plain processes, for the build and the audit.
"""

"""Boxes for code that nobody has read: what a student's process may see, use and reach."""

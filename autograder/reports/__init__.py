"""Looking at a class: statistics of questions, who needs a second look, what looks copied, what is still to be had.

Nothing here changes a point. Every report says what it found, why, and where to look.
"""

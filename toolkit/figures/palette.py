"""Colours and marks with one meaning in every unit, safe for colour-blind readers (Okabe and Ito 2008)."""

TRAIN = "#0072B2"         # blue, full dot, full line
TEST = "#E69F00"          # orange, ring, dashed: test and validation
TRUTH = "#000000"         # black cross, thin line: the optimum or the true function
GHOST = "#8A8A8A"         # grey: context, other samples
ATTACKER = "#D55E00"      # vermilion, triangle
CLASSES = ("#0072B2", "#E69F00", "#009E73")     # class 0, 1, 2: blue dot, orange square, green diamond
CLASS_MARKERS = ("o", "s", "D")

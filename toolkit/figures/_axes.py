"""Where a figure draws when nobody says where."""


def own_axes(ax):
    """Return `ax`, or the axes of a new figure where it is None; pyplot is loaded only then."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=(5, 4), layout="constrained")[1]
    return ax

"""A small lab on TensorFlow, for measuring: what costs time there is importing TensorFlow, once for every kernel."""

from autograder.layout import Course
from tests.autograder.tiny import HEADER, cell, write

NAME = "06_tensor"

SETUP = """
import keras
import numpy as np
import tensorflow as tf
"""
DENSE = '''
def dense(x, w, b):
    """Return the activations of one layer with ReLU, a NumPy array."""
    ### BEGIN SOLUTION
    return tf.nn.relu(tf.matmul(tf.constant(x), tf.constant(w)) + tf.constant(b)).numpy()
    ### END SOLUTION
'''
DENSE_TESTS = """
layer = keras.layers.Dense(3, activation="relu")
x = np.arange(8, dtype="float32").reshape(2, 4) - 3
layer.build(x.shape)
got = dense(x, *layer.get_weights())
assert np.allclose(got, layer(x), atol=1e-6), "the layer of Keras gives something else"
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1)
x, w, b = rng.normal(size=(5, 2)), rng.normal(size=(2, 6)), rng.normal(size=6)
assert np.allclose(dense(x, w, b), np.maximum(x @ w + b, 0)), "another shape"
### END HIDDEN TESTS
"""
SLOPE = '''
def slope(x):
    """Return the derivative of x² sin x at x, a number."""
    ### BEGIN SOLUTION
    value = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        result = value**2 * tf.sin(value)
    return float(tape.gradient(result, value))
    ### END SOLUTION
'''
SLOPE_TESTS = """
assert np.isclose(slope(0.0), 0), "at 0 the slope is 0"
### BEGIN HIDDEN TESTS
for x in (0.5, 1.0, 2.0):
    assert np.isclose(slope(x), 2 * x * np.sin(x) + x**2 * np.cos(x), rtol=1e-4), f"at {x}"
### END HIDDEN TESTS
"""
EPOCHS = '''
def fitted(x, y):
    """Return the slope and the intercept of a Keras model of one neuron, fitted to a line; two numbers."""
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    model.fit(x.reshape(-1, 1), y, epochs=60, batch_size=len(x), verbose=0)
    weight, bias = model.get_weights()
    return float(weight[0, 0]), float(bias[0])
    ### END SOLUTION
'''
EPOCHS_TESTS = """
x = np.linspace(-1, 1, 16)
assert np.allclose(fitted(x, 2 * x + 1), (2, 1), atol=0.1), "the line 2x + 1 is not found"
"""


def tensorflow_course(folder):
    """Make a course with this lab only in `folder` and return it."""
    course = Course(folder)
    text = "\n".join([
        HEADER.format(title="A lab on TensorFlow", points="{basic: 4, advanced: 2, manual: 0}"),
        "# %% [markdown]\n# # A lab on TensorFlow\n",
        f"# %%\n{SETUP.strip()}\n",
        cell("06-q1-basic", DENSE), cell("06-q1-basic-tests", DENSE_TESTS, points=2),
        cell("06-q2-basic", SLOPE), cell("06-q2-basic-tests", SLOPE_TESTS, points=2),
        cell("06-q3-advanced", EPOCHS), cell("06-q3-advanced-tests", EPOCHS_TESTS, points=2),
    ])
    write(course.root / "labs" / NAME / "lab.py", text)
    write(course.root / "course" / f"{NAME}.py", "# %% [markdown]\n# # Nothing\n")
    return course

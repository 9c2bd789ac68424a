"""What labs use works inside each box: numbers, pictures, workers, a network, and Spark where the box has a network."""

import pytest

from autograder.sandbox import landlock
from tests.autograder.sandbox.world import ACCOUNTS, LINUX, inside

pytestmark = [pytest.mark.skipif(not LINUX, reason="boxes are for Linux"), pytest.mark.slow]
LIBRARIES = """
import joblib, keras, numpy as np, pandas as pd, tensorflow as tf
import matplotlib.pyplot as plt
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from toolkit.linear_model import LinearRegression

X, y = load_iris(return_X_y=True)
pd.DataFrame(X).to_parquet("x.parquet")
assert np.allclose(pd.read_parquet("x.parquet"), X)
plt.plot(X[:, 0])
plt.savefig("x.png")
print(len(open("x.png", "rb").read()) > 1000, RandomForestClassifier(n_jobs=2, random_state=0).fit(X, y).score(X, y))

def square(x):
    return x * x

print(joblib.Parallel(n_jobs=2)(joblib.delayed(square)(i) for i in range(5)))
print(LinearRegression().fit(X[:, :1], X[:, 1]).coef_.shape)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
print(len(model.fit(tf.data.Dataset.from_tensor_slices((X, y)).batch(50), epochs=2, verbose=0).history["loss"]))
model.save("m.keras")
print(keras.models.load_model("m.keras")(X[:2]).shape)
"""
SPARK = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
print("sums", spark.range(1000).selectExpr("sum(id)").first()[0],
      spark.sparkContext.parallelize(range(10), 2).map(lambda x: x * x).sum())
spark.stop()
"""


@pytest.mark.parametrize("tier", ["bubblewrap", pytest.param("landlock", marks=pytest.mark.skipif(
    not LINUX or not landlock.abi(), reason="this kernel has no Landlock"))])
def test_the_libraries_of_the_labs_work_inside(tier):
    seen = inside((tier, ACCOUNTS[0]), LIBRARIES, timeout=240)
    lines = (line for line in seen.said.splitlines() if not line.startswith("To enable the following"))  # TensorFlow
    printed = [line for line in lines if line[:1] in "TF[(0123456789"]
    assert seen.code == 0, (seen.ended, seen.said[-2000:])
    assert printed == ["True 1.0", "[0, 1, 4, 9, 16]", "(1,)", "2", "(2, 3)"]


def test_spark_works_in_a_box_with_a_network_of_its_own():
    seen = inside(("bubblewrap", ACCOUNTS[0]), SPARK, timeout=240, processes=256)
    assert seen.code == 0, (seen.ended, seen.said[-2000:])
    assert "sums 499500 285" in seen.said

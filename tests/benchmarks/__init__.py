"""Speed, measured as ratios in one process: ``python -m tests.benchmarks [name ...]``."""

"""Builds, releases, checks, runs, grades and exports a course of Jupyter notebooks; knows no machine learning."""

"""Many releases: a plan that survives anything, workers that may die, and a store of Parquet and reports.

Import the modules by name; nothing is loaded here, so that the command line starts quickly.
"""

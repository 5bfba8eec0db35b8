"""Benchmarks as ratios: see `benchmarks.framework` for the protocol, and README.md for how to add a row."""

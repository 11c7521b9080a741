"""Benches of the analysis on invented texts and schools; with `--path` also on sets one has fetched."""

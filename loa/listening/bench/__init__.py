"""Benchmarks of listening (`loa bench listening-search`, `listening-ingest`)."""

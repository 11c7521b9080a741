"""Benches of trained models on public sets one has fetched oneself; nothing of those sets stays in Loa."""

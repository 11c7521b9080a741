"""Writes of reporting: one verb, one function, with the actor."""

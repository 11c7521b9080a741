"""Writes of this domain: one verb, one function, with the actor."""

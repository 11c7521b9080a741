"""Figures of listening: how much, of what, in which tone, day by day; kept so that a year is read as fast as a
week.
"""

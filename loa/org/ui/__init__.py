"""Screens of units, people and the audit log."""

"""Sourced rows that scenarios look up by name."""

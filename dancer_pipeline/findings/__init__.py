"""Versioned rules that turn metrics into findings."""

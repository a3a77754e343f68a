"""Tests of the signal processing."""

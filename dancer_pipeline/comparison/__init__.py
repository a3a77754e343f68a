"""Comparing: two methods on one video, two videos of one movement. Pure."""

"""Tests of the messages of the upload queue."""

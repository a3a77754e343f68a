"""What a file is, and its upright frames with timestamps."""

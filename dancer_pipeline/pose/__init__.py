"""Keypoints: their names, the estimators that find them, the model file they need."""

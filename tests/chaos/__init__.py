"""Breaks everything a study depends on, again and again, and looks whether the study notices."""

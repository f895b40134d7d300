"""Measures of Avise, as ratios against a baseline in the same run."""

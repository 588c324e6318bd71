"""Finished figures: every function takes tables and returns a figure and the data that it draws."""

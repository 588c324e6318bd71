"""Finished charts: every function takes tables and returns a chart and the data that it draws."""

"""Themes of the tasks: by heading, by their words out of city, and by clustering."""

"""The explorer: what a choice finds, draws and exports, with the controls around it."""

"""Targets side by side: indicators, comparisons with reasons, coverage, per resident."""

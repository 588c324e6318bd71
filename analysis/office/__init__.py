"""Workbooks for the office: task ledger and indicator table for Excel and WPS."""

"""The books as a spreadsheet with live formulas."""

"""What a person sees: figures, tables, the page."""

"""What it cost: a journal kept from the facts, and the statements and measures read off it."""

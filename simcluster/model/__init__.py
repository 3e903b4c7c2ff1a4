"""What a scenario can say: frozen values with pure methods."""

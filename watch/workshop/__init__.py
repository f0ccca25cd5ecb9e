"""What experts say, and what follows from it."""

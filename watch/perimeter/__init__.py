"""The cahier des charges: read, checked, compared, written back with its comments."""

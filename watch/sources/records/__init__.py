"""Open-data services: what they are asked for, and their records as entries."""

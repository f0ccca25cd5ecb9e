"""Measurements side by side with peers and limits, one command per goal; no part of the product."""

"""Zoom-Marché: technology and market watch for business clusters."""

__all__ = ["__version__"]

__version__ = "0.1.0"

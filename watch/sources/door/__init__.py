"""The Web door: the one place from which a request leaves the house, and all its bounds."""

from watch.sources.door.client import Answer, Door
from watch.sources.door.loop import each, run

__all__ = ["Answer", "Door", "each", "run"]

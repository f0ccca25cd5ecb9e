"""Where plain functions run side by side: processes on one machine, a cluster past it.

An engine is any `concurrent.futures.Executor`; the same code runs on each.
"""

from concurrent.futures import Executor as Engine

__all__ = ["Engine"]

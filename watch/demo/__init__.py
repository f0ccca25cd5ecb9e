"""A sample web of our own writing, served on loopback: the demonstration visits it as it would
visit the real one."""

from watch.demo.web import MEMBERS, SampleWeb, directory, feeds, open_addresses

__all__ = ["MEMBERS", "SampleWeb", "directory", "feeds", "open_addresses"]

"""One phase of one contestant in a fresh process: what it cost, as one line of JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench.contestants import CONTESTANTS, Place
from bench.meter import measure


def main() -> None:
    """Run what the arguments name: contestant, first or again, port, number of feeds, folder."""
    name, turn, port, feeds, folder = sys.argv[1:]
    place = Place(int(port), int(feeds), Path(folder), is_first=turn == "first")
    with CONTESTANTS[name](place) as ready:
        cost = measure(ready.run)
        print(json.dumps({**asdict(cost), "kept": ready.kept()}))


if __name__ == "__main__":
    main()

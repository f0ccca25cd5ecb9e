"""python -m watch: the same as the command `zoom-marche`."""

from watch.cli import main

if __name__ == "__main__":
    main()

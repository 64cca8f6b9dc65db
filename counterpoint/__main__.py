"""Runs the command where no script is installed: `python -m counterpoint`."""

from counterpoint.cli import main

if __name__ == "__main__":
    main()

"""`python -m dubbench` is `dubbench`."""

from dubbench.cli import main

main()

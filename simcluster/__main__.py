"""`python -m simcluster`."""

from simcluster.cli.main import main

main(prog_name="simcluster")

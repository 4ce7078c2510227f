"""One file for each thing that moto does slowly; each has `install()`, like the gaps."""

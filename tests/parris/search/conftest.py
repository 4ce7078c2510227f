"""One thread for linear algebra, as the search function has: the tests of others run beside."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

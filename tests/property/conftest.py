"""One hypothesis profile for the laws, and the strategies beside the tests on the path."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# The same examples on every run: a law that breaks is reproduced by running it again.
settings.register_profile(
    "laws",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
# A search for new counterexamples: SIMCLUSTER_LAWS=search, slow and different every time.
settings.register_profile("search", settings.get_profile("laws"), max_examples=500, derandomize=False)
settings.load_profile(os.environ.get("SIMCLUSTER_LAWS", "laws"))

"""One hypothesis profile for the laws, and the strategies beside the tests on the path."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

sys.path.insert(0, str(Path(__file__).parent))
# Laws stand in modules that are no tests: their asserts say what was compared all the same.
pytest.register_assert_rewrite(*(path.stem for path in Path(__file__).parent.glob("law_*.py")))

# The same examples on every run: a law that breaks is reproduced by running it again. A scenario shrinks slowly, so the
# suite does not wait for it: SIMCLUSTER_LAWS=shrink does.
settings.register_profile(
    "laws",
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
# A search for new counterexamples: SIMCLUSTER_LAWS=search, slow and different every time.
settings.register_profile("search", settings.get_profile("laws"), max_examples=500, derandomize=False)
settings.register_profile("shrink", settings.get_profile("laws"), phases=tuple(Phase))
settings.load_profile(os.environ.get("SIMCLUSTER_LAWS", "laws"))

"""What tests of several folders use lies beside this file, on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

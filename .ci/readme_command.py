"""Print the command that README.md marks `<!-- command: NAME -->`, as it stands in its fenced block."""

import re
import sys
from pathlib import Path

readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
found = re.findall(rf"<!-- command: {re.escape(sys.argv[1])} -->\s*```\w*\n(.*?)\n```", readme, re.DOTALL)
if len(found) != 1:
    sys.exit(f"README.md marks {len(found)} commands {sys.argv[1]!r}, not one")
print(found[0])

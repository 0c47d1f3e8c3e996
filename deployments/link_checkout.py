"""Put this checkout on the path of the interpreter that runs this file, and the command `quarterdeck` beside it.

What an editable install would do, without a build backend to download and trust. Run it again after moving the checkout.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SCRIPT = """\
#!{python}
import sys

from flows.cli import main

sys.exit(main())
"""


def link() -> None:
    """Write `quarterdeck.pth` and the script."""
    Path(sysconfig.get_path("purelib"), "quarterdeck.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = Path(sysconfig.get_path("scripts"), "quarterdeck")
    script.write_text(_SCRIPT.format(python=sys.executable), encoding="utf-8")
    script.chmod(0o755)


if __name__ == "__main__":
    link()

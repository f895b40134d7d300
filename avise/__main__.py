"""`python -m avise`."""

import sys

from avise.cli import main
from avise.engine.engine_process import ENGINE_FLAG

if __name__ == "__main__":
    if sys.argv[1:] == [ENGINE_FLAG]:
        from avise.engine.serving import main as serve  # spares the window the engine's imports

        raise SystemExit(serve())
    raise SystemExit(main())

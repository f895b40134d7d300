"""`python -m avise`, and the packaged program."""

import sys

if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        # Before any other import: the packaged program starts its worker process as itself.
        import multiprocessing

        multiprocessing.freeze_support()
    from avise.cli import main

    raise SystemExit(main())

"""`python -m avise`, and the packaged program: a window, a command, the engine of a window, or a worker."""

import sys

if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        # Before any other import: the packaged program starts its worker process as itself.
        import multiprocessing

        multiprocessing.freeze_support()
    from avise.engine.engine_child import ENGINE_FLAG

    if sys.argv[1:] == [ENGINE_FLAG]:
        from avise.engine.serving import main as serve

        raise SystemExit(serve())
    from avise.cli import main

    raise SystemExit(main())

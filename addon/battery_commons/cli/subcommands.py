"""What commands are added to."""

import argparse

# argparse has no public name for what `add_subparsers` returns.
type Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

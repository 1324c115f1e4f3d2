"""The folder of a workspace in which all that is kept of its runs lies.

It stands beside the package ``store``, not in it: who only names the folder, as the editor's door
does, waits for none of that.
"""

from __future__ import annotations

from pathlib import Path

from flowengine.errors import StoreError

STORE = ".flowengine"
"""Its name."""
RUNS, DOCUMENT = "runs", "workflow.json"
"""Its folder with a folder for each run, and the file in that which holds the run's workflow."""


def make_store_folder(folder: Path) -> None:
    """Make it where it is not there, for its owner alone and ignored by git.

    Raises:
        StoreError: It cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
    except OSError as error:
        raise StoreError(f"the store {folder} cannot be made: {error.strerror}") from error

"""What layers share that look at a signal frame by frame."""

from __future__ import annotations

from flowengine import ConfigureError


def require_window(window: str | tuple[float, ...] | None, frame: int) -> None:
    """Check that a window given by its values has one for each value of a frame.

    Raises:
        ConfigureError: It has another number of them.
    """
    if isinstance(window, tuple) and len(window) != frame:
        count = f"{len(window)} value{'s' * (len(window) != 1)}"
        raise ConfigureError(f"window has {count}, but a frame has {frame}", setting="window")

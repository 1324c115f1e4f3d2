"""The family of optimizers under Keras' names, as a setting."""

from __future__ import annotations

from typing import Annotated

from flowengine.family import Choice
from flowengine.nn.optimizers.adam import Adam, Adamax, AdamW, Nadam, ScheduleFreeAdamW
from flowengine.nn.optimizers.gradient import SGD, Adadelta, Adagrad, Ftrl, Lion, RMSprop
from flowengine.nn.optimizers.matrix import Adafactor, Lamb, Muon
from flowengine.nn.optimizers.optimizer import Optimizer

OPTIMIZERS: tuple[type[Optimizer], ...] = (
    SGD,
    RMSprop,
    Adagrad,
    Adadelta,
    Adam,
    AdamW,
    Adamax,
    Nadam,
    Ftrl,
    Lion,
    Lamb,
    Adafactor,
    Muon,
    ScheduleFreeAdamW,
)

OptimizerSetting = Annotated[Optimizer, Choice("optimizer", lambda: OPTIMIZERS)]
"""An optimizer in a file: its name, or an object with its name as ``type`` and its settings."""

"""Initializers under Keras' names: what fills weights before training. Sampled by numpy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from flowengine.family import Choice, Member
from flowengine.nn.fading import Window, window_values

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Mode = Literal["fan_in", "fan_out", "fan_avg"]
Distribution = Literal["truncated_normal", "untruncated_normal", "uniform"]

TRUNCATED_DEVIATION = 0.87962566103423978
"""Standard deviation of a standard normal that is cut at 2."""


class Initializer(Member):
    """Base of initializers."""

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Return an array of ``shape`` (in Keras' layout)."""
        raise NotImplementedError(f"{type(self).__name__} needs a method sample(self, shape, rng)")

    def check(self, shape: tuple[int, ...]) -> None:
        """Check that a weight of ``shape`` can be filled so; known while wiring.

        Raises:
            ValueError: It cannot.
        """


class Constant(Initializer):
    """Fill with one value."""

    type: Literal["constant"] = "constant"
    value: float = 0.0
    """The value."""

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        return np.full(shape, self.value, dtype=np.float32)


class Zeros(Initializer):
    """Fill with zeros."""

    type: Literal["zeros"] = "zeros"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        return np.zeros(shape, dtype=np.float32)


class Ones(Initializer):
    """Fill with ones."""

    type: Literal["ones"] = "ones"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        return np.ones(shape, dtype=np.float32)


class Identity(Initializer):
    """Fill a matrix with the identity."""

    type: Literal["identity"] = "identity"
    gain: float = 1.0
    """Value on the diagonal."""

    def check(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2:
            raise ValueError(f"the identity initializer needs a matrix; the weight is {shape}")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        self.check(shape)
        return self.gain * np.eye(*shape, dtype=np.float32)


class RandomInitializer(Initializer):
    """Base of initializers that draw: their own seed, if set, overrides the network's."""

    seed: int | None = None
    """Own seed; equal seeds give equal weights. Otherwise they follow from the learner's seed."""

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        if self.seed is not None:
            # A negative seed is an integer as good as any to Keras, but not to numpy.
            rng = np.random.default_rng(self.seed % 2**64)
        return self.draw(shape, rng)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        raise NotImplementedError(f"{type(self).__name__} needs a method draw(self, shape, rng)")


class RandomNormal(RandomInitializer):
    """Draw from a normal distribution."""

    aliases: ClassVar[tuple[str, ...]] = ("normal",)

    type: Literal["random_normal"] = "random_normal"
    mean: float = 0.0
    """Mean of the distribution."""
    stddev: Annotated[float, Field(ge=0)] = 0.05
    """Standard deviation."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        return self.mean + self.stddev * rng.standard_normal(shape, dtype=np.float32)


class RandomUniform(RandomInitializer):
    """Draw from a uniform distribution."""

    aliases: ClassVar[tuple[str, ...]] = ("uniform",)

    type: Literal["random_uniform"] = "random_uniform"
    minval: float = -0.05
    """Lower bound."""
    maxval: float = 0.05
    """Upper bound."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return _uniform(shape, rng, self.minval, self.maxval)


class TruncatedNormal(RandomInitializer):
    """Draw from a normal distribution, again where a value is 2 deviations off."""

    type: Literal["truncated_normal"] = "truncated_normal"
    mean: float = 0.0
    """Mean of the distribution."""
    stddev: Annotated[float, Field(ge=0)] = 0.05
    """Standard deviation before truncation."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return self.mean + self.stddev * _truncated(shape, rng)


class VarianceScaling(RandomInitializer):
    """Draw with a variance that fits the number of inputs and outputs of the weight."""

    type: Literal["variance_scaling"] = "variance_scaling"
    scale: Annotated[float, Field(gt=0)] = 1.0
    """Factor of the variance."""
    mode: Mode = "fan_in"
    """What the variance is divided by: inputs, outputs or their mean."""
    distribution: Distribution = "truncated_normal"
    """Distribution to draw from."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return _scaled(shape, rng, self.scale, self.mode, self.distribution)


class _Scaled(RandomInitializer):
    variance: ClassVar[tuple[float, Mode, Distribution]]

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return _scaled(shape, rng, *self.variance)


class GlorotNormal(_Scaled):
    """Draw from a truncated normal of variance 2 / (inputs + outputs)."""

    type: Literal["glorot_normal"] = "glorot_normal"
    variance = (1.0, "fan_avg", "truncated_normal")


class GlorotUniform(_Scaled):
    """Draw uniformly with variance 2 / (inputs + outputs)."""

    type: Literal["glorot_uniform"] = "glorot_uniform"
    variance = (1.0, "fan_avg", "uniform")


class HeNormal(_Scaled):
    """Draw from a truncated normal of variance 2 / inputs."""

    type: Literal["he_normal"] = "he_normal"
    variance = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Scaled):
    """Draw uniformly with variance 2 / inputs."""

    type: Literal["he_uniform"] = "he_uniform"
    variance = (2.0, "fan_in", "uniform")


class LecunNormal(_Scaled):
    """Draw from a truncated normal of variance 1 / inputs."""

    type: Literal["lecun_normal"] = "lecun_normal"
    variance = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Scaled):
    """Draw uniformly with variance 1 / inputs."""

    type: Literal["lecun_uniform"] = "lecun_uniform"
    variance = (1.0, "fan_in", "uniform")


class Orthogonal(RandomInitializer):
    """Fill with a random orthogonal matrix."""

    type: Literal["orthogonal"] = "orthogonal"
    gain: float = 1.0
    """Factor of the matrix."""

    def check(self, shape: tuple[int, ...]) -> None:
        if len(shape) < 2:
            raise ValueError(
                f"the orthogonal initializer needs a weight of 2 dimensions or more, not {shape}"
            )

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        self.check(shape)
        rows, columns = math.prod(shape[:-1]), shape[-1]
        long, short = max(rows, columns), min(rows, columns)
        # LAPACK in double precision, so that the columns are orthogonal to float32's last digit.
        q, r = np.linalg.qr(rng.standard_normal((long, short)))
        q *= np.sign(np.diag(r))
        matrix = q if rows >= columns else q.T
        return (self.gain * matrix).reshape(shape).astype(np.float32)


class STFT(Initializer):
    """Fill the kernel of a convolution with waves: it takes a short-time Fourier transform.

    For a kernel over one channel. The filters are the frequencies, from 0 to half the sampling
    rate; one convolution gives the real parts, another one the imaginary parts.
    """

    type: Literal["stft"] = "stft"
    side: Literal["real", "imag"] = "real"
    """Whether real or imaginary parts come out."""
    window: Window | tuple[float, ...] | None = "hann"
    """How a frame fades in and out: the name of a window, or its values; null for not at all."""
    scaling: Literal["density", "spectrum"] | None = "density"
    """Whether the window is divided by its norm (``density``), by its sum, or not at all."""
    periodic: bool = False
    """Whether the window's first value follows its last."""

    def check(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 3 or shape[1] != 1 or shape[2] < 2:
            raise ValueError(
                f"the stft initializer needs the kernel of a convolution over one axis and one "
                f"channel, with 2 filters or more; the weight is {shape}"
            )

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        import numpy as np

        self.check(shape)
        frame, _, bins = shape
        angle = -np.pi * np.outer(np.arange(frame), np.arange(bins)) / (bins - 1)
        waves = np.cos(angle) if self.side == "real" else np.sin(angle)
        if self.window is not None:
            values = window_values(self.window, frame, periodic=self.periodic)
            waves *= values[:, None]
            if self.scaling == "density":
                waves /= np.sqrt(np.square(values).sum())
            elif self.scaling == "spectrum":
                waves /= np.abs(values).sum()
        return waves.reshape(shape).astype(np.float32)


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """Return the number of inputs and outputs of a weight, as Keras counts them."""
    if len(shape) < 2:
        size = float(math.prod(shape))
        return size, size
    receptive = math.prod(shape[:-2])
    return float(shape[-2] * receptive), float(shape[-1] * receptive)


def _scaled(
    shape: tuple[int, ...],
    rng: np.random.Generator,
    scale: float,
    mode: Mode,
    distribution: Distribution,
) -> Array:
    import numpy as np

    fan_in, fan_out = fans(shape)
    count = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    variance = scale / max(1.0, count)
    if distribution == "uniform":
        limit = math.sqrt(3 * variance)
        return _uniform(shape, rng, -limit, limit)
    if distribution == "untruncated_normal":
        return math.sqrt(variance) * rng.standard_normal(shape, dtype=np.float32)
    return math.sqrt(variance) / TRUNCATED_DEVIATION * _truncated(shape, rng)


def _uniform(shape: tuple[int, ...], rng: np.random.Generator, low: float, high: float) -> Array:
    import numpy as np

    return np.float32(low) + np.float32(high - low) * rng.random(shape, dtype=np.float32)


def _truncated(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    import numpy as np

    values = rng.standard_normal(math.prod(shape), dtype=np.float32)
    outside = np.flatnonzero(np.abs(values) > 2)
    while outside.size:
        values[outside] = rng.standard_normal(outside.size, dtype=np.float32)
        outside = outside[np.abs(values[outside]) > 2]
    return values.reshape(shape)


MEMBERS = (
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Identity,
    LecunNormal,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    STFT,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
)

InitializerSetting = Annotated[Initializer, Choice("initializer", lambda: MEMBERS)]
"""An initializer as a setting: ``"he_normal"`` or ``{"type": "constant", "value": 0.1}``."""

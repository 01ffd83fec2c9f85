"""How far has a run come, how fast is it, and how long will it still take?"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TextIO

_MEGABYTE = 1_000_000
_ON_A_SCREEN_S, _IN_A_PIPE_S = 0.5, 30.0


class Progress:
    """Words on a stream: one line that changes where somebody looks at it, a new line twice a minute in a pipe."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_screen = stream.isatty()
        self._every_s = _ON_A_SCREEN_S if self._is_screen else _IN_A_PIPE_S
        self._started_s = self._said_s = clock()
        self._length = 0
        self._done = self._all = 0
        self.patients = 0

    def read(self, done: int, of: int) -> None:
        """So many bytes were read, of so many."""
        self._done, self._all = done, of
        self._say_now_and_then()

    def judged(self) -> None:
        """One more patient was judged."""
        self.patients += 1
        if not self.patients % 64:
            self._say_now_and_then()

    def finish(self) -> None:
        """Say what it came to, once and for all."""
        took_s = max(self._clock() - self._started_s, 1e-6)
        self._write(f"{self.patients:,} patients in {took_s:.1f} s, {self.patients / took_s:,.0f} a second")
        if self._is_screen:
            self._stream.write("\n")
        self._stream.flush()

    def _say_now_and_then(self) -> None:
        now_s = self._clock()
        if now_s - self._said_s >= self._every_s:
            self._said_s = now_s
            self._write(self._words(now_s - self._started_s))
            self._stream.flush()

    def _words(self, took_s: float) -> str:
        words = f"read {self._done / _MEGABYTE:,.0f} of {self._all / _MEGABYTE:,.0f} MB"
        if self.patients:
            words += f", {self.patients:,} patients, {self.patients / took_s:,.0f} a second"
        left = self._all - self._done
        if self._done and left:
            words += f", {took_s * left / self._done:,.0f} s left to read"
        return words

    def _write(self, words: str) -> None:
        if self._is_screen:
            self._stream.write(f"\r{words:<{self._length}}")
            self._length = len(words)
        else:
            self._stream.write(f"{words}\n")

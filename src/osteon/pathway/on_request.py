"""A sequence that is worked out when somebody looks at it.

A plan holds several hundred findings, and a panel millions; most are clear, and nobody opens them. Their reasons are
worked out from the same occasion when they are read, so that judging costs what judging costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T", covariant=True)


class OnRequest(Sequence[T], Generic[T]):
    """What `make(*given)` returns, made at most once. Equal to any sequence of the same items."""

    __slots__ = ("_given", "_items", "_make")

    def __init__(self, make: Callable[..., tuple[T, ...]], *given: Any) -> None:
        self._make = make
        self._given = given
        self._items: tuple[T, ...] | None = None

    @property
    def items(self) -> tuple[T, ...]:
        """The items, worked out now if they were not before."""
        if self._items is None:
            self._items = self._make(*self._given)
            self._given = ()
        return self._items

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        """The item or items at an index."""
        return self.items[index]

    def __len__(self) -> int:
        """How many items there are."""
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        """Over the items."""
        return iter(self.items)

    def __eq__(self, other: object) -> bool:
        """Are the items the same?"""
        return isinstance(other, Sequence) and self.items == tuple(other)

    def __hash__(self) -> int:
        """By the items."""
        return hash(self.items)

    def __repr__(self) -> str:
        """As the tuple of its items."""
        return repr(self.items)


def plain(value: Any) -> Any:
    """For the JSON encoder: the items of what is worked out on request."""
    if isinstance(value, OnRequest):
        return value.items
    message = f"cannot write {type(value).__name__} as JSON"
    raise TypeError(message)

"""Pinyin initials of a drug's name: 阿莫西林胶囊 → ``amxljn``. No reading is guessed twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Initials:
    """``letters`` by character, ``words`` whose characters are read otherwise, longest first."""

    letters: Mapping[str, str]
    words: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, letters: Mapping[str, str], words: Mapping[str, str]) -> "Initials":
        """From rows of one letter and all its characters, and from words with their initials."""
        spelt = {char: letter for letter, chars in letters.items() for char in chars}
        longest = sorted(words.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        return cls(spelt, tuple(longest))

    def __call__(self, name: str) -> str:
        """Lower-case letters and digits; whatever has no reading is left out."""
        for word, spelt in self.words:
            if word in name:
                name = name.replace(word, spelt)
        return "".join([self._one(char) for char in name])

    def _one(self, char: str) -> str:
        if char.isascii():
            return char.lower() if char.isalnum() else ""
        return self.letters.get(char, "")


class LateInitials:
    """The same, its table read when the first name is spelt: a start waits for no table."""

    def __init__(self, load: Callable[[], tuple[Mapping[str, str], Mapping[str, str]]]) -> None:
        self._load = load
        self._loaded: Initials | None = None

    def __call__(self, name: str) -> str:
        if self._loaded is None:
            self._loaded = Initials.of(*self._load())
        return self._loaded(name)

"""Label sets: rules, in YAML, that turn the labels of a box into those that a model learns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS, SPELLINGS
from docmarks.messages.nearest import did_you_mean
from docmarks.strict import Strict, first_problem

SETS = Path(__file__).parent / "sets"


@dataclass(frozen=True)
class Mapped:
    """What a box becomes.

    Attributes:
        labels: Its labels in the set, in the set's order; empty for a dropped box.
        trace: The rules that fired, in order, in words; the last says why a box is dropped.
    """

    labels: tuple[str, ...]
    trace: tuple[str, ...] = ()


class LabelSet(Strict):
    """A label set; its rules apply in the order of the attributes.

    Attributes:
        name: Of the set.
        labels: The labels of the set.
        rename: Source label to the one it stands for (``Strikethrough4: Strikethrough``).
        drop_any: A box that carries one of these is dropped.
        drop_all: A box that carries every label of one of these combinations is dropped.
        remove: Labels taken off a box; a box left without any is dropped.
        merge: Label of the set to the source labels that it stands for.
        split: Label to the several labels that replace it.
        prefer: ``[winner, loser]``: together on a box, the loser is taken off.
        single: Order of priority that leaves one label a box; empty keeps all.
    """

    name: str
    labels: tuple[str, ...]
    rename: dict[str, str] = Field(default_factory=dict)
    drop_any: tuple[str, ...] = ()
    drop_all: tuple[tuple[str, ...], ...] = ()
    remove: tuple[str, ...] = ()
    merge: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    split: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    prefer: tuple[tuple[str, str], ...] = ()
    single: tuple[str, ...] = ()

    @classmethod
    def load(cls, name: str | Path | LabelSet) -> LabelSet:
        """A set that ships ("default", "v1", "v1-single", "v2", ...), a YAML file of the user's, or a set itself.

        Raises:
            DocmarksError: No such set, or a file with an unknown key or label; the nearest is named.
        """
        if isinstance(name, LabelSet):
            return name
        path = Path(name)
        if path.suffix not in (".yaml", ".yml"):
            path = SETS / f"{name}.yaml"
            if not path.is_file():
                known = sorted(file.stem for file in SETS.glob("*.yaml"))
                raise DocmarksError(f"{name}: no such label set; there are {', '.join(known)}, or name a .yaml file")
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            raise DocmarksError(f"{path}: not a readable label set: {str(error).splitlines()[0]}") from error
        if not isinstance(data, dict):
            raise DocmarksError(f"{path}: not a label set: it needs the keys name and labels")
        try:
            found = cls.model_validate(data)
        except ValidationError as error:
            raise DocmarksError(f"{path}: {first_problem(error, cls, 'label set')}") from error
        found._check(path)
        return found

    def apply(self, labels: Iterable[str]) -> Mapped:
        """What a box with these source labels becomes."""
        trace: list[str] = []
        current = set()
        for label in sorted(labels):
            current.add(self.rename.get(label, label))
            if label in self.rename:
                trace.append(f"{label} means {self.rename[label]}")
        for label in self.drop_any:
            if label in current:
                return Mapped((), (*trace, f"dropped: carries {label}"))
        for combination in self.drop_all:
            if current.issuperset(combination):
                why = " and ".join(combination) + " together"
                return Mapped((), (*trace, f"dropped: {why}"))
        for label in self.remove:
            if label in current:
                current.discard(label)
                trace.append(f"{label} taken off")
        for target, sources in self.merge.items():
            for source in sorted(current.intersection(sources)):
                current.discard(source)
                current.add(target)
                trace.append(f"{source} becomes {target}")
        for label, parts in self.split.items():
            if label in current:
                current.discard(label)
                current.update(parts)
                trace.append(f"{label} becomes {' and '.join(parts)}")
        for winner, loser in self.prefer:
            if winner in current and loser in current:
                current.discard(loser)
                trace.append(f"{winner} wins over {loser}")
        kept = tuple(label for label in self.labels if label in current)
        trace.extend(f"{label} is not in the set" for label in sorted(current.difference(kept)))
        if not kept:
            return Mapped((), (*trace, "dropped: no label of the set"))
        if self.single and len(kept) > 1:
            order = [*self.single, *self.labels]
            best = min(kept, key=order.index)
            trace.append(f"{best} alone is kept")
            kept = (best,)
        return Mapped(kept, tuple(trace))

    def sources(self, label: str) -> frozenset[str]:
        """The source labels that can become ``label``; a label of the user's own comes from itself."""
        found = frozenset(source for source in LABELS if label in self.apply([source]).labels)
        return found or frozenset([label])

    def exhaustive(self, source: Iterable[str]) -> frozenset[str]:
        """The labels of the set that are fully annotated where these source labels are.

        A label is, if every source label that can become it is. What is already a label of the set stays.
        """
        given = frozenset(source)
        # Another spelling stands for its label; one of the 16 that is renamed is only a part of its target.
        spelt = {self.rename[label] for label in given if label in self.rename and label not in LABELS}
        return frozenset(
            label
            for label in self.labels
            if self.sources(label) <= given | spelt or (label in given and label not in LABELS)
        )

    def _check(self, path: Path) -> None:
        """Refuses rules with names that lead nowhere: a slip there would train a class of nothing."""
        if not self.labels or len(set(self.labels)) < len(self.labels):
            raise DocmarksError(f"{path}: labels must name at least one label, and each once")
        known = {*LABELS, *SPELLINGS, *self.rename, *self.labels, *self.merge}
        used = [
            *self.rename.values(),
            *self.drop_any,
            *self.remove,
            *(label for combination in self.drop_all for label in combination),
            *(label for sources in self.merge.values() for label in sources),
            *self.split,
            *(label for pair in self.prefer for label in pair),
        ]
        made = [*self.merge, *(label for parts in self.split.values() for label in parts)]
        for label in used:
            if label not in known:
                raise DocmarksError(f"{path}: unknown label {label}{_nearest(label, known)}")
        for label in (*made, *self.single):
            if label not in self.labels and label not in self.split:
                raise DocmarksError(f"{path}: {label} is not among labels{_nearest(label, self.labels)}")
        for label in self.labels:
            own = label not in LABELS and label not in made and label not in self.rename.values()
            meant = did_you_mean(label, LABELS, alike=0.8) if own else ""
            if meant:
                raise DocmarksError(
                    f"{path}: nothing becomes {label}; {meant} "
                    f"For a label of your own add merge: {{{label}: [{label}]}}"
                )


def _nearest(name: str, known: Iterable[str]) -> str:
    meant = did_you_mean(name, known)
    return f"; {meant}" if meant else ""

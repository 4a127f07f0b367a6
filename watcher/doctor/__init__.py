"""What the live register answers, step by step, and what was understood; nothing is stored or told."""

from watcher.doctor.visit import examine

__all__ = ["examine"]

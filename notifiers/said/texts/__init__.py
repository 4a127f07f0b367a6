"""The texts for people: a gettext catalogue a language, named by its code."""

LANGUAGES = ("fr", "en")
"""The languages that people are answered in, the house's first one in front."""

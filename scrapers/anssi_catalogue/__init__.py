"""ANSSI's catalogue: every qualified, certified and approved product and service, in one PDF."""

from scrapers.anssi_catalogue.source import AnssiCatalogue

__all__ = ["AnssiCatalogue"]

"""What a list states in words that we do not know: told to operators, each word once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from scrapers.trust.words import EXTENSIONS, FIELDS, LABELS_BY_TYPE, NO_USAGES, OTHER_TYPES, USAGES
from scrapers.trust.xml import tag
from state.model import Reason, Remark

if TYPE_CHECKING:
    from scrapers.trust.services import Service

TOPICS = {
    "new_service_type": "service type",
    "new_field": "field",
    "new_information": "additional information",
    "new_extension": "extension",
    "no_label": "no label of",
}
"""The topics under which operators are told of a word that we do not know, or that states no label."""
KNOWN_FIELDS = frozenset(map(tag, FIELDS))
KNOWN_USAGES = USAGES | NO_USAGES


def remarks_on(services: Sequence[Service]) -> tuple[Remark, ...]:
    """What the list states in words that we do not know, each once, with the number of services."""
    news = Counter(news for service in services for news in news_in(service))
    told = sorted((f"{TOPICS[code]} {word}", code, word, count) for (code, word), count in news.items())
    return tuple(
        Remark(topic=topic, reason=Reason.of(code, word=word, services=count))
        for topic, code, word, count in told
    )


def news_in(service: Service) -> Iterator[tuple[str, str]]:
    """What a service states in words that we do not know, each with what it is."""
    by_usage = LABELS_BY_TYPE.get(service.type)
    if by_usage is None and service.type not in OTHER_TYPES:
        yield "new_service_type", service.type
    if by_usage and "" not in by_usage and service.states_no_label:
        yield "no_label", f"{service.type} {', '.join(service.usages)}"
    if fields := service.parts.keys() - KNOWN_FIELDS:
        yield from (("new_field", _word(name)) for name in fields)
    if not KNOWN_USAGES.issuperset(service.usages):
        yield from (("new_information", usage) for usage in service.usages if usage not in KNOWN_USAGES)
    words = map(_word, service.extensions)
    yield from (("new_extension", word) for word in words if word not in EXTENSIONS)


@lru_cache(maxsize=1 << 8)
def _word(name: str) -> str:
    return str(etree.QName(name).localname)

"""The words of a trusted list (ETSI TS 119 612): service types, usages, statuses, and what they are to us.

Every word is mapped to a label, ignored by name, or unknown and told to operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from scrapers.source import UnreadableRow
from state.model import Reason
from state.words.course import STANDING_WORDS

TYPE_PREFIX = "http://uri.etsi.org/TrstSvc/Svctype/"

LABELS_BY_TYPE: Mapping[str, Mapping[str, str]] = {
    "CA/QC": {
        "ForeSignatures": "eidas-esign-cert",
        "ForeSeals": "eidas-eseal-cert",
        "ForWebSiteAuthentication": "eidas-web-cert",
    },
    "TSA/QTST": {"": "eidas-timestamp"},
    "QESValidation/Q": {"ForeSignatures": "eidas-esign-validation", "ForeSeals": "eidas-eseal-validation"},
    "PSES/Q": {"ForeSignatures": "eidas-esign-preservation", "ForeSeals": "eidas-eseal-preservation"},
    "EDS/Q": {"": "eidas-registered-delivery"},
    "EDS/REM/Q": {"": "eidas-registered-delivery"},
    "RemoteQSigCDManagement/Q": {"": "eidas-esign-remote"},
    "RemoteQSealCDManagement/Q": {"": "eidas-eseal-remote"},
    "EAA/Q": {"": "eidas-attributes"},
}
"""Service type, then what it is stated to be for ("" where the type alone says it), to the label."""
STATED = tuple(dict.fromkeys(label for by_use in LABELS_BY_TYPE.values() for label in by_use.values()))

_OTHER_QUALIFIED = "Certstatus/OCSP/QC Certstatus/CRL/QC"
_NOT_QUALIFIED = """
    CA/PKC CA/PKC/CertsforOtherTypesOfTS Certstatus/OCSP Certstatus/CRL TSA TSA/TSS-QC TSA/TSS-AdESQCandQES
    EDS EDS/REM PSES AdESValidation AdESGeneration RemoteSigCDManagement RemoteSealCDManagement
    EAA EAA/Pub-EAA ElectronicArchiving Ledgers PKCValidation PKCValidation/CertsforOtherTypesOfTS
    PKCPreservation EAAValidation TSTValidation EDSValidation
"""
_NATIONAL = """
    RA RA/nothavingPKIid ACA SignaturePolicyAuthority Archiv Archiv/nothavingPKIid IdV IdV/nothavingPKIid
    KEscrow KEscrow/nothavingPKIid PPwd PPwd/nothavingPKIid TLIssuer NationalRootCA-QC unspecified
"""
OTHER_TYPES = frozenset(f"{_OTHER_QUALIFIED} {_NOT_QUALIFIED} {_NATIONAL}".split())
"""The other types of TS 119 612 v2.4.1 (5.5.1): no label of ours, ignored by name. Not among them are
qualified archiving and ledgers (`ElectronicArchiving/Q`, `Ledgers/Q`), which nobody had by August 2026:
operators are told of the first one, as of a type that nobody knows."""

NO_USAGES = frozenset({"RootCA-QC", "QualifiedatNationalLevel"})
KNOWN_USAGES = NO_USAGES | {"ForeSignatures", "ForeSeals", "ForWebSiteAuthentication"}
"""Additional information on a service (5.5.9.4): what says nothing of a label (that a certificate is the root
of others, in Romania; that a state counts a service for something, in Hungary), and what it is for."""

KNOWN_EXTENSIONS = frozenset(
    {"AdditionalServiceInformation", "TakenOverBy", "Qualifications", "ExpiredCertsRevocationInfo"}
)
"""Extensions of a service (5.5.9): the first two are read, the others are about single certificates."""

FIELDS = frozenset({
    "ServiceTypeIdentifier", "ServiceName", "ServiceDigitalIdentity", "ServiceStatus", "StatusStartingTime",
    "SchemeServiceDefinitionURI", "ServiceSupplyPoints", "TSPServiceDefinitionURI",
    "ServiceInformationExtensions",
})  # fmt: skip
"""All that is printed of a service (5.5); addresses of documents and of the service itself are not read."""

ENDED = frozenset(
    {"withdrawn", "supervisionceased", "supervisionrevoked", "accreditationceased", "accreditationrevoked"}
)
"""Statuses that say the label has ended; all but the first are from before 1 July 2016."""

NATIONAL_WORDS = frozenset(
    {"recognisedatnationallevel", "deprecatedatnationallevel", "setbynationallaw", "deprecatedbynationallaw"}
)
"""Statuses by a state's own law: under them a service is on the list, and is not qualified."""

KNOWN_WORDS = STANDING_WORDS | ENDED | NATIONAL_WORDS

BEFORE_EIDAS = (STANDING_WORDS | ENDED) - {"granted", "withdrawn"}
"""The statuses of before 1 July 2016."""


@lru_cache(maxsize=1 << 8)  # a list has thousands of addresses, and twenty different ones
def last_word(uri: str) -> str:
    """The end of an address ("granted", "ForeSeals"): what tells it from the others of its kind."""
    return uri.strip().rsplit("/", 1)[-1]


def short_type(uri: str) -> str:
    """A service type without the prefix all of them share ("CA/QC"); anything else as it is."""
    return uri.removeprefix(TYPE_PREFIX)


def check_status(printed: str) -> None:
    if printed not in KNOWN_WORDS:
        known = ", ".join(sorted(KNOWN_WORDS))
        raise UnreadableRow(Reason.of("unknown_status", known=known, found=printed))

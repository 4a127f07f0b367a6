#!/usr/bin/env bash
# pyHanko reads the first half of an EU trusted list as a sound list of fewer providers: cut behind any service,
# the XML is "recovered" by its reader, and the list of errors that comes back is empty. Of nine kinds of qualified service it
# keeps two (certificates and time stamps), also without an error.
# Why it matters: with the reader for lists whose signature was checked elsewhere, an interrupted download withdraws half
# of a country's providers. Any strict XML parser refuses the same bytes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install "pyhanko[etsi]==0.38.0" pyhanko-certvalidator==0.33.0 xsdata==26.10 lxml==6.1.3 cryptography==50.0.2
venv/bin/python -W ignore - <<'PY'
from importlib.metadata import version
import base64, datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree
from pyhanko.sign.validation.qualified.eutl_parse import read_qualified_service_definitions

URI, KEY = "http://uri.etsi.org/TrstSvc", ec.generate_private_key(ec.SECP256R1())
KINDS = {"CA/QC": "certificates", "TSA/QTST": "time stamps", "EDS/Q": "registered mail", "PSES/Q": "preservation"}


def certificate(name):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(KEY.public_key())
    dated = built.serial_number(1).not_valid_before(datetime.datetime(2024, 1, 1)).not_valid_after(datetime.datetime(2034, 1, 1))
    return base64.b64encode(dated.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)).decode()


def service(name, kind):
    return (
        f"<TSPService><ServiceInformation><ServiceTypeIdentifier>{URI}/Svctype/{kind}</ServiceTypeIdentifier><ServiceName>"
        f'<Name xml:lang="en">{name}</Name></ServiceName><ServiceDigitalIdentity><DigitalId><X509Certificate>{certificate(name)}'
        "</X509Certificate></DigitalId></ServiceDigitalIdentity><ServiceStatus>"
        f"{URI}/TrustedList/Svcstatus/granted</ServiceStatus><StatusStartingTime>2025-01-01T00:00:00Z</StatusStartingTime>"
        "</ServiceInformation></TSPService>"
    )


def provider(number):
    services = "".join(service(f"{name} {number}", kind) for kind, name in KINDS.items())
    return (
        f'<TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="en">Provider {number}</Name></TSPName></TSPInformation>'
        f"<TSPServices>{services}</TSPServices></TrustServiceProvider>"
    )


def read(text):
    found, services = read_qualified_service_definitions(text), []
    while True:
        try:
            services.append(next(found).base_info.service_name)
        except StopIteration as end:
            return services, end.value


providers = [provider(number) for number in range(1, 5)]
start = '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><TrustServiceProviderList>'
whole = start + "".join(providers) + "</TrustServiceProviderList></TrustServiceStatusList>"
cut = start + "".join(providers[:2]) + providers[2].partition("</TSPService>")[0] + "</TSPService>"
print("pyHanko", version("pyhanko"), "xsdata", version("xsdata"))
all_services, errors = read(whole)
print(f"whole list, 16 services: {len(all_services)} read, errors {errors}")
half, errors_of_half = read(cut)
print(f"cut behind the ninth:     {len(half)} read, errors {errors_of_half}")
assert (len(all_services), errors) == (8, []), all_services
assert (len(half), errors_of_half) == (5, []), half
try:
    etree.fromstring(cut)
except etree.XMLSyntaxError as error:
    print("lxml of the same bytes:  ", error)
else:
    raise SystemExit("lxml read it")
PY

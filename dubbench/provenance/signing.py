"""Who signs: a certificate chain and its private key, self-made on first use or brought along. No films here.

A self-made certificate proves that a file was not changed since it was signed, not who signed it: nobody vouches for
it. To sign under a name others can check, get a certificate from an authority on the C2PA trust list and set
`DUBBENCH_SIGN_CERT` (PEM, the signer's first, then those above it) and `DUBBENCH_SIGN_KEY` (PEM, PKCS #8).

    <config>/signing/identity.pem     the self-made key and chain, readable by its owner only
    <config> = $DUBBENCH_CONFIG, else $XDG_CONFIG_HOME/dubbench, else ~/.config/dubbench
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dubbench import memory
from dubbench.errors import BadInput, Missing
from dubbench.processes.locks import locked

SELF_MADE = "dubbench, self-made"
"""The organisation named in a self-made certificate."""

# Without a time stamp from an authority (which needs the network) a signature is no longer accepted once its
# certificate has run out, so a self-made one lives long; a new one is made when less than a year is left.
YEARS_VALID = 20
DAYS_LEFT = 365
DAY = datetime.timedelta(days=1)

CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Identity:
    """What c2pa signs with: the algorithm's name, the certificate chain and the private key, both PEM."""

    algorithm: str
    chain: bytes
    key: bytes = field(repr=False)


def identity() -> Identity:
    """The brought identity where the environment names one, else the self-made one, made now if there is none.

    Raises BadInput for a certificate or key that cannot be used, Missing where none can be kept.
    """
    certificate, key = os.environ.get("DUBBENCH_SIGN_CERT"), os.environ.get("DUBBENCH_SIGN_KEY")
    if certificate and key:
        return _read(_bytes(Path(certificate)), _bytes(Path(key)))
    if certificate or key:
        raise BadInput("set both DUBBENCH_SIGN_CERT and DUBBENCH_SIGN_KEY, or neither")
    path = config_folder() / "signing" / "identity.pem"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(path.with_suffix(".lock")):
            if not path.is_file() or _worn(path.read_bytes()):
                _keep(path, _made())
            pem = path.read_bytes()
    except OSError as error:
        raise Missing(f"cannot keep a signing identity ({error}); set DUBBENCH_CONFIG=FOLDER") from None
    return _read(pem, pem)


def config_folder() -> Path:
    """Where things that are a person's own and must not be lost lie."""
    own = os.environ.get("DUBBENCH_CONFIG")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "dubbench"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot read the signing file {path}: {error.strerror}") from None


def _read(certificates: bytes, key: bytes) -> Identity:
    """Check that chain and key are PEM, belong together and are of a kind C2PA knows."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        chain = x509.load_pem_x509_certificates(certificates)
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise BadInput(f"the signing certificate or key is not PEM that can be read: {error}") from None
    if chain[0].public_key() != private.public_key():
        raise BadInput("the signing key does not belong to the first certificate of DUBBENCH_SIGN_CERT")
    return Identity(_algorithm(private), b"".join(c.public_bytes(_pem()) for c in chain), _plain(private))


def _algorithm(key: Any) -> str:
    """C2PA's name of the signature a key makes (C2PA 2.1, section 13.2)."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    raise BadInput("the signing key must be of P-256, P-384, P-521, Ed25519 or RSA")


def _worn(pem: bytes) -> bool:
    """Whether a kept identity is damaged or soon runs out."""
    from cryptography import x509

    try:
        ends = x509.load_pem_x509_certificates(pem)[0].not_valid_after_utc
    except ValueError:
        return True
    return ends - datetime.datetime.now(datetime.UTC) < DAYS_LEFT * DAY


def _keep(path: Path, pem: bytes) -> None:
    def private(name: str, flags: int) -> int:
        # The mode is given at creation, so that the key is never readable by others, not even for a moment.
        return os.open(name, flags | os.O_EXCL, 0o600)

    with memory.replacing(path) as draft, open(draft, "wb", opener=private) as file:
        file.write(pem)


def _made() -> bytes:
    """A new key and the chain for it: C2PA refuses a signer that vouches for itself, so an authority made for this
    moment does, and its key is forgotten."""
    from cryptography.hazmat.primitives.asymmetric import ec

    above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("dubbench authority", above, None, above)
    leaf = _certificate("dubbench on this machine", own, root, above)
    return b"".join((_plain(own), leaf.public_bytes(_pem()), root.public_bytes(_pem())))


def _certificate(name: str, key: Any, issuer: Any | None, issuer_key: Any) -> Any:
    """A certificate after the C2PA profile (2.1, section 14.5); without an issuer, an authority's own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    subject = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, SELF_MADE), x509.NameAttribute(NameOID.COMMON_NAME, name),
    ])  # fmt: skip
    now = datetime.datetime.now(datetime.UTC)
    authority = issuer is None
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    usage |= {"digital_signature": not authority, "key_cert_sign": authority, "crl_sign": authority}
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + YEARS_VALID * 365 * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(**usage), critical=True)
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


def _plain(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization as form

    pem: bytes = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return pem

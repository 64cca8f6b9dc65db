"""What makes a broker of ours a closed one: its certificate, its listeners, and the password of its first principal."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chassis.clock import Clock
from contracts.access import ADMIN

LIFE, LEAST = timedelta(days=397), timedelta(days=30)
"""How long a certificate is good for, and what must be left of it when the broker starts."""
BROKER = "counterpoint-broker"
OWNER_ONLY = 0o600
LISTENERS = """\
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=CLIENT://127.0.0.1:{port},BROKER://127.0.0.1:{inner},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=BROKER://127.0.0.1:{inner},CLIENT://127.0.0.1:{port}
listener.security.protocol.map=CLIENT:SASL_SSL,BROKER:SSL,CONTROLLER:SSL
inter.broker.listener.name=BROKER
ssl.keystore.type=PEM
ssl.keystore.location={keys}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={keys}/ca.pem
# Only who has the broker's own certificate may speak as a broker or to the controller.
listener.name.broker.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:{admin};User:CN={broker}
"""


def listeners(*, port: int, inner: int, controller: int, keys: Path) -> str:
    """The part of the broker's settings that says who may come in, and how."""
    return LISTENERS.format(port=port, inner=inner, controller=controller, keys=keys, admin=ADMIN, broker=BROKER)


def formatting(password: str) -> str:
    """The words that give the broker's storage its first principal, one a line; not for a command line, which shows."""
    return f"--add-scram\nSCRAM-SHA-512=[name={ADMIN},password={password}]\n"


def certify(keys: Path) -> None:
    """See to it that the broker has a certificate that is good for a while, in `broker.pem`, and clients `ca.pem`.

    The authority that signs it is made for it, and its key is kept nowhere: nothing else can ever be signed by it.
    """
    now = Clock.real().now()
    try:
        kept = x509.load_pem_x509_certificate((keys / "broker.pem").read_bytes())
    except FileNotFoundError:
        keys.mkdir(parents=True, exist_ok=True)
    else:
        if kept.not_valid_after_utc - now > LEAST:
            return
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _named("counterpoint-authority")
    life = x509.CertificateBuilder().not_valid_before(now - timedelta(days=1)).not_valid_after(now + LIFE)
    signed = life.issuer_name(issuer).serial_number
    root = (
        signed(x509.random_serial_number())
        .subject_name(issuer)
        .public_key(authority.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority.public_key()), critical=False)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        signed(x509.random_serial_number())
        .subject_name(_named(BROKER))
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(keys / "broker.pem", secret + certificate.public_bytes(Encoding.PEM))
    (keys / "ca.pem").write_bytes(root.public_bytes(Encoding.PEM))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from the first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=OWNER_ONLY)
    path.write_bytes(content)

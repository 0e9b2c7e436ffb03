"""SM4/ECB/PKCS7 (GB/T 32907), the mode of the prescription centre (prescription-centre 4).

ECB is theirs; nothing stored here uses it (security-and-libraries 4).
"""

from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.crypto.errors import CryptoRefused

BLOCK = 16
_SPLIT_FROM = 1 << 20


def encrypt_ecb(key: bytes, plain: bytes) -> bytes:
    """Encrypt with PKCS7 padding. ``key`` is 16 bytes; raises ``CryptoRefused`` otherwise."""
    fill = BLOCK - len(plain) % BLOCK
    return _run(_cipher(key), plain + bytes([fill]) * fill, encrypt=True)


def decrypt_ecb(key: bytes, cipher: bytes) -> bytes:
    """Decrypt and remove PKCS7 padding, strictly.

    Raises ``CryptoRefused`` for a wrong key length, a text that is no whole number of blocks, and
    any padding but the one right form: the same word for each, so an answer teaches nothing.
    """
    engine = _cipher(key)
    if not cipher or len(cipher) % BLOCK:
        raise CryptoRefused("cipher_text")
    padded = _run(engine, cipher, encrypt=False)
    fill = padded[-1]
    if not 1 <= fill <= BLOCK or padded[-fill:] != bytes([fill]) * fill:
        raise CryptoRefused("cipher_text")
    return padded[:-fill]


def decrypt_blocks(key: bytes, cipher: bytes) -> bytes:
    """Each block on its own, whatever stands at the end; for a judge of foreign messages.

    Raises ``CryptoRefused`` for a wrong key length and a text that is no whole number of blocks.
    """
    engine = _cipher(key)
    if not cipher or len(cipher) % BLOCK:
        raise CryptoRefused("cipher_text")
    return _run(engine, cipher, encrypt=False)


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    if len(key) != BLOCK:
        raise CryptoRefused("key_length")
    return Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305 - the platform's mode


def _run(cipher: Cipher[modes.ECB], content: bytes, *, encrypt: bool) -> bytes:
    """ECB blocks are independent, so long texts go through in two halves at once."""
    if len(content) < _SPLIT_FROM:
        return _half(cipher, content, encrypt)
    middle = len(content) // 2 // BLOCK * BLOCK
    view = memoryview(content)
    with ThreadPoolExecutor(1, thread_name_prefix="sm4") as second:
        tail = second.submit(_half, cipher, view[middle:], encrypt)
        return _half(cipher, view[:middle], encrypt) + tail.result()


def _half(cipher: Cipher[modes.ECB], content: bytes | memoryview, encrypt: bool) -> bytes:
    run = cipher.encryptor() if encrypt else cipher.decryptor()
    return run.update(content) + run.finalize()

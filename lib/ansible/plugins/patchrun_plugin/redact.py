# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps vault secrets out of events and of Ansible's own output.

Every plaintext that VaultLib gives out is noted in an anonymous file. Workers are forked and inherit it: what a worker
decrypts, the main process knows before it reads that worker's result.
"""
from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import tempfile

import yaml

MASK = '********'
LEAF_MIN = 4
LINE_MIN = 8
# Shorter values of the environment are flags and words.
ENVIRONMENT_MIN = 8
# Names of variables that hold a secret, and those among them that hold where one is, or whom to ask for it.
SECRET_NAME = re.compile(r'(PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|SECRET|TOKEN|CREDENTIALS?|WEBHOOK|(API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION)_?KEY)'
                         r'(_(URL|VALUE|TEXT|BASE64|\d+))*$', re.I)
NO_SECRET_NAME = re.compile(r'^(OLD)?PWD$|ASK_?PASS$', re.I)
VAULT_HEADER = b'$ANSIBLE_VAULT'


class _AnyTag(yaml.SafeLoader):
    """Reads tags it does not know as plain values: only the leaves matter."""


def _plain(loader, _suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_AnyTag.add_multi_constructor('!', _plain)


def leaves(value, depth=0):
    """Scalar values of nested data, as text. Keys, truth values and null are no secrets."""
    if depth > 50 or value is None or isinstance(value, bool):
        return
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner, depth + 1)
    elif isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from leaves(inner, depth + 1)
    else:
        yield str(value)


def texts_of(text):
    """A text, and its lines."""
    stripped = text.strip()
    if len(stripped) < LEAF_MIN:
        return set()
    lines = stripped.splitlines() if '\n' in stripped else []
    return {stripped, *(line.strip() for line in lines if len(line.strip()) >= LINE_MIN)}


def secrets_of(plaintext):
    """The texts to look for when `plaintext` came out of a vault."""
    found = set()
    try:
        data = yaml.load(plaintext, Loader=_AnyTag)
    except Exception:  # not YAML: the text as a whole is the secret
        data = None
    if isinstance(data, (dict, list)):
        for leaf in leaves(data):
            found |= texts_of(leaf)
    else:
        found |= texts_of(plaintext)
    return found


def secrets_of_environment(environ):
    """The values that a variable's name calls secret. A password script and a lookup find them there."""
    for name, value in environ.items():
        if len(value.strip()) >= ENVIRONMENT_MIN and SECRET_NAME.search(name) and not NO_SECRET_NAME.search(name):
            yield value


class Redactor:
    def __init__(self):
        try:
            self._fd = os.memfd_create('patchrun-redact')
        except (AttributeError, OSError):
            with tempfile.TemporaryFile() as file:
                self._fd = os.dup(file.fileno())
        fcntl.fcntl(self._fd, fcntl.F_SETFL, fcntl.fcntl(self._fd, fcntl.F_GETFL) | os.O_APPEND)
        self._read = 0
        self._noted = set()
        self._forms = set()
        self._pattern = None

    def note(self, plaintext):
        """Called in any process. One append a plaintext, so that records of several workers do not mix."""
        self._note(plaintext, secrets_of)

    def note_text(self, text):
        """What is a secret as a whole, even where it could be read as YAML."""
        self._note(text, texts_of)

    def _note(self, text, parts):
        if isinstance(text, (bytes, bytearray)):
            text = bytes(text).decode('utf-8', 'replace')
        text = str(text)
        digest = hashlib.sha256(text.encode('utf-8', 'surrogatepass')).digest()
        if digest in self._noted:
            return
        self._noted.add(digest)
        secrets = sorted(parts(text))
        if secrets:
            record = (json.dumps(secrets) + '\n').encode('ascii')
            while record:
                record = record[os.write(self._fd, record):]

    def note_data(self, data):
        for leaf in leaves(data):
            self.note(json.dumps(leaf) if '\n' not in leaf and leaf[:1] in '[{' else leaf)

    def _refresh(self):
        size = os.fstat(self._fd).st_size
        if size == self._read:
            return
        new = os.pread(self._fd, size - self._read, self._read)
        whole = new.rfind(b'\n') + 1
        if not whole:
            return
        self._read += whole
        for record in new[:whole].splitlines():
            for secret in json.loads(record):
                self._forms.add(secret)
                self._forms.add(json.dumps(secret)[1:-1])
                self._forms.add(json.dumps(secret, ensure_ascii=False)[1:-1])
                self._forms.add(repr(secret)[1:-1])
        # Longest first: a secret may hold another one.
        self._pattern = re.compile('|'.join(re.escape(form) for form in sorted(self._forms, key=len, reverse=True)))

    def clean(self, text):
        self._refresh()
        return self._pattern.sub(MASK, text) if self._pattern else text


class CleanStream:
    """Stands before sys.stdout and sys.stderr: Ansible writes each message at once.

    And never flushes: a run that is killed would take the end of its log with it. PYTHONUNBUFFERED would help as well, but
    modules on a local connection inherit it, and then read themselves from standard input byte by byte.
    """

    def __init__(self, stream, redactor):
        self._stream = stream
        self._redactor = redactor
        stream.flush()

    def write(self, text):
        self._stream.write(self._redactor.clean(text) if isinstance(text, str) else text)
        self._stream.flush()
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def __getattr__(self, name):
        return getattr(self._stream, name)


def watch_vault(redactor):
    """Wraps what decrypts. Methods that are only front doors to another are harmlessly noted twice."""
    from ansible.parsing.vault import VaultLib

    def wrap(method):
        def decrypting(self, *args, **kwargs):
            result = method(self, *args, **kwargs)
            redactor.note(result[0] if isinstance(result, tuple) else result)
            return result
        decrypting.__wrapped__ = method
        return decrypting

    for name in ('decrypt', 'decrypt_and_get_vault_id'):
        setattr(VaultLib, name, wrap(getattr(VaultLib, name)))


def watch_register(redactor):
    """From 2.22 on Ansible keeps a register of secrets: what it decrypts, passwords of connections, what a module names."""
    try:
        from ansible.module_utils._internal import _secrets
    except ImportError:
        return
    register = _secrets.SecretMasker.register_secret_texts

    def registering(self, secrets):
        secrets = list(secrets)
        for secret in secrets:
            redactor.note_text(secret)
        return register(self, secrets)
    _secrets.SecretMasker.register_secret_texts = registering
    for secret in list(_secrets._secret_masker._secrets):
        redactor.note_text(secret)


def note_passwords(redactor, loader):
    """The vault's own passwords: a playbook can read them where Ansible can."""
    for _, secret in loader._vault.secrets or []:
        redactor.note_text(secret.bytes or b'')


def note_parsed_files(redactor, loader):
    """Vaulted files that were read before the callback was loaded (roles' variables, for example)."""
    for path, data in list(getattr(loader, '_FILE_CACHE', {}).items()):
        try:
            with open(path, 'rb') as file:
                vaulted = file.read(len(VAULT_HEADER)) == VAULT_HEADER
        except OSError:
            continue
        if vaulted:
            redactor.note_data(data)

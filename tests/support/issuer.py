# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""An OpenID Connect issuer on this machine: HTTPS with an authority of its own, discovery, keys that rotate."""

import base64
import http.server
import json
import os
import ssl
import subprocess
import threading
import time


def _openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def _url_safe(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """An RSA key pair in a file."""

    def __init__(self, folder, name):
        self.name = name
        self._path = os.path.join(folder, f"{name}.key")
        _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self._path)

    def jwk(self):
        modulus = _openssl("rsa", "-in", self._path, "-noout", "-modulus").decode().strip().split("=")[1]
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.name, "e": "AQAB",
                "n": _url_safe(bytes.fromhex(modulus))}

    def sign(self, header, claims):
        text = ".".join(_url_safe(json.dumps(part).encode()) for part in (header, claims))
        return f"{text}.{_url_safe(_openssl('dgst', '-sha256', '-sign', self._path, data=text.encode()))}"


class Issuer:
    """Usable as a context manager. `requests` counts what was asked for by path."""

    def __init__(self, folder):
        self._folder = str(folder)
        self.certificate = os.path.join(self._folder, "issuer.crt")
        tls_key = os.path.join(self._folder, "tls.key")
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tls_key, "-out", self.certificate, "-days",
                 "2", "-subj", "/CN=issuer", "-addext", "subjectAltName=IP:127.0.0.1")
        self.keys = [Key(self._folder, "first")]
        self.requests = {}
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.requests[self.path] = issuer.requests.get(self.path, 0) + 1
                document = issuer.document(self.path)
                body = json.dumps(document).encode()
                self.send_response(404 if document is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, tls_key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def document(self, path):
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        if path == "/keys":
            return {"keys": [key.jwk() for key in self.keys]}
        return None

    def rotate(self):
        """A new key, and the old one withdrawn."""
        self.keys = [Key(self._folder, f"key{int(time.time() * 1000)}")]

    def token(self, subject, audience="thv-test", seconds=600, key=None, **claims):
        key = key or self.keys[-1]
        now = int(time.time())
        return key.sign({"alg": "RS256", "kid": key.name, "typ": "JWT"},
                        {"iss": self.url, "aud": audience, "sub": subject, "iat": now, "exp": now + seconds, **claims})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

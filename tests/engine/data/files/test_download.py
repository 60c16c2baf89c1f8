"""Downloads: verified, resumed, and where there is no network a sentence that helps. A local server stands in."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engine.data.files.download import Source, fetch
from engine.errors import DataError

CONTENT = bytes(range(256)) * 4000


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start : self.server.cut_at])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as http:
        http.ranges, http.cut_at = [], None
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield http
        http.shutdown()
        thread.join()


def source(port, md5=None):
    digest = md5 or hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    return Source("set.bin", f"http://127.0.0.1:{port}/set.bin", len(CONTENT), digest)


def test_a_download_is_verified_and_reports_its_progress(server, tmp_path):
    seen = []
    path = fetch(source(server.server_port), tmp_path / "d", lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [p.name for p in path.parent.iterdir()] == ["set.bin"]


def test_a_broken_download_goes_on_where_it_stopped(server, tmp_path):
    server.cut_at = 300_000
    with pytest.raises(DataError, match=r"300,000 of 1,024,000 bytes"):
        fetch(source(server.server_port), tmp_path)
    server.cut_at = None
    assert fetch(source(server.server_port), tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-"]


def test_a_wrong_checksum_is_refused_and_leaves_nothing(server, tmp_path):
    with pytest.raises(DataError, match="MD5"):
        fetch(source(server.server_port, md5="0" * 32), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_message_says_where_to_place_the_file(server, tmp_path):
    gone = source(1)  # nothing listens on port 1
    with pytest.raises(DataError, match=r"set\.bin could not be downloaded .*place it at .*set\.bin"):
        fetch(gone, tmp_path)

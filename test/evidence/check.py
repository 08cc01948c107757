"""Checks packages of evidence without a line of this project's own code.

usage: check.py FILE [FLIP ...]
Reads the package; then, for each byte offset FLIP, the package with that byte inverted. Writes one JSON line for each:
{"flip": offset or null, "problem": first thing that is wrong, or null}.
Needs warcio and cdxj-indexer (a part of wacz); everything else is the standard library.
"""

import hashlib
import io
import json
import re
import struct
import sys
import zipfile
import zlib

from cdxj_indexer.main import CDXJIndexer
from warcio.archiveiterator import ArchiveIterator

ORDER = [
    "archive/data.warc", "indexes/index.cdxj", "pages/pages.jsonl", "evidence/case.jsonl", "evidence/history.jsonl",
    "evidence/list.json", "evidence/list.html", "evidence/manifest-sha256.txt", "evidence/timestamp.tsr",
    "datapackage.json", "datapackage-digest.json",
]  # fmt: skip


class Problem(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Problem(what)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def container(entries):
    """The ZIP file that holds these entries, and no other: stored, 1980-01-01 12:00, no extra fields, no comment."""
    body, directory = b"", b""
    for name, data in entries:
        common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 12 << 11, 1 << 5 | 1, zlib.crc32(data), len(data), len(data), len(name), 0)
        directory += struct.pack("<IBB", 0x02014B50, 20, 0) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += struct.pack("<I", 0x04034B50) + common + name.encode() + data
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + end


def check(package):
    archive = zipfile.ZipFile(io.BytesIO(package))
    names = archive.namelist()
    need(names == [name for name in ORDER if name in names], "order or added file")
    need(set(ORDER) - set(names) <= {"evidence/timestamp.tsr"}, "missing file")
    files = {name: archive.read(name) for name in names}
    need(container(files.items()) == package, "container")

    digest = json.loads(files["datapackage-digest.json"])
    need(digest["path"] == "datapackage.json" and digest["hash"] == "sha256:" + sha256(files["datapackage.json"]), "digest")
    described = json.loads(files["datapackage.json"])
    need(described["profile"] == "data-package" and described["wacz_version"] == "1.1.1", "datapackage")
    held = [(name, "sha256:" + sha256(data), len(data)) for name, data in files.items() if not name.startswith("datapackage")]
    need([(one["path"], one["hash"], one["bytes"]) for one in described["resources"]] == held, "resources")
    before = names[: names.index("evidence/manifest-sha256.txt")]
    need(files["evidence/manifest-sha256.txt"].decode() == "".join(f"{sha256(files[name])}  {name}\n" for name in before), "manifest")

    dates, listable = {}, {(name, len(data), sha256(data)) for name, data in files.items()}
    for record in ArchiveIterator(io.BytesIO(files["archive/data.warc"]), check_digests="raise"):
        block = record.content_stream().read()
        need(record.digest_checker.passed, "record digest")
        uri, date = record.rec_headers.get_header("WARC-Target-URI"), record.rec_headers.get_header("WARC-Date")
        dates.setdefault(uri, []).append(date)
        listable.add((f"archive/data.warc#{re.sub('[^0-9]', '', date)}/{uri}", len(block), sha256(block)))
    stream = io.BytesIO(files["archive/data.warc"])
    stream.name = "data.warc"
    index = io.StringIO()
    index.close = lambda: None
    CDXJIndexer(index, [stream], sort=True, filename="data.warc").process_all()
    lines = lambda text: [(line.split(" {")[0], json.loads(line[line.index("{") :])) for line in text.splitlines()]
    need(lines(index.getvalue()) == lines(files["indexes/index.cdxj"].decode()), "index")
    pages = [json.loads(line) for line in files["pages/pages.jsonl"].splitlines()]
    need(pages[0]["format"] == "json-pages-1.0" and all(page["ts"] in dates[page["url"]] for page in pages[1:]), "pages")

    previous = "0" * 64
    history = files["evidence/history.jsonl"].splitlines()
    for number, line in enumerate(history, 1):
        entry = json.loads(line)
        need(entry["number"] == number and entry["previous"] == previous, "chain")
        previous = sha256(line)
    (case,) = [json.loads(line) for line in files["evidence/case.jsonl"].splitlines()]
    need([one["what"] for one in case["history"]] == [json.loads(line)["what"] for line in history], "history of the case")
    listed = json.loads(files["evidence/list.json"])
    need(listed["history"] == {"entries": len(history), "head": previous}, "head")
    for item in listed["items"]:
        need((item["name"], item["bytes"], item["sha256"]) in listable, "item")
    need(re.search(rb"<script|<img|<link|<iframe|https?://[^ <]*\.js", files["evidence/list.html"]) is None, "list loads something")


def problem_of(package):
    try:
        check(package)
    except Exception as cause:  # whatever keeps a reader from reading is a refusal
        return f"{type(cause).__name__}: {cause}"[:120]
    return None


with open(sys.argv[1], "rb") as file:
    whole = file.read()
for flip in [None, *map(int, sys.argv[2:])]:
    changed = bytearray(whole)
    if flip is not None:
        changed[flip] ^= 0xFF
    print(json.dumps({"flip": flip, "problem": problem_of(bytes(changed))}))

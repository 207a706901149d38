"""A program that stands for the engine's: takes the lock, listens, says its pid, ends when told.

Arguments: the file that counts the starts, seconds before it listens.
"""

import fcntl
import json
import os
import socket
import sys
import time
from pathlib import Path

runs, delay = Path(sys.argv[1]), float(sys.argv[2])
folder = Path(os.environ["ARCHMEM_RUNTIME"])
with runs.open("a") as file:
    file.write(
        json.dumps({"pid": os.getpid(), "cwd": str(Path.cwd()), "env": dict(os.environ)}) + "\n"
    )
print("coming up", flush=True)
lock = os.open(folder / "engine.lock", os.O_RDWR | os.O_CREAT)
fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
time.sleep(delay)
path = folder / "engine.sock"
path.unlink(missing_ok=True)
listener = socket.socket(socket.AF_UNIX)
listener.bind(str(path))
listener.listen()
listener.settimeout(20)  # if the test forgets it
(folder / "engine.json").write_text(json.dumps({"pid": os.getpid()}))
told_to_stop = False
while not told_to_stop:
    connection, _ = listener.accept()
    with connection:
        asked = connection.recv(65536)
        told_to_stop = asked.startswith(b"POST /stop")
        body = json.dumps({"pid": os.getpid()}).encode()
        if asked:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
path.unlink()
time.sleep(0.1)
